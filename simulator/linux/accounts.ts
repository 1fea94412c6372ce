import type { LinuxAccounts, LinuxUser } from "../world/linux-accounts.js";

const system = (name: string, id: number, home: string, shell = "/usr/sbin/nologin"): LinuxUser => ({
  ...{ name, uid: id, gid: id, gecos: name, home, shell, password: "*" },
});

/** What Debian's base-passwd and Proxmox VE's packages leave, as far as it matters. */
export function asInstalled(): LinuxAccounts {
  const users = [
    system("root", 0, "/root", "/bin/bash"),
    system("daemon", 1, "/usr/sbin"),
    system("www-data", 33, "/var/www"),
    system("backup", 34, "/var/backups"),
    { ...system("nobody", 65534, "/nonexistent") },
    system("ceph", 64045, "/var/lib/ceph"),
  ];
  const others = { adm: 4, disk: 6, sudo: 27, users: 100, nogroup: 65534 };
  const groups = users.filter(({ name }) => name !== "nobody").map(({ name, gid }) => ({ name, gid, members: [] }));
  return {
    users,
    groups: [...groups, ...Object.entries(others).map(([name, gid]) => ({ name, gid, members: [] }))],
    owners: {},
  };
}

export const accountsOf = (machine: { accounts?: LinuxAccounts }): LinuxAccounts =>
  (machine.accounts ??= asInstalled());

export const passwdText = ({ users }: LinuxAccounts): string =>
  users
    .map(({ name, uid, gid, gecos, home, shell }) => `${[name, "x", uid, gid, gecos, home, shell].join(":")}\n`)
    .join("");

export const groupText = ({ groups }: LinuxAccounts): string =>
  groups.map(({ name, gid, members }) => `${[name, "x", gid, members.join(",")].join(":")}\n`).join("");

/** The first number that is free, from Debian's UID_MIN on, above those that are in use (`find_new_uid` of shadow). */
export function nextId(taken: readonly number[]): number {
  const ordinary = taken.filter((id) => id >= 1000 && id <= 60_000);
  return Math.max(999, ...ordinary) + 1;
}

/** Of accounts of the system: the first that is free, from SYS_UID_MAX down (the same `find_new_uid`). */
export function nextSystemId(taken: readonly number[]): number {
  let id = 999;
  while (taken.includes(id)) id--;
  return id;
}
