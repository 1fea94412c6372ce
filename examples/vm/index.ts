import { readFileSync } from "node:fs";
import { CloudImage, Vm } from "pulumi-proxmox-cluster";

// The node downloads the image itself and verifies it by its publisher's checksum.
const image = new CloudImage("debian", { image: "debian-12", node: "pve1", storage: "local" });

const vm = new Vm("web-1", {
  node: "pve1",
  source: { imageVolumeId: image.volumeId },
  cores: 2,
  memoryMiB: 2048,
  disks: [{ storage: "local-lvm", sizeGiB: 16 }],
  networks: [{ bridge: "vmbr0" }],
  cloudInit: {
    user: "admin",
    sshKeys: [readFileSync("admin.pub", "utf8").trim()],
    addresses: [{ address: "dhcp" }],
  },
});

export const vmid = vm.vmid;
export const ips = vm.ips;
