import fs from "node:fs";
import path from "node:path";
import type { Simulator } from "../../simulator";
import { bareConfig, matrixNodes, rootOf } from "./bare-nodes";
import { image } from "./lab";
import { installTarball, makeProject } from "./project";
import { TestStack } from "./stack";

/** Three bare machines to a VM on Ceph, as somebody writes it who has nothing but the package. */
const program = `"use strict";
const pulumi = require("@pulumi/pulumi");
const { ApiToken, CloudImage, ProxmoxCluster, User, Vm } = require("pulumi-proxmox-cluster");

const config = new pulumi.Config("app");
const disks = config.requireObject("disks");
const storing = ["foxtrot", "golf", "hotel"];
const octets = { foxtrot: 5, golf: 6, hotel: 7, ...(config.getBoolean("fourth") ? { india: 8 } : {}) };
const replaces = config.get("replaces");
const lost = config.get("acceptDataLoss");
// The simulator's clock runs faster than ours, and so does the timer that would put the old network back.
const slowly = (args) => { args.restoreAfter = "20m"; };
const cluster = new ProxmoxCluster("matrix", {
  nodes: Object.fromEntries(Object.entries(octets).map(([node, hostOctet]) =>
    [node, {
      variables: { hostOctet },
      ...(disks[node] ? { ceph: { osds: disks[node] } } : {}),
      ...(node === "india" && replaces ? { cluster: { replaces } } : {}),
    }])),
  host: { repositories: { enterprise: false, "no-subscription": true }, timeZone: "Europe/Berlin" },
  network: {
    bridges: {
      vmbr0: { adopt: true, ports: ["enp4s0"], address: "192.168.3.{{hostOctet}}/24", gateway: "192.168.3.1", vlanAware: true, vlanIds: [9] },
      vmbr1: { ports: ["enp5s0f0np0"], address: "192.168.5.{{hostOctet}}/24", probeOthers: true },
      vmbr2: { ports: ["enp5s0f1np1"], address: "192.168.7.{{hostOctet}}/24", probeOthers: true },
    },
    vlans: { vlan9: { parent: "vmbr0", vlanId: 9, address: "192.168.8.{{hostOctet}}/24", probeOthers: true } },
  },
  cluster: { name: "Matrix", links: { 0: "192.168.8.{{hostOctet}}" } },
  ceph: {
    release: "squid", repository: "no-subscription",
    publicNetwork: "192.168.5.0/24", clusterNetwork: "192.168.7.0/24",
    monitors: storing, managers: storing,
    osd: { osdsPerDevice: 2, deviceClass: "nvme" },
    pools: {
      vm_ssd: { size: 3, minSize: 2, pgNum: 128, addStorages: true },
      vm_containers: {
        size: 3, minSize: 2, pgNum: 64, addStorages: true,
        ...(lost ? { removal: { acceptDataLoss: lost } } : {}),
      },
    },
    retainOnDelete: config.getBoolean("keep") ?? true,
  },
  transform: { bridge: slowly, vlan: slowly },
});
const image = new CloudImage("debian",
  { ...config.requireObject("image"), node: "foxtrot", storage: "local" }, { dependsOn: cluster.cluster });
const web = new Vm("web", {
  node: "foxtrot", source: { imageVolumeId: image.volumeId }, cores: 1, memoryMiB: config.getNumber("memoryMiB") ?? 512,
  disks: [{ storage: "vm_ssd", sizeGiB: 4 }],
}, { dependsOn: cluster });
if (config.get("rotation")) {
  const user = new User("ci@pve", {}, { dependsOn: cluster.cluster });
  const token = new ApiToken("ci", { user: user.userId, rotationTrigger: config.get("rotation"), overlap: "5m" });
  exports.tokenId = token.fullTokenId;
}
exports.vmid = web.vmid;
`;

/** A folder elsewhere with that program and the packed library. */
export function clusterProject(): string {
  const project = makeProject(installTarball);
  fs.writeFileSync(path.join(project, "program.js"), program);
  return project;
}

/** What Ceph is to have: two disks of each machine, by their serial numbers. */
export const osdDisks = (sim: Simulator): Record<string, Record<string, { serial: string; device: string }>> =>
  Object.fromEntries(
    matrixNodes.map((node) => [
      node,
      Object.fromEntries(
        (sim.world.nodes[node]?.hardware.disks ?? [])
          .filter(({ devpath }) => /nvme[12]n1$/.test(devpath))
          .map(({ devpath, serial = "" }) => [path.basename(devpath), { serial, device: devpath }]),
      ),
    ]),
  );

/** Config and environment of a stack on these machines; passwords by reference. */
export function clusterSettings(sim: Simulator): { config: Record<string, unknown>; env: Record<string, string> } {
  const { "proxmox:password": _, "proxmox:tokenSecret": __, "proxmox:nodes": nodes, ...config } = bareConfig(sim);
  const named = Object.entries(nodes as Record<string, object>).map(([name, one]) => [
    name,
    { ...one, password: `secret:ROOT_${name}` },
  ]);
  return {
    config: {
      ...config,
      "proxmox:nodes": Object.fromEntries(named) as object,
      "proxmox:vmids": "2000-2999",
      "app:disks": osdDisks(sim),
      "app:image": { url: image.url, checksum: image.checksum },
    },
    env: {
      PROXMOX_PASSWORD: rootOf(matrixNodes[0] ?? ""),
      PROXMOX_TOKEN_SECRET: sim.token.secret,
      ...Object.fromEntries(sim.nodes.map(({ name }) => [`ROOT_${name}`, rootOf(name)])),
    },
  };
}

export const clusterStack = (sim: Simulator, project: string): Promise<TestStack> =>
  TestStack.create({ project, ...clusterSettings(sim) });
