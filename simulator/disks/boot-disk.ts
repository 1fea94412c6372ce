import type { Partition } from "../world/disk.js";

const MiB = 2 ** 20;
const GiB = 2 ** 30;

/** What Proxmox's installer makes of the boot disk with LVM: 1007 KiB for GRUB, 1 GiB for EFI, the rest for group `pve`. */
export function bootPartitions(size: number): Partition[] {
  return [
    { number: 1, size: 1007 * 1024, kind: "BIOS boot" },
    { number: 2, size: GiB, kind: "EFI", holds: { kind: "filesystem", type: "vfat", uuid: "F00D-0001" } },
    { number: 3, size: Math.floor(size - GiB - 2 * MiB), holds: { kind: "lvm", vg: "pve" } },
  ];
}
