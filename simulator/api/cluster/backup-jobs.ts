import { contract, type Schema } from "../../../contract/index.js";
import { backupJobs, includedGuests, textIn } from "../../backup-jobs.js";
import { nextEvent, parseCalendarEvent } from "../../calendar-event.js";
import type { Call, Json, Routes } from "../../call.js";
import { withQuorum } from "../../config-lock.js";
import { denied, die, paramError, PveError, stringified, Unbuilt } from "../../errors.js";
import { namedPropertyFormat } from "../../formats/by-name.js";
import { splitProperties } from "../../formats/property-string.js";
import { zoneOffset } from "../../node/host-settings.js";
import { randomUuid } from "../../random.js";
import type { BackupJob } from "../../world/backup-job.js";

type Values = Record<string, BackupJob[string]>;

/** Options that only root@pam may set, and no token of his. */
const rootOnly = ["tmpdir", "dumpdir", "script", "job-id"];
const properties = ["fleecing", "performance", "prune-backups"];

/** `assert_param_permission_common` in PVE/API2/Backup.pm; `deleting`: they are names of options that go. */
function checkOptions(call: Call, has: (key: string) => boolean, deleting = false): void {
  for (const key of rootOnly) if (has(key)) throw paramError({ [key]: "Only root may set this option." });
  if (["bwlimit", "ionice", "performance"].some(has)) call.rights.check("/", "Sys.Modify");
  if (!has("fleecing") || deleting) return;
  const storage = parsed("fleecing", call.text("fleecing"))["storage"];
  if (storage) call.rights.check(`/storage/${storage}`, "Datastore.AllocateSpace");
}

const isRoot = (call: Call): boolean => call.user === "root@pam";

function checkStorageOf(call: Call, job: Readonly<Values>): void {
  if (!job["dumpdir"]) call.rights.check(`/storage/${textIn(job, "storage") || "local"}`, "Datastore.Allocate");
}

function checkUpdate(call: Call, deleted: ReadonlySet<string>, current?: BackupJob): void {
  if (isRoot(call)) return;
  checkOptions(call, (key) => call.has(key));
  checkOptions(call, (key) => deleted.has(key), true);
  if (call.has("storage")) call.rights.check(`/storage/${call.text("storage")}`, "Datastore.Allocate");
  else if (deleted.has("storage")) call.rights.check("/storage/local", "Datastore.Allocate");
  if (!current) return;
  // Perl adds file and line to this refusal, and which they are was not recorded.
  if (current["dumpdir"]) throw new Unbuilt();
  checkStorageOf(call, current);
}

function checkPool(call: Call): void {
  const pool = call.params["pool"];
  if (!pool) return;
  if (!call.cluster.pools[pool]) throw denied(`pool '${pool}' does not exist`);
  call.rights.check(`/pool/${pool}`, "VM.Backup");
}

const allDays = "mon,tue,wed,thu,fri,sat,sun";

/** `schedule` as it is kept; `starttime` and `dow` are its old form. */
function scheduleOf(call: Call, required: boolean): string | undefined {
  const [schedule, start] = [call.params["schedule"], call.params["starttime"]];
  if (schedule !== undefined) {
    if (start !== undefined) throw paramError({ starttime: "'starttime' and 'schedule' cannot both be set" });
    return schedule;
  }
  if (start === undefined) {
    if (required) throw paramError({ schedule: "neither 'starttime' nor 'schedule' were set" });
    return undefined;
  }
  const days = call.list("dow").join(",");
  return days === "" || days === allDays ? start : `${days} ${start}`;
}

const schemas = (): Readonly<Record<string, Schema>> => contract()["POST /cluster/backup"]?.params ?? {};

function parsed(name: string, text: string): Record<string, string | number> {
  const format = namedPropertyFormat(name === "prune-backups" ? name : `backup-${name}`) ?? {};
  const parts = splitProperties(format, text);
  // Booleans are numbers to the parser, and whole numbers stay texts (scenario 17, line 17).
  return Object.fromEntries(
    Object.entries(parts).map(([key, value]) => [key, format[key]?.type === "boolean" ? Number(value) : value]),
  );
}

