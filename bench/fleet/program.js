// One image, one template, and `fleet:vms` VMs cloned from it; `fleet:started` and `fleet:full` are "true" or "false",
// `fleet:tags` a list with commas.
"use strict";
const pulumi = require("@pulumi/pulumi");
const { CloudImage, Template, Vm } = require("pulumi-proxmox-cluster");

const config = new pulumi.Config();
const full = config.requireBoolean("full");
const started = config.requireBoolean("started");
const tags = config.require("tags").split(",");

const image = new CloudImage("debian", {
  node: "pve1",
  storage: "local",
  url: config.require("imageUrl"),
  checksum: config.require("imageChecksum"),
});
const template = new Template("debian-12", {
  node: "pve1",
  imageVolumeId: image.volumeId,
  disk: { storage: "local-lvm", sizeGiB: 4 },
  agent: true,
  networks: [{ bridge: "vmbr0" }],
  cloudInit: { user: "admin" },
});
for (let index = 1; index <= config.requireNumber("vms"); index++)
  new Vm(`vm-${String(index).padStart(4, "0")}`, {
    source: { clone: { template: template.vmid, full } },
    started,
    cores: 2,
    memoryMiB: 64,
    networks: [{ bridge: "vmbr0" }],
    cloudInit: { user: "admin", addresses: [{ address: "dhcp" }] },
    tags,
  });
