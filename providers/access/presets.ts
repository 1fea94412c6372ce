/**
 * Privileges for usual tasks, for a `Role` or a `TerraformUser`: `new Role("monitoring", { privileges: presets.monitoring })`.
 * `VM.Monitor` among them is what the version of Proxmox VE calls it: on 9 the role gets `Sys.Audit` and
 * `VM.GuestAgent.Audit`.
 */
export const presets = {
  /** What Terraform needs for VMs, containers, templates, images and pools; neither consoles, snapshots, backups nor rights. */
  terraform: [
    ...["Datastore.Allocate", "Datastore.AllocateSpace", "Datastore.AllocateTemplate", "Datastore.Audit"],
    ...["Pool.Allocate", "Sys.Audit", "Sys.Console", "Sys.Modify", "SDN.Use"],
    ...["VM.Allocate", "VM.Audit", "VM.Clone", "VM.Config.CDROM", "VM.Config.Cloudinit", "VM.Config.CPU"],
    ...["VM.Config.Disk", "VM.Config.HWType", "VM.Config.Memory", "VM.Config.Network", "VM.Config.Options"],
    ...["VM.Migrate", "VM.Monitor", "VM.PowerMgmt", "User.Modify"],
  ],
  /** Looks at everything, and changes nothing: exporters and dashboards. */
  monitoring: ["Datastore.Audit", "Sys.Audit", "VM.Audit", "VM.Monitor"],
  /** What a preview looks at, and nothing to change it with: for a token of reviews, on `/`. */
  preview: ["Datastore.Audit", "Mapping.Audit", "Pool.Audit", "SDN.Audit", "Sys.Audit", "VM.Audit", "VM.Monitor"],
  /** Sees guests, starts and stops them, and opens their consoles. */
  vmOperator: ["VM.Audit", "VM.Console", "VM.Monitor", "VM.PowerMgmt"],
  /** What this library needs for images, templates and VMs. */
  pulumi: [
    ...["Datastore.Allocate", "Datastore.AllocateSpace", "Datastore.AllocateTemplate", "SDN.Use"],
    ...["Sys.AccessNetwork", "Sys.Audit", "VM.Allocate", "VM.Audit", "VM.Clone", "VM.Config.CPU", "VM.Config.Disk"],
    ...["VM.Config.HWType", "VM.Config.Memory", "VM.Config.Network", "VM.Config.Options", "VM.Monitor", "VM.PowerMgmt"],
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** What an account for Terraform may do as root by sudo. Whoever may run `qm` with any arguments is as good as root. */
export const terraformSudoRules: readonly string[] = [
  ...["/sbin/pvesm", "/usr/sbin/pvesm", "/sbin/qm", "/usr/sbin/qm"],
  "/usr/bin/tee ^/var/lib/vz/snippets/[a-zA-Z0-9_][a-zA-Z0-9_.-]*$",
];
