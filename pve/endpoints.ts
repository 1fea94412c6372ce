import type { Clock } from "./clock";
import { ProxmoxError } from "./errors";
import type { Endpoint } from "./http";
import { TlsSessions } from "./tls-sessions";
import { parseTrust, TrustedAgent, type TrustOptions } from "./trust";

/** An API server: `pve1.example.com`, `10.0.0.11:8006`, `https://[fd00::1]:8006`; with its own fingerprint if pinned. */
export type EndpointSpec = string | { readonly url: string; readonly fingerprint?: string | undefined };

export function parseOrigin(text: string): { origin: string; host: string; port: number } {
  const bare = text.trim().replace(/\/+$/, "");
  const url = URL.parse(/^[a-z]+:\/\//i.test(bare) ? bare : `https://${bare}`);
  if (!url || url.protocol !== "https:" || url.pathname !== "/" || url.username || url.search)
    throw new ProxmoxError({
      kind: "invalid",
      // Not the text itself: it may hold a password.
      message:
        "This is no API endpoint: give a host, host:port or https://host:port, without user and password (the port is 8006 unless given).",
    });
  const explicit = /:(\d+)$/.exec(bare.replace(/^https:\/\//i, ""));
  const port = explicit && !bare.endsWith("]") ? Number(explicit[1]) : 8006;
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return { origin: `https://${url.hostname}:${port}`, host, port };
}

/** How long an endpoint that did not answer is left aside while another one does. */
const REST_MS = 30_000;

/** The servers of one cluster: the one that answered last is asked first. */
export class EndpointPool {
  readonly all: readonly Endpoint[];
  private preferred = 0;
  private readonly restUntil = new Map<Endpoint, number>();

  constructor(
    specs: readonly EndpointSpec[],
    trust: TrustOptions,
    connectTimeoutMs: number,
    private readonly clock: Clock,
  ) {
    if (specs.length === 0)
      throw new ProxmoxError({ kind: "invalid", message: "No API endpoint: give at least one node's address." });
    this.all = specs.map((spec) => {
      const { url, fingerprint } = typeof spec === "string" ? { url: spec, fingerprint: undefined } : spec;
      const own = fingerprint === undefined ? trust : { fingerprints: [fingerprint] };
      return {
        ...parseOrigin(url),
        agent: new TrustedAgent(parseTrust(own), connectTimeoutMs, new TlsSessions(clock)),
      };
    });
  }

  pick(): Endpoint {
    const count = this.all.length;
    for (let step = 0; step < count; step++) {
      const endpoint = this.all[(this.preferred + step) % count]!;
      if ((this.restUntil.get(endpoint) ?? 0) <= this.clock.now()) return endpoint;
    }
    // All of them failed lately: take turns.
    return this.all[this.preferred % count]!;
  }

  /** The one that answered last, or is asked first. */
  get current(): Endpoint {
    return this.all[this.preferred % this.all.length]!;
  }

  answered(endpoint: Endpoint): void {
    this.preferred = this.all.indexOf(endpoint);
    this.restUntil.delete(endpoint);
  }

  failed(endpoint: Endpoint): void {
    this.restUntil.set(endpoint, this.clock.now() + REST_MS);
    if (this.all[this.preferred] === endpoint) this.preferred = (this.preferred + 1) % this.all.length;
  }

  close(): void {
    for (const { agent } of this.all) agent.destroy();
  }
}
