import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { projectRoot } from "../../../../cli/project";
import { stayLean } from "../../../../providers/kernel/process/lean";

describe("the plugin's memory", () => {
  /** MB of the process and of what it holds, as they are found one after the other; and what a collection leaves of that. */
  type Look = readonly [rss: number, held: number, left?: number];

  /** What was held when it was collected. */
  async function collectedAt(looks: readonly Look[]): Promise<number[]> {
    const collected: number[] = [];
    const left: number[] = [];
    let at = 0;
    const timer = stayLean(
      () => {
        const after = left.pop();
        const [rss, held] = after === undefined ? (looks[at++] ?? [0, 0]) : [0, after];
        return { rss: rss * 1e6, heapUsed: (held - 1) * 1e6, external: 1e6 };
      },
      () => {
        const [, held, after = held] = looks[at - 1] ?? [0, 0];
        collected.push(held);
        left.push(after);
      },
      1,
      () => undefined,
    );
    while (at <= looks.length) await sleep(1);
    clearInterval(timer);
    return collected;
  }

  it("is collected above a size, and left alone below it", async () => {
    assert.deepEqual(
      await collectedAt([
        [100, 90],
        [250, 150, 60],
        [120, 90],
        [181, 95, 60],
      ]),
      [150, 95],
    );
  });

  it("is not collected time and again where that size is in use", async () => {
    assert.deepEqual(
      await collectedAt([
        [200, 110, 100],
        [200, 101],
        [205, 107],
        [200, 102],
      ]),
      [110],
    );
  });

  it("is collected again when garbage has gathered above what the latest collection has left", async () => {
    assert.deepEqual(
      await collectedAt([
        [200, 110, 100],
        [200, 105],
        [200, 109, 101],
        [200, 130, 104],
        [200, 111],
      ]),
      [110, 109, 130],
    );
  });

  it("is measured by the least that it has held since", async () => {
    assert.deepEqual(
      await collectedAt([
        [200, 130, 125],
        [190, 100],
        [190, 107],
        [190, 109, 100],
      ]),
      [130, 109],
    );
  });

  it("is not collected because the plugin waits", () => {
    const flags: string[] = [];
    clearInterval(
      stayLean(
        () => ({ rss: 0, heapUsed: 0, external: 0 }),
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
