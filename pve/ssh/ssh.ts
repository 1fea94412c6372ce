import { ProxmoxError } from "../errors";
import { shellCommand } from "../format/shell";
import { parseSshAddress } from "../format/ssh-host";
import { bounded, DEFAULT_TIMEOUT_MS } from "./bounded";
import { Files } from "./files";
import { isKnownHost } from "./host-keys";
import { NoLogin, whyNoLogin } from "./no-login";
import { NodeConnection } from "./node-connection";
import type { SshCallOptions, SshOptions, SshResult } from "./ssh-options";

/** What a command may print before the rest is thrown away. */
const OUTPUT_LIMIT = 4 * 1024 * 1024;
const READ_LIMIT = 16 * 1024 * 1024;
const TAIL = 5;
/** How timeout(1) says that it ended the command. */
const TIMED_OUT = 124;

export interface SshCommand extends SshCallOptions {
  /** Goes to the command's standard input: the way for secrets, which have no place among the arguments. */
  readonly stdin?: string | Buffer | undefined;
}

/** SSH to the nodes of a cluster, for the few things that the API does not offer. */
export class Ssh {
  private others: Ssh | undefined;
  private readonly nodes = new Map<string, Promise<NodeConnection>>();

  constructor(private readonly options: SshOptions) {
    if (
      options.hostKeys.insecure &&
      !options.hostKeys.fingerprints?.length &&
      options.hostKeys.knownHosts === undefined
    )
      (options.warn ?? ((message) => process.emitWarning(message)))(
        "The host keys of the nodes are not verified (sshInsecure): whoever is in between gets root on them. " +
          "Pin their fingerprints instead (sshFingerprints).",
      );
  }

  /** Who signs in. */
  get user(): string {
    return this.options.user ?? "root";
  }

  /** Does the configuration itself say where this machine is, which host key is its own, and who may get in by a key? */
  pinned(node: string): { readonly address: boolean; readonly hostKey: boolean; readonly key: boolean } {
    const { addresses, hostKeys, port = 22, privateKey, agent } = this.options;
    const address = parseSshAddress(addresses?.[node] ?? "");
    const names = { node, host: address?.host ?? node, port: address?.port ?? port };
    const key = privateKey !== undefined || agent !== undefined;
    return { address: address !== undefined, hostKey: isKnownHost(hostKeys, names), key };
  }

  /**
   * The same to machines that are no nodes, and that somebody else may be root of: they get no password, no host key of a
   * node's is trusted of them, and nobody is asked where they are.
   */
  get guests(): Ssh {
    return (this.others ??= new Ssh({
      ...this.options,
      password: undefined,
      hostKeys: { knownHosts: this.options.hostKeys.knownHosts },
      lookUp: () => Promise.resolve(undefined),
    }));
  }

  /** Is there anything to log in with? Whether the node takes it is another question. */
  async canLogIn(): Promise<boolean> {
    return (await whyNoLogin(this.options)) === undefined;
  }

  /** Runs a command, and returns how it ended. */
  async exec(node: string, argv: readonly string[], command: SshCommand = {}): Promise<SshResult> {
    const name = argv[0] as string;
    // sshd passes no signals on to what root runs, and a command may outlive its channel, or us: so the node ends it.
    const seconds = Math.ceil((command.timeoutMs ?? DEFAULT_TIMEOUT_MS) / 1000);
    const line = shellCommand(["timeout", "-k", "5", String(seconds), ...argv]);
    return bounded(node, name, command, async (signal) => {
      const connection = await this.connection(node);
      return connection.command(signal, async (live) => {
        const channel = await connection.exec(live, line);
        signal.addEventListener("abort", () => channel.close(), { once: true });
        if (signal.aborted) channel.close();
        return new Promise<SshResult>((resolve, reject) => {
          const [stdout, stderr] = [new Output(), new Output()];
          let code: number | undefined;
          let killed: string | undefined;
          channel.on("data", (chunk: Buffer) => stdout.add(chunk));
          channel.stderr.on("data", (chunk: Buffer) => stderr.add(chunk));
          channel.on("error", (error: Error) => reject(connection.error("unavailable", error.message, error)));
          channel.on("exit", (status: number | null, signalName?: string) => {
            code = status ?? undefined;
            killed = signalName;
          });
          channel.on("close", () => {
            if (killed !== undefined) reject(this.failed(node, name, `was ended by SIG${killed}`, stderr.text()));
            else if (code === undefined)
              reject(connection.error("unavailable", `the connection was lost while ${name} was running`));
            else if (code === TIMED_OUT) reject(this.late(node, name, seconds));
            else
              resolve({ code, stdout: stdout.text(), stderr: stderr.text(), ...(stdout.isCut ? { cut: true } : {}) });
          });
          channel.end(command.stdin ?? "");
        });
      });
    });
  }

