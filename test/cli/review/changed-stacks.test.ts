import assert from "node:assert/strict";
import { changedStacks } from "../../../cli/review/changed-stacks";

describe("the stacks that a change can change", () => {
  const stacks = ["demo", "doggos", "matrix"];
  const of = (...files: string[]) => changedStacks(files, stacks);

  it("are those whose own files changed", () => {
    assert.deepEqual(of("Pulumi.matrix.yaml"), ["matrix"]);
    assert.deepEqual(of("stacks/doggos.ts", "Pulumi.matrix.yaml"), ["doggos", "matrix"]);
  });

  it("are all of them when something changed that they share", () => {
    for (const file of ["providers/vm/vm.ts", "package-lock.json", "Pulumi.yaml", "stacks/index.ts", "program.js"])
      assert.deepEqual(of(file), stacks, file);
  });

  it("are none when only tests or documents changed, or a stack that is gone", () => {
    assert.deepEqual(of("docs/ceph.md", "README.md", "test/run.ts", ".github/workflows/checks.yml"), []);
    assert.deepEqual(of("Pulumi.gone.yaml"), []);
  });
});
