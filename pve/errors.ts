import type { ProxmoxErrorKind } from "./error-kind";
import { classify } from "./error-table";
import { printable } from "./format/printable";

interface ProxmoxErrorInit {
  readonly kind: ProxmoxErrorKind;
  readonly message: string;
  readonly reason?: ProxmoxErrorKind | undefined;
  readonly retryable?: boolean | undefined;
  readonly status?: number | undefined;
  readonly method?: string | undefined;
  readonly path?: string | undefined;
  readonly said?: string | undefined;
  readonly errors?: Readonly<Record<string, string>> | undefined;
  readonly upid?: string | undefined;
  readonly exitStatus?: string | undefined;
  readonly log?: readonly string[] | undefined;
  readonly node?: string | undefined;
  readonly offline?: string | undefined;
  readonly cause?: unknown;
}

/** The one error of the client. Its texts hold no secrets, and nothing that a terminal would act on. */
export class ProxmoxError extends Error {
  override readonly name = "ProxmoxError";
  readonly kind: ProxmoxErrorKind;
  /** For `task-failed`: what kind of error the exit status tells of. */
  readonly reason: ProxmoxErrorKind | undefined;
  /** A lock time-out: worth another attempt after a look. */
  readonly retryable: boolean;
  /** HTTP status, when there was an answer. */
  readonly status: number | undefined;
  readonly method: string | undefined;
  /** Path below /api2/json, percent-encoded as sent. */
  readonly path: string | undefined;
  /** Proxmox's own words. */
  readonly said: string | undefined;
  /** Per parameter, for `invalid`. */
  readonly errors: Readonly<Record<string, string>>;
  readonly upid: string | undefined;
  readonly exitStatus: string | undefined;
  /** The last lines of the failed task's log. */
  readonly log: readonly string[];
  /** The node that was spoken to, where the error is not about an API call. */
  readonly node: string | undefined;
  /** The node that is away, as the rest of the cluster knows it: asking again soon is of no use. */
  readonly offline: string | undefined;

  constructor(init: ProxmoxErrorInit) {
    super(printable(init.message), init.cause === undefined ? undefined : { cause: init.cause });
    this.kind = init.kind;
    this.reason = init.reason;
    this.retryable = init.retryable ?? false;
    this.status = init.status;
    this.method = init.method;
    this.path = init.path;
    this.said = init.said === undefined ? undefined : printable(init.said);
    this.errors = init.errors ?? {};
    this.upid = init.upid;
    this.exitStatus = init.exitStatus;
    this.log = (init.log ?? []).map(printable);
    this.node = init.node;
    this.offline = init.offline;
  }

  /** Is it of one of these kinds, in the answer itself or in the task that failed? */
  is(...kinds: readonly ProxmoxErrorKind[]): boolean {
    return kinds.includes(this.kind) || (this.reason !== undefined && kinds.includes(this.reason));
  }
}

/** `isProxmoxError(e, "not-found")`: a ProxmoxError, and of one of the kinds when any are given. */
export function isProxmoxError(error: unknown, ...kinds: readonly ProxmoxErrorKind[]): error is ProxmoxError {
  return error instanceof ProxmoxError && (kinds.length === 0 || error.is(...kinds));
}

/** An answer with a status other than 200. */
interface ErrorReply {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly said: string;
  readonly errors: Readonly<Record<string, string>>;
  readonly endpoint: string;
  /** Query of a GET or DELETE: it may name the thing that the path would name otherwise (`?poolid=`). */
  readonly query?: string | undefined;
  /** What the caller was about, e.g. "create VM 100". */
  readonly attempt?: string | undefined;
  /** The body is not in the form of Proxmox's API: the words may be those of a proxy, or of another server. */
  readonly foreign: boolean;
  /** The node that the request was forwarded to, when the cluster knows it to be away. */
  readonly offline?: string | undefined;
}

/** The ProxmoxError for an answer. Texts must be redacted already. */
export function errorFromReply(reply: ErrorReply): ProxmoxError {
  const { kind, hint, retryable } = classify({
    ...reply,
    path: reply.query ? `${reply.path}?${reply.query}` : reply.path,
  });
  const fields = Object.entries(reply.errors).map(([name, text]) => `${name}: ${text}`);
  const said = fields.length > 0 ? `${reply.said.replace(/\.$/, "")} (${fields.join("; ")})` : reply.said;
  const what = `${reply.method} ${reply.path}`;
  const advice = [
    reply.offline === undefined ? hint : `Node ${reply.offline} is offline: bring it back, then run this again.`,
    mayHaveHappened(reply) ? "It may have been carried out all the same: look before repeating it." : undefined,
  ].filter((text) => text !== undefined);
  const head = reply.attempt ? `Could not ${reply.attempt}: ${what}` : what;
  return new ProxmoxError({
    kind,
    retryable,
    status: reply.status,
    method: reply.method,
    path: reply.path,
    said: reply.said,
    errors: reply.errors,
    offline: reply.offline,
    message: [`${head} at ${reply.endpoint} was answered with ${reply.status} ${stop(said)}`, ...advice].join(" "),
  });
}

/**
 * A write whose answer was lost on the way between nodes, or behind a proxy. 595: no connection was made
 * (AnyEvent::HTTP, PVE/APIServer/AnyEvent.pm proxy_request).
 */
const mayHaveHappened = ({ method, status }: ErrorReply): boolean =>
  method !== "GET" && (status >= 596 || (status >= 502 && status <= 504));

const stop = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);

/** The error of an aborted signal; its reason is kept when it is one of ours (a deadline's time-out). */
export function abortError(signal: AbortSignal, what: string): ProxmoxError {
  if (signal.reason instanceof ProxmoxError) return signal.reason;
  return new ProxmoxError({ kind: "aborted", message: `Aborted: ${what}.`, cause: signal.reason });
}
