import type { Clock } from "./clock";

/** What a server has proved, and when: it showed the certificate of this fingerprint in a whole handshake. */
export interface Proof {
  readonly fingerprint: string;
  readonly at: number;
}

/** A TLS session that can be taken up again: only the server that it was made with can do so. */
interface TlsSession extends Proof {
  readonly bytes: Buffer;
}

/**
 * No certificate is shown when a session is resumed. So that a renewed one is seen, a server must show its own again after
 * this time, however often the session was resumed meanwhile.
 */
const LIFE_MS = 10 * 60_000;

/** The latest session with each server, with what the server had proved when it was begun. */
export class TlsSessions {
  private readonly latest = new Map<string, TlsSession>();

  constructor(private readonly clock: Clock) {}

  offer(server: string): TlsSession | undefined {
    const session = this.latest.get(server);
    return session && this.clock.now() - session.at < LIFE_MS ? session : undefined;
  }

  /** What a server proves in a whole handshake. */
  proof(fingerprint: string): Proof {
    return { fingerprint, at: this.clock.now() };
  }

  keep(server: string, session: TlsSession): void {
    this.latest.set(server, session);
  }

  drop(server: string): void {
    this.latest.delete(server);
  }
}
