import assert from "node:assert/strict";
import path from "node:path";
import ts from "typescript";
import { projectFiles, read } from "./sources";

/** Why several sources may have one name: they are about one thing. */
const reasons: Readonly<Record<string, string>> = {
  "what a folder shows to others": "index",
  "what a script has written for each area": "arguments.generated",
  "one thing of Proxmox's, in the library and in the simulator":
    "errors migrate power property-string size tasks permissions status",
  "what the bench of that name measures": "fleet limits simulator",
  "what the script of that name writes": "overlay",
  "a cluster: its stack, and a world to try it on": "doggos matrix nexus",
  "the nodes: how they are looked up, and what is checked of them": "nodes",
  "what is under way: an operation in the library, a request in the simulator": "call",
};

/** The simulator's layers: each has a file for each thing, by Proxmox's own word for it. */
const layers = /^simulator\/(?:api|world|formats|ceph\/commands|ceph\/health)\//;

const nameOf = (file: string): string => path.posix.basename(file, ".ts");

/** Names that several sources have, with those. */
function sharedNames(files: readonly string[]): Map<string, string[]> {
  const byName = new Map<string, string[]>();
  for (const file of files)
    if (!layers.test(file)) byName.set(nameOf(file), [...(byName.get(nameOf(file)) ?? []), file]);
  return new Map([...byName].filter(([, { length }]) => length > 1));
}

/** The types that a source exports. */
function typesOf(file: string, text: string): string[] {
  return ts.createSourceFile(file, text, ts.ScriptTarget.ES2022).statements.flatMap((statement) => {
    const declares =
      ts.isInterfaceDeclaration(statement) ||
      ts.isTypeAliasDeclaration(statement) ||
      ts.isClassDeclaration(statement) ||
      ts.isEnumDeclaration(statement);
    const exported = declares && statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
    return exported && statement.name ? [statement.name.text] : [];
  });
}

/** Types of one name in several sources. */
function sharedTypes(sources: readonly { readonly file: string; readonly text: string }[]): string[] {
  const byName = new Map<string, string[]>();
  for (const { file, text } of sources)
    for (const name of typesOf(file, text)) byName.set(name, [...(byName.get(name) ?? []), file]);
  return [...byName].filter(([, { length }]) => length > 1).map(([name, files]) => `${name}: ${files.join(", ")}`);
}

/** Words that say how something came about where a name has to say what it is. */
const coined = /^(?:told|learned|persisting|during)$/;

/** The names in a source that are such words. */
function coinedNames(file: string, text: string): string[] {
  if (!/\b(?:told|learned|persisting|during)\b/.test(text)) return [];
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && coined.test(node.text)) found.push(`${file}: ${node.text}`);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.ES2022));
  return found;
}

// Whoever reads a name in a message, a trace or a search should not have to ask which of them is meant.
describe("one name for one thing", () => {
  const sources = projectFiles().filter((file) => file.endsWith(".ts") && !file.startsWith("test/"));
  const allowed = Object.values(reasons).flatMap((names) => names.split(" "));

  it("holds for files", () => {
    const shared = sharedNames(sources);
    assert.deepEqual(
      [...shared].filter(([name]) => !allowed.includes(name)),
      [],
    );
    assert.deepEqual(
      allowed.filter((name) => !shared.has(name)),
      [],
      "these need no reason any more",
    );
  });

  // The simulator and what it is to be played to never load each other.
  for (const [world, inIt] of [
    ["the library and its tools", (file: string) => !file.startsWith("simulator/")],
    ["the simulator", (file: string) => file.startsWith("simulator/")],
  ] as const)
    it(`holds for the types of ${world}`, () => {
      assert.deepEqual(sharedTypes(sources.filter(inIt).map((file) => ({ file, text: read(file) }))), []);
    });

  it("holds for the words that names are made of", () => {
    assert.deepEqual(
      sources.flatMap((file) => coinedNames(file, read(file))),
      [],
    );
    assert.deepEqual(coinedNames("a.ts", 'const told = "told"; // told'), ["a.ts: told"]);
  });

  it("would be missed", () => {
    const files = ["pve/session.ts", "providers/kernel/session/session.ts", "simulator/api/session.ts"];
    assert.deepEqual([...sharedNames(files)], [["session", files.slice(0, 2)]]);
    const text = "export interface Part {}\nclass Own {}";
    assert.deepEqual(
      sharedTypes([
        { file: "a.ts", text },
        { file: "b.ts", text },
      ]),
      ["Part: a.ts, b.ts"],
    );
  });
});
