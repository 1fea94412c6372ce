import assert from "node:assert/strict";
import { NetworkLab, type Step } from "./network-lab";
import { reasonOf } from "../../support/lone-call";

const management = { ports: ["enp4s0"], address: "192.168.3.5/24", gateway: "192.168.3.1" };
const mgmt = (more: Record<string, unknown> = {}): Step => ({
  kind: "Bridge",
  name: "vmbr0",
  inputs: { ...management, ...more },
});
const make = (kind: Step["kind"], name: string, inputs: Record<string, unknown>): Step => ({
  ...{ kind, name, inputs: { autostart: true, ...inputs }, creating: true },
});

describe("a guarded reload of a node's network", () => {
  let lab: NetworkLab;
  afterEach(() => lab.close());
  const armed = () => Object.keys(lab.sim.world.nodes["foxtrot"]!.timers ?? {});
  const settled = (results: PromiseSettledResult<unknown>[]) =>
    assert.deepEqual(
      results.flatMap((one) => (one.status === "rejected" ? [(one.reason as Error).message] : [])),
      [],
    );
  const reloads = () =>
    lab.sim.requests.filter(({ method, path }) => method === "PUT" && /\/network$/.test(path)).length;

  it("leaves the node to its timer when it is out of reach, for no longer than that says", async () => {
    lab = await NetworkLab.start();
    const before = lab.network.interfaces;
    const from = lab.sim.clock.now();
    for (const wrong of [
      { address: "192.168.3.55/24" },
      { ports: ["enp5s0f0np0"] },
      { ports: [] },
      { autostart: false, gateway: "192.168.3.2" },
    ]) {
      const [result] = await lab.change(lab.run(), [mgmt({ ...wrong, restoreAfter: "30s" })]);
      assert.match(reasonOf(result), /the network of foxtrot is as it was before, because /);
      assert.ok(lab.isReached);
      assert.deepEqual([lab.network.interfaces, lab.network.running, armed()], [before, before, []]);
    }
    assert.ok(lab.sim.clock.now() - from < 4 * 90_000, "it took longer than the timer and the attempts");
  });

  it("exchanges ports between bridges, raises and lowers MTUs, and takes all away again, each in one reload", async () => {
    lab = await NetworkLab.start();
    const run = lab.run();
    const two = (one: string, other: string, mtu?: number) => [
      make("Bridge", "vmbr1", { ports: [one], ...(mtu ? { mtu } : {}) }),
      make("Bridge", "vmbr2", { ports: [other] }),
    ];
    settled(
      await lab.change(run, [
        ...two("enp5s0f0np0", "enp5s0f1np1", 9000),
        { kind: "NetworkPort", name: "enp5s0f0np0", inputs: { mtu: 9000 } },
      ]),
    );
    settled(
      await lab.change(run, [
        { kind: "Bridge", name: "vmbr1", inputs: { ports: [], mtu: 1500 } },
        { kind: "Bridge", name: "vmbr2", inputs: { ports: ["enp5s0f0np0"] } },
        { kind: "NetworkPort", name: "enp5s0f0np0", inputs: { mtu: 1500 } },
      ]),
    );
    assert.equal(reloads(), 2);
    assert.match(lab.network.interfaces, /iface vmbr2 inet manual\n\tbridge-ports enp5s0f0np0\n/);
    settled(await lab.change(run, [make("Vlan", "vmbr2.7", { parent: "vmbr2", vlanId: 7 })]));
    settled(
      await lab.change(run, [
        { kind: "Bridge", name: "vmbr1" },
        { kind: "Bridge", name: "vmbr2" },
        { kind: "Vlan", name: "vmbr2.7" },
      ]),
    );
    assert.equal(reloads(), 4);
    assert.doesNotMatch(lab.network.interfaces, /vmbr[12]/);
  });

  it("makes bridges, bonds and ports of Open vSwitch, whose package it names where it is missing", async () => {
    lab = await NetworkLab.start();
    const ovs = [
      make("OvsBridge", "vmbr1", { ports: ["enp3s0"] }),
      {
        ...make("OvsBond", "bond1", {
          bridge: "vmbr1",
          ports: ["enp5s0f0np0", "enp5s0f1np1"],
          mode: "lacp-balance-tcp",
        }),
      },
      { ...make("OvsPort", "store", { bridge: "vmbr1", vlanTag: 20, address: "10.20.0.5/24" }) },
    ].map((step) => ({ ...step, inputs: { ...step.inputs, autostart: step.kind === "OvsBridge" ? true : undefined } }));
    const missing = await lab.change(lab.run(), ovs);
    assert.match(reasonOf(missing[0]), /Open VSwitch is not installed \(need package 'openvswitch-switch'\)/);
    assert.equal(lab.network.pending, undefined);
    lab.network.openvswitch = true;
    const run = lab.run();
    settled(await lab.change(run, ovs));
    assert.equal(reloads(), 1);
    const { rows } = await run.network.view(run.pve, true);
    assert.deepEqual([...(rows.get("vmbr1")?.["ovs_ports"] ?? "").split(" ")].sort(), ["bond1", "enp3s0", "store"]);
    assert.equal(rows.get("bond1")?.["bond_mode"], "lacp-balance-tcp");
    settled(
      await lab.change(
        run,
        ovs.map(({ kind, name }) => ({ kind, name })),
      ),
    );
    assert.doesNotMatch(lab.network.interfaces, /vmbr1|bond1|store/);
  });

  it("pings peers with whole packets, and blames the switch that carries less", async () => {
    lab = await NetworkLab.start();
    const wiring = lab.sim.world.wiring ?? assert.fail();
    wiring.router.push({ address: "192.168.5.1/24", switch: "switch1" });
    const fast = [
      { kind: "NetworkPort", name: "enp5s0f0np0", inputs: { mtu: 9000 } } as const,
      make("Bridge", "vmbr1", {
        ...{ ports: ["enp5s0f0np0"], mtu: 9000, address: "192.168.5.5/24", peers: ["192.168.5.1"], jumbo: true },
      }),
    ];
    const [, small] = await lab.change(lab.run(), fast);
    assert.match(
      reasonOf(small),
      /192\.168\.5\.1 answers small pings over vmbr1 and none of 9000 bytes: a switch on the way/,
    );
    settled(
      await lab.change(
        lab.run(),
        fast.map((step) => ({ ...step, inputs: { ...step.inputs, jumbo: false } })),
      ),
    );
  });

  it("without SSH applies as Proxmox does, and tells that it failed", async () => {
    lab = await NetworkLab.start();
    const text = "command 'ifreload -a' failed: exit code 1";
    lab.sim.simulation.faults.add({ task: "srvreload", count: 1, effect: { kind: "task-fail", text, steps: 2 } });
    const bridge = make("Bridge", "vmbr1", { unguarded: true });
    const run = lab.run(false);
    const [failed] = await lab.change(run, [bridge]);
    assert.match(reasonOf(failed), /applying the network of foxtrot failed: Reloading .*exit code 1/);
    // Proxmox keeps what it could not bring up.
    assert.match(lab.network.interfaces, /iface vmbr1 /);
    settled(await lab.change(run, [{ ...bridge, creating: false, inputs: { ...bridge.inputs, comment: "again" } }]));
    assert.deepEqual(lab.sim.sshRecords, []);
  });

  it("takes up what an interrupted run has made and not recorded, and nothing else that is there", async () => {
    lab = await NetworkLab.start();
    const bridge = make("Bridge", "vmbr1", { address: "10.1.0.1/24" });
    settled(await lab.change(lab.run(), [bridge]));
    const again = lab.run();
    assert.equal(await again.network.wasMade(again.pve, "vmbr1"), true);
    settled(await lab.change(again, [bridge]));
    assert.equal(reloads(), 1);
    lab.network.interfaces +=
      "\nauto vmbr7\niface vmbr7 inet manual\n\tbridge-ports none\n\tbridge-stp off\n\tbridge-fd 0\n";
    lab.network.running = lab.network.interfaces;
    const [foreign] = await lab.change(lab.run(), [make("Bridge", "vmbr7", {})]);
    assert.match(reasonOf(foreign), /bridge vmbr7 exists on foxtrot already, as it is described; set adopt: true/);
  });

  it("goes on where a run was killed after it had staged, however long the stanza is", async () => {
    lab = await NetworkLab.start();
    const run = lab.run();
    settled(await lab.change(run, [mgmt({ comment: "one\ntwo\nthree\nfour\nfive", vlanAware: true, mtu: 1500 })]));
    // What a killed run leaves: a change in the middle of a long stanza, of which the difference does not say where it is.
    const { interfaces } = lab.network;
    lab.network.pending = interfaces.replace("#three", "#3");
    lab.network.stagedAt = 1;
    assert.match(reasonOf((await lab.change(lab.run(), [mgmt({ comment: "other" })]))[0]), /something else is staged/);
    settled(await lab.change(lab.run(), [mgmt({ comment: "one\ntwo\n3\nfour\nfive", vlanAware: true, mtu: 1500 })]));
    assert.match(lab.network.running ?? "", /#3/);
  });
});
