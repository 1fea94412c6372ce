import type { OutgoingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import type { Clock } from "./clock";
import { formEncode, type SentParams } from "./encode";
import type { EndpointPool } from "./endpoints";
import { NO_WORKER } from "./error-table";
import { abortError, ProxmoxError } from "./errors";
import { exchange, NoAnswer, type Endpoint, type HttpReply } from "./http";
import type { Redactor } from "./redact";
import type { RequestLog } from "./request-log";
import { untrusted } from "./trust";

export type Method = "GET" | "POST" | "PUT" | "DELETE";

/** A body that is streamed; opened anew for every attempt. */
export interface StreamedBody {
  readonly contentType: string;
  readonly length: number;
  open(): Readable;
}

/** What a caller may set for its own calls. */
export interface CallContext {
  readonly signal?: AbortSignal | undefined;
  /** On the connection's clock: after this moment calls end with a time-out. */
  readonly deadline?: number | undefined;
  /** Per request; the connection's own limit unless given. */
  readonly requestTimeoutMs?: number | undefined;
  /** What these calls are for, in the infinitive: "create VM 100". Error messages begin with it. */
  readonly attempt?: string | undefined;
  /** False: report an outage at once instead of trying again; for callers that wait anyhow. */
  readonly retry?: boolean | undefined;
}

interface Outgoing {
  readonly method: Method;
  /** Below /api2/json, percent-encoded. */
  readonly path: string;
  readonly params: SentParams;
  readonly headers: OutgoingHttpHeaders;
  readonly upload?: StreamedBody | undefined;
  /** Asked when another node did not answer: true when asking again is of no use. */
  readonly hopeless?: (() => Promise<boolean>) | undefined;
}

export interface Answer extends HttpReply {
  readonly endpoint: Endpoint;
}

/** Proxmox claims the VMID before it starts the worker (PVE/API2/Qemu.pm create_vm): it is taken when that fails. */
const CREATION = /^POST \/nodes\/[^/]+\/(?:qemu|lxc)$/;

/** Pauses before the second, third, ... attempt. */
const PAUSES_MS = [300, 1_000, 3_000];

/**
 * Sends a request to the endpoint that answers. A read is tried again after an outage; a write only when nothing of
 * it was sent, or Proxmox says that nothing was begun: whether a write that got no answer took effect is for its caller
 * to find out.
 */
export class Sender {
  constructor(
    private readonly pool: EndpointPool,
    private readonly redactor: Redactor,
    private readonly log: RequestLog,
    readonly clock: Clock,
    private readonly requestTimeoutMs: number,
  ) {}

  async send(out: Outgoing, context: CallContext): Promise<Answer> {
    this.redactor.learn(out.params);
    const attempts = context.retry === false ? 1 : PAUSES_MS.length + 1;
    const others = this.pool.all.length - 1;
    // Going on to an endpoint that was not asked yet costs no pause and no attempt.
    let spare = others;
    for (let attempt = 1; ;) {
      const endpoint = this.pool.pick();
      const outcome = await this.once(endpoint, out, context);
      if (!("failure" in outcome) && !(await this.worthRepeating(outcome, out, attempt === 1))) return outcome;
      if ("failure" in outcome) {
        const { failure } = outcome;
        const repeatable = out.method === "GET" || !failure.sent;
        if (repeatable && spare > 0) {
          spare--;
          continue;
        }
        // What took too long once would most likely do so again.
        if (!repeatable || failure.timedOut || attempt >= attempts)
          throw this.unavailable(out, endpoint, failure, context);
      } else if (attempt >= attempts) return outcome;
      await this.pause(PAUSES_MS[attempt - 1]!, out, context);
      attempt++;
      spare = others;
    }
  }

  private async worthRepeating(answer: Answer, out: Outgoing, first: boolean): Promise<boolean> {
    if (answer.status === 500 && NO_WORKER.test(answer.reason.trim()))
      return !CREATION.test(`${out.method} ${out.path}`);
    if (answer.status < 595 || out.method !== "GET") return false;
    return !(first && (await out.hopeless?.()));
  }

  private async once(endpoint: Endpoint, out: Outgoing, context: CallContext): Promise<Answer | { failure: NoAnswer }> {
    const what = `${out.method} ${out.path}`;
    if (context.signal?.aborted) throw abortError(context.signal, what);
    const startedAt = this.clock.now();
    const left = context.deadline === undefined ? Infinity : context.deadline - startedAt;
    if (left <= 0) throw deadlineError(what, context);
    const form = formEncode(out.params);
    const query = out.method === "GET" || out.method === "DELETE";
    const logged = { method: out.method, origin: endpoint.origin, path: out.path, params: out.params, startedAt };
    try {
      const reply = await exchange(endpoint, {
        method: out.method,
        path: `/api2/json${out.path}${query && form ? `?${form}` : ""}`,
        headers: { ...out.headers, ...bodyHeaders(out, query ? undefined : form) },
        body: out.upload ? out.upload.open() : query ? undefined : form,
        timeoutMs: Math.min(requestTimeout(out, context.requestTimeoutMs ?? this.requestTimeoutMs), left),
        signal: context.signal,
      });
      this.log.request({ ...logged, status: reply.status, said: reply.reason });
      this.pool.answered(endpoint);
      return { ...reply, endpoint };
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.log.request({ ...logged, status: 0, said: error.message });
      if (context.signal?.aborted) throw abortError(context.signal, what);
      if (error.timedOut && context.deadline !== undefined && this.clock.now() >= context.deadline)
        throw deadlineError(what, context);
      const distrust = untrusted(error.cause, endpoint.host);
      if (distrust) throw distrust;
      this.pool.failed(endpoint);
      return { failure: error };
    }
  }

  private async pause(ms: number, out: Outgoing, context: CallContext): Promise<void> {
    this.log.line(`${out.method} ${out.path}: again in ${ms} ms`);
    try {
      await this.clock.sleep(ms, context.signal);
    } catch (error) {
      if (context.signal?.aborted) throw abortError(context.signal, `${out.method} ${out.path}`);
      throw error;
    }
  }

  private unavailable(out: Outgoing, endpoint: Endpoint, failure: NoAnswer, context: CallContext): ProxmoxError {
    const what = `${out.method} ${out.path}`;
    const head = context.attempt ? `Could not ${context.attempt}: ${what}` : what;
    const origins = this.pool.all.map(({ origin }) => origin).join(", ");
    const advice = !failure.sent
      ? "Nothing was sent. Is the node up, and pveproxy running there?"
      : out.method === "GET"
        ? "Is the node up, and pveproxy running there?"
        : "It may have been carried out all the same: look before repeating it.";
    return new ProxmoxError({
      kind: "unavailable",
      method: out.method,
      path: out.path,
      cause: failure.cause,
      message: this.redactor.text(
        `${head} got no answer from ${this.pool.all.length > 1 && !failure.sent ? `any of ${origins}` : endpoint.origin}: ${failure.message}. ${advice}`,
      ),
    });
  }
}

/** Slower than this an upload is taken for stuck. */
const SLOWEST_UPLOAD_BYTES_PER_MS = 256;

/** An upload's time limit grows with its size. */
export const requestTimeout = (out: Pick<Outgoing, "upload">, ms: number): number =>
  ms + Math.ceil((out.upload?.length ?? 0) / SLOWEST_UPLOAD_BYTES_PER_MS);

/**
 * Content-Length always: pveproxy refuses chunked requests with 501 (PVE/APIServer/AnyEvent.pm). GET and DELETE must
 * not have a body.
 */
function bodyHeaders(out: Outgoing, form: string | undefined): OutgoingHttpHeaders {
  if (out.upload) return { "content-type": out.upload.contentType, "content-length": out.upload.length };
  if (form === undefined) return {};
  return {
    "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
    "content-length": Buffer.byteLength(form),
  };
}

function deadlineError(what: string, context: CallContext): ProxmoxError {
  return new ProxmoxError({
    kind: "timeout",
    message: `${context.attempt ? `Could not ${context.attempt} in time` : "Out of time"}: ${what}.`,
  });
}
