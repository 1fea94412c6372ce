import { setImmediate } from "node:timers/promises";
import { firewallAliasProvider } from "../../../providers/firewall/firewall-alias.provider";
import { firewallGroupProvider } from "../../../providers/firewall/firewall-group.provider";
import { firewallIpSetProvider } from "../../../providers/firewall/firewall-ip-set.provider";
import { firewallOptionsProvider } from "../../../providers/firewall/firewall-options.provider";
import { firewallRulesProvider } from "../../../providers/firewall/firewall-rules.provider";
import { startSimulator, type Simulator, type World } from "../../../simulator";
import { writeFile } from "../../../simulator/firewall/firewall-files.js";
import { clientVerdict } from "../../../simulator/firewall/packet-verdicts.js";
import { pluginConfig, sshConfig, testWorld } from "../../support/lab";
import { loneSession } from "../../support/lone-session";

type Props = Record<string, unknown>;

/** What the plugin calls of a provider. */
interface Provider {
  check(olds: Props, news: Props): Promise<{ inputs: Props; failures?: { reason: string }[] }>;
  diff(id: string, olds: Props, news: Props): Promise<{ changes: boolean }>;
  create(props: Props): Promise<{ id: string; outs: Props }>;
  update(id: string, olds: Props, news: Props): Promise<{ outs: Props }>;
  read(id: string, props: Props): Promise<{ id: string; props: Props }>;
  delete(id: string, props: Props): Promise<void>;
}

export const clusterFw = "firewall/cluster.fw";
export const datacenter = { datacenter: true };
/** Lets in what the switch and the run need, from everywhere. */
export const letIn = { direction: "in", action: "ACCEPT", protocol: "tcp", destinationPort: "22,8006" };

/** What stays on the nodes: notes of what was made, and what was put aside last. */
const isNote = (file: string): boolean => file === "/var/lib/pulumi-proxmox-cluster/firewall.json";
const isPutAside = (file: string): boolean => /\/replaced-[0-9a-f]+$/.test(file);

/** The firewall of the three nodes as the providers change it, who have the simulator's clock: pauses take no time. */
export class SwitchLab {
  /** What the rows were told. */
  readonly said: string[] = [];
  /** Is told of each request and command that was answered. */
  heard: () => void = () => undefined;

  private constructor(readonly sim: Simulator) {}

  static async start(
    files: Record<string, string>,
    change: (world: World) => void = () => undefined,
  ): Promise<SwitchLab> {
    const world = testWorld("matrix");
    for (const cluster of Object.values(world.clusters)) cluster.firewallFiles = { ...files };
    change(world);
    let lab: SwitchLab | undefined = undefined as SwitchLab | undefined;
    const sim = await startSimulator({ seed: world, clock: "manual", onRequest: () => lab?.heard() });
    lab = new SwitchLab(sim);
    const { sshRecords } = sim.simulation;
    const push = sshRecords.push.bind(sshRecords);
    sshRecords.push = (...records) => {
      const length = push(...records);
      lab.heard();
      return length;
    };
    return lab;
  }

  get files(): Record<string, string> {
    return Object.values(this.sim.world.clusters)[0]?.firewallFiles ?? {};
  }

  /** Somebody else writes one by hand. */
  writeByHand(file: string, text: string): void {
    const [cluster] = Object.values(this.sim.world.clusters);
    if (cluster) writeFile(cluster, file, text, this.sim.clock.seconds());
  }

  get nodes() {
    return Object.values(this.sim.world.nodes);
  }

  /** New connections of the client: to API and SSH of every node. */
  get isReached(): boolean {
    return this.nodes.every((node) =>
      [8006, 22].every((port) => clientVerdict(this.sim.world, node, port) === "accept"),
    );
  }

  get isQuorate(): boolean {
    return this.nodes.every((node) => this.sim.simulation.isQuorate(node));
  }

  /** Names of all that a switch has left on the nodes. */
  get left(): string[] {
    return this.nodes.flatMap((node) => [
      ...Object.keys(node.timers ?? {}).map((unit) => `${node.name} ${unit}`),
      ...Object.keys(node.ssh?.files ?? {}).filter((file) => /pulumi/.test(file) && !isNote(file) && !isPutAside(file)),
    ]);
  }

  /** Notes of what was made: nobody here records it, so they stay. */
  get notes(): string[] {
    return this.nodes.flatMap(({ ssh }) => Object.keys(ssh?.files ?? {}).filter(isNote));
  }

  /** A run of the program: a process of its own. The config is that with SSH, unless it says otherwise. */
  run(signal: AbortSignal = new AbortController().signal, config: Props = sshConfig(this.sim), stack = "stack") {
    const { sim } = this;
    const tell = (text: string) => void this.said.push(text);
    const session = loneSession(
      { ...pluginConfig(sim), ...config },
      { progress: () => undefined, result: tell, warn: tell },
      signal,
      {
        now: () => sim.clock.now(),
        async sleep(ms, ended) {
          await setImmediate();
          ended?.throwIfAborted();
          sim.clock.advance(ms);
        },
      },
    );
    const made = {
      FirewallAlias: firewallAliasProvider(session),
      FirewallGroup: firewallGroupProvider(session),
      FirewallIpSet: firewallIpSetProvider(session),
      FirewallOptions: firewallOptionsProvider(session),
      FirewallRules: firewallRulesProvider(session),
    };
    const props = (kind: keyof typeof made, args: Props): Props => ({
      ...args,
      __urn: `urn:pulumi:test::lab::pulumi-nodejs:dynamic/proxmox:${kind}::it`,
      __stack: stack,
    });
    const of = (kind: keyof typeof made) => made[kind] as unknown as Provider;
    return {
      async problems(kind: keyof typeof made, args: Props, olds: Props = {}): Promise<string> {
        const { inputs } = await of(kind).check(olds, { ...props(kind, args), __preview: true });
        return ((inputs["__problems"] as string[] | undefined) ?? []).join("\n");
      },
      create: (kind: keyof typeof made, args: Props) => of(kind).create(props(kind, args)),
      update: (kind: keyof typeof made, id: string, olds: Props, args: Props) =>
        of(kind).update(id, olds, props(kind, args)),
      diff: (kind: keyof typeof made, id: string, olds: Props) => of(kind).diff(id, olds, olds),
      delete: (kind: keyof typeof made, id: string, olds: Props) => of(kind).delete(id, olds),
      read: (kind: keyof typeof made, id: string, olds: Props) => of(kind).read(id, olds),
    };
  }

  close(): Promise<void> {
    return this.sim.close();
  }
}
