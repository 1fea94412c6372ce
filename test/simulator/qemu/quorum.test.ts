import assert from "node:assert/strict";
import { VmLab } from "./vm-lab";

describe("VMs in a cluster that lost nodes", () => {
  let lab: VmLab;
  const switchOff = (...names: string[]): void => {
    for (const name of names) lab.simulation.node(name).state = "off";
  };
  beforeEach(async () => {
    lab = new VmLab("immediate", "matrix");
    await lab.create(100, { scsi0: "local-lvm:1", memory: 512 });
  });

  it("cannot be written without quorum", async () => {
    await lab.run("POST", "/100/status/start");
    switchOff("golf", "hotel");
    const refused =
      /^unable to open file '\/etc\/pve\/nodes\/foxtrot\/qemu-server\/100\.conf\.tmp\.\d+' - Permission denied$/;
    assert.match(await lab.run("POST", "/100/config", { cores: 2 }), refused);
    assert.match(await lab.run("POST", "/100/snapshot", { snapname: "s1" }), refused);
    assert.match(await lab.run("PUT", "/100/resize", { disk: "scsi0", size: "+1G" }), refused);
    assert.match((await lab.refusal("PUT", "/100/config", { cores: 2 })).replace(/^500 /, ""), refused);
    assert.equal((await lab.config(100)).cores, undefined);
    for (const [method, path, params] of [
      ["POST", "/100/clone", { newid: 101 }],
      ["POST", "/100/status/start", {}],
      ["POST", "/100/migrate", { target: "golf", online: 1 }],
      ["POST", "", { vmid: 101 }],
    ] as const) {
      assert.equal(await lab.refusal(method, path, params), "500 cluster not ready - no quorum?", path);
    }
    assert.equal(await lab.run("POST", "/100/status/stop"), "OK");
    assert.match(await lab.run("DELETE", "/100"), refused);
    assert.ok(lab.guest(100), "its disk is gone, the configuration stays");
  });

  it("do not go to a node that is off", async () => {
    switchOff("golf");
    const upid = await lab.get<string>("POST", "/100/migrate", { target: "golf" });
    assert.equal(lab.finish(upid), "migration aborted");
    assert.match(lab.task(upid).log.join("\n"), /ssh: connect to host 192\.168\.3\.6 port 22: No route to host/);
    assert.equal((await lab.config(100)).lock, undefined);
  });
});
