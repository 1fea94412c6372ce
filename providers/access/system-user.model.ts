import { z } from "zod";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import type { Model } from "../kernel/resource-kind";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { namedBy } from "../kernel/named.model";
import type { Problem } from "../kernel/state/problems";
import { keyIn, keyProblem } from "./linux/authorized-keys.model";
import { ordinary } from "./linux/passwd.model";
import { ruleProblem } from "./linux/sudo-rule.model";

/** What the function says, as a check of zod's. */
const sound = (problem: (text: string) => string | undefined) =>
  z.string().superRefine((text, ctx) => {
    const message = problem(text);
    if (message !== undefined) ctx.addIssue({ code: "custom", message });
  });

const unique = (list: readonly string[], of: (text: string) => string | undefined = (text) => text): boolean =>
  new Set(list.map((one) => of(one))).size === list.length;

const groupName = () =>
  z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/, "write the name of a Linux group: a-z, 0-9, _ and -, at most 32");
const absolutePath = /^(?:\/[A-Za-z0-9_+-][A-Za-z0-9_.+-]*)+$/;

const systemUserSchema = fields({
  node: optional(
    "Name of the node; else write `guest`. A change replaces: the account of the old node is deleted.",
    z.string().min(1),
    { effect: "replace", default: "none" },
  ),
  guest: optional(
    "A guest instead of a node, by the name under which `proxmox:sshAddresses` has its address and `proxmox:sshKnownHosts` " +
      "its host key. The stack signs in by its key, as it does to the nodes, and sends no password. A change replaces.",
    z
      .string()
      .regex(/^[a-zA-Z0-9](?:[a-zA-Z0-9.-]{0,61}[a-zA-Z0-9])?$/, "write a name of letters, digits, dots and hyphens"),
    { effect: "replace", default: "none" },
  ),
  name: required(
    "Name of the account. A change replaces.",
    z
      .string()
      .regex(/^[a-z_][a-z0-9_-]{0,31}$/, "write a-z, 0-9, _ and -, first a letter or _, at most 32 characters")
      .refine((name) => !["root", "nobody"].includes(name), "this is an account of the system; write another name"),
    { effect: "replace", default: "the resource's name" },
  ),
  uid: optional(
    "Number of the account. It cannot change.",
    z
      .number()
      .int()
      .min(ordinary.from, `below ${ordinary.from} are accounts of the system`)
      .max(ordinary.to, `write at most ${ordinary.to}`),
    { effect: "live", default: "the next that is free" },
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
    { effect: "live", default: "`/bin/bash`; that of an adopted account stays" },
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
  adopt: optional("Take over the account of this name, and its file in /etc/sudoers.d.", z.boolean(), {
    effect: "none",
    unset: false,
  }),
  removeHome: optional("Deleting the resource deletes the home directory and all that is in it.", z.boolean(), {
    effect: "live",
    unset: false,
  }),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "none" }),
}).superRefine(
  ({ node, guest, sudoRules, sudoNoPassword, exclusiveGroups, groups, exclusiveKeys, authorizedKeys }, ctx) => {
    const issue = (path: string, message: string) => void ctx.addIssue({ code: "custom", path: [path], message });
    if ((node === undefined) === (guest === undefined))
      ctx.addIssue({ code: "custom", path: [], message: "write one of node and guest: where the account is" });
    if (sudoNoPassword === true && sudoRules !== undefined && sudoRules.length > 0)
      issue("sudoNoPassword", "it allows everything, and sudoRules would mean nothing; leave one of the two out");
    if (exclusiveGroups === true && groups === undefined) issue("exclusiveGroups", "name the groups, or [] for none");
    if (exclusiveKeys === true && authorizedKeys === undefined)
      issue("exclusiveKeys", "name the authorizedKeys, or [] for none");
  },
);

export type SystemUserInputs = z.infer<typeof systemUserSchema>;

/** What cannot be done to an account that exists. */
function transition(inputs: Readonly<Record<string, unknown>>, was: Readonly<Record<string, unknown>>): Problem[] {
  if (["node", "guest", "name"].some((place) => inputs[place] !== was[place])) return [];
  return ["uid", "home"].flatMap((path) =>
    inputs[path] !== undefined && was[path] !== undefined && inputs[path] !== was[path]
      ? [
          {
            path,
            message: `it is ${JSON.stringify(was[path])} and cannot change: files would stay behind with the old one`,
          },
        ]
      : [],
  );
}

export const systemUserModel: Model = {
  schema: systemUserSchema,
  effects: effectsOf(systemUserSchema),
  sensitive: [],
  defaults: namedBy("name"),
  transition,
};
