import { randomBytes } from "node:crypto";
import { printable } from "../../pve/format/printable";
import { isProxmoxError } from "../../pve";
import { declaredTwice } from "../checks/declared-twice";
import { makes, onNode } from "../checks/made-here";
import { placeInId } from "../checks/place-in-id";
import { isUnreached } from "../checks/unreached";
import type { Call } from "../kernel/call/call";
import { define } from "../kernel/define";
import { isOwnerKnown } from "../kernel/identity/mark";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import { suggestion, type Problem } from "../kernel/state/problems";
import { AccountCommands, accountSshProblems, visudo } from "./linux/account-commands";
import {
  changesOf,
  convergeGroups,
  convergeKeys,
  convergeSudo,
  liveInputs,
  sudoersFile,
  sudoersOwner,
} from "./linux/account-state";
import { gecosWith, isOrdinary, markOf, type Account, type Accounts } from "./linux/passwd.model";
import { guestProblems } from "./linux/guest-reach";
import { hostOf, hostId, hostInId, hostText, type AccountHost } from "./linux/account-host";
import { called, find, ofSystem, type SystemUserOutputs } from "./linux/made-account";
import { removeAccount } from "./linux/remove-account";
import { systemUserModel, type SystemUserInputs } from "./system-user.model";

type Inputs = Partial<SystemUserInputs>;

const nameOf = ({ name }: Inputs): string => name ?? "";
/** The one of the two that there is: what an earlier state has no key for, a later one has none for either. */
const placeOf = ({ node, guest }: AccountHost): AccountHost => (guest === undefined ? { node } : { guest });
const homeOf = ({ home, name }: Inputs): string => home ?? `/home/${name}`;

