import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { projectRoot } from "../../../../cli/project";
import { assertFreshBuild } from "../../../../providers/kernel/process/fresh-build";

describe("code that is older than its sources", function () {
  let root: string;
  const write = (file: string, text: string) => {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    fs.writeFileSync(path.join(root, file), text);
  };

  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), "fresh-build-"));
    for (const file of ["scripts/fresh.cjs", "scripts/build.mjs", "scripts/lazy-requires.mjs"])
      write(file, fs.readFileSync(path.join(projectRoot, file), "utf8"));
    write(
      "tsconfig.json",
      '{ "compilerOptions": { "outDir": "dist", "module": "node20", "types": [] }, "include": ["stacks", "simulator", "cli", "contract"] }',
    );
    write("simulator/cli.ts", "export {};\n");
    write("cli/pulumi-proxmox.ts", "export {};\n");
    write("contract/index.ts", "export {};\n");
    write("stacks/index.ts", "export const made = 1;\n");
    fs.symlinkSync(path.join(projectRoot, "node_modules"), path.join(root, "node_modules"));
  });
  afterEach(() => fs.rmSync(root, { recursive: true }));

  const build = () => spawnSync(process.execPath, ["scripts/build.mjs"], { cwd: root, encoding: "utf8" });
  it("is refused by the provider until it is built again", () => {
    assert.throws(() => assertFreshBuild(root), /run npm run build/);
    assert.equal(build().status, 0);
    assert.doesNotThrow(() => assertFreshBuild(root));
    write("stacks/index.ts", "export const made = 2;\n");
    assert.throws(() => assertFreshBuild(root), /sources .* changed since the last build/);
  });

  it("is refused too where a change keeps the file's size and time", () => {
    assert.equal(build().status, 0);
    const file = path.join(root, "stacks", "index.ts");
    const { atime, mtime } = fs.statSync(file);
    write("stacks/index.ts", "export const made = 3;\n");
    fs.utimesSync(file, atime, mtime);
    assert.throws(() => assertFreshBuild(root), /sources .* changed since the last build/);
  });

  it("is told by the file system without reading a source, and in a copy of the folder by reading them", () => {
    assert.equal(build().status, 0);
    const asked = (at: string): unknown => {
      const script = `const fs = require("fs");
        const { readFileSync } = fs;
        let read = 0;
        fs.readFileSync = (file, ...rest) => { if (/[.]ts$/.test(String(file))) read++; return readFileSync(file, ...rest); };
        const { isFresh } = require("./scripts/fresh.cjs");
        console.log(JSON.stringify([isFresh("program"), read > 0]));`;
      return JSON.parse(spawnSync(process.execPath, ["-e", script], { cwd: at, encoding: "utf8" }).stdout);
    };
    assert.deepEqual(asked(root), [true, false]);
    const copy = `${root}-copy`;
    try {
      fs.cpSync(root, copy, { recursive: true, filter: (from) => path.basename(from) !== "node_modules" });
      assert.deepEqual(asked(copy), [true, true]);
    } finally {
      fs.rmSync(copy, { recursive: true, force: true });
    }
  });

  it("is looked for once in a process, whatever kinds it provides", () => {
    const program = `
      const fresh = require(${JSON.stringify(path.join(projectRoot, "scripts", "fresh.cjs"))});
      const { isFresh } = fresh;
      let asked = 0;
      fresh.isFresh = (scope) => { asked++; return isFresh(scope); };
      const provider = require("pulumi-proxmox-cluster/provider");
      for (const kind of ["Pool", "Dns", "Pool", "TimeZone"]) provider(kind);
      process.stdout.write(String(asked), () => process.exit());`;
    const run = spawnSync(process.execPath, ["-e", program], { cwd: projectRoot, encoding: "utf8" });
    assert.equal(run.stdout, "1", run.stderr);
  });

  it("cannot be in a published package, which has no sources", () => {
    fs.rmSync(path.join(root, "scripts"), { recursive: true });
    assert.doesNotThrow(() => assertFreshBuild(root));
  });
});
