import { randomBytes } from "node:crypto";
import path from "node:path";
import type { SFTPWrapper, Stats } from "ssh2";
import type { ProxmoxErrorKind } from "../error-kind";
import { ProxmoxError } from "../errors";

/** One request of the transfer, as any SFTP server takes it, and how many of them are under way at once. */
const CHUNK = 32 * 1024;
const AT_ONCE = 32;

const kinds: Readonly<Record<number, ProxmoxErrorKind>> = {
  2: "not-found",
  3: "denied",
  6: "unavailable",
  7: "unavailable",
  8: "unsupported",
};

type Callback<T> = (error: Error | null | undefined, value?: T) => void;

/** Files of a node over SFTP. */
export class Files {
  constructor(
    private readonly sftp: SFTPWrapper,
    private readonly node: string,
    private readonly signal: AbortSignal,
  ) {
    // Each request that is under way listens for the end of the connection.
    sftp.setMaxListeners(0);
  }

  /**
   * Puts the whole file in place at once: it is written beside its place, flushed, then renamed. Whoever reads meanwhile
   * sees the old content or the new one. A write that is given up takes its hidden file away; one whose connection is
   * lost leaves it.
   */
  async write(file: string, content: Buffer, mode: number): Promise<void> {
    const temporary = path.posix.join(
      path.posix.dirname(file),
      `.${path.posix.basename(file)}.${randomBytes(6).toString("hex")}.tmp`,
    );
    const handle = await this.ask<Buffer>(`create ${temporary}`, (done) =>
      this.sftp.open(temporary, "wx", { mode: 0o600 }, done),
    );
    try {
      try {
        await this.inChunks(content, (offset, length) =>
          this.ask(`write ${temporary}`, (done) => this.sftp.write(handle, content, offset, length, offset, done)),
        );
        // The server's umask has had its say when the file was made.
        await this.ask(`set the mode of ${temporary}`, (done) => this.sftp.fchmod(handle, mode, done));
        await this.orUnsupported(() => this.ask("flush", (done) => this.sftp.ext_openssh_fsync(handle, done)));
      } finally {
        await this.tidy(`close ${temporary}`, (done) => this.sftp.close(handle, done));
      }
      await this.replace(temporary, file);
    } catch (error) {
      await this.orMissing(() => this.tidy(`remove ${temporary}`, (done) => this.sftp.unlink(temporary, done)));
      throw error;
    }
  }

  /** The content, or undefined when there is no such file. */
  async read(file: string, limit: number): Promise<Buffer | undefined> {
    const handle = await this.orMissing(() =>
      this.ask<Buffer>(`open ${file}`, (done) => this.sftp.open(file, "r", done)),
    );
    if (handle === undefined) return undefined;
    const chunks: Buffer[] = [];
    try {
      for (let offset = 0; ;) {
        const buffer = Buffer.alloc(CHUNK);
        const length = await this.readChunk(file, handle, buffer, offset);
        if (length === 0) break;
        offset += length;
        if (offset > limit)
          throw this.error("invalid", `${file} on node ${this.node} is larger than ${limit} bytes; it was not read`);
        chunks.push(buffer.subarray(0, length));
      }
    } finally {
      await this.tidy(`close ${file}`, (done) => this.sftp.close(handle, done));
    }
    return Buffer.concat(chunks);
  }

  async stat(file: string): Promise<Stats | undefined> {
    return this.orMissing(() => this.ask<Stats>(`look at ${file}`, (done) => this.sftp.stat(file, done)));
  }

  /** False when it was not there. */
  async remove(file: string): Promise<boolean> {
    const removed = await this.orMissing(async () => {
      await this.ask(`remove ${file}`, (done) => this.sftp.unlink(file, done));
      return true;
    });
    return removed === true;
  }

  /** Makes one directory unless it is there. */
  async makeDirectory(directory: string): Promise<void> {
    if (await this.stat(directory)) return;
    try {
      await this.ask(`make ${directory}`, (done) => this.sftp.mkdir(directory, { mode: 0o755 }, done));
    } catch (error) {
      // Somebody else was quicker.
      if (!(await this.stat(directory))) throw error;
    }
  }

  private async replace(from: string, to: string): Promise<void> {
    const atomic = await this.orUnsupported(async () => {
      await this.ask(`rename ${from} to ${to}`, (done) => this.sftp.ext_openssh_rename(from, to, done));
      return true;
    });
    if (atomic) return;
    // SFTP's own rename refuses to overwrite.
    await this.remove(to);
    await this.ask(`rename ${from} to ${to}`, (done) => this.sftp.rename(from, to, done));
  }

  private readChunk(file: string, handle: Buffer, buffer: Buffer, offset: number): Promise<number> {
    this.signal.throwIfAborted();
    return this.answer((resolve, reject) =>
      this.sftp.read(handle, buffer, 0, buffer.length, offset, (error, length) => {
        // End of file is an answer, not an error.
        if (error && codeOf(error) === 1) resolve(0);
        else if (error) reject(this.failure(`read ${file}`, error));
        else resolve(length);
      }),
    );
  }

  private async inChunks(content: Buffer, send: (offset: number, length: number) => Promise<unknown>): Promise<void> {
    let next = 0;
    const work = async () => {
      while (next < content.length) {
        const offset = next;
        next += CHUNK;
        await send(offset, Math.min(CHUNK, content.length - offset));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  private ask<T>(what: string, call: (done: Callback<T>) => void): Promise<T> {
    this.signal.throwIfAborted();
    return this.tidy(what, call);
  }

  /** Asked also when the work was given up. */
  private tidy<T>(what: string, call: (done: Callback<T>) => void): Promise<T> {
    return this.answer((resolve, reject) =>
      call((error, value) => (error ? reject(this.failure(what, error)) : resolve(value as T))),
    );
  }

  /** Waits for one answer; the connection may get lost, and then none comes. */
  private async answer<T>(send: (resolve: (value: T) => void, reject: (reason: Error) => void) => void): Promise<T> {
    let lost = () => undefined as void;
    try {
      return await new Promise<T>((resolve, reject) => {
        lost = () => reject(this.error("unavailable", `the connection to node ${this.node} was lost`));
        this.sftp.once("close", lost);
        send(resolve, reject);
      });
    } finally {
      this.sftp.removeListener("close", lost);
    }
  }

  private async orMissing<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ProxmoxError && error.kind === "not-found") return undefined;
      throw error;
    }
  }

  private async orUnsupported<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ProxmoxError ? error.kind === "unsupported" : /does not support/.test(String(error)))
        return undefined;
      throw error;
    }
  }

  private failure(what: string, cause: Error): ProxmoxError {
    return this.error(
      kinds[codeOf(cause) ?? 0] ?? "refused",
      `Could not ${what} on node ${this.node}: ${cause.message}`,
      cause,
    );
  }

  private error(kind: ProxmoxErrorKind, message: string, cause?: unknown): ProxmoxError {
    return new ProxmoxError({ kind, node: this.node, message, cause });
  }
}

const codeOf = (error: Error): number | undefined => (error as Error & { code?: number }).code;
