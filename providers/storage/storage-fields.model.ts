import { parsePropertyString, printPropertyString } from "../../pve/format";

/** How a field is written in storage.cfg. */
type Form = "text" | "flag" | "number" | "list" | "counts" | "folders" | "mountPoint";

interface Field {
  readonly key: string;
  readonly form: Form;
}

const field = (form: Form, key: string): Field => ({ key, form });

/** Fields of a Storage and what they are called in Proxmox's API. */
export const storageFields: Readonly<Record<string, Field>> = {
  content: field("list", "content"),
  nodes: field("list", "nodes"),
  disabled: field("flag", "disable"),
  path: field("text", "path"),
  shared: field("flag", "shared"),
  isMountpoint: field("mountPoint", "is_mountpoint"),
  pruneBackups: field("counts", "prune-backups"),
  maxProtectedBackups: field("number", "max-protected-backups"),
  createBasePath: field("flag", "create-base-path"),
  createSubdirs: field("flag", "create-subdirs"),
  contentDirs: field("folders", "content-dirs"),
  format: field("text", "format"),
  preallocation: field("text", "preallocation"),
  snapshotAsVolumeChain: field("flag", "snapshot-as-volume-chain"),
  bandwidthLimit: field("counts", "bwlimit"),
  nocow: field("flag", "nocow"),
  server: field("text", "server"),
  export: field("text", "export"),
  share: field("text", "share"),
  options: field("text", "options"),
  subdir: field("text", "subdir"),
  username: field("text", "username"),
  domain: field("text", "domain"),
  smbVersion: field("text", "smbversion"),
  monitors: field("list", "monhost"),
  fileSystem: field("text", "fs-name"),
  fuse: field("flag", "fuse"),
  pool: field("text", "pool"),
  dataPool: field("text", "data-pool"),
  namespace: field("text", "namespace"),
  krbd: field("flag", "krbd"),
  volumeGroup: field("text", "vgname"),
  thinPool: field("text", "thinpool"),
  base: field("text", "base"),
  saferemove: field("flag", "saferemove"),
  saferemoveThroughput: field("text", "saferemove_throughput"),
  saferemoveStepSize: field("number", "saferemove-stepsize"),
  taggedOnly: field("flag", "tagged_only"),
  blockSize: field("text", "blocksize"),
  sparse: field("flag", "sparse"),
  mountpoint: field("text", "mountpoint"),
  portal: field("text", "portal"),
  target: field("text", "target"),
  iscsiProvider: field("text", "iscsiprovider"),
  noWriteCache: field("flag", "nowritecache"),
  comstarHostGroup: field("text", "comstar_hg"),
  comstarTargetGroup: field("text", "comstar_tg"),
  lioTargetPortalGroup: field("text", "lio_tpg"),
  datastore: field("text", "datastore"),
  port: field("number", "port"),
  fingerprint: field("text", "fingerprint"),
  skipCertificateVerification: field("flag", "skip-cert-verification"),
};

/** Fields whose values Proxmox never gives back. */
export const secretFields: Readonly<Record<string, string>> = {
  password: "password",
  keyring: "keyring",
  encryptionKey: "encryption-key",
  masterPublicKey: "master-pubkey",
};

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const camel = (name: string): string => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** A value as the API takes it. */
export function toWire(name: string, value: unknown): string | number {
  switch (storageFields[name]?.form) {
    case "flag":
      return value ? 1 : 0;
    case "number":
      return value as number;
    case "list":
      return (value as string[]).join(",");
    case "counts":
      return printPropertyString(
        Object.fromEntries(Object.entries(value as Record<string, number | boolean>).map(([k, v]) => [kebab(k), v])),
      );
    case "folders":
      return printPropertyString(value as Record<string, string>);
    case "mountPoint":
      return typeof value === "boolean" ? (value ? 1 : 0) : (value as string);
    default:
      return value as string;
  }
}

const truthy = (value: unknown): boolean => /^(?:1|yes|on|true)$/i.test(String(value));

/** A value as the API gives it, in the terms of the inputs. */
export function fromWire(name: string, value: unknown): unknown {
  switch (storageFields[name]?.form) {
    case "flag":
      return truthy(value);
    case "number":
      return Number(value);
    case "list":
      return String(value)
        .split(/[,;\s]+/)
        .filter((item) => item !== "");
    case "counts":
      return Object.fromEntries(
        Object.entries(parsePropertyString(String(value))).map(([key, text]) => [
          camel(key),
          key === "keep-all" ? truthy(text) : Number(text),
        ]),
      );
    case "folders":
      return typeof value === "string" ? parsePropertyString(value) : value;
    case "mountPoint":
      return String(value).startsWith("/") ? String(value) : truthy(value);
    default:
      return String(value);
  }
}

/** Lists are sets to Proxmox: it gives them back in any order. */
export function sameStorageValue(_path: string, wanted: unknown, live: unknown): boolean {
  if (Array.isArray(wanted) && Array.isArray(live))
    return [...new Set(wanted as string[])].sort().join() === [...new Set(live as string[])].sort().join();
  // What is not written down is off.
  if (typeof wanted === "boolean" && live === undefined) return !wanted;
  return Object.is(wanted, live);
}

/** Does a definition have this value already? */
export function hasValue(name: string, wanted: unknown, entry: Readonly<Record<string, unknown>>): boolean {
  const { key = "" } = storageFields[name] ?? {};
  const live = entry[key];
  if (live === undefined) return sameStorageValue(name, wanted, undefined);
  const seen = fromWire(name, live);
  if (sameStorageValue(name, wanted, seen)) return true;
  if (wanted === null || typeof wanted !== "object" || Array.isArray(wanted)) return false;
  const sorted = (object: object): string =>
    JSON.stringify(
      Object.entries(object)
        .filter(([, v]) => v !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  return sorted(wanted) === sorted(seen as object);
}
