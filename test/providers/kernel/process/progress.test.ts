import assert from "node:assert/strict";
import { createReporter, type EngineMessage } from "../../../../providers/kernel/process/progress";

const web = "urn:pulumi:dev::site::pulumi-nodejs:dynamic/proxmox:Vm::web";

function reporter(interactive: boolean, urn = web) {
  const sent: EngineMessage[] = [];
  let now = 0;
  return {
    sent,
    advance: (ms: number) => (now += ms),
    report: createReporter(
      urn,
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
    assert.ok(sent.every((message) => message.ephemeral && message.urn === web));
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
      ["Vm web: copied 80 %", "Vm web: vmid 101 on pve1"],
    );
  });
  it("warns in the diagnostics of the run", () => {
    const { sent, report } = reporter(true);
    report.warn("careful");
    assert.deepEqual(sent, [{ urn: web, severity: "warning", message: "Vm web: careful", ephemeral: false }]);
  });
  it("begins with the resource that it is of, also of a component's child, and with none for the whole run", () => {
    const child = "urn:pulumi:dev::site::pve:index:Fleet$pulumi-nodejs:dynamic/proxmox:CloudImage::a: b";
    for (const [urn, line] of [
      [child, "CloudImage a: b: downloading"],
      ["", "downloading"],
    ] as const) {
      const { sent, report } = reporter(true, urn);
      report.progress("downloading");
      assert.deepEqual(
        sent.map(({ message }) => message),
        [line],
      );
    }
  });
});
