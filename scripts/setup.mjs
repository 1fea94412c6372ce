// From a fresh clone to a running command, in one command: install what is missing, build what is stale,
// get the Pulumi CLI when --engine is given, then run the compiled file after --run with the remaining arguments.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
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
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
}

function installDependencies() {
  const lock = createHash("sha256")
    .update(fs.readFileSync(path.join(root, "package-lock.json")))
    .digest("hex");
  const stamp = path.join(root, "node_modules", ".installed");
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, "utf8") === lock) return;
  console.error("Installing dependencies (npm ci) ...");
  sh("npm", ["ci", "--loglevel=error"]);
  fs.writeFileSync(stamp, lock);
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
