import { createHash, randomUUID } from "node:crypto";
import { providerText } from "../../providers/kernel/program/text";
import { seedWorld, startSimulator, type Simulator, type SimulatorOptions, type World } from "../../simulator";
import type { Clock } from "../../pve/clock";
import { startPlugin, type Plugin, type Properties } from "./plugin";
import { ProviderHere, type ProviderCalls } from "./provider-here";
import { secretUuid, secretValue } from "./secret-values";

/** An image that the simulator's nodes can download; the checksum is that of its stand-in bytes. */
const bytes = Buffer.from("debian 12, for tests\n");
export const image = {
  url: "https://cloud.example.com/debian-12-genericcloud-amd64.qcow2",
  bytes,
  checksum: `sha256:${createHash("sha256").update(bytes).digest("hex")}`,
};

/** A world whose password and token of root are others in every run: they are looked for afterwards. */
export function testWorld(seed: string): World {
  const world = seedWorld(seed);
  for (const cluster of Object.values(world.clusters)) {
    cluster.access.passwords["root@pam"] = secretValue("the simulator's password of root");
    const root = cluster.access.users["root@pam"];
    if (root) root.tokens["simulator"] = { secret: secretUuid("the simulator's token"), privsep: 0, expire: 0 };
  }
  return world;
}

/** A simulated cluster with the test image on offer. */
export function labWorld(seed = "empty:1"): World {
  const world = testWorld(seed);
  for (const cluster of Object.values(world.clusters))
    cluster.storages["local"] = { type: "dir", path: "/var/lib/vz", content: "iso,vztmpl,backup,import,snippets" };
  world.web[image.url] = {
    content: image.bytes.toString("base64"),
    format: "qcow2",
    virtualSize: 2 * 1024 ** 3,
    os: { agent: true },
  };
  return world;
}

/** Config of a stack that works on this simulator with its token, pinned to its certificates. */
export const stackConfig = (sim: Simulator): Record<string, unknown> => ({
  "proxmox:endpoints": sim.nodes.map(({ url }) => url),
  "proxmox:fingerprints": sim.nodes.map(({ fingerprint }) => fingerprint),
  "proxmox:tokenId": sim.token.id,
});

/** The same as the plugin gets it, which never writes it down. */
export const pluginConfig = (sim: Simulator): Record<string, unknown> => ({
  ...stackConfig(sim),
  "proxmox:tokenSecret": sim.token.secret,
});

/** The token's secret, which must not stand in the config: the state would hold it in clear. */
export const stackCredentials = (sim: Simulator): Record<string, string> => ({
  PROXMOX_TOKEN_SECRET: sim.token.secret,
});

/** The same with SSH to its nodes. */
export const sshConfig = (sim: Simulator): Record<string, unknown> => ({
  "proxmox:sshFingerprints": sim.nodes.map(({ ssh }) => ssh.fingerprint),
  "proxmox:sshAddresses": Object.fromEntries(sim.nodes.map(({ name, ssh }) => [name, `127.0.0.1:${ssh.port}`])),
  "proxmox:sshPassword": sim.password,
});

/** The guests of the first cluster, by VMID. */
export const guestsOf = (sim: Simulator) => Object.values(sim.world.clusters)[0]?.guests ?? {};

type Config = Record<string, unknown> | ((sim: Simulator) => Record<string, unknown>);

/** The plugin on a simulated cluster, with the inputs that the engine and the shells add. */
export class Lab<P extends ProviderCalls = Plugin> {
  private constructor(
    readonly sim: Simulator,
    readonly plugin: P,
    readonly stackId: string,
    private readonly owns: boolean,
  ) {}

  static start(options: SimulatorOptions = {}, config: Config = {}, env: Record<string, string> = {}): Promise<Lab> {
    return Lab.owning(options, (sim) => Lab.on(sim, config, undefined, env));
  }

  /** Another plugin on a simulator that is there, of the same stack when its id is given: a later run. */
  static async on(
    sim: Simulator,
    config: Config = {},
    stackId: string = randomUUID(),
    env: Record<string, string> = {},
  ): Promise<Lab> {
    return Lab.configured(sim, await startPlugin({ text: providerText, env }), config, stackId);
  }

  /** The same without a process of its own, for tests of what is done and not of the plugin that does it. */
  static here(
    options: SimulatorOptions = {},
    config: Config = {},
    env: Record<string, string> = {},
    clock?: Clock,
  ): Promise<Lab<ProviderHere>> {
    return Lab.owning(options, (sim) => Lab.hereOn(sim, config, undefined, env, clock));
  }

  /** A later run, or that of another stack, without a process of its own. */
  static hereOn(
    sim: Simulator,
    config: Config = {},
    stackId: string = randomUUID(),
    env: Record<string, string> = {},
    clock?: Clock,
  ): Promise<Lab<ProviderHere>> {
    return Lab.configured(sim, new ProviderHere(env, clock), config, stackId);
  }

  /** On a simulator that ends with it. */
  private static async owning<P extends ProviderCalls>(
    options: SimulatorOptions,
    on: (sim: Simulator) => Promise<Lab<P>>,
  ): Promise<Lab<P>> {
    const sim = await startSimulator({ seed: labWorld(), ...options });
    const { plugin, stackId } = await on(sim);
    return new Lab(sim, plugin, stackId, true);
  }

  private static async configured<P extends ProviderCalls>(
    sim: Simulator,
    plugin: P,
    config: Config,
    stackId: string,
  ): Promise<Lab<P>> {
    await plugin.configure({ ...pluginConfig(sim), ...(typeof config === "function" ? config(sim) : config) });
    return new Lab(sim, plugin, stackId, false);
  }

  urn = (kind: string, name: string): string => `urn:pulumi:test::lab::pulumi-nodejs:dynamic/proxmox:${kind}::${name}`;

  /** Inputs as they leave the program. */
  inputs = (kind: string, name: string, args: Properties): Properties => ({
    ...args,
    __urn: this.urn(kind, name),
    __stack: this.stackId,
    ...(kind === "GoldenTemplate" ? { __hashKey: "a key that the stack keeps" } : {}),
  });

  /** Check and create, as an `up` does it. */
  async create(
    kind: string,
    name: string,
    args: Properties,
  ): Promise<{ id: string; properties: Properties; inputs: Properties }> {
    const { inputs, failures } = await this.plugin.check(kind, {}, this.inputs(kind, name, args));
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
    return { ...(await this.plugin.create(kind, inputs)), inputs };
  }

  /** Reasons why the inputs are refused. */
  async problems(kind: string, args: Properties, olds: Properties = {}): Promise<string[]> {
    const { failures } = await this.plugin.check(kind, olds, this.inputs(kind, "x", args));
    return failures.map(({ reason }) => reason);
  }

  async close(): Promise<void> {
    await this.plugin.close();
    if (this.owns) await this.sim.close();
  }
}

/** A lab, whoever does its work. */
export type AnyLab = Lab<ProviderCalls>;
