import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { projectRoot } from "../../cli/project";
import { startSimulator, type Simulator } from "../../simulator";
import { guestsOf, image, labWorld, stackConfig, stackCredentials, testWorld } from "../support/lab";
import { Publisher } from "../support/publisher";
import { matrixConfig, matrixStack } from "../support/matrix-stack";
import { installTarball, linkRepository, makeProject } from "../support/project";
import { TestStack, type CommandResult } from "../support/stack";

function counts(result: CommandResult): Record<string, number> {
  assert.equal(result.code, 0, result.stdout + result.stderr);
  return Object.fromEntries(Object.entries(result.changeSummary).filter(([, count]) => count > 0));
}

/** Up, nothing to do, refresh and destroy, as a user's first hour goes. */
async function live(stack: TestStack, size: number): Promise<void> {
  assert.deepEqual(counts(await stack.preview()), { create: size });
  assert.deepEqual(counts(await stack.up()), { create: size });
  const again = counts(await stack.preview());
  assert.deepEqual(again, { same: size });
  assert.deepEqual(counts(await stack.refresh()), { same: size });
  // Positions in sources apart: the engine's own notes, absolute where a package is linked from elsewhere.
  const properties = (await stack.export()).resources?.map(({ inputs, outputs }) => [inputs, outputs]);
  assert.ok(!JSON.stringify(properties).includes(projectRoot), "the state names a folder of this machine");
  counts(await stack.destroy());
  assert.deepEqual((await stack.export()).resources ?? [], []);
}

describe("the layouts in which the library runs", function () {
  let sim: Simulator;
  let stack: TestStack | undefined;
  const folders: string[] = [];
  const mirrors: Publisher[] = [];

  afterEach(async () => {
    await stack?.close();
    await sim.close();
    for (const mirror of mirrors.splice(0)) await mirror.close();
    stack = undefined;
  });
  after(() => {
    for (const folder of folders) fs.rmSync(folder, { recursive: true });
  });

  const appConfig = (): Record<string, unknown> => ({
    ...stackConfig(sim),
    "app:image": { url: image.url, checksum: image.checksum },
  });

  for (const [name, install] of Object.entries({
    "installed from its tarball in a project elsewhere": installTarball,
    "linked into a project elsewhere, as by a workspace": linkRepository,
  }))
    it(name, async () => {
      sim = await startSimulator({ seed: labWorld() });
      const project = makeProject(install);
      folders.push(project);
      stack = await TestStack.create({ project, config: appConfig(), env: stackCredentials(sim) });
      await live(stack, 5);
    });

  it("in a program of ES modules, which is told its mistakes and ends", async () => {
    sim = await startSimulator({ seed: labWorld() });
    const project = makeProject(linkRepository);
    folders.push(project);
    fs.writeFileSync(path.join(project, "package.json"), '{ "name": "app", "type": "module", "private": true }\n');
    const program = 'import { Fleet } from "pulumi-proxmox-cluster";\nnew Fleet("web", { vms: [], count: -1 });\n';
    fs.writeFileSync(path.join(project, "program.js"), program);
    stack = await TestStack.create({ project, config: appConfig(), env: stackCredentials(sim) });
    const { code, stdout, stderr } = await stack.preview();
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /error: Fleet "web"/);
    assert.doesNotMatch(stdout + stderr, /canceled|util\.inspect|at new Fleet/);
  });

  it("in its own repository: the matrix that ran before is part of the whole cluster, and keeps all that it had", async () => {
    sim = await startSimulator({ seed: testWorld("matrix") });
    const publisher = await Publisher.start(sim.world);
    mirrors.push(publisher);
    const former = path.join(projectRoot, "test", "fixtures", "former-matrix");
    stack = await matrixStack(sim, publisher, former);
    assert.deepEqual(counts(await stack.up()), { create: 12 });
    const guests = () => Object.values(guestsOf(sim)).map(({ vmid, node, config }) => [vmid, node, config["smbios1"]]);
    const [before, networks] = [guests(), Object.values(sim.world.nodes).map(({ network }) => network.interfaces)];

    stack.configure({ ...matrixConfig(sim, publisher), "former:now": true });
    const shown = await stack.preview();
    // The new names are noted in the state; nothing is replaced, and nothing deleted.
    assert.deepEqual(counts(shown), { create: 50, update: 9, same: 3 });
    assert.match(shown.stdout, /takes over cluster Matrix as it is/);
    assert.doesNotMatch(shown.stdout, /reload/);
    assert.deepEqual(counts(await stack.up()), { create: 50, update: 9, same: 3 });
    assert.deepEqual(guests(), before);
    assert.deepEqual(
      Object.values(sim.world.nodes).map(({ network }) => network.interfaces),
      networks,
    );
    for (const result of [await stack.up(), await stack.refresh()]) assert.deepEqual(counts(result), { same: 62 });
    counts(await stack.destroy());
    assert.deepEqual((await stack.export()).resources ?? [], []);
    // The cluster runs on, on the networks that it lives on.
    assert.deepEqual(guests(), []);
    assert.match(sim.world.nodes["golf"]!.network.interfaces, /vlan9[^]*192\.168\.8\.6/);
  });
});

