import assert from "node:assert/strict";
import { VmLab } from "./vm-lab";

describe("consoles of a VM", () => {
  let lab: VmLab;
  beforeEach(async () => {
    lab = new VmLab("manual");
    await lab.create(100);
  });

  it("hand out a ticket and wait for a client in a task", async () => {
    const first = await lab.get<Record<string, string>>("POST", "/100/vncproxy", { websocket: 1 });
    assert.equal(first.user, "root@pam");
    assert.equal(first.port, "5900");
    assert.match(first.ticket ?? "", /^PVEVNC:[0-9A-F]{8}::/);
    assert.match(first.cert ?? "", /^-----BEGIN CERTIFICATE-----/);
    const second = await lab.get<Record<string, string>>("POST", "/100/termproxy");
    assert.equal(second.port, "5901");
    assert.equal(second.cert, undefined);
    assert.match(second.upid ?? "", /:vncproxy:100:root@pam:$/);
    assert.equal(lab.finish(second.upid ?? ""), "OK");
  });

  it("need a VM, a right and, for keys and the monitor, a running machine", async () => {
    assert.match(await lab.refusal("POST", "/101/vncproxy"), /'nodes\/pve\/qemu-server\/101\.conf' does not exist/);
    assert.equal(await lab.refusal("PUT", "/100/sendkey", { key: "ret" }), "500 VM 100 not running");
    lab.finish(await lab.get("POST", "/100/status/start"));
    assert.equal(await lab.get("POST", "/100/monitor", { command: "info status" }), "VM status: running\r\n");
    assert.equal(await lab.refusal("POST", "/100/spiceproxy"), "500 no spice port");
    lab.addUser("a@pve", { "/vms/100": ["VM.Audit"] });
    lab.user = "a@pve";
    assert.equal(await lab.refusal("POST", "/100/vncproxy"), "403 Permission check failed (/vms/100, VM.Console)");
  });
});
