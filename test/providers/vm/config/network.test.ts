import assert from "node:assert/strict";
import type { VmConfig } from "../../../../providers/vm/config/vm-config";
import { guestChange } from "../../../../providers/vm/config/guest-fields";
import { networkOf, networkString } from "../../../../providers/vm/config/network.model";

describe("a network device's property string", () => {
  const now = { virtio: "BC:24:11:AA:BB:CC", bridge: "vmbr0", firewall: "1", rate: "10" };
  it("keeps the MAC address and what the user does not manage", () => {
    assert.equal(
      networkString({ bridge: "vmbr1", vlan: 5 }, now),
      "virtio=BC:24:11:AA:BB:CC,bridge=vmbr1,firewall=1,rate=10,tag=5",
    );
  });
  it("clears what the user has stopped managing", () => {
    assert.equal(
      networkString({ bridge: "vmbr0" }, now, { bridge: "vmbr0", firewall: true, rateMBps: 10 }),
      "virtio=BC:24:11:AA:BB:CC,bridge=vmbr0",
    );
  });
  it("starts without a MAC address, which Proxmox then chooses", () => {
    assert.equal(networkString({ bridge: "vmbr0", firewall: false }, {}), "virtio,bridge=vmbr0,firewall=0");
  });
  it("keeps the MAC address over a change of model", () => {
    assert.equal(
      networkString({ bridge: "vmbr0", model: "e1000" }, { virtio: "BC:24:11:AA:BB:CC" }),
      "e1000=BC:24:11:AA:BB:CC,bridge=vmbr0",
    );
  });
  it("reads back what it says", () => {
    assert.deepEqual(networkOf({ ...now, tag: "7", trunks: "10;20" }), {
      bridge: "vmbr0",
      model: "virtio",
      mac: "BC:24:11:AA:BB:CC",
      vlan: 7,
      trunks: [10, 20],
      firewall: true,
      rateMBps: 10,
      disconnected: false,
    });
  });
});

describe("bridges", () => {
  it("are compared as Proxmox does: prod and Prod are two", () => {
    const guest: VmConfig = {
      config: { net0: "virtio=bc:24:11:00:00:01,bridge=Prod" },
      current: {},
      waiting: [],
      digest: undefined,
    };
    const owner = { mark: "x", unfinished: false, nics: {} };
    const change = (bridge: string) =>
      guestChange(guest, { networks: [{ bridge, mac: "BC:24:11:00:00:01" }] }, {}, owner).set["net0"];
    assert.equal(change("prod"), "virtio=BC:24:11:00:00:01,bridge=prod");
    assert.equal(change("Prod"), undefined);
  });
});
