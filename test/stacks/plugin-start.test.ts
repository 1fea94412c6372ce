import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";
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

/** Files that this repository's program has loaded when it tells of its first resource. */
const loadedBefore = (): string[] =>
  JSON.parse(
    execFileSync(
      process.execPath,
      [
        "-e",
        `const pulumi = require("@pulumi/pulumi");
        let loaded;
        const newResource = ({ name, inputs }) => {
          loaded ??= Object.keys(require.cache).filter((file) => /dist.(stacks|components)./.test(file));
          return { id: name, state: inputs };
        };
        pulumi.runtime.setMocks({ newResource, call: () => ({}) }, "project", "nexus", true);
        process.on("unhandledRejection", () => undefined);
        process.on("exit", () => console.log(JSON.stringify(loaded)));
        void require("./dist/stacks")();`,
      ],
      { cwd: projectRoot, encoding: "utf8" },
    ),
  ) as string[];

describe("the start of the plugin", () => {
  it("is not waited for until a cluster and the library are loaded", () => {
    assert.deepEqual(
      loadedBefore()
        .map((file) => path.basename(file))
        .sort(),
      ["index.js", "plugin-start.js"],
    );
  });

  it("is asked for before a cluster is described, in previews alone", () => {
    assert.deepEqual(registered(true), ["stack-identity"]);
    assert.deepEqual(registered(false), []);
  });
});
