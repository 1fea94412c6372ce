import { apiOf, type Api } from "./api";
import { systemClock, type Clock } from "./clock";
import { EndpointPool, type EndpointSpec } from "./endpoints";
import { Limits, type LimitConfig } from "./limits";
import { Redactor } from "./redact";
import { RequestLog, type RequestLogOptions } from "./request-log";
import { Sender } from "./sender";
import { Login, type Credentials } from "./login";
import { ClusterSnapshot } from "./cluster-snapshot";
import { Tasks } from "./tasks";
import { Transport } from "./transport";
import type { TrustOptions } from "./trust";
import { VersionGate, type Version } from "./version";
import { Vmids } from "./vmids";

export interface ConnectOptions {
  /** Nodes of one cluster; the next one is asked when one does not answer. */
  readonly endpoints: readonly EndpointSpec[];
  readonly credentials: Credentials;
  /** Unless given, the servers' certificates must be signed by an authority that the system trusts. */
  readonly tls?: TrustOptions | undefined;
  /** One request, connecting included. 60 s unless given: a storage scan may take 30 s. */
  readonly requestTimeoutMs?: number | undefined;
  /** 10 s unless given. */
  readonly connectTimeoutMs?: number | undefined;
  readonly limits?: LimitConfig | undefined;
  /** How old the shared list of guests, nodes and storages may be. One minute unless given. */
  readonly snapshotMaxAgeMs?: number | undefined;
  readonly log?: RequestLogOptions | undefined;
  /** Values to keep out of every message and log, besides the credentials. */
  readonly secrets?: readonly string[] | undefined;
  /** Gets warnings for people, such as the one about `insecure`. Standard error unless given. */
  readonly warn?: ((message: string) => void) | undefined;
  readonly clock?: Clock | undefined;
}

/** For one operation's own calls. */
interface OperationOptions {
  readonly signal?: AbortSignal | undefined;
  /** From now; after that every call and wait of this view ends with a time-out. */
  readonly timeoutMs?: number | undefined;
  /** What the operation does, in the infinitive ("create VM 100"): messages begin with it. */
  readonly attempt?: string | undefined;
}

/** A cluster's API, shared by all operations on it. Connects and logs in when first used. */
export interface Connection {
  /** The API as typed paths; each call returns `data`. */
  readonly api: Api;
  /** For whole answers (`changes`, `total`), uploads, and paths that have no types. */
  readonly transport: Transport;
  readonly tasks: Tasks;
  readonly snapshot: ClusterSnapshot;
  readonly limits: Limits;
  readonly vmids: Vmids;
  readonly clock: Clock;
  /** `root@pam`, or `root@pam!token`. */
  readonly identity: string;
  /** Where it is asked: `https://pve1.example.com:8006`. */
  readonly origins: readonly string[];
  /** Which of them answered last, or is asked first. */
  currentOrigin(): string;
  version(): Promise<Version>;
  /** A secret that turned up later: kept out of messages and logs from now on. */
  addSecret(value: string): void;
  /** Text without the secrets known so far. */
  redact(text: string): string;
  /** The same connection with a signal, a time limit and a purpose of its own. */
  with(options: OperationOptions): Connection;
  /**
   * Another connection to the same place, or to one of its endpoints alone, that shares no socket, session or ticket with
   * this one: for finding out whether somebody new would get in. To be closed by who asked for it.
   */
  afresh(origin?: string): Connection;
  /** Ends its connections; calls that are under way fail. */
  close(): void;
}

/** Prepares a connection; nothing is sent before the first call. */
export function connect(options: ConnectOptions): Connection {
  return open(options, new Redactor(options.secrets));
}

function open(options: ConnectOptions, redactor: Redactor): Connection {
  const clock = options.clock ?? systemClock;
  const tls = options.tls ?? {};
  const log = new RequestLog(redactor, clock, options.log);
  const pool = new EndpointPool(options.endpoints, tls, options.connectTimeoutMs ?? 10_000, clock);
  const sender = new Sender(pool, redactor, log, clock, options.requestTimeoutMs ?? 60_000);
  const session = new Login(options.credentials, sender, redactor);
  const transport = new Transport({ sender, session, redactor, version: new VersionGate(), clock });
  const snapshot = new ClusterSnapshot(transport, clock, options.snapshotMaxAgeMs);
  const limits = new Limits(options.limits);

  const unpinned = pool.all.filter(({ agent }) => agent.insecure).map(({ origin }) => origin);
  if (unpinned.length > 0)
    (options.warn ?? ((message) => process.emitWarning(message)))(
      `The certificates of ${unpinned.join(", ")} are not verified (insecure): anyone on the way can read the credentials. Pin the fingerprint instead (\`pvenode cert info\`).`,
    );

  const view = (own: Transport, tasks: Tasks, vmids: Vmids): Connection => ({
    api: apiOf(own),
    transport: own,
    tasks,
    snapshot,
    limits,
    vmids,
    clock,
    identity: session.identity,
    origins: pool.all.map(({ origin }) => origin),
    currentOrigin: () => pool.current.origin,
    version: () => own.version(),
    addSecret: (value) => redactor.add(value),
    redact: (text) => redactor.text(text),
    with: ({ signal, timeoutMs, attempt }) => {
      const next = own.with({
        ...(signal ? { signal } : {}),
        ...(timeoutMs !== undefined ? { deadline: clock.now() + timeoutMs } : {}),
        ...(attempt !== undefined ? { attempt } : {}),
      });
      return view(next, tasks.with(next), vmids.with(next));
    },
    afresh: (origin) => {
      const endpoints = options.endpoints.filter((_, at) => origin === undefined || pool.all[at]?.origin === origin);
      return open({ ...options, endpoints, warn: () => undefined }, redactor);
    },
    close: () => pool.close(),
  });
  return view(transport, new Tasks(transport, clock, redactor), new Vmids(transport, snapshot));
}
