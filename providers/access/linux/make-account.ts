import { isProxmoxError } from "../../../pve";
import type { Call } from "../../kernel/call/call";
import { isOwnerKnown } from "../../kernel/identity/mark";
import type { Problem } from "../../kernel/state/problems";
import type { AccountCommands } from "./account-commands";
import type { AccountSettings } from "./account-fields.model";
import { sudoersFile, sudoersOwner } from "./account-state";
import { find, ofSystem } from "./made-account";
import { gecosWith, isManageable, isOrdinary, markOf, type Account, type Accounts } from "./passwd.model";

type Inputs = Partial<AccountSettings>;

export const nameOf = ({ name }: Inputs): string => name ?? "";
const homeOf = ({ home, name }: Inputs): string => home ?? `/home/${name}`;

const exists = (where: string, { name, uid }: Account): string =>
  `account ${name} (${uid}) is on ${where} already; set adopt: true to take it over`;
const nothing = (where: string, name: string): string =>
  `${where} has no account ${name} to take over; leave adopt out to make it`;
const elsewhere = ({ name }: Account): string =>
  `account ${name} carries the mark of another resource; remove it from that program first, or write another name`;

/** Whose an account is to be. */
interface Owner {
  /** Undefined in a preview that does not know it. */
  readonly mark: string | undefined;
}
export const ownerOf = (call: Call): Owner => ({ mark: isOwnerKnown(call) ? call.mark : undefined });

/** Why the account that is there cannot be this resource's. */
export function refusal(where: string, account: Account, inputs: Inputs, owner: Owner): Problem | undefined {
  const marked = markOf(account)?.owner;
  if (!isManageable(account)) return { path: "name", message: ofSystem(account) };
  // A preview may not know the mark.
  if (marked !== undefined && (owner.mark === undefined || marked === owner.mark)) return undefined;
  if (marked !== undefined) return { path: "name", message: elsewhere(account) };
  if (inputs.adopt !== true) return { path: "name", message: exists(where, account) };
  for (const path of ["uid", "home"] as const)
    if (inputs[path] !== undefined && inputs[path] !== account[path])
      return { path, message: `account ${account.name} has ${path} ${account[path]}, which cannot change; write that` };
  return undefined;
}

/** Why the account cannot be made. */
export async function newProblems(
  commands: AccountCommands,
  owner: Owner,
  accounts: Accounts,
  inputs: Inputs,
): Promise<Problem[]> {
  const { uid, adopt } = inputs;
  const { where } = commands;
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
  if (rules !== undefined && (owner.mark === undefined || rules.mark !== owner.mark))
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

/** Makes the account, or takes over the one that is there: its own of a killed run, or what `adopt` means. */
export async function makeOrTake(
  ...[commands, call, inputs, mark]: [AccountCommands, Call, AccountSettings, { owner: string; made: string }]
): Promise<Account> {
  const name = nameOf(inputs);
  const accounts = await commands.accounts();
  const there = find(accounts, name);
  if (there) {
    const refused = refusal(commands.where, there, inputs, { mark: mark.owner });
    if (refused) throw new Error(refused.message);
    await commands.change(["usermod", "--comment", gecosWith(there.gecos, mark, undefined), "--", name]);
    return there;
  }
  const problems = await newProblems(commands, { mark: mark.owner }, accounts, inputs);
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join("\n"));
  call.report.progress(`making account ${name} on ${commands.where}`);
  try {
    await commands.change([
      ...["useradd", "--create-home", "--home-dir", homeOf(inputs), "--shell", inputs.shell ?? "/bin/bash"],
      ...(inputs.system === true ? ["--system"] : []),
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
  if (!made) throw new Error(`useradd ended well, but ${commands.where} has no account ${name}`);
  return made;
}