/** What a request says of a job, as the parser of jobs.cfg would give it. */
function given(call: Call, schedule: string | undefined): Values {
  if (call.has("maxfiles")) throw new Unbuilt();
  const values: Values = {};
  for (const [key, text] of Object.entries(call.params)) {
    if (["id", "delete", "starttime", "dow"].includes(key)) continue;
    const { type } = schemas()[key] ?? {};
    if (properties.includes(key)) values[key] = parsed(key, text);
    else values[key] = type === "boolean" || type === "integer" ? Number(text) : text;
  }
  for (const [key, list] of Object.entries(call.arrays)) if (key !== "delete") values[key] = [...list];
  return schedule === undefined ? values : { ...values, schedule };
}

function checkNotes(template: string): void {
  if (template.includes("\n")) throw paramError({ "notes-template": "contains a line feed\n" });
  const wrong: string[] = [];
  for (const { 1: char = "", index } of template.matchAll(/\\(.)/g))
    if (!/[n\\]/.test(char)) wrong.push(`escape sequence '\\${char}' at char ${index}`);
  for (const { 1: name = "", index } of template.matchAll(/\{\{([^\s{}]+)\}\}/g))
    if (!/^(?:cluster|guestname|node|vmid)$/.test(name)) wrong.push(`variable '${name}' at char ${index + 4}`);
  if (wrong.length > 0) throw paramError({ "notes-template": `found unknown: ${wrong.join(", ")}\n` });
}

/** `verify_vzdump_parameters`; whether something is to be backed up at all is asked of a whole job. */
function verify(job: Values, whole: boolean): void {
  const conflict = (key: string): PveError => paramError({ [key]: "option conflicts with option 'vmid'" });
  if (job["vmid"]) for (const key of ["all", "exclude", "pool"]) if (job[key]) throw conflict(key);
  if (typeof job["notes-template"] === "string" && job["notes-template"] !== "") checkNotes(job["notes-template"]);
  if (job["exclude"] !== undefined && !job["pool"]) job["all"] = 1;
  if (whole && !["all", "stop", "pool", "vmid"].some((key) => job[key]))
    throw paramError({ vmid: "property is missing" });
}

/** What is thrown under the lock of jobs.cfg arrives as text. */
async function locked(call: Call, files: readonly string[], change: () => void): Promise<void> {
  for (const file of files) await withQuorum(call, file);
  try {
    change();
  } catch (error) {
    if (error instanceof PveError) throw new PveError(500, stringified(error));
    throw error;
  }
}

async function create(call: Call): Promise<void> {
  if (!isRoot(call)) {
    checkOptions(call, (key) => call.has(key));
    checkStorageOf(call, call.params);
  }
  checkPool(call);
  const schedule = scheduleOf(call, true);
  const id = call.params["id"] ?? randomUuid(call.world);
  await locked(call, ["jobs.cfg"], () => {
    const jobs = backupJobs(call.cluster);
    if (jobs[id]) throw die(`Job '${id}' already exists`);
    const job: Values = { type: "vzdump", enabled: 1, ...given(call, schedule) };
    verify(job, true);
    jobs[id] = job;
  });
}

const deletable = ["comment", "repeat-missed"];
/** What the API has beside the options of vzdump. */
const ofTheJob = ["id", "schedule", "starttime", "dow", "enabled", ...deletable];
const isOption = (key: string): boolean =>
  deletable.includes(key) || (schemas()[key] !== undefined && !ofTheJob.includes(key));

