import { randomBytes } from "node:crypto";
import { printable } from "../../pve/format/printable";
import { isProxmoxError, NoLogin } from "../../pve";
import { declaredTwice } from "../checks/declared-twice";
import { isMade, makes, onNode } from "../checks/made-here";
import { placeInId } from "../checks/place-in-id";
import { isUnreached } from "../checks/unreached";
import { guestProblems } from "../checks/guest-reach";
import { findGuest, HasNoAgent, loginProblems, openGuest, openNamed } from "../guest/found-guest";
import type { GuestWay } from "../guest/guest-access.model";
import { GuestAccountMachine } from "../guest/guest-account-machine";
import { GuestIsSilent } from "../guest/guest-shell";
import type { Call } from "../kernel/call/call";
import { define } from "../kernel/define";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import type { Problem } from "../kernel/state/problems";
import { AccountCommands, accountsOnNode, accountSshProblems } from "./linux/account-commands";
import { changesOf, liveInputs, managesSudo, sudoersOwner } from "./linux/account-state";
import { convergeWhole, foreignRules, settingsProblems } from "./linux/converge-account";
import { makeOrTake, nameOf, newProblems, ownerOf, refusal } from "./linux/make-account";
import { hostId, hostInId, hostKey, hostText, placeOf, type AccountHost } from "./linux/account-host";
import { called, find, identified, ownAccount, type SystemUserOutputs } from "./linux/made-account";
import { removeAccount } from "./linux/remove-account";
import { systemUserModel, type SystemUserInputs } from "./system-user.model";

type Inputs = Partial<SystemUserInputs>;
/** The machine of an account, and in a VM the one that it was made in. */
type Place = AccountHost & { readonly __uuid?: string | undefined };

/** A VM that is certainly gone, or another one than the account was made in. */
class OtherVm extends Error {}
/** Nothing can be asked of it now. */
class NotRunning extends Error {}

/** A machine where accounts are, and whom this stack signs in as there. */
interface Reached {
  readonly pve: Pve;
  readonly commands: AccountCommands;
  readonly user: string | undefined;
  readonly uuid?: string;
}

