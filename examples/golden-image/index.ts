import { GoldenImage, Vm } from "pulumi-proxmox-cluster";

// A change of anything here builds a new version beside the old one; clones of the old one live on.
const web = new GoldenImage("web", {
  node: "pve1",
  image: { image: "debian-12", storage: "local" },
  disk: { storage: "local-lvm", sizeGiB: 8 },
  cores: 2,
  memoryMiB: 2048,
  networks: [{ bridge: "vmbr0" }],
  cloudInit: { user: "admin", addresses: [{ address: "dhcp" }] },
  provision: [
    { run: "apt-get update && apt-get install -y nginx", timeout: "15m" },
    { file: { path: "/etc/nginx/conf.d/site.conf", source: "files/site.conf" } },
  ],
  verify: ["nginx -t"],
});

const vms = ["web-1", "web-2"].map(
  (name) =>
    new Vm(name, {
      source: { clone: { template: web.vmid, full: false } },
      networks: [{ bridge: "vmbr0" }],
      cloudInit: { user: "admin", addresses: [{ address: "dhcp" }] },
    }),
);

export const version = web.content;
export const ips = vms.map((vm) => vm.ips);
