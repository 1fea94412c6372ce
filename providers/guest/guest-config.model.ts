import { z } from "zod";
import { durationSchema, timeoutsSchema } from "../kernel/call/timeouts.model";
import type { Model } from "../kernel/resource-kind";
import { effectsOf } from "../kernel/fields/effects";
import { accountFields, accountName, accountProblems, fixedProblems } from "../access/linux/account-fields.model";
import { fields, optional, required } from "../kernel/fields/field";
import { sensitivePaths, sensitiveText } from "../kernel/secrets/sensitive";
import { guestFields, guestName, guestWayFields } from "./guest-access.model";
import { recordFolder } from "./guest-record";

const once = <T>(of: (one: T) => string, what: string) =>
  [(list: readonly T[]) => new Set(list.map(of)).size === list.length, `each ${what} once`] as const;

const named = (what: string) =>
  z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, `write a name of ${what}: a-z, 0-9, _ and -, at most 63`);

const composeFolder = "/etc/pulumi-compose";
const ownFolders = [composeFolder, recordFolder];

const fileSchema = fields({
  path: required(
    "Where the file is in the guest. Folders that are missing are made; none of those above it may be a link, or be written by others than root.",
    z
      .string()
      .max(400)
      .regex(
        /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9_.@:+-]+)+$/,
        "write an absolute path such as /etc/motd: letters, digits and _.@:+- only",
      )
      .refine(
        (path) => !ownFolders.some((folder) => path === folder || path.startsWith(`${folder}/`)),
        `write another path: ${ownFolders.join(" and ")} are this package's own`,
      ),
    {},
  ),
  content: required("The file's text, or a reference to it; encrypted in the state.", sensitiveText(), {}),
  mode: optional("Permissions.", z.string().regex(/^0?[0-7]{3}$/, "write permissions such as 0644"), { unset: "0644" }),
  owner: optional(
    "Owner, and group if wanted: `www-data` or `www-data:adm`.",
    z.string().regex(/^[a-z_][\w.-]*(?::[a-z_][\w.-]*)?$/i, "write an owner such as root:adm"),
    { unset: "root:root" },
  ),
  overwrite: optional(
    "A file that is there already with another content, mode or owner gives way. Only read when the resource first meets it. What gave way cannot be put back, so what was written in its place stays when it is no longer wanted.",
    z.boolean(),
    { effect: "none", unset: false },
  ),
});

const userSchema = fields({
  name: required("Name of the account: another name is another account.", accountName(), {}),
  ...accountFields(),
}).superRefine((account, ctx) => {
  for (const { path, message } of accountProblems(account)) ctx.addIssue({ code: "custom", path: [path], message });
});

const scriptSchema = fields({
  name: required("What it is known by: another name is another script.", named("a script"), {}),
  run: required(
    "Script for `sh -e` as root: it ends, and the update fails, with the first command that fails. It runs once, and again when its text changes, or when a run was cut off before it was known to have ended. It may be a reference; encrypted in the state.",
    sensitiveText(),
    {},
  ),
  check: optional(
    "Script that tells whether `run` is needed, in place of that: it is not where this ends with 0. Looked at by refresh as well, so it must change nothing; a reference only by an update. Encrypted in the state.",
    sensitiveText(),
    {},
  ),
  environment: optional(
    "Variables of `run`; a value may be a reference to a secret. Encrypted in the state, in no command line.",
    z.record(z.string().regex(/^[A-Za-z_]\w*$/, "a variable has letters, digits and _"), sensitiveText()),
    { effect: "none" },
  ),
  timeout: optional("Longest time of the script.", durationSchema, { effect: "none", unset: "10m" }),
});

const projectSchema = fields({
  name: required("Name of the project.", named("a project"), {}),
  content: required(
    "Its `compose.yaml`, or a reference to it; encrypted in the state. A change runs `docker compose up --detach` again.",
    sensitiveText(),
    {},
  ),
});

