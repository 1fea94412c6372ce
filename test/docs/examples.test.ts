import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import ts from "typescript";
import { projectRoot } from "../../cli/project";
import { startSimulator, type Simulator } from "../../simulator";
import { labWorld, stackConfig, stackCredentials } from "../support/lab";
import { installTarball, makeProject } from "../support/project";
import { Publisher } from "../support/publisher";
import { counts, ok } from "../support/results";
import { secretValue } from "../support/secret-values";
import { TestStack } from "../support/stack";

/** What a first preview of each example would make, beside the stack and its id. */
const resources: Readonly<Record<string, number>> = { vm: 2, fleet: 6, "golden-image": 5, secrets: 2 };

describe("the examples of the package", function () {
  let sim: Simulator;
  let publisher: Publisher;
  let project: string;
  const password = secretValue("the admin's password");

  before(async () => {
    sim = await startSimulator({ seed: labWorld() });
    publisher = await Publisher.start(sim.world);
    const { digest } = publisher.image("/bookworm/latest/debian-12-genericcloud-amd64.qcow2", "debian 12");
    publisher.text("/bookworm/latest/SHA512SUMS", `${digest}  debian-12-genericcloud-amd64.qcow2\n`);
    project = makeProject(installTarball);
    const modules = path.join(project, "node_modules");
    for (const name of ["typescript", "@types"])
      fs.symlinkSync(path.join(projectRoot, "node_modules", name), path.join(modules, name));
  });
  after(async () => {
    await publisher.close();
    await sim.close();
    fs.rmSync(project, { recursive: true });
  });

  const packed = (...names: string[]) =>
    path.join(project, "node_modules", "pulumi-proxmox-cluster", "examples", ...names);

  /** A copy of an example beside the installed package, as a user makes it. */
  function copied(name: string): string {
    const folder = path.join(project, name);
    fs.cpSync(packed(name), folder, { recursive: true });
    return folder;
  }

  /** What a first preview of a program in this folder counts. */
  async function preview(folder: string): Promise<Record<string, number>> {
    const stack = await TestStack.create({
      project: folder,
      config: stackConfig(sim),
      // Types are checked once, for all of them.
      env: { ...stackCredentials(sim), ADMIN_PASSWORD: password, PULUMI_NODEJS_TRANSPILE_ONLY: "true" },
    });
    try {
      const result = ok(await stack.preview());
      assert.ok(!(result.stdout + result.stderr).includes(password));
      // What is copied must not begin with old names.
      assert.doesNotMatch(result.stdout + result.stderr, /is called .* now; write that/);
      return counts(result);
    } finally {
      await stack.close();
    }
  }

  it("are those that are tried here, and all that their page tells of", () => {
    const folders = fs.readdirSync(packed(), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const names = folders.map(({ name }) => name).sort();
    assert.deepEqual(names, Object.keys(resources).sort());
    const told = [...fs.readFileSync(packed("README.md"), "utf8").matchAll(/^\| \[([^\]]+)\]\(\1\)/gm)];
    assert.deepEqual(told.map(([, name]) => name).sort(), names);
  });

  it("compile with their own settings against the installed package", () => {
    const folders = Object.keys(resources).map(copied);
    const settings = folders.map((folder) => fs.readFileSync(path.join(folder, "tsconfig.json"), "utf8"));
    assert.equal(new Set(settings).size, 1);
    const { config } = ts.parseConfigFileTextToJson("tsconfig.json", settings[0] ?? "") as { config: unknown };
    const { options, errors } = ts.parseJsonConfigFileContent(config, ts.sys, folders[0] ?? "");
    assert.deepEqual(errors, []);
    const programs = folders.map((folder) => path.join(folder, "index.ts"));
    const problems = ts
      .getPreEmitDiagnostics(ts.createProgram(programs, { ...options, noEmit: true }))
      .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`);
    assert.deepEqual(problems, []);
  });

  for (const [name, made] of Object.entries(resources))
    it(`${name} is previewed as it is shipped, with a mirror for its image`, async () => {
      const folder = copied(name);
      const program = path.join(folder, "index.ts");
      const text = fs.readFileSync(program, "utf8");
      const mirrored = text.replace('image: "debian-12",', `image: "debian-12", mirror: "${publisher.origin}",`);
      assert.notEqual(mirrored, text);
      fs.writeFileSync(program, mirrored);
      assert.deepEqual(await preview(folder), { create: made + 2 });
    });
});
