import net from "node:net";
import type { AuthHandlerMiddleware, AnyAuthMethod, Client, ClientChannel, SFTPWrapper } from "ssh2";
import { ProxmoxError } from "../errors";
import { hostKeyCheck, type HostNames } from "./host-keys";
import type { SshOptions } from "./ssh-options";

/** Loaded when the first connection is made: most runs need none. */
const ssh2 = () => require("ssh2") as typeof import("ssh2");

/** sshd allows ten sessions on one connection (MaxSessions); one of them is for files. */
const MAX_COMMANDS = 6;
const KEEPALIVE_MS = 10_000;

interface Live {
  readonly client: Client;
  readonly socket: net.Socket;
  sftp?: Promise<SFTPWrapper>;
}

/** The one connection to a node: made when first used, shared by all, closed when nobody has used it for a while. */
export class NodeConnection {
  private live: Promise<Live> | undefined;
  private users = 0;
  private commands = 0;
  private readonly queue: (() => void)[] = [];
  private idle: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(
    readonly names: HostNames,
    private readonly options: SshOptions,
  ) {}

  /** Lends the connection; it is not closed for idleness meanwhile. */
  async use<T>(work: (live: Live) => Promise<T>): Promise<T> {
    if (this.closed) throw this.error("aborted", "the connections were closed");
    this.users++;
    clearTimeout(this.idle);
    try {
      const live = await this.open();
      live.socket.ref();
      return await work(live);
    } finally {
      if (--this.users === 0) this.rest();
    }
  }

  /** A command's channel; waits while too many are open. What was given up meanwhile is never begun. */
  async command<T>(signal: AbortSignal, work: (live: Live) => Promise<T>): Promise<T> {
    while (this.commands >= MAX_COMMANDS) await this.turn(signal);
    this.commands++;
    try {
      return await this.use(async (live) => {
        signal.throwIfAborted();
        return work(live);
      });
    } finally {
      this.commands--;
      this.queue.shift()?.();
    }
  }

  private async turn(signal: AbortSignal): Promise<void> {
    let leave: () => void = () => undefined;
    try {
      await new Promise<void>((resolve) => {
        this.queue.push(resolve);
        leave = () => {
          const at = this.queue.indexOf(resolve);
          if (at >= 0) this.queue.splice(at, 1);
          // Its turn had come already: it is the next one's.
          else this.queue.shift()?.();
          resolve();
        };
        signal.addEventListener("abort", leave, { once: true });
        if (signal.aborted) leave();
      });
    } finally {
      signal.removeEventListener("abort", leave);
    }
    signal.throwIfAborted();
  }

  exec(live: Live, line: string): Promise<ClientChannel> {
    return new Promise((resolve, reject) =>
      live.client.exec(line, (error, channel) =>
        error ? reject(this.error("unavailable", `no session: ${error.message}`)) : resolve(channel),
      ),
    );
  }

