import type { Ceph } from "../../simulator/ceph/ceph.js";
import { liveDisks } from "../../simulator/disks/block-devices.js";
import { volumeGroups } from "../../simulator/disks/lvm.js";
import type { World } from "../../simulator";
import type { Disk, LogicalVolume } from "../../simulator/world/disk.js";
import { ask } from "../simulator/api-client.js";
import { cephOf } from "./ceph-of";
import { hurriedClock } from "./hurry";
import { Lab, sshConfig, testWorld, type AnyLab } from "./lab";
import type { Properties } from "./plugin";

export const cephNodes = ["foxtrot", "golf", "hotel"] as const;

/** The world of `withDaemons`, as text. */
let daemonsMade: Promise<string> | undefined;

/** The providers on the three simulated machines of seed `matrix`, with SSH and root's password, and short ways to Ceph. */
export class CephMachines {
  private constructor(readonly lab: AnyLab) {}

  /** On nodes without Ceph, or in another world. */
  static async start(
    config: Record<string, unknown> = {},
    env: Record<string, string> = {},
    seed: World = testWorld("matrix"),
  ): Promise<CephMachines> {
    return new CephMachines(
      await Lab.here(
        { seed, clock: "immediate" },
        (sim) => ({
          ...sshConfig(sim),
          "proxmox:username": "root@pam",
          "proxmox:password": sim.password,
          ...config,
        }),
        env,
        hurriedClock(),
      ),
    );
  }

  /** The same with packages, configuration, monitors and managers on all three: made once, and each time a copy of it. */
  static async withDaemons(): Promise<CephMachines> {
    return CephMachines.start({}, {}, await CephMachines.daemonsWorld());
  }

  /** The world of {@link withDaemons}: a copy of its own. */
  static async daemonsWorld(): Promise<World> {
    daemonsMade ??= CephMachines.start().then(async (on) => {
      try {
        await on.daemons();
        return on.lab.sim.simulation.saved();
      } finally {
        await on.close();
      }
    });
    return JSON.parse(await daemonsMade) as World;
  }

  /** Other providers on the same machines: a later run, which remembers nothing of the first. */
  static async beside(other: CephMachines): Promise<CephMachines> {
    const { sim } = other.lab;
    const config = { ...sshConfig(sim), "proxmox:username": "root@pam", "proxmox:password": sim.password };
    return new CephMachines(await Lab.hereOn(sim, config, undefined, {}, hurriedClock()));
  }

  close(): Promise<void> {
    return this.lab.close();
  }

  node(name: string) {
    return this.lab.sim.simulation.node(name);
  }

  get ceph(): Ceph {
    return cephOf(this.lab.sim);
  }

  disk(node: string, serial: string): Disk {
    const found = this.node(node).hardware.disks.find((disk) => disk.serial === serial);
    if (!found) throw new Error(`node ${node} has no disk ${serial}`);
    return found;
  }

  /** A request of root's own, beside the library. */
  async call(method: string, path: string, params: Record<string, string>) {
    const [server] = this.lab.sim.nodes;
    if (!server) throw new Error("there is no node");
    const login = { username: "root@pam", password: this.lab.sim.password };
    const { json } = await ask(server, "POST", "/access/ticket", { params: login });
    const { ticket = "", CSRFPreventionToken = "" } = json?.data as Record<string, string>;
    const headers = { Cookie: `PVEAuthCookie=${encodeURIComponent(ticket)}`, CSRFPreventionToken };
    return ask(server, method, path, { headers, params });
  }

  /** Logical volumes of a node that have tags. */
  volumesOf(node: string): LogicalVolume[] {
    return Object.values(volumeGroups(this.node(node)))
      .flatMap(({ volumes = {} }) => Object.values(volumes))
      .filter(({ tags }) => tags !== undefined);
  }

  /** A volume that somebody else has made, on a disk that was plugged in. */
  addVolume(node: string, tags: Record<string, string>): LogicalVolume {
    const { hardware } = this.node(node);
    const volume: LogicalVolume = { size: 2 ** 30, tags };
    volumeGroups(this.node(node))["ceph-foreign"] = { size: 2 ** 40, volumes: { "osd-block-foreign": volume } };
    hardware.disks.push({
      ...{ devpath: "/dev/sda", size: 2 ** 40, model: "Stick", serial: "FOREIGN", type: "ssd", gpt: 0 },
      holds: { kind: "lvm", vg: "ceph-foreign" },
    });
    return volume;
  }

  /** All disks with what overwrote them. */
  get erased(): Record<string, string[]> {
    return Object.fromEntries(
      cephNodes.flatMap((name) =>
        liveDisks(this.node(name)).flatMap((disk) =>
          disk.erased ? [[disk.serial, disk.erased.map(({ by }) => by)]] : [],
        ),
      ),
    );
  }

  /** Requests that changed something, since the last time that it was asked. */
  private seen = 0;
  writes(): string[] {
    const all = this.lab.sim.requests;
    const since = all.slice(this.seen);
    this.seen = all.length;
    return since
      .filter(({ method, path }) => method !== "GET" && !path.endsWith("/ticket"))
      .map(({ method, path }) => `${method} ${path}`);
  }

  /** What a preview tells in the row of a resource, and what it refuses. */
  async preview(kind: string, name: string, args: Properties, olds: Properties = {}): Promise<string[]> {
    const { inputs } = await this.lab.plugin.check(kind, olds, {
      ...this.lab.inputs(kind, name, args),
      __preview: true,
    });
    return (inputs["__problems"] ?? []) as string[];
  }

  install(...nodes: readonly string[]) {
    const args = (node: string) => ({ node, release: "tentacle", repository: "no-subscription" });
    return Promise.all(nodes.map((node) => this.lab.create("CephInstall", node, args(node))));
  }

  config(args: Properties = {}) {
    const networks = { publicNetwork: "192.168.5.0/24", clusterNetwork: "192.168.7.0/24" };
    return this.lab.create("CephConfig", "ceph", { node: "foxtrot", ...networks, ...args });
  }

  /** Packages, configuration, monitors and managers on all three. */
  async daemons(): Promise<void> {
    await this.install(...cephNodes);
    await this.config();
    for (const node of cephNodes) await this.lab.create("CephMonitor", node, { node });
    for (const node of cephNodes) await this.lab.create("CephManager", node, { node });
  }

  /** One disk of each node with two OSDs. */
  async osds(): Promise<void> {
    const serials = { foxtrot: "INVENTED51", golf: "INVENTED61", hotel: "INVENTED71" };
    for (const node of cephNodes)
      await this.lab.create("CephOsd", `${node}-1`, {
        ...{ node, serial: serials[node], osdsPerDevice: 2, deviceClass: "nvme" },
      });
  }
}
