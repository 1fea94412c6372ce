import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { projectRoot } from "../../cli/project";
import { infisicalSource, SourceRefused, SourceUnavailable, type Timing, type InfisicalOptions } from "../../secrets";
import { InfisicalStub } from "../support/infisical";

const project = "6f1c2d3e-project";
const tokenVariables = /INFISICAL_UNIVERSAL_AUTH_CLIENT_ID and INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET/;

/** Short pauses pass at once; the time limit passes when the test says so. */
class TestClock implements Timing {
  readonly pauses: number[] = [];
  #limits: (() => void)[] = [];
  now = () => 0;
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms < 10_000) return void this.pauses.push(ms);
    await new Promise<void>((resolve) => {
      this.#limits.push(resolve);
      signal?.addEventListener("abort", () => resolve());
    });
  }
  pass(): void {
    for (const limit of this.#limits.splice(0)) limit();
  }
}

describe("secrets in Infisical, with its own SDK", () => {
  let stub: InfisicalStub;
  let clock: TestClock;
  const source = (options: Partial<InfisicalOptions> = {}) =>
    infisicalSource({
      ...{ url: stub.url, projectId: project, environment: "prod", env: stub.credentials, clock },
      ...options,
    });

  beforeEach(async () => {
    clock = new TestClock();
    stub = await InfisicalStub.start({
      projects: {
        [project]: {
          prod: {
            "/": { ADMIN_PASSWORD: "of the root folder", SHARED: "own", EMPTY: "", HIDDEN: { hidden: true } },
            "/pve": { ADMIN_PASSWORD: "of the folder pve" },
            "/common": { SHARED: "imported", DNS_KEY: "imported too" },
          },
          dev: { "/": { ADMIN_PASSWORD: "of dev" } },
        },
      },
      imports: { [`${project}/prod/`]: [`${project}/prod/common`] },
      foreign: ["somebody-else's"],
    });
  });
  afterEach(() => stub.close());

  it("are found by name, in the stack's folder or in the one that the reference names", async () => {
    const asked = source();
    assert.equal(await asked.find({ secretRef: "ADMIN_PASSWORD" }), "of the root folder");
    assert.equal(await asked.find({ secretRef: "ADMIN_PASSWORD", path: "/pve" }), "of the folder pve");
    assert.equal(await asked.find({ secretRef: "ADMIN_PASSWORD", environment: "dev" }), "of dev");
    assert.equal(await asked.find({ secretRef: "OTHER" }), undefined);
    assert.equal(await asked.find({ secretRef: "EMPTY" }), undefined);
    assert.deepEqual(stub.asked, [
      "login",
      ...[`list ${project} prod /`, `list ${project} prod /pve`, `list ${project} dev /`],
    ]);
  });

  it("come from imported folders too; a folder's own win", async () => {
    assert.equal(await source().find({ secretRef: "DNS_KEY" }), "imported too");
    assert.equal(await source().find({ secretRef: "SHARED" }), "own");
    assert.deepEqual((await source().names({ secretRef: "X" })).toSorted(), [
      ...["ADMIN_PASSWORD", "DNS_KEY", "EMPTY", "HIDDEN", "SHARED"],
    ]);
  });

  it("take one log-in and one list for all who ask, at once or later", async () => {
    const asked = source();
    const found = await Promise.all(Array.from({ length: 20 }, () => asked.find({ secretRef: "ADMIN_PASSWORD" })));
    assert.deepEqual([...new Set(found)], ["of the root folder"]);
    await asked.find({ secretRef: "SHARED" });
    assert.deepEqual(stub.count(), { logins: 1, lists: 1 });
    await Promise.all([
      asked.find({ secretRef: "A", path: "/pve" }),
      asked.find({ secretRef: "A", environment: "dev" }),
      asked.find({ secretRef: "B", path: "/pve" }),
    ]);
    assert.deepEqual(stub.count(), { logins: 0, lists: 2 });
  });

  it("never get into the environment of this process", async () => {
    await source().find({ secretRef: "ADMIN_PASSWORD" });
    assert.equal(process.env["ADMIN_PASSWORD"], undefined);
  });

  for (const [how, spoil] of Object.entries({
    "has run out": () => stub.expireTokens(),
    "was revoked": () => stub.revokeTokens(),
  }))
    it(`log in again, once, when the token ${how}`, async () => {
      const asked = source();
      await asked.find({ secretRef: "ADMIN_PASSWORD" });
      spoil();
      const again = [
        asked.find({ secretRef: "ADMIN_PASSWORD", path: "/pve" }),
        asked.find({ secretRef: "X", environment: "dev" }),
      ];
      assert.deepEqual(await Promise.all(again), ["of the folder pve", undefined]);
      assert.deepEqual(stub.count(), { logins: 2, lists: 5 });
    });

  it("are tried for again while the server is in trouble, until the time limit", async () => {
    stub.fail("login", { status: 500 });
    stub.fail("list", { status: 502 }, 3);
    assert.equal(await source().find({ secretRef: "ADMIN_PASSWORD" }), "of the root folder");
    assert.deepEqual(clock.pauses, [500, 1000, 2000, 4000]);
    assert.deepEqual(stub.count(), { logins: 2, lists: 4 });
  });

  it("are given up at the time limit, though the SDK would go on", async () => {
    stub.fail("list", { hang: true });
    const asked = source({ timeoutMs: 20_000 });
    const found = asked.find({ secretRef: "ADMIN_PASSWORD" });
    while (!stub.asked.some((what) => what.startsWith("list"))) await new Promise(setImmediate);
    clock.pass();
    await assert.rejects(found, (error: Error) => {
      assert.ok(error instanceof SourceUnavailable);
      assert.match(error.message, /project 6f1c2d3e-project, environment prod, path \/ gave no answer within 20 s/);
      return true;
    });
    // What failed is not remembered.
    assert.equal(await asked.find({ secretRef: "ADMIN_PASSWORD" }), "of the root folder");
  });

  it("wait for a slow answer", async () => {
    stub.fail("login", { delayMs: 50 });
    stub.fail("list", { delayMs: 50 });
    assert.equal(await source().find({ secretRef: "ADMIN_PASSWORD" }), "of the root folder");
  });

  const refusals: Record<
    string,
    [() => Partial<InfisicalOptions>, RegExp, typeof SourceRefused | typeof SourceUnavailable]
  > = {
    "credentials are missing": [
      () => ({ env: {} }),
      new RegExp(
        `^Infisical at http://127.*, project ${project}, environment prod, path /: no credentials; set ${tokenVariables.source}`,
      ),
      SourceUnavailable,
    ],
    "half of the credentials is missing": [
      () => ({ env: { ...stub.credentials, INFISICAL_UNIVERSAL_AUTH_CLIENT_ID: "" } }),
      /no credentials; set INFISICAL_UNIVERSAL_AUTH_CLIENT_ID in the environment/,
      SourceUnavailable,
    ],
    "credentials are wrong": [
      () => ({ env: { ...stub.credentials, INFISICAL_UNIVERSAL_AUTH_CLIENT_ID: "other" } }),
      new RegExp(`the log-in was refused with 401 \\(Invalid credentials\\); check ${tokenVariables.source}`),
      SourceRefused,
    ],
    "the project is somebody else's": [
      () => ({ projectId: "somebody-else's" }),
      /project somebody-else's.*the machine identity may not read there \(You are not a member.*give it a role/,
      SourceRefused,
    ],
    "the project does not exist": [
      () => ({ projectId: "nowhere" }),
      /there is no such project or environment \(Project with ID 'nowhere' not found\); check proxmox:infisicalProjectId/,
      SourceRefused,
    ],
    "the environment does not exist": [
      () => ({ environment: "production" }),
      /environment production.*Environment with slug 'production' not found.*proxmox:infisicalEnvironment \(the slug/,
      SourceRefused,
    ],
    "the request is refused as invalid": [
      () => (stub.fail("list", { invalid: true }), {}),
      /the list of secrets was refused with 422$/,
      SourceRefused,
    ],
    "the token is refused for good": [
      () => (stub.fail("list", { status: 401, message: "no" }, 2), {}),
      /the access token was refused \(no\), also after a new log-in/,
      SourceRefused,
    ],
  };
  for (const [when, [options, message, kind]] of Object.entries(refusals))
    it(`say what to do when ${when}`, async () => {
      await assert.rejects(source(options()).find({ secretRef: "ADMIN_PASSWORD" }), (error: Error) => {
        assert.match(error.message, message);
        assert.ok(error instanceof kind, error.name);
        assert.ok(!error.message.includes(stub.clientSecret) && !error.message.includes("[URL="));
        return true;
      });
    });

  it("are asked for at no address that a redirect leads to, and no request of others changes", async () => {
    const thief = await InfisicalStub.start({ projects: stub.projects });
    const seen: string[] = [];
    const other = http.createServer((request, response) => {
      seen.push(request.url ?? "");
      if (request.url === "/from") response.writeHead(302, { location: "/to" });
      response.end("arrived");
    });
    other.listen(0, "127.0.0.1");
    await once(other, "listening");
    try {
      for (const [step, path] of [
        ["login", "/api/v1/auth/universal-auth/login"],
        ["list", "/api/v3/secrets/raw"],
      ] as const)
        for (const status of [301, 302, 303, 307, 308] as const) {
          // The same host under another port, and the very same server.
          for (const to of [thief.url, stub.url]) {
            stub.fail(step, { redirect: `${to}${path}`, status });
            stub.count();
            await assert.rejects(source().find({ secretRef: "ADMIN_PASSWORD" }), (error: Error) => {
              assert.ok(error instanceof SourceRefused, String(error));
              assert.match(
                error.message,
                new RegExp(`answered with a redirect \\(${status}\\), which is not followed`),
              );
              return true;
            });
            assert.deepEqual(stub.count(), { logins: 1, lists: step === "list" ? 1 : 0 });
          }
        }
      assert.deepEqual(thief.asked, []);
      const { port } = other.address() as AddressInfo;
      assert.equal(await (await fetch(`http://127.0.0.1:${port}/from`)).text(), "arrived");
      assert.deepEqual(seen, ["/from", "/to"]);
    } finally {
      other.closeAllConnections();
      other.close();
      await thief.close();
    }
  });

  it("say that a value may not be seen", async () => {
    await assert.rejects(source().find({ secretRef: "HIDDEN" }), /sees HIDDEN but not its value; let it read values/);
  });

  it("say what the config lacks", () => {
    const { unconfigured } = source({ projectId: undefined, environment: undefined });
    assert.equal(unconfigured?.({ secretRef: "X" }), "set proxmox:infisicalProjectId and proxmox:infisicalEnvironment");
    assert.equal(unconfigured?.({ secretRef: "X", projectId: "p", environment: "e" }), undefined);
  });

  it("do not even load the SDK before they are asked for", () => {
    source();
    const script = `require("./dist/secrets"); console.log(Object.keys(require.cache).some((file) => /@infisical/.test(file)))`;
    const { stdout } = spawnSync(process.execPath, ["-e", script], { cwd: projectRoot, encoding: "utf8" });
    assert.equal(stdout, "false\n");
  });
});
