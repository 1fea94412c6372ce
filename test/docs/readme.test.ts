import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import ts from "typescript";
import { projectRoot } from "../../cli/project";
import { outFolder } from "../support/environment";
import { blocks } from "./blocks";

const read = (file: string): string => fs.readFileSync(path.join(projectRoot, file), "utf8");

describe("the README and the docs", function () {
  it("have examples that compile against the package", () => {
    const examples = blocks.filter(({ language }) => language === "ts");
    assert.ok(new Set(examples.map(({ page }) => page)).size >= 3);
    // Inside the project, where the package finds itself by its name; modules, for `await` at the top.
    const files = examples.map(({ text }, index) => {
      const file = path.join(outFolder, `example-${index}.mts`);
      fs.writeFileSync(file, text);
      return file;
    });
    const { config } = ts.readConfigFile(path.join(projectRoot, "tsconfig.json"), (file) => ts.sys.readFile(file)) as {
      config: { compilerOptions: Record<string, unknown> };
    };
    const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, projectRoot);
    const { tsBuildInfoFile: _, ...rest } = options;
    const program = ts.createProgram(files, { ...rest, noEmit: true, incremental: false, declaration: false });
    const problems = ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "));
    for (const file of files) fs.rmSync(file);
    assert.deepEqual(problems, []);
  });

  it("name only scripts and files that exist", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    for (const page of ["README.md", "CONTRIBUTING.md"]) {
      const named = [...read(page).matchAll(/\bnpm run ([\w:]+)/g)].map(([, name = ""]) => name);
      assert.deepEqual(
        named.filter((name) => !(name in scripts)),
        [],
        page,
      );
      const linked = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, name = ""]) => name);
      assert.deepEqual(
        linked.filter((name) => !fs.existsSync(path.join(projectRoot, name))),
        [],
        page,
      );
    }
  });

  it("have no examples in other languages than those that are tried", () => {
    const tried = ["sh", "ts", "json"];
    assert.deepEqual(
      blocks.filter(({ language }) => !tried.includes(language)),
      [],
    );
  });

  it("name the config keys that the provider reads", () => {
    const source = read("providers/connection.ts");
    const keys = [...read("README.md").matchAll(/`proxmox:(\w+)`/g)].map(([, key = ""]) => key);
    assert.ok(keys.includes("endpoints"));
    const unknown = new Set(keys.filter((key) => key !== "cluster" && !source.includes(`${key}:`)));
    assert.deepEqual([...unknown], []);
  });
});
