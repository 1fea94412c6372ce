import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { projectRoot } from "../../../../cli/project";
import { stayLean } from "../../../../providers/kernel/process/lean";

describe("the plugin's memory", () => {
  it("is collected above a size, and left alone below it", async () => {
    const sizes = [100e6, 250e6, 120e6, 181e6];
    let looks = 0;
    let collected = 0;
    const timer = stayLean(
      () => sizes[looks++] ?? 0,
      () => collected++,
      1,
      () => undefined,
    );
    while (looks <= sizes.length) await sleep(1);
    clearInterval(timer);
    assert.equal(collected, 2);
  });

  it("is not collected because the plugin waits", () => {
    const flags: string[] = [];
    clearInterval(
      stayLean(
        () => 0,
        () => undefined,
        1000,
        (flag) => flags.push(flag),
      ),
    );
    assert.deepEqual(flags, ["--no-memory-reducer"]);
  });

  it("is kept small by flags that this V8 knows: of others it would complain to the user", () => {
    const lean = path.join(projectRoot, "dist", "providers", "kernel", "process", "lean.js");
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["-e", `require(${JSON.stringify(lean)}).stayLean(); process.stdout.write("lean")`],
      { encoding: "utf8" },
    );
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: "lean", stderr: "" });
  });
});
