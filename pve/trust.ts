import { readFileSync } from "node:fs";
import type { ClientRequest } from "node:http";
import https from "node:https";
import net from "node:net";
import type { Duplex } from "node:stream";
import tls from "node:tls";
import { ProxmoxError } from "./errors";
import type { Proof, TlsSessions } from "./tls-sessions";

/** How the server proves who it is. By default: a certificate that the system's authorities signed. */
export interface TrustOptions {
  /** Certificate authority: PEM text, or a file with it (on a node: /etc/pve/pve-root-ca.pem). */
  readonly ca?: string | undefined;
  /** SHA-256 fingerprints of the server's own certificate (`pvenode cert info`); any one of them must match. */
  readonly fingerprints?: readonly string[] | undefined;
  /** Accept any certificate. Anyone in between can then read the credentials. */
  readonly insecure?: boolean | undefined;
}

type Trust =
  | { readonly kind: "authority"; readonly ca: string | undefined }
  | { readonly kind: "pinned"; readonly fingerprints: ReadonlySet<string> }
  | { readonly kind: "insecure" };

export function parseFingerprint(text: string): string {
  const hex = text.replace(/^sha-?256[=:\s/]*/i, "").replace(/[:\s]/g, "");
  if (!/^[0-9a-f]{64}$/i.test(hex))
    throw new ProxmoxError({
      kind: "invalid",
      message: `A SHA-256 fingerprint has 32 pairs of hexadecimal digits, as \`pvenode cert info\` prints them.`,
    });
  return hex.toUpperCase();
}

export function parseTrust(options: TrustOptions): Trust {
  const fingerprints = new Set((options.fingerprints ?? []).map(parseFingerprint));
  // A pin is the narrowest statement there is: it wins over the others.
  if (fingerprints.size > 0) return { kind: "pinned", fingerprints };
  if (options.ca !== undefined) return { kind: "authority", ca: readAuthority(options.ca) };
  return options.insecure ? { kind: "insecure" } : { kind: "authority", ca: undefined };
}

function readAuthority(ca: string): string {
  if (ca.includes("-----BEGIN CERTIFICATE-----")) return ca;
  try {
    return readFileSync(ca, "utf8");
  } catch (cause) {
    throw new ProxmoxError({
      kind: "invalid",
      message: `Cannot read the certificate authority: give the path of a PEM file, or its text.`,
      cause,
    });
  }
}

const colons = (hex: string) => hex.replace(/(..)(?=.)/g, "$1:");

/**
 * An idle connection is given up before pveproxy (5 s) does it: a write must not meet a closing connection, because
 * then nobody knows whether it arrived.
 */
const IDLE_MS = 2_000;

const SOCKETS = 32;

/**
 * Connections to one endpoint. A socket is handed to a request only after the server has proved who it is, so
 * nothing of a request (its credentials least of all) reaches a server that is not trusted. A session is resumed only
 * when the server has proved it at the session's beginning: then none but the same server can take it up.
 */
export class TrustedAgent extends https.Agent {
  constructor(
    private readonly trust: Trust,
    private readonly connectTimeoutMs: number,
    private readonly sessions: TlsSessions,
  ) {
    // Node's own cache would not know what the server had proved.
    super({ keepAlive: true, maxSockets: SOCKETS, maxFreeSockets: SOCKETS, maxCachedSessions: 0 });
    this.context = tls.createSecureContext(authoritiesOf(trust));
  }

  private readonly context: tls.SecureContext;

  get insecure(): boolean {
    return this.trust.kind === "insecure";
  }

