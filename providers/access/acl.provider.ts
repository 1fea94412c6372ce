import type { Call } from "../kernel/call/call";
import { isMade } from "../checks/made-here";
import { define } from "../kernel/define";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import type { Problem } from "../kernel/state/problems";
import { aclModel, type AclInputs } from "./acl.model";
import { aclParams, findEntry as find, inWords, isSameEntry, type AclEntry, type SubjectType } from "./acl-entries";
import { checkKnown } from "./known-subjects";
import { concernsUs, lossOfOurs, otherwise } from "./ourselves";
import { withEntry, withoutEntry } from "./own-rights.model";
import { userConfig } from "./user-config";

/** Which entry it is: Proxmox knows it by nothing else. */
interface AclOutputs {
  readonly path: string;
  readonly role: string;
  readonly subjectType: SubjectType;
  readonly subject: string;
}

const types: readonly SubjectType[] = ["user", "group", "token"];

/** The entry that the inputs describe, as far as they are known. */
function entryOf(inputs: Partial<AclInputs>): AclEntry | undefined {
  const type = types.find((one) => inputs[one] !== undefined);
  if (type === undefined || inputs.path === undefined || inputs.role === undefined) return undefined;
  const { path, role: roleid, propagate = true } = inputs;
  return { path, type, ugid: inputs[type] as string, roleid, propagate };
}

const entryAt = ({ path, role, subjectType, subject }: AclOutputs): AclEntry => ({
  ...{ path, type: subjectType, ugid: subject, roleid: role },
  propagate: true,
});

const there = (entry: AclEntry): string => `${inWords(entry)} is given already; set adopt: true to take the entry over`;
const nothing = (entry: AclEntry): string =>
  `there is no entry ${inWords(entry)} to take over; leave adopt out to make it`;

/** Why the stack must not be given the entry: it would take the place of what the stack needs. */
async function takesFromUs(pve: Pve, entry: AclEntry): Promise<string | undefined> {
  if (!(await concernsUs(pve, entry))) return undefined;
  // Of a role that this program is to make, nothing is known in the check.
  const loss = await lossOfOurs(pve, (rules) => (rules.roles.has(entry.roleid) ? withEntry(rules, entry) : rules));
  return loss && `${inWords(entry)} takes ${loss}; nothing was given. Give more with it, or ${otherwise}`;
}

/** Why an entry must not be taken away: nobody would be left who could put it back. */
async function lastOfOurs(pve: Pve, entry: AclEntry): Promise<string | undefined> {
  if (!(await concernsUs(pve, entry))) return undefined;
  const loss = await lossOfOurs(pve, (rules) => withoutEntry(rules, entry));
  return (
    loss &&
    `${inWords(entry)} is ${loss}; nothing was taken away. Work as somebody else, or keep the entry (retainOnDelete)`
  );
}

/** A token that this program makes had no rights before: whatever it has is of this program. */
const isOwn = (pve: Pve, { type, ugid }: AclEntry): boolean => type === "token" && isMade(pve, "token", ugid);

