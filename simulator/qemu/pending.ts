import { shownValue, type Section, type VmConfig } from "./config-file.js";

/** Drops pending changes that change nothing (`cleanup_pending`). */
export function cleanupPending(file: VmConfig): void {
  for (const [key, value] of Object.entries(file.pending)) {
    if (file.config[key] === value) delete file.pending[key];
  }
  for (const key of Object.keys(file.pendingDelete)) {
    if (file.config[key] === undefined) delete file.pendingDelete[key];
  }
}

/** Whether anything waits for the next start. */
export function hasPending(file: VmConfig): boolean {
  return Object.keys(file.pending).length > 0 || Object.keys(file.pendingDelete).length > 0;
}

/** The configuration with pending changes merged in: what GET config shows. */
export function mergedSection(file: VmConfig): Section {
  const merged: Section = { ...file.config, ...file.pending };
  for (const key of Object.keys(file.pendingDelete)) {
    // a value that is false in Perl survives the merge
    if (merged[key] !== "0" && merged[key] !== "") delete merged[key];
  }
  return merged;
}

/** One line of GET pending. */
interface PendingEntry {
  key: string;
  value?: string | number;
  pending?: string | number;
  /** 1, or 2 for a forced deletion. */
  delete?: 1 | 2;
}

/** GET pending: current and pending value of every option (`config_with_pending_array`). */
export function pendingEntries(file: VmConfig): PendingEntry[] {
  const { config, pending, pendingDelete } = file;
  return [...new Set([...Object.keys(config), ...Object.keys(pending), ...Object.keys(pendingDelete)])].map((key) => {
    const entry: PendingEntry = { key };
    if (config[key] !== undefined) entry.value = shown(key, config[key], "**********");
    if (pending[key] !== undefined) entry.pending = shown(key, pending[key], "********** ");
    const deletion = pendingDelete[key];
    if (deletion) entry.delete = deletion.force ? 2 : 1;
    return entry;
  });
}

function shown(key: string, text: string, mask: string): string | number {
  return key === "cipassword" ? mask : shownValue(key, text);
}
