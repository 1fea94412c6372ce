import type { Format } from "./format.js";

const matching =
  (pattern: RegExp, failure: (text: string) => string): Format =>
  (text) =>
    pattern.test(text) ? undefined : failure(text);

/** Storages, ACME plugins and the like (parse_id in PVE/JSONSchema.pm). */
const id =
  (what: string): Format =>
  (text) => {
    if (text.length < 2) return `${what} ID '${text}' cannot be shorter than 2 characters`;
    return /^[a-z][a-z0-9\-_.]*[a-z0-9]$/i.test(text) ? undefined : `${what} ID '${text}' contains illegal characters`;
  };

const volumeId = /^([a-z][a-z0-9\-_.]*[a-z0-9]):(.+)$/i;
const isVolumeId = (text: string): boolean => volumeId.test(text);

/** Names of things, from PVE/JSONSchema.pm, PVE/Storage/Plugin.pm and PVE/QemuServer/Drive.pm. */
export const idFormats: Readonly<Record<string, Format>> = {
  "pve-configid": matching(/^[a-z][a-z0-9_-]+$/i, (text) => `invalid configuration ID '${text}'`),
  "pve-storage-id": id("storage"),
  "pve-vmid": matching(/^[1-9][0-9]{2,8}$/, () => "value does not look like a valid VM ID"),
  "pve-node": matching(/^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$/, () => "value does not look like a valid node name"),
  "pve-volume-id": matching(volumeId, (text) => `unable to parse volume ID '${text}'`),
  "pve-volume-id-or-qm-path": (text) =>
    text === "none" || text === "cdrom" || text.startsWith("/") || isVolumeId(text)
      ? undefined
      : `unable to parse volume ID '${text}'`,
  "pve-volume-id-or-absolute-path": (text) =>
    text.startsWith("/") || isVolumeId(text) ? undefined : `unable to parse volume ID '${text}'`,
  "pve-tag": matching(/^[a-z0-9_][a-z0-9_\-+.]*$/i, () => "invalid characters in tag"),
};