export const aclProvider = (session: Session) => {
  /** Entries of before this run: a resource that is replaced is checked a second time, as if it were new. */
  const existing = new Map<string, AclEntry>();

  async function inspectNew(pve: Pve, call: Call, inputs: Partial<AclInputs>, entry: AclEntry): Promise<Problem[]> {
    const found = await find(pve, entry);
    if (inputs.adopt === true) return found ? [] : [{ path: "", message: nothing(entry) }];
    if (found && !isOwn(pve, entry)) return [{ path: "", message: there(entry) }];
    if (found) return [];
    const taken = await takesFromUs(pve, entry);
    if (taken !== undefined) return [{ path: "", message: taken }];
    if (await concernsUs(pve, entry))
      call.report.warn(
        `${entry.type} ${entry.ugid} is who this stack works as: on ${entry.path} the role ${entry.roleid} takes the place of ` +
          "what is given on the paths above it",
      );
    return [];
  }

  return define<AclInputs, AclOutputs>(
    {
      kind: "Acl",
      model: aclModel,
      outputs: ["path", "role", "subjectType", "subject"],
      timeouts: { create: "2m", update: "2m", delete: "2m", read: "2m" },
      async inspect(call, inputs, was) {
        const pve = await session.look(call);
        if (!pve) return [];
        const entry = entryOf(inputs);
        const before = was && entryOf(was);
        if (before) existing.set(call.urn, before);
        const type = types.find((one) => inputs[one] !== undefined);
        const known = [
          ...(inputs.role === undefined ? [] : await checkKnown(pve, "role", inputs.role, "role")),
          ...(type === undefined ? [] : await checkKnown(pve, type, inputs[type] as string, type)),
        ];
        const old = existing.get(call.urn);
        if (entry && before && isSameEntry(before, entry) && before.propagate !== entry.propagate) {
          const taken = await takesFromUs(pve, entry);
          if (taken !== undefined) known.push({ path: "propagate", message: taken });
        }
        if (!entry || known.length > 0 || was || (old && isSameEntry(old, entry))) return known;
        return inspectNew(pve, call, inputs, entry);
      },
      async observe(call, at, wanted) {
        const entry = await find(await session.pve(call), entryAt(at));
        if (!entry) return undefined;
        const { path, role, subjectType, subject } = at;
        return { inputs: { ...wanted, path, role, [subjectType]: subject, propagate: entry.propagate }, outputs: at };
      },
      async ensure(call, inputs, made) {
        const pve = await session.pve(call);
        const entry = entryOf(inputs) as AclEntry;
        const at: AclOutputs = {
          ...{ path: entry.path, role: entry.roleid },
          ...{ subjectType: entry.type, subject: entry.ugid },
        };
        let asked = false;
        if (inputs.adopt === true) {
          if (!(await find(pve, entry))) throw new Error(nothing(entry));
        } else
          await pve.write(call, {
            what: `giving ${inWords(entry)}`,
            lock: userConfig,
            send: async () => {
              if (!isOwn(pve, entry) && (await find(pve, entry))) throw new Error(there(entry));
              const taken = await takesFromUs(pve, entry);
              if (taken !== undefined) throw new Error(taken);
              asked = true;
              await pve.api.access.acl.$put(aclParams(entry));
            },
            happened: async () => asked && (await find(pve, entry)) !== undefined,
          });
        const id = inWords(entry);
        made(id, at);
        call.report.result(id);
        return { id, at };
      },
      async sync(call, at, inputs) {
        const pve = await session.pve(call);
        const propagate = inputs.propagate ?? true;
        const differs = async (): Promise<boolean> => {
          const entry = await find(pve, entryAt(at));
          return entry !== undefined && entry.propagate !== propagate;
        };
        if (await differs())
          await pve.write(call, {
            what: `changing ${inWords(entryAt(at))}`,
            lock: userConfig,
            send: async () => {
              const entry = { ...entryAt(at), propagate };
              const taken = await takesFromUs(pve, entry);
              if (taken !== undefined) throw new Error(taken);
              await pve.api.access.acl.$put(aclParams(entry));
            },
            happened: async () => !(await differs()),
          });
        return at;
      },
      async remove(call, at) {
        const pve = await session.pve(call);
        await pve.write(call, {
          what: `taking away ${inWords(entryAt(at))}`,
          lock: userConfig,
          send: async () => {
            const entry = await find(pve, entryAt(at));
            if (!entry) return;
            const last = await lastOfOurs(pve, entry);
            if (last !== undefined) throw new Error(last);
            await pve.api.access.acl.$put({ ...aclParams(entry), delete: true });
          },
          happened: async () => (await find(pve, entryAt(at))) === undefined,
        });
      },
    },
    session,
  );
};
