// From a fresh clone to a running command, in one command: install what is missing, build what is stale,
// get the Pulumi CLI when --engine is given, then run the compiled file after --run with the remaining arguments.
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "..");
const args = process.argv.slice(2);
const engine = take("--engine");
const run = args[0] === "--run" ? args.splice(0, 2)[1] : undefined;

installDependencies();
sh(process.execPath, ["scripts/build.mjs"]);
if (engine) sh(process.execPath, ["dist/cli/engine.js"]);
if (run) {
  const child = spawn(process.execPath, [run, ...args], { cwd: root, stdio: "inherit" });
  // A terminal's Ctrl-C reaches the child by itself; a second one from here would be taken for impatience.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("exit", (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
}

function installDependencies() {
  if (isInstalled()) return;
  console.error("Installing dependencies (npm ci) ...");
  sh("npm", ["ci", "--loglevel=error"]);
}

/** npm notes in node_modules what it has put there: an installation by hand counts too. */
function isInstalled() {
  const noted = path.join(root, "node_modules", ".package-lock.json");
  if (!fs.existsSync(noted)) return false;
  const { packages: present } = JSON.parse(fs.readFileSync(noted, "utf8"));
  const { packages: wanted } = JSON.parse(fs.readFileSync(path.join(root, "package-lock.json"), "utf8"));
  return Object.entries(wanted).every(
    ([name, { version, optional }]) => name === "" || optional || present[name]?.version === version,
  );
}

function sh(command, argv) {
  const done = spawnSync(command, argv, { cwd: root, stdio: ["ignore", 2, 2] });
  if (done.error) throw done.error;
  if (done.status !== 0) process.exit(done.status ?? 1);
}

function take(flag) {
  const at = args.indexOf(flag);
  return at >= 0 && args.splice(at, 1).length > 0;
}
