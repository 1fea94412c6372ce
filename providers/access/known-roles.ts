import { wire } from "../../pve";
import type { Call } from "../kernel/call/call";
import type { Pve } from "../kernel/session/pve-session";
import { suggestion, type Problem } from "../kernel/state/problems";
import { earlierName, translated } from "./privileges.model";

/** What the roles of this version of Proxmox VE tell, which stays the same while a process runs. */
interface KnownRoles {
  /** Every privilege that there is; undefined when no role has them all. */
  readonly privileges: ReadonlySet<string> | undefined;
  /** Roles that Proxmox brings with it. */
  readonly builtIn: ReadonlySet<string>;
}

interface Kept {
  reading?: Promise<KnownRoles>;
}

const makeKept = (): Kept => ({});

/** Asked for once; a read that failed is tried again by the next one who asks. */
export function knownRoles(pve: Pve): Promise<KnownRoles> {
  const kept = pve.memory("access: roles of this version", makeKept);
  if (!kept.reading) {
    const reading = (kept.reading = readRoles(pve));
    reading.catch(() => {
      if (kept.reading === reading) delete kept.reading;
    });
  }
  return kept.reading;
}

async function readRoles(pve: Pve): Promise<KnownRoles> {
  const rows = await roleRows(pve);
  const all = rows.find(({ roleid }) => roleid === "Administrator");
  return {
    privileges: all && all.privileges.size > 0 ? all.privileges : undefined,
    builtIn: new Set(rows.filter(({ special }) => special).map(({ roleid }) => roleid)),
  };
}

export async function roleRows(pve: Pve) {
  const rows = await pve.api.access.roles.$get();
  return rows.map((row) => ({
    roleid: wire.string(row["roleid"]) ?? "",
    privileges: new Set(wire.strings(row["privs"])),
    special: wire.boolean(row["special"]),
  }));
}

/** Privileges in the words of this version; throws when one is none. */
export async function onThisVersion(pve: Pve, wanted: readonly string[]): Promise<readonly string[]> {
  const { privileges: known } = await knownRoles(pve);
  const { privileges, unknown } = translated(wanted, known);
  if (unknown.length > 0) throw new Error(`there is no privilege ${unknown.join(", ")} in this Proxmox VE`);
  return privileges;
}

/** Privileges that this version does not have, and a word about those that it calls otherwise. */
export async function checkPrivileges(
  pve: Pve,
  call: Call,
  wanted: readonly string[],
  path: string,
): Promise<Problem[]> {
  const { privileges: known } = await knownRoles(pve);
  const { unknown, replaced } = translated(wanted, known);
  for (const [old, instead] of replaced)
    call.report.warn(`this Proxmox VE has no privilege ${old}; the role gets ${instead.join(" and ")} in its place`);
  if (!known) return [];
  return unknown.map((one) => {
    const earlier = earlierName(one, known);
    const hint = earlier === undefined ? suggestion(one, [...known]) : `; this version calls it ${earlier}`;
    return {
      path: `${path}[${wanted.indexOf(one)}]`,
      message: `there is no privilege ${one} in this Proxmox VE${hint}`,
    };
  });
}
