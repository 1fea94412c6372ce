import type { z } from "zod";
import { showPath, suggestion } from "../providers/kernel/state/problems";
import { leafPaths, schemasAt, type Path } from "./fleet-schema.plan";

/** A column of a fleet's table: where its values go in the arguments of a Vm. */
export interface Column {
  readonly name: string;
  readonly path: Path;
}

/** Short names of fields that lie deeper; every other field is called by its path, such as `disks[1].sizeGiB`. */
const short: Readonly<Record<string, Path>> = {
  template: ["source", "clone", "template"],
  full: ["source", "clone", "full"],
  imageVolumeId: ["source", "imageVolumeId"],
  cloudImage: ["source", "cloudImage"],
  iso: ["source", "iso"],
  address: ["cloudInit", "addresses", 0, "address"],
  gateway: ["cloudInit", "addresses", 0, "gateway"],
  address6: ["cloudInit", "addresses", 0, "address6"],
  gateway6: ["cloudInit", "addresses", 0, "gateway6"],
  user: ["cloudInit", "user"],
  sshKeys: ["cloudInit", "sshKeys"],
  nameservers: ["cloudInit", "nameservers"],
  searchDomain: ["cloudInit", "searchDomain"],
  bridge: ["networks", 0, "bridge"],
  vlan: ["networks", 0, "vlan"],
  mac: ["networks", 0, "mac"],
  mtu: ["networks", 0, "mtu"],
};

/** `diskGiB` is the first disk's size, `disk2GiB` that of the second. */
const diskColumn = /^disk([1-9]\d?)?(GiB|Storage)$/;

/** The column that a heading means, or why there is none. */
export function columnNamed(name: string, schema: z.ZodType): Column | { problem: string } {
  if (name === "name") return { name, path: ["name"] };
  const path = short[name] ?? diskPath(name) ?? parsePath(name);
  if (path && schemasAt(schema, path).length > 0) return { name, path };
  return { problem: `there is no such column${suggestion(name, knownColumns(schema))}` };
}

function diskPath(name: string): Path | undefined {
  const match = diskColumn.exec(name);
  if (!match) return undefined;
  return ["disks", Number(match[1] ?? 1) - 1, match[2] === "GiB" ? "sizeGiB" : "storage"];
}

/** `disks[1].sizeGiB` as a path. */
function parsePath(text: string): Path | undefined {
  if (!/^\w+(?:\[\d+\])*(?:\.\w+(?:\[\d+\])*)*$/.test(text)) return undefined;
  return [...text.matchAll(/(\w+)|\[(\d+)\]/g)].map(([, key, index]) => key ?? Number(index));
}

function knownColumns(schema: z.ZodType): string[] {
  const paths = leafPaths(schema).map(showPath);
  return ["name", ...Object.keys(short), "diskGiB", "diskStorage", ...paths];
}

/** How a table calls the field at a path. */
export function columnOf(path: string, columns: readonly Column[]): string {
  const own = columns.find((column) => showPath(column.path) === path);
  if (own) return own.name;
  return Object.entries(short).find(([, at]) => showPath(at) === path)?.[0] ?? path;
}
