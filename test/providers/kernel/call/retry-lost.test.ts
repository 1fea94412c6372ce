import assert from "node:assert/strict";
import { ProxmoxError } from "../../../../pve";
import { retryLost } from "../../../../providers/kernel/call/retry-lost";
import { silentReport } from "../../../support/silent-report";

describe("work that goes on after a lost answer", () => {
  const report = silentReport();
  const lost = () => new ProxmoxError({ kind: "unavailable", message: "no answer" });

  it("is begun anew, after ever longer pauses, and gives up in the end", async () => {
    const pauses: number[] = [];
    const pause = async (ms: number) => void pauses.push(ms);
    let count = 0;
    const call = { signal: new AbortController().signal, report };
    const work = async () => {
      if (++count < 3) throw lost();
      return count;
    };
    assert.equal(await retryLost(call, work, pause), 3);
    assert.deepEqual(pauses, [1000, 4000]);
    await assert.rejects(
      retryLost(call, () => Promise.reject(lost()), pause),
      /no answer/,
    );
    assert.equal(pauses.length, 5);
  });

  it("is not begun anew for a node that is away", async () => {
    const away = new ProxmoxError({ kind: "unavailable", message: "node pve2 is offline", offline: "pve2" });
    let count = 0;
    const work = () => {
      count++;
      return Promise.reject(away);
    };
    await assert.rejects(
      retryLost({ signal: new AbortController().signal, report }, work, async () => undefined),
      /is offline/,
    );
    assert.equal(count, 1);
  });

  it("is also begun anew when the config changed between reading and writing", async () => {
    const said = "detected modified configuration - file changed by other user? Try again.";
    let count = 0;
    const work = async () => {
      if (++count === 1) throw new ProxmoxError({ kind: "task-failed", reason: "conflict", message: said, said });
      return "done";
    };
    const call = { signal: new AbortController().signal, report };
    assert.equal(await retryLost(call, work, async () => undefined), "done");
  });

  it("is not begun anew after any other failure, nor when the operation has ended", async () => {
    let count = 0;
    const failing = (error: Error) => () => {
      count++;
      return Promise.reject(error);
    };
    const call = { signal: new AbortController().signal, report };
    await assert.rejects(
      retryLost(call, failing(new Error("wrong")), async () => undefined),
      /wrong/,
    );
    const ended = { signal: AbortSignal.abort(), report };
    await assert.rejects(
      retryLost(ended, failing(lost()), async () => undefined),
      /no answer/,
    );
    assert.equal(count, 2);
  });
});
