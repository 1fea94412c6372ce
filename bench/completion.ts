// `node dist/bench/completion.js FILE`: an editor's first and second completion of an argument in a program, as JSON.
import fs from "node:fs";
import path from "node:path";
import ts from "typescript";

/** Seconds until an answer is there, and CPU seconds until the first one is, the start of the process included. */
export interface Completion {
  readonly first: number;
  readonly next: number;
  readonly cpu: number;
}

function completion(file: string): Completion {
  const text = fs.readFileSync(file, "utf8");
  const open = text.replace("cores: 6, ", "");
  let version = 1;
  const service = ts.createLanguageService({
    getCompilationSettings: () => ({
      ...{ module: ts.ModuleKind.CommonJS, moduleResolution: ts.ModuleResolutionKind.Node10, strict: true, types: [] },
    }),
    getScriptFileNames: () => [file],
    getScriptVersion: (name) => (name === file ? String(version) : "1"),
    getScriptSnapshot: (name) => {
      const found = name === file ? open : ts.sys.readFile(name);
      return found === undefined ? undefined : ts.ScriptSnapshot.fromString(found);
    },
    getCurrentDirectory: () => path.dirname(file),
    getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
    fileExists: (name) => ts.sys.fileExists(name),
    readFile: (name) => ts.sys.readFile(name),
  });
  const ask = (): number => {
    const start = performance.now();
    const found = service.getCompletionsAtPosition(file, open.lastIndexOf("memoryMiB"), {});
    if (!found?.entries.some(({ name }) => name === "cores")) throw new Error("no completion of cores");
    return (performance.now() - start) / 1000;
  };
  const first = ask();
  const { user, system } = process.cpuUsage();
  version++;
  return { first, next: ask(), cpu: (user + system) / 1e6 };
}

process.stdout.write(JSON.stringify(completion(process.argv[2] ?? "")));