  override createConnection(
    options: https.RequestOptions,
    callback?: (error: Error | null, socket: Duplex) => void,
  ): Duplex | null | undefined {
    const host = options.hostname ?? options.host ?? "localhost";
    const { trust, sessions } = this;
    const server = `${host}:${Number(options.port)}`;
    const offered = sessions.offer(server);
    let proof: Proof | undefined;
    const socket = tls.connect({
      secureContext: this.context,
      ...(offered ? { session: offered.bytes } : {}),
      host,
      port: Number(options.port),
      servername: net.isIP(host) ? "" : host,
      ALPNProtocols: ["http/1.1"],
      rejectUnauthorized: trust.kind === "authority",
    });
    const timer = setTimeout(
      () => socket.destroy(Object.assign(new Error("no connection in time"), { code: "ETIMEDOUT" })),
      this.connectTimeoutMs,
    );
    let handedOut = false;
    // Stays on for the socket's life: the request adds its own listener only a tick after the hand-out.
    socket.on("error", (error: Error) => {
      clearTimeout(timer);
      if (!handedOut) {
        // It may be the session that the server cannot do with.
        sessions.drop(server);
        callback?.(error, socket);
      }
      handedOut = true;
    });
    // Node tells of sessions after the hand-out; those of a server that was not trusted are not kept.
    socket.on("session", (bytes: Buffer) => {
      if (proof) sessions.keep(server, { ...proof, bytes });
    });
    socket.once("secureConnect", () => {
      clearTimeout(timer);
      // A resumed session shows no certificate: what counts is the one that was shown when it was begun.
      const shown = socket.isSessionReused() ? offered : sessions.proof(fingerprintOf(socket));
      const mismatch =
        trust.kind === "pinned" ? mismatchOf(shown?.fingerprint ?? "", trust.fingerprints, host) : undefined;
      if (mismatch) {
        socket.destroy(mismatch);
        return;
      }
      proof = shown;
      handedOut = true;
      callback?.(null, socket);
    });
    return undefined;
  }

  override keepSocketAlive(socket: Duplex): boolean {
    const idle = socket as tls.TLSSocket;
    idle.setKeepAlive(true, 1_000);
    idle.setTimeout(IDLE_MS, () => idle.destroy());
    idle.unref();
    return true;
  }

  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    const idle = socket as tls.TLSSocket;
    idle.setTimeout(0);
    idle.removeAllListeners("timeout");
    super.reuseSocket(socket, request);
  }
}

/** Of the authorities that Node.js brings nothing is read where none is asked: that takes as long as a dozen requests. */
function authoritiesOf(trust: Trust): tls.SecureContextOptions {
  if (trust.kind !== "authority") return { ca: [] };
  return trust.ca === undefined ? {} : { ca: trust.ca };
}

const fingerprintOf = (socket: tls.TLSSocket): string =>
  (socket.getPeerCertificate().fingerprint256 ?? "").replace(/:/g, "").toUpperCase();

function mismatchOf(shown: string, trusted: ReadonlySet<string>, host: string): ProxmoxError | undefined {
  if (trusted.has(shown)) return undefined;
  return new ProxmoxError({
    kind: "untrusted",
    message:
      `The certificate of ${host} has the fingerprint ${colons(shown)}, expected ${[...trusted].map(colons).join(" or ")}. ` +
      "Nothing was sent. If the certificate was renewed (or the node joined a cluster), compare with `pvenode cert info` on the node and update the fingerprint.",
  });
}

/** OpenSSL's and Node's codes for "I do not trust this certificate". */
const UNTRUSTED =
  /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|CERT_\w+|ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH|INVALID_\w+)$/;

/** The error for a certificate that the authorities do not vouch for; undefined for any other error. */
export function untrusted(error: unknown, host: string): ProxmoxError | undefined {
  if (error instanceof ProxmoxError) return error;
  const { code = "", message = "" } = error as NodeJS.ErrnoException;
  if (!UNTRUSTED.test(code)) return undefined;
  return new ProxmoxError({
    kind: "untrusted",
    message:
      `The certificate of ${host} is not trusted: ${message}. Nothing was sent. ` +
      "Give the cluster's authority (/etc/pve/pve-root-ca.pem on a node) or the certificate's SHA-256 fingerprint (`pvenode cert info`).",
    cause: error,
  });
}
