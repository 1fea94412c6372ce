import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { connect, Ssh, type Connection } from "../../../pve";
import { Memory } from "../../../providers/kernel/session/memory";
import { Pve } from "../../../providers/kernel/session/pve-session";
import { clusterSdn } from "../../../providers/sdn/sdn-commit";
import type { SdnKind } from "../../../providers/sdn/sdn-kind";
import { subnetKind, vnetKind, zoneKind } from "../../../providers/sdn/staged-kinds";
import { removalPart, wantedPart } from "../../../providers/sdn/sdn-parts";
import { startSimulator, type Simulator } from "../../../simulator";
import { described, sdnWorld } from "./sdn-lab";
import { loneCall } from "../../support/lone-call";

const kinds: Readonly<Record<string, SdnKind>> = { SdnZone: zoneKind, SdnVnet: vnetKind, SdnSubnet: subnetKind };

/** What is wanted of one object; without `inputs` it goes. */
interface Step {
  readonly kind: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly id: string;
}

/** The objects of the lab, as their creations want them. */
export const wanted: readonly Step[] = described.map(([kind, name, args]) => {
  const names: Record<string, string> = { SdnZone: "zoneId", SdnVnet: "vnetId" };
  const inputs = names[kind] === undefined ? args : { ...args, [names[kind]]: name };
  return { kind, inputs, id: (kinds[kind] as SdnKind).id(inputs) };
});

/** The SDN of three nodes as the providers change it, who have the simulator's clock: pauses take no time. */
export class SdnRuns {
  private readonly open: { close(): void }[] = [];
  /** Later runs reach the nodes by SSH too. */
  withSsh = false;
  /** Is called with each answered request. */
  answered: () => void = () => undefined;

  private constructor(readonly sim: Simulator) {}

  static async start(): Promise<SdnRuns> {
    const watcher = { answered: (): void => undefined };
    const sim = await startSimulator({ seed: sdnWorld(), onRequest: () => watcher.answered() });
    const runs = new SdnRuns(sim);
    watcher.answered = () => runs.answered();
    return runs;
  }

  get sdn() {
    const [cluster] = Object.values(this.sim.world.clusters);
    return cluster?.sdn ?? assert.fail("no SDN");
  }

  /** A run of the program: a process of its own, which may be killed at a moment. */
  run(): { pve: Pve; kill: () => void } {
    const { sim } = this;
    sim.simulation.faults.clear();
    const [first] = sim.nodes;
    assert.ok(first);
    let killed = false;
    const connection: Connection = connect({
      endpoints: [first.url],
      credentials: { tokenId: sim.token.id, secret: sim.token.secret },
      tls: { fingerprints: [first.fingerprint] },
      clock: {
        now: () => sim.clock.now(),
        async sleep(ms, signal) {
          await setImmediate();
          if (killed) throw new Error("killed");
          signal?.throwIfAborted();
          sim.clock.advance(ms);
        },
      },
    });
    this.open.push(connection);
    const lifeline = {
      signal: new AbortController().signal,
      hold: <T>(work: () => Promise<T>) => work(),
      assertEngine: async () => undefined,
      whenRecorded: () => undefined,
    };
    const memory = new Memory();
    const ssh = this.withSsh
      ? new Ssh({
          password: sim.password,
          hostKeys: { fingerprints: sim.nodes.map((node) => node.ssh.fingerprint) },
          lookUp: async (name) => {
            if (killed) throw new Error("killed");
            const node = sim.nodes.find((one) => one.name === name) ?? assert.fail(name);
            return `127.0.0.1:${node.ssh.port}`;
          },
        })
      : undefined;
    if (ssh) this.open.push(ssh);
    const pve = new Pve(connection, { connection, lifeline, ssh, user: "root@pam", vmids: undefined, memory });
    const kill = (): void => {
      killed = true;
      ssh?.close();
      // Whatever it would still send, for cleaning up too, does not arrive.
      sim.simulation.faults.add({ effect: { kind: "reset" } });
    };
    return { pve, kill };
  }

  /** All of it at once; how each ended. `mayExist`: an interrupted run may have made it. */
  change(pve: Pve, steps: readonly Step[], mayExist = false): Promise<PromiseSettledResult<unknown>[]> {
    const { signal } = new AbortController();
    return Promise.allSettled(
      steps.map(({ kind, id, inputs }) => {
        const about = { kind: kinds[kind] as SdnKind, pve, call: loneCall(id, signal), id };
        const options = { creating: !mayExist, mayExist, applyAnyway: mayExist };
        const part = inputs ? wantedPart(about, inputs, {}, options) : removalPart(about);
        const member = { signal, safePoint: async () => undefined, progress: () => undefined };
        return clusterSdn(pve).arrive(pve, member, part);
      }),
    );
  }

  async close(): Promise<void> {
    for (const one of this.open) one.close();
    await this.sim.close();
  }
}
