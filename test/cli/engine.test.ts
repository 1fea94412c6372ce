import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Engine, engineFiles, installedIn, onPath } from "../../cli/engine/installation";
import { staleAfter, withLock } from "../../cli/engine/lock";
import { compareVersions, engineVersions } from "../../cli/engine/engine-versions";
import { findEngine } from "../../cli/engine";
import { projectRoot } from "../../cli/project";

const read = (file: string): string => fs.readFileSync(path.join(projectRoot, file), "utf8");

const reason = (found: Engine | string): string => (typeof found === "string" ? found : `took ${found.pulumi}`);

describe("the set-up of the engine", () => {
  let folder: string;
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "engine-"))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  /** A folder of programs, of which `pulumi` answers with a version. */
  function programs(version: string, files: readonly string[] = engineFiles): string {
    const bin = path.join(folder, "bin");
    fs.mkdirSync(bin, { recursive: true });
    for (const file of files) fs.writeFileSync(path.join(bin, file), `#!/bin/sh\necho ${version}\n`, { mode: 0o755 });
    return bin;
  }

  it("compares versions by their numbers", () => {
    assert.ok(compareVersions("3.9.0", "3.216.0") < 0);
    assert.ok(compareVersions("go1.26", "1.25.11") > 0);
    assert.equal(compareVersions("v3.248.0", "3.248.0-alpha"), 0);
    assert.throws(() => compareVersions("latest", "1.0.0"), /not a version/);
  });

  it("takes a complete engine from PATH when it is new enough", async () => {
    const bin = programs("v3.216.0");
    const engine = await onPath({ PATH: `/usr/bin:/bin:${bin}` });
    assert.ok(typeof engine !== "string", reason(engine));
    assert.deepEqual([engine.pulumi, engine.version], [path.join(bin, "pulumi"), "3.216.0"]);
    assert.ok(engine.env["PATH"]?.startsWith(`${bin}:`));
  });

  it("says why it does not take what is there", async () => {
    assert.equal(await onPath({ PATH: folder }), "no pulumi on PATH");
    const env = { PATH: `${programs("v3.215.9")}:/bin` };
    assert.match(reason(await onPath(env)), /is 3\.215\.9, older than 3\.216\.0$/);
    programs("v4.0.0");
    assert.match(reason(await onPath(env)), /another major version/);
    programs("unknown");
    assert.match(reason(await onPath(env)), /does not say its version/);
    fs.rmSync(path.join(folder, "bin", "pulumi-language-nodejs"));
    assert.match(reason(await onPath(env)), /lacks pulumi-language-nodejs$/);
    assert.match(reason(await installedIn(folder)), /lacks pulumi-language-nodejs$/);
  });

  it("finds the engine that the tests run with", async () => {
    const { version } = await findEngine();
    assert.ok(compareVersions(version, engineVersions.oldestCli) >= 0);
  });

  it("names each version in one place, with which the others agree", () => {
    const { devDependencies, peerDependencies } = JSON.parse(read("package.json")) as Record<
      string,
      Record<string, string>
    >;
    assert.equal(devDependencies?.["@pulumi/pulumi"], engineVersions.sdk);
    assert.equal(peerDependencies?.["@pulumi/pulumi"], `^${engineVersions.oldestCli}`);
    assert.ok(read("engine/cli/go.mod").includes(`github.com/pulumi/pulumi/pkg/v3 v${engineVersions.cli}\n`));
    assert.ok(read("engine/host/go.mod").includes(`github.com/pulumi/pulumi/sdk/v3 v${engineVersions.languageHost}\n`));
    for (const module of ["cli", "host"])
      assert.ok(read(`engine/${module}/go.mod`).includes(`\ngo ${engineVersions.go}\n`));
  });

  it("pins the hashes of what is built", () => {
    const sums = read("engine/cli/go.sum") + read("engine/host/go.sum");
    for (const sum of [
      "github.com/pulumi/pulumi/pkg/v3 v3.276.0 h1:RKovVWNh+H8qnmbv88QZWirM/HmfBqR28rbnRN3n6FA=",
      "github.com/pulumi/pulumi/sdk/v3 v3.276.0 h1:xkrmwkmAaHC2wilul4RTcPVrGfA6yQetstZpeQrvRWI=",
      "github.com/pulumi/pulumi/sdk/v3 v3.68.0 h1:JWn3DGJhzoWL8bNbUdyLSSPeKS2F9mv14/EL9QeVT3w=",
    ])
      assert.ok(sums.includes(`${sum}\n`), sum);
  });
});

describe("the lock of the set-up", () => {
  let file: string;
  beforeEach(() => (file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "lock-")), "engine.lock")));
  afterEach(() => fs.rmSync(path.dirname(file), { recursive: true }));

  const never = (): void => assert.fail("waited");
  const times = (wait: () => void): { now: () => number; wait: () => Promise<void> } => ({
    now: Date.now,
    wait: async () => wait(),
  });

  it("lets the second wait for the first", async () => {
    const order: string[] = [];
    let finish = (): void => undefined;
    const first = withLock(file, never, () => new Promise<void>((resolve) => (finish = resolve)));
    const second = withLock(
      file,
      (holder) => order.push(`waits for ${holder}`),
      async () => order.push("works"),
      times(() => {
        order.push("looks again");
        finish();
      }),
    );
    await Promise.all([first, second]);
    assert.deepEqual(order.slice(0, 2), [`waits for ${process.pid}`, "looks again"]);
    assert.equal(order.at(-1), "works");
    assert.equal(fs.existsSync(file), false);
  });

  it("is taken over from a process that has ended", async () => {
    // Above the largest process number that Linux gives out.
    fs.writeFileSync(file, "4194305");
    assert.equal(await withLock(file, never, async () => "done"), "done");
  });

  it("is taken over when its holder has not touched it for long", async () => {
    fs.writeFileSync(file, String(process.pid));
    const now = Date.now() + staleAfter + 1_000;
    assert.equal(
      await withLock(file, never, async () => "done", { now: () => now, wait: async () => never() }),
      "done",
    );
  });

  it("is given back when the work fails", async () => {
    await assert.rejects(
      withLock(file, never, () => Promise.reject(new Error("no"))),
      /^Error: no$/,
    );
    assert.equal(fs.existsSync(file), false);
  });
});
