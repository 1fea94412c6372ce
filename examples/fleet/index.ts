import { CloudImage, Fleet, Template } from "pulumi-proxmox-cluster";

const image = new CloudImage("debian", { image: "debian-12", node: "pve1", storage: "local" });

const template = new Template("debian-12", {
  node: "pve1",
  imageVolumeId: image.volumeId,
  disk: { storage: "local-lvm", sizeGiB: 8 },
  networks: [{ bridge: "vmbr0" }],
  cloudInit: { user: "admin" },
});

// What all machines have in common; machines.csv has a line for each with what it has of its own.
const machines = new Fleet("machines", {
  tableFile: "machines.csv",
  gateway: "10.0.0.1",
  vm: {
    source: { clone: { template: template.vmid } },
    // The table tells the size of each machine's disk, `diskGiB`.
    disks: [{ storage: "local-lvm" }],
    networks: [{ bridge: "vmbr0" }],
    cloudInit: { user: "admin" },
  },
});

export const inventory = machines.inventory;