  /** Runs a command that must succeed; returns what it printed. */
  async run(node: string, argv: readonly string[], command: SshCommand = {}): Promise<string> {
    const { code, stdout, stderr } = await this.exec(node, argv, command);
    if (code === 0) return stdout;
    throw this.failed(node, argv[0] as string, `ended with exit code ${code}`, stderr, code);
  }

  /** Replaces a file as a whole; see {@link Files.write}. */
  writeFile(
    node: string,
    file: string,
    content: string | Buffer,
    options: SshCallOptions & { readonly mode?: number } = {},
  ): Promise<void> {
    return this.files(node, `writing ${file}`, options, (files) =>
      files.write(file, Buffer.from(content), options.mode ?? 0o600),
    );
  }

  /** A file's content, or undefined when there is none. */
  readFile(
    node: string,
    file: string,
    options: SshCallOptions & { readonly limit?: number } = {},
  ): Promise<Buffer | undefined> {
    return this.files(node, `reading ${file}`, options, (files) => files.read(file, options.limit ?? READ_LIMIT));
  }

  /** False when the file was not there. */
  removeFile(node: string, file: string, options: SshCallOptions = {}): Promise<boolean> {
    return this.files(node, `removing ${file}`, options, (files) => files.remove(file));
  }

  makeDirectory(node: string, directory: string, options: SshCallOptions = {}): Promise<void> {
    return this.files(node, `making ${directory}`, options, (files) => files.makeDirectory(directory));
  }

  /** The same without any connection that is open: for finding out whether somebody new would get in. */
  afresh(): Ssh {
    return new Ssh({ ...this.options, warn: () => undefined });
  }

  /** Ends all connections; what is under way fails. */
  close(): void {
    for (const connection of this.nodes.values())
      connection.then(
        (open) => open.close(),
        () => undefined,
      );
    this.nodes.clear();
    this.others?.close();
  }

  private files<T>(
    node: string,
    what: string,
    options: SshCallOptions,
    work: (files: Files) => Promise<T>,
  ): Promise<T> {
    return bounded(node, what, options, async (signal) => {
      const connection = await this.connection(node);
      return connection.use(async (live) => work(new Files(await connection.sftp(live), node, signal)));
    });
  }

  private connection(node: string): Promise<NodeConnection> {
    let found = this.nodes.get(node);
    if (!found) {
      found = this.open(node);
      this.nodes.set(node, found);
      // A node that was not known may be known later.
      found.catch(() => this.nodes.delete(node));
    }
    return found;
  }

  private async open(node: string): Promise<NodeConnection> {
    const why = await whyNoLogin(this.options);
    if (why !== undefined) {
      const error = new NoLogin(node, why);
      this.options.onNoLogin?.(error.message);
      throw error;
    }
    const text = this.options.addresses?.[node] ?? (await this.options.lookUp(node));
    const address = text === undefined ? undefined : parseSshAddress(text);
    if (!address)
      throw new ProxmoxError({
        kind: "invalid",
        node,
        message: `The address of node ${node} is ${text === undefined ? "not known" : `'${text}', which is none`}; set it in sshAddresses.`,
      });
    const port = address.port ?? this.options.port ?? 22;
    return new NodeConnection({ node, host: address.host, port }, this.options);
  }

  private late(node: string, name: string, seconds: number): ProxmoxError {
    const message = `${name} on node ${node} took longer than ${seconds} s and was ended`;
    return new ProxmoxError({ kind: "timeout", node, message });
  }

  private failed(node: string, name: string, how: string, stderr: string, code?: number): ProxmoxError {
    const redact = this.options.redact ?? ((text: string) => text);
    const log = redact(stderr).trim().split("\n").slice(-TAIL);
    return new ProxmoxError({
      kind: code === 127 ? "unsupported" : "task-failed",
      node,
      exitStatus: how,
      log,
      message: `${name} on node ${node} ${how}: ${log.join("; ") || "it said nothing"}`,
    });
  }
}

/** What a command prints, up to a limit. */
class Output {
  private readonly chunks: Buffer[] = [];
  private length = 0;
  isCut = false;

  add(chunk: Buffer): void {
    this.isCut ||= this.length >= OUTPUT_LIMIT;
    if (this.isCut) return;
    this.chunks.push(chunk);
    this.length += chunk.length;
  }

  text(): string {
    return Buffer.concat(this.chunks).toString("utf8");
  }
}
