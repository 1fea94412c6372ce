import assert from "node:assert/strict";
import { change, changedFields, creation, liveInputs, reset } from "../../../providers/network/kind";
import { kinds } from "../../../providers/network/interface-kinds";
import { pathOf, touchesPath } from "../../../providers/network/path";
import { rowsOf, type InterfaceRow } from "../../../providers/network/row";

/** As a node of the recordings tells it (conformance 40), with what the tests need. */
const rows = rowsOf([
  { iface: "eno1", type: "eth", active: 1, families: ["inet"], method: "manual", method6: "manual", priority: 3 },
  { iface: "eno2", type: "eth", families: ["inet"], method: "manual", method6: "manual", mtu: "9000", priority: 4 },
  {
    ...{ iface: "vmbr0", type: "bridge", autostart: 1, bridge_ports: "eno1", bridge_stp: "off", bridge_fd: "0" },
    ...{ cidr: "10.11.0.10/24", address: "10.11.0.10", netmask: "24", gateway: "10.11.0.1", method: "static" },
    ...{ cidr6: "fd00::10/64", bridge_vlan_aware: 1, bridge_vids: "2 4 100-200", comments: "line one\nline two\n" },
  },
  { iface: "vlan9", type: "vlan", autostart: 1, "vlan-raw-device": "vmbr0", "vlan-id": "9", exists: null },
  { iface: "vmbr5", type: "OVSBridge", ovs_ports: "eno3 bond1 store", autostart: 1 },
  { iface: "store", type: "OVSIntPort", ovs_bridge: "vmbr5", ovs_tag: 20 },
  { iface: "bond1", type: "OVSBond", ovs_bridge: "vmbr5", ovs_bonds: "eno4 eno5", bond_mode: "active-backup" },
]);
const row = (name: string): InterfaceRow => rows.get(name) ?? assert.fail(name);
const vmbr0 = { node: "pve", name: "vmbr0" };

describe("interfaces and what Proxmox keeps of them", () => {
  it("are made with what is said, and VLAN awareness only when it is wanted", () => {
    assert.deepEqual(
      creation(kinds.Bridge, {
        node: "pve",
        name: "vmbr1",
        autostart: true,
        vlanAware: false,
        vlanIds: [9],
        mtu: 9000,
      } as never),
      { iface: "vmbr1", type: "bridge", autostart: "1", mtu: "9000" },
    );
    assert.deepEqual(
      creation(kinds.Bond, {
        node: "pve",
        name: "bond0",
        ports: ["eno2", "eno3"],
        mode: "802.3ad",
        hashPolicy: "layer3+4",
      } as never),
      { iface: "bond0", type: "bond", slaves: "eno2 eno3", bond_mode: "802.3ad", bond_xmit_hash_policy: "layer3+4" },
    );
    assert.deepEqual(
      creation(kinds.OvsPort, {
        node: "pve",
        name: "store",
        bridge: "vmbr5",
        vlanTag: 20,
        address: "10.20.0.5/24",
      } as never),
      { iface: "store", type: "OVSIntPort", ovs_bridge: "vmbr5", ovs_tag: "20", cidr: "10.20.0.5/24" },
    );
  });

  it("read back as they were written, whatever the order and spelling", () => {
    const wanted = {
      ...{ ...vmbr0, ports: ["eno1"], address: "10.11.0.10/24", gateway: "10.11.0.1", address6: "fd00:0::10/64" },
      ...{ vlanAware: true, vlanIds: ["100-150", 4, 2, "151-200"], comment: "line one\nline two", autostart: true },
    };
    assert.deepEqual(changedFields(kinds.Bridge, row("vmbr0"), wanted, rows), []);
    assert.equal(change(kinds.Bridge, row("vmbr0"), wanted, {}, rows), undefined);
    assert.deepEqual(changedFields(kinds.Bridge, row("vmbr0"), { ...wanted, vlanIds: [2, 4] }, rows), ["vlanIds"]);
    assert.equal(liveInputs(kinds.Bridge, row("vmbr0"), vmbr0, rows)["mtu"], undefined);
  });

  it("keep their addresses through each change: Proxmox forgets what a request leaves out", () => {
    assert.deepEqual(change(kinds.Bridge, row("vmbr0"), { ...vmbr0, comment: "MGMT" }, {}, rows), {
      ...{ type: "bridge", cidr: "10.11.0.10/24", gateway: "10.11.0.1", cidr6: "fd00::10/64", comments: "MGMT" },
    });
    assert.deepEqual(
      change(kinds.Bridge, row("vmbr0"), { ...vmbr0, address6: "fd00::10/64" }, { address: "10.11.0.10/24" }, rows),
      { type: "bridge", cidr6: "fd00::10/64", delete: "cidr,gateway" },
    );
    assert.deepEqual(change(kinds.Bridge, row("vmbr0"), { ...vmbr0, vlanAware: false }, { vlanAware: true }, rows), {
      ...{ type: "bridge", cidr: "10.11.0.10/24", gateway: "10.11.0.1", cidr6: "fd00::10/64" },
      delete: "bridge_vlan_aware,bridge_vids",
    });
  });

  it("of Open vSwitch leave to each port whose it is", () => {
    const wanted = { node: "pve", name: "vmbr5", ports: ["eno3"] };
    assert.equal(change(kinds.OvsBridge, row("vmbr5"), wanted, {}, rows), undefined);
    assert.deepEqual(change(kinds.OvsBridge, row("vmbr5"), { ...wanted, ports: ["eno6"] }, {}, rows), {
      ...{ type: "OVSBridge", ovs_ports: "eno6 store bond1" },
    });
  });

  it("that are cards lose what was managed, and nothing else", () => {
    assert.deepEqual(reset(kinds.NetworkPort, row("eno2"), { mtu: 9000, comment: "x" }), {
      type: "eth",
      delete: "mtu",
    });
    assert.equal(reset(kinds.NetworkPort, row("eno1"), { mtu: 9000 }), undefined);
  });
});

describe("the way to a node", () => {
  const own = new Set(["10.11.0.10"]);

  it("is what carries its address, with all that stands below, and the gateway's interface", () => {
    assert.deepEqual(pathOf(rows, own), new Set(["vmbr0", "eno1"]));
    assert.deepEqual(pathOf(rows, new Set(["192.0.2.1"])), new Set(["vmbr0", "eno1"]));
  });

  it("is touched by what changes on it, joins it or has its network, and by no comment", () => {
    const after = (name: string, next: InterfaceRow | undefined) => {
      const all = new Map(rows);
      if (next) all.set(name, next);
      else all.delete(name);
      return touchesPath(rows, all, name, own) !== undefined;
    };
    assert.ok(after("vmbr0", { ...row("vmbr0"), mtu: "1400" }));
    assert.ok(after("eno1", { ...row("eno1"), mtu: "1400" }));
    assert.ok(after("vmbr0", undefined));
    assert.ok(after("vmbr1", { type: "bridge", cidr: "10.11.0.99/24" }));
    assert.ok(after("vmbr1", { type: "bridge", cidr: "10.20.0.9/24", gateway: "10.20.0.1" }));
    assert.ok(!after("vmbr0", { ...row("vmbr0"), comments: "MGMT" }));
    assert.ok(!after("eno2", { ...row("eno2"), mtu: "1500" }));
    assert.ok(!after("vlan9", undefined));
  });
});
