import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";
import { projectRoot } from "../../../../cli/project";

/** What a script prints that runs in a process of its own, with the providers as the plugin has them. */
function inPlugin(script: string): unknown {
  const provider = path.join(projectRoot, "dist", "providers", "index.js");
  const text = `const provider = require(${JSON.stringify(provider)});
    const loaded = (pattern) => Object.keys(require.cache).filter((file) => pattern.test(file));
    const show = (value) => process.stdout.write(JSON.stringify(value));
    ${script}`;
  return JSON.parse(execFileSync(process.execPath, ["-e", text], { cwd: projectRoot, encoding: "utf8" }));
}

describe("what a plugin loads", () => {
  it("is nothing that it never uses: neither other HTTP than Node's nor messages in other languages", () => {
    const found = inPlugin(`
      provider("Vm");
      show(loaded(/node_modules.(?:undici|zod.v4.locales.(?!en\\.|index\\.))/));
    `);
    assert.deepEqual(found, []);
  });

  it("is of a kind what is asked of it: how guests are made and changed waits for the first one", () => {
    const found = inPlugin(`
      provider("Vm");
      show([loaded(/vm.vm\\.provider\\.js$/).length, loaded(/vm.life.(?:create|sync|remove|adopt)\\.js$/)]);
    `);
    assert.deepEqual(found, [1, []]);
  });

  it("has the messages in other languages for those who ask", () => {
    const found = inPlugin(`
      provider("Vm");
      const { z } = require("zod");
      const real = require("zod/v4/locales");
      show([
        z.locales.de().localeError({ code: "invalid_key", origin: "map", issues: [], input: 1 }),
        Object.keys(z.locales).length > 40, "fr" in z.locales, z.locales.de === real.de,
        z.string().safeParse(1).error.issues[0].message,
      ]);
    `);
    assert.deepEqual(found, [
      "Ungültiger Schlüssel in map",
      true,
      true,
      true,
      "Invalid input: expected string, received number",
    ]);
  });

  it("is next to nothing for the identity of the stack, and then, while it waits, what the program will ask for", () => {
    const found = inPlugin(`
      const ours = () => loaded(/(?:vm|pool).provider\\.js$|session.session\\.js$/).map((file) => require("path").basename(file));
      const identity = provider("StackIdentity");
      identity.check({}, { __kinds: ["Pool", "no such kind", "Vm"], __provider: "text" }).then(async (checked) => {
        const before = ours();
        for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
        show([checked, before, ours()]);
      });
    `);
    assert.deepEqual(found, [
      { inputs: { __provider: "text" } },
      [],
      ["session.js", "pool.provider.js", "vm.provider.js"],
    ]);
  });
});
