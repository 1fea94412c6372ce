// `npm run test:runtimes`: what people install today. The project is copied, installed with the newest SDK on the newest
// Node.js of versions.json, and tested where Node.js and the SDK matter: connections, the plugin, and the life of a
// whole stack. With --long on each Node.js, by more lives and all tests of the plugin, and `npm run demo` runs on a
// machine that has no Pulumi. The first of them compiles, with the types of that SDK, what all of them run: what comes of
// it depends on no Node.js (`program.test.ts` compiles on each). The last line sums up.
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { projectRoot } from "../../cli/project";
import { outFolder } from "../support/environment";

interface Versions {
  readonly nodes: readonly string[];
  readonly sdk: string;
}

const { nodes, sdk } = JSON.parse(
  fs.readFileSync(path.join(projectRoot, "test", "runtimes", "versions.json"), "utf8"),
) as Versions;

/** What Node.js does for us: TLS, HTTP, SSH, streams, child processes. */
const ofNode = ["pve/transport", "pve/trust", "pve/tls-sessions", "pve/upload", "pve/ssh/*", "secrets/infisical"];
/** What the SDK does, how it loads, calls and ends us; and of each area a short life through it. */
const ofSdk = ["program", "support/plugin", "support/lazy-modules"];
const calls = ["runtime", "writes", "requests", "secret-references"];
const areas = ["vm", "snippet", "pool"];
const long = process.argv.includes("--long");
const tests = [
  ...[...ofNode, ...ofSdk],
  ...(long ? ["*"] : [...calls, ...areas]).map((name) => `providers/plugin/${name}`),
  ...["life", ...(long ? ["secrets", "options", "layouts", "changes", "fleet"] : [])].map((name) => `stack/${name}`),
].map((name) => `dist/test/${name}.test.js`);

const sum = { passed: 0, failed: 0 };

/** Runs a command whose last line tells how many passed and failed; any other outcome is one failure. */
function counted(what: string, command: readonly string[], cwd: string, env: NodeJS.ProcessEnv): void {
  const counts = /^(\d+) passed, (\d+) failed$/m;
  const { code, text } = run(command, cwd, env);
  const last = counts.exec(text.trimEnd().split("\n").at(-1) ?? "");
  const [passed, failed] = [Number(last?.[1] ?? 0), Number(last?.[2] ?? 0)];
  sum.passed += passed;
  sum.failed += code !== 0 && failed === 0 ? 1 : failed;
  process.stdout.write(`${what}: ${last ? last[0] : `ended with ${code}`}\n`);
}

function checked(what: string, command: readonly string[], cwd: string, env: NodeJS.ProcessEnv): boolean {
  const { code } = run(command, cwd, env);
  sum[code === 0 ? "passed" : "failed"]++;
  process.stdout.write(`${code === 0 ? "ok" : "FAIL"} ${what}\n`);
  return code === 0;
}

function run([program = "", ...args]: readonly string[], cwd: string, env: NodeJS.ProcessEnv) {
  const { status, stdout, error } = spawnSync(program, args, {
    cwd,
    env,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (error) throw error;
  process.stdout.write(stdout);
  return { code: status, text: stdout };
}

/** Node.js itself, as its package brings it; its folder is the first of the PATH of all that follows. */
function install(version: string, folder: string): NodeJS.ProcessEnv {
  const name = `node-${process.platform}-${process.arch}`;
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, "package.json"), '{ "private": true }\n');
  execFileSync("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", `${name}@${version}`], {
    cwd: folder,
    stdio: ["ignore", 2, 2],
  });
  const bin = path.join(folder, "node_modules", name, "bin");
  const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env["PATH"]}` };
  const found = execFileSync("node", ["--version"], { env, encoding: "utf8" }).trim();
  if (found !== `v${version}`) throw new Error(`node says ${found}, and not v${version}`);
  return env;
}

/** What git knows, as a clone would have it. */
function copyOfProject(folder: string): string {
  const files = execFileSync("git", ["ls-files", "-z"], { cwd: projectRoot, encoding: "utf8" }).split("\0");
  for (const file of files.filter((name) => name !== "" && fs.existsSync(path.join(projectRoot, name)))) {
    const target = path.join(folder, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.copyFileSync(path.join(projectRoot, file), target);
  }
  return folder;
}

/** An empty home folder; only what Go has downloaded and compiled before is used again, as it would be at home. */
function withoutPulumi(env: NodeJS.ProcessEnv, home: string): NodeJS.ProcessEnv {
  const pathWithout = (env["PATH"] ?? "")
    .split(path.delimiter)
    .filter((folder) => !fs.existsSync(path.join(folder, "pulumi")))
    .join(path.delimiter);
  const ofGo = (name: string) => execFileSync("go", ["env", name], { encoding: "utf8" }).trim();
  const caches = { GOMODCACHE: ofGo("GOMODCACHE"), GOCACHE: ofGo("GOCACHE") };
  return { ...env, ...caches, HOME: home, PATH: pathWithout };
}

function main(): void {
  const root = path.join(outFolder, "runtimes");
  let compiled: string | undefined;
  for (const [index, version] of (long ? nodes : nodes.slice(-1)).entries()) {
    process.stdout.write(`== Node.js ${version}, SDK ${sdk}\n`);
    const folder = path.join(root, version);
    fs.rmSync(folder, { recursive: true, force: true });
    const env = install(version, path.join(folder, "node"));
    const project = copyOfProject(path.join(folder, "project"));
    const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
    if (long && index === 0) {
      const home = fs.mkdtempSync(path.join(os.tmpdir(), "no-pulumi-"));
      checked(
        `npm run demo on Node.js ${version} without Pulumi`,
        ["npm", "run", "demo"],
        project,
        withoutPulumi(env, home),
      );
      fs.rmSync(home, { recursive: true });
    } else execFileSync("npm", ["ci", ...quiet], { cwd: project, env, stdio: ["ignore", 2, 2] });
    execFileSync("npm", ["install", "--no-save", ...quiet, `@pulumi/pulumi@${sdk}`], {
      cwd: project,
      env,
      stdio: ["ignore", 2, 2],
    });
    const dist = path.join(project, "dist");
    if (compiled === undefined) {
      // What the demo has compiled is looked at again only where the SDK's types are others.
      fs.rmSync(path.join(dist, ".sources.json"), { force: true });
      if (!checked(`builds with SDK ${sdk}`, ["node", "scripts/build.mjs"], project, env)) return;
      compiled = dist;
    } else fs.cpSync(compiled, dist, { recursive: true });
    // Plugins by the dozen load the same modules.
    const cached = { ...env, NODE_COMPILE_CACHE: path.join(folder, "compiled") };
    counted(`Node.js ${version}, SDK ${sdk}`, ["node", "dist/test/run.js", ...tests], project, cached);
  }
}

try {
  main();
} catch (error) {
  sum.failed++;
  process.stdout.write(`FAIL ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}
process.stdout.write(`${sum.passed} passed, ${sum.failed} failed\n`);
process.exitCode = sum.failed > 0 ? 1 : 0;
