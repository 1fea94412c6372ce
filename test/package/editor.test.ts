import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import ts from "typescript";
import { configKeys } from "../../providers/kernel/session/cluster-config";
import { clusterModel } from "../../providers/cluster/cluster.model";
import { installTarball, makeProject } from "../support/project";

/** What is written about one argument or output, as an editor shows it. */
interface Told {
  readonly name: string;
  readonly text: string;
  readonly optional: boolean;
  readonly type: string;
}

const library = "pulumi-proxmox-cluster";

describe("the package in an editor", function () {
  let project: string;
  let service: ts.LanguageService;
  let file: string;
  let classes: string[];
  let interfaces: string[];

  before(() => {
    project = makeProject(installTarball);
    file = path.join(project, "program.ts");
    fs.writeFileSync(file, `import * as lib from "${library}";\nlib;\n`);
    service = serviceFor(file);
    const checker = checkerOf();
    const module = moduleOf(checker);
    const all = checker
      .getExportsOfModule(module)
      .map((one) => (one.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(one) : one));
    classes = all.filter(({ flags }) => flags & ts.SymbolFlags.Class).map(({ name }) => name);
    interfaces = all
      .filter(({ flags, name }) => !(flags & ts.SymbolFlags.Value) && /Args$/.test(name))
      .map(({ name }) => name);
  });
  after(() => fs.rmSync(project, { recursive: true }));

  const programOf = (): ts.Program => {
    const program = service.getProgram();
    assert.ok(program);
    return program;
  };
  const checkerOf = (): ts.TypeChecker => programOf().getTypeChecker();
  function moduleOf(checker: ts.TypeChecker): ts.Symbol {
    const source = programOf().getSourceFile(file);
    const declaration = source?.statements.find(ts.isImportDeclaration);
    const module = declaration && checker.getSymbolAtLocation(declaration.moduleSpecifier);
    assert.ok(module);
    return module;
  }

  /** The members of a type as completion tells them: written where an editor would ask. */
  function completions(text: string, at: string): Told[] {
    fs.writeFileSync(file, text);
    const position = text.indexOf(at) + at.length;
    const found = service.getCompletionsAtPosition(file, position, {});
    assert.ok(found, `no completion in ${text}`);
    return found.entries
      .filter(({ kind }) => kind === ts.ScriptElementKind.memberVariableElement)
      .map(({ name, kindModifiers, source, data }) => {
        const details = service.getCompletionEntryDetails(file, position, name, {}, source, {}, data);
        const type = ts.displayPartsToString(details?.displayParts);
        const text = ts.displayPartsToString(details?.documentation);
        return { name, text, optional: kindModifiers?.includes("optional") === true, type };
      });
  }

  const known = new Map<string, Told[]>();
  function argumentsOf(name: string): Told[] {
    const told = known.get(name) ?? askFor(name);
    known.set(name, told);
    return told;
  }
  /** One program in which each type is written: another one for each would be read and bound anew. */
  function askFor(name: string): Told[] {
    const types = [...new Set([...interfaces, "ProviderArgs", "ClusterSettings", name])];
    const lines = types.map((one, i) => `const it${i}: ${one} = { /*${one}*/ };\n`);
    return completions(`import type { ${types.join(", ")} } from "${library}";\n${lines.join("")}`, `/*${name}*/`);
  }

  it("tells of every argument what it is, its default and what a change does", () => {
    assert.ok(classes.includes("Vm") && interfaces.includes("VmDiskArgs"));
    const wrong: string[] = [];
    let count = 0;
    for (const name of interfaces)
      for (const { name: argument, text, optional } of argumentsOf(name)) {
        count++;
        const [what = ""] = text.split(/^- /m);
        if (what.trim().length < 5) wrong.push(`${name}.${argument}: no text`);
        if (optional && !/^- Default: ./m.test(text)) wrong.push(`${name}.${argument}: no default`);
        if (!/^- Change: ./m.test(text)) wrong.push(`${name}.${argument}: not what a change does`);
      }
    assert.deepEqual(wrong, []);
    assert.ok(count > 1000, `only ${count} arguments were looked at`);
  });

  it("tells every key of the config in the arguments of a Provider", () => {
    const named = argumentsOf("ProviderArgs").map(({ name }) => name.replace(/"/g, ""));
    assert.deepEqual(named.sort(), configKeys.map((key) => `proxmox:${key}`).sort());
  });

  it("tells of every exported type what it is, and of each part of it, however deep", () => {
    const checker = checkerOf();
    const wrong: string[] = [];
    let count = 0;
    const seen = new Set<ts.Type>();
    const isOwn = (one: ts.Symbol | undefined): boolean =>
      one?.declarations?.some((each) => /pulumi-proxmox-cluster\/dist/.test(each.getSourceFile().fileName)) === true;
    function look(type: ts.Type, name: string): void {
      if (seen.has(type)) return;
      seen.add(type);
      if (type.isUnionOrIntersection()) for (const one of type.types) look(one, name);
      const within = checker.getTypeArguments(type as ts.TypeReference).concat(type.aliasTypeArguments ?? []);
      for (const one of within) look(one, name);
      const symbol = type.getSymbol();
      // Classes and what they hold are looked at below; what a function takes is told where it is called.
      const isOther = ts.SymbolFlags.Class | ts.SymbolFlags.Function | ts.SymbolFlags.Method;
      if (!symbol || !isOwn(symbol) || symbol.flags & isOther) return;
      for (const part of checker.getPropertiesOfType(type)) {
        if (!isOwn(part)) continue;
        count++;
        if (part.getDocumentationComment(checker).length === 0) wrong.push(`${name}.${part.name}`);
        look(checker.getTypeOfSymbol(part), `${name}.${part.name}`);
      }
    }
    for (const exported of checker.getExportsOfModule(moduleOf(checker))) {
      const one = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      if (one.getDocumentationComment(checker).length === 0) wrong.push(one.name);
      const isType = one.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias);
      if (isType && !(one.flags & ts.SymbolFlags.Class)) look(checker.getDeclaredTypeOfSymbol(one), one.name);
    }
    assert.deepEqual(wrong, []);
    assert.ok(count > 2000, String(count));
  });

  it("says of a cluster's settings what a change of them does as the Cluster does it", () => {
    const was = { name: "lab", nodes: [{ name: "echo", links: { 0: "10.0.8.5" } }], linkPriorities: { 0: 1 } };
    const changed: Readonly<Record<string, object>> = {
      name: { name: "other" },
      links: { nodes: [{ name: "echo", links: { 0: "10.0.8.5", 1: "10.0.9.5" } }] },
      linkPriorities: { linkPriorities: { 0: 2 } },
      twoNode: { twoNode: true },
      destroyOnDelete: { destroyOnDelete: "lab" },
    };
    const said = argumentsOf("ClusterSettings").map(({ name, text }) => [name, /^- Change: (\w+)/m.exec(text)?.[1]]);
    const done = Object.entries(changed).map(([name, one]) => {
      const refused = clusterModel.transition?.({ ...was, ...one }, was) ?? [];
      return [name, refused.length > 0 ? "refused" : "live"];
    });
    assert.deepEqual(said.sort(), done.sort());
  });

  it("tells units", () => {
    const units: readonly [RegExp, RegExp][] = [
      [/MiB$/, /MiB/],
      [/GiB$/, /GiB/],
      [/MBps$/, /MB\/s/],
      [/Seconds$/, /seconds/],
      [/Ms$/, /milliseconds/],
      [/Iops$/, /(?:operations|reads|writes) per second/i],
      [/Delay$|Downtime$/, /seconds/i],
    ];
    const wrong: string[] = [];
    let looked = 0;
    for (const name of interfaces)
      for (const { name: argument, text } of argumentsOf(name))
        for (const [suffix, unit] of units)
          if (suffix.test(argument) && ++looked && !unit.test(text)) wrong.push(`${name}.${argument}: ${text}`);
    assert.deepEqual(wrong, []);
    assert.ok(looked > 50);
  });

  it("tells of every class, output and look-up what it is", () => {
    const wrong: string[] = [];
    const parts = new Set<string>();
    const checker = checkerOf();
    for (const name of classes) {
      const exported = checker.getExportsOfModule(moduleOf(checker)).find((one) => one.name === name);
      assert.ok(exported);
      const symbol = checker.getAliasedSymbol(exported);
      const documented = (one: ts.Symbol): boolean => one.getDocumentationComment(checker).length > 0;
      if (!documented(symbol)) wrong.push(name);
      for (const member of checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol))) {
        if (member.name.startsWith("_")) continue;
        if (!documented(member)) wrong.push(`${name}.${member.name}`);
        for (const part of partsOf(checker, checker.getTypeOfSymbol(member))) {
          parts.add(`${name}.${part.name}`);
          if (!documented(part)) wrong.push(`${name}.${member.name}: ${part.name}`);
        }
      }
      for (const member of symbol.exports?.values() ?? [])
        if (member.name !== "prototype" && !documented(member)) wrong.push(`${name}.${member.name} (static)`);
    }
    assert.deepEqual(wrong, []);
    for (const part of ["Nodes.freeMemoryMiB", "Fleet.sshCommand"]) assert.ok(parts.has(part), part);
  });
});

