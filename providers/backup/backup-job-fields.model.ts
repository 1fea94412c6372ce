import { z } from "zod";
import { flag, itemsIn, list, number, word, type Mapped } from "../kernel/fields/codec";
import { fields, optional, required } from "../kernel/fields/field";
import { part, partsIn, property } from "../kernel/fields/property";
import { keepsAll, keptBackups, keptText } from "../storage/retention.model";
import { scheduleProblem } from "./schedule.model";

const vmid = () => z.int().min(100, "a VMID is 100 or more").max(999999999, "write a VMID");
const text = () => z.string().regex(/^\S(?:[^\r\n]*\S)?$/, "write one line of text");
const whole = (least: number) => z.int().min(least, `write a whole number, ${least} or more`);
/** What nodes do where a job says nothing stands in their /etc/vzdump.conf. */
const else_ = (value: string): string => `that of /etc/vzdump.conf, or else ${value}`;

const vmids = (key: string): Mapped => ({
  ...list(key, "live"),
  read: (found) => (found === undefined ? undefined : itemsIn(found).map(Number)),
});

/** Proxmox spells "none" 0, and has an old word for LZO. */
const compression: Mapped = {
  ...word("compress", "live"),
  write: (wanted) => (wanted === "none" ? "0" : String(wanted)),
  read: (found) => (found === "0" ? "none" : found === "1" ? "lzo" : found),
  same: (wanted, live) => live !== undefined && wanted === (live === "1" ? "lzo" : live),
};

/** A list of its own in the API; here one text, with what no path has between them. */
const BETWEEN = "\0";
const paths: Mapped = {
  key: "exclude-path",
  effect: "live",
  write: (wanted) => (wanted as readonly string[]).join(BETWEEN),
  read: (found) => found?.split(BETWEEN),
  same: (wanted, live) => wanted === live,
};

/** Lists that the API gives and takes as such, as one text each, and back. */
export const asText = (value: unknown): unknown => (Array.isArray(value) ? value.join(BETWEEN) : value);
export const asSent = (texts: Readonly<Record<string, string>>): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(texts).map(([key, value]) => [key, key === paths.key ? value.split(BETWEEN) : value]),
  );

const performance = fields({
  maxWorkers: optional(
    "Workers that read from a VM at once.",
    whole(1).max(256, "write at most 256"),
    part("max-workers", "number"),
  ),
  pbsEntriesMax: optional(
    "Entries of a container's backup that are kept in memory, for Proxmox Backup Server.",
    whole(1),
    part("pbs-entries-max", "number"),
  ),
});

const fleecing = fields({
  enabled: optional("Is it on?", z.boolean(), part("enabled", "flag", false)),
  storage: optional(
    "Storage of the images, best one of the node with thin provisioning.",
    text(),
    part("storage", "text"),
  ),
}).refine(({ enabled, storage }) => enabled !== true || storage !== undefined, "enabled needs a storage");

const retention = keptBackups.refine(
  (kept) => kept.keepAll === true || !keepsAll(kept),
  "keeps nothing by a count; write keepAll: true, or counts such as keepLast: 3",
);

