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

/** What dist/ is made from, to be written when it has been made. */
const fingerprint = () => JSON.stringify({ program: hashOf("program"), all: hashOf("all") });
/** `program`: what a program and its plugin load is up to date; `all`: everything is. */
const isFresh = (scope) => fs.existsSync(stamp) && JSON.parse(fs.readFileSync(stamp, "utf8"))[scope] === hashOf(scope);
const writeStamp = (print) => fs.writeFileSync(stamp, print);

module.exports = { root, fingerprint, isFresh, writeStamp };
