import assert from "node:assert/strict";
import { readPreview } from "../../../cli/review/planned-changes";

const urn = (type: string, name: string) => `urn:pulumi:matrix::lab::${type}::${name}`;
const vm = urn("proxmox:Fleet$pulumi-nodejs:dynamic/proxmox:Vm", "web");
const step = (op: string, of = vm) => ({ resourcePreEvent: { metadata: { op, urn: of, new: { custom: true } } } });
const line = (message: string, severity = "info") => ({ diagnosticEvent: { urn: vm, message, severity } });
const stream = (...events: readonly object[]) => events.map((event) => JSON.stringify(event)).join("\n");
const end = { summaryEvent: { result: "succeeded" } };

describe("events of a preview", () => {
  it("tell of each resource what happens to it, with what its provider says", () => {
    const { changes, complete } = readPreview(
      stream(step("update"), line("Vm web: reboot: cores\n"), line("Vm web: reboot: cores\n"), end),
    );
    const [{ old, next, ...change } = {}, ...more] = changes;
    assert.deepEqual(change, { urn: vm, kind: "Vm", name: "web", operation: "update", lines: ["reboot: cores"] });
    assert.deepEqual([old, next, more], [undefined, undefined, []]);
    assert.ok(complete);
  });

  it("are one replacement, however many steps it has", () => {
    for (const steps of [
      ["create-replacement", "replace", "delete-replaced"],
      ["delete-replaced", "replace", "create-replacement"],
    ])
      assert.deepEqual(
        readPreview(stream(...steps.map((op) => step(op)), end)).changes.map(({ operation }) => operation),
        ["replace"],
      );
  });

  it("tell what the state has of a resource, and whether the engine only forgets it", () => {
    const state = { custom: true, inputs: { force: false }, outputs: { force: true }, retainOnDelete: true };
    for (const metadata of [
      { op: "delete", urn: vm, old: state },
      { op: "delete", urn: vm, oldState: { ...state, deletedWith: "" } },
    ]) {
      const { old } = readPreview(stream({ resourcePreEvent: { metadata } }, end)).changes[0] ?? {};
      assert.deepEqual([old?.retained, old?.isTrue("force"), old?.deletedWith], [true, true, undefined]);
    }
    const untold = { op: "delete", urn: vm, old: { custom: true, inputs: {}, outputs: null } };
    assert.equal(readPreview(stream({ resourcePreEvent: { metadata: untold } }, end)).changes[0]?.old, undefined);
    // Its provider is handed what the state has, which an argument that was never written down is no part of.
    const inputs = { op: "delete", urn: vm, old: { custom: true, inputs: { force: true } } };
    assert.equal(
      readPreview(stream({ resourcePreEvent: { metadata: inputs } }, end)).changes[0]?.old?.isTrue("force"),
      true,
    );
  });

  it("leave out components and the stack's identity, which are nothing in the cluster", () => {
    const component = {
      resourcePreEvent: { metadata: { op: "create", urn: urn("proxmox:Fleet", "web"), new: { custom: false } } },
    };
    const identity = step("create", urn("pulumi-nodejs:dynamic/proxmox:StackIdentity", "stack-identity"));
    assert.deepEqual(readPreview(stream(component, identity, end)).changes, []);
  });

  it("of a refresh are what was found, not what was asked", () => {
    const found = { resOutputsEvent: { metadata: { op: "delete", urn: vm, old: { custom: true } } } };
    assert.equal(readPreview(stream(step("refresh"), found, end)).changes[0]?.operation, "delete");
  });

  it("that were cut off, or have errors, are not a whole preview", () => {
    assert.equal(readPreview(stream(step("update"))).complete, false);
    assert.equal(readPreview(stream(step("update"), { summaryEvent: { result: "failed" } })).complete, false);
    const { complete, errors } = readPreview(stream(line("no such node", "error"), end));
    assert.deepEqual({ complete, errors }, { complete: false, errors: ["no such node"] });
  });

  it("are refused where a line or a step is none that is known", () => {
    assert.throws(() => readPreview(`${stream(step("update"))}\nPreviewing update (matrix)`), /line 2 is no event/);
    assert.throws(() => readPreview(stream(step("explode"))), /step "explode"/);
  });

  it("may come as the document of pulumi preview --json, which does not tell what changes do", () => {
    const document = { steps: [{ op: "update", urn: vm, newState: { custom: true } }], changeSummary: { update: 1 } };
    const preview = readPreview(JSON.stringify(document, null, 2));
    assert.deepEqual(
      preview.changes.map(({ operation }) => operation),
      ["update"],
    );
    assert.deepEqual({ lines: preview.withLines, complete: preview.complete }, { lines: false, complete: true });
  });

  it("of a refresh cannot come as that document, in which every step looks unchanged", () => {
    const document = { steps: [{ op: "refresh", urn: vm, newState: { custom: true } }], changeSummary: { update: 1 } };
    assert.throws(() => readPreview(JSON.stringify(document)), /PULUMI_ENABLE_STREAMING_JSON_PREVIEW/);
  });
});
