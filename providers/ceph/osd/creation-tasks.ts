import { wire } from "../../../pve";
import type { Pve } from "../../kernel/session/pve-session";
import type { Call } from "../../kernel/call/call";
import { readBatchLog, type CreationNote } from "./creation-note";
import { begunIn } from "./unfinished";

/** How many creations of OSDs are looked through, the last ones first. */
const most = 50;

interface CreationTask {
  readonly upid: string;
  /** The kernel's name of the disk. */
  readonly device: string;
  readonly ended: boolean;
}

/** The last creations of OSDs on a node. */
async function creationsOn(pve: Pve, node: string): Promise<CreationTask[]> {
  const { tasks } = pve.api.nodes.$(node);
  const rows = wire.list(await tasks.$get({ typefilter: "cephcreateosd", source: "all", limit: most }));
  return rows.map(({ upid, id, endtime }) => {
    const name = wire.string(upid);
    if (name === undefined) throw new Error(`the list of tasks of node ${node} is not whole; nothing was changed`);
    return { upid: name, device: wire.string(id) ?? "", ended: wire.integer(endtime) !== undefined };
  });
}

export const creationUpids = async (pve: Pve, node: string): Promise<string[]> =>
  (await creationsOn(pve, node)).map(({ upid }) => upid);

/** Those on the disk that is noted, which were begun after the note. */
export const creationsSince = async (pve: Pve, node: string, note: CreationNote): Promise<CreationTask[]> =>
  (await creationsOn(pve, node)).filter(({ upid, device }) => device === note.device && !note.tasks.includes(upid));

/**
 * What the creation that is noted has begun, by its log, and by that of what was made beside it later over SSH. Only one can be it: of two on the disk since, the other one is somebody
 * else's; and one that is under way is not cut off.
 */
export async function begunSince(
  pve: Pve,
  call: Call,
  node: string,
  note: CreationNote,
): Promise<ReturnType<typeof begunIn> & { readonly problem?: string }> {
  const nothing = (problem: string) => ({ ...begunIn([]), problem });
  const since = await creationsSince(pve, node, note);
  // The list goes no further back: its own one may be older.
  if (since.length > 0 && (await creationsOn(pve, node)).length === most && note.tasks.length < most)
    return nothing(`node ${node} has made OSDs ${most} times and more since this resource began`);
  const [task, ...others] = since;
  if (!task) return nothing(`node ${node} has no task of a creation on ${note.device} since this resource began one`);
  if (others.length > 0)
    return nothing(`on ${note.device} of node ${node} OSDs were made ${since.length} times since this resource began`);
  if (!task.ended) return nothing(`the creation on ${note.device} of node ${node} is under way`);
  const lines = wire.list(await pve.api.nodes.$(node).tasks.$(task.upid).log.$get({ limit: 5000 }));
  const logs = [lines.flatMap(({ t }) => wire.string(t) ?? []), await readBatchLog(pve, call, node, note.serial)];
  const all = logs.map(begunIn);
  return {
    begun: new Set(all.flatMap(({ begun }) => [...begun])),
    asked: new Set(all.flatMap(({ asked }) => [...asked])),
    purged: all.flatMap(({ purged }) => purged),
    prepared: new Set(all.flatMap(({ prepared }) => [...prepared])),
  };
}
