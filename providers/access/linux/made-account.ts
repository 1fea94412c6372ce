import type { AccountHost } from "./account-host";
import type { Account, Accounts } from "./passwd.model";

/** What the state knows of an account that was made or taken over. */
export interface SystemUserOutputs extends AccountHost {
  readonly name: string;
  readonly uid: number;
  readonly home: string;
  /** The owner's mark in the account, and which one of this owner's it is. */
  readonly __mark: string;
  readonly __made: string;
}

export const find = ({ users }: Accounts, name: string): Account | undefined => users.find((one) => one.name === name);
export const called = (at: { readonly name: string; readonly uid: number }): string => `account ${at.name} (${at.uid})`;
export const ofSystem = ({ name, uid }: Account): string =>
  `account ${name} has the number ${uid} and is the system's; write another name`;