describe("the package", function () {
  let project: string;
  let installed: string;
  before(() => {
    project = makeProject(installTarball);
    installed = path.join(project, "node_modules", "pulumi-proxmox-cluster");
  });
  after(() => fs.rmSync(project, { recursive: true }));

  const files = (): string[] =>
    fs
      .readdirSync(installed, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(installed, path.join(entry.parentPath, entry.name)));

  it("holds the library with its docs and no sources, tests or stacks", () => {
    const foreign = files().filter(
      (file) =>
        !/^(package\.json|LICENSE|README\.md|CHANGELOG\.md|docs\/.*\.md|examples\/.*|dist\/.*\.(js|d\.ts|json))$/.test(
          file,
        ),
    );
    assert.deepEqual(foreign, []);
    const folders = new Set(
      files()
        .filter((file) => file.startsWith("dist"))
        .map((file) => file.split(path.sep)[1])
        .filter((name) => name && !name.includes(".")),
    );
    assert.deepEqual([...folders].sort(), [
      "audit",
      "cli",
      "components",
      "contract",
      "privileges",
      "providers",
      "pve",
      "secrets",
      "simulator",
    ]);
  });

  it("loads neither the provider nor its dependencies into a program", () => {
    // All that a program can use of it.
    const script = `if (Object.values(require("pulumi-proxmox-cluster")).length < 50) throw new Error("not all of it");
      const loaded = Object.keys(require.cache).filter((file) => /provider\\.js$|\\/(zod|ssh2|proxmox-api)\\/|dist\\/pve\\/(?!format\\/)/.test(file) && !/@pulumi|@grpc/.test(file));
      console.log(JSON.stringify(loaded.filter((file) => !file.endsWith("providers/kernel/program/provider.js"))));`;
    assert.equal(execFileSync(process.execPath, ["-e", script], { cwd: project, encoding: "utf8" }), "[]\n");
  });

  it("reads the API's tables when somebody asks what a call needs, and not before", () => {
    const script = `const fs = require("fs");
      const { readFileSync } = fs;
      let tables = 0;
      fs.readFileSync = (file, ...rest) => { if (/contract.*[.]json$/.test(String(file))) tables++; return readFileSync(file, ...rest); };
      const { leastPrivilege } = require("pulumi-proxmox-cluster");
      const before = tables;
      leastPrivilege([{ kind: "Pool", args: { name: "p" } }]);
      console.log(before, tables > 0);`;
    assert.equal(execFileSync(process.execPath, ["-e", script], { cwd: project, encoding: "utf8" }), "0 true\n");
  });

  it("starts a simulator for a user's own tests", () => {
    const script = `require("pulumi-proxmox-cluster/simulator").startSimulator({ seed: "empty:2" })
      .then(async (sim) => { console.log(sim.nodes.length); await sim.close(); });`;
    assert.equal(execFileSync(process.execPath, ["-e", script], { cwd: project, encoding: "utf8" }), "2\n");
  });
});
