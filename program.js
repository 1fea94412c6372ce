// What Pulumi runs: at the root, so that the program and its plugin both work from the project's folder.
"use strict";
const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");

const fresh = path.join(__dirname, "scripts", "fresh.cjs");
if (fs.existsSync(fresh) && !require(fresh).isFresh("program")) {
  const built = spawnSync(process.execPath, [path.join(__dirname, "scripts", "build.mjs")], { encoding: "utf8" });
  if (built.status !== 0)
    throw new Error(
      `the sources changed and do not compile; running the old code is refused:\n${built.stdout}${built.stderr}`,
    );
}

module.exports = require("./dist/stacks/index.js");
