import assert from "node:assert/strict";
import ts from "typescript";
import { projectFiles, read } from "./sources";

/** Resources that nobody looks up, and why. */
const without: Readonly<Record<string, string>> = {
  "providers/access/acl.ts": "an entry is nothing but what it is found by",
  "providers/access/api-token.ts": "what a program needs of a token is its value, which nobody is told again",
  "providers/access/environment-file.ts": "it is a file of this machine, which a program can read itself",
  "providers/access/ssh-key.ts": "it is nowhere but in the state of the program that made it",
  "providers/guest/guest-config.ts":
    "what was set up in a guest is no thing of its own; the guest is looked up as a Vm",
  "providers/host/apt-upgrade.ts": "an upgrade is something that is done, not something that is there",
  "providers/host/system-package.ts": "packages have no name together but what the program calls them",
  "providers/infisical/infisical-secret.ts":
    "a secret that is there is looked up by secret(), and its value where it is sent",
};

/** What there is one of in a cluster is not named. */
const nameless = ["DatacenterOptions", "Nodes"];

/** The forms in which a class has a static `get`, the names of their middle parameters left out. */
function getters(text: string): string[] {
  const source = ts.createSourceFile("class.ts", text, ts.ScriptTarget.ES2022, true);
  return source.statements.filter(ts.isClassDeclaration).flatMap(({ name, members }) =>
    members.flatMap((member) => {
      if (!ts.isMethodDeclaration(member) || member.name.getText(source) !== "get") return [];
      if (member.body && members.some((other) => other !== member && other.name?.getText(source) === "get")) return [];
      if (ts.getJSDocDeprecatedTag(member)) return [];
      const types = member.parameters.map((one, at, all) => {
        const called = at > 0 && at < all.length - 1 ? "" : one.name.getText(source);
        return `${called}${one.questionToken ? "?" : ""}: ${one.type?.getText(source) ?? ""}`;
      });
      return [`${name?.text ?? ""}(${types.join(", ")}): ${member.type?.getText(source) ?? ""}`];
    }),
  );
}

describe("look-ups", () => {
  const classes = projectFiles().filter(
    (file) => /^providers\/.*\.ts$/.test(file) && / extends ProxmoxResource /.test(read(file)),
  );

  it("are alike in all classes: a name, what it is known by, and options", () => {
    const forms = classes.flatMap((file) => getters(read(file)));
    assert.equal(forms.length, classes.length - Object.keys(without).length);
    const others = forms.filter((form) => {
      const [, name = ""] = /^(\w+)\(/.exec(form) ?? [];
      const known = nameless.includes(name) ? "" : ": pulumi.Input<string>, ";
      return ![known, ": pulumi.Input<number | string>, "].some(
        (id) => form === `${name}(name: string, ${id}opts?: pulumi.CustomResourceOptions): ${name}`,
      );
    });
    assert.deepEqual(others, []);
  });

  it("would be seen to differ", () => {
    const text = "class A extends B {\n  static get(id: string, ...rest: unknown[]): A { return new A(); }\n}";
    assert.deepEqual(getters(text), ["A(id: string, rest: unknown[]): A"]);
  });

  it("are there for every class", () => {
    assert.ok(classes.includes("providers/pool/pool.ts"), "the classes were not found");
    const lacking = classes.filter((file) => !/^ {2}static get\(/m.test(read(file)));
    assert.deepEqual(lacking, Object.keys(without), "give the class a static get, as Pool has it");
  });
});
