import https from "node:https";
import type { Simulator } from "../../simulator/index.js";
import type { Exchange } from "./recording.js";

/** What came back over HTTPS. */
export interface Received {
  readonly status: number;
  readonly reason: string;
  readonly body: unknown;
}

interface Session {
  readonly ticket: string;
  readonly csrf: string;
}

const passwords: Readonly<Record<string, string>> = { "root@pam": "correct-password" };

/** Sends recorded requests to a simulator, as the recorded users. */
export class ReplayClient {
  private readonly sessions = new Map<string, Session>();
  /** Secrets of tokens by `user@realm!name`. */
  readonly secrets = new Map<string, string>();
  private readonly agent: https.Agent;

  constructor(
    private readonly simulator: Simulator,
    private readonly passwords: Readonly<Record<string, string>> = {},
  ) {
    // Only addresses on loopback are asked; the nodes' names are not in DNS.
    this.agent = new https.Agent({ keepAlive: true, rejectUnauthorized: false });
  }

  close(): void {
    this.agent.destroy();
  }

  forget(node: string): void {
    for (const key of [...this.sessions.keys()]) if (key.endsWith(` ${node}`)) this.sessions.delete(key);
  }

  /** Sends a request; with a new session or connection if a node has lost those when it joined a cluster. */
  async send(exchange: Exchange, path: string, params: Exchange["params"]): Promise<Received> {
    const received = await this.sendOnce(exchange, path, params);
    const lost = received.status === 0 || received.status === 401;
    const isUser = exchange.as?.includes("@") ?? false;
    if (!lost || received.status === exchange.status || (received.status === 401 && !isUser)) return received;
    this.sessions.delete(`${exchange.as} ${exchange.node}`);
    return this.sendOnce(exchange, path, params);
  }

  private async sendOnce(exchange: Exchange, path: string, params: Exchange["params"]): Promise<Received> {
    const headers = await this.headers(exchange);
    const url = `/api2/json${path.split("/").map(encodeSegment).join("/")}`;
    const query = encodeParams(params);
    if (exchange.upload) return this.sendUpload(exchange, url, params, headers);
    if (exchange.raw !== undefined) {
      headers["Content-Type"] = exchange["content-type"] ?? "";
      return this.request(exchange.node, exchange.method, url, headers, exchange.raw);
    }
    if (exchange.method === "POST" || exchange.method === "PUT") {
      headers["Content-Type"] = "application/x-www-form-urlencoded";
      return this.request(exchange.node, exchange.method, url, headers, query);
    }
    return this.request(exchange.node, exchange.method, query === "" ? url : `${url}?${query}`, headers);
  }

  /** The session of a user on a node; logs in at the first use. */
  async session(node: string, user: string): Promise<Session> {
    const key = `${user} ${node}`;
    const known = this.sessions.get(key);
    if (known) return known;
    const form = encodeParams({ username: user, password: this.passwords[user] ?? passwords[user] ?? "low-password" });
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    const { status, body } = await this.request(node, "POST", "/api2/json/access/ticket", headers, form);
    const data = (body as { data?: { ticket?: string; CSRFPreventionToken?: string } }).data;
    const session = {
      ticket: data?.ticket ?? `login as ${user} answered ${status}`,
      csrf: data?.CSRFPreventionToken ?? "",
    };
    this.sessions.set(key, session);
    return session;
  }

  private async headers({ as, node }: Exchange): Promise<Record<string, string>> {
    if (as === null) return {};
    const cookie = (ticket: string): string => `PVEAuthCookie=${encodeURIComponent(ticket)}`;
    if (as === "garbage-ticket" || as === "stale") return { Cookie: cookie("garbage") };
    if (as === "bad-token")
      return { Authorization: "PVEAPIToken=root@pam!nosuch=00000000-0000-0000-0000-000000000000" };
    if (as === "malformed-token") return { Authorization: "PVEAPIToken=rootpam=zz" };
    if (as.startsWith("wrong-secret:"))
      return { Authorization: `PVEAPIToken=${as.slice(13)}=00000000-0000-0000-0000-000000000000` };
    if (as.includes("!")) return { Authorization: `PVEAPIToken=${as}=${this.secrets.get(as) ?? "unknown"}` };
    const user = as.includes("@") ? as : "root@pam";
    const { ticket, csrf } = await this.session(node, user);
    if (as === "bad-ticket") return { Cookie: cookie(`${ticket.slice(0, -6)}AAAAA=`), CSRFPreventionToken: csrf };
    if (as === "no-csrf") return { Cookie: cookie(ticket) };
    return { Cookie: cookie(ticket), CSRFPreventionToken: as === "bad-csrf" ? "00000000:wrong" : csrf };
  }

  private sendUpload(
    exchange: Exchange,
    url: string,
    params: Exchange["params"],
    headers: Record<string, string>,
  ): Promise<Received> {
    const boundary = "replayed-upload";
    const {
      name = "",
      content,
      size = 0,
      field = "filename",
    } = exchange.upload as { name?: string; content?: string; size?: number; field?: string };
    const parts = Object.entries(params).map(
      ([key, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${key}"\r\n\r\n${String(value)}\r\n`,
    );
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${field}"; filename="${name}"\r\nContent-Type: application/octet-stream\r\n\r\n`;
    const file = content === undefined ? unrecordedFile(name, size) : Buffer.from(content);
    const body = Buffer.concat([Buffer.from(parts.join("") + head), file, Buffer.from(`\r\n--${boundary}--\r\n`)]);
    headers["Content-Type"] = `multipart/form-data; boundary=${boundary}`;
    return this.request(exchange.node, exchange.method, url, headers, body);
  }

  private async request(
    node: string,
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: string | Buffer,
  ): Promise<Received> {
    const target = this.simulator.nodes.find(({ name }) => name === node);
    if (!target) throw new Error(`the simulator has no node ${node}`);
    const length = body === undefined ? {} : { "Content-Length": Buffer.byteLength(body) };
    return new Promise<Received>((resolve, reject) => {
      const options = {
        host: "127.0.0.1",
        port: target.port,
        method,
        path,
        headers: { ...headers, ...length },
        agent: this.agent,
      };
      const request = https.request(options, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          const json = response.headers["content-type"]?.startsWith("application/json") ?? false;
          const reason = Buffer.from(response.statusMessage ?? "", "latin1").toString("utf8");
          resolve({ status: response.statusCode ?? 0, reason, body: json ? (JSON.parse(text) as unknown) : text });
        });
      });
      request.on("error", (error: NodeJS.ErrnoException) => {
        if (error.code !== "ECONNRESET") return reject(error);
        resolve({ status: 0, reason: "(connection closed without a response)", body: "" });
      });
      request.end(body);
    });
  }
}

function encodeParams(params: Exchange["params"]): string {
  return Object.entries(params)
    .flatMap(([key, value]) =>
      (Array.isArray(value) ? value : [value]).map((one) => `${encodeURIComponent(key)}=${encodeURIComponent(one)}`),
    )
    .join("&");
}

function encodeSegment(segment: string): string {
  // a slash within a segment was recorded escaped
  return encodeURIComponent(segment).replaceAll("%252F", "%2F");
}

/** A file of which only name and size were recorded: zeros, or an empty qcow2 image of 64 MiB. */
function unrecordedFile(name: string, size: number): Buffer {
  const file = Buffer.alloc(size);
  if (name.endsWith(".qcow2") && size > 64) {
    file.write("QFI\xfb", "latin1");
    file.writeUInt32BE(3, 4);
    file.writeBigUInt64BE(64n * 2n ** 20n, 24);
  }
  return file;
}
