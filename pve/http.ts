import type { OutgoingHttpHeaders } from "node:http";
import https from "node:https";
import type { Readable } from "node:stream";
import { ProxmoxError } from "./errors";
import type { TrustedAgent } from "./trust";

/** One API server. */
export interface Endpoint {
  /** `https://host:port`, for people. */
  readonly origin: string;
  readonly host: string;
  readonly port: number;
  readonly agent: TrustedAgent;
}

interface HttpRequest {
  readonly method: string;
  /** With /api2/json and the query. */
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body?: string | Readable | undefined;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpReply {
  readonly status: number;
  readonly reason: string;
  readonly body: string;
}

/**
 * More than any answer of the API: a list of 10,000 guests takes 5 MiB. What is larger would only fill the memory. What
 * is uploaded has no such limit.
 */
const LARGEST_REPLY = 32 * 2 ** 20;

/** No complete answer came. */
export class NoAnswer extends Error {
  constructor(
    /** False when nothing of the request left this machine: then it cannot have had any effect. */
    readonly sent: boolean,
    readonly timedOut: boolean,
    override readonly cause: Error,
  ) {
    super(cause.message);
  }
}

/** One request on one connection, without retries. Rejects with NoAnswer only. */
export function exchange(endpoint: Endpoint, request: HttpRequest): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    let sent = false;
    let timedOut = false;
    const release = () => {
      clearTimeout(timer);
      request.signal?.removeEventListener("abort", aborted);
      // An early answer or a failure leaves the rest of an upload unread.
      if (typeof request.body === "object") request.body.destroy();
    };
    const fail = (error: Error) => {
      release();
      reject(new NoAnswer(sent, timedOut, error));
    };
    const outgoing = https.request(
      {
        agent: endpoint.agent,
        host: endpoint.host,
        port: endpoint.port,
        method: request.method,
        path: request.path,
        headers: request.headers,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        let length = 0;
        const tooLarge = () =>
          giveUp(
            new ProxmoxError({
              kind: "protocol",
              method: request.method,
              message: `The answer of ${endpoint.origin} to ${request.method} ${request.path.replace(/\?.*/, "")} is larger than ${LARGEST_REPLY / 2 ** 20} MiB, and was not read. Is this a Proxmox VE API?`,
            }),
          );
        if (Number(incoming.headers["content-length"] ?? 0) > LARGEST_REPLY) return tooLarge();
        incoming.on("data", (chunk: Buffer) => {
          length += chunk.length;
          if (length > LARGEST_REPLY) tooLarge();
          else chunks.push(chunk);
        });
        incoming.on("error", fail);
        incoming.on("end", () => {
          release();
          resolve({
            status: incoming.statusCode ?? 0,
            // The parser reads the reason phrase as Latin-1; Proxmox writes UTF-8.
            reason: Buffer.from(incoming.statusMessage ?? "", "latin1").toString("utf8"),
            body: Buffer.concat(chunks).toString("utf8"),
          });
        });
      },
    );
    // A request that still waits for its connection does not report its own destruction: reject here.
    const giveUp = (error: Error) => {
      fail(error);
      outgoing.destroy(error);
    };
    const timer = setTimeout(() => {
      timedOut = true;
      giveUp(new Error(`no answer within ${Math.round(request.timeoutMs / 1000)} s`));
    }, request.timeoutMs);
    const aborted = () => giveUp(new Error("aborted"));
    if (request.signal?.aborted) aborted();
    else request.signal?.addEventListener("abort", aborted, { once: true });
    outgoing.on("error", fail);
    // The agent hands the socket out when it is connected and trusted: from here on bytes flow.
    outgoing.on("socket", () => {
      sent = true;
    });
    if (request.body === undefined || typeof request.body === "string") outgoing.end(request.body);
    else {
      request.body.on("error", giveUp);
      request.body.pipe(outgoing);
    }
  });
}
