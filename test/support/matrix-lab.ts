import { clusterProvider } from "../../providers/cluster/cluster.provider";
import { type Session } from "../../providers/kernel/session/session";
import { keepCertificate, keepKeys } from "../../simulator/cluster/key-files";
import { freshFileSystem } from "../../simulator/seeds/standalone";
import { startSimulator, type Simulator, type World } from "../../simulator";
import type { Simulation } from "../../simulator/simulation";
import { bareConfig, bareWorld, describedMatrix, matrixNodes, rootOf } from "./bare-nodes";
import { sampled } from "./sample";
import { silentReport } from "./silent-report";
import { loneSession } from "./lone-session";

type Props = Record<string, unknown>;

/** The cluster of three nodes, made once, and processes that work on a copy of it; each remembers nothing of the others. */
export class MatrixLab {
  sim!: Simulator;
  heard: () => void = () => undefined;
  readonly told: string[] = [];
  id = "Matrix";
  outs: Props = {};
  private formed: World | undefined;

  /** @param described what else is said of the cluster */
  constructor(readonly described: Props = {}) {}

  async start(change: (world: World) => void = () => undefined): Promise<void> {
    this.heard = () => undefined;
    this.told.length = 0;
    if (!this.formed) {
      this.sim = await startSimulator({ seed: bareWorld() });
      ({ id: this.id, outs: this.outs } = await this.process().create({
        ...describedMatrix(...matrixNodes),
        ...this.described,
      }));
      this.formed = structuredClone(this.sim.simulation.save());
      await this.sim.close();
    }
    const seed = structuredClone(this.formed);
    change(seed);
    this.sim = await startSimulator({ seed, onRequest: () => this.heard() });
  }

  session(signal: AbortSignal = new AbortController().signal, more: Props = {}): Session {
    const config: Props = { ...bareConfig(this.sim), ...more };
    return loneSession(
      config,
      { ...silentReport(this.told), result: (message) => void this.told.push(message) },
      signal,
    );
  }

  process(signal?: AbortSignal, more: Props = {}): ReturnType<typeof clusterProvider> {
    return clusterProvider(this.session(signal, more));
  }

  /** Tells of each request and each command of SSH while the work goes on. */
  private async hearing<T>(told: (what: string) => void, work: () => Promise<T>): Promise<T> {
    this.heard = () => told(`${this.sim.requests.at(-1)?.method ?? ""} ${this.sim.requests.at(-1)?.path ?? ""}`);
    const { sshRecords } = this.sim.simulation;
    const push = sshRecords.push.bind(sshRecords);
    sshRecords.push = (...records) => {
      const length = push(...records);
      for (const { what } of records) told(what);
      return length;
    };
    try {
      return await work();
    } finally {
      this.heard = () => undefined;
      sshRecords.push = push;
    }
  }

  /** All requests and commands of the work, in their order. */
  async heardIn(work: () => Promise<unknown>): Promise<readonly string[]> {
    const all: string[] = [];
    await this.hearing((what) => void all.push(what), work);
    return all;
  }

  /** Kills `work` at that request or command of SSH. */
  async killedAt(moment: number, work: (signal: AbortSignal) => Promise<unknown>): Promise<boolean> {
    const killed = new AbortController();
    let count = 0;
    const told = (): void => {
      if (++count >= moment) killed.abort(new Error("killed"));
    };
    try {
      await this.hearing(told, () => work(killed.signal));
      return false;
    } catch (error) {
      if (!killed.signal.aborted) throw error;
      return true;
    }
  }

  count = (): number => this.sim.requests.length + this.sim.simulation.sshRecords.length;
  of = (name: string) => this.sim.simulation.clusterOf(this.sim.world.nodes[name]!);
  corosync = () => this.of("foxtrot").corosync!;
}

/** The machine of that name is thrown away, and another one stands at its place, as the installer leaves it. */
export function newMachine(simulation: Simulation, name: string): void {
  const { world } = simulation;
  const node = world.nodes[name]!;
  keepKeys(simulation, node.cluster);
  keepCertificate(simulation, node);
  delete node.customCertificate;
  let key = name;
  while (world.clusters[key]) key += "-new";
  world.clusters[key] = freshFileSystem(`another ${key}`, rootOf(name));
  node.cluster = key;
  node.state = "online";
  simulation.renewCertificate(node);
}

/** Addresses on more networks: 192.168.5 and 192.168.6 on ports of their own, and 192.168.7 on a VLAN. */
export function withMoreNetworks(world: World): void {
  for (const { name, network } of Object.values(world.nodes)) {
    const [, one, two] = network.ports;
    const stanza = (port: string, net: number): string =>
      `auto ${port}\niface ${port} inet static\n\taddress 192.168.${net}.${5 + matrixNodes.indexOf(name)}/24\n`;
    for (const [port, net] of [
      [one!, 5],
      [two!, 6],
    ] as const) {
      port.up = true;
      network.interfaces = network.interfaces.replace(`iface ${port.name} inet manual\n`, stanza(port.name, net));
    }
    network.interfaces += `\n${stanza(`${one!.name}.7`, 7)}`;
  }
}

/**
 * Moments of a run at which it is killed: all of them in the long run, else those at and after what `matters`, and some
 * of the others.
 */
export function momentsOf(heard: readonly string[], matters: RegExp, others: number): readonly number[] {
  const all = heard.map((_, at) => at + 1);
  const chosen = new Set(sampled(all, Math.ceil(all.length / others), 3));
  heard.forEach((what, at) => {
    if (matters.test(what))
      for (const moment of [at, at + 1, at + 2]) if (moment > 0 && moment <= all.length) chosen.add(moment);
  });
  return [...chosen].sort((one, other) => one - other);
}