async function update(call: Call): Promise<void> {
  const deleted = new Set(call.list("delete"));
  checkUpdate(call, deleted);
  checkPool(call);
  const schedule = scheduleOf(call, false);
  await locked(call, ["vzdump.cron", "jobs.cfg"], () => {
    const said = given(call, schedule);
    if (Object.keys(said).length === 0 && deleted.size === 0) throw die("no options specified");
    verify(said, false);
    const jobs = backupJobs(call.cluster);
    const before = jobs[call.text("id")];
    if (!before) throw die("no such vzdump job");
    checkUpdate(call, deleted, before);
    const job = { ...before };
    for (const key of deleted) {
      if (!isOption(key)) throw paramError({ delete: `unknown option '${key}'` });
      delete job[key];
    }
    Object.assign(job, said);
    if (job["exclude"] !== undefined && job["pool"] === undefined) job["all"] = 1;
    const gone = said["vmid"] !== undefined ? ["all", "exclude", "pool"] : said["all"] ? ["vmid", "pool"] : [];
    for (const key of gone.length === 0 && job["pool"] ? ["vmid", "all", "exclude"] : gone) delete job[key];
    verify(job, true);
    jobs[call.text("id")] = job;
  });
}

function existing(call: Call): BackupJob {
  const id = call.text("id");
  const job = backupJobs(call.cluster)[id];
  if (!job) throw paramError({ id: `No such job '${id}'` });
  return { ...job, id };
}

/** The next time that the node's own clock says, as nothing tells when it ran on another. */
function next(call: Call, job: BackupJob): { "next-run"?: number } {
  const event = parseCalendarEvent(textIn(job, "schedule"));
  const at = event && nextEvent(event, call.clock.seconds(), (seconds) => zoneOffset(call.node.timezone, seconds));
  return at === undefined ? {} : { "next-run": at };
}

/** `/cluster/backup` and what else of PVE/API2/Backup.pm and PVE/API2/Cluster/BackupInfo.pm there is. */
export const backupJobRoutes: Routes = {
  "GET /cluster/backup": (call) =>
    Object.entries(backupJobs(call.cluster)).map(([id, job]) => ({ ...job, ...next(call, job), id })),
  "POST /cluster/backup": create,
  "GET /cluster/backup/{id}": (call) => existing(call),
  "PUT /cluster/backup/{id}": update,
  "DELETE /cluster/backup/{id}": (call) =>
    locked(call, ["vzdump.cron", "jobs.cfg"], () => {
      existing(call);
      delete backupJobs(call.cluster)[call.text("id")];
    }),
  "GET /cluster/backup/{id}/included_volumes": (call) => {
    const seen = includedGuests(call.cluster, existing(call)).filter((vmid) =>
      call.rights.has(`/vms/${vmid}`, "VM.Audit"),
    );
    // The volumes of a guest, each with the reason why it is in the backup or not, are not simulated.
    if (seen.length > 0) throw new Unbuilt();
    return { children: [] };
  },
  "GET /cluster/backup-info/not-backed-up": ({ cluster, rights }) => {
    const covered = new Set(Object.values(backupJobs(cluster)).flatMap((job) => includedGuests(cluster, job)));
    return Object.values(cluster.guests)
      .filter(({ vmid }) => rights.has(`/vms/${vmid}`, "VM.Audit") && !covered.has(vmid))
      .map(({ vmid, type, config }) => ({
        vmid,
        type,
        ...(config["name"] === undefined ? {} : { name: config["name"] }),
      }));
  },
  "GET /cluster/jobs/schedule-analyze": (call) => {
    const event = parseCalendarEvent(call.text("schedule"));
    let at = call.int("starttime", call.clock.seconds());
    const found: Json[] = [];
    while (event && found.length < call.int("iterations", 10)) {
      const following = nextEvent(event, at, (seconds) => zoneOffset(call.node.timezone, seconds));
      if (following === undefined) break;
      at = following;
      found.push({ timestamp: at, utc: perlDate(at) });
    }
    return found;
  },
};

/** `scalar(gmtime)` of Perl: `Sun Nov  1 00:00:00 2026`. */
function perlDate(seconds: number): string {
  const [weekday = "", day = "", month, year, time] = new Date(seconds * 1000)
    .toUTCString()
    .replace(",", "")
    .split(" ");
  return `${weekday} ${month} ${String(Number(day)).padStart(2)} ${time} ${year}`;
}
