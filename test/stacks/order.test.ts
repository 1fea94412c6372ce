import * as pulumi from "@pulumi/pulumi";
import { orderOf, type Registered } from "../support/dependency-graph";
import { stackOnMocks } from "../support/stack-on-mocks";

describe("the order of this repository's stacks, by what waits for what", () => {
  let registered: Registered[] = [];
  let stacks: Record<"matrix" | "doggos" | "nexus", () => unknown>;
  before(async () => {
    await stackOnMocks((one) => void registered.push(one), "pulumi-proxmox-cluster");
    stacks = {
      ...(require("../../stacks/matrix") as typeof import("../../stacks/matrix")),
      ...(require("../../stacks/doggos") as typeof import("../../stacks/doggos")),
      ...(require("../../stacks/nexus") as typeof import("../../stacks/nexus")),
    };
  });
  beforeEach(() => (registered = []));
  // Other tests of the process have a config of their own.
  afterEach(() => pulumi.runtime.setAllConfig({}));

  const common = {
    "proxmox:endpoints": '["https://10.0.0.1:8006"]',
    "proxmox:ca": "ca.pem",
    "proxmox:sshFingerprints": '["SHA256:x"]',
  };
  async function order(name: keyof typeof stacks, config: Record<string, string>) {
    pulumi.runtime.setAllConfig({ ...common, ...config });
    stacks[name]();
    return orderOf(registered);
  }
  /** Nodes one after the other, and nothing of a node waits for another thing of it. */
  const inTurn = ({ assertAfter, assertApart }: Awaited<ReturnType<typeof orderOf>>, kinds: string, nodes: string[]) =>
    nodes.forEach((node, at) => {
      const own = new RegExp(`^(?:${kinds}) ${node}-`);
      assertApart(own, own);
      if (at > 0) assertAfter(own, new RegExp(`^(?:${kinds}) ${nodes[at - 1]}-`));
    });

  it("matrix: repositories, networks node by node, the cluster, Ceph, templates, VMs", async () => {
    const disks = { nvme1n1: "A", nvme2n1: "B" };
    const osdSerials = JSON.stringify({ foxtrot: disks, golf: disks, hotel: disks });
    const found = await order("matrix", {
      "pulumi-proxmox-cluster:osdSerials": osdSerials,
      "pulumi-proxmox-cluster:terraformKeys": '["ssh-ed25519 AAAA"]',
    });
    const { assertAfter, assertApart } = found;
    inTurn(found, "Bridge|Vlan|NetworkPort", ["foxtrot", "golf", "hotel"]);
    assertApart(/^AptRepository golf-/, /^(AptRepository|Bridge) foxtrot-/);
    assertAfter(/^Cluster /, /^(AptRepository|Bridge|Vlan|NetworkPort|HostsEntries) /);
    assertAfter(/^(DatacenterOptions|CephInstall) /, /^Cluster /);
    assertApart(/^CephOsd /, /^DatacenterOptions /);
    assertApart(/^CephInstall golf/, /^CephInstall foxtrot/);
    assertAfter(/^CephMonitor /, /^CephConfig /);
    assertAfter(/^CephMonitor hotel/, /^CephMonitor golf/);
    assertAfter(/^CephOsd /, /^CephManager /);
    assertApart(/^CephOsd golf-/, /^CephOsd foxtrot-/);
    assertAfter(/^CephPool /, /^CephOsd /);
    // Packages come without a subscription, accounts after sudo, and the user after its account; the dashboard's package first.
    assertAfter(/^SystemPackage golf-sudo/, /^AptRepository golf-(ceph-)?enterprise/);
    assertAfter(/^SystemUser golf-terraform/, /^SystemPackage golf-sudo/);
    assertAfter(/^User terraform@pam/, /^SystemUser /);
    assertAfter(/^ApiToken terraform@pam!automation/, /^Acl /);
    assertAfter(/^SystemPackage golf-ceph-modules/, /^CephInstall golf/);
    assertAfter(/^CephManager golf/, /^SystemPackage golf-ceph-modules/);
    assertAfter(/^CephManagerModule (dashboard|prometheus)/, /^CephManager /);
    assertApart(/^CephOsd /, /^CephManagerModule /);
    assertAfter(/^Vm app-1/, /^CephPool vm_ssd/);
    assertAfter(/^Template debian-12-golf/, /^CloudImage debian-12-golf/);
    assertApart(/^Template debian-12-golf/, /^CloudImage debian-12-foxtrot/);
    assertAfter(/^Vm web-2/, /^Template debian-12-golf/);
    assertApart(/^Vm web-2/, /^(Template debian-12-hotel|Vm web-1)/);
  });

  it("doggos: the bridge node by node, then a template on each node, and each VM after its own alone", async () => {
    const found = await order("doggos", { "pulumi-proxmox-cluster:firstVmid": "2101" });
    const { assertAfter, assertApart } = found;
    inTurn(found, "Bridge", ["holly", "lloyd", "mable"]);
    assertAfter(/^CloudImage /, /^Bridge /);
    for (const [vm, node, other] of [
      ["microk8s-1", "holly", "mable"],
      ["microk8s-2", "mable", "lloyd"],
      ["microk8s-3", "lloyd", "holly"],
    ] as const) {
      assertAfter(new RegExp(`^Vm ${vm}$`), new RegExp(`^(?:CloudImage|Template) ubuntu-24-04-${node}$`));
      assertApart(new RegExp(`^Vm ${vm}$`), new RegExp(`^(?:Template ubuntu-24-04-${other}|Vm .*)$`));
      assertApart(new RegExp(`^Template .*-${node}$`), new RegExp(`^(?:Template|CloudImage) .*-${other}$`));
    }
  });

  it("nexus: the hosts have nothing to do with each other", async () => {
    const bravo = { endpoint: "https://10.0.0.2:8006", fingerprint: "AA", password: "secret:BRAVO" };
    const { assertApart, assertAfter } = await order("nexus", {
      "proxmox:nodes": JSON.stringify({ bravo }),
      "pulumi-proxmox-cluster:subscription": "false",
      "pulumi-proxmox-cluster:timeZone": "Europe/Berlin",
    });
    assertApart(/ alpha-/, / bravo-/);
    assertApart(/ bravo-/, / alpha-/);
    for (const node of ["alpha", "bravo"])
      assertAfter(new RegExp(`^TimeZone ${node}-`), new RegExp(`^AptRepository ${node}-`));
  });
});
