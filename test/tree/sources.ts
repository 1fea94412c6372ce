import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import ts from "typescript";
import { projectRoot } from "../../cli/project";

/** Every file of the project, as git sees it: ignored files are left out, new ones are not. */
export function projectFiles(): string[] {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], {
    cwd: projectRoot,
    encoding: "utf8",
  });
  return [...new Set(listed.split("\0"))]
    .filter((file) => file !== "" && fs.existsSync(path.join(projectRoot, file)))
    .sort();
}

export const read = (file: string): string => fs.readFileSync(path.join(projectRoot, file), "utf8");

/** One import of a source. */
export interface Import {
  readonly from: string;
  /** A package's name, or a file of the project without its extension. */
  readonly to: string;
  readonly isOurs: boolean;
  /** Gone when compiled. */
  readonly typeOnly: boolean;
}

const seen = new Map<string, readonly Import[]>();

/** The imports of a TypeScript source, `require` and `import()` included; read once for all tests of the tree. */
export function importsOf(file: string): readonly Import[] {
  const known = seen.get(file) ?? readImports(file);
  seen.set(file, known);
  return known;
}

function readImports(file: string): Import[] {
  const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.ES2022);
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (!specifier || !ts.isStringLiteralLike(specifier)) return;
    const isOurs = specifier.text.startsWith(".");
    const to = isOurs ? path.posix.join(path.posix.dirname(file), specifier.text).replace(/\.js$/, "") : specifier.text;
    found.push({ from: file, to, isOurs, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly || allTypes(node.exportClause));
    else if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference))
      add(node.moduleReference.expression, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && isLoad(node.expression)) add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  return clause.isTypeOnly || (clause.name === undefined && allTypes(clause.namedBindings));
}

function allTypes(bindings: ts.NamedImportBindings | ts.NamedExportBindings | undefined): boolean {
  if (!bindings || !(ts.isNamedImports(bindings) || ts.isNamedExports(bindings))) return false;
  return bindings.elements.length > 0 && bindings.elements.every((element) => element.isTypeOnly);
}

function isLoad(callee: ts.Expression): boolean {
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === "require");
}
