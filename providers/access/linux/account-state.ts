import type { AccountSettings } from "./account-fields.model";
import { sudoersDirectory, type AccountCommands } from "./account-commands";
import { keyIn, liveKeys, withKeys } from "./authorized-keys.model";
import { groupsOf, type Account, type Accounts } from "./passwd.model";
import { printSudoers, readSudoers, type Sudo } from "./sudo-rule.model";

export const sudoersFile = (name: string): string => `${sudoersDirectory}/${name}`;
/** sudo reads no file with a dot in its name: there rules are proved before they count. */
const candidateFile = (name: string): string => `${sudoersFile(name)}.pulumi`;
const keysIn = (home: string): string => `${home}/.ssh/authorized_keys`;

type Inputs = Partial<AccountSettings>;

/** The rules that are wanted; undefined where the program says nothing of sudo. */
const sudoOf = ({ sudoRules, sudoNoPassword }: Inputs): Sudo | undefined =>
  sudoRules === undefined && sudoNoPassword !== true
    ? undefined
    : { all: sudoNoPassword === true, rules: sudoRules ?? [] };

/** Is anything said of what it may do as root? */
export const managesSudo = (inputs: Inputs): boolean => sudoOf(inputs) !== undefined;

/** The owner of rules, and the mark by which the state knows its account. */
interface SudoMarks {
  readonly owner: string;
  readonly before: string;
}

const isEmpty = ({ all, rules }: Sudo): boolean => !all && rules.length === 0;

/** The account as it is, in the terms of the inputs; what is not managed is not looked at. */
export async function liveInputs(
  commands: AccountCommands,
  accounts: Accounts,
  account: Account,
  wanted: Inputs,
): Promise<Inputs> {
  const { name, uid, home, shell, gecos } = account;
  const [sudo, keys] = await Promise.all([liveSudo(commands, name, wanted), keysNow(commands, account, wanted)]);
  return {
    ...{ name, uid, home, shell, comment: gecos[0] === "" ? undefined : gecos[0] },
    ...(wanted.groups === undefined ? {} : { groups: liveGroups(accounts, account, wanted) }),
    ...(keys === undefined ? {} : { authorizedKeys: keys }),
    ...sudo,
  };
}

function liveGroups(accounts: Accounts, account: Account, { groups = [], exclusiveGroups }: Inputs): string[] {
  const there = groupsOf(accounts, account);
  const kept = groups.filter((one) => there.includes(one) || isFirst(accounts, account, one));
  return exclusiveGroups ? [...kept, ...there.filter((one) => !groups.includes(one)).sort()] : kept;
}

const isFirst = ({ groups }: Accounts, { gid }: Account, name: string): boolean =>
  groups.some((group) => group.gid === gid && group.name === name);

async function keysNow(commands: AccountCommands, account: Account, wanted: Inputs): Promise<string[] | undefined> {
  if (wanted.authorizedKeys === undefined) return undefined;
  const text = (await commands.readAs(account.name, keysIn(account.home))) ?? "";
  return liveKeys(text, wanted.authorizedKeys, wanted.exclusiveKeys ?? false);
}

async function liveSudo(commands: AccountCommands, name: string, wanted: Inputs): Promise<Inputs> {
  const asked = sudoOf(wanted);
  if (asked === undefined) return {};
  const { all, rules } = readSudoers((await commands.readFile(sudoersFile(name))) ?? "", name);
  if (asked.all)
    return { sudoNoPassword: all && rules.length === 0, ...(wanted.sudoRules && { sudoRules: [...rules] }) };
  const shown = [...rules, ...(all ? ["(everything without a password)"] : [])];
  return { ...(wanted.sudoNoPassword === undefined ? {} : { sudoNoPassword: false }), sudoRules: shown };
}

/** What is different: words for a preview, and nothing when nothing is. */
export function changesOf(live: Inputs, wanted: Inputs): string[] {
  const list = (value: unknown): readonly string[] => (Array.isArray(value) ? (value as string[]) : []);
  const said: string[] = [];
  for (const field of ["shell", "comment"] as const)
    if (wanted[field] !== undefined && wanted[field] !== (live[field] ?? ""))
      said.push(`${field} ${JSON.stringify(live[field] ?? "")} -> ${JSON.stringify(wanted[field])}`);
  for (const [field, what, shown] of [
    ["groups", "group", (one: string) => one],
    ["authorizedKeys", "key", (one: string) => (keyIn(one) ?? one).slice(-24)],
    ["sudoRules", "sudo rule", (one: string) => one],
  ] as const) {
    if (wanted[field] === undefined) continue;
    const [now, then] = [list(live[field]), list(wanted[field])];
    for (const one of then) if (!now.includes(one)) said.push(`adds ${what} ${shown(one)}`);
    for (const one of now) if (!then.includes(one)) said.push(`takes away ${what} ${shown(one)}`);
  }
  if (wanted.sudoNoPassword === true && live.sudoNoPassword !== true) said.push("may do everything as root");
  return said;
}