/** The properties of this package's own objects within an output: of what is in lists, maps and other outputs too. */
function partsOf(checker: ts.TypeChecker, type: ts.Type): ts.Symbol[] {
  if (type.isUnionOrIntersection()) return type.types.flatMap((one) => partsOf(checker, one));
  const within = checker.getTypeArguments(type as ts.TypeReference).concat(type.aliasTypeArguments ?? []);
  const own = type
    .getSymbol()
    ?.declarations?.some((one) => /pulumi-proxmox-cluster\/dist/.test(one.getSourceFile().fileName));
  const isObject = own === true && type.isClassOrInterface() && !type.isClass();
  const properties = isObject ? checker.getPropertiesOfType(type) : [];
  return [
    ...properties,
    ...properties.flatMap((one) => partsOf(checker, checker.getTypeOfSymbol(one))),
    ...within.flatMap((one) => partsOf(checker, one)),
  ];
}

/** TypeScript's language service on one file that changes. */
function serviceFor(file: string): ts.LanguageService {
  return ts.createLanguageService({
    getCompilationSettings: () => ({
      ...{ module: ts.ModuleKind.CommonJS, moduleResolution: ts.ModuleResolutionKind.Node10 },
      ...{ strict: true, target: ts.ScriptTarget.ES2020, types: [] },
    }),
    getScriptFileNames: () => [file],
    getScriptVersion: (name) => (name === file ? fs.readFileSync(file, "utf8") : "1"),
    getScriptSnapshot: (name) =>
      fs.existsSync(name) ? ts.ScriptSnapshot.fromString(fs.readFileSync(name, "utf8")) : undefined,
    getCurrentDirectory: () => path.dirname(file),
    getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
    fileExists: (name) => ts.sys.fileExists(name),
    readFile: (name) => ts.sys.readFile(name),
    directoryExists: (name) => ts.sys.directoryExists(name),
    getDirectories: (name) => ts.sys.getDirectories(name),
    realpath: (name) => fs.realpathSync(name),
  });
}
