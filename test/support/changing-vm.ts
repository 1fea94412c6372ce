import assert from "node:assert/strict";
import { asSoonAs } from "./eventually";
import { Lab, image, labWorld } from "./lab";
import { isLastWord } from "./last-word";
import type { Properties } from "./plugin";
import { signal } from "./processes";
import type { World } from "../../simulator";

/** A node with devices to give away, and their mappings. */
export function hardwareWorld(): World {
  const world = labWorld();
  const node = Object.values(world.nodes)[0];
  const cluster = Object.values(world.clusters)[0];
  assert.ok(node && cluster);
  node.hardware.cpus = 16;
  node.hardware.pci = [{ id: "0000:01:00.0", vendor: "0x10de", device: "0x1eb8", iommugroup: 7 }];
  node.hardware.usb = [{ busnum: 1, usbpath: "2", vendid: "1234", prodid: "5678" }];
  cluster.mappings = {
    pci: { gpu: { map: [`node=${node.name},path=0000:01:00.0,id=10de:1eb8,iommugroup=7`] } },
    usb: { key: { map: [`node=${node.name},id=1234:5678`] }, far: { map: ["node=other,id=1234:5678"] } },
    dir: { share: { map: [`node=${node.name},path=/srv`] } },
  };
  cluster.storages["more"] = { type: "dir", path: "/srv/more", content: "images" };
  cluster.storages["local"] = { type: "dir", path: "/var/lib/vz", content: "iso,images,import,snippets" };
  const iso = { size: 1024, bytes: 1024, data: 1024, ctime: 1 };
  node.volumes["/var/lib/vz"] = {
    ...node.volumes["/var/lib/vz"],
    "iso/a.iso": iso,
    "iso/b.iso": { ...iso, size: 2048 },
  };
  return world;
}

/** A VM that is changed again and again, through Pulumi's plugin. */
export class ChangingVm {
  id = "";
  properties: Properties = {};
  private inputs: Properties = {};

  private readonly killed: Lab[] = [];

  private constructor(
    public lab: Lab,
    /** Inputs that it has in any case. */
    readonly base: Properties,
    private readonly stack: Record<string, unknown>,
  ) {}

  static async start(more: Properties = {}, config: Record<string, unknown> = {}): Promise<ChangingVm> {
    const lab = await Lab.start({ seed: hardwareWorld() }, config);
    const { url, checksum } = image;
    const file = await lab.create("CloudImage", "debian", { url, checksum, node: "pve1", storage: "local" });
    const vm = new ChangingVm(
      lab,
      {
        node: "pve1",
        source: { imageVolumeId: file.properties["volumeId"] },
        disks: [{ slot: "scsi0", storage: "local-lvm", sizeGiB: 3 }],
        networks: [{ bridge: "vmbr0" }],
        osType: "l26",
        agentTimeout: "0s",
      },
      config,
    );
    const { id, properties, inputs } = await lab.create("Vm", "hw", { ...vm.base, ...more });
    Object.assign(vm, { id, properties, inputs });
    return vm;
  }

  /** The VM in the simulated world. */
  guest() {
    const guest = Object.values(this.lab.sim.world.clusters)[0]?.guests[this.id];
    assert.ok(guest, `VM ${this.id} is gone`);
    return guest;
  }

  config = (): Record<string, string | undefined> => this.guest().config;

  /** Volumes of the VM on all storages of its node. */
  volumes(): string[] {
    const stores = Object.values(this.lab.sim.world.nodes["pve1"]?.volumes ?? {});
    return stores.flatMap((store) => Object.keys(store).filter((name) => name.includes(`vm-${this.id}-`)));
  }

  /** Why these inputs are refused in a preview, which does not know the stack's id. */
  async problems(args: Properties): Promise<string[]> {
    const { __stack: _, ...wanted } = this.wanted(args);
    const { failures } = await this.lab.plugin.check("Vm", this.inputs, wanted);
    return failures.map(({ reason }) => reason);
  }

  /**
   * Changes the VM to its base with these inputs, and asserts that this is no replacement, that nothing waits for a
   * reboot, and that neither a refresh nor a second update finds anything to do. Answers how often it was rebooted.
   */
  async become(args: Properties): Promise<number> {
    const { lab, id } = this;
    const from = lab.sim.requests.length;
    const { inputs, failures } = await lab.plugin.check("Vm", this.inputs, this.wanted(args));
    assert.deepEqual(failures, []);
    const diff = await lab.plugin.diff("Vm", id, this.properties, inputs);
    assert.deepEqual([diff.changes, diff.replaces], ["some", []]);
    const { properties } = await lab.plugin.update("Vm", id, this.properties, inputs);
    Object.assign(this, { properties, inputs });
    assert.equal((await lab.plugin.diff("Vm", id, properties, inputs)).changes, "none");
    const read = await lab.plugin.read("Vm", id, properties);
    assert.deepEqual(read.properties, properties);
    const after = lab.sim.requests.length;
    await lab.plugin.update("Vm", id, properties, inputs);
    assert.deepEqual(
      lab.sim.requests.slice(after).filter((one) => one.method !== "GET" && !isLastWord(one)),
      [],
    );
    return lab.sim.requests
      .slice(from)
      .filter(({ method, path }) => method === "POST" && path.endsWith("/status/reboot")).length;
  }

  /** Begins the same change, kills the plugin as soon as a request of this kind has come, and starts another one. */
  async interrupted(args: Properties, path: RegExp): Promise<void> {
    const { lab, id } = this;
    const { length } = lab.sim.requests;
    const { inputs } = await lab.plugin.check("Vm", this.inputs, this.wanted(args));
    const killed = assert.rejects(lab.plugin.update("Vm", id, this.properties, inputs));
    const come = ({ method, path: at }: { method: string; path: string }) => method !== "GET" && path.test(at);
    await asSoonAs("the request", () => lab.sim.requests.slice(length).some(come));
    signal(lab.plugin.pid, "SIGKILL");
    await killed;
    this.killed.push(lab);
    this.lab = await Lab.on(lab.sim, this.stack, lab.stackId);
  }

  async close(): Promise<void> {
    for (const lab of [this.lab, ...this.killed]) await lab.close();
  }

  private wanted(args: Properties): Properties {
    return this.lab.inputs("Vm", "hw", { ...this.base, ...args });
  }
}
