import path from "node:path";
import ts from "typescript";

export const root = path.join(__dirname, "..", "..", "..");

/** A program that only looks at the types of these sources, with the project's own options. */
export function programOf(files: readonly string[]): ts.Program {
  const { config } = ts.readConfigFile(path.join(root, "tsconfig.json"), (file) => ts.sys.readFile(file)) as {
    config: { compilerOptions: Record<string, unknown> };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const { tsBuildInfoFile: _, ...rest } = options;
  return ts.createProgram(
    files.map((file) => path.join(root, file)),
    { ...rest, noEmit: true, incremental: false, declaration: false },
  );
}

/** An exported type of a source. */
export function exportedType(program: ts.Program, file: string, name: string): ts.Type {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(path.join(root, file));
  const module = source && checker.getSymbolAtLocation(source);
  const found = module && checker.getExportsOfModule(module).find((symbol) => symbol.name === name);
  if (!found) throw new Error(`${file} exports no ${name}`);
  return checker.getDeclaredTypeOfSymbol(found);
}

/** The types that a value may have, undefined left out. */
const members = (type: ts.Type): ts.Type[] => (type.isUnion() ? type.types.flatMap(members) : [type]);

/** The properties of this name of a type, whichever of its members has them. */
export function propertiesOf(type: ts.Type, name: string): ts.Symbol[] {
  return members(type).flatMap((one) => one.getProperty(name) ?? []);
}

/** The types of what is in a list or a map. */
export function elementsOf(type: ts.Type): ts.Type[] {
  return members(type).flatMap((one) => one.getNumberIndexType() ?? one.getStringIndexType() ?? []);
}

export const textOf = (checker: ts.TypeChecker, symbol: ts.Symbol): string =>
  ts.displayPartsToString(symbol.getDocumentationComment(checker)).replace(/\{@link (\w+) ?\}/g, "`$1`");

/** A comment of a schema's field, taken apart. */
export interface Comment {
  readonly text: string;
  readonly default?: string;
  readonly key?: string;
}

const until = "(?=\\s|$)";
const defaultPattern = new RegExp(`\\s*\\bDefault:? ((?:\`[^\`]*\`|"[^"]*"|[^\`"])+?)\\.${until}`);
const keyPattern = new RegExp(`\\s*\\bProxmox: ((?=\`)(?:\`[^\`]*\`|[^\`.])+)\\.${until}`);

/** `Text. Default 1. Proxmox: \`cores\`.` */
export function takenApart(comment: string): Comment {
  const flat = comment.replace(/\s*\n\s*/g, " ").trim();
  const [, given] = defaultPattern.exec(flat) ?? [];
  const [, key] = keyPattern.exec(flat) ?? [];
  const text = flat.replace(defaultPattern, "").replace(keyPattern, "").trim();
  return { text, ...(given === undefined ? {} : { default: given }), ...(key === undefined ? {} : { key }) };
}
