import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";
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

  it("leaves out ts-node where the project says so, whatever the language host makes of it", () => {
    const asked = (folder: string): string => {
      const file = path.join(projectRoot, "node_modules", "@pulumi", "pulumi", "cmd", "run", "index.js");
      const preload = path.join(projectRoot, "test", "support", "lazy-modules.cjs");
      const script = `process.argv = ["node", ${JSON.stringify(file)}, "--pwd", ${JSON.stringify(folder)}, "program.js"];
        require(${JSON.stringify(preload)}); console.log(process.env.PULUMI_NODEJS_TYPESCRIPT);`;
      const env = { ...process.env, PULUMI_NODEJS_TYPESCRIPT: "true", NODE_OPTIONS: "" };
      return execFileSync(process.execPath, ["-e", script], { env, encoding: "utf8" });
    };
    assert.equal(asked(path.join(projectRoot, "test", "fixtures", "tiny")), "false\n");
    assert.equal(asked(path.join(projectRoot, "test")), "true\n");
  });
});
