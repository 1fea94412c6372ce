import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { compileFunction } from "node:vm";
import * as pulumi from "@pulumi/pulumi";
import ts from "typescript";
import { projectRoot } from "../../cli/project";
import type { Registered } from "../support/dependency-graph";
import { stackOnMocks } from "../support/stack-on-mocks";

type Library = typeof import("../../index");

describe("the examples in the comments of the components", () => {
  let registered: Registered[] = [];
  let library: Library;
  before(async () => {
    await stackOnMocks((one) => void registered.push(one));
    library = require("../../index") as Library;
  });
  beforeEach(() => (registered = []));

  /** What stands in the comment of a component's class, and is in the reference. */
  const examples = (): [string, string][] =>
    fs
      .readdirSync(path.join(projectRoot, "components"))
      .filter((file) => !file.endsWith(".plan.ts"))
      .flatMap((file) => {
        const text = fs.readFileSync(path.join(projectRoot, "components", file), "utf8");
        const [, comment = "", name] = /\/\*\*((?:(?!\*\/)[^])*)\*\/\nexport class (\w+)/.exec(text) ?? [];
        if (name === undefined) return [];
        const [, code = ""] = /^```ts\n([^]*?)^```$/m.exec(comment.replace(/^ \* ?/gm, "")) ?? [];
        return [[name, code]] as [string, string][];
      });

  /** Runs it as the body of a program, in an empty folder that has the files that it reads. */
  function run(code: string): void {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "example-"));
    fs.writeFileSync(path.join(folder, "machines.csv"), "name,node\ndb-1,pve1\n");
    fs.mkdirSync(path.join(folder, "files"));
    fs.writeFileSync(path.join(folder, "files", "site.conf"), "server {}\n");
    const { outputText } = ts.transpileModule(code, {
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
    });
    const names = Object.keys(library);
    const before = process.cwd();
    process.chdir(folder);
    try {
      const program = compileFunction(outputText, ["pulumi", "exports", ...names]) as (...given: unknown[]) => void;
      program(pulumi, {}, ...names.map((name) => library[name as keyof Library]));
    } finally {
      process.chdir(before);
      fs.rmSync(folder, { recursive: true });
    }
  }

  it("are there for each of them", () => {
    const without = examples().flatMap(([name, code]) => (code.includes(`new ${name}(`) ? [] : [name]));
    assert.deepEqual(without, []);
    assert.ok(examples().length >= 10);
  });

  for (const [name, code] of examples())
    it(`run as they stand: ${name}`, () => {
      run(code);
      const component = registered.find(({ kind }) => kind === name) ?? assert.fail(`no ${name} was made`);
      const children = registered.filter(({ opts }) => opts.parent === component.resource);
      assert.ok(children.length > 0, "it has no children");
    });
});
