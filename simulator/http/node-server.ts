import http from "node:http";
import https from "node:https";
import net, { type AddressInfo } from "node:net";
import { dispatch, type ApiResponse } from "../dispatch.js";
import { clientReaches } from "../network/fabric.js";
import { refuseUnreached } from "../network/refuse-unreached.js";
import { servePage } from "../page/serve.js";
import type { Simulation } from "../simulation.js";
import { servedCertificate } from "./served-certificate.js";
import { decodeRequest, TransportFailure, type ReplyFormat } from "./request.js";

/** Proxmox's limit for a body (AnyEvent.pm); uploads are not bound by it. */
const bodyLimit = 512 * 1024;

/** pveproxy of one node: HTTPS on a loopback port. */
export class NodeServer {
  private readonly server: https.Server;
  private readonly listener: net.Server;
  private readonly sockets = new Set<net.Socket>();

  constructor(
    private readonly simulation: Simulation,
    readonly name: string,
  ) {
    const { key, cert } = servedCertificate(simulation, name);
    this.server = https.createServer({ key, cert, keepAlive: true }, (request, response) => {
      this.receive(request, response).catch((error: unknown) => this.crash(response, error));
    });
    this.server.keepAliveTimeout = 5000;
    simulation.servers.set(name, () => this.renewCertificate());
    this.listener = net.createServer((socket) => this.accept(socket));
    const ends = simulation.connections.get(name) ?? [];
    simulation.connections.set(name, [...ends, () => this.hangUp()]);
  }

  async listen(port: number, host: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.listener.once("error", reject);
      this.listener.listen(port, host, resolve);
    });
  }

  get port(): number {
    return (this.listener.address() as AddressInfo).port;
  }

  /** Serves the certificate that the node has now; open connections are closed as by a restart. */
  renewCertificate(): void {
    const { key, cert } = servedCertificate(this.simulation, this.name);
    this.server.setSecureContext({ key, cert });
    this.server.closeIdleConnections();
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.listener.close(() => resolve()));
  }

  private accept(socket: net.Socket): void {
    this.sockets.add(socket);
    socket.on("close", () => this.sockets.delete(socket));
    const node = this.simulation.node(this.name);
    if (!refuseUnreached(this.simulation, node, socket, "api")) this.server.emit("connection", socket);
  }

  /** What is being answered goes out: in Proxmox it was on its way before the network was reloaded. */
  private hangUp(): void {
    this.server.closeIdleConnections();
  }

  private async receive(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const node = this.simulation.node(this.name);
    if (node.state === "off" || node.state === "stopped") return void request.socket.destroy();
    if (!clientReaches(this.simulation.world, node)) return void request.socket.destroy();
    if (servePage(this.simulation, request, response)) return;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    try {
      const { format, api } = decodeRequest(request, body, bodyLimit);
      send(request, response, await dispatch(this.simulation, node, api), format);
    } catch (error) {
      if (!(error instanceof TransportFailure)) throw error;
      send(request, response, error.response, "json");
    }
  }

  private crash(response: http.ServerResponse, error: unknown): void {
    process.stderr.write(`pve-simulator: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    response.destroy();
  }
}

function send(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  answer: ApiResponse,
  format: ReplyFormat,
): void {
  if (answer.reset) return void request.socket.destroy();
  if (format === "extjs" && answer.body) return sendExtJs(response, answer);
  const json = answer.body !== undefined;
  const body = Buffer.from(json ? JSON.stringify(answer.body) : (answer.text ?? ""), "utf8");
  response.writeHead(answer.status, reasonPhrase(answer.reason), {
    ...(json ? { "Content-Type": "application/json;charset=UTF-8" } : {}),
    ...(answer.status >= 400 ? { Connection: "close" } : {}),
    "Content-Length": body.length,
    Server: "pve-api-daemon/3.0",
    "Cache-Control": "max-age=0",
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

/** The format of the web interface: always 200, the outcome is in the body (PVE/APIServer/Formatter/Standard.pm). */
function sendExtJs(response: http.ServerResponse, answer: ApiResponse): void {
  const success = answer.status === 200 ? 1 : 0;
  const body = JSON.stringify({ ...answer.body, success, ...(success ? {} : { status: answer.status }) });
  response.writeHead(200, "OK", {
    "Content-Type": "application/json;charset=UTF-8",
    "Content-Length": Buffer.byteLength(body),
  });
  response.end(body);
}

/** The reason phrase carries the message: its UTF-8 bytes, without control characters. */
function reasonPhrase(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are what must not get into a header line
  return Buffer.from(text.replace(/[\0-\x1f\x7f]/g, " "), "utf8").toString("latin1");
}
