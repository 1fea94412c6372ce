import path from "node:path";
import ts from "typescript";

export const root = path.join(__dirname, "..", "..", "..");

/** A program that only looks at the types of what users import, with the project's own options. */
export function programOfIndex(): ts.Program {
  const { config } = ts.readConfigFile(path.join(root, "tsconfig.json"), (file) => ts.sys.readFile(file)) as {
    config: { compilerOptions: Record<string, unknown> };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const { tsBuildInfoFile: _, ...rest } = options;
  return ts.createProgram([path.join(root, "index.ts")], {
    ...rest,
    noEmit: true,
    incremental: false,
    declaration: false,
  });
}

export const textOf = (checker: ts.TypeChecker, symbol: ts.Symbol): string =>
  ts.displayPartsToString(symbol.getDocumentationComment(checker)).replace(/\{@link (\w+) ?\}/g, "`$1`");
