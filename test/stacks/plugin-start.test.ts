import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { projectRoot } from "../../cli/project";

/** What is registered when the plugin is on its way; in a process of its own, which no other test has registered anything in. */
const registered = (preview: boolean): string[] =>
  JSON.parse(
    execFileSync(
      process.execPath,
      [
        "-e",
        `const pulumi = require("@pulumi/pulumi");
        const registered = [];
        const newResource = ({ name, inputs }) => (registered.push(name), { id: name, state: inputs });
        pulumi.runtime.setMocks({ newResource, call: () => ({}) }, "project", "stack", ${String(preview)});
        require("./dist/stacks/plugin-start").pluginStarts().then(() => console.log(JSON.stringify(registered)));`,
      ],
      { cwd: projectRoot, encoding: "utf8" },
    ),
  ) as string[];

describe("the start of the plugin", () => {
  it("is asked for before a cluster is described, in previews alone", () => {
    assert.deepEqual(registered(true), ["stack-identity"]);
    assert.deepEqual(registered(false), []);
  });
});
