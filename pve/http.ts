import type { OutgoingHttpHeaders } from "node:http";
import https from "node:https";
import type { Readable } from "node:stream";
import type { TrustedAgent } from "./trust";

/** One API server. */
export interface Endpoint {
  /** `https://host:port`, for people. */
  readonly origin: string;
  readonly host: string;
  readonly port: number;
  readonly agent: TrustedAgent;
}

export interface HttpRequest {
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
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
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
