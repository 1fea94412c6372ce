import assert from "node:assert/strict";
import { once } from "node:events";
import https from "node:https";
import type { AddressInfo } from "node:net";
import type { SecureVersion, TLSSocket } from "node:tls";
import { isProxmoxError } from "../../pve";
import { TlsSessions } from "../../pve/tls-sessions";
import { parseTrust, TrustedAgent, type TrustOptions } from "../../pve/trust";
import { authority, otherServer, server as certificate } from "./certificates";
import { VirtualClock } from "./virtual-clock";

/** A server that ends each connection after one answer. */
class Server {
  resumed: boolean[] = [];
  bytes = 0;
  private constructor(
    private readonly server: https.Server,
    readonly port: number,
  ) {}

  static async start(
    identity: { cert: string; key: string },
    { port = 0, ticketKeys, version = "TLSv1.3" }: { port?: number; ticketKeys?: Buffer; version?: SecureVersion } = {},
  ): Promise<Server> {
    const server = https.createServer(
      { ...identity, minVersion: version, maxVersion: version, ...(ticketKeys ? { ticketKeys } : {}) },
      (_, outgoing) => outgoing.writeHead(200, { connection: "close" }).end("hello"),
    );
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    const made = new Server(server, (server.address() as AddressInfo).port);
    server.on("secureConnection", (socket: TLSSocket) => {
      made.resumed.push(socket.isSessionReused());
      socket.on("data", (chunk: Buffer) => (made.bytes += chunk.length));
      socket.on("error", () => socket.destroy());
    });
    server.on("tlsClientError", () => undefined);
    return made;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

describe("TLS sessions", () => {
  const pin: TrustOptions = { fingerprints: [certificate.fingerprint] };
  const clock = new VirtualClock(0);
  let server: Server;
  let agent: TrustedAgent;
  let sessions: TlsSessions;
  const open = (trust: TrustOptions, known = new TlsSessions(clock)): void => {
    sessions = known;
    agent = new TrustedAgent(parseTrust(trust), 10_000, known);
  };
  afterEach(async () => {
    agent.destroy();
    await server.close();
  });

  const get = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const request = https.get({ agent, host: "127.0.0.1", port: server.port, path: "/" }, (incoming) => {
        let text = "";
        incoming.on("data", (chunk) => (text += String(chunk)));
        incoming.on("end", () => resolve(text));
        incoming.on("error", reject);
      });
      request.on("error", reject);
    });
  const refused = () =>
    assert.rejects(get(), (error) => {
      assert.ok(isProxmoxError(error, "untrusted"), String(error));
      return true;
    });

  for (const version of ["TLSv1.2", "TLSv1.3"] as const)
    for (const [name, trust] of [
      ["a pin", pin],
      ["an authority", { ca: authority }],
    ] as const)
      it(`are resumed with ${name} and ${version}`, async () => {
        server = await Server.start(certificate, { version });
        open(trust);
        for (let count = 0; count < 3; count++) assert.equal(await get(), "hello");
        assert.deepEqual(server.resumed, [false, true, true]);
      });

  it("do not help a server that has come in the place of the pinned one", async () => {
    server = await Server.start(certificate);
    open(pin);
    await get();
    const { port } = server;
    await server.close();
    server = await Server.start(otherServer, { port });
    await refused();
    await refused();
    assert.deepEqual([server.bytes, server.resumed.some(Boolean)], [0, false]);
    assert.equal(sessions.offer(`127.0.0.1:${port}`), undefined);
  });

  it("are refused when they were made with a server of another fingerprint", async () => {
    server = await Server.start(otherServer);
    open({ insecure: true });
    await get();
    await get();
    // The server takes this session up: it is the client that must refuse it.
    assert.deepEqual(server.resumed, [false, true]);
    agent.destroy();
    const { bytes } = server;
    open(pin, sessions);
    await refused();
    assert.equal(sessions.offer(`127.0.0.1:${server.port}`), undefined);
    await refused();
    assert.equal(server.bytes, bytes);
  });

  it("are not kept of a server that was refused", async () => {
    server = await Server.start(otherServer);
    for (const trust of [pin, { ca: authority }]) {
      open(trust);
      await assert.rejects(get());
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal(sessions.offer(`127.0.0.1:${server.port}`), undefined);
    }
    assert.equal(server.bytes, 0);
  });

  it("are not offered to another server", async () => {
    server = await Server.start(certificate);
    open(pin);
    await get();
    assert.ok(sessions.offer(`127.0.0.1:${server.port}`));
    assert.equal(sessions.offer("127.0.0.1:1"), undefined);
  });

  it("end ten minutes after the server has shown its certificate, however often they were resumed", async () => {
    const ticketKeys = Buffer.alloc(48, 7);
    server = await Server.start(certificate, { ticketKeys });
    open(pin);
    await get();
    clock.skip(9 * 60_000);
    await get();
    assert.deepEqual(server.resumed, [false, true]);
    const { port } = server;
    await server.close();
    // The same keys, and a renewed certificate that nobody has pinned.
    server = await Server.start(otherServer, { port, ticketKeys });
    clock.skip(60_000);
    await refused();
    assert.equal(server.bytes, 0);
  });
});
