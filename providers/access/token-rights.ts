import type { Call } from "../kernel/call/call";
import type { Pve } from "../kernel/session/pve-session";
import { aclEntries, aclParams, type AclEntry } from "./acl-entries";
import type { TokenRight } from "./api-token.model";
import { lossOfOurs, otherwise } from "./ourselves";
import { withEntry, withoutEntry, type Rules } from "./own-rights.model";
import { userConfig } from "./user-config";

const isOf = (entry: AclEntry, token: string): boolean => entry.type === "token" && entry.ugid === token;
const isSame = (one: TokenRight, other: TokenRight): boolean => one.path === other.path && one.role === other.role;
const propagates = ({ propagate = true }: TokenRight): boolean => propagate;

const asEntry = (token: string, right: TokenRight): AclEntry => ({
  ...{ path: right.path, type: "token", ugid: token, roleid: right.role },
  propagate: propagates(right),
});

/** What a token may do, in the order in which it is wanted. */
export async function rightsOf(pve: Pve, token: string, wanted: readonly TokenRight[] = []): Promise<TokenRight[]> {
  const there = (await aclEntries(pve))
    .filter((entry) => isOf(entry, token))
    .map(({ path, roleid, propagate }) => ({ path, role: roleid, propagate }));
  const known = wanted.flatMap((one) => there.find((right) => isSame(right, one)) ?? []);
  return [...known, ...there.filter((right) => !known.includes(right))];
}

/** Why the token that the stack works by must not have these rights alone. */
export async function takenByRights(
  pve: Pve,
  token: string,
  wanted: readonly TokenRight[],
): Promise<string | undefined> {
  if (token !== pve.process.user) return undefined;
  const change = (rules: Rules): Rules => {
    const entries = wanted.map((right) => asEntry(token, right));
    // Of roles that this program is to make, nothing is known in the check.
    if (!entries.every(({ roleid }) => rules.roles.has(roleid))) return rules;
    const others = rules.entries.filter((entry) => isOf(entry, token)).reduce(withoutEntry, rules);
    return entries.reduce(withEntry, others);
  };
  const loss = await lossOfOurs(pve, change);
  return loss && `this takes ${loss}; nothing was changed. Write the right that gives it as well, or ${otherwise}`;
}

/** Gives a token all of these; with `exactly`, takes away what else it may do. `identify` throws for another token. */
export async function giveRights(
  pve: Pve,
  call: Call,
  token: string,
  wanted: readonly TokenRight[],
  exactly: boolean,
  identify: () => Promise<unknown>,
): Promise<void> {
  const changes = async (): Promise<{ readonly right: TokenRight; readonly gone: boolean }[]> => {
    const there = await rightsOf(pve, token);
    const missing = wanted.filter(
      (one) => !there.some((right) => isSame(right, one) && propagates(right) === propagates(one)),
    );
    const extra = exactly ? there.filter((right) => !wanted.some((one) => isSame(right, one))) : [];
    return [...missing.map((right) => ({ right, gone: false })), ...extra.map((right) => ({ right, gone: true }))];
  };
  if ((await changes()).length === 0) return;
  await pve.write(call, {
    what: `giving token ${token} its rights`,
    lock: userConfig,
    send: async () => {
      await identify();
      const taken = exactly ? await takenByRights(pve, token, wanted) : undefined;
      if (taken !== undefined) throw new Error(`token ${token}: ${taken}`);
      for (const { right, gone } of await changes())
        await pve.api.access.acl.$put({ ...aclParams(asEntry(token, right)), ...(gone ? { delete: true } : {}) });
    },
    happened: async () => (await changes()).length === 0,
  });
}
