import type { AccountShell } from "../linux/account-shell.js";
import { groupText, nextId, nextSystemId, passwdText } from "../linux/accounts.js";
import type { Ended } from "./ssh-record.js";

// Options, exit codes and texts: shadow-utils 4.17 and util-linux 2.41 of Debian 13, tried on a Debian system.

/** Options with a value, options without, and what is left; undefined where another option stands. */
function options(
  args: readonly string[],
  valued: readonly string[],
  flags: readonly string[] = [],
): { of: Map<string, string>; rest: string[] } | undefined {
  const of = new Map<string, string>();
  const rest: string[] = [];
  let plain = false;
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (plain || !arg.startsWith("-")) rest.push(arg);
    else if (arg === "--") plain = true;
    else if (flags.includes(arg)) of.set(arg, "");
    else if (valued.includes(arg) && args[at + 1] !== undefined) of.set(arg, args[++at] ?? "");
    else return undefined;
  }
  return { of, rest };
}

const isName = (name: string): boolean => /^[a-z_][a-z0-9_-]{0,31}$/.test(name);
const fail = (code: number, text: string): Ended => ({ code, stderr: `${text}\n` });

export function getent(
  { accounts }: AccountShell,
  [database = "", name = "", ...more]: readonly string[],
): Ended | undefined {
  if (more.length > 0 || name === "" || !["passwd", "group"].includes(database)) return undefined;
  const text = database === "passwd" ? passwdText(accounts) : groupText(accounts);
  const line = text.split("\n").find((one) => one.startsWith(`${name}:`));
  if (line !== undefined) return { code: 0, stdout: `${line}\n` };
  if (database === "passwd" && accounts.elsewhere?.includes(name))
    return { code: 0, stdout: `${name}:*:70000:70000::/home/${name}:/bin/sh\n` };
  return { code: 2 };
}

export function useradd({ accounts, files, tree }: AccountShell, args: readonly string[]): Ended | undefined {
  const found = options(
    args,
    ["--home-dir", "--shell", "--uid", "--comment", "--password"],
    ["--create-home", "--user-group", "--system"],
  );
  const [name = "", ...more] = found?.rest ?? [];
  if (!found || more.length > 0 || !found.of.has("--user-group") || !found.of.has("--create-home")) return undefined;
  const { of } = found;
  const gecos = of.get("--comment") ?? "";
  if (!isName(name)) return fail(3, `useradd: invalid user name '${name}'`);
  if (/[:\n]/.test(gecos)) return fail(3, `useradd: invalid comment '${gecos}'`);
  if (accounts.users.some((one) => one.name === name) || accounts.elsewhere?.includes(name))
    return fail(9, `useradd: user '${name}' already exists`);
  if (accounts.groups.some((one) => one.name === name))
    return fail(9, `useradd: group ${name} exists - if you want to add this user to that group, use -g.`);
  const asked = of.get("--uid");
  const ids = [...accounts.users.map(({ uid }) => uid), ...accounts.groups.map(({ gid }) => gid)];
  const next = of.has("--system") ? nextSystemId(ids) : nextId(ids);
  const uid = asked === undefined ? next : Number(asked);
  if (accounts.users.some((one) => one.uid === uid)) return fail(4, `useradd: UID ${uid} is not unique`);
  const home = of.get("--home-dir") ?? `/home/${name}`;
  const shell = of.get("--shell") ?? "/bin/sh";
  accounts.users.push({ name, uid, gid: uid, gecos, home, shell, password: of.get("--password") ?? "!" });
  accounts.groups.push({ name, gid: uid, members: [] });
  if (files.isDirectory(home))
    return {
      code: 0,
      stderr: `useradd: warning: the home directory ${home} already exists.\nuseradd: Not copying any file from skel directory into it.\n`,
    };
  (tree.directories ??= []).push(home);
  accounts.owners[home] = uid;
  return { code: 0 };
}

export function usermod({ accounts }: AccountShell, args: readonly string[]): Ended | undefined {
  const found = options(args, ["--shell", "--comment", "--groups"], ["--append"]);
  const [name = "", ...more] = found?.rest ?? [];
  if (!found || more.length > 0 || found.of.size === 0) return undefined;
  const { of } = found;
  const user = accounts.users.find((one) => one.name === name);
  if (!user) return fail(6, `usermod: user '${name}' does not exist`);
  const gecos = of.get("--comment");
  if (gecos !== undefined && /[:\n]/.test(gecos)) return fail(3, `usermod: invalid field '${gecos}'`);
  const names = of.get("--groups")?.split(",") ?? [];
  if (names.length > 0 && !of.has("--append")) return undefined;
  const missing = names.filter((group) => !accounts.groups.some((one) => one.name === group));
  if (missing.length > 0) return fail(6, missing.map((group) => `usermod: group '${group}' does not exist`).join("\n"));
  user.shell = of.get("--shell") ?? user.shell;
  user.gecos = gecos ?? user.gecos;
  for (const group of accounts.groups)
    if (names.includes(group.name) && !group.members.includes(name)) group.members.push(name);
  return { code: 0 };
}

