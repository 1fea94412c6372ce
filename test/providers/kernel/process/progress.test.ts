import assert from "node:assert/strict";
import { createReporter, type EngineMessage } from "../../../../providers/kernel/process/progress";

function reporter(interactive: boolean) {
  const sent: EngineMessage[] = [];
  let now = 0;
  return {
    sent,
    advance: (ms: number) => (now += ms),
    report: createReporter(
      "urn:x",
      (m) => sent.push(m),
      () => now,
      interactive,
    ),
  };
}

describe("progress in the row of a resource", () => {
  it("is told at most once a second with a terminal", () => {
    const { sent, advance, report } = reporter(true);
    for (let i = 0; i < 50; i++) {
      report.progress(`copied ${i} %`);
      advance(100);
    }
    assert.equal(sent.length, 5);
    assert.ok(sent.every((message) => message.ephemeral && message.urn === "urn:x"));
  });
  it("is told ever more rarely without one", () => {
    const { sent, advance, report } = reporter(false);
    for (let i = 0; i < 600; i++) {
      report.progress(`copied ${i} s`);
      advance(1000);
    }
    assert.ok(sent.length <= 14, `${sent.length} lines in ten minutes`);
    assert.ok(sent.length >= 5);
  });
  it("is asked for only when it would be shown", () => {
    const { advance, report } = reporter(true);
    assert.equal(report.listens?.(), true);
    report.progress("copied 1 %");
    assert.equal(report.listens?.(), false);
    advance(1000);
    assert.equal(report.listens?.(), true);
  });
  it("ends with the result, whatever was said just before", () => {
    const { sent, report } = reporter(false);
    report.progress("copied 80 %");
    report.result("vmid 101 on pve1");
    assert.deepEqual(
      sent.map(({ message }) => message),
      ["copied 80 %", "vmid 101 on pve1"],
    );
  });
  it("warns in the diagnostics of the run", () => {
    const { sent, report } = reporter(true);
    report.warn("careful");
    assert.deepEqual(sent, [{ urn: "urn:x", severity: "warning", message: "careful", ephemeral: false }]);
  });
});
