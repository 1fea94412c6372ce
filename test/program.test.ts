import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { projectRoot } from "../cli/project";

describe("program.js, what Pulumi runs", function () {
  let folder: string;

  // A small project with the real bootstrap and build: the sources of this one are in use by other tests.
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "program-"));
    for (const name of ["cli", "contract", "scripts", "simulator", "stacks"]) fs.mkdirSync(path.join(folder, name));
    const scripts = ["fresh.cjs", "build.mjs", "lazy-requires.mjs"].map((name) => `scripts/${name}`);
    for (const name of ["program.js", "tsconfig.json", "package.json", ...scripts])
      fs.copyFileSync(path.join(projectRoot, name), path.join(folder, name));
    fs.symlinkSync(path.join(projectRoot, "node_modules"), path.join(folder, "node_modules"));
    for (const name of ["simulator/cli.ts", "cli/pulumi-proxmox.ts", "contract/index.ts"])
      fs.writeFileSync(path.join(folder, name), "export {};\n");
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  const write = (source: string): void => fs.writeFileSync(path.join(folder, "stacks", "index.ts"), source);
  const run = (): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, ["program.js"], { cwd: folder, encoding: "utf8" });

  it("compiles what was never compiled, and runs it", () => {
    write('console.log("first");\n');
    const { stdout, stderr } = run();
    assert.equal(stdout, "first\n", stderr);
    assert.equal(run().stdout, "first\n");
  });

  it("compiles anew what has changed", () => {
    write('console.log("second");\n');
    assert.equal(run().stdout, "second\n");
  });

  it("refuses to run old code when the sources do not compile, and says why", () => {
    write('const wrong: number = "third";\nconsole.log(wrong);\n');
    const { status, stdout, stderr } = run();
    assert.deepEqual([status, stdout], [1, ""]);
    assert.match(stderr, /do not compile; running the old code is refused/);
    assert.match(stderr, /stacks\/index\.ts\(1,7\): error TS2322/);
  });

  it("leaves nothing behind of a source that was removed", () => {
    write('console.log("fourth");\n');
    fs.writeFileSync(path.join(folder, "stacks", "gone.ts"), "export {};\n");
    run();
    const compiled = path.join(folder, "dist", "stacks", "gone.js");
    assert.ok(fs.existsSync(compiled));
    fs.rmSync(path.join(folder, "stacks", "gone.ts"));
    assert.equal(run().stdout, "fourth\n");
    assert.equal(fs.existsSync(compiled), false);
  });
});
