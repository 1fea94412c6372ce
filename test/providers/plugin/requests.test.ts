import { image, Lab } from "../../support/lab";
import type { Properties } from "../../support/plugin";

describe("requests per VM, through Pulumi's plugin", function () {
  let lab: Lab;
  let template: number;

  before(async () => {
    lab = await Lab.start({}, { "proxmox:vmids": "2000-2999" });
    const file = await lab.create("CloudImage", "debian", {
      url: image.url,
      checksum: image.checksum,
      node: "pve1",
      storage: "local",
    });
    const made = await lab.create("Template", "debian-12", {
      node: "pve1",
      image: String(file.properties["volumeId"]),
      disk: { storage: "local-lvm", sizeGiB: 4 },
      agent: true,
      networks: [{ bridge: "vmbr0" }],
      cloudInit: { user: "admin" },
    });
    template = Number(made.id);
  });
  after(() => lab.close());

  const args = (): Properties => ({
    source: { clone: { template } },
    cores: 2,
    memoryMiB: 64,
    agentTimeout: "0s",
    networks: [{ bridge: "vmbr0" }],
    cloudInit: { user: "admin", addresses: [{ address: "dhcp" }] },
    tags: ["bench"],
  });

  async function requestsOf(work: () => Promise<unknown>): Promise<string[]> {
    const from = lab.sim.requests.length;
    await work();
    return lab.sim.requests.slice(from).map(({ method, path }) => `${method} ${path.replace("/api2/json", "").replace(/UPID[^/]*/, "UPID").replace(/\?.*/, "")}`);
  }

  it("x", async () => {
    const first = await lab.create("Vm", "first", args());
    let made: any;
    console.log((await requestsOf(async () => (made = await lab.create("Vm", "second", args())))).join("\n"));
    console.log("---- update");
    let changed: any;
    console.log((await requestsOf(async () => {
      const { inputs } = await lab.plugin.check("Vm", made.inputs, lab.inputs("Vm", "second", { ...args(), tags: ["x"] }));
      await lab.plugin.diff("Vm", made.id, made.properties, inputs);
      changed = await lab.plugin.update("Vm", made.id, made.properties, inputs);
    })).join("\n"));
    console.log("---- delete");
    console.log((await requestsOf(async () => { await lab.plugin.delete("Vm", made.id, changed.properties ?? changed);
    })).join("\n"));
  });
});
