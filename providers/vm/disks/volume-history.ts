import { parseUpid, wire } from "../../../pve";
import type { Pve } from "../../kernel/session/pve-session";
import type { GuestRef } from "../outputs";

/** Tasks of a guest that are looked through, and lines of each. */
const tasksRead = 20;
const linesRead = 500;

/** Where a volume comes from, as the log of the newest task that tells of it says. */
type Origin = { readonly copyOf: string } | { readonly madeIn: string; readonly by: string } | undefined;

/**
 * The origin of a volume that no state names: an update that failed or was killed has not recorded what it had made, and
 * a disk that somebody moves to another storage gets another id. Undefined when the node's tasks do not tell; they are
 * read from the newest on, and no further than to a removal, after which an id may have been given out again.
 */
async function originOf(pve: Pve, at: GuestRef, volume: string): Promise<Origin> {
  const node = pve.api.nodes.$(at.node);
  const tasks = await node.tasks.$get({ vmid: at.vmid, source: "all", limit: tasksRead });
  for (const task of tasks) {
    const upid = parseUpid(wire.string(task["upid"]) ?? "");
    if (!upid) continue;
    if (upid.type !== "qmconfig" && upid.type !== "qmmove") {
      if (makes.has(upid.type)) return undefined;
      continue;
    }
    const log = await node.tasks.$(upid.upid).log.$get({ limit: linesRead });
    const lines = log.map(({ t }) => wire.string(t) ?? "");
    if (upid.type === "qmmove") {
      const source = lines.map((line) => /^create full clone of drive \S+ \((.+)\)$/.exec(line)?.[1]).find(Boolean);
      if (lines.includes(`allocated target volume '${volume}'`))
        return lines.at(-1) === "TASK OK" && source !== undefined ? { copyOf: source } : undefined;
      continue;
    }
    for (const line of lines) {
      const [, slot, made] = /^(\S+): successfully created disk '([^',]+)/.exec(line) ?? [];
      if (slot !== undefined && made === volume) return { madeIn: slot, by: upid.user };
    }
    if (lines.some((line) => /^update VM \d+:.*-delete \S*unused/.test(line))) return undefined;
  }
  return undefined;
}

/** Tasks that make a guest's volumes, or all of it. */
const makes = new Set(["qmcreate", "qmclone", "qmrestore", "qmdestroy", "qmigrate"]);

/** Is the volume a copy of one of ours, whoever moved it? */
export async function isCopyOfOurs(
  pve: Pve,
  at: GuestRef,
  volume: string,
  isOurs: (volume: string) => boolean,
): Promise<boolean> {
  const origin = await originOf(pve, at, volume);
  return origin !== undefined && "copyOf" in origin && isOurs(origin.copyOf);
}

/**
 * Has an earlier update of this program made it in this slot, without coming to record it? Only a token tells that: a
 * user may be an administrator as well.
 */
export async function isOurs(
  pve: Pve,
  at: GuestRef,
  slot: string,
  volume: string,
  known: (volume: string) => boolean,
): Promise<boolean> {
  const origin = await originOf(pve, at, volume);
  if (origin === undefined) return false;
  if ("copyOf" in origin) return known(origin.copyOf);
  const { identity } = pve.process.connection;
  return origin.madeIn === slot && identity.includes("!") && origin.by === identity;
}
