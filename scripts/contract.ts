// Writes the compact tables in contract/ from the schema that Proxmox publishes:
//   node dist/scripts/contract.js path/to/pve-9.1-schema.json [another folder]
// Names, types, ranges, formats, permissions, requires and defaults; no prose.
import fs from "node:fs";
import path from "node:path";
import { indexedKeyCount } from "./contract-indexes.js";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Table = Record<string, Json>;

interface SourceMethod {
  allowtoken: number;
  permissions?: { user?: string; check?: Json };
  parameters?: { additionalProperties?: number; properties?: Record<string, Table> };
  proxyto?: string;
  protected?: number;
  returns?: { type?: string };
}

const kept = [
  ...["type", "optional", "format", "pattern", "enum", "minimum", "maximum", "minLength", "maxLength", "default"],
  ...["requires", "items", "oneOf", "default_key", "alias", "keyAlias", "type-property", "instance-types"],
];
const ownTable = {
  cluster: ["acme", "config", "firewall", "ha", "mapping", "notifications", "sdn", "ceph"],
  nodes: ["qemu", "lxc", "ceph", "disks", "storage", "network", "firewall", "apt", "sdn"],
};

function compact(schema: Table): Table {
  const out: Table = {};
  for (const key of kept) {
    const value = schema[key];
    if (value === undefined) continue;
    if (key === "format" && typeof value === "object")
      out[key] = mapValues(value as Table, (sub) => compact(sub as Table));
    else if (key === "items") out[key] = compact(value as Table);
    else if (key === "oneOf") out[key] = (value as Table[]).map(compact);
    else if (key === "optional" || key === "default_key") {
      if (Number(value) === 1) out[key] = 1;
    } else if (["minimum", "maximum", "minLength", "maxLength"].includes(key)) out[key] = Number(value);
    else out[key] = value;
  }
  return out;
}

function mapValues(table: Table, change: (value: Json, key: string) => Json): Table {
  return Object.fromEntries(Object.entries(table).map(([key, value]) => [key, change(value, key)]));
}

function endpoint(template: string, source: SourceMethod): Table {
  const params: Table = {};
  for (const [name, schema] of Object.entries(source.parameters?.properties ?? {})) {
    params[name] = { ...compact(schema), ...(name.endsWith("[n]") ? { count: indexedKeyCount(template, name) } : {}) };
  }
  const { user, check } = source.permissions ?? {};
  return {
    params,
    ...(source.parameters?.additionalProperties === 1 ? { open: 1 } : {}),
    ...(source.permissions ? { permissions: { ...(user ? { user } : {}), ...(check ? { check } : {}) } } : {}),
    ...(source.allowtoken ? {} : { ticketOnly: 1 }),
    ...(source.proxyto ? { proxyto: source.proxyto } : {}),
    ...(source.protected ? { protected: 1 } : {}),
    ...(source.returns?.type ? { returns: source.returns.type } : {}),
  };
}

/** Schemas that repeat are written once, in shared.json, and referred to as `"$name"`. */
class Shared {
  readonly table: Table = {};
  private readonly uses = new Map<string, number>();
  private readonly names = new Map<string, string>();

  count(name: string, schema: Json): void {
    const text = JSON.stringify(schema);
    this.uses.set(text, (this.uses.get(text) ?? 0) + 1);
    if (!this.names.has(text)) this.names.set(text, name);
  }

  refer(schema: Json): Json {
    const text = JSON.stringify(schema);
    if (text.length < 40 || (this.uses.get(text) ?? 0) < 2) return schema;
    const wanted = this.names.get(text) ?? "";
    const known = Object.keys(this.table).find((name) => JSON.stringify(this.table[name]) === text);
    if (known) return `$${known}`;
    let name = wanted;
    for (let n = 2; this.table[name] !== undefined; n++) name = `${wanted}~${n}`;
    this.table[name] = schema;
    return `$${name}`;
  }
}

function tableOf(key: string): string {
  const [, first = "", second = "", third = ""] = key.split(" ")[1]?.split("/") ?? [];
  if (first === "cluster" && ownTable.cluster.includes(second)) return `cluster-${second}`;
  if (first === "nodes" && ownTable.nodes.includes(third)) return `node-${third}`;
  return first === "nodes" ? "node" : first;
}

function write(folder: string, name: string, table: Table): void {
  const lines = Object.keys(table)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${JSON.stringify(table[key])}`);
  fs.writeFileSync(path.join(folder, `${name}.json`), `{\n${lines.join(",\n")}\n}\n`);
}

function main(file: string, folder: string): void {
  const source = JSON.parse(fs.readFileSync(file, "utf8")) as Record<string, SourceMethod>;
  const shared = new Shared();
  const endpoints = Object.entries(source).map(
    ([key, method]) => [key, endpoint(key.split(" ")[1] ?? "", method)] as const,
  );
  for (const [, { params }] of endpoints) {
    for (const [name, schema] of Object.entries(params as Table)) shared.count(name, schema);
  }
  const tables: Record<string, Table> = {};
  for (const [key, { params, ...rest }] of endpoints) {
    const referred = mapValues(params as Table, (schema) => shared.refer(schema));
    (tables[tableOf(key)] ??= {})[key] = { params: referred, ...rest };
  }
  for (const [name, table] of Object.entries(tables)) write(folder, name, table);
  write(folder, "shared", shared.table);
  console.log(
    `${endpoints.length} endpoints in ${Object.keys(tables).length} tables, ${Object.keys(shared.table).length} shared schemas`,
  );
}

const [file, folder] = process.argv.slice(2);
if (!file) throw new Error("usage: node dist/scripts/contract.js SCHEMA.json [FOLDER]");
main(file, folder ?? path.join(__dirname, "..", "..", "contract"));
