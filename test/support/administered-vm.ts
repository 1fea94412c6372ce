import assert from "node:assert/strict";
import type { Guest } from "../../simulator/world/guest";
import { image, Lab, labWorld, type AnyLab } from "./lab";
import type { Properties } from "./plugin";
import { volumeTags } from "./volume-tags";

/** A disk of the program, with the tag of its content once it was seen. */
interface ProgramDisk {
  slot: string;
  storage: string;
  sizeGiB: number;
  options: Properties;
  tag?: string | undefined;
  /** Somebody else has touched it, or an update that touched it failed: it may be elsewhere until it is put right. */
  doubtful?: boolean;
}

/** What the program says of its VM. */
interface Description {
  disks: ProgramDisk[];
  efi?: string | undefined;
  tpm?: string | undefined;
  cloudInit: boolean;
  cdroms: string[];
  networks: number;
  started: boolean;
  node: string;
  note: number;
}

const nodes = ["golf", "hotel"];
const freeSlots = ["scsi1", "scsi2", "scsi3", "virtio0", "virtio1", "sata0", "sata1", "ide1"];

/**
 * A VM that a program changes and an administrator too, on a cluster of nodes with disks of their own. It keeps a ledger
 * of contents: what was made by whom, and what the program has named for removal.
 */
export class AdministeredVm {
  id = "";
  properties: Properties = {};
  inputs: Properties = {};
  wanted: Description = {
    disks: [
      { slot: "scsi0", storage: "local-lvm", sizeGiB: 3, options: {} },
      { slot: "scsi1", storage: "local-lvm", sizeGiB: 1, options: {} },
      { slot: "virtio0", storage: "more", sizeGiB: 2, options: {} },
    ],
    cloudInit: false,
    cdroms: [],
    networks: 1,
    started: false,
    node: "golf",
    note: 0,
  };
  /** Contents that must be somewhere, with what they are. */
  readonly contents = new Map<string, string>();
  private foreigners = 0;

  private constructor(
    readonly lab: AnyLab,
    readonly name: string,
    private readonly volumeId: unknown,
  ) {}

  static async lab(): Promise<{ lab: AnyLab; volumeId: unknown }> {
    const world = labWorld("matrix");
    for (const cluster of Object.values(world.clusters)) {
      cluster.storages["local"] = { type: "dir", path: "/var/lib/vz", content: "iso,images,import,snippets" };
      cluster.storages["more"] = { type: "dir", path: "/srv/more", content: "images" };
    }
    for (const node of nodes) {
      const volumes = world.nodes[node]?.volumes ?? {};
      volumes["/srv/more"] = {};
      volumes["/var/lib/vz"] = { "iso/a.iso": { size: 1024, bytes: 1024, data: 1024, ctime: 1 } };
    }
    const lab = await Lab.here({ seed: world });
    const { url, checksum } = image;
    const file = await lab.create("CloudImage", "debian", { url, checksum, node: "golf", storage: "local" });
    return { lab, volumeId: file.properties["volumeId"] };
  }

  static async make(lab: AnyLab, volumeId: unknown, name: string): Promise<AdministeredVm> {
    const vm = new AdministeredVm(lab, name, volumeId);
    const made = await lab.create("Vm", name, vm.arguments());
    Object.assign(vm, made);
    vm.learn();
    return vm;
  }

  get guest(): Guest {
    const guest = Object.values(this.lab.sim.world.clusters)[0]?.guests[this.id];
    assert.ok(guest, `VM ${this.id} is gone`);
    return guest;
  }

  /** The volume id in a slot. */
  volume = (slot: string): string | undefined => this.guest.config[slot]?.split(",")[0];

  /** The tag of a volume's content, on the guest's node. */
  tag(volumeId: string | undefined): string | undefined {
    const name = volumeId?.replace(/^[^:]+:/, "");
    for (const [key, tag] of volumeTags(this.lab.sim.world))
      if (key.startsWith(`${this.guest.node}:`) && key.endsWith(` ${name}`)) return tag;
    return undefined;
  }

  isFree = (slot: string): boolean =>
    this.guest.config[slot] === undefined && !this.wanted.disks.some((disk) => disk.slot === slot);

  freeSlots = (): string[] => freeSlots.filter(this.isFree);

