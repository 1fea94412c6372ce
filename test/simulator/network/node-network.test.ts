import assert from "node:assert/strict";
import { PveError } from "../../../simulator/errors.js";
import {
  applyInterfaces,
  createInterface,
  deleteInterface,
  listInterfaces,
  readInterface,
  revertInterfaces,
  stagedChanges,
  updateInterface,
} from "../../../simulator/network/node-network.js";
import { seedWorld } from "../../../simulator/seeds/index.js";
import type { NodeNetwork } from "../../../simulator/world/network.js";

describe("the network of a node", () => {
  let network: NodeNetwork;
  const create = (iface: string, given: Record<string, string>) => createInterface(network, iface, given, 1000);
  const update = (iface: string, given: Record<string, string>, deletions: string[] = []) =>
    updateInterface(network, iface, given, deletions, 2000);
  const refused = (action: () => void) => {
    try {
      action();
    } catch (error) {
      if (error instanceof PveError) return error.errors ?? error.message.trimEnd();
      throw error;
    }
    return undefined;
  };

  beforeEach(() => {
    const node = seedWorld("conformance").nodes["pve"];
    assert.ok(node);
    network = node.network;
  });

  it("stages changes in a file of its own until they are applied or dropped", () => {
    create("vmbr1", { type: "bridge", cidr: "10.20.0.1/24", autostart: "1" });
    assert.match(
      stagedChanges(network) ?? "",
      /\n\+auto vmbr1\n\+iface vmbr1 inet static\n\+\taddress 10\.20\.0\.1\/24\n/,
    );
    assert.equal(readInterface(network, "vmbr1").active, undefined);
    assert.ok(!network.interfaces.includes("vmbr1"));
    applyInterfaces(network);
    assert.equal(stagedChanges(network), undefined);
    assert.equal(readInterface(network, "vmbr1").active, 1);
    deleteInterface(network, "vmbr1", 3000);
    revertInterfaces(network);
    assert.equal(readInterface(network, "vmbr1").cidr, "10.20.0.1/24");
  });

  it("reads back what was written, in Proxmox' words", () => {
    create("vmbr1", {
      type: "bridge",
      bridge_ports: "eno2",
      bridge_vlan_aware: "1",
      cidr: "10.20.0.1/24",
      comments: "a\nb",
    });
    assert.deepEqual(readInterface(network, "vmbr1"), {
      priority: 8,
      families: ["inet"],
      method: "static",
      method6: "manual",
      type: "bridge",
      address: "10.20.0.1",
      netmask: "24",
      cidr: "10.20.0.1/24",
      bridge_ports: "eno2",
      bridge_stp: "off",
      bridge_fd: "0",
      bridge_vlan_aware: 1,
      bridge_vids: "2-4094",
      comments: "a\nb\n",
    });
  });

  it("lists bridges by type and never the loopback device", () => {
    assert.deepEqual(
      listInterfaces(network, "any_bridge").map(({ iface }) => iface),
      ["vmbr0"],
    );
    assert.ok(!listInterfaces(network).some(({ iface }) => iface === "lo"));
    assert.equal(readInterface(network, "lo").type, "loopback");
  });

  it("merges updates, but takes method and families from the request alone", () => {
    create("vmbr1", { type: "bridge", cidr: "10.20.0.1/24", cidr6: "fd00::1/64", mtu: "1400" });
    update("vmbr1", { type: "bridge", comments: "x" });
    const iface = readInterface(network, "vmbr1");
    assert.equal(iface.method, "manual");
    assert.equal(iface.cidr, "10.20.0.1/24");
    assert.equal(iface.cidr6, undefined);
    assert.equal(iface.mtu, "1400");
    update("vmbr1", { type: "bridge" }, ["cidr", "nosuch"]);
    assert.equal(readInterface(network, "vmbr1").address, undefined);
  });

  it("switches VLAN awareness on whatever the value, off only by deletion", () => {
    create("vmbr1", { type: "bridge", bridge_vlan_aware: "0" });
    assert.equal(readInterface(network, "vmbr1").bridge_vlan_aware, 1);
    update("vmbr1", { type: "bridge" }, ["bridge_vlan_aware"]);
    assert.equal(readInterface(network, "vmbr1").bridge_vlan_aware, undefined);
  });

  it("refuses what is taken or missing", () => {
    assert.deepEqual(
      refused(() => create("vmbr0", { type: "bridge" })),
      { iface: "interface already exists" },
    );
    assert.deepEqual(
      refused(() => update("vmbr9", { type: "bridge" })),
      { iface: "interface does not exist" },
    );
    assert.deepEqual(
      refused(() => create("vmbr1", { type: "bridge", cidr: "10.20.0.1/24", gateway: "10.20.0.254" })),
      { gateway: "Default gateway already exists on interface 'vmbr0'." },
    );
    assert.deepEqual(
      refused(() => create("vmbr1", { type: "bridge", bridge_ports: "eno1" })),
      {
        bridge_ports: "eno1 is already used on interface 'vmbr0'.",
      },
    );
    assert.deepEqual(
      refused(() => create("vmbr1", { type: "bridge", cidr: "10.2.0.1/24", address: "10.2.0.1" })),
      {
        address: "address conflicts with cidr",
      },
    );
    assert.deepEqual(
      refused(() => create("vmbr1", { type: "bridge", cidr6: "ff02::1/64" })),
      {
        address: "ff02::1 with type 'MULTICAST', cannot be used as host IPv6 address.",
      },
    );
  });

  it("checks the whole configuration before it writes it", () => {
    const texts: [string, Record<string, string>, string][] = [
      ["vmbr1", { type: "bridge", bridge_ports: "eno9" }, "bridge 'vmbr1' - unable to find bridge port 'eno9'"],
      [
        "bond0",
        { type: "bond", slaves: "eno9" },
        "bond 'bond0' - wrong interface type on slave 'eno9' ('' != 'eth or bond')",
      ],
      ["vlan9", { type: "vlan", "vlan-raw-device": "eno9" }, "vlan 'vlan9' - unable to find parent 'eno9'"],
      ["eno4.5000", { type: "vlan" }, "vlan 'eno4.5000' - vlan-id 5000 should be <= 4094"],
      [
        "vmbr1",
        { type: "bridge", bridge_ports: "eno2", mtu: "9000" },
        "interface 'eno2' - mtu 1500 is lower than 'vmbr1' - mtu 9000",
      ],
      ["ovs0", { type: "OVSBridge" }, "Open VSwitch is not installed (need package 'openvswitch-switch')"],
    ];
    for (const [iface, given, text] of texts)
      assert.equal(
        refused(() => create(iface, given)),
        text,
      );
    assert.equal(network.pending, undefined);
  });

  it("starts the slaves of a bond and keeps them while it needs them", () => {
    create("bond0", { type: "bond", slaves: "eno3 eno4", bond_mode: "802.3ad", bond_xmit_hash_policy: "layer2+3" });
    assert.equal(readInterface(network, "eno3").autostart, 1);
    assert.equal(
      refused(() => deleteInterface(network, "eno3", 3000)),
      "bond 'bond0' - wrong interface type on slave 'eno3' ('' != 'eth or bond')",
    );
    assert.match(network.pending ?? "", /\tbond-mode 802\.3ad\n\tbond-xmit-hash-policy layer2\+3\n/);
  });

  it("takes VLANs' ids from their names", () => {
    create("vmbr0.7", { type: "vlan", "vlan-id": "9" });
    create("vlan5", { type: "vlan", "vlan-raw-device": "vmbr0" });
    assert.equal(readInterface(network, "vmbr0.7")["vlan-id"], "7");
    assert.equal(readInterface(network, "vlan5")["vlan-id"], "5");
    assert.ok(!(network.pending ?? "").includes("vlan-id"));
    assert.equal(readInterface(network, "vlan5").exists, null);
  });

  it("knows Open vSwitch where it is installed", () => {
    network.openvswitch = true;
    create("vmbr1", { type: "OVSBridge", ovs_ports: "eno2" });
    create("int0", { type: "OVSIntPort", ovs_bridge: "vmbr1", ovs_tag: "5" });
    assert.equal(readInterface(network, "vmbr1").ovs_ports, "eno2 int0");
    assert.equal(readInterface(network, "eno2").type, "OVSPort");
    assert.equal(readInterface(network, "int0").ovs_tag, "5");
    deleteInterface(network, "int0", 3000);
    assert.equal(readInterface(network, "vmbr1").ovs_ports, "eno2");
  });
});