export const systemUserProvider = (session: Session) => {
  async function reach(call: Call, at: Place, way: GuestWay): Promise<Reached> {
    const { node = "", guest, vmid } = at;
    if (vmid !== undefined)
      return { pve: await session.pve(call), ...(await inVm(await session.pve(call), call, vmid, at, way)) };
    const pve = await (guest === undefined ? session.node(call, node) : session.pve(call));
    const commands =
      guest === undefined
        ? accountsOnNode(pve, call, node)
        : new AccountCommands(new GuestAccountMachine(await openNamed(pve, call, guest), hostText(at)), call);
    return { pve, commands, user: pve.process.ssh?.user };
  }

  async function inVm(
    pve: Pve,
    call: Call,
    vmid: number,
    { __uuid }: Place,
    way: GuestWay,
  ): Promise<Omit<Reached, "pve">> {
    const found = await findGuest(pve, vmid, undefined);
    if (!found) throw new OtherVm(`there is no VM ${vmid}`);
    if (__uuid !== undefined && found.uuid !== __uuid)
      throw new OtherVm(
        `VM ${vmid} is another one than this account was made in; nothing was changed. Run pulumi refresh`,
      );
    if (!found.running) throw new NotRunning(`VM ${vmid} does not run; start it first`);
    const guest = await openGuest(session, pve, call, found, way);
    const commands = new AccountCommands(new GuestAccountMachine(guest, hostText({ vmid })), call);
    return { commands, user: way.ssh?.user, uuid: found.uuid };
  }

  /** A machine for a check: nothing where it cannot be looked at now. */
  async function lookAt(call: Call, { node = "", guest, vmid, ssh }: Inputs) {
    if (guest === undefined && vmid === undefined) return session.lookAtNode(call, node, "node");
    const pve = await session.look(call);
    if (!pve) return { problems: [] };
    const problems = guest === undefined ? loginProblems(ssh) : await guestProblems(pve, guest);
    return problems.length > 0 ? { problems } : { pve, problems };
  }

  return define<SystemUserInputs, SystemUserOutputs>(
    {
      kind: "SystemUser",
      model: systemUserModel,
      outputs: ["node", "guest", "vmid", "name", "uid", "home", "__mark", "__made", "__uuid"],
      timeouts: { create: "3m", update: "3m", delete: "3m", read: "3m" },
      onNode: { node: ({ node }) => node, what: ({ name }) => `account ${name}` },
      async inspect(call, inputs, was) {
        const { node, guest, vmid, name } = inputs;
        const host = hostKey(inputs);
        if (host === undefined || name === undefined) return [];
        const problems = declaredTwice(
          session,
          call,
          "name",
          `the account ${name} of ${hostText(inputs)} is described by`,
        );
        if (was && sameFields(inputs, was)) return problems;
        const { pve, problems: unreachable } = await lookAt(call, inputs);
        problems.push(...unreachable);
        if (!pve) return problems;
        if (node !== undefined) {
          makes(pve, "account", onNode(host, name));
          const withoutSsh = accountSshProblems(pve);
          if (withoutSsh.length > 0) return [...problems, ...withoutSsh];
        }
        try {
          const isNew =
            was === undefined || was.node !== node || was.guest !== guest || was.vmid !== vmid || was.name !== name;
          const { commands } = await reach(call, placeOf(inputs), {
            ...wayOf(inputs),
            ...{ agentTimeout: "5s", once: true },
          });
          // A resource that was checked before it may bring it.
          const hasSudo = node !== undefined && isMade(pve, "package", onNode(node, "sudo"));
          problems.push(...(await inspectLive(commands, call, inputs, isNew, hasSudo)));
        } catch (error) {
          if (!isAway(error) && !mayNotLook(call, vmid, error)) throw error;
          // The same program may make the guest, or start it.
          if (node !== undefined) problems.push({ path: "node", message: error.message });
          else call.report.warn(`account ${name} was not looked up: ${error.message}`);
        }
        return problems;
      },
      async lookup(call, id) {
        const { node: place, what: name } = placeInId(id, "pve1/bob");
        const machine = hostInId(place);
        const { commands, uuid } = await reach(call, machine, {});
        const account = find(await commands.accounts(), name);
        if (!account) throw new Error(`${hostText(machine)} has no account ${name}`);
        const { uid, home } = account;
        return { id, outputs: { ...machine, name, uid, home, ...(uuid === undefined ? {} : { __uuid: uuid }) } };
      },
      async observe(call, at, wanted) {
        try {
          const { commands } = await reach(call, at, wayOf(wanted));
          const accounts = await commands.accounts();
          const account = ownAccount(commands, accounts, at, call.mark);
          if (!account) return undefined;
          const live = await liveInputs(commands, accounts, account, wanted);
          return { inputs: { ...wanted, ...placeOf(at), ...live }, outputs: at };
        } catch (error) {
          if (error instanceof OtherVm) return undefined;
          if (!(error instanceof NotRunning)) throw error;
          call.report.warn(`VM ${at.vmid} does not run: account ${at.name} was not looked at`);
          return { inputs: wanted, outputs: at };
        }
      },
      async ensure(call, inputs, made) {
        const { pve, commands, uuid } = await reach(call, inputs, wayOf(inputs));
        return pve.limits([lockOf(inputs)], call, async () => {
          const mark = { owner: call.mark, made: randomBytes(4).toString("hex") };
          const account = await makeOrTake(commands, call, inputs, mark);
          const { name, uid, home } = account;
          const own = { name, uid, home, __mark: mark.owner, __made: mark.made };
          const at = { ...placeOf(inputs), ...own, ...(uuid === undefined ? {} : { __uuid: uuid }) };
          const id = `${hostId(inputs)}/${name}`;
          made(id, at);
          return { id, at };
        });
      },
      async sync(call, at, inputs, was) {
        const { pve, commands } = await reach(call, at, wayOf(inputs));
        await pve.limits([lockOf(at)], call, async () => {
          const accounts = await commands.accounts();
          const account = identified(commands, accounts, at, call.mark, inputs.adopt);
          await convergeWhole(commands, accounts, account, call.mark, at, inputs, was);
        });
        return { ...at, __mark: call.mark };
      },
      async remove(call, at, settings) {
        try {
          const { pve, commands, user } = await reach(call, at, wayOf(settings));
          const by = { mark: call.mark, user };
          await pve.limits([lockOf(at)], call, () => removeAccount(commands, call, at, settings, by));
        } catch (error) {
          if (!(error instanceof OtherVm)) throw error;
          call.report.result(`${hostText(at)} is gone, and account ${at.name} with it`);
        }
      },
    },
    session,
  );
};

