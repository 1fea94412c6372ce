import type { Call } from "../../kernel/call/call";
import { suggestion, type Problem } from "../../kernel/state/problems";
import { visudo, type AccountCommands } from "./account-commands";
import type { AccountSettings } from "./account-fields.model";
import { convergeGroups, convergeKeys, convergeSudo, managesSudo, sudoersFile, sudoersOwner } from "./account-state";
import type { MadeAccount } from "./made-account";
import { gecosWith, type Account, type Accounts } from "./passwd.model";
import { isPattern } from "./sudo-rule.model";

type Inputs = Partial<AccountSettings>;

/** An account on its machine, whose it is, and what is written of it and was before. */
type Convergence = [AccountCommands, Accounts, Account, string, MadeAccount, AccountSettings, Inputs];

/** Brings an account that is this owner's to what is written of it: itself, groups, keys, rules for sudo. */
export async function convergeWhole(...all: Convergence): Promise<void> {
  const [commands, accounts, account, owner, at, inputs, was] = all;
  await convergeAccount(...all);
  await convergeGroups(commands, accounts, account, inputs, was);
  await convergeKeys(commands, account, inputs, was);
  if (managesSudo(inputs)) await needsSudo(commands, inputs);
  await refuseForeignRules(commands, [at.__mark, owner], at.name, inputs);
  await convergeSudo(commands, { owner, before: at.__mark }, at.name, inputs, was);
}

/** What is wrong with groups, shell and rules on the node as it is. `sudoFirst`: what to do where sudo is missing; undefined where the program brings it. */
export async function settingsProblems(
  commands: AccountCommands,
  call: Call,
  accounts: Accounts,
  inputs: Inputs,
  sudoFirst: string | undefined,
): Promise<Problem[]> {
  const { where } = commands;
  const { shell, groups = [], sudoRules = [], sudoNoPassword } = inputs;
  const problems: Problem[] = [];
  const names = accounts.groups.map((group) => group.name);
  for (const [i, group] of groups.entries())
    if (!names.includes(group))
      problems.push({ path: `groups[${i}]`, message: `${where} has no group ${group}${suggestion(group, names)}` });
  if (shell !== undefined && !(await commands.isProgram(shell)))
    problems.push({ path: "shell", message: `${where} has no program ${shell}` });
  if (sudoRules.length === 0 && sudoNoPassword !== true) return problems;
  if (await commands.isProgram(visudo)) problems.push(...(await patternProblems(commands, sudoRules)));
  else if (sudoFirst !== undefined) call.report.warn(`${where} has no sudo yet; ${sudoFirst}`);
  return problems;
}

/** A sudo that does not know them would let the account do what no rule says: see `sudo-rule.model.ts` on wildcards. */
async function patternProblems(commands: AccountCommands, rules: readonly string[]): Promise<Problem[]> {
  const first = rules.findIndex(isPattern);
  if (first < 0 || (await commands.knowsPatterns())) return [];
  const message =
    `a regular expression needs sudo 1.9.10 (Debian 12, Ubuntu 24.04): what ${commands.where} has takes it for a wildcard, ` +
    "which matches blanks and slashes too; write each command with its arguments";
  return [{ path: `sudoRules[${first}]`, message }];
}

export const foreignRules = (name: string): string =>
  `${sudoersFile(name)} is there already and no program of this library has written it; remove it by hand, or let a SystemUser take it over with adopt: true`;

/** Rules of others stay, unless the program takes them over: also those that have come in the place of this resource's. */
async function refuseForeignRules(
  ...[commands, marks, name, inputs]: [AccountCommands, readonly string[], string, Inputs]
): Promise<void> {
  const { sudoRules = [], sudoNoPassword, adopt } = inputs;
  if ((sudoRules.length === 0 && sudoNoPassword !== true) || adopt === true) return;
  const owner = await sudoersOwner(commands, name);
  if (owner !== undefined && !marks.includes(owner.mark ?? "")) throw new Error(foreignRules(name));
}

async function needsSudo(commands: AccountCommands, { sudoRules = [] }: Inputs): Promise<void> {
  if (!(await commands.isProgram(visudo)))
    throw new Error(`${commands.where} has no sudo; install it by something that this resource depends on`);
  for (const { path, message } of await patternProblems(commands, sudoRules)) throw new Error(`${path}: ${message}`);
}

async function convergeAccount(...[commands, , account, owner, at, inputs, was]: Convergence): Promise<void> {
  const fullName = inputs.comment ?? (was.comment === undefined ? undefined : "");
  const comment = gecosWith(account.gecos, { owner, made: at.__made }, fullName);
  const argv = [
    ...(inputs.shell !== undefined && inputs.shell !== account.shell ? ["--shell", inputs.shell] : []),
    ...(comment === account.gecos.join(",") ? [] : ["--comment", comment]),
  ];
  if (argv.length > 0) await commands.change(["usermod", ...argv, "--", account.name]);
}
