import { z } from "zod";
import { optional } from "../../kernel/fields/field";
import { keyIn, keyProblem } from "./authorized-keys.model";
import { systemRange, ordinary } from "./passwd.model";
import { ruleProblem } from "./sudo-rule.model";

/** What the function says, as a check of zod's. */
const sound = (problem: (text: string) => string | undefined) =>
  z.string().superRefine((text, ctx) => {
    const message = problem(text);
    if (message !== undefined) ctx.addIssue({ code: "custom", message });
  });

const unique = (list: readonly string[], of: (text: string) => string | undefined = (text) => text): boolean =>
  new Set(list.map((one) => of(one))).size === list.length;

/** A group's. */
export const groupName = () =>
  z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/, "write the name of a Linux group: a-z, 0-9, _ and -, at most 32");
const absolutePath = /^(?:\/[A-Za-z0-9_+-][A-Za-z0-9_.+-]*)+$/;

/** Its name. */
export const accountName = () =>
  z
    .string()
    .regex(/^[a-z_][a-z0-9_-]{0,31}$/, "write a-z, 0-9, _ and -, first a letter or _, at most 32 characters")
    .refine((name) => !["root", "nobody"].includes(name), "this is an account of the system; write another name");

/** What else is said of an account, wherever it is: fields of its own for each schema that has them. */
export const accountFields = () => ({
  uid: optional(
    "Number of the account. It cannot change.",
    z
      .number()
      .int()
      .min(systemRange.from, `write at least ${systemRange.from}`)
      .max(ordinary.to, `write at most ${ordinary.to}`),
    { effect: "live", default: "the next that is free" },
  ),
  system: optional(
    "It is an account of a service: its number is one of the system's, 100 to 999, as `useradd --system` gives them. Read when it is made.",
    z.boolean(),
    { effect: "none", unset: false },
  ),
  comment: optional(
    "Full name or purpose, shown beside the account.",
    z
      .string()
      .max(200)
      .regex(/^[^:,\p{Cc}]*$/u, "write one line without : and ,"),
    { effect: "live", default: "none" },
  ),
  shell: optional(
    "Program that a login starts: `/usr/sbin/nologin` for none.",
    z.string().regex(absolutePath, "write an absolute path such as /bin/bash"),
    { effect: "live", default: "`/bin/bash` for a new account, else left as it is" },
  ),
  home: optional(
    "Home directory. It cannot change: files in it would stay behind.",
    z
      .string()
      .regex(absolutePath, "write an absolute path such as /home/bob")
      .regex(/^\/(?:home|srv|opt|var\/lib)\//, "write a directory below /home, /srv, /opt or /var/lib"),
    { effect: "live", default: "`/home/` and the name" },
  ),
  groups: optional(
    "Groups that the account is in beside its own. A group must be there.",
    z.array(groupName()).refine((list) => unique(list), "each group once"),
    { effect: "live", default: "left as they are" },
  ),
  exclusiveGroups: optional("The account is in no other groups than `groups`.", z.boolean(), {
    effect: "live",
    unset: false,
  }),
  authorizedKeys: optional(
    "Public keys that may sign in by SSH, one a text, as a `.pub` file has them; options may stand before them.",
    z.array(sound(keyProblem)).refine((list) => unique(list, keyIn), "one of the keys is there twice"),
    { effect: "live", default: "left as they are" },
  ),
  exclusiveKeys: optional("Keys that somebody else has put into `~/.ssh/authorized_keys` are taken out.", z.boolean(), {
    effect: "live",
    unset: false,
  }),
  sudoRules: optional(
    "What it may do as root without a password, all of it: each a command by its absolute path, alone (with any " +
      'arguments), with its arguments, with `""` for none, or with one regular expression for all arguments: ' +
      "`/usr/bin/tee ^/var/lib/vz/snippets/[a-zA-Z0-9_][a-zA-Z0-9_.-]*$`. Wildcards are refused, for sudo's match blanks " +
      "and slashes.",
    z.array(sound(ruleProblem)).refine((list) => unique(list), "each rule once"),
    { proxmox: "`/etc/sudoers.d/<name>`", effect: "live", default: "no rules are managed" },
  ),
  sudoNoPassword: optional("It may do everything as root without a password, in place of rules.", z.boolean(), {
    effect: "live",
    unset: false,
  }),
});

/** An account as it is wanted, without where it is. */
export interface AccountSettings {
  readonly name: string;
  readonly uid?: number | undefined;
  readonly system?: boolean | undefined;
  readonly comment?: string | undefined;
  readonly shell?: string | undefined;
  readonly home?: string | undefined;
  readonly groups?: string[] | undefined;
  readonly exclusiveGroups?: boolean | undefined;
  readonly authorizedKeys?: string[] | undefined;
  readonly exclusiveKeys?: boolean | undefined;
  readonly sudoRules?: string[] | undefined;
  readonly sudoNoPassword?: boolean | undefined;
  readonly adopt?: boolean | undefined;
  readonly removeHome?: boolean | undefined;
}

/** What contradicts itself. */
export function accountProblems(account: Omit<AccountSettings, "name">): { path: string; message: string }[] {
  const { uid, system, sudoRules, sudoNoPassword, exclusiveGroups, groups, exclusiveKeys, authorizedKeys } = account;
  return [
    ...(uid !== undefined && system !== true && uid < ordinary.from
      ? [{ path: "uid", message: `below ${ordinary.from} are accounts of the system; write system: true for one` }]
      : []),
    ...(uid !== undefined && system === true && uid > systemRange.to
      ? [{ path: "uid", message: `write ${systemRange.from} to ${systemRange.to}, or leave system out` }]
      : []),
    ...(sudoNoPassword === true && sudoRules !== undefined && sudoRules.length > 0
      ? [
          {
            path: "sudoNoPassword",
            message: "it allows everything, and sudoRules would mean nothing; leave one of the two out",
          },
        ]
      : []),
    ...(exclusiveGroups === true && groups === undefined
      ? [{ path: "exclusiveGroups", message: "name the groups, or [] for none" }]
      : []),
    ...(exclusiveKeys === true && authorizedKeys === undefined
      ? [{ path: "exclusiveKeys", message: "name the authorizedKeys, or [] for none" }]
      : []),
  ];
}

/** What cannot be done to an account that exists. */
export const fixedProblems = (
  inputs: Readonly<Record<string, unknown>>,
  was: Readonly<Record<string, unknown>>,
): { path: string; message: string }[] =>
  ["uid", "home"].flatMap((path) =>
    inputs[path] !== undefined && was[path] !== undefined && inputs[path] !== was[path]
      ? [
          {
            path,
            message: `it is ${JSON.stringify(was[path])} and cannot change: files would stay behind with the old one`,
          },
        ]
      : [],
  );