/** Fields that are one key each of a job. */
export const shape = {
  schedule: required(
    "When it runs, in the node's own time: a calendar event such as `daily`, `21:00` or `mon..fri 02:30`; with `UTC` at its end in UTC.",
    z.string().superRefine((event, ctx) => {
      const message = scheduleProblem(event);
      if (message !== undefined) ctx.addIssue({ code: "custom", message });
    }),
    word("schedule", "live"),
  ),
  storage: required("Storage of the backups, which must allow content `backup`.", text(), word("storage", "live")),
  vmids: optional(
    "Guests by their VMIDs, VMs and containers. Exactly one of `vmids`, `pool` and `all`.",
    z.array(vmid()).min(1, "name at least one guest"),
    vmids("vmid"),
  ),
  pool: optional("Guests of a pool, whoever is in it when the job runs.", text(), word("pool", "live")),
  all: optional(
    "All guests of the cluster, those to come as well, but for `exclude`.",
    z.boolean(),
    flag("all", "live", false),
  ),
  exclude: optional(
    "Guests that are left out of `all`, by their VMIDs.",
    z.array(vmid()).min(1, "name at least one guest, or leave it out"),
    vmids("exclude"),
  ),
  node: optional("Only guests of this node.", text(), { ...word("node", "live"), default: "those of every node" }),
  pruneBackups: optional(
    "Which backups of each guest are kept: after every backup Proxmox removes the others of that guest from the storage for good, whoever made them, but for protected ones. A preview says when that takes more than before.",
    retention,
    {
      ...keptText("prune"),
      default:
        "`{ keepAll: true }`: every backup, also where the storage or a node's /etc/vzdump.conf says otherwise; an adopted job's own stays",
    },
  ),
  remove: optional(
    "Whether it removes what `pruneBackups` does not keep; `false`: the backup of a guest that has as many as are kept fails.",
    z.boolean(),
    { ...flag("remove", "live"), default: else_("`true`") },
  ),
  enabled: optional("Whether it runs by itself.", z.boolean(), {
    ...flag("enabled", "live", true),
    // The API deletes it from no job.
    rest: () => "1",
  }),
  repeatMissed: optional(
    "Run as soon as possible when it was missed while the node was off.",
    z.boolean(),
    flag("repeat-missed", "live", false),
  ),
  mode: optional(
    "How a guest that runs is backed up: `snapshot` while it runs, `suspend` while it is suspended, `stop` shuts it down at each backup and starts it again.",
    z.enum(["snapshot", "suspend", "stop"], "write snapshot, suspend or stop"),
    { ...word("mode", "live"), default: else_("`snapshot`") },
  ),
  compress: optional(
    "Compression; a Proxmox Backup Server has its own.",
    z.enum(["none", "gzip", "lzo", "zstd"], "write none, gzip, lzo or zstd"),
    { ...compression, default: else_("`none`") },
  ),
  zstdThreads: optional("Threads of zstd; 0 for half of the cores.", whole(0), {
    ...number("zstd", "live"),
    default: else_("1"),
  }),
  pigzThreads: optional("Threads of gzip by pigz; 1 for half of the cores, 0 for gzip itself.", whole(0), {
    ...number("pigz", "live"),
    default: else_("0"),
  }),
  comment: optional("Shown beside the job.", text().max(512, "write at most 512 characters"), word("comment", "live")),
  notesTemplate: optional(
    "Notes of each backup; `{{cluster}}`, `{{guestname}}`, `{{node}}` and `{{vmid}}` stand for what they say, `\\n` for a new line.",
    text()
      .max(1024, "write at most 1024 characters")
      .refine(
        (notes) => !/\\(?![n\\])/.test(notes.replaceAll("\\\\", "")),
        "write \\n for a new line, \\\\ for a backslash",
      )
      .refine(
        (notes) => [...notes.matchAll(/\{\{([^\s{}]+)\}\}/g)].every(([, name = ""]) => known.includes(name)),
        "knows {{cluster}}, {{guestname}}, {{node}} and {{vmid}}",
      ),
    word("notes-template", "live"),
  ),
  protected: optional(
    "Mark each backup as protected: no retention removes it, and a storage takes only so many.",
    z.boolean(),
    { ...flag("protected", "live"), default: else_("`false`") },
  ),
  notificationMode: optional(
    "How is told of each run: by the notification system, by mail to `mailTo`, or `auto`: by mail where `mailTo` is set.",
    z.enum(["auto", "legacy-sendmail", "notification-system"], "write auto, legacy-sendmail or notification-system"),
    { ...word("notification-mode", "live"), default: else_("`auto`") },
  ),
  mailTo: optional(
    "Addresses or users that get a mail; an older way than targets of the notification system.",
    z
      .array(z.string().regex(/^[^\s,;@]+@[^\s,;@]+$/, "write an address, or a user such as root@pam"))
      .min(1, "name at least one, or leave it out"),
    { ...list("mailto", "live"), default: else_("nobody") },
  ),
  mailNotification: optional(
    "When a mail is sent to `mailTo`.",
    z.enum(["always", "failure"], "write always or failure"),
    { ...word("mailnotification", "live"), default: else_("`always`") },
  ),
  bandwidthLimit: optional("Limit in KiB per second; 0 for none.", whole(0), {
    ...number("bwlimit", "live"),
    default: else_("0"),
  }),
  ioPriority: optional(
    "Priority of its reads and writes with the BFQ scheduler, 0 the highest; 8: only when nobody else reads or writes.",
    whole(0).max(8, "write 0 to 8"),
    { ...number("ionice", "live"), default: else_("7") },
  ),
  lockWaitMinutes: optional("Minutes to wait for another backup of the node to end.", whole(0), {
    ...number("lockwait", "live"),
    default: else_("180"),
  }),
  stopWaitMinutes: optional('Minutes to wait until a guest has stopped, with `mode: "stop"`.', whole(0), {
    ...number("stopwait", "live"),
    default: else_("10"),
  }),
  performance: optional("How much it does at once.", performance, {
    ...property("performance", "live", { primary: "max-workers", bare: false, parts: partsIn(performance) }),
    default: else_("Proxmox's own"),
  }),
  fleecing: optional(
    "Keep what a VM overwrites during its backup on a storage nearby, so that a slow target does not slow it down.",
    fleecing,
    {
      ...property("fleecing", "live", { primary: "enabled", bare: false, parts: partsIn(fleecing) }),
      default: else_("off"),
    },
  ),
  pbsChangeDetectionMode: optional(
    "How changed files of containers are found, for Proxmox Backup Server.",
    z.enum(["legacy", "data", "metadata"], "write legacy, data or metadata"),
    { ...word("pbs-change-detection-mode", "live"), default: else_("`legacy`") },
  ),
  excludePaths: optional(
    "Files of containers that are left out, as patterns of a shell; with / at the beginning from the container's root.",
    z.array(text()).min(1, "name at least one, or leave it out"),
    paths,
  ),
  standardExcludes: optional("Leave out temporary files and logs of containers.", z.boolean(), {
    ...flag("stdexcludes", "live"),
    default: else_("`true`"),
  }),
};

const known = ["cluster", "guestname", "node", "vmid"];
