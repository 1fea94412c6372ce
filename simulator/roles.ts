import type { Access } from "./world/access.js";

const auditing = [
  "Datastore.Audit",
  "Mapping.Audit",
  "Pool.Audit",
  "SDN.Audit",
  "Sys.Audit",
  "VM.Audit",
  "VM.GuestAgent.Audit",
];
const vmUser = [
  ...["VM.Audit", "VM.Backup", "VM.Config.CDROM", "VM.Config.Cloudinit", "VM.Console", "VM.GuestAgent.Audit"],
  ...["VM.GuestAgent.FileRead", "VM.GuestAgent.FileSystemMgmt", "VM.GuestAgent.FileWrite", "VM.PowerMgmt"],
];
const vmAdmin = [
  ...vmUser,
  ...["VM.Allocate", "VM.Clone", "VM.Config.CPU", "VM.Config.Disk", "VM.Config.HWType", "VM.Config.Memory"],
  ...["VM.Config.Network", "VM.Config.Options", "VM.GuestAgent.Unrestricted", "VM.Migrate", "VM.Replicate"],
  ...["VM.Snapshot", "VM.Snapshot.Rollback"],
].sort();
const datastoreAdmin = [
  "Datastore.Allocate",
  "Datastore.AllocateSpace",
  "Datastore.AllocateTemplate",
  "Datastore.Audit",
];
const sysAdmin = ["Sys.Audit", "Sys.Console", "Sys.Syslog"];
const admin = [
  ...datastoreAdmin,
  ...["Group.Allocate", "Mapping.Audit", "Mapping.Use", "Pool.Allocate", "Pool.Audit", "Realm.AllocateUser"],
  ...["SDN.Allocate", "SDN.Audit", "SDN.Use", ...sysAdmin, "User.Modify", ...vmAdmin],
].sort();

/** The roles that Proxmox VE 9.2 comes with (world.json of the recordings). */
export const builtinRoles: Readonly<Record<string, readonly string[]>> = {
  Administrator: [
    ...admin,
    ...["Mapping.Modify", "Permissions.Modify", "Realm.Allocate"],
    ...["Sys.AccessNetwork", "Sys.Incoming", "Sys.Modify", "Sys.PowerMgmt"],
  ].sort(),
  NoAccess: [],
  PVEAdmin: admin,
  PVEAuditor: auditing,
  PVEDatastoreAdmin: datastoreAdmin,
  PVEDatastoreUser: ["Datastore.AllocateSpace", "Datastore.Audit"],
  PVEMappingAdmin: ["Mapping.Audit", "Mapping.Modify", "Mapping.Use"],
  PVEMappingUser: ["Mapping.Audit", "Mapping.Use"],
  PVEPoolAdmin: ["Pool.Allocate", "Pool.Audit"],
  PVEPoolUser: ["Pool.Audit"],
  PVESDNAdmin: ["SDN.Allocate", "SDN.Audit", "SDN.Use"],
  PVESDNUser: ["SDN.Audit", "SDN.Use"],
  PVESysAdmin: sysAdmin,
  PVETemplateUser: ["VM.Audit", "VM.Clone"],
  PVEUserAdmin: ["Group.Allocate", "Realm.AllocateUser", "User.Modify"],
  PVEVMAdmin: vmAdmin,
  PVEVMUser: vmUser,
};

/** Every privilege there is. */
export const allPrivileges: readonly string[] = builtinRoles["Administrator"] ?? [];

export function privilegesOf(access: Access, role: string): readonly string[] {
  return builtinRoles[role] ?? access.roles[role] ?? [];
}

export function roleExists(access: Access, role: string): boolean {
  return builtinRoles[role] !== undefined || access.roles[role] !== undefined;
}
