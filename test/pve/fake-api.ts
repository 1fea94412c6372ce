import { once } from "node:events";
import type { IncomingHttpHeaders } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { server as certificate } from "./certificates";

interface FakeRequest {
  readonly method: string;
  /** Without /api2/json and query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly form: URLSearchParams;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

/** `reset` cuts the connection, `hang` never answers. */
export type FakeReply =
  | "reset"
  | "hang"
  | {
      readonly status?: number;
      readonly reason?: string;
      readonly data?: unknown;
      readonly body?: string;
      /** So many MiB of blanks before the body, in chunks. */
      readonly pieces?: number;
      readonly extra?: object;
    };

export interface FakeApi {
  readonly port: number;
  readonly endpoint: string;
  /** Everything but log-ins and GET /version. */
  readonly requests: FakeRequest[];
  readonly logins: FakeRequest[];
  readonly connections: () => number;
  /** Bytes received before any decryption: not less than what a client sent. */
  readonly secured: () => number;
  on(method: string, path: string | RegExp, reply: FakeReply | ((request: FakeRequest) => FakeReply)): void;
  close(): Promise<void>;
}

/** An HTTPS server that answers as told: for what a simulated cluster never does, such as resets at the right moment. */
export async function startFakeApi(port = 0): Promise<FakeApi> {
  const routes: { method: string; path: string | RegExp; reply: (request: FakeRequest) => FakeReply }[] = [];
  const requests: FakeRequest[] = [];
  const logins: FakeRequest[] = [];
  const sockets = new Set<TLSSocket>();
  let connections = 0;
  let secured = 0;
  let tickets = 0;

  const answer = (request: FakeRequest): FakeReply => {
    // The route added last is asked first.
    const route = [...routes]
      .reverse()
      .find(
        ({ method, path }) =>
          method === request.method && (typeof path === "string" ? path === request.path : path.test(request.path)),
      );
    if (route) return route.reply(request);
    if (request.path === "/access/ticket")
      return {
        data: {
          ticket: `PVE:root@pam:${++tickets}::c2ln+x/=`,
          CSRFPreventionToken: `csrf${tickets}:token`,
          username: "root@pam",
        },
      };
    if (request.path === "/version") return { data: { version: "9.2.11", release: "9.2", repoid: "8d2a7b1f9c3e4a55" } };
    return { status: 501, reason: `Method '${request.method} ${request.path}' not implemented` };
  };

  const server = https.createServer({ cert: certificate.cert, key: certificate.key }, (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const url = new URL(incoming.url ?? "/", "https://x");
      const body = Buffer.concat(chunks).toString();
      const request: FakeRequest = {
        method: incoming.method ?? "",
        path: url.pathname.replace(/^\/api2\/json/, ""),
        query: url.searchParams,
        form: new URLSearchParams(body),
        body,
        headers: incoming.headers,
      };
      if (request.path === "/access/ticket") logins.push(request);
      else if (request.path !== "/version") requests.push(request);
      const reply = answer(request);
      if (reply === "hang") return;
      if (reply === "reset") {
        incoming.socket.destroy();
        return;
      }
      const status = reply.status ?? 200;
      const json =
        reply.body ??
        JSON.stringify(
          status === 200
            ? { data: reply.data ?? null, ...reply.extra }
            : { data: null, message: `${reply.reason ?? ""}\n`, ...reply.extra },
        );
      outgoing.writeHead(status, reply.reason ?? "OK", { "content-type": "application/json;charset=UTF-8" });
      // In pieces of unknown length in all, where asked for: a body may be endless.
      if (reply.pieces !== undefined) {
        const piece = Buffer.alloc(2 ** 20, " ");
        const next = (left: number): void => {
          if (left <= 0 || outgoing.destroyed) return void outgoing.end(json);
          outgoing.write(piece, () => next(left - 1));
        };
        next(reply.pieces);
        return;
      }
      outgoing.end(json);
    });
  });
  server.on("connection", () => connections++);
  server.on("secureConnection", (socket: TLSSocket) => {
    sockets.add(socket);
    socket.on("data", (chunk: Buffer) => (secured += chunk.length));
    socket.on("error", () => socket.destroy());
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address() as AddressInfo;
  return {
    port: address.port,
    endpoint: `127.0.0.1:${address.port}`,
    requests,
    logins,
    connections: () => connections,
    secured: () => secured,
    on: (method, path, reply) =>
      routes.push({ method, path, reply: typeof reply === "function" ? reply : () => reply }),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
