import { die } from "../errors.js";
import { splitList } from "../formats/list.js";
import type { World } from "../world/world.js";
import { activateStorage } from "./activation.js";
import { backupName, listContent, type ContentEntry } from "./content.js";
import { clusterOf, storageOf } from "./sections.js";

/** `keep-last=3,keep-daily=7` as numbers; `keep-all=1` keeps everything. */
type Keep = Readonly<Record<string, number>>;

export interface PruneEntry {
  volid: string;
  ctime: number;
  type: string;
  vmid?: number;
  mark: "keep" | "remove" | "protected" | "renamed";
}

interface PruneFilter {
  keep?: string | undefined;
  vmid?: number | undefined;
  type?: string | undefined;
}

/** What pruning would do with every backup of a storage (`prune_backups` as a dry run). */
export function pruneList(world: World, node: string, id: string, { keep, vmid, type }: PruneFilter): PruneEntry[] {
  const storage = storageOf(clusterOf(world, node), id);
  if (!storage.content.includes("backup")) throw die(`storage '${id}' does not support backups`);
  const options = keep ?? storage.options["prune-backups"];
  if (options === undefined) throw die(`no prune-backups options configured for storage '${id}'`);
  activateStorage(world, node, id);
  const all = listContent(world, node, id, { content: "backup", vmid }).map(pruneEntry);
  const entries = all.filter((entry) => type === undefined || type === entry.type);
  const groups: Record<string, PruneEntry[]> = {};
  for (const entry of entries) {
    if (entry.mark !== "renamed") (groups[`${entry.type}/${entry.vmid}`] ??= []).push(entry);
  }
  for (const group of Object.values(groups)) markGroup(group, parseKeep(String(options)));
  return entries;
}

/** A backup whose name is not vzdump's own is left alone. */
function pruneEntry({ volid, ctime = 0, vmid, protected: isProtected }: ContentEntry): PruneEntry {
  const named = backupName(volid.replace(/^.*\//, ""));
  const owner = named?.vmid ?? vmid;
  return {
    volid,
    ctime: named?.ctime ?? ctime,
    type: named?.type ?? "unknown",
    mark: isProtected ? "protected" : named ? "remove" : "renamed",
    ...(owner === undefined ? {} : { vmid: owner }),
  };
}

export function parseKeep(text: string): Keep {
  return Object.fromEntries(
    splitList(text).map((part) => {
      const [key = "", value = ""] = part.split("=");
      return [key, Number(value)];
    }),
  );
}

const day = (ctime: number) => new Date(ctime * 1000).toISOString();

/** The period that a backup belongs to, by option. */
const periods: readonly (readonly [string, (ctime: number) => string])[] = [
  ["keep-last", String],
  ["keep-hourly", (ctime) => day(ctime).slice(0, 13)],
  ["keep-daily", (ctime) => day(ctime).slice(0, 10)],
  ["keep-weekly", isoWeek],
  ["keep-monthly", (ctime) => day(ctime).slice(0, 7)],
  ["keep-yearly", (ctime) => day(ctime).slice(0, 4)],
];

/** Year and number of the ISO week: that of its Thursday. */
function isoWeek(ctime: number): string {
  const date = new Date(ctime * 1000);
  const thursday = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()));
  thursday.setUTCDate(thursday.getUTCDate() + 4 - (thursday.getUTCDay() || 7));
  const year = thursday.getUTCFullYear();
  return `${Math.ceil(((thursday.getTime() - Date.UTC(year, 0, 1)) / 86_400_000 + 1) / 7)}/${year}`;
}

/** Marks the backups of one guest, newest first: each option keeps one per period, periods kept before do not count. */
export function markGroup(group: PruneEntry[], keep: Keep): void {
  const open = [...group].sort((a, b) => b.ctime - a.ctime);
  const counted = Object.entries(keep).some(([key, count]) => key !== "keep-all" && count > 0);
  if (keep["keep-all"] || !counted) {
    for (const entry of open) if (entry.mark === "remove") entry.mark = "keep";
    return;
  }
  const decided = new Set<PruneEntry>(open.filter(({ mark }) => mark === "protected"));
  for (const [option, periodOf] of periods) {
    const count = keep[option] ?? 0;
    if (count === 0) continue;
    const before = new Set(open.filter(({ mark }) => mark === "keep").map(({ ctime }) => periodOf(ctime)));
    const now = new Set<string>();
    for (const entry of open) {
      const period = periodOf(entry.ctime);
      if (decided.has(entry) || before.has(period)) continue;
      if (now.has(period)) {
        decided.add(entry);
        continue;
      }
      if (now.size >= count) break;
      now.add(period);
      entry.mark = "keep";
      decided.add(entry);
    }
  }
}
