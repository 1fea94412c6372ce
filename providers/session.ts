import { connect, Ssh, wire, type ConnectOptions, type Connection } from "../pve";
import { readConfig, type ClusterConfig, type ConfigSource } from "./connection";
import type { Call } from "./runtime/call";
import type { Lifeline } from "./runtime/lifeline";
import type { Problem } from "./runtime/problems";
import type { GuestConfig } from "./vm/guest-config";
import type { Reporter } from "./runtime/progress";
import { Pve } from "./pve-session";

/** What all resources of one plugin process share: the config, one connection, one picture of the cluster. */
export interface Session {
  readonly lifeline: Lifeline;
  configure(source: ConfigSource): void;
  configProblems(): readonly Problem[];
  reporter(urn: string): Reporter;
  /** For operations: fails when the cluster cannot be reached. */
  pve(call: Call): Promise<Pve>;
  /** For checks: undefined, and one warning for the whole run, when the cluster cannot be reached in time. */
  look(call: Call): Promise<Pve | undefined>;
}

export interface SessionParts {
  readonly lifeline: Lifeline;
  reporter(urn: string): Reporter;
  readonly env: NodeJS.ProcessEnv;
  readonly open?: (options: ConnectOptions) => Connection;
}

export function createSession({ lifeline, reporter, env, open = connect }: SessionParts): Session {
  let config: ClusterConfig | undefined;
  let connection: Connection | undefined;
  let ssh: Ssh | undefined;
  let reachable: Promise<boolean> | undefined;
  const processWide = {
    takenOver: new Set<number>(),
    making: new Set<number>(),
    ownTasks: new Set<string>(),
    templates: new Map<number, Promise<GuestConfig>>(),
    leftovers: { at: 0 },
  };

  function connected(): Connection {
    if (!config) throw new Error("the provider was not configured");
    if (!config.options) throw new Error(config.problems.map(({ path, message }) => `${path}: ${message}`).join("\n"));
    if (!connection) {
      const { options } = config;
      connection = open({ ...options, warn: (message) => reporter("").warn(message) });
    }
    return connection;
  }

  /** Secrets of SSH are kept out of messages like those of the API. */
  function sshOf(shared: Connection): Ssh | undefined {
    if (!config?.ssh || ssh) return ssh;
    const { privateKey, passphrase, password } = config.ssh;
    for (const secret of [privateKey, passphrase, password]) if (secret !== undefined) shared.addSecret(secret);
    ssh = new Ssh({
      ...config.ssh,
      redact: (text) => shared.redact(text),
      warn: (message) => reporter("").warn(message),
      async lookUp(node) {
        const row = (await shared.api.cluster.status.$get()).find(({ type, name }) => type === "node" && name === node);
        return wire.string(row?.["ip"]);
      },
    });
    return ssh;
  }

  const facade = (call: Call) =>
    new Pve(connected().with({ signal: call.signal, timeoutMs: call.remainingMs() }), {
      ...processWide,
      vmids: config?.vmids,
      connection: connected(),
      ssh: sshOf(connected()),
      lifeline,
    });

  async function probe(): Promise<boolean> {
    try {
      await inTime(connected().snapshot.guests());
      return true;
    } catch (error) {
      reporter("").warn(
        `checked against the schema only: names of nodes, storages and templates, free VMIDs, sizes and the power state ` +
          `of guests were not looked up, because the cluster did not answer: ${(error as Error).message}`,
      );
      return false;
    }
  }

  /** The shared read itself goes on: its answer, if there is one, is of use to the operations. */
  async function inTime(read: Promise<unknown>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const longest = config?.previewTimeoutMs ?? 0;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${longest / 1000} s`)), longest);
    });
    try {
      await Promise.race([read, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    lifeline,
    // Before any await: later calls may come while this one is under way, and must find the config.
    configure(source) {
      config ??= readConfig(source, env);
    },
    configProblems: () => config?.problems ?? [],
    reporter,
    pve: async (call) => facade(call),
    async look(call) {
      reachable ??= probe();
      return (await reachable) ? facade(call) : undefined;
    },
  };
}
