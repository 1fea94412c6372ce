// Is dist/ what the sources say? Plain JavaScript, because it runs before anything is built.
// A published package has no sources and no copy of this file: there is nothing to compare there.
"use strict";
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

const root = path.join(__dirname, "..");
const stamp = path.join(root, "dist", ".sources.json");
/** What a program and its plugin load; the tests and the simulator may change without making them stale. */
const program = ["providers", "components", "stacks", "pve", "secrets", "audit", "privileges", "contract"];
const folders = { program, all: [...program, "simulator", "cli", "test", "bench", "scripts"] };
const watched = /\.(ts|json)$/;

function sources(scope) {
  const files = fs.readdirSync(root).filter((name) => watched.test(name) && name !== "package-lock.json");
  const walk = (folder) => {
    for (const entry of fs.readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const name = `${folder}/${entry.name}`;
      if (entry.isDirectory()) walk(name);
      else if (entry.name.endsWith(".ts") || (folder === "contract" && entry.name.endsWith(".json"))) files.push(name);
    }
  };
  for (const folder of folders[scope]) if (fs.existsSync(path.join(root, folder))) walk(folder);
  return files.sort();
}

/** One hash over every source of the scope. */
function hashOf(scope) {
  const hash = createHash("sha256");
  for (const file of sources(scope))
    hash
      .update(`${file}\0`)
      .update(fs.readFileSync(path.join(root, file)))
      .update("\0");
  return hash.digest("hex");
}

/**
 * What the file system tells of the sources without reading them. Whoever writes to a file, or puts another one in its
 * place, changes one of these whatever times he gives to it.
 */
function marksOf(scope) {
  const hash = createHash("sha256");
  for (const file of sources(scope)) {
    const { ino, size, mtimeNs, ctimeNs } = fs.statSync(path.join(root, file), { bigint: true });
    hash.update(`${file}\0${ino} ${size} ${mtimeNs} ${ctimeNs}\0`);
  }
  return hash.digest("hex");
}

/** What dist/ is made from, to be written when it has been made. The marks come first: what changes after them is read. */
const fingerprint = () => JSON.stringify({ marks: marksOf("program"), program: hashOf("program"), all: hashOf("all") });

/**
 * `program`: what a program and its plugin load is up to date; `all`: everything is. Programs and plugins are waited for, and
 * ask the file system first; in a copy of the folder that tells nothing, and the sources are read.
 */
function isFresh(scope) {
  if (!fs.existsSync(stamp)) return false;
  const made = JSON.parse(fs.readFileSync(stamp, "utf8"));
  return (scope === "program" && made.marks === marksOf(scope)) || made[scope] === hashOf(scope);
}
const writeStamp = (print) => fs.writeFileSync(stamp, print);

module.exports = { root, fingerprint, isFresh, writeStamp };