  sftp(live: Live): Promise<SFTPWrapper> {
    live.sftp ??= new Promise((resolve, reject) =>
      live.client.sftp((error, sftp) =>
        error ? reject(this.error("unsupported", `no SFTP: ${error.message}`)) : resolve(sftp),
      ),
    );
    return live.sftp;
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.idle);
    this.drop();
  }

  error(kind: ProxmoxError["kind"], text: string, cause?: unknown): ProxmoxError {
    const { node, host, port } = this.names;
    const message = `SSH to node ${node} (${host}:${port}): ${this.options.redact?.(text) ?? text}`;
    return new ProxmoxError({ kind, node, message, cause });
  }

  private open(): Promise<Live> {
    if (this.live) return this.live;
    const opening = this.connect();
    this.live = opening;
    // The next one who asks tries again.
    opening.catch(() => {
      if (this.live === opening) this.live = undefined;
    });
    return opening;
  }

  private drop(): void {
    const { live } = this;
    this.live = undefined;
    live?.then(
      ({ client, socket }) => {
        client.end();
        socket.unref();
      },
      () => undefined,
    );
  }

  /** Nothing under way: the connection stays for a while, but keeps no process alive. */
  private rest(): void {
    this.live?.then(
      ({ socket }) => this.users === 0 && socket.unref(),
      () => undefined,
    );
    this.idle = setTimeout(() => this.drop(), this.options.idleMs ?? 30_000);
    this.idle.unref();
  }

  private async connect(): Promise<Live> {
    const { host, port } = this.names;
    const { connectTimeoutMs = 10_000, user = "root", hostKeys } = this.options;
    const check = hostKeyCheck(hostKeys, this.names);
    const methods = this.methods(user);
    const client = new (ssh2().Client)();
    // Each request waits for its answer: small packets that wait for one another make a command take 80 ms instead of one.
    const socket = net.connect({ host, port, noDelay: true });
    let refusal: ProxmoxError | undefined;
    const forget = () => {
      this.live = undefined;
    };
    const promise = new Promise<Live>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(this.error("unavailable", `no connection within ${connectTimeoutMs / 1000} s`));
        socket.destroy();
        client.end();
      }, connectTimeoutMs);
      const settle = (settled: () => void) => {
        clearTimeout(timer);
        settled();
      };
      client.on("ready", () => settle(() => resolve({ client, socket })));
      // Stays on: an error after `ready` is seen by the commands, whose channels close.
      client.on("error", (error: Error & { level?: string; code?: string }) => {
        forget();
        settle(() => reject(refusal ?? this.connectError(error, user)));
        socket.destroy();
      });
      client.on("close", () => {
        forget();
        settle(() => reject(refusal ?? this.error("unavailable", "the connection was closed")));
      });
    });
    client.connect({
      sock: socket,
      username: user,
      authHandler: offer(methods, (error) => {
        refusal = this.error("unauthenticated", error.message, error);
      }),
      algorithms: { serverHostKey: [...check.algorithms] as never },
      hostVerifier: (key: Buffer) => {
        refusal = check.refusal(key);
        return refusal === undefined;
      },
      readyTimeout: 0,
      keepaliveInterval: KEEPALIVE_MS,
      keepaliveCountMax: 3,
    });
    return promise;
  }

  private connectError(error: Error & { level?: string; code?: string }, user: string): ProxmoxError {
    if (error.level === "client-authentication")
      return this.error(
        "unauthenticated",
        `${user} was not let in; check the key or password, and the node's sshd`,
        error,
      );
    const refused = { ECONNREFUSED: "connection refused", EHOSTUNREACH: "no route to host", ENOTFOUND: "unknown host" };
    const text = refused[error.code as keyof typeof refused] ?? error.message;
    return this.error(error.level === "handshake" ? "protocol" : "unavailable", text, error);
  }

  private methods(username: string): (() => Promise<AnyAuthMethod>)[] {
    const { privateKey, passphrase, agent, password } = this.options;
    const methods: (() => Promise<AnyAuthMethod>)[] = [];
    if (privateKey !== undefined) {
      const key = ssh2().utils.parseKey(privateKey, passphrase);
      if (key instanceof Error) throw this.error("invalid", `the private key cannot be used: ${key.message}`);
      methods.push(async () => ({ type: "publickey", username, key }));
    }
    if (agent !== undefined) methods.push(async () => ({ type: "agent", username, agent }));
    if (password !== undefined) {
      const known = async () => (typeof password === "string" ? password : password());
      methods.push(async () => ({ type: "password", username, password: await known() }));
    }
    return methods;
  }
}

/** One method after the other, then no more; one that cannot be had ends it. */
function offer(
  methods: readonly (() => Promise<AnyAuthMethod>)[],
  failed: (error: Error) => void,
): AuthHandlerMiddleware {
  const left = [...methods];
  return (_methods, _partial, next) => {
    const method = left.shift();
    if (!method) return next(false as unknown as AnyAuthMethod);
    method().then(next, (error: Error) => {
      failed(error);
      next(false as unknown as AnyAuthMethod);
    });
  };
}
