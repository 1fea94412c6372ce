import type { Schema } from "../../contract/index.js";
import { splitProperties } from "./property-string.js";

const flag: Schema = { type: "boolean", optional: 1 };
const text: Schema = { type: "string", optional: 1 };
const whole: Schema = { type: "integer", optional: 1 };

/** `verify_backup_fleecing` in PVE/VZDump/Common.pm. */
export function fleecingFailure(text: string): string | undefined {
  const { storage, enabled } = splitProperties(clusterProperties["backup-fleecing"] ?? {}, text);
  return enabled === "1" && !storage ? "'storage' parameter is required when 'enabled' is set\n" : undefined;
}

/** Property strings of realms, backups and migrations that the contract only names. */
export const clusterProperties: Readonly<Record<string, Readonly<Record<string, Schema>>>> = {
  // PVE/Auth/Plugin.pm
  "realm-sync-options": {
    scope: { ...text, enum: ["users", "groups", "both"] },
    "remove-vanished": { ...text, pattern: "(?:(?:(?:acl|properties|entry);)*(?:acl|properties|entry))|none" },
    ...{ "enable-new": flag, full: flag, purge: flag },
  },
  "pve-tfa-config": {
    type: { type: "string", enum: ["yubico", "oath"] },
    ...{ id: text, key: text, url: text },
    digits: { ...whole, minimum: 6, maximum: 8 },
    step: { ...whole, minimum: 10 },
  },
  // PVE/VZDump/Common.pm
  "backup-fleecing": { enabled: { ...flag, default_key: 1 }, storage: { ...text, format: "pve-storage-id" } },
  "backup-performance": {
    "max-workers": { ...whole, minimum: 1, maximum: 256 },
    "pbs-entries-max": { ...whole, minimum: 1 },
  },
  // PVE/JSONSchema.pm
  "proxmox-remote": {
    host: { type: "string" },
    port: whole,
    apitoken: { type: "string" },
    fingerprint: { ...text, pattern: "([A-Fa-f0-9]{2}:){31}[A-Fa-f0-9]{2}" },
  },
  // PVE/Network/SDN/SubnetPlugin.pm
  "pve-sdn-dhcp-range": {
    "start-address": { type: "string", format: "ip" },
    "end-address": { type: "string", format: "ip" },
  },
};
