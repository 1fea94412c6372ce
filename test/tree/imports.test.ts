import assert from "node:assert/strict";
import { importsOf, projectFiles, type Import } from "./sources";

// "Who may import whom": a shell is loaded by every program, a provider only by the plugin, and the simulator shares
// nothing with the client that it tests.

type Kind =
  | "index"
  | "stack"
  | "component"
  | "plan"
  | "program base"
  | "shell"
  | "model"
  | "arguments"
  | "kernel"
  | "check"
  | "provider"
  | "pve format"
  | "pve"
  | "secrets"
  | "secret reference"
  | "audit"
  | "privileges"
  | "contract"
  | "simulator"
  | "cli"
  | "free";

interface Rule {
  /** Kinds of our own files that may be loaded. */
  readonly loads: readonly Kind[];
  /** Kinds whose types may be used besides. */
  readonly types?: readonly Kind[];
  /** Packages besides Node's own modules. */
  readonly packages?: readonly string[];
  readonly typePackages?: readonly string[];
}

const pulumi = "@pulumi/pulumi";
const pure: readonly Kind[] = ["model", "pve format", "secret reference"];

const rules: Record<Exclude<Kind, "free">, Rule> = {
  index: {
    loads: ["shell", "program base", "component", "secret reference", "privileges"],
    types: ["arguments", "model", "plan"],
  },
  stack: {
    loads: ["index", "stack", "component", "shell", "program base"],
    types: ["model", "plan"],
    typePackages: [pulumi],
  },
  component: {
    loads: ["component", "plan", "shell", "program base"],
    types: ["arguments", "model", "secret reference"],
    typePackages: [pulumi],
  },
  plan: { loads: ["plan", ...pure], packages: ["zod"] },
  arguments: { loads: [], types: ["secret reference"], packages: [], typePackages: [pulumi] },
  "program base": {
    loads: ["program base", "shell", "secret reference"],
    types: ["kernel", "model"],
    packages: [pulumi],
  },
  shell: {
    loads: ["program base"],
    types: ["arguments", "model", "shell", "secret reference"],
    typePackages: [pulumi],
  },
  model: { loads: pure, types: ["kernel", "provider"], packages: ["zod"] },
  // What every resource does alike: it knows no area.
  kernel: {
    loads: ["kernel", "pve", "pve format", "secrets", "secret reference", "audit", "privileges"],
    packages: ["zod"],
  },
  // What several areas look up before they act: it knows none of them.
  check: { loads: ["check", "kernel", "pve", "pve format"] },
  provider: {
    loads: [...pure, "kernel", "check", "provider", "pve", "secrets"],
    types: ["program base", "shell"],
    packages: ["zod"],
    typePackages: [pulumi, "ssh2"],
  },
  "pve format": { loads: ["pve format"], packages: ["ipaddr.js"] },
  pve: { loads: ["pve", "pve format"], types: ["contract"], packages: ["proxmox-api", "ssh2", "zod"] },
  secrets: { loads: ["secrets", "secret reference"], packages: ["@infisical/sdk"] },
  audit: { loads: ["audit", "pve format"] },
  // Programs load it too: it brings no more than the tables of the contract, when it is asked.
  privileges: { loads: ["privileges", "contract"] },
  // Loaded by every program: it brings nothing with it.
  "secret reference": { loads: [] },
  contract: { loads: ["contract"] },
  simulator: { loads: ["simulator", "contract"], packages: ["ssh2"] },
  cli: {
    loads: ["cli", "audit", "privileges", "pve", "pve format", "simulator", "secrets"],
    packages: [pulumi, "semver", "zod"],
  },
};

/** On the program's side of providers/, and no resource: what shells are made of. */
const programBase = "providers/kernel/program/";

/** Pure tables that programs and providers read alike. */
const tables = new Set([
  "providers/image/catalogue.ts",
  "providers/access/presets.ts",
  "providers/firewall/suggest-rules.ts",
]);