export function gpasswd(
  { accounts }: AccountShell,
  [option, name = "", group = "", ...more]: readonly string[],
): Ended | undefined {
  if (option !== "--delete" || more.length > 0 || name.startsWith("-") || group.startsWith("-")) return undefined;
  const found = accounts.groups.find((one) => one.name === group);
  if (!found) return fail(3, `gpasswd: group '${group}' does not exist in /etc/group`);
  const stdout = `Removing user ${name} from group ${group}\n`;
  if (!found.members.includes(name))
    return { code: 3, stdout, stderr: `gpasswd: user '${name}' is not a member of '${group}'\n` };
  found.members = found.members.filter((one) => one !== name);
  return { code: 0, stdout };
}

export function userdel({ accounts, tree }: AccountShell, args: readonly string[]): Ended | undefined {
  const found = options(args, [], ["--remove"]);
  const [name = "", ...more] = found?.rest ?? [];
  if (!found || more.length > 0) return undefined;
  const user = accounts.users.find((one) => one.name === name);
  if (!user) return fail(6, `userdel: user '${name}' does not exist`);
  const busy = accounts.processes?.find(({ uid }) => uid === user.uid);
  if (busy) return fail(8, `userdel: user ${name} is currently used by process ${busy.pid}`);
  accounts.users = accounts.users.filter((one) => one !== user);
  for (const group of accounts.groups) group.members = group.members.filter((one) => one !== name);
  // USERGROUPS_ENAB: the group of the same name goes when it has no other members.
  accounts.groups = accounts.groups.filter((one) => one.name !== name || one.members.length > 0);
  if (!found.of.has("--remove")) return { code: 0 };
  const below = (file: string): boolean => `${file}/`.startsWith(`${user.home}/`);
  for (const file of Object.keys(tree.files)) if (below(file)) delete tree.files[file];
  tree.directories = (tree.directories ?? []).filter((one) => !below(one));
  for (const directory of Object.keys(accounts.owners)) if (below(directory)) delete accounts.owners[directory];
  return { code: 0, stderr: `userdel: ${name} mail spool (/var/mail/${name}) not found\n` };
}

/** `ps -o pid=,comm= -U UID` */
export function ps({ accounts }: AccountShell, args: readonly string[]): Ended | undefined {
  const [, uid] = /^-o pid=,comm= -U (\d+)$/.exec(args.join(" ")) ?? [];
  if (uid === undefined) return undefined;
  const rows = (accounts.processes ?? []).filter((one) => one.uid === Number(uid));
  return {
    code: rows.length > 0 ? 0 : 1,
    stdout: rows.map(({ pid, command }) => `${String(pid).padStart(7)} ${command}\n`).join(""),
  };
}

/** Whose a path is: of the nearest directory above it that somebody owns, else root's. */
export function ownerOf({ accounts }: AccountShell, file: string): number {
  const { owners } = accounts;
  const [nearest] = Object.keys(owners)
    .filter((directory) => `${file}/`.startsWith(`${directory}/`))
    .sort((one, other) => other.length - one.length);
  return nearest === undefined ? 0 : (owners[nearest] ?? 0);
}

/** `findmnt --json --list --output TARGET` of util-linux 2.41, tried on a Debian system. */
export function findmnt({ accounts }: AccountShell, args: readonly string[]): Ended | undefined {
  if (args.join(" ") !== "--json --list --output TARGET") return undefined;
  const targets = ["/", ...(accounts.mounts ?? [])];
  const rows = targets.map((target) => `      {\n         "target": ${JSON.stringify(target)}\n      }`);
  return { code: 0, stdout: `{\n   "filesystems": [\n${rows.join(",")}\n   ]\n}\n` };
}

/** `stat --format=%u:%F -- FILE` */
export function stat(shell: AccountShell, args: readonly string[]): Ended | undefined {
  const [format, dashes, file = "", ...more] = args;
  if (format !== "--format=%u:%F" || dashes !== "--" || more.length > 0) return undefined;
  const directory = shell.files.isDirectory(file);
  const found = directory ? undefined : shell.files.size(file);
  if (!directory && !found) return fail(1, `stat: cannot statx '${file}': No such file or directory`);
  const kind = directory ? "directory" : found?.bytes === 0 ? "regular empty file" : "regular file";
  return { code: 0, stdout: `${ownerOf(shell, file)}:${kind}\n` };
}

/** `install -d -m 0750 -o UID -g GID -- DIRECTORY`, and `install -m 0600 /dev/null FILE` */
export function install(shell: AccountShell, args: readonly string[]): Ended | undefined {
  const { files, accounts } = shell;
  const [, uid, directory] = /^-d -m 0750 -o (\d+) -g \d+ -- (\/\S+)$/.exec(args.join(" ")) ?? [];
  if (uid !== undefined && directory !== undefined) {
    if (!files.isDirectory(directory)) files.makeDirectory(directory);
    accounts.owners[directory] = Number(uid);
    return { code: 0 };
  }
  const [mode, octal = "", empty, file = "", ...more] = args;
  if (mode !== "-m" || !/^0[0-7]{3}$/.test(octal) || empty !== "/dev/null" || more.length > 0) return undefined;
  files.write(file, { content: "", mode: Number.parseInt(octal, 8) });
  return { code: 0 };
}

