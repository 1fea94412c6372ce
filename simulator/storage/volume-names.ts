import { fail } from "../fail.js";
import { storageTypes } from "./storage-types.js";
import type { ContentType, Storage } from "./types.js";

/** What a volume's name says about it (`parse_volname` of the storage plugins). */
export interface VolumeName {
  content: Exclude<ContentType, "rootdir" | "none">;
  name: string;
  vmid?: number;
  baseName?: string;
  baseVmid?: number;
  isBase: boolean;
  format: string;
}

const isoExtension = "\\.(?:iso|img)";
const templateExtension = "\\.(?:tar(?!\\.)|tar\\.(?:gz|xz|zst|bz2))";
const backupExtension = "\\.(tgz|(?:tar|vma)(?:\\.(?:gz|lzo|zst|bz2))?)";
const safe = "[a-zA-Z0-9\\-.+=_]";
const safeOrBlank = "[ a-zA-Z0-9\\-.+=_]";

/** Names of uploads and downloads by content; import files are restricted to safe characters. */
export const uploadNames = {
  iso: new RegExp(`[^/]+${isoExtension}$`, "i"),
  vztmpl: new RegExp(`[^/]+${templateExtension}$`, "i"),
  import: new RegExp(`${safe}+\\.(ova|qcow2|raw|vmdk)$`),
};

/** Names that a list of a directory shows, by content. */
export const listedNames = {
  iso: new RegExp(`^[^/]+${isoExtension}$`, "i"),
  vztmpl: /^[^/]+\.(?:(tar)(?!\.)|tar\.(gz|xz|zst|bz2))$/i,
  backup: new RegExp(`^[^/]+${backupExtension}$`),
  import: new RegExp(`^${safe}+\\.(ova|ovf|qcow2|raw|vmdk)$`, "i"),
};

/** Splits `storage:name`; undefined when it is no volume id. */
export function parseVolid(volid: string): { storage: string; name: string } | undefined {
  const match = /^([a-z][a-z0-9\-_.]*[a-z0-9]):(.+)$/i.exec(volid);
  return match?.[1] !== undefined && match[2] !== undefined ? { storage: match[1], name: match[2] } : undefined;
}

/** As {@link parseVolid}, ending the request when it is none. */
export function volidParts(volid: string): { storage: string; name: string } {
  return parseVolid(volid) ?? fail(`unable to parse volume ID '${volid}'`);
}

/** Parses a volume's name as the plugin of the storage's type does, ending the request where that does. */
export function parseVolumeName(storage: Storage, name: string): VolumeName {
  if (storageTypes[storage.type].files) return parseFileName(name);
  switch (storage.type) {
    case "lvm":
    case "lvmthin":
      return parseLvmName(storage.type, name);
    case "zfspool":
    case "zfs":
      return parseBasedName(
        name,
        /^(?:((?:base|basevol)-(\d+)-\S+)\/)?((base|basevol|vm|subvol)-(\d+)-\S+)$/,
        `unable to parse zfs volume name '${name}'`,
      );
    case "rbd":
      return parseBasedName(
        name,
        /^(?:(base-(\d+)-\S+)\/)?((base|vm)-(\d+)-\S+)$/,
        `unable to parse rbd volume name '${name}'`,
      );
    default:
      return fail(`unable to parse ${storage.type} volume name '${name}'`);
  }
}

function parseFileName(name: string): VolumeName {
  let match = /^(\d+)\/(\S+)\/(\d+)\/(\S+)$/.exec(name);
  if (match) {
    const [, baseVmid = "", baseName = "", vmid = "", file = ""] = match;
    parseImageFile(baseName);
    return { ...image(file, vmid), baseName, baseVmid: Number(baseVmid) };
  }
  match = /^(\d+)\/(\S+)$/.exec(name);
  if (match) return image(match[2] ?? "", match[1] ?? "");

  match = /^(iso|vztmpl|backup|snippets|import)\/(.+)$/.exec(name);
  const [, content = "", file = ""] = match ?? [];
  if (content === "iso" && listedNames.iso.test(file)) return plain("iso", file);
  if (content === "vztmpl" && listedNames.vztmpl.test(file)) return plain("vztmpl", file);
  if (content === "snippets" && !file.includes("/")) return plain("snippets", file);
  if (content === "backup" && listedNames.backup.test(file)) {
    const owner = /^vzdump-(?:openvz|lxc|qemu)-(\d+)-.+/.exec(file)?.[1];
    return { ...plain("backup", file), ...(owner === undefined ? {} : { vmid: Number(owner) }) };
  }
  if (content === "import") {
    const packed = new RegExp(`^${safeOrBlank}+\\.ova/${safeOrBlank}+\\.(qcow2|raw|vmdk)$`).exec(file)?.[1];
    if (packed) return { ...plain("import", file), format: `ova+${packed}` };
    const format = new RegExp(`^${safeOrBlank}+\\.(ova|ovf|qcow2|raw|vmdk)$`).exec(file)?.[1];
    if (format) return { ...plain("import", file), format };
  }
  return fail(`unable to parse directory volume name '${name}'`);
}

function plain(content: VolumeName["content"], name: string): VolumeName {
  return { content, name, isBase: false, format: "raw" };
}

function image(file: string, vmid: string): VolumeName {
  return { content: "images", vmid: Number(vmid), ...parseImageFile(file) };
}

/** The name of an image file; its format is its extension. */
export function parseImageFile(file: string): { name: string; format: string; isBase: boolean } {
  const named = /^((vm-|base-|subvol-)\d+-[^/\s]+\.(raw|qcow2|vmdk|subvol))$/.exec(file);
  if (named) return { name: file, format: named[3] ?? "", isBase: named[2] === "base-" };
  if (/^snap-.*\.qcow2$/.test(file)) return fail(`'${file}' is a snapshot filename, not a volume!`);
  const any = /^((base-)?[^/\s]+\.(raw|qcow2|vmdk|subvol))$/.exec(file);
  if (any) return { name: file, format: any[3] ?? "", isBase: any[2] !== undefined };
  return fail(`unable to parse volume filename '${file}'`);
}

function parseLvmName(type: "lvm" | "lvmthin", name: string): VolumeName {
  if (!/^[a-z0-9][a-z0-9\-_.]*[a-z0-9]$/i.test(name)) return fail(`lvm name '${name}' contains illegal characters`);
  const match = /^(vm|base)-(\d+)-\S+$/.exec(name);
  if (!match || (type === "lvm" && match[1] !== "vm")) return fail(`unable to parse lvm volume name '${name}'`);
  const format = type === "lvm" && name.endsWith(".qcow2") ? "qcow2" : "raw";
  return { content: "images", name, vmid: Number(match[2]), isBase: match[1] === "base", format };
}

function parseBasedName(name: string, pattern: RegExp, error: string): VolumeName {
  const match = pattern.exec(name);
  if (!match) return fail(error);
  const [, baseName, baseVmid, own = "", kind, vmid] = match;
  return {
    content: "images",
    name: own,
    vmid: Number(vmid),
    ...(baseName === undefined ? {} : { baseName, baseVmid: Number(baseVmid) }),
    isBase: kind === "base" || kind === "basevol",
    format: kind === "subvol" || kind === "basevol" ? "subvol" : "raw",
  };
}

/** As Proxmox normalises the names of uploads and downloads: the last path segment, odd characters replaced. */
export function normaliseFileName(name: string): string {
  return name
    .replace(/\n$/, "")
    .replace(/^.*[/\\]/s, "")
    .replace(/[^a-zA-Z0-9_.-]/gu, "_");
}
