import { wire } from "../../pve";
import { isMade, type Made } from "../checks/made-here";
import type { Pve } from "../kernel/session/pve-session";
import { suggestion, type Problem } from "../kernel/state/problems";

/** Who and what there was when the process began to check; undefined where the list may not be all. */
interface KnownSubjects {
  readonly user?: ReadonlySet<string>;
  readonly group?: ReadonlySet<string>;
  readonly token?: ReadonlySet<string>;
  readonly role: ReadonlySet<string>;
}

interface Kept {
  reading?: Promise<KnownSubjects>;
}

const makeKept = (): Kept => ({});

/** For checks alone: one look for all resources of a run; another one before something is said to be missing. */
function knownSubjects(pve: Pve, anew = false): Promise<KnownSubjects> {
  const kept = pve.memory("access: users, groups and roles that were there", makeKept);
  if (!kept.reading || anew) {
    const reading = (kept.reading = look(pve));
    reading.catch(() => {
      if (kept.reading === reading) delete kept.reading;
    });
  }
  return kept.reading;
}

async function look(pve: Pve): Promise<KnownSubjects> {
  const { access } = pve.api;
  const path = "/access/groups";
  const [roles, users, groups, rights] = await Promise.all([
    access.roles.$get(),
    access.users.$get({ full: true }),
    access.groups.$get(),
    access.permissions.$get({ path }),
  ]);
  const role = new Set(roles.map((row) => wire.string(row["roleid"]) ?? ""));
  const own = wire.object(rights[path]);
  // Others see some of the users and groups only.
  if (own["Sys.Audit"] === undefined && own["User.Modify"] === undefined) return { role };
  return {
    role,
    user: new Set(users.map((row) => wire.string(row["userid"]) ?? "")),
    group: new Set(groups.map((row) => wire.string(row["groupid"]) ?? "")),
    token: new Set(
      users.flatMap((row) =>
        wire
          .list(row["tokens"])
          .map((one) => `${wire.string(row["userid"]) ?? ""}!${wire.string(one["tokenid"]) ?? ""}`),
      ),
    ),
  };
}

/** A name that is there, or that a resource of the program makes. */
export async function checkKnown(
  pve: Pve,
  kind: Made & keyof KnownSubjects,
  name: string,
  path: string,
): Promise<Problem[]> {
  if (isMade(pve, kind, name)) return [];
  const seen = (await knownSubjects(pve))[kind];
  if (!seen || seen.has(name)) return [];
  const names = (await knownSubjects(pve, true))[kind];
  if (!names || names.has(name)) return [];
  const near = suggestion(name, [...names]);
  return [
    {
      path,
      message: `there is no ${kind} ${name}; if this program makes it, write the output of that resource here${near}`,
    },
  ];
}
