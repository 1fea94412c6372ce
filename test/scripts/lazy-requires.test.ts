import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import ts from "typescript";
import { projectRoot } from "../../cli/project";

type Compiled = (require: (name: string) => unknown, exports: Record<string, unknown>) => void;
type WithLazyRequires = (text: string) => string;

describe("compiled modules that load each other late", () => {
  let withLazyRequires: WithLazyRequires;
  before(async () => {
    const file = pathToFileURL(path.join(projectRoot, "scripts", "lazy-requires.mjs")).href;
    ({ withLazyRequires } = (await import(file)) as { withLazyRequires: WithLazyRequires });
  });

  /** What a file gives and what it has loaded, step by step, with modules of its own. */
  function run(text: string, modules: Record<string, unknown>, step: (exports: Record<string, unknown>) => unknown) {
    const loaded: string[] = [];
    const require = (name: string) => (loaded.push(name), modules[name]);
    const exports: Record<string, unknown> = {};
    const compiled = vm.runInThisContext(`(function (require, exports) { ${withLazyRequires(text)}\n})`) as Compiled;
    compiled(require, exports);
    const first = [...loaded];
    return { first, value: step(exports), loaded };
  }

  it("load what is used, when it is used, and once", () => {
    const text = `const a_1 = require("./a");\nconst b_1 = require("../b");\nexports.f = (x) => (0, a_1.double)(x) + a_1.one;\nexports.g = () => b_1.two;\n`;
    const modules = { "./a": { double: (x: number) => 2 * x, one: 1 }, "../b": { two: 2 } };
    const found = run(text, modules, ({ f }) => [(f as (x: number) => number)(3), (f as (x: number) => number)(4)]);
    assert.deepEqual(found, { first: [], value: [7, 9], loaded: ["./a"] });
  });

  it("are the same in every way in which the compiler uses a module", () => {
    const text = [
      'const kind_1 = require("./kind");',
      'var given_1 = require("./given");',
      'Object.defineProperty(exports, "given", { enumerable: true, get: function () { return given_1.given; } });',
      "exports.Sub = class extends kind_1.Kind { };",
      "exports.make = () => new kind_1.Kind();",
      "exports.all = [...kind_1.keys, ...given_1.given];",
      "exports.text = `${kind_1.keys.length} of a_1.b`;",
    ].join("\n");
    class Kind {
      readonly name = "kind";
    }
    const modules = { "./kind": { Kind, keys: ["k"] }, "./given": { given: ["g"] } };
    const { value } = run(text, modules, (all) => [
      new (all["Sub"] as typeof Kind)().name,
      (all["make"] as () => Kind)().name,
      all["all"],
      all["given"],
      all["text"],
    ]);
    assert.deepEqual(value, ["kind", "kind", ["k", "g"], ["g"], "1 of a_1.b"]);
    assert.equal(withLazyRequires(text).split("\n").length, text.split("\n").length);
    assert.equal(withLazyRequires(withLazyRequires(text)), withLazyRequires(text));
  });

  it("are those of this library alone, and not what is loaded for what it does", () => {
    const text = `require("./lazy-locales");\nconst zod_1 = require("zod");\nconst node_fs_1 = __importDefault(require("node:fs"));\nzod_1.z;\n`;
    assert.equal(withLazyRequires(text), text);
  });

  it("are refused where a module itself is handed on", () => {
    for (const use of ["f(a_1);", 'a_1["b"];', "exports.a = a_1;"])
      assert.throws(() => withLazyRequires(`const a_1 = require("./a");\n${use}\n`), /a_1 is used otherwise/);
  });

  const library = ["components", "providers", "pve", "secrets", "audit", "privileges", "contract"];
  /** All compiled files that programs and plugins may load. */
  const parsed = (): ts.SourceFile[] =>
    library
      .map((folder) => path.join(projectRoot, "dist", folder))
      .flatMap((folder) =>
        fs.readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => path.join(folder, name)),
      )
      .filter((file) => file.endsWith(".js"))
      .map((file) => ts.createSourceFile(file, fs.readFileSync(file, "utf8"), ts.ScriptTarget.ES2022));

  it("are all of the library, and have no text changed that looks like a use", () => {
    let late = 0;
    for (const file of parsed()) {
      const visit = (node: ts.Node): void => {
        if (
          ts.isStringLiteralLike(node) ||
          ts.isTemplateHead(node) ||
          ts.isTemplateMiddleOrTemplateTail(node) ||
          ts.isRegularExpressionLiteral(node)
        )
          assert.doesNotMatch(node.text, /\(\w+_\d+\(\)\)\./, file.fileName);
        ts.forEachChild(node, visit);
      };
      visit(file);
      assert.doesNotMatch(file.text, /^(?:const|var) \w+_\d+ = require\("\./m, file.fileName);
      if (/=> \(\w+_\d+_ \?\?= require/.test(file.text)) late++;
    }
    assert.ok(late > 300, `${late} files`);
  });

  it("only declare: nothing waits for them to be loaded for what they do", () => {
    // Loaded by the first line of the provider, for what it does.
    const doing = ["lazy-locales.js"];
    const declares =
      /^(?:"use strict"|exports\.|module\.exports = |Object\.defineProperty\(exports, |__exportStar\(|require\()/;
    const found = parsed()
      .filter(({ fileName }) => !doing.includes(path.basename(fileName)))
      .flatMap((file) =>
        file.statements
          .filter(
            (one) => !ts.isVariableStatement(one) && !ts.isFunctionDeclaration(one) && !ts.isClassDeclaration(one),
          )
          .map((one) => one.getText(file))
          .filter((text) => !declares.test(text))
          .map((text) => `${file.fileName}: ${text}`),
      );
    assert.deepEqual(found, []);
  });

  it("leave an ES module the package's names, each of which it may import by itself", () => {
    const index = path.join(projectRoot, "dist", "index.js");
    const names = Object.keys(createRequire(index)(index) as object);
    assert.ok(names.includes("Vm") && names.length > 60, String(names.length));
    const program = `import { ${names.join(", ")} } from ${JSON.stringify(pathToFileURL(index).href)};\nconsole.log(typeof Vm);`;
    const said = execFileSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
    assert.equal(said.trim(), "function");
  });
});
