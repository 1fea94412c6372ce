import type { Check, ApiMethod } from "../contract/index.js";
import { normalisePath } from "./acl-path.js";
import { denied, die, PveError } from "./errors.js";
import { splitList } from "./formats/list.js";
import type { Rights } from "./rights.js";
import type { Access } from "./world/access.js";

type Params = Readonly<Record<string, unknown>>;

/**
 * The conditions that the contract states for an endpoint, before its parameters are verified.
 * Facts: check_api2_permissions and exec_api2_perm_check in PVE/RPCEnvironment.pm.
 */
export function checkPermissions(
  endpoint: ApiMethod,
  rights: Rights | undefined,
  access: Access,
  params: Params,
): void {
  const permissions = endpoint.permissions;
  if (!rights) {
    if (permissions?.user === "world") return;
    throw denied("user != null");
  }
  if (rights.isRoot) return;
  if (!permissions) throw denied("user != root@pam");
  if (permissions.user === "all") return;
  if (!permissions.check) throw denied();
  if (!new Checker(rights, access, params).run(permissions.check, false)) throw denied();
}

class Checker {
  constructor(
    private readonly rights: Rights,
    private readonly access: Access,
    private readonly params: Params,
  ) {}

  /** `quiet` alternatives of an "or" return false where the others throw. */
  run(check: Check, quiet: boolean): boolean {
    const [test, ...rest] = check;
    switch (test) {
      case "and":
        for (const sub of rest as Check[]) this.run(sub, false);
        return true;
      case "or":
        return (rest as Check[]).some((sub) => this.run(sub, true)) || refuse(quiet);
      case "perm":
        return this.perm(check, quiet);
      case "perm-modify":
        return this.permModify(this.fill(rest[0] as string), quiet);
      case "userid-param":
        return this.useridParam(rest[0] as string, quiet);
      case "userid-group":
        return this.useridGroup(check, quiet);
      default:
        throw die(`unknown permission test ${test}`);
    }
  }

  private perm(check: Check, quiet: boolean): boolean {
    const [, template, privileges, ...pairs] = check as readonly [string, string, string[], ...unknown[]];
    const options = asOptions(pairs);
    const required = options["require_param"];
    if (required !== undefined && this.params[required] === undefined) return refuse(quiet);
    const path = normalisePath(this.fill(template)) ?? "";
    const granted = options["any"] ? this.rights.hasAny(path, ...privileges) : this.rights.has(path, ...privileges);
    if (granted || quiet) return granted;
    if (options["any"]) this.rights.checkAny(path, ...privileges);
    else this.rights.check(path, ...privileges);
    return true;
  }

  private permModify(wanted: string, quiet: boolean): boolean {
    const path = normalisePath(wanted);
    if (path === undefined) return refuse(quiet);
    const privileges = ["Permissions.Modify"];
    if (/^\/storage\/./.test(path)) privileges.push("Datastore.Allocate");
    else if (/^\/vms\/./.test(path)) privileges.push("VM.Allocate");
    else if (/^\/pool\/./.test(path)) privileges.push("Pool.Allocate");
    if (!quiet) this.rights.checkAny(path, ...privileges);
    return this.rights.hasAny(path, ...privileges);
  }

  private useridParam(test: string, quiet: boolean): boolean {
    const userid = text(this.params["userid"]);
    const realm = /^[^\s:/]+@([A-Za-z][A-Za-z0-9.\-_]+)$/.exec(userid)?.[1];
    if (realm === undefined) throw die(`value '${userid}' does not look like a valid user name`);
    if (test === "self") return (this.userExists(userid, quiet) && this.rights.user === userid) || refuse(quiet);
    const path = `/access/realm/${realm}`;
    if (!quiet) this.rights.check(path, "Realm.AllocateUser");
    return this.rights.has(path, "Realm.AllocateUser");
  }

  private useridGroup(check: Check, quiet: boolean): boolean {
    const [, privileges, ...pairs] = check as readonly [string, string[], ...unknown[]];
    const groupsParam = asOptions(pairs)["groups_param"];
    const userid = text(this.params["userid"]);
    const existing = groupsParam !== "create";
    if (existing && !this.userExists(userid, quiet)) return false;
    if (this.rights.hasAny("/access/groups", ...privileges)) return true;
    const names = Object.keys(this.access.groups);
    const allowed = names.filter((group) => this.rights.hasAny(`/access/groups/${group}`, ...privileges));
    if (groupsParam !== undefined) {
      const wanted = splitList(text(this.params["groups"] ?? ""));
      if (wanted.length === 0) throw denied(`/access/groups, ${privileges.join("|")}`);
      for (const group of wanted) {
        if (!allowed.includes(group)) throw denied(`/access/groups/${group}, ${privileges.join("|")}`);
      }
    }
    if (!existing) return true;
    return allowed.some((group) => this.access.groups[group]?.users.includes(userid)) || refuse(quiet);
  }

  private userExists(userid: string, quiet: boolean): boolean {
    if (this.access.users[userid]) return true;
    if (quiet) return false;
    throw new PveError(500, `no such user ('${userid}')\n`);
  }

  private fill(template: string): string {
    return template.replace(/\{(\w+)\}/g, (_, name: string) => text(this.params[name] ?? ""));
  }
}

function refuse(quiet: boolean): boolean {
  if (quiet) return false;
  throw denied();
}

/** Options follow as `name, value, name, value`. */
function asOptions(pairs: readonly unknown[]): Record<string, string | undefined> {
  const options: Record<string, string | undefined> = {};
  for (let i = 0; i + 1 < pairs.length; i += 2) options[String(pairs[i])] = String(pairs[i + 1]);
  return options;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}