export const systemUserProvider = (session: Session) => {
  const commandsOn = async (call: Call, at: AccountHost): Promise<[Pve, AccountCommands]> => {
    const { node = "", guest } = at;
    const pve = await (guest === undefined ? session.node(call, node) : session.pve(call));
    const problems = guest === undefined ? [] : await guestProblems(pve, guest);
    if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join("\n"));
    return [pve, new AccountCommands(pve, call, at)];
  };

  /** A machine for a check: nothing where it cannot be looked at now. */
  async function lookAt(call: Call, { node = "", guest }: AccountHost) {
    if (guest === undefined) return session.lookAtNode(call, node, "node");
    const pve = await session.look(call);
    if (!pve) return { problems: [] };
    const problems = await guestProblems(pve, guest);
    return problems.length > 0 ? { problems } : { pve, problems };
  }

  return define<SystemUserInputs, SystemUserOutputs>(
    {
      kind: "SystemUser",
      model: systemUserModel,
      outputs: ["node", "guest", "name", "uid", "home", "__mark", "__made"],
      timeouts: { create: "3m", update: "3m", delete: "3m", read: "3m" },
      onNode: { node: ({ node }) => node, what: ({ name }) => `account ${name}` },
      async inspect(call, inputs, was) {
        const { node, guest, name } = inputs;
        const host = hostOf(inputs);
        if (host === undefined || name === undefined) return [];
        const problems = declaredTwice(session, call, "name", `the account ${name} of ${host} is described by`);
        if (was && sameFields(inputs, was)) return problems;
        const { pve, problems: unreachable } = await lookAt(call, inputs);
        problems.push(...unreachable);
        if (!pve) return problems;
        if (guest === undefined) makes(pve, "account", onNode(host, name));
        const withoutSsh = accountSshProblems(pve);
        if (withoutSsh.length > 0) return [...problems, ...withoutSsh];
        try {
          const isNew = was === undefined || was.node !== node || was.guest !== guest || was.name !== name;
          problems.push(...(await inspectLive(new AccountCommands(pve, call, inputs), call, inputs, isNew)));
        } catch (error) {
          if (!isUnreached(error)) throw error;
          // The same program may make the guest, or start it.
          if (guest === undefined) problems.push({ path: "node", message: error.message });
          else call.report.warn(`account ${name} was not looked up: ${error.message}`);
        }
        return problems;
      },
      async lookup(call, id) {
        const { node: place, what: name } = placeInId(id, "pve1/bob");
        const machine = hostInId(place);
        const [, commands] = await commandsOn(call, machine);
        const account = find(await commands.accounts(), name);
        if (!account) throw new Error(`${hostText(machine)} has no account ${name}`);
        const { uid, home } = account;
        return { id, outputs: { ...machine, name, uid, home } };
      },
      async observe(call, at, wanted) {
        const [, commands] = await commandsOn(call, at);
        const accounts = await commands.accounts();
        const account = own(accounts, at, call.mark);
        if (!account) return undefined;
        const live = await liveInputs(commands, accounts, account, wanted);
        return { inputs: { ...wanted, ...placeOf(at), ...live }, outputs: at };
      },
      async ensure(call, inputs, made) {
        const [pve, commands] = await commandsOn(call, inputs);
        return pve.limits([`host:${hostOf(inputs)}`], call, async () => {
          const mark = { owner: call.mark, made: randomBytes(4).toString("hex") };
          const account = await makeOrTake(commands, call, inputs, mark);
          const { name, uid, home } = account;
          const at = { ...placeOf(inputs), name, uid, home, __mark: mark.owner, __made: mark.made };
          const id = `${hostId(inputs)}/${name}`;
          made(id, at);
          return { id, at };
        });
      },
      async sync(call, at, inputs, was) {
        const [pve, commands] = await commandsOn(call, at);
        await pve.limits([`host:${hostOf(at)}`], call, async () => {
          const accounts = await commands.accounts();
          const account = identified(accounts, at, call.mark, inputs);
          await convergeAccount(commands, account, call.mark, at, inputs, was);
          await convergeGroups(commands, accounts, account, inputs, was);
          await convergeKeys(commands, account, inputs, was);
          if (inputs.sudoRules !== undefined || inputs.sudoNoPassword === true) await needsSudo(commands, hostText(at));
          await refuseForeignRules(commands, [at.__mark, call.mark], at.name, inputs, was);
          await convergeSudo(commands, call.mark, at.name, inputs, was);
        });
        return { ...at, __mark: call.mark };
      },
      async remove(call, at, settings) {
        const [pve, commands] = await commandsOn(call, at);
        await pve.limits([`host:${hostOf(at)}`], call, () => removeAccount(pve, commands, call, at, settings));
      },
    },
    session,
  );
};

/**
 * The account that the state means; undefined when it is certainly gone, or another one has its name by now. A resource
 * that was renamed has written its new mark when the state, after a failure, still holds the old one.
 */
function own(accounts: Accounts, at: SystemUserOutputs, mark: string): Account | undefined {
  const account = find(accounts, at.name);
  if (account?.uid !== at.uid) return undefined;
  const owner = markOf(account)?.owner;
  if (owner !== undefined && owner !== at.__mark && owner !== mark)
    throw new Error(
      `${called(at)} on ${hostText(at)} carries the mark of another resource, which has taken it over; it stays as it is`,
    );
  return account;
}

function identified(accounts: Accounts, at: SystemUserOutputs, mark: string, { adopt }: Inputs): Account {
  const account = own(accounts, at, mark);
  // Names and numbers are given out again: without a mark it may be somebody who came later.
  if (account && markOf(account) === undefined && adopt !== true)
    throw new Error(
      `${called(at)} on ${hostText(at)} no longer carries this resource's mark, and may be another one by now; ` +
        "nothing was changed. Set adopt: true if it is still the one that is meant",
    );
  if (account && isOrdinary(account.uid)) return account;
  throw new Error(`${hostText(at)} no longer has ${called(at)}; nothing was changed`);
}

const exists = (where: string, { name, uid }: Account): string =>
  `account ${name} (${uid}) is on ${where} already; set adopt: true to take it over`;
const nothing = (where: string, name: string): string =>
  `${where} has no account ${name} to take over; leave adopt out to make it`;
