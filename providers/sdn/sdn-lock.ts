import { isProxmoxError, wire, type Clock, type Connection } from "../../pve";

/** How long the lock of somebody else is waited for, and how long ours of a process that is gone stays. */
const patience = { othersMs: 60_000, oursMs: 10_000, pauseMs: 5_000 };

const lockPath = "/cluster/sdn/lock";

const isHeld = (error: unknown): boolean => isProxmoxError(error) && /invalid lock token provided/.test(error.message);

/**
 * Proxmox's lock of the SDN configuration. Its token is known to nobody but who took it, so that a process which ends
 * before it gives the lock back would leave it for ever. So it is taken only when a change of ours is staged, and given
 * back by the apply itself, or before what is staged is taken back: a lock of ours always has a staged change of ours
 * beside it, by which the next run knows it.
 */
export class SdnLock {
  private token: string | undefined;
  /** The answer to a request for the lock was lost: who holds it now is this run, most likely. */
  private lost = false;
  /** An apply may have been carried out, with which the lock was given back: who holds it now is somebody else. */
  private sent = false;
  private staged = false;

  constructor(
    private readonly connection: Pick<Connection, "transport">,
    private readonly clock: Clock,
    private readonly signal: AbortSignal | undefined,
    /** Looks: everything that is staged is ours, so that whoever holds the lock has it from an earlier run of ours. */
    private readonly isOurs: () => Promise<boolean>,
    private readonly tell: (text: string) => void,
  ) {}

  /** Sends a change that stages something, and takes the lock when that was the first one. */
  async staging<T>(write: (token: string | undefined) => Promise<T>): Promise<T> {
    const done = await this.passing(() => write(this.token));
    this.staged = true;
    await this.held();
    return done;
  }

  /** Takes the lock for what is staged, unless this run has it. */
  async held(): Promise<void> {
    this.token ??= await this.passing(() => this.take());
  }

  /** Sends what gives the lock back itself, an apply; or what needs that nobody else has it. */
  async releasing<T>(write: (token: string | undefined) => Promise<T>): Promise<T> {
    try {
      const done = await this.passing(() => write(this.token));
      this.token = undefined;
      return done;
    } catch (error) {
      this.sent ||= isProxmoxError(error, "unavailable");
      throw error;
    }
  }

  /** Gives it back; nothing happens when it is not ours. */
  async release(): Promise<void> {
    const { token } = this;
    if (token === undefined) return;
    this.token = undefined;
    const { transport } = this.connection;
    try {
      await transport.request("DELETE", lockPath, { "lock-token": token });
    } catch (error) {
      // The answer was lost, or it is gone already and another has it.
      if (isHeld(error)) return;
      if (!isProxmoxError(error, "unavailable")) throw error;
      await transport.request("DELETE", lockPath, { "lock-token": token });
    }
  }

  private state(): string {
    if (this.sent) return "whether what this run has staged was applied is not known";
    return this.staged ? "what this run has staged stays staged for the next one" : "nothing was changed";
  }

  private async take(): Promise<string> {
    const { transport } = this.connection;
    let data: unknown;
    try {
      ({ data } = await transport.request("POST", lockPath, { "allow-pending": 1 }));
    } catch (error) {
      this.lost ||= isProxmoxError(error, "unavailable");
      throw error;
    }
    this.lost = false;
    const token = wire.string(data);
    if (token === undefined) throw new Error("Proxmox gave no token for the lock of the SDN configuration");
    return token;
  }

  /** Waits until nobody else holds the lock. */
  private async passing<T>(work: () => Promise<T>): Promise<T> {
    const start = this.clock.now();
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!isHeld(error)) throw error;
        const waited = this.clock.now() - start;
        if (!this.sent && (this.lost || waited >= patience.oursMs) && (await this.isOurs())) {
          this.tell("an interrupted run had left the lock of the SDN configuration; it is given back");
          this.lost = false;
          await this.connection.transport.request("DELETE", lockPath, { force: 1 });
          continue;
        }
        if (waited >= patience.othersMs)
          throw new Error(
            `somebody else holds the lock of the SDN configuration; ${this.state()}. When nobody does any more, ` +
              "give it back with: pvesh delete /cluster/sdn/lock --force 1",
            { cause: error },
          );
        this.tell("waiting for somebody else who holds the lock of the SDN configuration");
        await this.clock.sleep(patience.pauseMs, this.signal);
      }
    }
  }
}
