// Is dist/ what the sources say? Plain JavaScript, because it runs before anything is built.
// A published package has no sources and no copy of this file: there is nothing to compare there.
"use strict";
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

const root = path.join(__dirname, "..");
const stamp = path.join(root, "dist", ".sources");
const folders = [
  "providers",
  "components",
  "stacks",
  "pve",
  "secrets",
  "contract",
  "simulator",
  "cli",
  "test",
  "bench",
  "scripts",
];
const watched = /\.(ts|json)$/;

function sources() {
  const files = fs.readdirSync(root).filter((name) => watched.test(name) && name !== "package-lock.json");
  const walk = (folder) => {
    for (const entry of fs.readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const name = `${folder}/${entry.name}`;
      if (entry.isDirectory()) walk(name);
      else if (entry.name.endsWith(".ts") || (folder === "contract" && entry.name.endsWith(".json"))) files.push(name);
    }
  };
  for (const folder of folders) if (fs.existsSync(path.join(root, folder))) walk(folder);
  return files.sort();
}

/** One hash over every source that ends up in dist/. */
function fingerprint() {
  const hash = createHash("sha256");
  for (const file of sources())
    hash
      .update(`${file}\0`)
      .update(fs.readFileSync(path.join(root, file)))
      .update("\0");
  return hash.digest("hex");
}

const isFresh = () => fs.existsSync(stamp) && fs.readFileSync(stamp, "utf8") === fingerprint();
const writeStamp = (print) => fs.writeFileSync(stamp, print);

module.exports = { root, fingerprint, isFresh, writeStamp };
