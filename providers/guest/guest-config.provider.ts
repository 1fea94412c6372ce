import { randomUUID } from "node:crypto";
import { NoLogin } from "../../pve";
import { guestProblems } from "../checks/guest-reach";
import type { Call } from "../kernel/call/call";
import { messageOf } from "../kernel/call/failure";
import { define } from "../kernel/define";
import { hasUnknown } from "../kernel/state/unknowns";
import type { Change } from "../kernel/state/changes";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import { GuestChange } from "./converge-guest";
import { findGuest, HasNoAgent, loginProblems, openGuest, type FoundGuest } from "./found-guest";
import { guestConfigModel, type GuestConfigInputs } from "./guest-config.model";
import type { GuestFiles } from "./guest-files";
import { GuestIsSilent } from "./guest-shell";
import { readRecord } from "./guest-record";
import { liveUsers } from "./guest-users";
import { liveGuest } from "./observe-guest";

interface GuestConfigOutputs {
  readonly vmid: number;
  /** Of the guest that it was made for. */
  readonly __uuid: string;
  /** Where it was last seen. */
  readonly __node: string;
  /** By which what was made is known in the guest. */
  readonly __mark: string;
  /** The creation: what takes its place has the same mark, and goes on with the same record. Older states have none. */
  readonly __made?: string | undefined;
}

const another = (vmid: number): string =>
  `VM ${vmid} is another one than this resource was made for; run pulumi refresh, after which the new one is set up`;

export const guestConfigProvider = (session: Session) =>
  define<GuestConfigInputs, GuestConfigOutputs>(
    {
      kind: "GuestConfig",
      model: guestConfigModel,
      outputs: ["vmid", "__uuid", "__node", "__mark", "__made"],
      timeouts: { create: "60m", update: "60m", delete: "15m", read: "10m" },
      async inspect(call, { ssh, guest }) {
        const pve = guest === undefined ? undefined : await session.look(call);
        return [...loginProblems(ssh), ...(pve ? await guestProblems(pve, guest ?? "") : [])];
      },
      async observe(call, at, wanted) {
        const pve = await session.pve(call);
        const found = await findGuest(pve, at.vmid, at.__node);
        if (!found || found.uuid !== at.__uuid) return undefined;
        const outputs = { ...at, __node: found.place.node };
        if (!found.running) {
          call.report.warn(`VM ${at.vmid} does not run: what is in it was not looked at`);
          return { inputs: wanted, outputs };
        }
        const guest = await openGuest(session, pve, call, found, wanted);
        const owner = { mark: at.__mark, uuid: found.uuid };
        const record = await readRecord(guest, owner);
        const live = await liveUsers(guest, at.vmid, call, at.__mark, wanted.users ?? [], record);
        const users = wanted.users ? { users: live } : {};
        if (!wanted.users && live.length > 0)
          call.report.warn(
            `VM ${at.vmid} has accounts of a run that failed, which the next change deletes: ${live.map(({ name }) => name).join(", ")}`,
          );
        return { inputs: { ...wanted, ...users, ...(await liveGuest(guest, owner, wanted, record)) }, outputs };
      },
      async refine(_call, changes, _at, { was, wanted }) {
        return [...deletedAccounts(was, wanted), ...changes];
      },
      async due(call, at) {
        try {
          const found = await findGuest(await session.pve(call), at.vmid, at.__node);
          return found && found.uuid !== at.__uuid ? another(at.vmid) : undefined;
        } catch (error) {
          // A preview goes on where a node is away; whatever is done later looks again.
          call.report.progress(`not looked at again: ${messageOf(error)}`);
          return undefined;
        }
      },
      async ensure(call, inputs, made) {
        const found = await findGuest(await session.pve(call), inputs.vmid, undefined);
        if (!found) throw new Error(`there is no VM ${inputs.vmid}`);
        if (!found.running) throw new Error(`VM ${inputs.vmid} does not run; start it first`);
        const id = String(inputs.vmid);
        const own = { __uuid: found.uuid, __node: found.place.node, __mark: call.mark, __made: randomUUID() };
        const at = { vmid: inputs.vmid, ...own };
        // What it makes is known in the guest itself: from here on nothing is forgotten.
        made(id, at);
        return { id, at };
      },
      sync: (call, at, inputs, was) =>
        inLine(session, call, at, async (pve, found) => {
          if (found?.uuid !== at.__uuid) throw new Error(`${another(at.vmid)}; nothing was changed`);
          if (!found.running) throw new Error(`VM ${at.vmid} does not run; nothing was changed`);
          const guest = await openGuest(session, pve, call, found, inputs);
          await changeOf(guest, call, at, signsIn(pve, inputs)).converge(inputs, was);
          return { ...at, __node: found.place.node };
        }),
      remove: (call, at, settings) =>
        inLine(session, call, at, async (pve, found) => {
          if (found?.uuid !== at.__uuid) return call.report.result(`VM ${at.vmid} is gone, and what was in it`);
          const stays = (why: string): void =>
            call.report.warn(
              `VM ${at.vmid} ${why}: the files and accounts of this resource stay in it, with keys and rules for sudo`,
            );
          if (!found.running) return stays("does not run");
          const guest = await openGuest(session, pve, call, found, settings).catch((error: unknown) => {
            if (error instanceof HasNoAgent || error instanceof GuestIsSilent || error instanceof NoLogin)
              return undefined;
            throw error;
          });
          if (!guest)
            return stays(
              (settings.ssh ?? settings.guest) !== undefined
                ? "lets nobody in by SSH"
                : "has no guest agent that answers",
            );
          await changeOf(guest, call, at, signsIn(pve, settings)).remove(settings);
          call.report.result(`files removed from VM ${at.vmid}; packages, what scripts did and containers stay`);
        }),
    },
    session,
  );

/** The row would show a list that has become shorter, or a name in the place of another one: neither says what goes. */
function deletedAccounts(was: Partial<GuestConfigInputs>, wanted: Partial<GuestConfigInputs>): Change[] {
  const { users: then = [], vmid } = wanted;
  // Of what is not known yet nothing is said; another VM's accounts are another resource's.
  if (hasUnknown(then) || vmid !== was.vmid) return [];
  return (was.users ?? [])
    .filter(({ name }) => !then.some((user) => user.name === name))
    .map(({ name }) => ({ path: "users", from: name, to: undefined, effect: "live", note: `deletes account ${name}` }));
}

/** One change of a guest at a time; looked at when it is its turn. */
async function inLine<T>(
  session: Session,
  call: Call,
  at: GuestConfigOutputs,
  work: (pve: Pve, found: FoundGuest | undefined) => Promise<T>,
): Promise<T> {
  const pve = await session.pve(call);
  return pve.limits([`vm:${at.vmid}`], call, async () => work(pve, await findGuest(pve, at.vmid, at.__node)));
}

const signsIn = (pve: Pve, { ssh, guest }: Partial<GuestConfigInputs>): string | undefined =>
  guest === undefined ? ssh?.user : pve.process.ssh?.user;

const changeOf = (
  ...[guest, call, at, user]: [GuestFiles, Call, GuestConfigOutputs, string | undefined]
): GuestChange => {
  const { vmid, __mark, __uuid, __made } = at;
  return new GuestChange(guest, call, { vmid, mark: __mark, uuid: __uuid, made: __made, signsIn: user });
};
