import { keyIn } from "../access/linux/authorized-keys.model";
import type { GuestUser } from "./guest-config.model";
import type { GuestRecord } from "./guest-record";

/** What an account was given beside itself. Rules for sudo carry the resource's mark, and need no record. */
export type Granted = NonNullable<GuestRecord["granted"]>[string];

const union = (one: readonly string[], other: readonly string[]): string[] => [...new Set([...one, ...other])].sort();

/** What these settings give to it. */
export const grantedIn = ({ groups = [], authorizedKeys = [] }: GuestUser): Granted => ({
  groups: union(groups, []),
  keys: union(
    authorizedKeys.map((key) => keyIn(key) ?? key),
    [],
  ),
});

export const both = (one: Granted, other: Granted): Granted => ({
  groups: union(one.groups, other.groups),
  keys: union(one.keys, other.keys),
});

/** These settings, and what the record knows beyond them. */
export function withGranted(user: GuestUser, granted: Granted | undefined): GuestUser {
  if (!granted) return user;
  const own = grantedIn(user);
  const groups = granted.groups.filter((one) => !own.groups.includes(one));
  const keys = granted.keys.filter((one) => !own.keys.includes(one));
  return {
    ...user,
    ...(groups.length === 0 ? {} : { groups: [...(user.groups ?? []), ...groups] }),
    ...(keys.length === 0 ? {} : { authorizedKeys: [...(user.authorizedKeys ?? []), ...keys] }),
  };
}
