import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { projectRoot } from "../../../../cli/project";
import { stayLean } from "../../../../providers/kernel/process/lean";

describe("the plugin's memory", () => {
  /** The sizes at which it was collected, of those that were found one after the other; a collection leaves what is given. */
  async function collectedAt(sizes: readonly (number | readonly [before: number, after: number])[]): Promise<number[]> {
    const found: number[] = [];
    let looks = 0;
    let now = 0;
    let after: number | undefined;
    const timer = stayLean(
      () => {
        if (after !== undefined) {
          [now, after] = [after, undefined];
          return now * 1e6;
        }
        const size = sizes[looks++] ?? 0;
        now = typeof size === "number" ? size : size[0];
        return now * 1e6;
      },
      () => {
        found.push(now);
        const size = sizes[looks - 1];
        after = typeof size === "object" ? size[1] : now;
      },
      1,
      () => undefined,
    );
    while (looks <= sizes.length) await sleep(1);
    clearInterval(timer);
    return found;
  }

  it("is collected above a size, and left alone below it", async () => {
    assert.deepEqual(await collectedAt([100, [250, 110], 120, [181, 100], 170]), [250, 181]);
  });

  it("is not collected time and again where that size is in use", async () => {
    assert.deepEqual(await collectedAt([[200, 195], 195, 196, 210, 214, 195]), [200]);
  });

  it("is collected again when garbage has gathered above what the latest collection has left", async () => {
    assert.deepEqual(await collectedAt([[200, 195], 205, [216, 197], 210, [218, 196]]), [200, 216, 218]);
  });

  it("is measured by what was given back to the system after a collection", async () => {
    assert.deepEqual(await collectedAt([[260, 255], 200, 215, [221, 200]]), [260, 221]);
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
