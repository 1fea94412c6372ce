import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import ts from "typescript";
import { projectRoot } from "../../cli/project";
import { outFolder } from "../support/environment";

const read = (file: string): string => fs.readFileSync(path.join(projectRoot, file), "utf8");

describe("the README", function () {
  it("has examples that compile against the package", () => {
    const blocks = [...read("README.md").matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, block = ""]) => block);
    assert.ok(blocks.length > 0);
    // Inside the project, where the package finds itself by its name; modules, for `await` at the top.
    const files = blocks.map((block, index) => {
      const file = path.join(outFolder, `readme-${index}.mts`);
      fs.writeFileSync(file, block);
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

  it("names only scripts and files that exist", () => {
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

  it("names the config keys that the provider reads", () => {
    const source = read("providers/connection.ts");
    const keys = [...read("README.md").matchAll(/`proxmox:(\w+)`/g)].map(([, key = ""]) => key);
    assert.ok(keys.includes("endpoints"));
    const unknown = new Set(keys.filter((key) => key !== "cluster" && !source.includes(`${key}:`)));
    assert.deepEqual([...unknown], []);
  });
});
