import path from "node:path";
import ts from "typescript";
import { programOfIndex, root, textOf } from "./comments";

/** One row of a table: an argument as its interface says. */
interface Row {
  readonly name: string;
  readonly required: boolean;
  readonly type: string;
  readonly text: string;
  readonly default: string;
  readonly change: string;
  readonly key: string;
}

const kebab = (name: string): string => name.replace(/(?!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();

/** The reference of every public class, as files; what it says is what an editor shows. */
export function referenceFiles(): Map<string, string> {
  const program = programOfIndex();
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(path.join(root, "index.ts"));
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error("index.ts exports nothing");
  const exported = checker
    .getExportsOfModule(module)
    .map((one) => (one.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(one) : one));
  const classes = exported.filter(({ flags }) => flags & ts.SymbolFlags.Class);
  const names = classes.map(({ name }) => name);
  const pages = classes.map((one) => [`docs/reference/${kebab(one.name)}.md`, page(checker, one, names)] as const);
  const list = classes.map((one) => `- [${one.name}](${kebab(one.name)}.md): ${firstSentence(textOf(checker, one))}`);
  return new Map([["docs/reference/README.md", overview(list.sort())], ...pages]);
}

const overview = (list: readonly string[]): string => `# Reference

Written by \`npm run arguments\` from the sources; an editor shows the same. What a change does: **live** takes effect at
once, **hot-plug** is plugged into a running VM, **reboot** reboots a running VM once, at the end of the update,
**migrate** moves it to another node, **rebuild** builds a new version beside the old one, **replace** makes the object
anew, **none** touches nothing that is there. A preview says it again for every change. What is not set is not managed:
it keeps its value in Proxmox, and never shows as drift.

${list.join("\n")}
`;

const firstSentence = (text: string): string => /^.*?\.(?=\s|$)/.exec(flat(text))?.[0] ?? flat(text);
const flat = (text: string): string => text.split("```")[0]?.replace(/\s+/g, " ").trim() ?? "";

/** The class of which an interface is a part: VmDiskArgs is of Vm. */
const ownerOf = (name: string, classes: readonly string[]): string | undefined =>
  classes.filter((one) => name.startsWith(one)).sort((a, b) => b.length - a.length)[0];

function page(checker: ts.TypeChecker, symbol: ts.Symbol, classes: readonly string[]): string {
  const instance = checker.getDeclaredTypeOfSymbol(symbol);
  const declaration = symbol.valueDeclaration;
  if (!declaration || !ts.isClassDeclaration(declaration)) throw new Error(`${symbol.name} is no class`);
  const made = declaration.members.find(ts.isConstructorDeclaration);
  const args = made?.parameters.find((one) => one.name.getText() === "args");
  const sections: string[] = [];
  const seen = new Set<ts.Symbol>();
  const elsewhere = new Set<string>();
  const queue: ts.Type[] = args ? [checker.getTypeAtLocation(args)] : [];
  for (let type = queue.shift(); type; type = queue.shift())
    for (const one of interfacesIn(checker, type).sort((a, b) => inOrder(a.getSymbol(), b.getSymbol()))) {
      const its = one.getSymbol();
      if (!its || seen.has(its)) continue;
      seen.add(its);
      const owner = ownerOf(its.name, classes);
      if (owner !== undefined && owner !== symbol.name) {
        elsewhere.add(`[${owner}](${kebab(owner)}.md)`);
        continue;
      }
      const properties = checker.getPropertiesOfType(one).sort((a, b) => inOrder(a, b));
      const rows = properties.map((property) => rowOf(checker, property));
      if (rows.length > 0) sections.push(section(its.name, `${symbol.name}Args`, flat(textOf(checker, its)), rows));
      queue.push(...properties.map((property) => checker.getTypeOfSymbol(property)));
    }
  const outputs = checker
    .getPropertiesOfType(instance)
    .filter(({ valueDeclaration }) => valueDeclaration && ts.isPropertyDeclaration(valueDeclaration))
    .filter(({ valueDeclaration }) => !/node_modules/.test(valueDeclaration?.getSourceFile().fileName ?? ""))
    .map((one) => `| \`${one.name}\` | ${code(typeText(one))} | ${cell(textOf(checker, one))} |`);
  const looks = [...(symbol.exports?.values() ?? [])].filter(({ name }) => name !== "prototype");
  return [
    `# ${symbol.name}`,
    textOf(checker, symbol).trim(),
    ...(outputs.length > 0 ? [`## Outputs\n\n| output | type | meaning |\n|---|---|---|\n${outputs.join("\n")}`] : []),
    ...looks.map((one) => `## ${symbol.name}.${one.name}\n\n${textOf(checker, one).trim()}`),
    ...sections,
    ...(elsewhere.size > 0 ? [`Other arguments are told on the pages of ${[...elsewhere].sort().join(", ")}.`] : []),
  ]
    .join("\n\n")
    .concat("\n");
}

function section(name: string, main: string, text: string, rows: readonly Row[]): string {
  const keyed = rows.some(({ key }) => key !== "");
  const head = ["argument", "type", "meaning", "default", "a change", ...(keyed ? ["Proxmox"] : [])];
  const lines = rows.map(({ key, ...row }) =>
    [
      `\`${row.name}\`${row.required ? " (required)" : ""}`,
      ...[code(row.type), cell(row.text), cell(row.default), cell(row.change)],
      ...(keyed ? [cell(key)] : []),
    ].join(" | "),
  );
  const title = name === main ? `## Arguments` : `### ${name}`;
  return [
    title,
    "",
    ...(name === main ? [] : [text, ""]),
    `| ${head.join(" | ")} |`,
    `|${head.map(() => "---").join("|")}|`,
  ]
    .concat(lines.map((line) => `| ${line} |`))
    .join("\n");
}

/** This project's own interfaces within a type: members of unions, what is in lists, maps and inputs. */
function interfacesIn(checker: ts.TypeChecker, type: ts.Type, seen = new Set<ts.Type>()): ts.Type[] {
  if (seen.has(type)) return [];
  seen.add(type);
  if (type.isUnionOrIntersection()) return type.types.flatMap((one) => interfacesIn(checker, one, seen));
  if (!(type.flags & ts.TypeFlags.Object)) return [];
  const declared = type.getSymbol()?.declarations ?? [];
  if (declared.some((one) => ts.isInterfaceDeclaration(one) && /Args$/.test(one.name.text))) return [type];
  const mapped = type.aliasTypeArguments ?? [];
  const within = [...checker.getTypeArguments(type as ts.TypeReference), ...mapped];
  const entries = [type.getStringIndexType(), type.getNumberIndexType()].filter((one) => one !== undefined);
  return [...within, ...entries].flatMap((one) => interfacesIn(checker, one, seen));
}

/** As they are written: the compiler's own order of unions and their keys depends on what it has looked at before. */
function inOrder(a: ts.Symbol | undefined, b: ts.Symbol | undefined): number {
  const [left, right] = [a, b].map((one) => one?.declarations?.[0]);
  const [first, second] = [left, right].map((one) => one?.getSourceFile().fileName ?? "");
  return first === second ? (left?.pos ?? 0) - (right?.pos ?? 0) : (first ?? "") < (second ?? "") ? -1 : 1;
}

function rowOf(checker: ts.TypeChecker, property: ts.Symbol): Row {
  const text = textOf(checker, property);
  const noted = (name: string): string => new RegExp(`^- ${name}: (.*)$`, "m").exec(text)?.[1] ?? "";
  const [what = ""] = text.split(/^- (?:Default|Change|Proxmox): /m);
  const required = !(property.flags & ts.SymbolFlags.Optional);
  return {
    ...{ name: property.name, required, type: typeText(property), text: flat(what) },
    ...{ default: noted("Default"), change: noted("Change"), key: noted("Proxmox") },
  };
}

/** The type as it is written, without what is the same everywhere. */
function typeText(property: ts.Symbol): string {
  const declaration = property.declarations?.[0];
  const written =
    declaration && (ts.isPropertySignature(declaration) || ts.isPropertyDeclaration(declaration))
      ? (declaration.type?.getText() ?? "")
      : "";
  const plain = written.replace(/\s+/g, " ").replace(/ \| undefined$/, "");
  return unwrapped(unwrapped(plain, "pulumi.Input<"), "pulumi.Output<");
}

function unwrapped(text: string, wrapper: string): string {
  const at = text.indexOf(wrapper);
  if (at < 0) return text;
  let depth = 1;
  let end = at + wrapper.length;
  for (; depth > 0 && end < text.length; end++) depth += text[end] === "<" ? 1 : text[end] === ">" ? -1 : 0;
  const inner = text.slice(at + wrapper.length, end - 1);
  const list = text.slice(end).startsWith("[]") && inner.includes(" | ");
  return unwrapped(text.slice(0, at) + (list ? `(${inner})` : inner) + text.slice(end), wrapper);
}

const cell = (text: string): string =>
  flat(text)
    .replaceAll("|", "\\|")
    .replaceAll("<", "&lt;")
    .replace(/`[^`]*`/g, (one) => one.replaceAll("&lt;", "<"));
const code = (text: string): string => (text === "" ? "" : `\`${text.replaceAll("|", "\\|")}\``);
