import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import ts from "typescript";
import { projectRoot } from "../../cli/project";
import { installTarball, makeProject } from "../support/project";
import { sampled } from "../support/sample";
import { everyClass, imports, refused, values } from "./typed-programs";

/** Compilers as users have them set up; none leaves declarations unchecked. */
const compilers: Readonly<Record<string, { readonly file: string; readonly options: Record<string, unknown> }>> = {
  "Pulumi's older template": {
    file: "index.ts",
    options: {
      ...{ strict: true, target: "es2016", module: "commonjs", moduleResolution: "node", sourceMap: true },
      ...{ experimentalDecorators: true, pretty: true, noFallthroughCasesInSwitch: true, noImplicitReturns: true },
      forceConsistentCasingInFileNames: true,
    },
  },
  "Pulumi's template": {
    file: "index.ts",
    options: {
      ...{ strict: true, target: "es2020", module: "nodenext", moduleResolution: "nodenext", sourceMap: true },
      ...{ experimentalDecorators: true, noFallthroughCasesInSwitch: true, noImplicitReturns: true },
      forceConsistentCasingInFileNames: true,
    },
  },
  "node16, CommonJS": { file: "index.cts", options: { strict: true, target: "es2022", module: "node16" } },
  "node16, ES modules": { file: "index.mts", options: { strict: true, target: "es2022", module: "node16" } },
  "nodenext, ES modules": { file: "index.mts", options: { strict: true, target: "es2022", module: "nodenext" } },
  "a bundler's": {
    file: "index.ts",
    options: { strict: true, target: "es2022", module: "esnext", moduleResolution: "bundler" },
  },
  "the strictest": {
    file: "index.ts",
    options: {
      ...{ strict: true, target: "es2022", module: "nodenext", exactOptionalPropertyTypes: true },
      ...{ noUncheckedIndexedAccess: true, noPropertyAccessFromIndexSignature: true, verbatimModuleSyntax: false },
    },
  },
};

describe("programs against the package", function () {
  let project: string;
  before(() => {
    project = makeProject(installTarball);
    const types = path.join(project, "node_modules", "@types");
    fs.mkdirSync(types);
    fs.symlinkSync(path.join(projectRoot, "node_modules", "@types", "node"), path.join(types, "node"));
  });
  after(() => fs.rmSync(project, { recursive: true }));

  /** What the compiler says of programs, by file, and the files that it read. */
  function compiled(sources: Readonly<Record<string, string>>, options: Record<string, unknown>) {
    const files = Object.keys(sources).map((name) => path.join(project, name));
    for (const file of files) fs.writeFileSync(file, sources[path.basename(file)] ?? "");
    const converted = ts.convertCompilerOptionsFromJson({ types: ["node"], noEmit: true, ...options }, project);
    assert.deepEqual(converted.errors, []);
    const program = ts.createProgram(files, converted.options);
    const problems = ts.getPreEmitDiagnostics(program).map(({ file: at, start = 0, messageText }) => {
      const line = at ? at.getLineAndCharacterOfPosition(start).line + 1 : 0;
      return `${at ? path.basename(at.fileName) : ""}:${line}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
    });
    for (const file of files) fs.rmSync(file);
    return { problems, read: program.getSourceFiles().map(({ fileName }) => fileName) };
  }

  for (const [name, { file, options }] of sampled(Object.entries(compilers), 4))
    it(`compile with ${name} options, declarations and all`, () => {
      assert.deepEqual(compiled({ [file]: everyClass + values }, options).problems, []);
    });

  it("name every class of the package", () => {
    const script = `const lib = require("pulumi-proxmox-cluster");
      console.log(JSON.stringify(Object.keys(lib).filter((name) => /^[A-Z]/.test(name))));`;
    const classes = JSON.parse(
      execFileSync(process.execPath, ["-e", script], { cwd: project, encoding: "utf8" }),
    ) as string[];
    assert.ok(classes.length >= 10);
    for (const name of classes) assert.match(everyClass, new RegExp(`\\b(?:new ${name}\\(|${name}\\.get\\()`), name);
  });

  it("read no declarations of the provider's side, and compile with no mistake in them", () => {
    const wrong = Object.values(refused).map((line, i) => [`wrong-${i}.ts`, `${imports}${line}\n`] as const);
    const options = { strict: true, target: "es2022", module: "nodenext", skipLibCheck: true };
    const { problems, read } = compiled({ "index.ts": everyClass, ...Object.fromEntries(wrong) }, options);
    const foreign = read.filter((one) => /node_modules\/(?:proxmox-api|zod|ssh2|@infisical)\//.test(one));
    assert.deepEqual(foreign, []);
    const ours = /pulumi-proxmox-cluster\/dist\/pve\/(?!format\/)|\.(?:model|provider)\.d\.ts$/;
    assert.deepEqual(
      read.filter((one) => ours.test(one)),
      [],
    );
    const told = Object.keys(refused).map((_, i) => problems.filter((one) => one.startsWith(`wrong-${i}.ts:`)).length);
    assert.deepEqual(
      Object.fromEntries(Object.keys(refused).map((what, i) => [what, told[i]])),
      Object.fromEntries(Object.keys(refused).map((what) => [what, 1])),
      problems.join("\n"),
    );
    assert.equal(problems.length, Object.keys(refused).length, problems.join("\n"));
  });
});
