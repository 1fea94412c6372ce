import assert from "node:assert/strict";
import { cleanupPending, hasPending, mergedSection, pendingEntries } from "../../../simulator/qemu/pending";

const file = () => ({
  config: { cores: "1", memory: "512", name: "a", onboot: "0", cipassword: "secret" },
  pending: { cores: "2", memory: "512", cipassword: "other" },
  pendingDelete: { name: { force: false }, onboot: { force: true }, net0: { force: false } },
  snapshots: {},
});

describe("pending changes", () => {
  it("that change nothing go", () => {
    const vm = file();
    cleanupPending(vm);
    assert.deepEqual(Object.keys(vm.pending), ["cores", "cipassword"]);
    assert.deepEqual(Object.keys(vm.pendingDelete), ["name", "onboot"]);
    assert.ok(hasPending(vm));
    assert.ok(!hasPending({ ...vm, pending: {}, pendingDelete: {} }));
  });

  it("are merged into what is shown; a value that is false in Perl outlives its deletion", () => {
    assert.deepEqual(mergedSection(file()), { cores: "2", memory: "512", onboot: "0", cipassword: "other" });
  });

  it("are listed beside the current values, passwords hidden", () => {
    assert.deepEqual(pendingEntries(file()), [
      { key: "cores", value: 1, pending: 2 },
      { key: "memory", value: "512", pending: "512" },
      { key: "name", value: "a", delete: 1 },
      { key: "onboot", value: 0, delete: 2 },
      { key: "cipassword", value: "**********", pending: "********** " },
      { key: "net0", delete: 1 },
    ]);
  });
});
