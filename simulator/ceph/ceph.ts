import { nodeState } from "../node/node-state.js";
import { isInTouch } from "./in-touch.js";
import type { Simulation } from "../simulation.js";
import type { CephCluster, CephFiles, Daemon, NodeCeph } from "../world/ceph.js";
import type { Cluster, NodeState } from "../world/world.js";

export type DaemonKind = "mons" | "mgrs" | "mdss" | "osds";

/** What Ceph is on a machine; made when something of it first comes there. */
export function cephOn(node: NodeState): NodeCeph {
  return (node.ceph ??= { mons: {}, mgrs: {}, mdss: {}, osds: {} });
}

export const filesOf = (cluster: Cluster): CephFiles => (cluster.cephFiles ??= {});

/** A Ceph cluster in motion: its model, the machines that it runs on, and the clock. */
export class Ceph {
  constructor(
    readonly simulation: Simulation,
    readonly proxmox: Cluster,
    readonly cluster: CephCluster,
  ) {}

  /** While the past is made up for: the moment that is being calculated. */
  moment: number | undefined;

  get now(): number {
    return this.moment ?? this.simulation.clock.now();
  }

  /** With the immediate clock nothing takes time. */
  get instant(): boolean {
    return this.simulation.clock.mode === "immediate";
  }

  /** Whether what takes so long since a moment is over. */
  isOver(since: number, milliseconds: number): boolean {
    return this.instant || this.now - since >= milliseconds;
  }

  /** The machines of the Proxmox cluster. */
  get nodes(): NodeState[] {
    return Object.values(this.simulation.world.nodes).filter(
      (node) => this.simulation.clusterOf(node) === this.proxmox,
    );
  }

  nodeNamed(name: string): NodeState | undefined {
    return this.nodes.find((node) => node.name === name);
  }

  isReachable(node: NodeState): boolean {
    const state = nodeState(node);
    return state !== "off" && state !== "isolated";
  }

  daemon(kind: DaemonKind, id: string): { node: NodeState; daemon: Daemon } | undefined {
    for (const node of this.nodes) {
      const daemon = node.ceph?.[kind][id];
      if (daemon) return { node, daemon };
    }
    return undefined;
  }

  /** The process runs, and others reach it. */
  isAlive(kind: DaemonKind, id: string): boolean {
    const found = this.daemon(kind, id);
    if (!found?.daemon.running || !this.isReachable(found.node)) return false;
    // asked often, and mostly nothing is filtered
    return !this.nodes.some(({ firewall }) => firewall) || isInTouch(this, kind, found.node);
  }

  /** An option as the daemons use it: ceph.conf beats the configuration database (FACT 15). */
  option(section: string, name: string): string | undefined {
    const conf = this.proxmox.cephFiles?.conf ?? {};
    const kind = section.split(".")[0] ?? section;
    for (const each of [section, kind, "global"]) {
      const written = conf[each]?.[name] ?? conf[each]?.[name.replaceAll("_", " ")];
      if (written !== undefined) return written;
    }
    return this.configured(section, name);
  }

  /** The same from the database alone. */
  configured(section: string, name: string): string | undefined {
    const kind = section.split(".")[0] ?? section;
    for (const each of [section, kind, "global"]) {
      const found = this.cluster.config.find(
        (option) => option.section === each && option.mask === "" && option.name === name,
      );
      if (found) return found.value;
    }
    return undefined;
  }
}
