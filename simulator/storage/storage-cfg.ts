import path from "node:path/posix";
import { PveError, die, textOf } from "../errors.js";
import { fail } from "../fail.js";
import { splitList } from "../formats/list.js";
import { digestOf } from "../random.js";
import type { StorageConfig } from "../world/storage.js";
import type { Cluster, World } from "../world/world.js";
import { activateSection } from "./activation.js";
import { clusterOf, isEnabled, readSection, sections, storageOf } from "./sections.js";
import { numericOptions, storageTypes } from "./storage-types.js";
import type { ContentType, Storage, StorageType } from "./types.js";
import { parseVolid } from "./volume-names.js";

export type StorageParameters = Readonly<Record<string, string | number | undefined>>;

/** What POST and PUT answer; only Proxmox Backup Server has something to say in `config`. */
interface StorageReply {
  storage: string;
  type: string;
  config?: Record<string, string>;
}

/** storage.cfg as Proxmox writes it. */
export function storageCfgText(cluster: Cluster): string {
  return Object.entries(sections(cluster))
    .map(([id, section]) => `${section.type}: ${id}\n${sectionLines(section)}\n`)
    .join("");
}

function sectionLines({ type, ...options }: StorageConfig): string {
  const required = (key: string) => storageTypes[type as StorageType].options[key]?.optional !== true;
  const keys = Object.keys(options).sort((a, b) => Number(required(b)) - Number(required(a)) || (a < b ? -1 : 1));
  return keys.map((key) => (key === "disable" ? "\tdisable\n" : `\t${key} ${options[key]}\n`)).join("");
}

/** A storage as `GET /storage/{storage}` shows it. */
export function storageEntry(cluster: Cluster, id: string): Record<string, unknown> {
  const { type, content, nodes, contentDirs, options } = storageOf(cluster, id);
  return {
    ...options,
    storage: id,
    type,
    content: content.join(",") || "none",
    ...(nodes === undefined ? {} : { nodes: nodes.join(",") }),
    ...(contentDirs === undefined ? {} : { "content-dirs": contentDirs }),
    digest: digestOf(storageCfgText(cluster)),
  };
}

/** `POST /storage`: adds a definition, after trying it out on the node that was asked. */
export function createStorage(world: World, node: string, parameters: StorageParameters): StorageReply {
  const { storage: id = "", type: typeName, ...given } = withoutUndefined(parameters);
  const type = typeName as StorageType;
  if (given.nodes === "") delete given.nodes;
  const secrets = takeSecrets(type, given);
  if (["nfs", "cifs", "cephfs"].includes(type) && !given.path) given.path = `/mnt/pve/${id}`;
  const section: StorageConfig = { type, ...checkedOptions(type, given, true) };
  if (type === "dir" || type === "btrfs") section.path = checkedDirectory(section.path ?? "");

  return prefixed("create storage failed", () => {
    const cluster = clusterOf(world, node);
    if (sections(cluster)[id]) throw die(`storage ID '${id}' already defined`);
    const config = onAdd(cluster, section, secrets);
    const storage = readSection(String(id), section);
    if (isEnabled(storage, node)) activateSection(world, node, storage);
    cluster.storages = { ...sections(cluster), [id]: section };
    return { storage: String(id), type, ...(config ? { config } : {}) };
  });
}

/** `PUT /storage/{storage}`. */
export function updateStorage(world: World, node: string, parameters: StorageParameters): StorageReply {
  const { storage, digest, delete: deletions = "", ...given } = withoutUndefined(parameters);
  const id = String(storage);
  return prefixed("update storage failed", () => {
    const cluster = clusterOf(world, node);
    if (digest && digest !== digestOf(storageCfgText(cluster))) {
      throw die("detected modified configuration - file changed by other user? Try again.");
    }
    const section = sections(cluster)[id] ?? fail(`storage '${id}' does not exist`);
    const type = section.type as StorageType;
    const secrets = takeSecrets(type, given);
    const changes = checkedOptions(type, given, false);
    const names = splitList(String(deletions));
    for (const name of names) {
      const option = storageTypes[type].options[name] ?? fail(`no such option '${name}'`);
      if (!option.optional) throw die(`unable to delete required option '${name}'`);
      if (option.fixed) throw die(`unable to delete fixed option '${name}'`);
      if (changes[name] !== undefined) throw die(`cannot set and delete property '${name}' at the same time!`);
    }
    const changed = { ...section, ...changes };
    const config = type === "pbs" ? onPbs(changed, secrets) : undefined;
    for (const name of names) delete changed[name];
    if (changed.nodes === "") delete changed.nodes;
    cluster.storages = { ...sections(cluster), [id]: changed };
    return { storage: id, type, ...(config ? { config } : {}) };
  });
}

