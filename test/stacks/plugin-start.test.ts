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

/** What a preview's first resource tells the plugin: whether it may ask the cluster of the stack's config ahead. */
const mayAsk = (program: string): unknown =>
  JSON.parse(
    execFileSync(
      process.execPath,
      [
        "-e",
        `const pulumi = require("@pulumi/pulumi");
        let told = "nothing";
        const newResource = ({ name, inputs }) => {
          if (name === "stack-identity") told = inputs.__preview ?? "nothing";
          return { id: name, state: inputs };
        };
        process.on("exit", () => console.log(JSON.stringify(told)));
        void (async () => {
          await pulumi.runtime.setMocks({ newResource, call: () => ({}) }, "project", "stack", true);
          const { Provider, Vm } = require("./dist");
          const { pluginStarts } = require("./dist/stacks/plugin-start");
          const blank = { source: { empty: true }, started: false };
          const lab = () => new Provider("lab", { "proxmox:endpoints": ["https://10.0.0.5:8006"] });
          ${program}
        })();`,
      ],
      { cwd: projectRoot, encoding: "utf8" },
    ),
  );

describe("the start of the plugin", () => {
  it("asks the cluster of the stack's config ahead where a resource of it is described, and else not", () => {
    assert.equal(mayAsk(`new Vm("web", blank);`), true);
    assert.equal(mayAsk(`new Vm("web", blank, { provider: lab() });`), false);
    assert.equal(mayAsk(`new Vm("web", blank, { provider: lab() }); new Vm("db", blank);`), true);
    assert.equal(mayAsk(`await pluginStarts(); new Vm("web", blank);`), false);
  });

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
