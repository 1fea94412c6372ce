import { connect, isProxmoxError, printable, type ConnectOptions, type Connection, type Ssh } from "../../../pve";
import { SourceUnavailable } from "../../../secrets";
import type { ConfigSource } from "./config-keys";
import { readConfig, type ClusterConfig, type ClusterOptions } from "./cluster-config";
import type { Call } from "../call/call";
import { untilAborted } from "../call/until-aborted";
import type { Lifeline } from "../process/lifeline";
import { showProblem, type Problem } from "../state/problems";
import { createTrail, type Trail } from "../process/trail";
import { clusterWithout, departedNodes, type Without } from "./departed-nodes";
import { Memory } from "./memory";
import type { Reporter } from "../process/progress";
import { HomeCluster } from "./home-cluster";
import { needsRoot } from "./needs-root";
import { isMistake, Places, type Opened } from "./places";
import { Pve } from "./pve-session";
import { nodeSsh } from "./node-ssh";
import { outsideSsh, type OutsidePlace } from "./outside-ssh";
import type { SshBasics } from "./ssh-config";
import { createSecrets, type Secrets } from "../secrets/secrets";

/** What all resources of one plugin process share: the config, one connection, one picture of the cluster. */
export interface Session {
  readonly lifeline: Lifeline;
  /** Values behind references, and what is kept out of messages. */
  readonly secrets: Secrets;
  /** Where each change is written down; does nothing where the config names no file. */
  readonly trail: Trail;
  configure(source: ConfigSource): void;
  /** Asks in a preview whether the cluster answers, before a check does. Not where anything of the config is wrong or lacking. */
  lookAhead(): void;
  /** What is wrong with the config; where a preview may go on without a secret, it is no problem there. */
  configProblems(preview: boolean): Promise<readonly Problem[]>;
  /** `proxmox:rotate`: an order to rotate what was made before that moment. */
  rotationOrder(): string | undefined;
  /** Was the last check one of a preview? */
  previewing(): boolean;
  /** Does this say that there was no way to log in by SSH? Then nothing is wrong, and something is not known. */
  isLacking(message: string): boolean;
  reporter(urn: string): Reporter;
  /**
   * Fails unless the cluster that answers is the one that the resource was made in, where the state knows that one. Every look
   * and write of an operation asks it first (`pve`, `node`, `root`).
   */
  assertHome(call: Call): Promise<void>;
  /** The same where nothing is done or concluded yet: fails only where it is certainly another one, and waits for no answer. */
  glanceAtHome(call: Call): Promise<void>;
  /** What an area remembers in this process; see {@link Memory}. */
  memory<T>(key: string, make: () => T): T;
  /** For operations: fails when the cluster cannot be reached. */
  pve(call: Call): Promise<Pve>;
  /** For checks: undefined, and one warning for the whole run, when the cluster cannot be reached in time. */
  look(call: Call): Promise<Pve | undefined>;
  /** For operations on a node, which is asked for by its name alone; see {@link Places}. */
  node(call: Call, name: string): Promise<Pve>;
  /** For checks of what concerns a node that the input at `path` names. */
  lookAtNode(call: Call, name: string, path: string): Promise<NodeSeen>;
  /** A node of `proxmox:nodes` at its own endpoint, member or not; see {@link Places.own}. */
  ownNode(call: Call, name: string, pin?: string): Promise<Pve>;
  /**
   * The cluster, when that node is certainly no member any more: it says so with quorum, and neither the config says how the
   * node is reached by itself, nor is it only that the node is away. One that this run has taken out counts.
   */
  hasLeft(call: Call, name: string): Promise<Without | undefined>;
  /** Which nodes the config knows by themselves: all of them, and those whose endpoint is one of the cluster's too. */
  ownNodes(): { readonly configured: readonly string[]; readonly atEndpoints: readonly string[] };
  /** SSH to a machine that is no node; see {@link outsideSsh}. Undefined where SSH is not configured. */
  outside(place: OutsidePlace): Promise<Ssh | undefined>;
  /** Password of root@pam of the cluster: a node that joins signs in with it. */
  rootPassword(): Promise<string>;
  /** The cluster as root@pam with a ticket, for what Proxmox lets nobody else do. */
  root(call: Call): Promise<Pve>;
  /** The cluster as somebody else, whose credentials are proved by that; only while the work lasts. */
  signedIn<T>(call: Call, credentials: ConnectOptions["credentials"], work: (pve: Pve) => Promise<T>): Promise<T>;
  /** For checks: what is missing for {@link root}; `what` needs it ("joining a node"). */
  rootProblems(what: string): readonly Problem[];
}

