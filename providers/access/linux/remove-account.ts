import { isProxmoxError } from "../../../pve";
import { printable } from "../../../pve/format/printable";
import type { Call } from "../../kernel/call/call";
import type { AccountCommands } from "./account-commands";
import { removeKeys, removeSudo, sudoersFile } from "./account-state";
import type { AccountSettings } from "./account-fields.model";
import { called, find, ofSystem, type MadeAccount } from "./made-account";
import { isManageable, markOf, type Account, type Accounts } from "./passwd.model";

type Inputs = Partial<AccountSettings>;

/** Who deletes: the mark of this run's resource, and whom it signs in as. */
interface Remover {
  readonly mark: string;
  readonly user: string | undefined;
}

export const signedInAs = (name: string): string =>
  `this stack signs in over SSH as ${name}, which is not deleted; work as somebody else`;

/** The account, its keys and its rules, and nothing else. */
export async function removeAccount(
  ...[commands, call, at, settings, { mark, user }]: [AccountCommands, Call, MadeAccount, Inputs, Remover]
): Promise<void> {
  const { where } = commands;
  const accounts = await commands.accounts();
  const account = find(accounts, at.name);
  const marked = account && markOf(account);
  const marks = [at.__mark, mark];
  // A number is given out again as a name is: an account without a mark may be somebody who came later.
  const isOurs =
    account?.uid === at.uid && marked !== undefined && marks.includes(marked.owner) && marked.made === at.__made;
  if (!account || !isOurs) {
    const isTaken = account?.uid === at.uid && marked !== undefined;
    await removeSudo(commands, at.name, isTaken ? [] : marks);
    if (account)
      call.report.warn(
        account.uid === at.uid && marked === undefined
          ? `${where}: ${called(at)} no longer carries this resource's mark, and stays; userdel deletes it`
          : `${where}: account ${at.name} is another one by now (${account.uid}), and stays`,
      );
    return;
  }
  if (!isManageable(account)) throw new Error(ofSystem(account));
  if (at.name === user) throw new Error(signedInAs(at.name));
  const running = await commands.processes(at.uid);
  if (running.length > 0)
    throw new Error(
      printable(
        `processes of ${called(at)} run on ${where}: ${running.slice(0, 10).join(", ")}` +
          `${running.length > 10 ? ` and ${running.length - 10} more` : ""}; nothing was deleted. End them first`,
      ),
    );
  const home = settings.removeHome === true ? await removableHome(commands, accounts, account) : undefined;
  if (!(await removeSudo(commands, at.name, marks)))
    call.report.warn(`${sudoersFile(at.name)} on ${where} stays: somebody else has written it`);
  if (home === undefined) await withoutKeys(commands, call, account, settings);
  await commands.change(["userdel", ...(home === undefined ? [] : ["--remove"]), "--", at.name]);
  const kept = home === undefined ? `its home directory ${account.home} stays` : `so is ${home}`;
  call.report.result(`${called(at)} on ${where} is deleted; ${kept}`);
}

/** What the account's own user has put in the way of its keys does not keep the account. */
async function withoutKeys(commands: AccountCommands, call: Call, account: Account, settings: Inputs): Promise<void> {
  try {
    await removeKeys(commands, account, settings);
  } catch (error) {
    if (!isProxmoxError(error, "task-failed")) throw error;
    call.report.warn(
      `keys of ${called(account)} in ${account.home} stay, and count for whoever gets it: ${error.message}`,
    );
  }
}

/** The home directory, when deleting it takes nobody else's files. */
async function removableHome(
  commands: AccountCommands,
  { users }: Accounts,
  { name, uid, home }: Account,
): Promise<string | undefined> {
  const place = await commands.at(home);
  if (place === undefined) return undefined;
  const others = users.filter((one) => one.name !== name && `${one.home}/`.startsWith(`${home}/`));
  const mounted = await commands.mountedIn(home);
  if (mounted.length > 0)
    throw new Error(
      printable(
        `${mounted.join(", ")} is mounted in ${home}, and deleting it would empty that too; nothing was deleted`,
      ),
    );
  if (!place.isDirectory || place.uid !== uid || others.length > 0 || !/^\/(?:home|srv|opt|var\/lib)\/./.test(home))
    throw new Error(
      `${home} is not this account's alone: ${
        others.length > 0
          ? `it holds the home directory of ${others.map((one) => one.name).join(", ")}`
          : `it belongs to number ${place.uid}, is no directory, or is a directory of the system`
      }; nothing was deleted. Set removeHome: false`,
    );
  return home;
}
