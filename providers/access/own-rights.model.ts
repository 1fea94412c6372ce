import type { AclEntry } from "./acl-entries";

/** Who this stack works as. */
interface Self {
  readonly user: string;
  /** `user@realm!name`, when it works by a token. */
  readonly token: string | undefined;
  /** The token may do no more than what is given to itself. */
  readonly separated: boolean;
}

/** All that decides what this stack may do. */
export interface Rules {
  readonly self: Self;
  readonly entries: readonly AclEntry[];
  /** Privileges of each role. */
  readonly roles: ReadonlyMap<string, ReadonlySet<string>>;
  /** Groups that our user is in. */
  readonly groups: ReadonlySet<string>;
}

/** What a change would take away of our own, and where. */
interface Loss {
  readonly what: "all" | "the right to change rights" | "the right to change users";
  readonly path: string;
  /** Everything below the path, and not the path itself. */
  readonly below: boolean;
}

/** The path and those above it, from the top. */
function wayTo(path: string): string[] {
  const parts = path.split("/").filter((part) => part !== "");
  return ["/", ...parts.map((_, i) => `/${parts.slice(0, i + 1).join("/")}`)];
}

/** What is given to one subject: the nearest path decides, and on it the first kind of entries that says something. */
function given({ entries, roles }: Rules, kinds: readonly ((entry: AclEntry) => boolean)[], path: string): Set<string> {
  let names: string[] = [];
  for (const at of wayTo(path)) {
    const here = entries.filter((entry) => entry.path === at && (at === path || entry.propagate));
    const found = kinds.map((isOf) => here.filter(isOf)).find((some) => some.length > 0);
    if (found) names = found.map(({ roleid }) => roleid);
  }
  if (names.includes("NoAccess")) return new Set();
  return new Set(names.flatMap((name) => [...(roles.get(name) ?? [])]));
}

/** Our privileges on a path, as Proxmox reckons them (PVE/AccessControl.pm: roles; PVE/RPCEnvironment.pm: permissions). */
export function privilegesAt(rules: Rules, path: string): ReadonlySet<string> {
  const { self, roles, groups } = rules;
  const isOurs = ({ type, ugid }: AclEntry): boolean => type === "user" && ugid === self.user;
  const isOfGroup = ({ type, ugid }: AclEntry): boolean => type === "group" && groups.has(ugid);
  const asUser =
    self.user === "root@pam"
      ? new Set([...roles.values()].flatMap((all) => [...all]))
      : given(rules, [isOurs, isOfGroup], path);
  if (!self.separated) return asUser;
  const asToken = given(rules, [({ type, ugid }) => type === "token" && ugid === self.token], path);
  return new Set([...asToken].filter((one) => asUser.has(one)));
}

/** Who has the first of these can give back all that was taken away; who has the second only, some of it. */
const ways = [
  ["Permissions.Modify", "the right to change rights"],
  ["User.Modify", "the right to change users"],
] as const;

/** Where we would have nothing left, or no way to give it back; undefined when nowhere. */
export function lossBy(before: Rules, after: Rules): Loss | undefined {
  const named = new Set(["/", "/access", ...[...before.entries, ...after.entries].map(({ path }) => path)]);
  for (const path of [...named].sort())
    for (const below of [false, true]) {
      // Nobody gives anything on it by this name: it stands for all that is below.
      const at = below ? `${path === "/" ? "" : path}/*` : path;
      const [had, has] = [privilegesAt(before, at), privilegesAt(after, at)];
      if (had.size === 0) continue;
      if (has.size === 0) return { what: "all", path, below };
      const [way, what] = ways.find(([privilege]) => had.has(privilege)) ?? [];
      if (way !== undefined && what !== undefined && !has.has(way)) return { what, path, below };
    }
  return undefined;
}

export const withEntry = (rules: Rules, entry: AclEntry): Rules => ({
  ...rules,
  entries: [...withoutEntry(rules, entry).entries, entry],
});

export const withoutEntry = (rules: Rules, { path, type, ugid, roleid }: Omit<AclEntry, "propagate">): Rules => ({
  ...rules,
  entries: rules.entries.filter(
    (one) => one.path !== path || one.type !== type || one.ugid !== ugid || one.roleid !== roleid,
  ),
});
