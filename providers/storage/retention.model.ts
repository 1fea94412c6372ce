import { z } from "zod";
import type { Mapped } from "../kernel/fields/codec";
import { fields, optional } from "../kernel/fields/field";
import { part, partsIn, property } from "../kernel/fields/property";
import type { Effect } from "../kernel/state/effect";

const count = z.int().min(0, "write 0 or more");

const counts = fields({
  keepAll: optional("Keep every backup; excludes all others.", z.boolean(), part("keep-all", "flag")),
  keepLast: optional("Keep the newest backups, so many.", count, part("keep-last", "number")),
  keepHourly: optional("Keep the newest backup of each of so many hours.", count, part("keep-hourly", "number")),
  keepDaily: optional("Keep the newest backup of each of so many days.", count, part("keep-daily", "number")),
  keepWeekly: optional("Keep the newest backup of each of so many weeks.", count, part("keep-weekly", "number")),
  keepMonthly: optional("Keep the newest backup of each of so many months.", count, part("keep-monthly", "number")),
  keepYearly: optional("Keep the newest backup of each of so many years.", count, part("keep-yearly", "number")),
});

/** Which backups are kept (`prune-backups`). */
export const keptBackups = counts.refine(
  ({ keepAll, ...others }) => keepAll !== true || Object.values(others).every((value) => !value),
  "keepAll leaves nothing to be counted; write either keepAll or the counts",
);

export type KeptBackups = z.infer<typeof keptBackups>;

const kept = partsIn(counts);

/** A retention is one thing: what is not said of it is not kept. */
export const keptText = (effect: Effect): Mapped =>
  property("prune-backups", effect, {
    ...{ primary: "keep-all", bare: false, parts: kept },
    exclusive: Object.values(kept).map(({ key }) => key),
  });

/** Does it keep every backup? So it does where it counts nothing too (`prune_mark_backup_group` in PVE/Storage/Plugin.pm). */
export const keepsAll = ({ keepAll, ...counts }: KeptBackups): boolean =>
  keepAll === true || Object.values(counts).every((value) => !value);