const wayOf = ({ ssh, agentTimeout }: Inputs): GuestWay => ({ ssh, agentTimeout });
/** One change of a machine's accounts at a time; in a VM that is one of all that is done in it. */
const lockOf = (at: AccountHost): string =>
  at.vmid === undefined ? `host:${at.guest ?? at.node ?? ""}` : `vm:${at.vmid}`;

const isAway = (error: unknown): error is Error =>
  isUnreached(error) ||
  error instanceof GuestIsSilent ||
  error instanceof HasNoAgent ||
  error instanceof NoLogin ||
  error instanceof NotRunning ||
  error instanceof OtherVm;

/** Whoever only reviews may not run programs in a VM. */
const mayNotLook = (call: Call, vmid: number | undefined, error: unknown): error is Error =>
  vmid !== undefined && call.inputs["__preview"] === true && isProxmoxError(error, "denied");

const sudoFirst = ({ node }: AccountHost): string =>
  node !== undefined
    ? 'let a SystemPackage with packages: ["sudo"] go before this resource'
    : "let its cloud-init, or a GuestConfig that goes before this resource, install it";

async function inspectLive(
  commands: AccountCommands,
  call: Call,
  inputs: Inputs,
  isNew: boolean,
  hasSudo: boolean,
): Promise<Problem[]> {
  const { where } = commands;
  const accounts = await commands.accounts();
  const account = find(accounts, nameOf(inputs));
  const problems = await settingsProblems(commands, call, accounts, inputs, hasSudo ? undefined : sudoFirst(inputs));
  if (account === undefined)
    return isNew ? [...problems, ...(await newProblems(commands, ownerOf(call), accounts, inputs))] : problems;
  const refused = isNew ? refusal(where, account, inputs, ownerOf(call)) : undefined;
  if (refused) return [...problems, refused];
  const rules = await sudoersOwner(commands, account.name);
  if (isNew && rules !== undefined && rules.mark === undefined && managesSudo(inputs) && inputs.adopt !== true)
    problems.push({ path: "sudoRules", message: foreignRules(account.name) });
  if (problems.length > 0) return problems;
  const live = await liveInputs(commands, accounts, account, inputs);
  const changes = changesOf(live, inputs);
  if (changes.length > 0) call.report.result(printable(`${called(account)} on ${where}: ${changes.join(", ")}`));
  return problems;
}

/** Is anything asked for that was not there before? */
function sameFields(inputs: Inputs, was: Inputs): boolean {
  const fields = [
    "node",
    "guest",
    "vmid",
    "name",
    "shell",
    "comment",
    "groups",
    "exclusiveGroups",
    "authorizedKeys",
    "exclusiveKeys",
    "sudoRules",
    "sudoNoPassword",
  ] as const;
  return fields.every((field) => JSON.stringify(inputs[field]) === JSON.stringify(was[field]));
}