const elsewhere = ({ name }: Account): string =>
  `account ${name} carries the mark of another resource; remove it from that program first, or write another name`;

/** Why the account that is there cannot be this resource's. */
function refusal(where: string, account: Account, inputs: Inputs, call: Call): Problem | undefined {
  const owner = markOf(account)?.owner;
  if (!isOrdinary(account.uid)) return { path: "name", message: ofSystem(account) };
  // A preview may not know the mark.
  if (owner !== undefined && (!isOwnerKnown(call) || owner === call.mark)) return undefined;
  if (owner !== undefined) return { path: "name", message: elsewhere(account) };
  if (inputs.adopt !== true) return { path: "name", message: exists(where, account) };
  for (const path of ["uid", "home"] as const)
    if (inputs[path] !== undefined && inputs[path] !== account[path])
      return { path, message: `account ${account.name} has ${path} ${account[path]}, which cannot change; write that` };
  return undefined;
}

/** Why the account cannot be made. */
async function newProblems(
  commands: AccountCommands,
  call: Call,
  accounts: Accounts,
  inputs: Inputs,
): Promise<Problem[]> {
  const { uid, adopt } = inputs;
  const where = hostText(inputs);
  const [name, home] = [nameOf(inputs), homeOf(inputs)];
  if (adopt === true) return [{ path: "name", message: nothing(where, name) }];
  const problems: Problem[] = [];
  if (await commands.isKnown(name))
    problems.push({ path: "name", message: `${where} knows ${name} from elsewhere, such as a directory service` });
  const holder = uid === undefined ? undefined : accounts.users.find((one) => one.uid === uid);
  if (holder) problems.push({ path: "uid", message: `${uid} is the number of account ${holder.name}` });
  if (accounts.groups.some((group) => group.name === name))
    problems.push({
      path: "name",
      message: `${where} has a group ${name}, and the account needs one of that name`,
    });
  const lived = accounts.users.find((one) => one.home === home);
  const rules = await sudoersOwner(commands, name);
  if (rules !== undefined && rules.mark !== call.mark)
    problems.push({
      path: "name",
      message: `${sudoersFile(name)} is there, and would give its rules to the new account; remove it by hand first`,
    });
  if (lived) problems.push({ path: "home", message: `${home} is the home directory of account ${lived.name}` });
  const place = await commands.at(home);
  // Whoever gets the directory gets what is in it.
  if (place && !(place.isDirectory && place.uid === uid))
    problems.push({
      path: "home",
      message: `${home} is there already and belongs to number ${place.uid}; ${
        place.isDirectory && isOrdinary(place.uid) ? `write uid: ${place.uid} to give it to this account, or ` : ""
      }write another home`,
    });
  return problems;
}

/** What is wrong with groups, shell and rules on the node as it is. */
async function settingsProblems(
  commands: AccountCommands,
  call: Call,
  accounts: Accounts,
  inputs: Inputs,
): Promise<Problem[]> {
  const where = hostText(inputs);
  const { shell, groups = [], sudoRules = [], sudoNoPassword } = inputs;
  const problems: Problem[] = [];
  const names = accounts.groups.map((group) => group.name);
  for (const [i, group] of groups.entries())
    if (!names.includes(group))
      problems.push({ path: `groups[${i}]`, message: `${where} has no group ${group}${suggestion(group, names)}` });
  if (shell !== undefined && !(await commands.isProgram(shell)))
    problems.push({ path: "shell", message: `${where} has no program ${shell}` });
  if ((sudoRules.length > 0 || sudoNoPassword === true) && !(await commands.isProgram(visudo)))
    call.report.warn(`${where} has no sudo yet; ${sudoFirst(inputs)}`);
  return problems;
}

const sudoFirst = ({ guest }: AccountHost): string =>
  guest === undefined
    ? 'let a SystemPackage with packages: ["sudo"] go before this resource'
    : "let its cloud-init, or a GuestConfig that goes before this resource, install it";

