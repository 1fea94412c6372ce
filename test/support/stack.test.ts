import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { projectRoot } from "../../cli/project";
import { markedProcesses, signal } from "./processes";
import { TestStack } from "./stack";

const project = path.join(projectRoot, "test", "fixtures", "tiny");

describe("the harness for the real engine", function () {
  let stack: TestStack;
  let world: string;
  const box = (id: string): { size: number } =>
    JSON.parse(fs.readFileSync(path.join(world, `${id}.json`), "utf8")) as { size: number };

  beforeEach(async () => {
    world = fs.mkdtempSync(path.join(os.tmpdir(), "tiny-world-"));
    stack = await TestStack.create({ project, env: { TINY_WORLD: world } });
  });

  afterEach(async () => {
    await stack.close();
    assert.deepEqual(stack.processes(), []);
    fs.rmSync(world, { recursive: true });
  });

  it("takes a program through up, preview, drift, refresh and destroy", async () => {
    stack.configure({ "tiny:size": 2 });
    const planned = await stack.preview();
    assert.deepEqual([planned.code, planned.changeSummary], [0, { create: 3 }], planned.stdout + planned.stderr);

    const created = await stack.up();
    assert.deepEqual([created.code, created.changeSummary], [0, { create: 3 }], created.stdout + created.stderr);
    assert.match(created.stdout, /boxed inner/);
    assert.equal(box("inner").size, 2);
    assert.deepEqual((await stack.up()).changeSummary, { same: 3 });

    fs.writeFileSync(path.join(world, "outer.json"), JSON.stringify({ size: 7, pause: 0 }));
    const refreshed = await stack.refresh();
    assert.deepEqual(refreshed.changeSummary, { same: 2, update: 1 }, refreshed.stdout);
    assert.match(refreshed.stdout, /\[diff: ~size\]/);
    assert.deepEqual((await stack.preview()).changeSummary, { same: 2, update: 1 });
    assert.equal((await stack.up()).changeSummary["update"], 1);
    assert.equal(box("outer").size, 2);

    assert.equal((await stack.destroy()).code, 0);
    assert.deepEqual((await stack.export()).resources ?? [], []);
    assert.deepEqual(fs.readdirSync(path.join(project)).sort(), ["Pulumi.yaml", "program.js", "provider.js"]);
  });

  it("reports refused inputs, and a creation that failed half-way", async () => {
    stack.configure({ "tiny:size": -1 });
    const refused = await stack.up();
    assert.notEqual(refused.code, 0);
    assert.match(refused.stdout, /must not be negative/);

    stack.configure({ "tiny:size": 13, "tiny:inner": "false" });
    assert.notEqual((await stack.up()).code, 0);
    const outer = (await stack.export()).resources?.find(({ id }) => id === "outer");
    assert.deepEqual(outer?.initErrors, ["unlucky"]);
  });

  it("keeps secrets encrypted in the state", async () => {
    await stack.configureSecret("tiny:size", "3");
    assert.equal((await stack.up()).code, 0);
    assert.equal(box("outer").size, 3);
    const provider = (await stack.export()).resources?.find(({ type }) => type === "pulumi:providers:pulumi-nodejs");
    assert.match(JSON.stringify(provider?.inputs), /"ciphertext"/);
  });

  it("finds every process after the CLI was killed, and ends them all", async () => {
    stack.configure({ "tiny:pause": 60_000 });
    const running = stack.start("up", "--yes", "--skip-preview");
    const plugin = await stack.waitForProcess("plugin");
    while (!fs.existsSync(path.join(world, "outer.json.started"))) await stack.waitForProcess("plugin");
    assert.deepEqual(
      new Set(stack.processes().map(({ role }) => role)),
      new Set(["cli", "language-host", "program", "plugin-wrapper", "plugin"]),
    );

    running.signal("SIGKILL");
    assert.equal((await running.done).code, null);
    assert.ok(stack.processes().some(({ pid }) => pid === plugin.pid));
    const locked = await stack.up();
    assert.match(locked.stderr, /currently locked by 1 lock/);
    assert.equal((await stack.cancel()).code, 0);
    assert.equal((await stack.export()).pending_operations?.[0]?.type, "creating");
  });

  it("sends signals that a program can answer", async () => {
    stack.configure({ "tiny:pause": 400 });
    const running = stack.start("up", "--yes", "--skip-preview");
    await stack.waitForProcess("plugin");
    while (!fs.existsSync(path.join(world, "outer.json.started"))) await stack.waitForProcess("plugin");
    signal(running.pid, "SIGINT");
    const { code } = await running.done;
    assert.notEqual(code, 0);
    assert.equal(box("outer").size, 1);
    assert.equal(fs.existsSync(path.join(world, "inner.json")), false);
  });

  it("marks its processes, and only its own", () => {
    assert.deepEqual(markedProcesses("nobody"), []);
  });
});
