import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { projectRoot } from "../../cli/project";
import { leastPrivilege, type DescribedResource } from "../../privileges";
import { presets } from "../../providers/access/presets";
import { type World } from "../../simulator";
import { Lab, labWorld, sshConfig } from "../support/lab";
import type { Properties } from "../support/plugin";
import { debianTemplate, downloadedDebian } from "../support/debian-12";

const readme = fs.readFileSync(path.join(projectRoot, "README.md"), "utf8");

/** The role that the README tells to create. */
function roleOfReadme(): string[] {
  const privileges = /^pveum role add PulumiVms --privs "([^"]+)"$/m.exec(readme)?.[1]?.split(" ");
  assert.ok(privileges, "README.md has no command that creates the role");
  return privileges;
}

/** What the role is for: the resources of the first example, with all that a VM usually has. */
const described: readonly DescribedResource[] = [
  { kind: "CloudImage", args: { node: "pve1", storage: "local", image: "debian-12" } },
  {
    kind: "Template",
    args: {
      node: "pve1",
      imageVolumeId: "local:import/debian-12.qcow2",
      disk: { storage: "local-lvm", sizeGiB: 8 },
      networks: [{ bridge: "vmbr0" }],
      agent: true,
      cloudInit: { user: "admin" },
    },
  },
  {
    kind: "Vm",
    args: {
      source: { clone: {} },
      ...{ cores: 2, memoryMiB: 2048, description: "web", tags: ["test"] },
      disks: [{ storage: "local-lvm", sizeGiB: 8 }],
      networks: [{ bridge: "vmbr0" }],
      cloudInit: { user: "admin", addresses: [{ address: "dhcp" }] },
    },
  },
];

/** The lab with the user, role and token that the README tells to create. */
function worldWith(
  privileges: readonly string[],
  paths: readonly string[],
  each: Readonly<Record<string, readonly string[]>> = {},
): World {
  const world = labWorld();
  const [cluster] = Object.values(world.clusters);
  assert.ok(cluster);
  const { access } = cluster;
  access.roles["PulumiVms"] = [...privileges];
  access.users["automation@pve"] = {
    enable: 1,
    expire: 0,
    tokens: { pulumi: { secret: "11111111-2222-3333-4444-555555555555", privsep: 0, expire: 0 } },
  };
  const user = { type: "user", ugid: "automation@pve" } as const;
  for (const acl of paths) access.acl.push({ path: acl, ...user, roleid: "PulumiVms", propagate: 1 });
  for (const [i, [own, privs]] of Object.entries(each).entries()) {
    access.roles[`Pulumi${i}`] = [...privs];
    access.acl.push({ path: own, ...user, roleid: `Pulumi${i}`, propagate: own === "/" ? 0 : 1 });
  }
  if (paths.length > 0 && !paths.includes("/")) {
    access.roles["PulumiAudit"] = ["Sys.Audit"];
    access.acl.push({ path: "/", ...user, roleid: "PulumiAudit", propagate: 0 });
  }
  return world;
}

/** Image, template and VM through everything that the engine asks for. */
async function live(
  privileges: readonly string[],
  paths: readonly string[] = ["/"],
  each: Readonly<Record<string, readonly string[]>> = {},
): Promise<void> {
  const lab = await Lab.start(
    { seed: worldWith(privileges, paths, each) },
    { "proxmox:tokenId": "automation@pve!pulumi", "proxmox:tokenSecret": "11111111-2222-3333-4444-555555555555" },
  );
  try {
    const file = await downloadedDebian(lab);
    const template = await debianTemplate(lab, file.properties["volumeId"]);
    const args: Properties = {
      source: { clone: { template: Number(template.id), full: false } },
      cores: 1,
      memoryMiB: 1024,
      disks: [{ storage: "local-lvm", sizeGiB: 5 }],
      networks: [{ bridge: "vmbr0" }],
      cloudInit: { user: "admin", addresses: [{ address: "dhcp" }] },
      tags: ["test"],
    };
    const vm = await lab.create("Vm", "web-1", args);
    assert.equal((vm.properties["ips"] as string[]).length, 1);
    const changed = {
      ...vm.inputs,
      cores: 2,
      memoryMiB: 2048,
      description: "web",
      disks: [{ storage: "local-lvm", sizeGiB: 6 }],
    };
    const { properties } = await lab.plugin.update("Vm", vm.id, vm.properties, changed);
    assert.equal((await lab.plugin.read("Vm", vm.id, properties)).id, vm.id);
    await lab.plugin.delete("Vm", vm.id, properties);
    await lab.plugin.delete("Template", template.id, template.properties);
    await lab.plugin.delete("CloudImage", file.id, file.properties);
    const [cluster] = Object.values(lab.sim.world.clusters);
    assert.deepEqual(cluster?.guests, {});
  } finally {
    await lab.close();
  }
}

/** A VM with own cloud-init data, made, changed and deleted. */
async function liveWithData(privileges: readonly string[], via: "iso" | "snippets"): Promise<void> {
  const lab = await Lab.start({ seed: worldWith(privileges, ["/"]) }, (sim) => ({
    ...sshConfig(sim),
    "proxmox:tokenId": "automation@pve!pulumi",
    "proxmox:tokenSecret": "11111111-2222-3333-4444-555555555555",
  }));
  try {
    const args = (text: string): Properties => ({
      node: "pve1",
      source: { empty: true },
      disks: [{ storage: "local-lvm", sizeGiB: 1 }],
      cloudInit: { userData: `#cloud-config\n# ${text}\n`, via },
    });
    const vm = await lab.create("Vm", "web-1", args("one"));
    const { properties } = await lab.plugin.update("Vm", vm.id, vm.properties, { ...vm.inputs, ...args("two") });
    await lab.plugin.delete("Vm", vm.id, properties);
    assert.deepEqual(Object.keys(lab.sim.world.nodes["pve1"]?.volumes["/var/lib/vz"] ?? {}), []);
  } finally {
    await lab.close();
  }
}

describe("the role in the README", function () {
  const privileges = roleOfReadme();

  it("is what the reckoning gives for these resources, as is the preset", () => {
    const { privileges: reckoned, rootOnly } = leastPrivilege(described);
    assert.deepEqual([...privileges].sort(), reckoned);
    assert.deepEqual(
      presets.pulumi.map((one) => (one === "VM.Monitor" ? "VM.GuestAgent.Audit" : one)).sort(),
      reckoned,
    );
    assert.deepEqual(rootOnly, []);
  });

  it("suffices for images, templates and VMs", () => live(privileges));

  it("suffices path by path, as it was reckoned", () => {
    const { paths } = leastPrivilege(described);
    return live([], [], paths);
  });

  it("suffices on the narrower paths too", () =>
    live(privileges, ["/vms", "/storage/local", "/storage/local-lvm", "/nodes/pve1", "/sdn/zones/localnetwork"]));

  it("suffices for own cloud-init data with what the README names besides", async () => {
    await liveWithData([...privileges, "VM.Config.Cloudinit"], "snippets");
    await assert.rejects(liveWithData(privileges, "snippets"), /VM\.Config\.Cloudinit/);
    await liveWithData([...privileges, "VM.Config.CDROM"], "iso");
    await assert.rejects(liveWithData(privileges, "iso"), /VM\.Config\.CDROM/);
  });

  for (const missing of privileges)
    it(`needs ${missing}`, () => assert.rejects(live(privileges.filter((one) => one !== missing))));
});
