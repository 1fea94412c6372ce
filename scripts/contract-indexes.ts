// How many keys an indexed option has; the published schema says `net[n]` and leaves the bound out.
const counts: Readonly<Record<string, number>> = {
  // PVE/Corosync.pm: links 0 to 7
  "link[n]": 8,
  // PVE/NodeConfig.pm: MAXDOMAINS 5, counted from 0
  "acmedomain[n]": 6,
  // PVE/QemuServer/Drive.pm, PVE/QemuServer.pm, PVE/QemuServer/{PCI,USB,Memory}.pm
  ...{ "ide[n]": 4, "sata[n]": 6, "scsi[n]": 31, "virtio[n]": 16, "unused[n]": 256, "net[n]": 32, "ipconfig[n]": 32 },
  ...{ "usb[n]": 14, "hostpci[n]": 16, "parallel[n]": 3, "serial[n]": 4, "numa[n]": 8, "virtiofs[n]": 10 },
  // PVE/LXC/Config.pm: MAX_MOUNT_POINTS 256, MAX_DEVICES 256
  ...{ "mp[n]": 256, "dev[n]": 256 },
};

export function indexedKeyCount(template: string, name: string): number {
  // PVE/LXC/Config.pm: MAX_LXC_NETWORKS 32, and unused[n] as many as mount points
  const count = counts[name];
  if (count === undefined) throw new Error(`${template}: no known number of ${name}`);
  return count;
}
