import { CloudImage, secret, Vm } from "pulumi-proxmox-cluster";

const image = new CloudImage("debian", { image: "debian-12", node: "pve1", storage: "local" });

// The program and the state hold names alone; the values are looked up when they are sent.
const vm = new Vm("app-1", {
  node: "pve1",
  source: { imageVolumeId: image.volumeId },
  disks: [{ storage: "local-lvm", sizeGiB: 16 }],
  networks: [{ bridge: "vmbr0" }],
  cloudInit: { user: "admin", password: secret("ADMIN_PASSWORD"), addresses: [{ address: "dhcp" }] },
});

export const ips = vm.ips;