  private arguments(): Properties {
    const { disks, efi, tpm, cloudInit, cdroms, networks, started, node, note } = this.wanted;
    return {
      node,
      source: { imageVolumeId: this.volumeId },
      osType: "l26",
      agentTimeout: "0s",
      description: `note ${note}`,
      started,
      disks: disks.map(({ slot, storage, sizeGiB, options }) => ({ slot, storage, sizeGiB, ...options })),
      networks: Array.from({ length: networks }, () => ({ bridge: "vmbr0" })),
      ...(efi === undefined ? {} : { bios: "ovmf", efiDisk: { storage: efi } }),
      ...(tpm === undefined ? {} : { tpm: { storage: tpm } }),
      ...(cloudInit ? { cloudInit: { user: "admin" } } : {}),
      ...(cdroms.length === 0 ? {} : { cdroms: cdroms.map((slot) => ({ slot, iso: "local:iso/a.iso" })) }),
    };
  }

  /** A volume that the administrator makes; its content is noted. */
  foreign(): string {
    const { node } = this.guest;
    const name = `vm-${this.id}-foreign-${++this.foreigners}.raw`;
    const tag = `foreign ${this.id} ${this.foreigners}`;
    const store = this.lab.sim.world.nodes[node]?.volumes["/srv/more"];
    assert.ok(store);
    store[`${this.id}/${name}`] = { format: "raw", size: 1024 ** 3, bytes: 1024 ** 3, data: 0, ctime: 1, tag };
    this.contents.set(tag, "foreign");
    return `more:${this.id}/${name}`;
  }

  /** The administrator keeps a volume as unused. */
  keepUnused(volume: string): void {
    const { config } = this.guest;
    let n = 0;
    while (config[`unused${n}`] !== undefined) n++;
    config[`unused${n}`] = volume;
  }

  /** Has the last `up` failed? Then slots that it would have exchanged are still the old ones. */
  private failed = false;

  /** What the program removes may go: from the moment on in which it says so. */
  named(disk: ProgramDisk | undefined): void {
    if (disk?.tag !== undefined) this.contents.delete(disk.tag);
    // The slot then names what the state knows there, and the preview tells its volume.
    const recorded = (this.properties["__volumes"] as Record<string, string> | undefined)?.[disk?.slot ?? ""];
    const tag = this.failed ? this.tag(recorded) : undefined;
    if (tag !== undefined) this.contents.delete(tag);
  }

  /** An `up` of what is wanted now: refused in preview, done, or failed on the way. */
  async up(): Promise<"refused" | "done" | "failed" | "same"> {
    const { plugin } = this.lab;
    const wanted = this.lab.inputs("Vm", this.name, this.arguments());
    try {
      const { inputs, failures } = await plugin.check("Vm", this.inputs, wanted);
      if (failures.length > 0) return "refused";
      const diff = await plugin.diff("Vm", this.id, this.properties, inputs);
      assert.deepEqual(diff.replaces, []);
      if (diff.changes === "none") return "same";
      const { properties } = await plugin.update("Vm", this.id, this.properties, inputs);
      Object.assign(this, { properties, inputs });
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      for (const disk of this.wanted.disks) disk.doubtful = true;
      this.lastError = (error as Error).message;
      this.failed = true;
      return "failed";
    }
    this.failed = false;
    this.learn();
    return "done";
  }

  lastError = "";

  async refresh(): Promise<boolean> {
    try {
      const { properties } = await this.lab.plugin.read("Vm", this.id, this.properties);
      this.properties = properties;
      return true;
    } catch (error) {
      this.lastError = (error as Error).message;
      return false;
    }
  }

  /** After an `up`: what the slots of the program hold is what they held, and what is new is noted. */
  private learn(): void {
    for (const disk of this.wanted.disks) {
      const tag = this.tag(this.volume(disk.slot));
      if (disk.tag === undefined && tag !== undefined && !tag.startsWith("foreign")) {
        disk.tag = tag;
        this.contents.set(tag, `disk ${disk.slot}`);
      }
      // What somebody has put into the slot before the program named it is used as it is, which the preview says.
      if (disk.tag === undefined && tag?.startsWith("foreign")) disk.doubtful = true;
      if (tag === disk.tag) disk.doubtful = false;
      else assert.ok(disk.doubtful, `${disk.slot} holds ${String(tag)} instead of ${String(disk.tag)}`);
    }
    for (const [slot, on] of [
      ["efidisk0", this.wanted.efi],
      ["tpmstate0", this.wanted.tpm],
    ] as const) {
      const tag = this.tag(this.volume(slot));
      if (on !== undefined && tag !== undefined) this.contents.set(tag, slot);
    }
  }

  /** Contents that nobody has named for removal and that are nowhere any more. */
  lost(): string[] {
    const present = new Set(volumeTags(this.lab.sim.world).values());
    return [...this.contents].filter(([tag]) => !present.has(tag)).map(([tag, what]) => `${what}: ${tag}`);
  }
}
