// Compiles to dist/ when the sources changed since the last build; does nothing otherwise.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import fs from "node:fs";
import path from "node:path";
import { makeRequiresLazy } from "./lazy-requires.mjs";

const require = createRequire(import.meta.url);
const { root, fingerprint, isFresh, writeStamp } = require("./fresh.cjs");

/**
 * What programs and their plugins load of this library. The index itself stays as the compiler writes it: by that form Node.js
 * tells an ES module which names it has.
 */
const library = ["components", "providers", "pve", "secrets", "audit", "privileges", "contract"];

if (!isFresh("all")) {
  const print = fingerprint();
  removeOrphans(path.join(root, "dist"));
  // The native compiler checks and emits in seconds; the one in JavaScript stays for ESLint and the tests of comments.
  const manifest = require.resolve("typescript-native/package.json");
  const tsc = spawnSync(process.execPath, [path.join(path.dirname(manifest), "bin", "tsc"), "-p", root], {
    stdio: ["ignore", 2, 2],
  });
  if (tsc.status !== 0) process.exit(tsc.status ?? 1);
  copyTables();
  makeRequiresLazy(...library.map((name) => path.join(root, "dist", name)));
  for (const command of ["simulator/cli.js", "cli/pulumi-proxmox.js"])
    fs.chmodSync(path.join(root, "dist", command), 0o755);
  writeStamp(print);
}

/** The contract is read from JSON files next to the module that loads it. */
function copyTables() {
  const [from, to] = [path.join(root, "contract"), path.join(root, "dist", "contract")];
  const tables = fs.readdirSync(from).filter((name) => name.endsWith(".json"));
  for (const old of fs.readdirSync(to))
    if (old.endsWith(".json") && !tables.includes(old)) fs.rmSync(path.join(to, old));
  for (const table of tables) fs.copyFileSync(path.join(from, table), path.join(to, table));
}

/** A deleted source must not live on as compiled code. */
function removeOrphans(folder) {
  if (!fs.existsSync(folder)) return;
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) removeOrphans(file);
    else {
      const stem = /^(.*?)(\.d\.ts|\.js\.map|\.js)$/.exec(path.relative(path.join(root, "dist"), file));
      if (stem && !fs.existsSync(path.join(root, `${stem[1]}.ts`))) fs.rmSync(file);
    }
  }
}
