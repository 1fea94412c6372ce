import type { Schema } from "../../contract/index.js";
import type { Format } from "./format.js";
import { isDnsName, isIp } from "./network.js";

const contentTypes = ["images", "rootdir", "vztmpl", "iso", "backup", "snippets", "none", "import"];

const is =
  (test: (text: string) => boolean, failure: (text: string) => string): Format =>
  (text) =>
    test(text) ? undefined : failure(text);

const isContent = (text: string): boolean => contentTypes.includes(text);
const isPath = (text: string): boolean => /^\/[^;()]+/.test(text);

/** A host with an optional port (parse_host_and_port in PVE/Tools.pm). */
function isHostAndPort(text: string): boolean {
  const [, bracketed] = /^\[([^\]]+)\](?::\d+)?$/.exec(text) ?? [];
  if (bracketed !== undefined) return isIp(bracketed) || /^[a-zA-Z0-9\-.]+$/.test(bracketed);
  return /^[a-zA-Z0-9\-.]+(?::\d+)?$/.test(text) || isIp(text.replace(/\.\d+$/, "")) || isIp(text);
}

function overrideFailure(text: string): string | undefined {
  const failure = `invalid override '${text}'`;
  const [, content = "", path = ""] = /^([a-z]+)=([^.]*(?:\.?[^.]+)+)$/.exec(text) ?? [];
  if (content === "") return failure;
  if (!isContent(content)) return `invalid content type '${content}'`;
  const fits = path.length < 1023 && path.split("/").every((part) => part.length < 255);
  return fits ? undefined : failure;
}

/** Formats of storages, from PVE/Storage/Plugin.pm. */
export const storageFormats: Readonly<Record<string, Format>> = {
  "pve-storage-content": is(isContent, (text) => `invalid content type '${text}'`),
  "pve-storage-path": is(isPath, () => "value does not look like a valid absolute path"),
  "pve-storage-server": is(
    (text) => isIp(text) || isDnsName(text),
    () => "value does not look like a valid server name or IP address",
  ),
  "pve-storage-vgname": is(
    (text) => /^[a-z0-9][a-z0-9\-_.]*[a-z0-9]$/i.test(text),
    (text) => `lvm name '${text}' contains illegal characters`,
  ),
  "pve-storage-portal-dns": is(isHostAndPort, () => "value does not look like a valid portal address"),
  "pve-storage-options": is(
    (text) => /^\S+$/.test(text),
    (text) => `invalid options '${text}'`,
  ),
  "pve-storage-format": is(
    (text) => /^(raw|qcow2|vmdk|subvol)$/.test(text),
    (text) => `invalid format '${text}'`,
  ),
  "pve-dir-override": overrideFailure,
};

const count: Schema = { type: "integer", minimum: 0, optional: 1 };

/** The keys of `prune-backups`. */
export const pruneBackups: Readonly<Record<string, Schema>> = {
  "keep-all": { type: "boolean", optional: 1 },
  "keep-last": count,
  "keep-hourly": count,
  "keep-daily": count,
  "keep-weekly": count,
  "keep-monthly": count,
  "keep-yearly": count,
};

/** Keeping everything leaves nothing to be counted (validate_prune_backups). */
export function pruneBackupsFailure(text: string): string | undefined {
  const values = Object.fromEntries(text.split(",").map((part) => part.split("=", 2) as [string, string]));
  const counted = Object.entries(values).some(([key, value]) => key !== "keep-all" && Number(value) > 0);
  const all = /^(1|on|yes|true)$/i.test(values["keep-all"] ?? "");
  return counted && all ? "keep-all cannot be set together with other options." : undefined;
}
