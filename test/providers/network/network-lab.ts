import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { connect, Ssh, type Connection } from "../../../pve";
import { Memory } from "../../../providers/kernel/session/memory";
import { Pve } from "../../../providers/kernel/session/pve-session";
import { kinds } from "../../../providers/network/interface-kinds";
import { nodeNetwork, type NodeNetwork } from "../../../providers/network/network-commit";
import { removalPart, wantedPart } from "../../../providers/network/parts";
import { startSimulator, type Simulator } from "../../../simulator";
import { clientReaches } from "../../../simulator/network/fabric.js";
import { testWorld } from "../../support/lab";
import { loneCall } from "../../support/lone-call";

/** What a test does to one interface; without `inputs` it is removed. */
export interface Step {
  readonly kind: keyof typeof kinds;
  readonly name: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly creating?: boolean;
}

/** The networks of one bare node as the providers change them, who have the simulator's clock: pauses take no time. */
export class NetworkLab {
  readonly node = "foxtrot";
  private readonly connections: Connection[] = [];
  private readonly sshs: Ssh[] = [];
  /** Is told what the members are told. */
  onProgress: (text: string) => void = () => undefined;

  private constructor(readonly sim: Simulator) {}

  static async start(change: (network: NetworkLab["network"]) => void = () => undefined): Promise<NetworkLab> {
    const world = testWorld("matrix:bare");
    change(world.nodes["foxtrot"]!.network);
    return new NetworkLab(await startSimulator({ seed: world }));
  }

  get network() {
    return this.sim.world.nodes[this.node]!.network;
  }

  get isReached(): boolean {
    return clientReaches(this.sim.world, this.sim.simulation.node(this.node));
  }

  /** A run of the program: a process of its own. */
  run(withSsh = true): { pve: Pve; network: NodeNetwork } {
    const { sim, node } = this;
    const [first] = sim.nodes;
    assert.ok(first);
    const connection = connect({
      endpoints: [first.url],
      credentials: { tokenId: sim.token.id, secret: sim.token.secret },
      tls: { fingerprints: [first.fingerprint] },
      clock: {
        now: () => sim.clock.now(),
        async sleep(ms, signal) {
          await setImmediate();
          signal?.throwIfAborted();
          sim.clock.advance(ms);
        },
      },
    });
    this.connections.push(connection);
    const ssh = withSsh
      ? new Ssh({
          password: sim.password,
          hostKeys: { fingerprints: [first.ssh.fingerprint] },
          lookUp: async () => `127.0.0.1:${first.ssh.port}`,
        })
      : undefined;
    if (ssh) this.sshs.push(ssh);
    const never = new AbortController().signal;
    const lifeline = {
      signal: never,
      hold: <T>(work: () => Promise<T>) => work(),
      assertEngine: async () => undefined,
      whenRecorded: () => undefined,
    };
    const memory = new Memory();
    const pve = new Pve(connection, { connection, lifeline, ssh, user: "root@pam", vmids: undefined, memory });
    return { pve, network: nodeNetwork(pve, node) };
  }

  /** All of it at once; how each ended. */
  async change(
    { pve, network }: ReturnType<NetworkLab["run"]>,
    steps: readonly Step[],
    signal: AbortSignal = new AbortController().signal,
  ): Promise<PromiseSettledResult<unknown>[]> {
    const { node } = this;
    return Promise.allSettled(
      steps.map(({ kind, name, inputs, creating = false }) => {
        const call = loneCall(name, signal);
        const about = { kind: kinds[kind], pve, call, node, name };
        const part = inputs
          ? wantedPart(about, { node, name, ...inputs }, {}, { creating, applyAnyway: false })
          : removalPart(about, {});
        const member = { signal, safePoint: async () => undefined, progress: (text: string) => this.onProgress(text) };
        return network.arrive(pve, "stack", member, part);
      }),
    );
  }

  async close(): Promise<void> {
    for (const one of [...this.connections, ...this.sshs]) one.close();
    await this.sim.close();
  }
}