const guestConfigSchema = fields({
  ...guestFields(),
  packages: optional(
    "Packages of Debian or Ubuntu that are installed. Those that are there are not upgraded; nothing is removed for them, and those that are no longer written stay.",
    z
      .array(z.string().regex(/^[a-z0-9][a-z0-9+.-]*[a-z0-9+.]$/, "write the name of a package"))
      .refine(...once((name: string) => name, "package")),
    { effect: "live", default: "none" },
  ),
  users: optional(
    "Linux accounts, after the packages and before the files. One that is there already is refused: what others have made is never touched. " +
      "One that is no longer written is deleted, with its keys and rules for sudo; its home directory stays.",
    z.array(userSchema).refine(...once(({ name }: { name: string }) => name, "name")),
    { effect: "live", default: "none" },
  ),
  files: optional(
    "Files with their content.",
    z.array(fileSchema).refine(...once(({ path }: { path: string }) => path, "path")),
    { effect: "live", default: "none" },
  ),
  scripts: optional(
    "Scripts, in this order, after packages and files.",
    z.array(scriptSchema).refine(...once(({ name }: { name: string }) => name, "name")),
    { effect: "live", default: "none" },
  ),
  compose: optional(
    "Projects of Docker Compose, after the scripts. Docker has to be there: by `packages`, or a script.",
    z.array(projectSchema).refine(...once(({ name }: { name: string }) => name, "name")),
    { effect: "live", default: "none" },
  ),
  guest: optional(
    "The way into the guest by SSH, as `ssh` is, but with the address that `proxmox:sshAddresses` has under this name, its host key in " +
      "`proxmox:sshKnownHosts`, and the key by which the stack signs in to the nodes.",
    guestName(),
    { effect: "none", default: "the guest agent" },
  ),
  ...guestWayFields(),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "none" }),
}).superRefine(({ guest, ssh }, ctx) => {
  if (guest !== undefined && ssh !== undefined)
    ctx.addIssue({
      code: "custom",
      path: ["guest"],
      message: "is one way and ssh another one; leave one of the two out",
    });
});

export type GuestConfigInputs = z.infer<typeof guestConfigSchema>;
export type GuestFile = NonNullable<GuestConfigInputs["files"]>[number];
export type GuestUser = NonNullable<GuestConfigInputs["users"]>[number];
export type ConfigScript = NonNullable<GuestConfigInputs["scripts"]>[number];

export const guestConfigModel: Model = {
  schema: guestConfigSchema,
  effects: effectsOf(guestConfigSchema),
  sensitive: sensitivePaths(guestConfigSchema),
  // What a run that failed has given to an account beyond what is written of it is to be seen, and goes.
  whole: ["users"],
  transition(inputs, was) {
    if (inputs["vmid"] !== was["vmid"]) return [];
    const before = recordsIn(was["users"]);
    return recordsIn(inputs["users"]).flatMap((user, at) => {
      const same = before.find(({ name }) => name === user["name"]);
      const problems = same ? fixedProblems(user, same) : [];
      return problems.map(({ path, message }) => ({ path: `users[${at}].${path}`, message }));
    });
  },
  defaults(inputs) {
    const { files } = inputs;
    if (!Array.isArray(files)) return inputs;
    // What is left out is not compared, and permissions that somebody has opened would not show.
    const usual = { mode: "0644", owner: "root:root" };
    return { ...inputs, files: files.map((file: unknown) => (isPlain(file) ? { ...usual, ...file } : file)) };
  },
};

const isPlain = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && "path" in value;

const recordsIn = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value)
    ? value.map((one: unknown) => (one !== null && typeof one === "object" ? (one as Record<string, unknown>) : {}))
    : [];

/** Where the file of a project is. */
export const projectFile = (name: string): string => `${composeFolder}/${name}/compose.yaml`;

/** All files that are written: those that the program names, and those of projects. */
export const allFiles = ({ files = [], compose = [] }: Partial<GuestConfigInputs>): GuestFile[] => [
  ...files,
  ...compose.map(({ name, content }) => ({ path: projectFile(name), content, mode: "0600" })),
];

export const modeOf = ({ mode }: GuestFile): number => Number.parseInt(mode ?? "0644", 8);

/** Owner and group. */
export function ownerOf({ owner = "root" }: GuestFile): { readonly owner: string; readonly group: string } {
  const [name = "root", group = name] = owner.split(":");
  return { owner: name, group };
}
