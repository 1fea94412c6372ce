import { AccountCommands } from "../access/linux/account-commands";
import { liveInputs, managesSudo, removeSudo, sudoersOwner } from "../access/linux/account-state";
import { convergeWhole, settingsProblems } from "../access/linux/converge-account";
import { called, find, identified } from "../access/linux/made-account";
import { makeOrTake } from "../access/linux/make-account";
import { markOf, type Account, type Accounts } from "../access/linux/passwd.model";
import { removeAccount, signedInAs } from "../access/linux/remove-account";
import { printable } from "../../pve/format/printable";
import type { Call } from "../kernel/call/call";
import { sha256 } from "../kernel/state/sha256";
import { GuestAccountMachine } from "./guest-account-machine";
import type { GuestUser } from "./guest-config.model";
import type { GuestFiles } from "./guest-files";
import { kept, type GuestRecord } from "./guest-record";
import { withGranted, type Granted } from "./granted";

/** How a guest gets sudo. */
export const sudoFirst = 'write packages: ["sudo"], or let its cloud-init install it';

const worksBy = (name: string): string =>
  `this stack signs in over SSH as ${name}, and works by what this takes away; work as somebody else first`;

/** Whose the accounts are. */
interface UsersOwner {
  readonly mark: string;
  /** The creation of the resource; older states have none. */
  readonly made: string | undefined;
}

const machineOf = (guest: GuestFiles, vmid: number, call: Call): AccountCommands =>
  new AccountCommands(new GuestAccountMachine(guest, `VM ${vmid}`), call);

/**
 * The accounts that a resource makes in a guest. Each carries its mark from the moment in which it is there, so that a killed
 * run forgets none; what carries none, or another one, is somebody else's and stays as it is.
 */
export class GuestUsers {
  private readonly commands: AccountCommands;
  private readonly made: string;

  constructor(...[guest, vmid, call, owner, signsIn]: [GuestFiles, number, Call, UsersOwner, string | undefined]) {
    this.call = call;
    this.mark = owner.mark;
    this.signsIn = signsIn;
    this.commands = machineOf(guest, vmid, call);
    this.made = sha256(owner.made ?? "").slice(0, 8);
  }
  private readonly call: Call;
  private readonly mark: string;
  private readonly signsIn: string | undefined;

  /** Makes it, or goes on with its own, and brings it to what is written. */
  async converge(user: GuestUser, was: Partial<GuestUser>): Promise<void> {
    const { commands, mark, made } = this;
    const before = find(await commands.accounts(), user.name);
    if (before && markOf(before)?.owner !== mark) throw new Error(this.foreign(before));
    const { name, uid, home } = before ?? (await makeOrTake(commands, this.call, user, { owner: mark, made }));
    const at = { name, uid, home, __mark: mark, __made: made };
    const accounts = await commands.accounts();
    const account = identified(commands, accounts, at, mark, false);
    this.assertFixed(user, account);
    await convergeWhole(commands, accounts, account, mark, at, user, was);
  }

  /** Before any is made: what cannot be as it is written, all at once. */
  async assertPossible(users: readonly GuestUser[]): Promise<void> {
    if (users.length === 0) return;
    const { commands, call } = this;
    const accounts = await commands.accounts();
    const problems: string[] = [];
    for (const user of users) {
      // The shell of an account that has it already is not asked for: rights are taken away all the same.
      const hasIt = user.shell !== undefined && find(accounts, user.name)?.shell === user.shell;
      const asked = hasIt ? { ...user, shell: undefined } : user;
      const found = await settingsProblems(commands, call, accounts, asked, sudoFirst);
      if (await this.isOurWay(user)) found.push({ path: "sudoNoPassword", message: worksBy(user.name) });
      problems.push(...found.map(({ path, message }) => `account ${user.name}: ${path}: ${message}`));
    }
    if (problems.length > 0) throw new Error(problems.join("\n"));
  }

  /** Would this change take the rights away that it is made by? It would end in its midst, and no other could follow. */
  private async isOurWay({ name, sudoNoPassword }: GuestUser): Promise<boolean> {
    if (name !== this.signsIn || sudoNoPassword === true) return false;
    const rules = await sudoersOwner(this.commands, name);
    return rules?.mark === this.mark && rules.all;
  }

