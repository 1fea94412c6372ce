import { SimulatedClock, type ClockMode } from "./simulated-clock.js";
import { addClusterLog } from "./cluster-log.js";
import { isLinked, liveMembers, liveNodes } from "./corosync.js";
import { die } from "./errors.js";
import { condition, Faults, type Fault } from "./faults.js";
import { nodeState } from "./node/node-state.js";
import { hasVote, votesOf } from "./qnetd/votes.js";
import type { RequestRecord } from "./request-record.js";
import type { GuestReport } from "./resource-row.js";
import type { Ended, SshRecord } from "./ssh/ssh-record.js";
import type { StateFile } from "./state-file.js";
import { Tasks, type Worker } from "./tasks.js";
import type { Task } from "./world/task.js";
import type { Cluster, Corosync, NodeState, World } from "./world/world.js";

export interface SimulationOptions {
  readonly clock?: ClockMode;
  /** For the `auto` clock: simulated seconds per second. */
  readonly speed?: number;
  readonly faults?: readonly Fault[];
  /** Seed of the faults' chances. */
  readonly faultSeed?: number;
  /** Is told of every answered request. */
  readonly onRequest?: (record: RequestRecord) => void;
}

/** What lets the managers of a cluster's high availability work, by its id. */
interface HaRounds {
  /** There may be something to do. */
  wake(id: string): void;
  /** With the immediate clock: all of it at once. */
  settle(id: string): void;
}

/** A world in motion: its clock, its running tasks and its faults. */
export class Simulation {
  readonly clock: SimulatedClock;
  readonly faults: Faults;
  readonly tasks: Tasks;
  /** The managers of high availability: nobody is without a running simulator. */
  ha: HaRounds | undefined;
  /** Keeps the world in a file. */
  keeper: StateFile | undefined;
  /** What the nodes last reported of their guests, for faults that let lists lag. */
  guestReport: GuestReport | undefined;
  /** Every request that was answered. */
  readonly requests: RequestRecord[] = [];
  /** Everything that was asked over SSH. */
  readonly sshRecords: SshRecord[] = [];

  /** What ends the open connections of a node's servers. */
  readonly connections = new Map<string, (() => void)[]>();

  /** What makes a node's server take up its new certificate. */
  readonly servers = new Map<string, () => void>();

  constructor(
    readonly world: World,
    private readonly options: SimulationOptions = {},
  ) {
    this.clock = new SimulatedClock(options.clock ?? "immediate", world.time, options.speed);
    this.faults = new Faults(options.faults, options.faultSeed, () => this.clock.now());
    this.tasks = new Tasks(world, this.clock, this.faults, (task) => this.taskEnded(task));
    this.clock.onEvent = () => this.keeper?.changed();
    // A join that the end of the last process has cut off is as good as finished where there is quorum.
    for (const node of Object.values(world.nodes)) if (this.isQuorate(node)) delete node.filesAway;
  }

  clusterOf(node: NodeState): Cluster {
    const cluster = this.world.clusters[node.cluster];
    if (!cluster) throw new Error(`node ${node.name} has no cluster file system '${node.cluster}'`);
    return cluster;
  }

  node(name: string): NodeState {
    const node = this.world.nodes[name];
    if (!node) throw new Error(`no node '${name}'`);
    return node;
  }

  /** Whether the members that are up, and QNetd's vote, have more than half of the votes; a standalone node always has. */
  isQuorate(node: NodeState): boolean {
    const { corosync } = this.clusterOf(node);
    if (!corosync || node.clusterService?.local?.running) return true;
    if (corosync.dead || node.corosyncStopped) return false;
    if (condition("no-quorum", (fault) => fault.node === undefined || fault.node === node.name)) return false;
    const live = liveMembers(corosync);
    // Corosync ends on a node that it is told to be another.
    if (!live.includes(node.name)) return false;
    const members = Object.entries(liveNodes(corosync)).filter(([name]) => live.includes(name));
    const votes = (list: typeof members): number => list.reduce((sum, [, member]) => sum + member.votes, 0);
    const seen = this.membersSeen(node, corosync);
    const up = members.filter(([name]) => seen.includes(name));
    const device = votesOf(corosync);
    const own = device > 0 && hasVote(this, node, corosync) ? device : 0;
    return votes(up) + own > (votes(members) + device) / 2;
  }

  /** Members that corosync of a node sees, itself among them. */
  membersSeen(node: NodeState, corosync: Corosync): string[] {
    const isSeen = (member: NodeState): boolean => {
      const state = nodeState(member);
      if (member.name === node.name) return true;
      if (member.corosyncStopped) return false;
      if (state === "off" || state === "isolated" || node.state === "isolated") return false;
      return isLinked(this.world, corosync, node, member);
    };
    const isUp = (member: NodeState): boolean => member.cluster === node.cluster && isSeen(member);
    return liveMembers(corosync).filter((name) => {
      const member = this.world.nodes[name];
      return member !== undefined && isUp(member);
    });
  }

  /** Gives a node another certificate; its server is told, and serves it unless it has to keep the old one. */
  renewCertificate(node: NodeState): void {
    node.certificate++;
    this.servers.get(node.name)?.();
  }

  startTask(node: NodeState, type: string, id: string, user: string, worker: Worker): string {
    // PVE/RESTEnvironment.pm fork_worker; seen on pve-manager 9.2.11 under load.
    if (condition("no-worker")) throw die("got no worker upid - start worker failed.");
    const upid = this.tasks.start(node, type, id, user, worker);
    const [owner = ""] = user.split("!");
    addClusterLog(this.clusterOf(node), node, this.clock.seconds(), owner, `starting task ${upid}`);
    return upid;
  }

  /** Remembers what was asked over SSH, or run by a timer. */
  noteSsh(node: { readonly name: string }, kind: SshRecord["kind"], what: string, ended: Ended, mode?: number): void {
    const more = { ...(ended.unbuilt ? { unbuilt: true } : {}), ...(mode === undefined ? {} : { mode }) };
    this.sshRecords.push({ node: node.name, kind, what, code: ended.code, ...more });
  }

  /** Remembers an answered request. */
  record(request: RequestRecord): void {
    this.requests.push(request);
    this.options.onRequest?.(request);
  }

  /** The world as it is now, to be saved. */
  save(): World {
    return JSON.parse(this.saved()) as World;
  }

  /** The same as text. */
  saved(): string {
    this.world.time = this.clock.now();
    return JSON.stringify(this.world);
  }

  close(): void {
    this.clock.close();
  }

  private taskEnded(task: Task): void {
    const node = this.world.nodes[task.node];
    if (!node) return;
    const text = `end task ${task.upid} ${task.status ?? ""}`;
    const failed = task.status !== "OK" && !/^WARNINGS: \d+$/.test(task.status ?? "");
    addClusterLog(this.clusterOf(node), node, this.clock.seconds(), task.user, text, failed ? 3 : 6);
  }
}
