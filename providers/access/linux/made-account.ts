import type { AccountHost } from "./account-host";
import type { AccountCommands } from "./account-commands";
import { isManageable, markOf, type Account, type Accounts } from "./passwd.model";

/** What is known of an account that was made or taken over. */
export interface MadeAccount {
  readonly name: string;
  readonly uid: number;
  readonly home: string;
  /** The owner's mark in the account, and which one of this owner's it is. */
  readonly __mark: string;
  readonly __made: string;
}

/** The same in the state of a `SystemUser`. */
export interface SystemUserOutputs extends AccountHost, MadeAccount {
  /** Of the VM that it is in. */
  readonly __uuid?: string | undefined;
}

export const find = ({ users }: Accounts, name: string): Account | undefined => users.find((one) => one.name === name);
export const called = (at: { readonly name: string; readonly uid: number }): string => `account ${at.name} (${at.uid})`;
export const ofSystem = ({ name, uid }: Account): string =>
  `account ${name} has the number ${uid} and is the system's; write another name`;

/**
 * The account that the state means; undefined when it is certainly gone, or another one has its name by now. A resource
 * that was renamed has written its new mark when the state, after a failure, still holds the old one.
 */
export function ownAccount(
  { where }: AccountCommands,
  accounts: Accounts,
  at: MadeAccount,
  mark: string,
): Account | undefined {
  const account = find(accounts, at.name);
  if (account?.uid !== at.uid) return undefined;
  const owner = markOf(account)?.owner;
  if (owner !== undefined && owner !== at.__mark && owner !== mark)
    throw new Error(
      `${called(at)} on ${where} carries the mark of another resource, which has taken it over; it stays as it is`,
    );
  return account;
}

/** The same, directly before it is changed. */
export function identified(
  ...[commands, accounts, at, mark, adopt]: [AccountCommands, Accounts, MadeAccount, string, boolean | undefined]
): Account {
  const { where } = commands;
  const account = ownAccount(commands, accounts, at, mark);
  // Names and numbers are given out again: without a mark it may be somebody who came later.
  if (account && markOf(account) === undefined && adopt !== true)
    throw new Error(
      `${called(at)} on ${where} no longer carries this resource's mark, and may be another one by now; ` +
        "nothing was changed. Set adopt: true if it is still the one that is meant",
    );
  if (account && isManageable(account)) return account;
  throw new Error(`${where} no longer has ${called(at)}; nothing was changed`);
}
