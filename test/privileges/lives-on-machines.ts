import type { Properties } from "../support/plugin";
import type { Life } from "./lives";

/** Lives of kinds that are changed by a node's shell, or with its networks. */
export const livesOnMachines: Readonly<Record<string, Life>> = {
  NetworkPort: { name: "port", args: { node: "pve1", name: "eno2", autostart: true }, change: { comment: "more" } },
  Sysctl: {
    name: "tuning",
    args: { node: "pve1", values: { "vm.swappiness": 10 } },
    change: { values: { "vm.swappiness": 20 } },
  },
  SystemPackage: {
    name: "editor",
    args: { node: "pve1", packages: ["htop"], removeOnDelete: true },
    // What the node has no subscription for would keep it from refreshing its lists.
    before: async (root) => {
      for (const handle of ["enterprise", "ceph-squid-enterprise"])
        await root.create("AptRepository", handle, { node: "pve1", handle, enabled: false });
    },
  },
  SystemUser: { name: "bob", args: { node: "pve1", comment: "Bob" }, change: { comment: "Bob B." } },
};

const onFoxtrot = (name: string, more: Properties = {}, change: Properties = {}): Life => ({
  name,
  args: { node: "foxtrot", ...more },
  change,
  machines: "ceph",
});

/** Lives on three nodes with Ceph's daemons and OSDs. */
export const livesInCeph: Readonly<Record<string, Life>> = {
  CephClient: onFoxtrot("backup", { caps: { mon: "profile rbd" } }, { caps: { mon: "profile rbd", mgr: "allow rw" } }),
  CephCrushRule: onFoxtrot("nvme", { deviceClass: "nvme", failureDomain: "osd" }),
  CephErasureProfile: onFoxtrot("wide", { k: 2, m: 1, failureDomain: "host" }),
  CephFlag: { name: "noout", args: {}, machines: "ceph" },
  CephFs: {
    ...onFoxtrot("shared", { pgNum: 32, removal: { acceptDataLoss: "shared" } }),
    before: async (root) => void (await root.create("CephMds", "golf", { node: "golf" })),
  },
  CephManagerModule: onFoxtrot("prometheus"),
  CephMds: { name: "golf", args: { node: "golf" }, machines: "ceph" },
  CephOptions: onFoxtrot(
    "ceph",
    { options: { osd: { osd_memory_target: "6G" } } },
    { options: { osd: { osd_memory_target: "5G" } } },
  ),
  CephPool: onFoxtrot("vm_ssd", { pgNum: 32 }, { pgNum: 64 }),
  "CephPool with its storages": onFoxtrot("vm_ssd", { pgNum: 32, addStorages: true }),
};
