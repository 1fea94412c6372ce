import { makes } from "../checks/made-here";
import type { Pve } from "../kernel/session/pve-session";
import { named } from "../kernel/named";
import type { Session } from "../kernel/session/session";
import { wire } from "../../pve";
import { aclEntries, inWords } from "./acl-entries";
import { checkPrivileges, knownRoles, onThisVersion, roleRows } from "./known-roles";
import { lossOfOurs, otherwise } from "./ourselves";
import { samePrivileges, translated } from "./privileges.model";
import { roleModel, type RoleInputs } from "./role.model";
import { userConfig } from "./user-config";

interface RoleOutputs {
  readonly roleId: string;
}

interface Role {
  readonly privileges: ReadonlySet<string>;
  readonly builtIn: boolean;
  /** All privileges of this version. */
  readonly known: ReadonlySet<string> | undefined;
}

/** Why a role must not get these privileges: the stack works by others of it. */
async function takesFromUs(pve: Pve, roleId: string, privileges: readonly string[]): Promise<string | undefined> {
  const loss = await lossOfOurs(pve, (rules) => ({
    ...rules,
    roles: new Map([...rules.roles, [roleId, new Set(privileges)]]),
  }));
  return loss && `this takes ${loss}; nothing was changed. Leave the privilege in, or ${otherwise}`;
}

export const roleProvider = (session: Session) =>
  named<RoleInputs, RoleOutputs, Role>(
    {
      kind: "Role",
      noun: "role",
      name: "roleId",
      model: roleModel,
      outputs: ["roleId"],
      timeouts: { create: "2m", update: "2m", delete: "2m", read: "2m" },
      lock: userConfig,
      async list(pve) {
        const { privileges: known } = await knownRoles(pve);
        const rows = await roleRows(pve);
        return new Map(
          rows.map(({ roleid, privileges, special }) => [roleid, { privileges, builtIn: special, known }]),
        );
      },
      async read(pve, roleId) {
        const { privileges: known, builtIn } = await knownRoles(pve);
        // A role that allows nothing is an empty object.
        const privileges = Object.keys(wire.object(await pve.api.access.roles.$(roleId).$get()));
        return { privileges: new Set(privileges), builtIn: builtIn.has(roleId), known };
      },
      at: ({ roleId }) => ({ roleId }),
      live: ({ privileges }, at, wanted) => ({
        inputs: { ...wanted, roleId: at.roleId, privileges: [...privileges].sort() },
        outputs: at,
      }),
      async create(pve, { roleId, privileges }) {
        const privs = await onThisVersion(pve, privileges);
        await pve.api.access.roles.$post({ roleid: roleId, ...(privs.length > 0 ? { privs: privs.join(",") } : {}) });
      },
      change({ privileges, known }, inputs) {
        const wanted = translated(inputs.privileges, known);
        if (wanted.unknown.length === 0 && samePrivileges(wanted.privileges, [...privileges])) return undefined;
        // Without `privs` the role would be left with nothing; the empty list means that.
        return { privs: [...wanted.privileges, ...wanted.unknown].join(",") };
      },
      async update(pve, roleId, { privs }) {
        const taken = await takesFromUs(pve, roleId, String(privs).split(",").filter(Boolean));
        if (taken !== undefined) throw new Error(`role ${roleId}: ${taken}`);
        await pve.api.access.roles.$(roleId).$put(privs === "" ? {} : { privs });
      },
      remove: (pve, roleId) => pve.api.access.roles.$(roleId).$delete(),
      /** Proxmox would drop every entry with the role. */
      async inUse(pve, roleId) {
        const given = (await aclEntries(pve)).filter(({ roleid }) => roleid === roleId);
        if (given.length === 0) return undefined;
        return (
          `role ${roleId} is still given: ${given.map(inWords).join("; ")}; nothing was deleted. Take these entries away ` +
          "first, or keep the role (retainOnDelete)"
        );
      },
      differences: (_inputs, { builtIn }) => (builtIn ? ["privileges are Proxmox's own, which are never changed"] : []),
      detail: ({ builtIn }) => (builtIn ? "Proxmox's own" : "added"),
      isAsSent: ({ privileges }, role) =>
        samePrivileges(translated(privileges, role.known).privileges, [...role.privileges]),
      async inspect(pve, call, { roleId, privileges, adopt }, was) {
        if (roleId !== undefined) makes(pve, "role", roleId);
        if (privileges === undefined) return [];
        const problems = await checkPrivileges(pve, call, privileges, "privileges");
        const isLess = was ? was.privileges?.some((one) => !privileges.includes(one)) : adopt;
        if (!isLess || problems.length > 0 || roleId === undefined) return problems;
        const { privileges: known } = await knownRoles(pve);
        const taken = await takesFromUs(pve, roleId, translated(privileges, known).privileges);
        return taken === undefined ? [] : [{ path: "privileges", message: taken }];
      },
    },
    session,
  );
