import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { projectRoot } from "../../cli/project";
import { startSimulator, type Simulator } from "../../simulator";
import { bareWorld } from "../support/bare-nodes";
import { labWorld, stackConfig, stackCredentials } from "../support/lab";
import { compiledNatively } from "../support/native-compiler";
import { installTarball, makeProject } from "../support/project";
import { Publisher } from "../support/publisher";
import { counts, ok } from "../support/results";
import { secretValue } from "../support/secret-values";
import { TestStack } from "../support/stack";
import { clusterSettings, osdDisks } from "../support/whole-cluster";

/** What a first preview of each example would make, beside the stack and its id; on a node that works already unless it says so. */
const resources: Readonly<Record<string, number>> = {
  ...{ vm: 2, fleet: 6, "golden-image": 5, secrets: 2 },
  ...{ cluster: 43, firewall: 10 },
};

interface Settings {
  readonly config: Record<string, unknown>;
  readonly env: Record<string, string>;
}

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
  async function preview(
    folder: string,
    { config, env }: Settings = { config: stackConfig(sim), env: stackCredentials(sim) },
  ): Promise<Record<string, number>> {
    const stack = await TestStack.create({
      ...{ project: folder, config },
      // Types are checked once, for all of them.
      env: { ...env, ADMIN_PASSWORD: password, PULUMI_NODEJS_TRANSPILE_ONLY: "true" },
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
    const programs = Object.fromEntries(
      folders.map((folder) => [
        `${path.basename(folder)}/index.ts`,
        fs.readFileSync(path.join(folder, "index.ts"), "utf8"),
      ]),
    );
    const problems = compiledNatively(project, programs, path.join(folders[0] ?? "", "tsconfig.json"), { outDir: "." });
    assert.deepEqual(problems, []);
  });

  it("cluster is previewed on three machines as the installer leaves them, with the serial numbers of their disks", async () => {
    const bare = await startSimulator({ seed: bareWorld() });
    try {
      const folder = copied("cluster");
      const program = path.join(folder, "index.ts");
      const own = Object.values(osdDisks(bare)).flatMap((disks) => Object.values(disks).map(({ serial }) => serial));
      const shipped = [...new Set(fs.readFileSync(program, "utf8").match(/S7KGNJ0W\d+/g))];
      assert.equal(shipped.length, own.length);
      const text = shipped.reduce(
        (all, serial, i) => all.replace(serial, own[i] ?? ""),
        fs.readFileSync(program, "utf8"),
      );
      fs.writeFileSync(program, text);
      const { config, env } = clusterSettings(bare);
      const ofProxmox = Object.entries(config).filter(([key]) => key.startsWith("proxmox:"));
      const counted = await preview(folder, { config: Object.fromEntries(ofProxmox), env });
      assert.deepEqual(counted, { create: (resources["cluster"] ?? 0) + 2 });
      assert.deepEqual(
        bare.requests.filter(({ method, path: at }) => method !== "GET" && at !== "/access/ticket"),
        [],
      );
    } finally {
      await bare.close();
    }
  });

  for (const [name, made] of Object.entries(resources).filter(([one]) => one !== "cluster"))
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