function kindOf(file: string, all: ReadonlySet<string>): Kind {
  const name = file.replace(/\.(ts|json)$/, "");
  const folder = name.split("/")[0] ?? "";
  if (name === "index") return "index";
  if (folder === "stacks") return "stack";
  if (folder === "components") return name.endsWith(".plan") ? "plan" : "component";
  if (folder === "providers") {
    if (name.startsWith(programBase)) return "program base";
    if (name.endsWith(".model")) return "model";
    if (name.endsWith("/arguments.generated")) return "arguments";
    if (all.has(`${name}.provider.ts`)) return "shell";
    if (name.startsWith("providers/kernel/")) return "kernel";
    return name.startsWith("providers/checks/") ? "check" : "provider";
  }
  if (name.startsWith("pve/format")) return "pve format";
  if (name === "secrets/reference" || name === "secrets/hash") return "secret reference";
  if (folder === "audit" || folder === "privileges") return folder;
  if (folder === "pve" || folder === "secrets" || folder === "contract" || folder === "simulator" || folder === "cli")
    return folder;
  return "free";
}

/** What is wrong with an import; nothing when it may be. */
function verdict(edge: Import, all: ReadonlySet<string>): string | undefined {
  const from = kindOf(edge.from, all);
  if (from === "free") return undefined;
  const rule = rules[from];
  const what = `${edge.from} (${from}) ${edge.typeOnly ? "uses types of" : "loads"} ${edge.to}`;
  if (!edge.isOurs) {
    if (edge.to.startsWith("node:")) return undefined;
    const allowed = [...(rule.packages ?? []), ...(edge.typeOnly ? (rule.typePackages ?? []) : [])];
    return allowed.some((name) => edge.to === name || edge.to.startsWith(`${name}/`)) ? undefined : what;
  }
  const target = [`${edge.to}.ts`, `${edge.to}/index.ts`, edge.to].find((file) => all.has(file));
  if (target === undefined) return `${what}, which is no source of the project`;
  if (tables.has(target) && isPure(target, all)) return undefined;
  const to = kindOf(target, all);
  if ((from === "model" || from === "plan") && (to === "provider" || to === "kernel") && isPure(target, all))
    return undefined;
  const allowed = [...rule.loads, ...(edge.typeOnly ? (rule.types ?? []) : [])];
  return allowed.includes(to) ? undefined : `${what} (${to})`;
}

/** Whether a file loads nothing but zod, Node's own modules and files like itself. */
function isPure(file: string, all: ReadonlySet<string>): boolean {
  const loaded = importsOf(file).filter(({ typeOnly }) => !typeOnly);
  return loaded.every(({ to, isOurs }) => {
    if (!isOurs) return to === "zod" || /^node:(util|net|crypto|path)$/.test(to);
    const target = [`${to}.ts`, `${to}/index.ts`].find((one) => all.has(one));
    return (
      target !== undefined &&
      (pure.includes(kindOf(target, all)) || (target.startsWith("providers/") && isPure(target, all)))
    );
  });
}

describe("the imports", function () {
  const all = new Set(projectFiles().filter((file) => /\.(ts|json)$/.test(file)));
  const edge = (from: string, to: string, typeOnly = false): string | undefined =>
    verdict(
      { from, to, isOurs: !/^(node:|@|zod)/.test(to), typeOnly },
      new Set([from, `${to}.ts`, `${from.replace(/ts$/, "provider.ts")}`]),
    );

  it("are those that the architecture allows", () => {
    const wrong = [...all]
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) => importsOf(file).map((one) => verdict(one, all)));
    assert.deepEqual(wrong.filter(Boolean), []);
  });

  it("would be refused where they cross a border", () => {
    assert.ok(edge("simulator/server.ts", "pve/format/size"));
    assert.ok(edge("pve/tasks.ts", "simulator/simulated-clock"));
    assert.ok(edge("providers/vm/vm.ts", "providers/vm/vm.model"));
    assert.equal(edge("providers/vm/vm.ts", "providers/vm/vm.model", true), undefined);
    assert.ok(edge("providers/vm/vm.ts", "zod"));
    assert.ok(edge("providers/vm/create.model.ts", "pve/transport"));
    assert.ok(edge("providers/kernel/write.ts", "providers/vm/run-memory"));
    assert.ok(edge("providers/checks/nodes.ts", "providers/vm/place"));
    assert.equal(edge("cli/demo.ts", "simulator/simulated-clock"), undefined);
  });
});
