import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../../simulator";
import { hurried } from "../../support/environment";
import { eventually } from "../../support/eventually";
import { Lab, sshConfig, testWorld, type AnyLab } from "../../support/lab";
import type { Properties } from "../../support/plugin";

describe("what a preview finds wrong with networks", function () {
  let sim: Simulator;
  let lab: AnyLab;
  let blind: AnyLab;
  before(async () => {
    const world = testWorld("matrix");
    sim = await startSimulator({ seed: world });
    lab = await Lab.hereOn(sim, sshConfig(sim), undefined, hurried());
    blind = await Lab.hereOn(sim, {}, undefined, hurried());
  });
  after(async () => {
    await lab.close();
    await blind.close();
    await sim.close();
  });

  let number = 0;
  /** Problems of one more resource of the program. */
  const problems = async (kind: string, args: Properties, by = lab, name = `r${number++}`): Promise<string[]> => {
    const { inputs, failures } = await by.plugin.check(kind, {}, { ...by.inputs(kind, name, args), __preview: true });
    return [...((inputs["__problems"] as string[] | undefined) ?? []), ...failures.map(({ reason }) => reason)];
  };
  const on = (node: string, name: string, more: Properties = {}): Properties => ({ node, name, ...more });

  it("are contradictions within one resource, all at once", async () => {
    const found = await problems("Bridge", {
      ...on("foxtrot", "eno7", { address: "10.0.0.0/24", gateway: "10.9.0.1", mtu: 100, vlanIds: [1, "7-3"] }),
    });
    for (const part of [
      /^name: .*names of cards and bonds/,
      /^address: is the address of the network itself/,
      /^mtu: write at least 1280/,
      /^vlanIds\[0\]: write an id from 2 to 4094/,
      /^vlanIds\[1\]: write an id/,
    ])
      assert.ok(
        found.some((one) => part.test(one)),
        `${String(part)} in ${found.join("\n")}`,
      );
    assert.deepEqual(
      await problems("Bridge", on("foxtrot", "vmbr30", { address: "10.0.0.5/24", gateway: "10.9.0.1", vlanIds: [9] })),
      [
        "gateway: is not in the network of 10.0.0.5/24; write an address that is",
        "vlanIds: are of a VLAN-aware bridge: write vlanAware: true too",
        "gateway: vmbr0 has the node's gateway for IPv4 already, and there is one; take it away there first",
      ],
    );
    assert.match(
      (await problems("Bridge", on("foxtrot", "vmbr3456789012345"))).join(),
      /longer than the 15 characters/,
    );
    assert.match((await problems("Bond", on("foxtrot", "team0", { ports: ["enp3s0"] }))).join(), /bond and a number/);
    assert.deepEqual(
      await problems("Bond", on("foxtrot", "bond9", { ports: ["enp3s0"], mode: "802.3ad", primary: "enp3s0" })),
      ["primary: is of mode active-backup alone, and this is 802.3ad"],
    );
    assert.match(
      (await problems("Vlan", on("foxtrot", "vlan20", { parent: "vmbr0", vlanId: 21 }))).join("\n"),
      /^name: says VLAN 20, and vlanId 21/,
    );
    assert.match(
      (await problems("Bridge", on("foxtrot", "vmbr31", { jumbo: true, restoreAfter: "5s" }))).join("\n"),
      /restoreAfter: write 30s to 1h/,
    );
  });

  it("are ports that there are not, that others use, or that cannot be ports", async () => {
    assert.deepEqual(await problems("Bridge", on("golf", "vmbr5", { ports: ["enp3s9", "enp4s0", "vmbr1", "lo"] })), [
      'ports[0]: there is no interface enp3s9 on golf; did you mean "enp3s0"?; there are enp3s0, enp4s0, enp5s0f0np0, enp5s0f1np1, vlan9, of which enp3s0, vlan9 are free',
      "ports[1]: enp4s0 is a port of vmbr0; take it away there first",
      "ports[2]: vmbr1 is a bridge, which cannot be a port of a bridge",
      "ports[3]: the loopback interface is no port; take it out",
    ]);
    assert.deepEqual(await problems("Bridge", on("golf", "vmbr6", { ports: ["enp3s0"] }), lab, "six"), []);
    assert.match(
      (await problems("Bridge", on("golf", "vmbr7", { ports: ["enp3s0"] }))).join(),
      /enp3s0 is a port of vmbr6; change one of the two \(six describes vmbr6\)/,
    );
    assert.match(
      (await problems("NetworkPort", on("golf", "enp9s0", { mtu: 9000 }))).join(),
      /^name: there is no port enp9s0 on golf; did you mean "enp[34]s0"\?; there are .*enp5s0f0np0/,
    );
  });

  it("are MTUs above what carries them, addresses and VLANs that there are, and names twice", async () => {
    const fast = on("hotel", "vmbr5", { ports: ["enp3s0"], mtu: 9000 });
    assert.match(
      (await problems("Bridge", fast, lab, "fast")).join(),
      /mtu: 9000 is above the 1500 of enp3s0, which it stands on; raise that as well/,
    );
    assert.deepEqual(await problems("NetworkPort", on("hotel", "enp3s0", { mtu: 9000 }), lab, "port"), []);
    assert.deepEqual(await problems("Bridge", fast, lab, "fast"), []);
    assert.match(
      (await problems("NetworkPort", on("hotel", "enp3s0", { mtu: 4000 }), lab, "port")).join(),
      /mtu: 4000 is below the 9000 of vmbr5, which stands on it; write at least that/,
    );
    assert.match(
      (await problems("Vlan", on("hotel", "vlan10", { parent: "vmbr0", vlanId: 10, mtu: 9000 }))).join("\n"),
      /mtu: 9000 is above the 1500 of vmbr0/,
    );
    assert.match(
      (await problems("Vlan", on("hotel", "vmbr0.9", { parent: "vmbr0", vlanId: 9 }))).join("\n"),
      /vlanId: VLAN 9 of vmbr0 is vlan9 already/,
    );
    assert.match(
      (await problems("Vlan", on("hotel", "vlan30", { parent: "vmbr0", vlanId: 30 }))).join("\n"),
      /vlanId: vmbr0 lets 9 pass, and not 30; add it to its vlanIds/,
    );
    assert.match(
      (await problems("Bridge", on("hotel", "vmbr8", { address: "192.168.5.7/24" }))).join(),
      /address: 192\.168\.5\.7 is the address of vmbr1 on the same node/,
    );
    assert.deepEqual(await problems("Bridge", on("hotel", "vmbr9", { address: "10.99.0.1/24" }), lab, "nine"), []);
    assert.match(
      (await problems("Bridge", on("golf", "vmbr9", { address: "10.99.0.1/24" }))).join(),
      /10\.99\.0\.1 is that of vmbr9 on hotel too \(nine\); write another one, or nodeLocal: true/,
    );
    assert.deepEqual(
      await problems("Bridge", on("foxtrot", "vmbr9", { address: "10.99.0.1/24", nodeLocal: true })),
      [],
    );
    assert.match(
      (await problems("Bridge", on("hotel", "vmbr9"))).join(),
      /name: vmbr9 of hotel is described by nine already; keep one/,
    );
  });

  it("are interfaces that exist, or do not where they are to be taken over", async () => {
    assert.deepEqual(
      await problems(
        "Bridge",
        on("foxtrot", "vmbr1", { ports: ["enp5s0f0np0"], address: "192.168.5.5/24", mtu: 9000 }),
      ),
      ["name: bridge vmbr1 exists on foxtrot already, as it is described; set adopt: true to take it over"],
    );
    assert.match(
      (await problems("Bridge", on("foxtrot", "vmbr22", { adopt: true }))).join(),
      /there is no bridge vmbr22 on foxtrot to take over/,
    );
    assert.match(
      (await problems("Bridge", on("foxtrot", "vlan9", { adopt: true }))).join(),
      /vlan9 of foxtrot is of type vlan and no bridge/,
    );
    assert.match(
      (await problems("Bridge", on("foxtrott", "vmbr1"))).join(),
      /there is no node foxtrott; .*did you mean "foxtrot"/,
    );
  });

  it("is a change on the way to a node without SSH, unless it is unguarded", async () => {
    const mgmt = on("golf", "vmbr0", {
      adopt: true,
      ports: ["enp4s0"],
      address: "192.168.3.6/24",
      gateway: "192.168.3.1",
    });
    assert.deepEqual(await problems("Bridge", mgmt, blind, "a"), []);
    for (const [kind, args] of [
      ["Bridge", { ...mgmt, address: "192.168.3.66/24" }],
      ["NetworkPort", on("golf", "enp4s0", { mtu: 1400 })],
      ["Bridge", on("golf", "vmbr11", { address: "192.168.3.200/24" })],
    ] as const) {
      const found = await problems(kind, args, blind, "a");
      assert.match(
        found.join(),
        /^name: it.* a mistake would cut golf off, and without SSH nothing puts the old network back\. Set/,
      );
      assert.deepEqual(await problems(kind, { ...args, unguarded: true }, blind, "a"), []);
    }
    assert.deepEqual(await problems("Bridge", on("golf", "vmbr12", { address: "10.7.0.1/24" }), blind), []);
    assert.deepEqual(await problems("Bridge", { ...mgmt, comment: "MGMT" }, blind, "a"), []);
  });

  it("and what an up refuses: bridges that guests use, the way to the node, and what somebody else has staged", async () => {
    // Another run: what was described above is still known to that one.
    await lab.close();
    lab = await Lab.hereOn(sim, sshConfig(sim), undefined, hurried());
    const { network } = sim.world.nodes["foxtrot"]!;
    const made = await lab.create("Bridge", "guests", on("foxtrot", "vmbr40"));
    const guest = { node: "foxtrot", source: { empty: true }, vmid: 100, networks: [{ bridge: "vmbr40" }] };
    const vm = await lab.create("Vm", "web", guest);
    await assert.rejects(
      lab.plugin.delete("Bridge", made.id, made.properties),
      /bridge vmbr40 of foxtrot is used by VM 100 \(web\): net0; it was not removed/,
    );
    await lab.plugin.delete("Vm", vm.id, vm.properties);
    network.pending = network.interfaces.replace("#MGMT", "#theirs");
    network.stagedAt = 1;
    const before = network.pending;
    await assert.rejects(
      lab.plugin.delete("Bridge", made.id, made.properties),
      /something else is staged there .*nothing was staged.*System > Network of foxtrot[^]*\n\+#theirs/,
    );
    assert.equal(network.pending, before);
    await assert.rejects(lab.create("Bridge", "mine", on("foxtrot", "vmbr41")), /something else is staged there/);
    delete network.pending;
    await lab.plugin.delete("Bridge", made.id, made.properties);
    assert.ok(!network.interfaces.includes("vmbr40"));
    const mgmt = await lab.create("Bridge", "mgmt", {
      ...on("foxtrot", "vmbr0", { adopt: true, ports: ["enp4s0"], address: "192.168.3.5/24" }),
    });
    await assert.rejects(
      lab.plugin.delete("Bridge", mgmt.id, mgmt.properties),
      /bridge vmbr0 is on the way by which foxtrot is reached, and was not removed; keep it \(retainOnDelete/,
    );
    await eventually("nothing staged", () => network.pending === undefined);
  });
});
