import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { projectRoot } from "../../../../cli/project";
import * as parts from "../../../../providers/kernel/program/sdk";

/** Files that a program has loaded once it has this library, as users' programs load them. */
const loadedBy = (program: string): string[] =>
  JSON.parse(
    execFileSync(process.execPath, ["-e", `${program}; console.log(JSON.stringify(Object.keys(require.cache)));`], {
      cwd: projectRoot,
      env: { ...process.env, PROXMOX_TEST_EAGER: "true" },
      encoding: "utf8",
    }),
  ) as string[];

describe("what a program loads of Pulumi's SDK", () => {
  const heavy = /@pulumi.pulumi.(automation|runtime.closure|index\.js)|node_modules.(typescript|@npmcli)./;

  it("is neither the Automation API nor the serialiser of closures", () => {
    const loaded = loadedBy(
      `require("./dist"); require("./dist/stacks/matrix"); require("./dist/stacks/plugin-start")`,
    );
    assert.ok(loaded.some((file) => /@pulumi.pulumi.resource\.js$/.test(file)));
    assert.deepEqual(
      loaded.filter((file) => heavy.test(file)),
      [],
    );
    assert.notDeepEqual(
      loadedBy(`require("@pulumi/pulumi")`).filter((file) => heavy.test(file)),
      [],
    );
  });

  it("is the same as what a program that loads all of it has", () => {
    const all = createRequire(__filename)("@pulumi/pulumi") as Record<string, unknown>;
    for (const [name, part] of Object.entries(parts))
      if (name === "runtime")
        for (const [key, value] of Object.entries(parts.runtime))
          assert.equal((all["runtime"] as Record<string, unknown>)[key], value, key);
      else if (name === "log") assert.equal(parts.log.warn, (all["log"] as typeof parts.log).warn);
      else assert.equal(all[name], part, name);
  });
});
