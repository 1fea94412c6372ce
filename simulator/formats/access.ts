import { allPrivileges } from "../roles.js";
import type { Format } from "./format.js";

const userName = /^[^\s:/]+@[A-Za-z][A-Za-z0-9.\-_]+$/;
const tokenName = /^[^\s:/]+@[A-Za-z][A-Za-z0-9.\-_]+![A-Za-z][A-Za-z0-9.\-_]+$/;
const plainName = /^[A-Za-z0-9.\-_]+$/;
const email = /^[\w+\-~]+(\.[\w+\-~]+)*@[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*$/;

const badUser: Format = (text) => {
  if (text.length > 64) return `user name '${text}' is too long (${text.length} > 64)`;
  return userName.test(text) ? undefined : `value '${text}' does not look like a valid user name`;
};

/** Names of users, groups, roles and the like (PVE/AccessControl.pm, PVE/Auth/Plugin.pm). */
export const accessFormats: Readonly<Record<string, Format>> = {
  "pve-userid": badUser,
  "pve-groupid": (text) => (plainName.test(text) ? undefined : `group name '${text}' contains invalid characters`),
  "pve-roleid": (text) => (plainName.test(text) ? undefined : `role name '${text}' contains invalid characters`),
  "pve-priv": (text) => (allPrivileges.includes(text) ? undefined : `invalid privilege '${text}'`),
  "pve-tokenid": (text) => (tokenName.test(text) ? undefined : `value '${text}' does not look like a valid token ID`),
  "pve-realm": (text) =>
    /^[A-Za-z][A-Za-z0-9.\-_]+$/.test(text) ? undefined : "value does not look like a valid realm",
  "pve-poolid": (text) => {
    const levels = text.split("/");
    if (!levels.every((level) => plainName.test(level))) return `pool name '${text}' contains invalid characters`;
    return levels.length > 3 ? `pool name '${text}' nested too deeply (max levels = 3)` : undefined;
  },
  email: (text) => (email.test(text) ? undefined : "value does not look like a valid email address"),
  "email-or-username": (text) =>
    email.test(text) || /^[\w+\-~]+(\.[\w+\-~]+)*$/.test(text)
      ? undefined
      : "value does not look like a valid email address or user name",
};