async function inspectLive(commands: AccountCommands, call: Call, inputs: Inputs, isNew: boolean): Promise<Problem[]> {
  const where = hostText(inputs);
  const accounts = await commands.accounts();
  const account = find(accounts, nameOf(inputs));
  const problems = await settingsProblems(commands, call, accounts, inputs);
  if (account === undefined)
    return isNew ? [...problems, ...(await newProblems(commands, call, accounts, inputs))] : problems;
  const refused = isNew ? refusal(where, account, inputs, call) : undefined;
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

const managesSudo = ({ sudoRules, sudoNoPassword }: Inputs): boolean =>
  sudoRules !== undefined || sudoNoPassword === true;
const foreignRules = (name: string): string =>
  `${sudoersFile(name)} is there already and no program of this library has written it; set adopt: true to take it over, or remove it by hand`;

/** Before the first rules of this resource: those of others stay, unless the program takes them over. */
async function refuseForeignRules(
  ...[commands, marks, name, inputs, was]: [AccountCommands, readonly string[], string, Inputs, Inputs]
): Promise<void> {
  if (!managesSudo(inputs) || managesSudo(was) || inputs.adopt === true) return;
  const owner = await sudoersOwner(commands, name);
  if (owner !== undefined && !marks.includes(owner.mark ?? "")) throw new Error(foreignRules(name));
}

async function needsSudo(commands: AccountCommands, where: string): Promise<void> {
  if (!(await commands.isProgram(visudo)))
    throw new Error(`${where} has no sudo; install it by something that this resource depends on`);
}

/** Makes the account, or takes over the one that is there: its own of a killed run, or what `adopt` means. */
async function makeOrTake(
  ...[commands, call, inputs, mark]: [AccountCommands, Call, SystemUserInputs, { owner: string; made: string }]
): Promise<Account> {
  const name = nameOf(inputs);
  const accounts = await commands.accounts();
  const there = find(accounts, name);
  if (there) {
    const refused = refusal(hostText(inputs), there, inputs, call);
    if (refused) throw new Error(refused.message);
    await commands.change(["usermod", "--comment", gecosWith(there.gecos, mark, undefined), "--", name]);
    return there;
  }
  const problems = await newProblems(commands, call, accounts, inputs);
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join("\n"));
  call.report.progress(`making account ${name} on ${hostText(inputs)}`);
  try {
    await commands.change([
      ...["useradd", "--create-home", "--home-dir", homeOf(inputs), "--shell", inputs.shell ?? "/bin/bash"],
      ...(inputs.uid === undefined ? [] : ["--uid", String(inputs.uid)]),
      // No password is the right one; sshd without PAM takes an account whose password is locked for locked itself.
      ...["--user-group", "--password", "*", "--comment", gecosWith([], mark, inputs.comment ?? ""), "--", name],
    ]);
  } catch (error) {
    if (!isProxmoxError(error, "unavailable")) throw error;
    // The answer was lost: the account itself tells whether it was made.
    const made = find(await commands.accounts(), name);
    if (made && markOf(made)?.made === mark.made) return made;
    throw error;
  }
  const made = find(await commands.accounts(), name);
  if (!made) throw new Error(`useradd ended well, but ${hostText(inputs)} has no account ${name}`);
  return made;
}

async function convergeAccount(
  ...[commands, account, owner, at, inputs, was]: [
    AccountCommands,
    Account,
    string,
    SystemUserOutputs,
    SystemUserInputs,
    Inputs,
  ]
): Promise<void> {
  const fullName = inputs.comment ?? (was.comment === undefined ? undefined : "");
  const comment = gecosWith(account.gecos, { owner, made: at.__made }, fullName);
  const argv = [
    ...(inputs.shell !== undefined && inputs.shell !== account.shell ? ["--shell", inputs.shell] : []),
    ...(comment === account.gecos.join(",") ? [] : ["--comment", comment]),
  ];
  if (argv.length > 0) await commands.change(["usermod", ...argv, "--", account.name]);
}

/** Is anything asked for that was not there before? */
function sameFields(inputs: Inputs, was: Inputs): boolean {
  const fields = [
    "node",
    "guest",
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
