import assert from "node:assert/strict";
import { projectFiles, read } from "./sources";

/** Resources that nobody looks up, and why. */
const without: Readonly<Record<string, string>> = {
  "providers/access/acl.ts": "an entry is nothing but what it is found by",
  "providers/access/api-token.ts": "what a program needs of a token is its value, which nobody is told again",
  "providers/access/environment-file.ts": "it is a file of this machine, which a program can read itself",
  "providers/access/ssh-key.ts": "it is nowhere but in the state of the program that made it",
  "providers/host/apt-upgrade.ts": "an upgrade is something that is done, not something that is there",
  "providers/host/system-package.ts": "packages have no name together but what the program calls them",
  "providers/infisical/infisical-secret.ts":
    "a secret that is there is looked up by secret(), and its value where it is sent",
};

describe("look-ups", () => {
  it("are there for every class", () => {
    const classes = projectFiles().filter(
      (file) => /^providers\/.*\.ts$/.test(file) && / extends ProxmoxResource /.test(read(file)),
    );
    assert.ok(classes.includes("providers/pool/pool.ts"), "the classes were not found");
    const lacking = classes.filter((file) => !/^ {2}static get\(/m.test(read(file)));
    assert.deepEqual(lacking, Object.keys(without), "give the class a static get, as Pool has it");
  });
});
