import type { AccountShell } from "../linux/account-shell.js";
import { asInstalled, groupText, passwdText } from "../linux/accounts.js";
import * as programs from "../ssh/shadow-utils.js";
import type { Ended } from "../ssh/ssh-record.js";
import { visudo } from "../ssh/visudo.js";
import type { AgentState } from "../world/guest.js";
import type { LinuxAccounts } from "../world/linux-accounts.js";
import { isDirectory } from "./guest-programs.js";

/** Who there is in a guest of a cloud image: its system's, and the user that cloud-init makes (`ciuser`, else the image's). */
export function guestAccounts(config: Readonly<Record<string, string>>): LinuxAccounts {
  const name = config["ciuser"] ?? "debian";
  const accounts = asInstalled();
  const ofNodes = ["ceph"];
  if (name === "root") return accounts;
  const shell = { gecos: "Debian", home: `/home/${name}`, shell: "/bin/bash", password: "!" };
  return {
    ...accounts,
    users: [...accounts.users.filter((user) => !ofNodes.includes(user.name)), { name, uid: 1000, gid: 1000, ...shell }],
    groups: [
      ...accounts.groups
        .filter((group) => !ofNodes.includes(group.name))
        .map((group) => (group.name === "sudo" ? { ...group, members: [name] } : group)),
      { name, gid: 1000, members: [] },
    ],
    owners: { [`/home/${name}`]: 1000 },
  };
}

/** A file of the guest, or what its accounts are as one. */
export function guestFile(state: AgentState, file: string): string | undefined {
  if (state.accounts && file === "/etc/passwd") return passwdText(state.accounts);
  if (state.accounts && file === "/etc/group") return groupText(state.accounts);
  return state.files[file];
}

function shellOf(state: AgentState, accounts: LinuxAccounts, stdin: string): AccountShell {
  const modeOf = (file: string): number => Number.parseInt(state.attributes?.[file]?.mode ?? "644", 8);
  const encoded = (text: string): string => Buffer.from(text).toString("base64");
  return {
    accounts,
    stdin,
    tree: state,
    hasSudo: true,
    files: {
      read(file) {
        const text = guestFile(state, file);
        return text === undefined ? undefined : { content: encoded(text), mode: modeOf(file) };
      },
      size(file) {
        const text = guestFile(state, file);
        return text === undefined ? undefined : { bytes: Buffer.byteLength(text), mode: modeOf(file) };
      },
      write(file, { content, mode }) {
        state.files[file] = Buffer.from(content, "base64").toString("utf8");
        const { owner = "root", group = "root" } = state.attributes?.[file] ?? {};
        (state.attributes ??= {})[file] = { mode: mode.toString(8), owner, group };
      },
      isDirectory: (file) => isDirectory(state, file),
      makeDirectory: (file) => void (state.directories ??= []).push(file),
    },
  };
}

type Program = (shell: AccountShell, args: readonly string[]) => Ended | undefined;
const accountPrograms: Readonly<Record<string, Program>> = {
  ...{ getent: programs.getent, useradd: programs.useradd, usermod: programs.usermod, gpasswd: programs.gpasswd },
  ...{ userdel: programs.userdel, ps: programs.ps, findmnt: programs.findmnt, stat: programs.stat, visudo },
  ...{ install: programs.install, tee: programs.tee, dd: programs.dd, chmod: programs.chmod },
  test: (shell, [kind, file = "", ...more]) =>
    kind === "-x" && more.length === 0 ? { code: programs.isProgram(shell, file) ? 0 : 1 } : undefined,
};

/** Programs that deal in accounts, the same as on nodes; undefined for others, and for what is not known of these. */
export function accountProgram(
  ...[program, args, state, stdin, run]: [
    string,
    readonly string[],
    AgentState,
    string,
    (argv: readonly string[]) => { out: string; err: string; exitcode: number },
  ]
): { out: string; err: string; exitcode: number } | undefined {
  if (!state.accounts) return undefined;
  const shell = shellOf(state, state.accounts, stdin);
  const asUser = (argv: readonly string[]): Ended => {
    const { out, err, exitcode } = run(argv);
    return { code: exitcode, stdout: out, stderr: err };
  };
  const ended =
    program === "runuser"
      ? programs.runuser(shell, args, asUser)
      : Object.hasOwn(accountPrograms, program)
        ? accountPrograms[program]?.(shell, args)
        : undefined;
  return ended && { out: ended.stdout ?? "", err: ended.stderr ?? "", exitcode: ended.code };
}