/** Puts the account into the wanted groups; out of others only where that is asked for, or it was put there before. */
export async function convergeGroups(
  ...[commands, accounts, account, inputs, was]: [AccountCommands, Accounts, Account, AccountSettings, Inputs]
): Promise<void> {
  const there = groupsOf(accounts, account);
  const wanted = inputs.groups ?? [];
  const missing = wanted.filter((one) => !there.includes(one) && !isFirst(accounts, account, one));
  const before = was.groups ?? [];
  const gone = there.filter(
    (one) => !wanted.includes(one) && (inputs.exclusiveGroups === true || before.includes(one)),
  );
  for (const group of gone) await commands.change(["gpasswd", "--delete", account.name, group]);
  if (missing.length > 0)
    await commands.change(["usermod", "--append", "--groups", missing.join(","), "--", account.name]);
}

/** The wanted keys in the file, as the account's own user. */
export async function convergeKeys(
  ...[commands, account, inputs, was]: [AccountCommands, Account, AccountSettings, Inputs]
): Promise<void> {
  const before = was.authorizedKeys ?? [];
  if (inputs.authorizedKeys === undefined && before.length === 0) return;
  const { name, uid, gid, home } = account;
  if ((await commands.at(home)) === undefined)
    await commands.change(["install", "-d", "-m", "0750", "-o", String(uid), "-g", String(gid), "--", home]);
  const file = keysIn(home);
  const text = await commands.readAs(name, file);
  const exclusive = inputs.exclusiveKeys === true;
  const next = withKeys(text ?? "", inputs.authorizedKeys ?? [], { exclusive, before });
  if (next === (text ?? "")) return;
  await commands.writeAs(name, `${home}/.ssh`, "authorized_keys", next);
}

/** The keys of a deleted account go, where its home directory stays. */
export async function removeKeys(commands: AccountCommands, account: Account, was: Inputs): Promise<void> {
  if (was.authorizedKeys === undefined) return;
  const file = keysIn(account.home);
  const text = await commands.readAs(account.name, file);
  if (text === undefined) return;
  const left = withKeys(text, [], { exclusive: was.exclusiveKeys === true, before: was.authorizedKeys });
  if (left === text) return;
  if (left === "") await commands.removeAs(account.name, file);
  else await commands.writeAs(account.name, `${account.home}/.ssh`, "authorized_keys", left);
}

/** Proves the rules by visudo, then lets them take the place of the old ones at once. */
export async function convergeSudo(
  ...[commands, marks, name, inputs, was]: [AccountCommands, SudoMarks, string, AccountSettings, Inputs]
): Promise<void> {
  const wanted = sudoOf(inputs);
  const file = sudoersFile(name);
  if (wanted === undefined || isEmpty(wanted)) {
    // What carries the mark goes whatever the state knows: a run that failed may have granted it.
    if (await removeSudo(commands, name, [marks.owner, marks.before])) return;
    if (wanted !== undefined && inputs.adopt === true) await commands.removeFile(file);
    else if (wanted !== undefined || managesSudo(was))
      commands.warn(`${file} on ${commands.where} stays: somebody else has written it`);
    return;
  }
  const text = printSudoers(marks.owner, name, wanted);
  if ((await commands.readFile(file)) === text) return;
  const candidate = candidateFile(name);
  await commands.writeFile(candidate, text, 0o440);
  const problem = await commands.rulesProblem(candidate);
  if (problem !== undefined) {
    await commands.removeFile(candidate);
    throw new Error(`visudo refuses the rules of ${name}, and they were not put in place: ${problem}`);
  }
  await commands.change(["mv", "-T", "--", candidate, file]);
}

/** Whose the file of rules is, and whether it allows everything; undefined when there is none. */
export async function sudoersOwner(
  commands: AccountCommands,
  name: string,
): Promise<{ readonly mark?: string; readonly all: boolean } | undefined> {
  const text = await commands.readFile(sudoersFile(name));
  if (text === undefined) return undefined;
  const { mark, all } = readSudoers(text, name);
  return { all, ...(mark === undefined ? {} : { mark }) };
}

/** Takes away the rules of this owner, and what a killed run has left of them; false when somebody else's stay. */
export async function removeSudo(commands: AccountCommands, name: string, marks: readonly string[]): Promise<boolean> {
  const isOurs = (mark: string | undefined): boolean => mark !== undefined && marks.includes(mark);
  const left = await commands.readFile(candidateFile(name));
  if (left !== undefined && isOurs(readSudoers(left, name).mark)) await commands.removeFile(candidateFile(name));
  const owner = await sudoersOwner(commands, name);
  if (owner === undefined) return true;
  if (!isOurs(owner.mark)) return false;
  await commands.removeFile(sudoersFile(name));
  return true;
}
