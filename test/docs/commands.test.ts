import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import ts from "typescript";
import { findEngine } from "../../cli/engine";
import { projectRoot } from "../../cli/project";
import { startSimulator, type Simulator } from "../../simulator";
import { testEnvironment } from "../support/environment";
import { guestsOf, labWorld } from "../support/lab";
import { installTarball, makeProject } from "../support/project";
import { Publisher } from "../support/publisher";
import { blocks, inlineCommands, pages } from "./blocks";

const run = promisify(execFile);

/** Lines that cannot be run here, and what stands in for it: where a file is named, the text in it that does. */
const elsewhere: readonly [RegExp, string, text?: string][] = [
  [/^npm run demo\b/, "test/runtimes/run.ts runs all of it", '["npm", "run", "demo"]'],
  [/^npm install pulumi-proxmox-cluster /, "test/support/project.ts unpacks what npm pack makes", "installTarball"],
  [/^npm test\b/, "it is what runs this"],
  [/^scp /, "copies from a node; the file is written instead"],
  [
    /^pveum /,
    "runs on a node; test/docs/least-privileges.test.ts lives with the role that it makes",
    "pveum role add PulumiVms",
  ],
  [/^pulumi import$/, "what it says is tested by test/stack/pulumi-options.test.ts", 'command("import"'],
  [/^pulumi (?:about|cancel|login)$/, "its name alone"],
  [/^pulumi stack (?:export|import) --file /, "test/stack/backends.test.ts moves a stack by them", '"stack", "export"'],
  [/^pulumi state delete$/, "test/stack/pulumi-options.test.ts runs it", '"state", "delete"'],
  [/^pulumi refresh --preview-only/, "test/stack/changes.test.ts runs it", '"refresh", "--preview-only"'],
  [/^npx pulumi-proxmox suggest-rules /, "test/providers/firewall/suggest-rules.test.ts runs it", '"suggest-rules"'],
  [
    /pulumi preview --json|^npx pulumi-proxmox /,
    "test/stack/changes.test.ts reads what the engine prints",
    'reviewed(lab.stack, "preview")',
  ],
  [
    /^pulumi config set proxmox:auditFile /,
    "test/providers/plugin/audit-trail.test.ts keeps trails",
    '"proxmox:auditFile"',
  ],
  [
    /^pulumi config set proxmox:rotate /,
    "test/providers/plugin/rotation-order.test.ts rotates by such an order",
    "proxmox:rotate",
  ],
  [/^pulumi config set proxmox:rebuilt /, "test/stack/other-cluster.test.ts says it", "proxmox:rebuilt"],
  [/^pulumi (?:refresh --run-program|up --yes) # /, "test/stack/other-cluster.test.ts runs it", "--run-program"],
  [/^npx pve-simulator /, "test/simulator/cli.test.ts starts it", "runSimulator("],
];

/** Commands that users add what is theirs to; in the order in which a stack lives. */
const life = {
  before: ["pulumi about --json"],
  after: [
    "pulumi up --yes --skip-preview",
    "pulumi cancel --yes matrix",
    "pulumi refresh --yes --skip-preview --clear-pending-creates",
  ],
  end: ["pulumi destroy --yes --skip-preview"],
};

const shellLines = (page: string): string[] =>
  blocks
    .filter((block) => block.page === page && block.language === "sh")
    .flatMap(({ text }) => text.split("\n"))
    .filter((line) => line.trim() !== "" && !line.startsWith("#"));

describe("the commands of the documentation", function () {
  let sim: Simulator;
  let publisher: Publisher;
  let project: string;
  let env: NodeJS.ProcessEnv;
  /** What the user's shell has been told so far. */
  const exports: string[] = [];
  const done: string[] = [];

  before(async () => {
    sim = await startSimulator({ seed: labWorld() });
    publisher = await Publisher.start(sim.world);
    const { digest } = publisher.image("/bookworm/latest/debian-12-genericcloud-amd64.qcow2", "debian 12");
    publisher.text("/bookworm/latest/SHA512SUMS", `${digest}  debian-12-genericcloud-amd64.qcow2\n`);
    project = makeProject(installTarball);
    const example = blocks.find(({ page, language }) => page === "README.md" && language === "ts")?.text ?? "";
    const mirrored = example.replace('image: "debian-12",', `image: "debian-12", mirror: "${publisher.origin}",`);
    assert.notEqual(mirrored, example, "the README's first example has no well-known image");
    const { outputText } = ts.transpileModule(mirrored, {
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
    });
    fs.writeFileSync(path.join(project, "program.js"), outputText);
    const dependencies = { "pulumi-proxmox-cluster": "*" };
    fs.writeFileSync(path.join(project, "package.json"), JSON.stringify({ name: "app", private: true, dependencies }));
    fs.writeFileSync(
      path.join(project, "package-lock.json"),
      '{ "name": "app", "lockfileVersion": 3, "packages": {} }\n',
    );
    // A public authority's certificate would be trusted without a word: so is the simulator's, in these processes.
    fs.writeFileSync(path.join(project, "public-authority.pem"), sim.ca);
    const engine = await findEngine();
    env = {
      ...engine.env,
      ...testEnvironment(),
      HOME: project,
      PATH: `${path.dirname(engine.pulumi)}:${engine.env["PATH"] ?? ""}`,
      PULUMI_HOME: path.join(project, ".pulumi-home"),
      NODE_EXTRA_CA_CERTS: path.join(project, "public-authority.pem"),
      SIMULATED_SECRET: sim.token.secret,
    };
  });
  after(async () => {
    await publisher.close();
    await sim.close();
    fs.rmSync(project, { recursive: true });
  });

  /** What stands in the docs for what every user has another one of. */
  const ours = (line: string): string =>
    line
      .replaceAll("https://192.168.3.5:8006", sim.nodes[0]?.url ?? "")
      .replaceAll("/home/me/pulumi-state", path.join(project, "pulumi-state"))
      .replaceAll("~/pulumi-state", path.join(project, "pulumi-state"))
      .replaceAll("12:34:...:EF", sim.nodes[0]?.fingerprint ?? "")
      .replace(/(?:automation@pve|root@pam)!pulumi/, sim.token.id)
      .replace(/\b(PROXMOX_TOKEN_SECRET|PVE_TOKEN)=\.\.\./, '$1="$SIMULATED_SECRET"');

  async function command(line: string): Promise<string> {
    if (line.startsWith("export ")) exports.push(ours(line));
    done.push(line);
    // A secret without its value is asked for.
    const asks = /^pulumi config set --secret \S+\s*(?:#.*)?$/.test(line);
    const told = `${asks ? 'printf "%s\\n" "$SIMULATED_SECRET" | ' : ""}${ours(line)}`;
    const script = [
      "set -euo pipefail",
      "export -n SIMULATED_SECRET",
      ...exports,
      line.startsWith("export ") ? "" : told,
    ].join("\n");
    try {
      return (await run("bash", ["-c", script], { cwd: project, env })).stdout;
    } catch (error) {
      const { stdout, stderr } = error as { stdout?: string; stderr?: string };
      throw new Error(`${line}\n${stdout ?? ""}${stderr ?? ""}`, { cause: error });
    }
  }

  for (const page of pages)
    for (const line of shellLines(page)) {
      const reason = elsewhere.find(([which]) => which.test(line))?.[1];
      if (reason !== undefined)
        it(`${page}: ${line.slice(0, 40)} (${reason})`, function () {
          this.skip();
        });
    }

  const runnable = (page: string): string[] =>
    shellLines(page).filter((line) => !elsewhere.some(([which]) => which.test(line)));

  it("of the README make a stack of its first example, and take it away again", async () => {
    fs.writeFileSync(path.join(project, "matrix-root-ca.pem"), sim.ca);
    for (const line of life.before) {
      const { dependencies } = JSON.parse(await command(line)) as { dependencies: { name: string; version: string }[] };
      const { version } = JSON.parse(
        fs.readFileSync(path.join(project, "node_modules/pulumi-proxmox-cluster/package.json"), "utf8"),
      ) as { version: string };
      assert.deepEqual(dependencies, [{ name: "pulumi-proxmox-cluster", version }]);
    }
    for (const line of runnable("README.md")) await command(line);
    for (const line of life.after) await command(line);
    assert.equal(Object.values(guestsOf(sim)).filter(({ config }) => config["name"] === "web-1").length, 1);
    assert.match(await command("pulumi stack output ips"), /\d+\.\d+\.\d+\.\d+/);
  });

  it("of docs/secrets.md give the token by reference, and set up Infisical", async () => {
    const lines = runnable("docs/secrets.md");
    const infisical = lines.filter((line) => /infisical/i.test(line));
    await command("export PVE_TOKEN=...");
    for (const line of lines.filter((one) => !infisical.includes(one))) await command(line);
    await command("pulumi config set --secret secrets:NAME");
    assert.match(await command("pulumi preview"), /unchanged/);
    for (const line of life.end) await command(line);
    assert.deepEqual(guestsOf(sim), {});
    // The other form of the backend's address, on the same folder.
    await command('pulumi login "file:///home/me/pulumi-state?metadata=skip"');
    // To the engine that is another backend, in which no stack was selected yet.
    await command("pulumi stack select matrix");
    for (const line of infisical) await command(line);
    const config = JSON.parse(await command("pulumi config --json")) as Record<
      string,
      { value?: string; secret: boolean }
    >;
    assert.equal(config["proxmox:infisicalPath"]?.value, "/pve");
    assert.equal(config["proxmox:tokenId"]?.secret, false);
    assert.equal(config["secrets:NAME"]?.secret, true);
  });

  it("are run elsewhere where that is said", () => {
    for (const [, reason, text] of elsewhere) {
      const [file] = /test\/[\w./-]+\.ts/.exec(reason) ?? [];
      assert.equal(file === undefined, text === undefined, reason);
      if (file !== undefined && text !== undefined)
        assert.ok(fs.readFileSync(path.join(projectRoot, file), "utf8").includes(text), `${file}: ${text}`);
    }
  });

  it("are all of them", () => {
    const covered = pages
      .flatMap(shellLines)
      .filter((line) => !done.includes(line) && !elsewhere.some(([which]) => which.test(line)));
    assert.deepEqual(covered, []);
    const inline = pages.filter((page) => page !== "docs/pulumi-options.md").flatMap(inlineCommands);
    assert.ok(inline.length > 5);
    const plain = (text: string): string => text.replace(/ --(?:yes|skip-preview|plaintext)\b/g, "");
    assert.deepEqual(
      inline
        .filter((text) => !elsewhere.some(([which]) => which.test(text)))
        .filter((text) => !done.some((line) => plain(line).startsWith(plain(text)))),
      [],
    );
  });
});
