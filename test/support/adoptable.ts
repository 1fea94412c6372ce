import assert from "node:assert/strict";
import { threeNodes } from "./three-nodes";
import type { World } from "../../simulator";

/** The uuid of guest 100. */
export const uuid = "3f2b9c1e-0a4d-4a9e-8c39-5f1f2a6d7e80";
const other = "<!-- pulumi-proxmox-cluster owner=0123456789abcdef01234567 -->";

/** Guests that others have made: `shop` (100), one with another owner's mark, two of one name, and a template. */
export function adoptableWorld(): World {
  const world = threeNodes();
  const [cluster] = Object.values(world.clusters);
  assert.ok(cluster);
  const volume = (size: number) => ({ format: "raw", size, bytes: size, data: 0, ctime: 0, os: { agent: true } });
  const store = (world.nodes["golf"]?.volumes ?? {}) as Record<string, Record<string, ReturnType<typeof volume>>>;
  const thin = (store["lvmthin:pve/data"] ??= {});
  const guest = (vmid: number, name: string, config: Record<string, string>) => {
    for (const text of Object.values(config)) {
      const [, key] = /^local-lvm:([^,]+)/.exec(text) ?? [];
      if (key !== undefined) thin[key] = volume(2 ** 32);
    }
    const smbios1 = `uuid=${vmid === 100 ? uuid : uuid.replace(/^3f/, "4f")}`;
    cluster.guests[String(vmid)] = {
      ...{ vmid, type: "qemu", node: "golf", pending: {}, pendingDelete: {}, snapshots: {} },
      config: { name, smbios1, ...config },
    };
  };
  guest(100, "shop", {
    bios: "ovmf",
    cores: "2",
    memory: "1024",
    net0: "virtio=BC:24:11:00:00:01,bridge=vmbr0",
    efidisk0: "local-lvm:vm-100-disk-0,efitype=4m,size=4M",
    scsi0: "local-lvm:vm-100-disk-1,size=4G",
    scsi3: "local-lvm:vm-100-disk-2,size=4G",
    ide2: "local-lvm:vm-100-cloudinit,media=cdrom",
    description: "runs the shop",
    boot: "order=scsi0",
  });
  guest(101, "theirs", { description: other });
  guest(102, "twin", {});
  guest(103, "twin", {});
  guest(104, "golden", { template: "1", scsi0: "local-lvm:base-104-disk-0,size=4G" });
  return world;
}
