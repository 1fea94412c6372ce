import type { HostKeyOptions } from "./host-keys";

export interface SshOptions {
  /** `root` unless given: nobody else may write to storages and /etc/pve. */
  readonly user?: string | undefined;
  /** 22 unless given. */
  readonly port?: number | undefined;
  /** Private key as text (OpenSSH or PEM). */
  readonly privateKey?: string | undefined;
  /** Passphrase of the private key. */
  readonly passphrase?: string | undefined;
  /** Socket of an ssh-agent. */
  readonly agent?: string | undefined;
  /** As a function: asked for only when a server wants it, after what else there is was not enough. */
  readonly password?: string | (() => Promise<string>) | undefined;
  readonly hostKeys: HostKeyOptions;
  /** `host` or `host:port` by node, where the address that the cluster knows is not the one to use. */
  readonly addresses?: Readonly<Record<string, string>> | undefined;
  /** A node's address as the cluster knows it; asked once per node. */
  lookUp(node: string): Promise<string | undefined>;
  /** 10 s unless given. */
  readonly connectTimeoutMs?: number | undefined;
  /** How long a connection that nobody uses is kept. 30 s unless given. */
  readonly idleMs?: number | undefined;
  /** Takes secrets out of what a node said. */
  redact?(text: string): string;
  readonly warn?: ((message: string) => void) | undefined;
  /** Told of each call that came to nothing because there was nothing to log in with. */
  onNoLogin?(message: string): void;
}

/** For one operation's own calls. */
export interface SshCallOptions {
  readonly signal?: AbortSignal | undefined;
  /** From the call on; 60 s unless given. */
  readonly timeoutMs?: number | undefined;
}

export interface SshResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** It has printed more on its standard output than is kept of it. */
  readonly cut?: true;
}
