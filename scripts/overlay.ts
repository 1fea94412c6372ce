// Writes pve/overlay.generated.ts: the endpoints and parameters of contract/ that proxmox-api does not declare.
//   node dist/scripts/overlay.js
import fs from "node:fs";
import path from "node:path";
import { contract, type ApiMethod, type Schema } from "../contract";

const root = path.join(__dirname, "..", "..");
const target = path.join(root, "pve", "overlay.generated.ts");

/** Names of path variables differ between the two sources, and do not matter. */
const shape = (key: string) => key.replace(/\{[^}]*\}/g, "{}");

/** The parameters that proxmox-api declares, by `METHOD /path/{}`. */
function declared(): Map<string, Set<string>> {
  const model = fs.readFileSync(
    path.join(path.dirname(require.resolve("proxmox-api")), "..", "src", "model.ts"),
    "utf8",
  );
  const found = new Map<string, Set<string>>();
  let key: string | undefined;
  for (const line of model.split("\n")) {
    const [, described] = /^\s*\* ((?:GET|POST|PUT|DELETE) \/\S*)$/.exec(line) ?? [];
    const [, params] = /^\s*\$(?:get|post|put|delete)\((.*)\): Promise</.exec(line) ?? [];
    if (described) key = shape(described.replace(/\\/g, ""));
    else if (params !== undefined && key) found.set(key, new Set(topLevelNames(params)));
  }
  return found;
}

/** The keys of `param?: { a?: T, 'b-c': { inner: U } }`. */
function topLevelNames(params: string): string[] {
  const names: string[] = [];
  let depth = 0;
  for (const [token, quoted, plain] of params.matchAll(/[{}()<>[\]]|'([^']+)'\??:|([A-Za-z_]\w*)\??:/g)) {
    if (/^[{(<[]$/.test(token)) depth++;
    else if (/^[})>\]]$/.test(token)) depth--;
    else if (depth === 1) names.push(quoted ?? plain ?? "");
  }
  return names;
}

function valueType(schema: Schema): string {
  if (schema.enum && schema.type !== "integer") return schema.enum.map((one) => JSON.stringify(one)).join(" | ");
  if (schema.type === "boolean") return "boolean | 0 | 1";
  if (schema.type === "integer" || schema.type === "number") return "number | string";
  if (schema.type === "array") return "readonly (string | number)[]";
  return "string";
}

/** The parameters as the text of a type; undefined when none is missing. */
function parameters(endpoint: ApiMethod, pathNames: readonly string[], known: ReadonlySet<string>): string | undefined {
  const lines: string[] = [];
  for (const [name, schema] of Object.entries(endpoint.params).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (pathNames.includes(name) || known.has(name)) continue;
    const indexed = /^(.*)\[n\]$/.exec(name);
    if (indexed) {
      const all = Array.from({ length: schema.count ?? 0 }, (_, n) => `${indexed[1]}${n}`);
      if (all.every((one) => known.has(one))) continue;
      lines.push(`readonly [key: \`${indexed[1]}\${number}\`]: string;`);
    } else lines.push(`readonly ${JSON.stringify(name)}${schema.optional ? "?" : ""}: ${valueType(schema)};`);
  }
  return lines.length > 0 ? `{ ${lines.join(" ")} }` : undefined;
}

const REPLIES: Readonly<Record<string, string>> = {
  null: "null",
  string: "string",
  boolean: "boolean | 0 | 1",
  integer: "number | string",
  object: "WireObject",
  // What is in it, the contract does not say.
  array: "readonly unknown[]",
};

interface Branch {
  readonly calls: string[];
  readonly below: Map<string, Branch>;
}
const branch = (): Branch => ({ calls: [], below: new Map() });

function tree(): Branch {
  const known = declared();
  const top = branch();
  for (const [key, endpoint] of Object.entries(contract()).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [method = "", template = ""] = key.split(" ");
    const before = known.get(shape(key));
    const pathNames = [...template.matchAll(/\{([^}]+)\}/g)].map((match) => match[1]!);
    const params = parameters(endpoint, pathNames, before ?? new Set());
    if (before && !params) continue;
    const required = params !== undefined && /"\w[\w-]*": /.test(params.replace(/"[^"]*"\?:/g, "?:"));
    const argument = params ? `param${required ? "" : "?"}: ${params}` : "";
    const reply = before ? "Declared" : (REPLIES[endpoint.returns ?? ""] ?? "unknown");
    let at = top;
    for (const segment of template.split("/").slice(1)) {
      const variable = /^\{(.+)\}$/.exec(segment)?.[1];
      const type = variable && endpoint.params[variable]?.type === "integer" ? "number" : "string";
      const name = variable ? `$(id: ${type})` : `readonly ${JSON.stringify(segment)}`;
      if (!at.below.has(name)) at.below.set(name, branch());
      at = at.below.get(name)!;
    }
    at.calls.push(`$${method.toLowerCase()}(${argument}): Promise<${reply}>;`);
  }
  return top;
}

/** One line for each call; a path segment with one call only shares its line. */
function print({ calls, below }: Branch, indent: string): string {
  const inner = `${indent}  `;
  if (calls.length === 1 && below.size === 0) return `{ ${calls[0]} }`;
  const lines = [...calls, ...[...below].map(([name, sub]) => `${name}: ${print(sub, inner)};`)];
  return `{\n${lines.map((line) => `${inner}${line}\n`).join("")}${indent}}`;
}

/** The text of the generated file. */
export function overlay(): string {
  return `// Written by scripts/overlay.ts from contract/; do not edit.
import type { WireObject } from "./wire";

/** The reply is as proxmox-api declares it; only parameters are added. */
export interface Declared {
  readonly declared: unique symbol;
}

/** What Proxmox VE 9.2 has and proxmox-api's declarations (Proxmox VE 8) lack. */
export interface Additions ${print(tree(), "")}
`;
}

if (require.main === module) fs.writeFileSync(target, overlay());
