import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Publishers } from "../../../providers/image/publisher";

const digest = "a".repeat(64);

describe("a publisher's list of checksums", () => {
  let server: Server;
  let origin: string;
  let asked: string[];
  const answers: Record<string, { status: number; location?: string; body?: string }> = {
    "/SUMS": { status: 200, body: `${digest}  disk.qcow2\n` },
    "/broken": { status: 302 },
    "/login": { status: 302, location: "http://ada:geheim@127.0.0.1:1/SUMS" },
    "/ftp": { status: 302, location: "ftp://example.com/SUMS" },
    "/round": { status: 302, location: "/round" },
    "/large": { status: 200, body: "x".repeat(2 ** 20 + 1) },
    "/gone": { status: 410, body: "gone" },
  };
  for (const status of [301, 302, 303, 307, 308]) answers[`/${status}`] = { status, location: "/SUMS" };

  before(async () => {
    server = createServer(({ url = "" }, response) => {
      asked.push(url);
      const { status, location, body } = answers[url] ?? { status: 404 };
      if (url === "/silent") return;
      response.writeHead(status, location === undefined ? {} : { location }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => (asked = []));
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const look = (path: string, signal = new AbortController().signal) =>
    new Publishers().checksum(origin + path, "https://example.com/disk.qcow2", signal);

  for (const status of [301, 302, 303, 307, 308])
    it(`is read where the publisher sends to by ${status}`, async () => {
      assert.deepEqual(await look(`/${status}`), { algorithm: "sha256", digest });
      assert.deepEqual(asked, [`/${status}`, "/SUMS"]);
    });

  it("is not asked for with a login that stands in the URL, which no error repeats", async () => {
    const withLogin = origin.replace("http://", "http://ada:geheim@");
    for (const url of [`${withLogin}/SUMS`, `${origin}/login`]) {
      const looked = new Publishers().checksum(url, "https://example.com/disk.qcow2", new AbortController().signal);
      await assert.rejects(looked, (error: Error) => {
        assert.match(error.message, /user or password in it|a login in it/);
        assert.doesNotMatch(error.message, /geheim/);
        return true;
      });
    }
    assert.deepEqual(asked, ["/login"]);
  });

  const refused: Record<string, RegExp> = {
    "/gone": /\/gone could not be read: answered with 410 Gone$/,
    "/broken": /could not be read: answered with 302 Found$/,
    "/round": /could not be read: redirected more than 20 times$/,
    "/ftp": /could not be read: Protocol "ftp:" not supported/,
    "/large": /could not be read: it is larger than 1 MiB, no list of checksums$/,
  };
  for (const [path, words] of Object.entries(refused))
    it(`is not there when the answer is that of ${path}`, () => assert.rejects(look(path), words));

  it("is waited for no longer than the operation lasts", async () => {
    const stop = new AbortController();
    const waiting = look("/silent", stop.signal);
    while (asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    stop.abort(new Error("the time is up"));
    await assert.rejects(waiting, /^Error: the time is up$/);
  });

  it("is read once for all images of a run", async () => {
    const publishers = new Publishers();
    const { signal } = new AbortController();
    const one = () => publishers.checksum(`${origin}/SUMS`, "https://example.com/disk.qcow2", signal);
    await Promise.all([one(), one()]);
    await one();
    assert.deepEqual(asked, ["/SUMS"]);
  });
});
