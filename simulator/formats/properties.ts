import type { Schema } from "../../contract/index.js";
import { clusterProperties, fleecingFailure } from "./cluster-properties.js";
import { cpuFailure } from "./cpu.js";
import type { Format } from "./format.js";
import { qemuProperties } from "./qemu-properties.js";
import { pruneBackups, pruneBackupsFailure } from "./storage.js";

/** The keys of property strings that the contract only names. */
export const propertyFormats: Readonly<Record<string, Readonly<Record<string, Schema>>>> = {
  "prune-backups": pruneBackups,
  ...qemuProperties,
  ...clusterProperties,
};

/** Conditions between their keys. */
export const propertyValidators: Readonly<Record<string, Format>> = {
  "backup-fleecing": fleecingFailure,
  "prune-backups": pruneBackupsFailure,
  "pve-vm-cpu-conf": cpuFailure,
};
