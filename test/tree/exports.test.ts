import assert from "node:assert/strict";
import path from "node:path";
import ts from "typescript";
import { projectFiles, read } from "./sources";

/** What others load by another way than an import of ours. */
const entries = new Set(["index.ts", "simulator/index.ts", "providers/index.ts", "test/support/setup.ts"]);

interface Source {
  readonly exported: readonly string[];
  /** Names that it takes from other files, `*` for all of one, by the file without its extension. */
  readonly taken: readonly { readonly from: string; readonly name: string }[];
}

function readSource(file: string): Source {
  const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.ES2022);
  const exported: string[] = [];
  const taken: { from: string; name: string }[] = [];
  const take = (specifier: ts.Node | undefined, names: readonly string[]): void => {
    if (!specifier || !ts.isStringLiteralLike(specifier) || !specifier.text.startsWith(".")) return;
    const from = path.posix.join(path.posix.dirname(file), specifier.text).replace(/\.js$/, "");
    taken.push(...names.map((name) => ({ from, name })));
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) take(node.moduleSpecifier, importedNames(node.importClause?.namedBindings));
    else if (ts.isExportDeclaration(node)) {
      take(node.moduleSpecifier, importedNames(node.exportClause));
      if (node.exportClause && ts.isNamedExports(node.exportClause))
        exported.push(...node.exportClause.elements.map(({ name }) => name.text));
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      take(node.argument.literal, [node.qualifier && ts.isIdentifier(node.qualifier) ? node.qualifier.text : "*"]);
    else if (ts.isCallExpression(node)) {
      const { expression: callee } = node;
      if (callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === "require"))
        take(node.arguments[0], ["*"]);
    }
    ts.forEachChild(node, visit);
  };
  for (const statement of source.statements) exported.push(...declaredNames(statement));
  visit(source);
  return { exported, taken };
}

function importedNames(bindings: ts.NamedImportBindings | ts.NamedExportBindings | undefined): string[] {
  if (!bindings || !(ts.isNamedImports(bindings) || ts.isNamedExports(bindings))) return ["*"];
  return bindings.elements.map(({ name, propertyName }) => (propertyName ?? name).text);
}

/** The names that a statement with `export` before it declares. */
function declaredNames(statement: ts.Statement): string[] {
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
  if (!modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) => boundNames(name));
  return ts.isDeclarationStatement(statement) && statement.name ? [statement.name.text] : [];
}

const boundNames = (name: ts.BindingName): string[] =>
  ts.isIdentifier(name)
    ? [name.text]
    : name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element.name) : []));

/** Exports that no other file takes, as `file: name`. */
function unused(sources: ReadonlyMap<string, Source>): string[] {
  const taken = new Set(
    [...sources.values()].flatMap((source) => source.taken).map(({ from, name }) => `${from}: ${name}`),
  );
  return [...sources].flatMap(([file, { exported }]) => {
    const names = [file.replace(/\.ts$/, ""), file.replace(/\/index\.ts$/, "")];
    return exported
      .filter((name) => !names.some((from) => taken.has(`${from}: ${name}`) || taken.has(`${from}: *`)))
      .map((name) => `${file}: ${name}`);
  });
}

describe("the exports", () => {
  it("are each used by another file", () => {
    const files = projectFiles().filter((file) => file.endsWith(".ts"));
    const sources = new Map(files.map((file) => [file, readSource(file)]));
    const found = unused(sources);
    const counted = (name: string) =>
      !entries.has(name.split(": ")[0] ?? "") && !/^examples\/|\.generated\.ts: /.test(name);
    assert.deepEqual(found.filter(counted), [], "take the word export away, or what it stands before");
  });

  it("would be found unused", () => {
    const source = (exported: string[], taken: Source["taken"] = []): Source => ({ exported, taken });
    const sources = new Map([
      ["a.ts", source(["one", "two"])],
      ["b/index.ts", source(["three"], [{ from: "a", name: "one" }])],
      ["c.ts", source(["four"], [{ from: "b", name: "*" }])],
    ]);
    assert.deepEqual(unused(sources), ["a.ts: two", "c.ts: four"]);
  });
});
