import * as pulumi from "@pulumi/pulumi";
import { NodeTemplates } from "../components/node-templates";
import { Vm, type CloudImageArgs } from "../index";

/** Facts of the matrix cluster: three MINISFORUM MS-A2 with 16 cores and 64 GiB, management on vmbr0. */
const nodes = ["foxtrot", "golf", "hotel"] as const;
const management = { bridge: "vmbr0", gateway: "192.168.3.1", nameserver: "192.168.3.1" };

/** Examples: which VMs the cluster really runs is not known. Addresses .10 to .199 are free for VMs. */
const vms = [
  { name: "web-1", node: "foxtrot", address: "192.168.3.21/24", cores: 2, memoryMiB: 2048 },
  { name: "web-2", node: "golf", address: "192.168.3.22/24", cores: 2, memoryMiB: 2048 },
  { name: "db-1", node: "hotel", address: "192.168.3.23/24", cores: 4, memoryMiB: 8192 },
] as const satisfies readonly {
  name: string;
  node: (typeof nodes)[number];
  address: string;
  cores: number;
  memoryMiB: number;
}[];

export function matrix(): Record<string, unknown> {
  const config = new pulumi.Config();
  const diskStorage = config.get("diskStorage") ?? "local-lvm";

  const { templates } = new NodeTemplates("debian-12", {
    nodes,
    image: { ...imageSource(config), storage: config.get("imageStorage") ?? "local" },
    template: {
      disk: { storage: diskStorage, sizeGiB: 8, discard: true, ssd: true },
      cores: 1,
      memoryMiB: 1024,
      cpu: "x86-64-v2-AES",
      osType: "l26",
      scsiController: "virtio-scsi-single",
      agent: true,
      serial: "socket",
      vga: "serial0",
      networks: [{ bridge: management.bridge }],
      cloudInit: { user: "admin" },
      tags: ["template", "debian"],
    },
  });

  const sshKeys = config.getObject<string[]>("sshKeys") ?? [];
  const made = vms.map(({ name, node, address, cores, memoryMiB }) => {
    const template = templates[node];
    if (!template) throw new Error(`no template for node ${node}`);
    return new Vm(name, {
      node,
      source: { clone: { template: template.vmid, full: false } },
      cores,
      memoryMiB,
      networks: [{ bridge: management.bridge }],
      cloudInit: {
        user: "admin",
        sshKeys,
        addresses: [{ address, gateway: management.gateway }],
        nameservers: [management.nameserver],
      },
      tags: ["example", "pulumi"],
    });
  });
  return { vms: made.map(({ name, node, vmid, ips }) => ({ name, node, vmid, ips })) };
}

/**
 * Debian 12 as its publisher has it now: the checksum is looked up, and a new release shows as new templates. Config:
 * `imageMirror` for a site without internet, `imageChecksum` to stay with one release, `imageUrl` for another image.
 */
function imageSource(config: pulumi.Config): Pick<CloudImageArgs, "image" | "mirror" | "url" | "checksum"> {
  const url = config.get("imageUrl");
  const mirror = config.get("imageMirror");
  const checksum = config.get("imageChecksum");
  return {
    ...(url === undefined ? { image: "debian-12" } : { url }),
    ...(mirror === undefined ? {} : { mirror }),
    ...(checksum === undefined ? {} : { checksum }),
  };
}
