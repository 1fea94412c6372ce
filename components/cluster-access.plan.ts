import { entriesOf, type PlannedChild } from "./node-layers.plan";
import { isRecord, layered, switchesIn } from "./layers.plan";

/** Who may do what, kind by kind. */
interface PlannedAccess {
  readonly realms: readonly PlannedChild[];
  readonly roles: readonly PlannedChild[];
  readonly groups: readonly PlannedChild[];
  readonly users: readonly PlannedChild[];
  readonly tokens: readonly PlannedChild[];
  /** Entries for groups and users, and those for tokens, which come after the tokens. */
  readonly acl: readonly PlannedChild[];
  readonly tokenAcl: readonly PlannedChild[];
}

const named = (value: unknown): PlannedChild[] => entriesOf(value).map(([name, args]) => ({ name, args }));

/** Entries of the list are known by who has them, where, and what it is: not by their places. */
export function planAccess(
  { shared, stack }: { readonly shared?: unknown; readonly stack?: unknown },
  problems: string[],
): PlannedAccess {
  problems.push(...switchesIn(shared, "shared.access"));
  const merged = layered({ shared, stack });
  const access = isRecord(merged) ? merged : {};
  const tokens = named(access["tokens"]).map(({ name, args }) => {
    const [, user = "", tokenId = ""] = /^([^!]+)!([^!]+)$/.exec(name) ?? [];
    if (user === "") problems.push(`access.tokens.${name}: write the user and the name of the token: bob@pve!ci`);
    return { name, args: { ...args, user, tokenId } };
  });
  const acl = (Array.isArray(access["acl"]) ? (access["acl"] as unknown[]) : []).map((entry, at) => {
    const args = isRecord(entry) ? entry : {};
    const whose = ["group", "user", "token"].filter((kind) => args[kind] !== undefined);
    const texts = [args["path"], args[whose[0] ?? ""], args["role"]];
    if (whose.length !== 1) problems.push(`access.acl[${at}]: name a group, a user or a token, and one of them only`);
    else if (!texts.every((text) => typeof text === "string"))
      problems.push(
        `access.acl[${at}]: write path, ${whose[0] ?? ""} and role as plain texts: the entry is known by them`,
      );
    return { name: texts.map(String).join(":"), args };
  });
  acl.forEach(({ name }, at) => {
    if (acl.findIndex((other) => other.name === name) < at)
      problems.push(`access.acl[${at}]: is there twice; write it once`);
  });
  return {
    realms: named(access["realms"]),
    roles: named(access["roles"]).map(({ name, args }) => ({ name, args: { ...args, roleId: name } })),
    groups: named(access["groups"]).map(({ name, args }) => ({ name, args: { ...args, groupId: name } })),
    users: named(access["users"]).map(({ name, args }) => ({ name, args: { ...args, userId: name } })),
    tokens,
    acl: acl.filter(({ args }) => args["token"] === undefined),
    tokenAcl: acl.filter(({ args }) => args["token"] !== undefined),
  };
}