/** Commands that a user runs here: which of their words they write to. */
const writes: Readonly<Record<string, (words: readonly string[]) => readonly string[]>> = {
  dd: () => [],
  mkdir: (words) => words.slice(-1),
  install: (words) => words.slice(-1),
  tee: (words) => words,
  mv: (words) => words,
  rm: (words) => words,
};

/** `runuser -u NAME -- COMMAND`: nobody writes where somebody else does, and nobody reads what only root may. */
export function runuser(
  shell: AccountShell,
  args: readonly string[],
  run: (argv: readonly string[]) => Ended,
): Ended | undefined {
  const [option, name = "", dashes, ...argv] = args;
  const command = writes[argv[0] ?? ""];
  if (option !== "-u" || dashes !== "--" || !command) return undefined;
  const user = shell.accounts.users.find((one) => one.name === name);
  if (!user)
    return fail(1, `runuser: user ${name} does not exist or the user entry does not contain all the required fields`);
  const paths = argv.slice(1).map((word) => word.replace(/^if=/, ""));
  const words = paths.filter((word) => word.startsWith("/") && word !== "/dev/null");
  const written = command(words);
  for (const word of words) {
    const isTheirs = user.uid === 0 || ownerOf(shell, word) === user.uid;
    const mode = shell.files.size(word)?.mode;
    const denied = written.includes(word) ? !isTheirs : !isTheirs && mode !== undefined && (mode & 0o004) === 0;
    if (denied) return fail(1, `${argv[0]}: ${word}: Permission denied`);
  }
  return run(argv);
}

/** `mkdir -p -m MODE -- DIRECTORY` */
export function mkdir({ files }: AccountShell, args: readonly string[]): Ended | undefined {
  if (args[0] === "--" && args.length === 2) {
    const [, lock = ""] = args;
    if (!files.isDirectory(lock)) files.makeDirectory(lock);
    else return fail(1, `mkdir: cannot create directory ‘${lock}’: File exists`);
    return { code: 0 };
  }
  const [parents, mode, , dashes, directory = "", ...more] = args;
  if (parents !== "-p" || mode !== "-m" || dashes !== "--" || more.length > 0) return undefined;
  if (!files.isDirectory(directory)) files.makeDirectory(directory);
  return { code: 0 };
}

/** `tee -- FILE`: what stands there keeps its mode. */
export function tee(
  { files, stdin }: AccountShell,
  [dashes, file = "", ...more]: readonly string[],
): Ended | undefined {
  if (dashes !== "--" || more.length > 0) return undefined;
  files.write(file, { content: Buffer.from(stdin).toString("base64"), mode: files.size(file)?.mode ?? 0o644 });
  return { code: 0, stdout: stdin };
}

/** `dd status=none of=FILE`: what stands there keeps its mode; and `dd if=FILE iflag=… count=N status=none`. */
export function dd(shell: AccountShell, args: readonly string[]): Ended | undefined {
  const { files, stdin } = shell;
  const [quiet, output = "", ...more] = args;
  if (quiet?.startsWith("if=")) return ddFrom(shell, args);
  const file = /^of=(\/.+)$/.exec(output)?.[1];
  if (quiet !== "status=none" || file === undefined || more.length > 0) return undefined;
  files.write(file, { content: Buffer.from(stdin).toString("base64"), mode: files.size(file)?.mode ?? 0o644 });
  return { code: 0 };
}

/** `chmod MODE -- FILE` */
export function chmod(
  { files }: AccountShell,
  [mode = "", dashes, file = "", ...more]: readonly string[],
): Ended | undefined {
  if (!/^0[0-7]{3}$/.test(mode) || dashes !== "--" || more.length > 0) return undefined;
  const found = files.read(file);
  if (!found) return fail(1, `chmod: cannot access '${file}': No such file or directory`);
  files.write(file, { ...found, mode: Number.parseInt(mode, 8) });
  return { code: 0 };
}

/** Programs that somebody asks for: those of every machine, and sudo's where it is installed. */
export function isProgram({ hasSudo }: AccountShell, file: string): boolean {
  if (file === "/usr/sbin/visudo") return hasSudo;
  return ["/bin/bash", "/bin/sh", "/usr/bin/bash", "/usr/sbin/nologin", "/bin/dash"].includes(file);
}

function ddFrom(
  { files }: AccountShell,
  [input = "", flags, bytes = "", quiet, ...more]: readonly string[],
): Ended | undefined {
  const [file, count] = [/^if=(\/.+)$/.exec(input)?.[1], /^count=(\d+)$/.exec(bytes)?.[1]];
  if (flags !== "iflag=nonblock,fullblock,count_bytes" || quiet !== "status=none" || more.length > 0) return undefined;
  if (file === undefined || count === undefined) return undefined;
  const found = files.read(file);
  if (!found) return fail(1, `dd: failed to open '${file}': No such file or directory`);
  const content = Buffer.from(found.content, "base64").subarray(0, Number(count));
  return { code: 0, stdout: content.toString("utf8") };
}
