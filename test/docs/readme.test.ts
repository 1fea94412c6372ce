import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { projectRoot } from "../../cli/project";
import * as library from "../../index";
import { outFolder } from "../support/environment";
import { compiledNatively } from "../support/native-compiler";
import { blocks, pages, referenceBlocks } from "./blocks";

const read = (file: string): string => fs.readFileSync(path.join(projectRoot, file), "utf8");

/** What the compiler says of programs against the package, with the project's own settings. */
function compiled(texts: readonly string[], more: Readonly<Record<string, unknown>> = {}): string[] {
  // Inside the project, where the package finds itself by its name; modules, for `await` at the top.
  const files = texts.map((text, index) => [`example-${index}.mts`, text] as const);
  const folder = fs.mkdtempSync(path.join(outFolder, "examples-"));
  try {
    return compiledNatively(folder, Object.fromEntries(files), path.join(projectRoot, "tsconfig.json"), {
      ...{ rootDir: ".", declaration: false },
      ...more,
    });
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

describe("the README and the docs", function () {
  it("have examples that compile against the package", () => {
    const examples = blocks.filter(({ language }) => language === "ts");
    assert.ok(new Set(examples.map(({ page }) => page)).size >= 3);
    assert.deepEqual(compiled(examples.map(({ text }) => text)), []);
  });

  it("say how the package is installed, with what it needs beside it, and how it is had before a registry has it", () => {
    const { name, version, peerDependencies } = JSON.parse(read("package.json")) as {
      readonly name: string;
      readonly version: string;
      readonly peerDependencies: Readonly<Record<string, string>>;
    };
    const [, named = ""] = /^npm install (.+)$/m.exec(read("README.md")) ?? [];
    assert.deepEqual(named.split(" "), [name, ...Object.keys(peerDependencies)]);
    for (const file of ["README.md", "examples/README.md"])
      assert.deepEqual(read(file).match(/[\w-]+-[\d.]+\.tgz/g), [`${name}-${version}.tgz`], file);
  });

  it("offer nowhere an import by the engine, which fails as test/stack/pulumi-options.test.ts sees it", () => {
    const sentences = pages.flatMap((page) =>
      // A row of a table is one sentence; elsewhere a full stop ends it, and a line may be broken anywhere.
      read(page)
        .split(/\n(?=[|\n])|(?<=[.:]) |(?<=\.)\n/)
        .filter((one) => /\bpulumi import\b/.test(one))
        .map((one) => `${page}: ${one.replace(/\s+/g, " ")}`),
    );
    const known = ["README.md", "docs/pulumi-options.md", "docs/state.md"];
    assert.deepEqual(
      known.filter((page) => !sentences.some((one) => one.startsWith(`${page}: `))),
      [],
    );
    const fails = /ends with a stack trace|\| Fails, |is no way/;
    assert.deepEqual(
      sentences.filter((one) => !fails.test(one)),
      [],
    );
  });

  it("show of each class in the reference an example that is whole and compiles", () => {
    const examples = referenceBlocks.filter(({ language }) => language === "ts");
    assert.ok(new Set(examples.map(({ page }) => page)).size >= 9);
    assert.deepEqual(
      referenceBlocks.filter(({ text }) => text.includes("…")),
      [],
    );
    assert.deepEqual(
      referenceBlocks.filter(({ language }) => !["ts", "csv"].includes(language)),
      [],
    );
    // What every program begins with.
    const surface = Object.keys(library)
      .filter((name) => /^(?:[A-Z]\w*|secret)$/.test(name))
      .join(", ");
    const head = `import * as pulumi from "@pulumi/pulumi";\nimport { ${surface} } from "pulumi-proxmox-cluster";\n`;
    const texts = examples.map(({ text }) => head + text);
    assert.deepEqual(compiled(texts, { noUnusedLocals: false }), []);
    assert.equal(compiled([`${head}new Vm("x", { corse: 2 });\n`], { noUnusedLocals: false }).length, 1);
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
    const source = read("providers/kernel/session/cluster-config.ts");
    const keys = [...read("README.md").matchAll(/`proxmox:(\w+)`/g)].map(([, key = ""]) => key);
    assert.ok(keys.includes("endpoints"));
    const unknown = new Set(keys.filter((key) => key !== "cluster" && !source.includes(`${key}:`)));
    assert.deepEqual([...unknown], []);
  });
});
