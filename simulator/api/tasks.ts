import { Reply, type Call, type Json, type Routes } from "../call.js";
import { die, paramError } from "../errors.js";
import { splitList } from "../formats/list.js";
import type { Task } from "../world/task.js";

const upidPattern =
  /^UPID:([a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?):([0-9A-Fa-f]{8}):([0-9A-Fa-f]{8,9}):([0-9A-Fa-f]{8}):([^:\s]+):([^:\s]*):([^:\s]+):$/;

interface Upid {
  readonly user: string;
  readonly task: Task | undefined;
}

function readUpid(call: Call): Upid {
  const match = upidPattern.exec(call.text("upid"));
  if (!match) throw paramError({ upid: "unable to parse worker upid" });
  const task = call.node.tasks.find(({ upid }) => upid === call.text("upid"));
  return { user: match[7] ?? "", task };
}

function existingTask(upid: Upid): Task {
  if (!upid.task) throw paramError({ upid: "no such task" });
  return upid.task;
}

/** Own tasks, and for a user those of its tokens. */
function isOwn(call: Call, user: string): boolean {
  return user === call.user || user.startsWith(`${call.user}!`);
}

function authuser({ user, tokenid }: Task): string {
  return tokenid === undefined ? user : `${user}!${tokenid}`;
}

/** The fields that a UPID says by itself. */
function upidFields(task: Task): Record<string, Json> {
  const { upid, node, pid, pstart, starttime, type, id, user, tokenid } = task;
  return { upid, node, pid, pstart, starttime, type, id, user, ...(tokenid === undefined ? {} : { tokenid }) };
}

function statusType(status: string): string {
  if (status === "OK") return "ok";
  if (/^WARNINGS: \d+$/.test(status)) return "warning";
  return status === "unexpected status" ? "unknown" : "error";
}

function listTasks(call: Call): Reply {
  const source = call.params["source"] ?? "archive";
  const auditor = call.rights.has(`/nodes/${call.node.name}`, "Sys.Audit");
  const matching = call.node.tasks.filter((task) => (auditor || isOwn(call, authuser(task))) && passes(call, task));
  const running = source === "archive" ? [] : matching.filter((task) => task.status === undefined);
  const finished = source === "active" ? [] : matching.filter((task) => task.status !== undefined);
  const found = [...running, ...finished];
  const start = call.int("start", 0);
  const shown = found.slice(start, start + call.int("limit", 50));
  const rows = shown.map((task) => ({
    ...upidFields(task),
    status: task.status ?? "RUNNING",
    ...(task.endtime === undefined ? { saved: "0" } : { endtime: task.endtime }),
  }));
  return new Reply(rows, found.length > 0 ? { total: found.length } : {});
}

function passes(call: Call, task: Task): boolean {
  const { userfilter, typefilter, vmid, since, until } = call.params;
  if (userfilter && !authuser(task).toLowerCase().includes(userfilter.toLowerCase())) return false;
  if (typefilter && task.type !== typefilter) return false;
  if (vmid && task.id !== vmid) return false;
  if (since !== undefined && task.starttime < Number(since)) return false;
  if (until !== undefined && task.starttime > Number(until)) return false;
  const type = task.status === undefined ? "unknown" : statusType(task.status);
  if (call.flag("errors")) return type !== "ok";
  const wanted = call.params["statusfilter"];
  return wanted === undefined || splitList(wanted.toLowerCase()).includes(type);
}

function taskStatus(call: Call): Json {
  const upid = readUpid(call);
  const task = existingTask(upid);
  if (!isOwn(call, upid.user)) call.rights.check(`/nodes/${call.node.name}`, "Sys.Audit");
  if (task.status === undefined) return { ...upidFields(task), status: "running" };
  return { ...upidFields(task), status: "stopped", exitstatus: task.status };
}

function taskLog(call: Call): Reply {
  const upid = readUpid(call);
  if (!isOwn(call, upid.user)) call.rights.check(`/nodes/${call.node.name}`, "Sys.Audit");
  const lines = upid.task?.log ?? ["unable to open file - No such file or directory"];
  if (call.flag("download")) {
    if (call.has("start") || call.has("limit")) {
      throw die("'download' cannot be used together with 'start' or 'limit' parameters");
    }
    return new Reply(null, {}, lines.map((line) => `${line}\n`).join(""));
  }
  const start = call.int("start", 0);
  const limit = call.int("limit", 50);
  const shown = lines.map((t, index) => ({ n: index + 1, t })).slice(start, limit === 0 ? undefined : start + limit);
  if (lines.length === 0) return new Reply([{ n: 1, t: "no content" }], { total: 1 });
  return new Reply(shown, { total: lines.length });
}

function stopTask(call: Call): void {
  const upid = readUpid(call);
  const task = existingTask(upid);
  if (!isOwn(call, upid.user)) call.rights.check(`/nodes/${call.node.name}`, "Sys.Modify");
  call.tasks.stop(task.upid);
}

export const taskRoutes: Routes = {
  "GET /nodes/{node}/tasks": listTasks,
  "GET /nodes/{node}/tasks/{upid}": () => [{ name: "log" }, { name: "status" }],
  "GET /nodes/{node}/tasks/{upid}/status": taskStatus,
  "GET /nodes/{node}/tasks/{upid}/log": taskLog,
  "DELETE /nodes/{node}/tasks/{upid}": stopTask,
};