/** A look at a node; nothing at all, and one warning for the run, when it cannot be reached in time. */
interface NodeSeen {
  readonly pve?: Pve;
  readonly problems: readonly Problem[];
}

interface SessionParts {
  readonly lifeline: Lifeline;
  reporter(urn: string): Reporter;
  readonly env: NodeJS.ProcessEnv;
  readonly open?: (options: ConnectOptions) => Connection;
}

class Late extends Error {}

/** One for all; what could not be had, as credentials, is asked for again by the next one who needs it. */
function shared<T>(open: () => Promise<T>): () => Promise<T> {
  let opening: Promise<T> | undefined;
  return () => {
    if (opening) return opening;
    const attempt = (opening = open());
    attempt.catch(() => {
      if (opening === attempt) opening = undefined;
    });
    return attempt;
  };
}

export function createSession({ lifeline, reporter: report, env, open = connect }: SessionParts): Session {
  let config: ClusterConfig | undefined;
  /** Who the stack works as, where that is known. */
  let signedIn: string | undefined;
  const connections: Connection[] = [];
  const awayNodes = new Set<string>();
  let reachable: Promise<boolean> | undefined;
  let refused: string | undefined;
  let previewProblems: Promise<readonly Problem[]> | undefined;
  /** Is this a preview? What it was not given, it goes on without. */
  let previewing = false;
  /** What SSH could not be asked for want of a login, in the words of the errors. */
  const unasked = new Set<string>();
  const memory = new Memory();

  /** Values that turned up before there was a connection; its logs must not show them either. */
  const known: string[] = [];
  const secrets = createSecrets({
    settings: () => configured().secrets,
    env,
    warn: (message) => reporter("").warn(message),
    onValue: (value) => {
      known.push(value);
      for (const connection of connections) connection.addSecret(value);
    },
  });

  function reporter(urn: string): Reporter {
    const to = report(urn);
    // What is told may hold words of servers, guests and files.
    const fit = (message: string) => printable(secrets.redact(message));
    return {
      progress: (message) => to.progress(fit(message)),
      listens: () => to.listens?.() ?? true,
      result: (message) => to.result(fit(message)),
      warn: (message) => to.warn(fit(message)),
    };
  }

  const warnRun = (message: string) => reporter("").warn(message);

  function configured(): ClusterConfig {
    if (!config) throw new Error("the provider was not configured");
    return config;
  }

  async function clusterOptions(): Promise<ClusterOptions> {
    const { options, problems, missingSecrets } = configured();
    if (!options)
      throw new Error([...problems, ...missingSecrets].map(({ path, message }) => `${path}: ${message}`).join("\n"));
    return options(secrets.reveal);
  }

  function openConnection(api: ConnectOptions, ssh: SshBasics | undefined): Opened {
    const connection = open({ ...api, secrets: known, warn: warnRun });
    connections.push(connection);
    const { credentials } = api;
    const user = "tokenId" in credentials ? credentials.tokenId : credentials.username;
    return { connection, ssh: ssh && openSsh(ssh, connection), user };
  }

  function openSsh(ssh: SshBasics, connection: Connection): Ssh {
    // Secrets of SSH are kept out of messages like those of the API.
    for (const value of [ssh.privateKey, ssh.passphrase, ssh.password])
      if (typeof value === "string") secrets.remember(value);
    const onNoLogin = (message: string): void => {
      if (previewing && !unasked.has(message)) warnRun(`not looked at: ${message}`);
      unasked.add(message);
    };
    return nodeSsh({ ...ssh, onNoLogin }, connection, warnRun);
  }

  const connected = shared(async (): Promise<Opened> => {
    const { api, ssh } = await clusterOptions();
    const opened = openConnection(api, ssh);
    signedIn = opened.user;
    return opened;
  });

  const trail = createTrail({
    settings: () => config?.audit,
    user: () => signedIn ?? config?.user,
    redact: (text) => secrets.redact(text),
    warn: (message) => reporter("").warn(message),
  });

  const places = new Places({
    cluster: connected,
    configured: () => configured().nodes,
    async open(name, pin) {
      const { api: own, ssh } = await (await clusterOptions()).node(name);
      const api = pin === undefined ? own : { ...own, tls: { fingerprints: [pin] } };
      if ("password" in api.credentials) secrets.remember(api.credentials.password);
      return openConnection(api, ssh);
    },
    async ssh(name, { connection }) {
      const ssh = (await clusterOptions()).memberSsh(name);
      return ssh && openSsh(ssh, connection);
    },
  });

  const home = new HomeCluster({
    connected,
    rebuilt: () => config?.rebuilt ?? [],
    inTime,
    isAway: async () => reachable !== undefined && !(await reachable),
  });

  const outside = new Map<string, Promise<Ssh | undefined>>();
  async function openOutside(place: OutsidePlace): Promise<Ssh | undefined> {
    const ssh = outsideSsh((await clusterOptions()).ssh, place);
    return ssh && openSsh(ssh, (await connected()).connection);
  }

  const asRoot = shared(async (): Promise<Opened> => {
    const { api, root, ssh } = await clusterOptions();
    if (!root) throw new Error(needsRoot("this", configured()));
    return "username" in api.credentials
      ? connected()
      : { ...openConnection(root, undefined), ssh: ssh && (await connected()).ssh };
  });

  /** For operations: nothing is asked and nothing sent before it is certain that this is the resource's cluster. */
  const ofHome = async (call: Call, open: () => Promise<Opened>) => {
    await home.assert(call);
    return facade(call, open());
  };

  const facade = async (call: Call, opened: Promise<Opened>) => {
    const login = config?.missingLogin ?? [];
    if (call.operation !== "read" && login.length > 0) throw new Error(login.map(showProblem).join("\n"));
    const { connection, ssh, user } = await untilAborted(call.signal, opened);
    return new Pve(connection.with({ signal: call.signal, timeoutMs: call.remainingMs() }), {
      memory,
      vmids: config?.vmids,
      connection,
      ssh,
      user,
      lifeline,
    });
  };

  async function configProblems(preview: boolean): Promise<readonly Problem[]> {
    if (config && preview && config.strangeKeys.length > 0)
      reporter("").warn(
        `${config.strangeKeys.join(", ")}: there is no such key in the config of proxmox; it is ignored`,
      );
    const { problems = [], missingSecrets = [], missingLogin = [] } = config ?? {};
    if (!preview && missingLogin.length > 0) return [...problems, ...missingLogin];
    if (problems.length > 0 || !config?.options) {
      if (!preview) return [...problems, ...missingSecrets];
      // Without secrets a preview goes on by the schema alone, and says so.
      if (problems.length === 0 && missingSecrets.length > 0) await (reachable ??= probe());
      return problems;
    }
    for (const problem of preview ? missingLogin : [])
      warnRun(`${showProblem(problem)}; what only SSH tells is not looked at in this preview, and up refuses`);
    const unwritable = trail.problem();
    if (unwritable !== undefined) return [{ path: "config proxmox:auditFile", message: unwritable }];
    try {
      await (preview ? inTime(connected()) : connected());
      if (preview) await (reachable ??= probe());
      return preview && refused !== undefined ? [{ path: "", message: refused }] : [];
    } catch (error) {
      // Without the cluster a preview goes on by the schema alone, and says so.
      if (preview && (error instanceof SourceUnavailable || error instanceof Late)) return [];
      return [{ path: "", message: secrets.redact((error as Error).message) }];
    }
  }

  async function probe(): Promise<boolean> {
    try {
      await inTime(connected().then(({ connection }) => connection.snapshot.guests()));
      return true;
    } catch (error) {
      // Out of reach is what reviews are; a wrong token or certificate is a mistake, which no up would survive.
      if (isProxmoxError(error, "unauthenticated", "untrusted")) refused = secrets.redact(error.message);
      const why =
        config && config.missingSecrets.length > 0
          ? `there are no credentials in this preview: ${(error as Error).message}`
          : `the cluster did not answer: ${(error as Error).message}`;
      reporter("").warn(
        `checked against the schema only: names of nodes, storages and templates, free VMIDs, sizes and the power state ` +
          `of guests were not looked up, because ${why}`,
      );
      return false;
    }
  }

  /** The shared read itself goes on: its answer, if there is one, is of use to the operations. */
  async function inTime(read: Promise<unknown>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const longest = config?.previewTimeoutMs ?? 0;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Late(`no answer within ${longest / 1000} s`)), longest);
    });
    try {
      await Promise.race([read, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    lifeline,
    trail,
    // Before any await: later calls may come while this one is under way, and must find the config.
    configure(source) {
      config ??= readConfig(source, env);
    },
    lookAhead() {
      const { problems = [], missingSecrets = [], missingLogin = [] } = config ?? {};
      if ([...problems, ...missingSecrets, ...missingLogin].length === 0 && config?.options) reachable ??= probe();
    },
    secrets,
    configProblems(preview) {
      previewing = preview;
      return preview ? (previewProblems ??= configProblems(true)) : configProblems(false);
    },
    rotationOrder: () => config?.rotate,
    previewing: () => previewing,
    isLacking: (message) => [...unasked].some((what) => message.includes(what)),
    reporter,
    memory: (key, make) => memory.of(key, make),
    assertHome: (call) => home.assert(call),
    glanceAtHome: (call) => home.glance(call),
    pve: async (call) => ofHome(call, connected),
    async look(call) {
      reachable ??= probe();
      return (await reachable) ? facade(call, connected()) : undefined;
    },
    node: async (call, name) => ofHome(call, () => places.node(name)),
    async lookAtNode(call, name, path) {
      reachable ??= probe();
      if (!(await reachable)) return { problems: [] };
      try {
        const place = places.node(name);
        await inTime(place);
        return { pve: await facade(call, place), problems: [] };
      } catch (error) {
        const { message } = error as Error;
        const away = isProxmoxError(error)
          ? !isMistake(error)
          : error instanceof SourceUnavailable || error instanceof Late;
        if (!away) return { problems: [{ path, message: secrets.redact(message) }] };
        if (!awayNodes.has(name))
          reporter("").warn(`what concerns node ${name} was checked against the schema only: ${message}`);
        awayNodes.add(name);
        return { problems: [] };
      }
    },
    ownNode: (call, name, pin) => facade(call, places.own(name, pin)),
    async hasLeft(call, name) {
      const departed = departedNodes({ memory: (key, make) => memory.of(key, make) }).has(name);
      if (!departed && config?.nodes.includes(name)) return undefined;
      return clusterWithout(await ofHome(call, connected), name);
    },
    ownNodes: () => ({ configured: config?.nodes ?? [], atEndpoints: config?.nodesAtEndpoints ?? [] }),
    outside(place) {
      const key = JSON.stringify([place.name, place.address, place.fingerprint]);
      const found = outside.get(key) ?? openOutside(place);
      outside.set(key, found);
      // What could not be had is asked for again.
      found.catch(() => outside.delete(key));
      return found;
    },
    async rootPassword() {
      const { root } = await clusterOptions();
      if (!root || !("password" in root.credentials)) throw new Error(needsRoot("this", configured()));
      return root.credentials.password;
    },
    root: (call) => ofHome(call, asRoot),
    async signedIn(call, credentials, work) {
      const { api } = await clusterOptions();
      const opened = openConnection({ ...api, credentials }, undefined);
      try {
        return await work(await facade(call, Promise.resolve(opened)));
      } finally {
        opened.connection.close();
        connections.splice(connections.indexOf(opened.connection), 1);
      }
    },
    rootProblems(what) {
      if (!config?.options || config.root) return [];
      // A config that names root@pam leaves the password to those who may change things.
      return [{ path: "", message: needsRoot(what, config), ...(config.rootNamed ? { lacking: true } : {}) }];
    },
  };
}
