import { cephOsdProvider } from "../../providers/ceph/ceph-osd.provider";
import type { Ceph } from "../../simulator/ceph/ceph.js";
import { cephOf } from "./ceph-of";
import { writeObjects } from "../../simulator/ceph/objects.js";
import { liveDisks } from "../../simulator/disks/block-devices.js";
import { startSimulator, type Simulator, type World } from "../../simulator";
import type { Disk } from "../../simulator/world/disk.js";
import { cephNodes, CephMachines } from "./ceph-lab";
import { pluginConfig, sshConfig } from "./lab";
import { silentReport } from "./silent-report";
import { loneSession } from "./lone-session";

type Props = Record<string, unknown>;
export type OsdProvider = ReturnType<typeof cephOsdProvider>;

/** What the state holds of a resource. */
export interface Recorded {
  readonly id: string;
  readonly outs: Props;
}

const serials: Readonly<Record<string, string>> = { foxtrot: "INVENTED5", golf: "INVENTED6", hotel: "INVENTED7" };

/**
 * Runs of a program that describes OSDs, each a process that remembers nothing of the others, on copies of a Ceph that was made
 * once: three hosts with two disks of OSDs each, a pool with data in it, and a third disk in each host.
 */
export class OsdRuns {
  sim!: Simulator;
  /** The OSDs of each disk, by its serial number. */
  made: Record<string, Recorded> = {};
  private heard: () => void = () => undefined;
  private whole: string | undefined;
  private first: Record<string, Recorded> = {};
  readonly lines: string[] = [];

  async start(): Promise<void> {
    this.whole ??= await this.makeWhole();
    this.lines.length = 0;
    this.made = structuredClone(this.first);
    await this.open(JSON.parse(this.whole) as World);
  }

  close = (): Promise<void> => this.sim.close();

  private async open(seed: World): Promise<void> {
    this.sim = await startSimulator({ seed, clock: "immediate", onRequest: () => this.heard() });
  }

  private async makeWhole(): Promise<string> {
    const world = await CephMachines.daemonsWorld();
    for (const node of cephNodes)
      world.nodes[node]?.hardware.disks.push({
        ...{ devpath: "/dev/nvme3n1", size: 4e12, model: "Samsung SSD 990 PRO 4TB", serial: `${serials[node]}3` },
        ...{ type: "nvme", gpt: 0 },
      });
    await this.open(world);
    try {
      const provider = this.process();
      for (const node of cephNodes)
        for (const disk of [1, 2]) {
          const serial = `${serials[node]}${disk}`;
          this.first[serial] = await provider.create(this.described(serial));
        }
      const { simulation } = this.sim;
      const { command } = await import("../../simulator/ceph/commands/index.js");
      command(this.ceph, "osd pool create", { pool: "vm_ssd", pg_num: 32 });
      if (writeObjects(this.ceph.cluster, "vm_ssd", 10_000, 4096) !== 10_000) throw new Error("nothing was written");
      return simulation.saved();
    } finally {
      await this.sim.close();
    }
  }

  /** Another process. Ended by the signal, it does nothing more. */
  process(signal: AbortSignal = new AbortController().signal): OsdProvider {
    const config: Props = {
      ...pluginConfig(this.sim),
      ...sshConfig(this.sim),
      "proxmox:username": "root@pam",
      "proxmox:password": this.sim.password,
    };
    for (const key of ["proxmox:tokenId", "proxmox:tokenSecret"]) delete config[key];
    for (const [key, value] of Object.entries(config))
      if (value !== undefined && typeof value !== "string") config[key] = JSON.stringify(value);
    return cephOsdProvider(
      loneSession(config, { ...silentReport(this.lines), result: (message) => void this.lines.push(message) }, signal),
    );
  }

  described(serial: string, more: Props = {}, name = serial): Props {
    const node = cephNodes.find((each) => serial.startsWith(serials[each] ?? "?")) ?? "foxtrot";
    return {
      ...{ node, serial, osdsPerDevice: 2, ...more },
      __urn: `urn:pulumi:test::lab::pulumi-nodejs:dynamic/proxmox:CephOsd::${name}`,
      __stack: "a stack",
    };
  }

  count = (): number => this.sim.requests.length + this.sim.simulation.sshRecords.length;

  /** Runs work that is ended at that request or command of SSH; true when it was. */
  async killedAt(moment: number, work: (provider: OsdProvider) => Promise<unknown>): Promise<boolean> {
    const killed = new AbortController();
    const begun = this.count();
    const look = (): void => {
      if (this.count() - begun >= moment) killed.abort(new Error("killed"));
    };
    const { sshRecords } = this.sim.simulation;
    const push = sshRecords.push.bind(sshRecords);
    this.heard = look;
    sshRecords.push = (...records) => {
      const length = push(...records);
      look();
      return length;
    };
    try {
      await work(this.process(killed.signal));
      return false;
    } catch (error) {
      if (!killed.signal.aborted) throw error;
      return true;
    } finally {
      this.heard = () => undefined;
      sshRecords.push = push;
    }
  }

  get ceph(): Ceph {
    return cephOf(this.sim);
  }

  get disks(): Disk[] {
    return cephNodes.flatMap((node) => this.sim.simulation.node(node).hardware.disks);
  }

  disk(serial: string): Disk {
    const found = this.disks.find((disk) => disk.serial === serial);
    if (!found) throw new Error(`there is no disk ${serial}`);
    return found;
  }

  /** Files of nodes that say which creations were begun. */
  notes(): string[] {
    return cephNodes.flatMap((node) =>
      Object.keys(this.sim.simulation.node(node).ssh?.files ?? {}).filter((file) => /cluster\/osds-/.test(file)),
    );
  }

  /** What overwrote each disk, in their order. */
  get erased(): Record<string, string[]> {
    return Object.fromEntries(this.disks.map(({ serial, erased = [] }) => [serial, erased.map(({ by }) => by)]));
  }

  /** Up and in, by the serial number of their disks. */
  get serving(): Record<string, number> {
    const { osds } = this.ceph.cluster.osdmap;
    const count: Record<string, number> = {};
    for (const node of cephNodes)
      for (const { serial, holds } of liveDisks(this.sim.simulation.node(node))) {
        const vg = holds?.kind === "lvm" ? holds.vg : undefined;
        const groups = this.sim.simulation.node(node).hardware.storage?.volumeGroups ?? {};
        const volumes = Object.values((vg === undefined ? undefined : groups[vg])?.volumes ?? {});
        const uuids = volumes.flatMap(({ tags }) => tags?.["ceph.osd_fsid"] ?? []);
        const found = Object.values(osds).filter((osd) => uuids.includes(osd.uuid) && osd.up && osd.weight > 0);
        if (found.length > 0) count[serial] = found.length;
      }
    return count;
  }
}

/** What the engine does with a resource in one run; what it records is returned also where the run fails. */
export async function upOnce(
  provider: OsdProvider,
  wanted: Props,
  state: Recorded | undefined,
): Promise<{ readonly state: Recorded | undefined; readonly error?: Error }> {
  try {
    if (!state) {
      const { id, outs } = await provider.create(wanted);
      return { state: { id, outs } };
    }
    const { changes } = await provider.diff(state.id, state.outs, wanted);
    if (!changes) return { state };
    const { outs } = await provider.update(state.id, state.outs, wanted);
    return { state: { id: state.id, outs } };
  } catch (error) {
    const { id, properties } = error as { id?: string; properties?: Props };
    return { error: error as Error, state: id !== undefined && properties ? { id, outs: properties } : state };
  }
}