  /** Deletes those of these accounts that are still the resource's own; none of them while processes of one run. */
  async remove(gone: readonly GuestUser[]): Promise<void> {
    const { commands, mark, call } = this;
    const names = gone.map(({ name }) => name);
    for (const { name, uid } of (await commands.accounts()).users.filter(
      (one) => names.includes(one.name) && markOf(one)?.owner === mark,
    )) {
      if (name === this.signsIn) throw new Error(signedInAs(name));
      const running = await commands.processes(uid);
      if (running.length > 0)
        throw new Error(
          printable(
            `processes of ${called({ name, uid })} run on ${commands.where}: ${running.slice(0, 10).join(", ")}; no account was deleted. End them first`,
          ),
        );
    }
    for (const settings of gone) {
      const { name } = settings;
      const account = find(await commands.accounts(), name);
      const owner = account && markOf(account)?.owner;
      if (!account || owner !== mark) {
        // Its rules would be those of whoever gets the name next. Where another resource has it, they are none of ours.
        if (owner === undefined) await removeSudo(commands, name, [mark]);
        if (account) call.report.warn(`${called(account)} in the guest stays: it does not carry this resource's mark`);
        continue;
      }
      const { uid, home } = account;
      const at = { name, uid, home, __mark: mark, __made: markOf(account)?.made ?? "" };
      await removeAccount(commands, call, at, settings, { mark, user: this.signsIn });
    }
  }

  private foreign(account: Account): string {
    const whose = markOf(account) === undefined ? "this resource has not made it" : "it is another resource's";
    return `${called(account)} is in the guest already, and ${whose}; nothing of it was changed. Write another name, or let a SystemUser with adopt: true have it`;
  }

  private assertFixed(user: GuestUser, account: Account): void {
    for (const field of ["uid", "home"] as const)
      if (user[field] !== undefined && user[field] !== account[field])
        throw new Error(
          `${called(account)} has ${field} ${account[field]}, which cannot change: files would stay behind with the old one; write that`,
        );
  }
}

/** Accounts as they are, in the terms of those that are written; what is gone, or somebody else's by now, is left out. */
export async function liveUsers(
  ...[guest, vmid, call, mark, written, record]: [
    GuestFiles,
    number,
    Call,
    string,
    readonly GuestUser[],
    Pick<GuestRecord, "accounts" | "granted">,
  ]
): Promise<GuestUser[]> {
  const { accounts: made = [], granted } = record;
  // What a run that failed has made is shown too, so that it goes again.
  const unwritten = made.filter((name) => !written.some((user) => user.name === name)).map((name) => ({ name }));
  if (written.length + unwritten.length === 0) return [];
  const commands = machineOf(guest, vmid, call);
  const accounts = await commands.accounts();
  const found: GuestUser[] = [];
  for (const user of [...written, ...unwritten]) {
    const account = find(accounts, user.name);
    if (account && markOf(account)?.owner === mark)
      found.push(await liveUser(commands, accounts, account, user, kept(granted, user.name)));
    else if (account && written.includes(user))
      call.report.warn(`${called(account)} in VM ${vmid} does not carry this resource's mark, and is somebody else's`);
  }
  return found;
}

/** Only what is written of it, and what the resource has given to it beyond that: the rest is not managed. */
async function liveUser(
  ...[commands, accounts, account, user, granted]: [AccountCommands, Accounts, Account, GuestUser, Granted | undefined]
): Promise<GuestUser> {
  const { name } = user;
  const hasRules = managesSudo(user) || (await sudoersOwner(commands, name))?.mark === markOf(account)?.owner;
  const asked = { ...withGranted(user, granted), ...(hasRules && !managesSudo(user) ? { sudoRules: [] } : {}) };
  const live: GuestUser = { ...asked, ...(await liveInputs(commands, accounts, account, asked)) };
  const isShown = ([key, value]: [string, unknown]) =>
    value !== undefined && (key in user || (key in asked && Array.isArray(value) && value.length > 0));
  return { ...Object.fromEntries(Object.entries(live).filter(isShown)), name };
}
