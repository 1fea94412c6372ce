import { privilegesOf } from "./roles.js";
import { denied } from "./errors.js";
import type { Access, Acl, Pool } from "./world/access.js";
import type { Cluster } from "./world/world.js";

/** Privileges with their propagation flag. */
type Privileges = Readonly<Record<string, number>>;

/**
 * What one caller may do. Facts: PVE/RPCEnvironment.pm and `roles` in PVE/AccessControl.pm. Deeper paths replace
 * inherited roles, a user's entries replace those of their groups, NoAccess wins, a pool's roles reach its members.
 */
export class Rights {
  private readonly access: Access;
  private readonly pools: Readonly<Record<string, Pool>>;
  /** What root may do; lists ask for it once per guest. */
  private everything: Privileges | undefined;

  constructor(
    cluster: Cluster,
    /** `user@realm` or `user@realm!token`. */
    readonly user: string,
  ) {
    this.access = cluster.access;
    this.pools = cluster.pools;
  }

  /** The privileges on a path; `user` defaults to the caller. */
  on(path: string, user = this.user): Privileges {
    if (user === "root@pam") return (this.everything ??= all(privilegesOf(this.access, "Administrator")));
    const [owner = "", tokenid] = user.split("!");
    if (tokenid === undefined) return this.access.users[owner] ? this.compiled(user, path) : {};
    const token = this.access.users[owner]?.tokens[tokenid];
    if (!token) return {};
    const ofOwner = this.on(path, owner);
    if (!token.privsep) return ofOwner;
    const own = this.compiled(user, path);
    const both = Object.keys(own).filter((privilege) => ofOwner[privilege] !== undefined);
    return Object.fromEntries(both.map((p) => [p, ofOwner[p] && own[p] ? 1 : 0]));
  }

  has(path: string, ...privileges: string[]): boolean {
    const own = this.on(path);
    return privileges.every((privilege) => own[privilege] !== undefined);
  }

  hasAny(path: string, ...privileges: string[]): boolean {
    const own = this.on(path);
    return privileges.some((privilege) => own[privilege] !== undefined);
  }

  /** Throws 403 naming the first missing privilege. */
  check(path: string, ...privileges: string[]): void {
    const own = this.on(path);
    for (const privilege of privileges) if (own[privilege] === undefined) throw denied(`${path}, ${privilege}`);
  }

  /** Throws 403 unless one of the privileges is there. */
  checkAny(path: string, ...privileges: string[]): void {
    if (!this.hasAny(path, ...privileges)) throw denied(`${path}, ${privileges.join("|")}`);
  }

  /** A guest's privileges may also come from the pool that it is (or is to be) in. */
  hasVm(vmid: number | string, pool: string | undefined, ...privileges: string[]): boolean {
    return (pool !== undefined && this.has(`/pool/${pool}`, ...privileges)) || this.has(`/vms/${vmid}`, ...privileges);
  }

  checkVm(vmid: number | string, pool: string | undefined, ...privileges: string[]): void {
    if (pool !== undefined && this.has(`/pool/${pool}`, ...privileges)) return;
    this.check(`/vms/${vmid}`, ...privileges);
  }

  /** Access to a bridge: on itself or on one of its VLANs. */
  hasBridge(zone: string, bridge: string, ...privileges: string[]): boolean {
    const path = `/sdn/zones/${zone}/${bridge}`;
    if (this.hasAny(path, ...privileges)) return true;
    const vlans = this.access.acl.filter((acl) => acl.path.startsWith(`${path}/`)).map((acl) => acl.path);
    return vlans.some((vlan) => this.hasAny(vlan, ...privileges));
  }

  checkBridge(zone: string, bridge: string, ...privileges: string[]): void {
    if (!this.hasBridge(zone, bridge, ...privileges))
      throw denied(`/sdn/zones/${zone}/${bridge}, ${privileges.join("|")}`);
  }

  checkPoolExists(pool: string): void {
    if (!this.pools[pool]) throw denied(`pool '${pool}' does not exist`);
  }

  /** Whether the caller is root@pam itself, not one of its tokens. */
  get isRoot(): boolean {
    return this.user === "root@pam";
  }

  private compiled(user: string, path: string): Privileges {
    const roles: Record<string, number> = this.roles(user, path);
    const fromPools = this.poolRoles(user, path);
    if (roles["NoAccess"] === undefined && fromPools.length > 0) {
      if (fromPools.includes("NoAccess")) return {};
      for (const role of fromPools) roles[role] ??= 0;
    }
    const privileges: Record<string, number> = {};
    for (const [role, propagate] of Object.entries(roles)) {
      for (const p of privilegesOf(this.access, role)) privileges[p] = privileges[p] || propagate;
    }
    return privileges;
  }

  private poolRoles(user: string, path: string): string[] {
    const member = /^\/(vms|storage)\/([^/]+)$/.exec(path);
    if (!member) return [];
    const [, kind, id = ""] = member;
    return Object.entries(this.pools)
      .filter(([, pool]) => (kind === "vms" ? pool.vms.includes(Number(id)) : pool.storage.includes(id)))
      .flatMap(([name]) => Object.keys(this.roles(user, `/pool/${name}`)));
  }

  private roles(user: string, path: string): Record<string, number> {
    const parts = path.split("/").filter(Boolean);
    const kind = user.includes("!") ? "token" : "user";
    let roles: Record<string, number> = {};
    for (let depth = 0; depth <= parts.length; depth++) {
      const here = `/${parts.slice(0, depth).join("/")}`;
      const final = depth === parts.length;
      const entries = this.access.acl.filter((acl) => acl.path === here && (final || acl.propagate));
      const own = entries.filter((acl) => acl.type === kind && acl.ugid === user);
      if (own.length > 0) {
        roles = asRoles(own);
        continue;
      }
      if (kind === "token") continue;
      const groups = entries.filter((a) => a.type === "group" && this.access.groups[a.ugid]?.users.includes(user));
      if (groups.length > 0) roles = asRoles(groups);
    }
    return roles["NoAccess"] === undefined ? roles : { NoAccess: roles["NoAccess"] };
  }
}

const all = (privileges: readonly string[]): Privileges => Object.fromEntries(privileges.map((name) => [name, 1]));

function asRoles(entries: readonly Acl[]): Record<string, number> {
  if (entries.some((acl) => acl.roleid === "NoAccess")) return { NoAccess: 0 };
  return Object.fromEntries(entries.map((acl) => [acl.roleid, acl.propagate]));
}
