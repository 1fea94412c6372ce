import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { projectRoot } from "../../cli/project";
import { testEnvironment } from "./environment";

describe("what Pulumi's SDK loads in the tests", () => {
  const run = (script: string): string =>
    execFileSync(process.execPath, ["-e", script], {
      cwd: projectRoot,
      env: { ...process.env, ...testEnvironment() },
      encoding: "utf8",
    });
  const loaded = `Object.keys(require.cache).filter((file) => /node_modules.(typescript|@npmcli.arborist)./.test(file))`;

  it("is neither the compiler nor npm's trees", () => {
    assert.equal(run(`require("@pulumi/pulumi"); console.log(${loaded}.length)`), "0\n");
  });

  it("comes when a closure is serialised", () => {
    const script = `const { runtime } = require("@pulumi/pulumi");
      runtime.serializeFunction(() => 42).then(({ text }) => console.log(/return 42|=> 42/.test(text), ${loaded}.length > 0));`;
    assert.equal(run(script), "true true\n");
  });
});
