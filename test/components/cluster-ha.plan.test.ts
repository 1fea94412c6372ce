import assert from "node:assert/strict";
import { planHa } from "../../components/cluster-ha.plan";

type Args = Readonly<Record<string, unknown>>;

describe("high availability of a cluster, beside what its VMs say", () => {
  const problems = (vm: Args, resource: Args, name = "web"): string[] => {
    const found: string[] = [];
    planHa({ resources: { [name]: resource } }, { web: vm }, found);
    return found;
  };

  it("is refused where both decide whether a VM runs, and do not agree: where, and what to write", () => {
    assert.deepEqual(problems({ started: false }, { state: "started" }), [
      'vms.web.started: is false, and ha.resources.web.state "started" starts it: under HA it is HA that decides; leave started out, or write state: "stopped" there',
    ]);
    for (const state of ["stopped", "disabled"])
      assert.deepEqual(problems({ started: true }, { state }), [
        `vms.web.started: is true, and ha.resources.web.state "${state}" stops it: under HA it is HA that decides; leave started out, or write state: "started" there`,
      ]);
  });

  it("finds the VM by its VMID too", () => {
    const vm = { started: false, vmid: 900 };
    assert.match(
      problems(vm, { state: "started" }, "900").join(),
      /^vms\.web\.started: is false, and ha\.resources\.900/,
    );
    assert.match(problems(vm, { state: "started", vmid: 900 }, "other").join(), /^vms\.web\.started: is false/);
    assert.deepEqual(problems(vm, { state: "started", vmid: 901 }, "other"), []);
  });

  it("agrees with a VM that says the same, says nothing, or that only the engine knows", () => {
    const later = Promise.resolve(false);
    assert.deepEqual(problems({ started: true }, { state: "started" }), []);
    assert.deepEqual(problems({ started: false }, { state: "stopped" }), []);
    assert.deepEqual(problems({ started: false }, { state: "ignored" }), []);
    assert.deepEqual(problems({ started: false }, {}), []);
    assert.deepEqual(problems({}, { state: "started" }), []);
    assert.deepEqual(problems({ started: later }, { state: "started" }), []);
    assert.deepEqual(problems({ started: false }, { state: later }), []);
  });
});
