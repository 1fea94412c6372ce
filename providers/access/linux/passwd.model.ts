/** An account as /etc/passwd has it. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Full name, room, telephones and the rest, between commas. */
  readonly gecos: readonly string[];
  readonly home: string;
  readonly shell: string;
}

interface LinuxGroup {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/** Who there is on a node, by its own files. */
export interface Accounts {
  readonly users: readonly Account[];
  readonly groups: readonly LinuxGroup[];
}

/** Throws where the files are not what every system has: nothing is concluded from half a file. */
export function readAccounts(passwd: string, group: string): Accounts {
  const users = passwd.split("\n").flatMap((line) => {
    const [, name = "", uid, gid, gecos = "", home = "", shell = ""] =
      /^([^:+-][^:]*):[^:]*:(\d+):(\d+):([^:]*):([^:]*):([^:]*)$/.exec(line) ?? [];
    return uid === undefined
      ? []
      : [{ name, uid: Number(uid), gid: Number(gid), gecos: gecos.split(","), home, shell }];
  });
  const groups = group.split("\n").flatMap((line) => {
    const [, name = "", gid, members = ""] = /^([^:+-][^:]*):[^:]*:(\d+):([^:]*)$/.exec(line) ?? [];
    return gid === undefined
      ? []
      : [{ name, gid: Number(gid), members: members.split(",").filter((one) => one !== "") }];
  });
  if (!users.some(({ name, uid }) => name === "root" && uid === 0) || !groups.some(({ gid }) => gid === 0))
    throw new Error("/etc/passwd and /etc/group do not know root; nothing is concluded from them");
  return { users, groups };
}

/** Accounts below are the system's; 65534 is nobody (UID_MIN and UID_MAX of Debian's login.defs). */
export const ordinary = { from: 1000, to: 60_000 } as const;
export const isOrdinary = (uid: number): boolean => uid >= ordinary.from && uid <= ordinary.to;
/** Numbers that `useradd --system` gives (SYS_UID_MIN and SYS_UID_MAX). */
export const systemRange = { from: 100, to: 999 } as const;
/** An account of the system is nobody's here, unless it carries a mark: then one of this library's has made it. */
export const isManageable = (account: Pick<Account, "uid" | "gecos">): boolean =>
  isOrdinary(account.uid) ||
  (account.uid >= systemRange.from && account.uid <= systemRange.to && markOf(account) !== undefined);

/** Whose an account is: the owner's mark, and which one of those that this owner has made. */
interface AccountMark {
  readonly owner: string;
  readonly made: string;
}

/** The mark stands behind the fourth comma, where chfn(1) keeps "other". */
export function markOf({ gecos }: Pick<Account, "gecos">): AccountMark | undefined {
  const [, owner, made] = /^pulumi=([0-9a-f]{24})\.([0-9a-f]{8})$/.exec(gecos.slice(4).join(",")) ?? [];
  return owner === undefined || made === undefined ? undefined : { owner, made };
}

/** The same with this mark and, where it is given, another full name. */
export function gecosWith(
  gecos: readonly string[],
  { owner, made }: AccountMark,
  fullName: string | undefined,
): string {
  const [name = "", room = "", work = "", phone = ""] = gecos;
  return [fullName ?? name, room, work, phone, `pulumi=${owner}.${made}`].join(",");
}

/** Groups that an account is in beside its own first one, by name. */
export const groupsOf = ({ groups }: Accounts, { name, gid }: Account): string[] =>
  groups.filter((group) => group.gid !== gid && group.members.includes(name)).map((group) => group.name);