/** `DELETE /storage/{storage}`: forgets the definition and what was granted on it; its volumes stay. */
export function deleteStorage(world: World, node: string, id: string): void {
  const cluster = clusterOf(world, node);
  prefixed("delete storage failed", () => {
    storageOf(cluster, id);
    const isBase = Object.values(sections(cluster)).some(({ base }) => base && parseVolid(base)?.storage === id);
    if (isBase) throw die("can't remove storage - storage is used as base of another storage");
    cluster.storages = Object.fromEntries(Object.entries(cluster.storages).filter(([name]) => name !== id));
  });
  cluster.access.acl = cluster.access.acl.filter((entry) => entry.path !== `/storage/${id}`);
  for (const pool of Object.values(cluster.pools)) pool.storage = pool.storage.filter((name) => name !== id);
}

function withoutUndefined(parameters: StorageParameters): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

/** Passwords and keys are kept apart from storage.cfg and never shown again. */
function takeSecrets(type: StorageType, given: Record<string, string | number>): Record<string, string> {
  const secrets: Record<string, string> = {};
  for (const name of storageTypes[type].sensitive) {
    if (given[name] !== undefined) secrets[name] = String(given[name]);
    delete given[name];
  }
  return secrets;
}

/** `check_config` of the section parser: options of that type only, required ones there, fixed ones unchanged. */
function checkedOptions(type: StorageType, given: Readonly<Record<string, string | number>>, creating: boolean) {
  const { options } = storageTypes[type];
  const checked: Record<string, string> = {};
  for (const [key, value] of Object.entries(given)) {
    if (!creating && options[key]?.fixed) throw die(`can't change value of fixed parameter '${key}'`);
    if (!options[key]) throw die(`unexpected property '${key}'`);
    if (/[\n\r]/.test(String(value))) throw die("property contains a line feed");
    checked[key] = decodedValue(type, key, String(value));
  }
  const missing = Object.keys(options)
    .sort()
    .find((key) => !options[key]?.optional && checked[key] === undefined);
  if (creating && missing !== undefined) throw die(`missing value for required option '${missing}'`);
  return checked;
}

/** `decode_value`: content types that the storage cannot hold are left out; without any it holds `none`. */
function decodedValue(type: StorageType, key: string, value: string): string {
  if (numericOptions.has(key)) return String(Number(value));
  if (key === "nodes") return [...new Set(splitList(value))].join(",");
  if (key !== "content") return value;
  const { allowed } = storageTypes[type].content;
  const held = [...new Set(splitList(value))].filter((each) => allowed.includes(each as ContentType));
  if (held.includes("none") && held.length > 1) throw die("unable to combine 'none' with other content types");
  if (held.length === 0 && !allowed.includes("none")) throw die("storage does not support content type 'none'");
  return held.join(",") || "none";
}

function checkedDirectory(directory: string): string {
  if (!/^\/[-/a-zA-Z0-9_.@]+$/.test(directory)) throw die(`illegal path for directory storage: ${directory}`);
  return path.normalize(directory).replace(/(?!^)\/$/, "");
}

function onAdd(cluster: Cluster, section: StorageConfig, secrets: Record<string, string>) {
  if (section.type === "pbs") return onPbs(section, secrets);
  if (section.type === "esxi" && secrets.password === undefined) throw die("missing password");
  if (section.type === "lvm" && section.base !== undefined) {
    const id = parseVolid(section.base)?.storage ?? fail(`unable to parse volume ID '${section.base}'`);
    const base: Storage | undefined = sections(cluster)[id] && storageOf(cluster, id);
    if (!base) throw die(`base storage ID '${id}' does not exist`);
    if (base.type !== "iscsi") {
      throw die(`unsupported base type '${base.type}' at /usr/share/perl5/PVE/Storage/LVMPlugin.pm line 489.`);
    }
  }
  return undefined;
}

/** The encryption key is answered once; the definition only says that there is one. */
function onPbs(section: StorageConfig, secrets: Record<string, string>): Record<string, string> {
  const key = secrets["encryption-key"];
  if (secrets["master-pubkey"] !== undefined) {
    if (key === undefined && section["encryption-key"] === undefined) {
      throw die("'master-pubkey' can only be used together with 'encryption-key'");
    }
    section["master-pubkey"] = "1";
  }
  if (key === undefined) return {};
  const text = key === "autogen" ? generatedKey(section) : key;
  section["encryption-key"] = fingerprintOf(text) ?? "1";
  return { "encryption-key": text };
}

function generatedKey(section: StorageConfig): string {
  const digest = digestOf(section);
  const fingerprint = (digest + digest).slice(0, 64).replace(/..(?=.)/g, "$&:");
  return JSON.stringify({ kdf: null, created: "1970-01-01T00:00:00+00:00", data: digest, fingerprint });
}

function fingerprintOf(key: string): string | undefined {
  const invalid = "Value does not seems like a valid, JSON formatted encryption key!";
  let parsed: unknown;
  try {
    parsed = JSON.parse(key);
  } catch {
    throw die(invalid);
  }
  if (typeof parsed !== "object" || parsed === null || !("data" in parsed)) throw die(invalid);
  return "fingerprint" in parsed && typeof parsed.fingerprint === "string" ? parsed.fingerprint : undefined;
}

/** What fails under the lock of storage.cfg is told with what was being done. */
function prefixed<T>(prefix: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw error instanceof PveError ? die(`${prefix}: ${textOf(error)}`) : error;
  }
}
