import assert from "node:assert/strict";
import type { Ssh } from "../../../pve";
import { DeadMan } from "../../../providers/network/guard/dead-man";
import { NetworkLab, type Step } from "./network-lab";
import { reasonOf } from "../../support/lone-call";

const unit = "pulumi-proxmox-network";

describe("the probation of a node's network", () => {
  let lab: NetworkLab;
  beforeEach(async () => {
    lab = await NetworkLab.start();
  });
  afterEach(() => lab.close());

  const mgmt = (more: Record<string, unknown> = {}): Step => ({
    ...{ kind: "Bridge", name: "vmbr0" },
    inputs: { ports: ["enp4s0"], address: "192.168.3.5/24", gateway: "192.168.3.1", ...more },
  });
  const bridge = (name: string, inputs: Record<string, unknown> = {}): Step => ({
    ...{ kind: "Bridge", name, inputs: { autostart: true, ...inputs }, creating: true },
  });
  const timers = () => lab.sim.world.nodes["foxtrot"]!.timers ?? {};
  const reloads = () =>
    lab.sim.requests.filter(({ method, path }) => method === "PUT" && /\/network$/.test(path)).length;
  const files = () => Object.keys(lab.sim.world.nodes["foxtrot"]!.ssh!.files).filter((file) => /pulumi/.test(file));
  const ssh = (): Ssh => lab.run().pve.process.ssh ?? assert.fail();
  const never = undefined;

  it("is not begun over another one, whose copy stays what it is", async () => {
    const before = lab.network.interfaces;
    const [one, other] = [new DeadMan(ssh(), "foxtrot", "one"), new DeadMan(ssh(), "foxtrot", "other")];
    await one.arm(60_000, { vmbr7: "a" }, never);
    lab.network.interfaces = before.replace("iface enp3s0 inet manual\n", (line) => `${line}\tmtu 1400\n`);
    const there = files();
    await assert.rejects(other.arm(60_000, { vmbr8: "b" }, never), /another run is changing the network of foxtrot/);
    await assert.rejects(one.arm(60_000, {}, never), /another run is changing the network of foxtrot/);
    assert.deepEqual(files(), there);
    // Whoever forgets what was made ends no probation.
    await one.record.remove({ vmbr7: "a", vmbr8: "a" }, never);
    assert.deepEqual(Object.keys(timers()), [unit]);
    lab.sim.clock.advance(61_000);
    assert.equal(lab.network.interfaces, before);
    assert.equal(lab.network.running, before);
    assert.deepEqual(timers(), {});
  });

  it("keeps the notes of others, and those of what was not found in order count for nothing", async () => {
    const [one, other] = [new DeadMan(ssh(), "foxtrot", "one"), new DeadMan(ssh(), "foxtrot", "other")];
    const first = await one.arm(60_000, { vmbr7: "a" }, never);
    assert.deepEqual(await one.record.found(), {});
    assert.equal(await first.stop(never), true);
    // An answer that was lost: the same again.
    assert.equal(await first.stop(never), true);
    assert.deepEqual(await one.record.found(), { vmbr7: "a" });
    await one.record.add({ vmbr7: "a" }, undefined);
    await first.clear(never);
    const second = await other.arm(60_000, { vmbr8: "b" }, never);
    await other.record.remove({ vmbr7: "other's" });
    assert.deepEqual(await other.record.found(), { vmbr7: "a" });
    // Who comes too late has lost.
    lab.sim.clock.advance(61_000);
    assert.equal(await second.stop(never), false);
    assert.equal(await second.fate(never), "restored");
  });

  it("is another run's when its process lives, and is found without any note", async () => {
    const before = lab.network.interfaces;
    const own = new DeadMan(ssh(), "foxtrot", "one");
    await own.arm(60_000, {}, never);
    const timer = timers()[unit] ?? assert.fail();
    const description = timer.description ?? assert.fail();
    timer.description = description.replace(`-${process.pid}-`, `-${process.ppid}-`);
    await assert.rejects(own.recover(lab.run().pve.process.connection.clock, never), /another run is changing/);
    timer.description = description;
    lab.network.interfaces = before.replace("192.168.3.5/24", "192.168.3.6/24");
    assert.deepEqual(await own.recover(lab.run().pve.process.connection.clock, never), { made: {}, restored: true });
    assert.equal(lab.network.interfaces, before);
    assert.deepEqual([timers(), files()], [{}, []]);
  });

  it("is ended by nobody while ifreload is at work, and goes on until its own has ended well", async () => {
    const before = lab.network.interfaces;
    lab.network.slowReload = 5_000;
    const [cut] = await lab.change(lab.run(), [mgmt({ ports: ["enp5s0f0np0"] })]);
    assert.match(reasonOf(cut), /the network of foxtrot is as it was before, because /);
    assert.deepEqual([lab.isReached, lab.network.interfaces, lab.network.running], [true, before, before]);
    // It hangs for longer than anybody waits.
    lab.network.slowReload = 50_000;
    const [hung] = await lab.change(lab.run(), [mgmt({ ports: ["enp5s0f0np0"] })]);
    assert.match(reasonOf(hung), /is as it was before, because the reload of the network of foxtrot is still running/);
    assert.equal(lab.network.reloading, undefined);
    assert.deepEqual([lab.isReached, lab.network.interfaces, lab.network.running], [true, before, before]);
    assert.deepEqual([timers(), files()], [{}, []]);
  });

  it("does not begin when somebody stages something directly before the reload", async () => {
    const before = lab.network.interfaces;
    lab.onProgress = (text) => {
      if (!text.startsWith("looking at what answers")) return;
      lab.network.pending = (lab.network.pending ?? "").replace(
        "iface enp3s0 inet manual\n",
        (line) => `${line}\tmtu 1400\n`,
      );
    };
    const [refused] = await lab.change(lab.run(), [bridge("vmbr1")]);
    assert.match(
      reasonOf(refused),
      /something else was staged for the network of foxtrot .*nothing was applied[^]*\+\tmtu 1400/,
    );
    assert.equal(reloads(), 0);
    assert.equal(lab.network.interfaces, before);
    assert.match(lab.network.pending ?? "", /mtu 1400/);
    assert.deepEqual([timers(), files()], [{}, []]);
  });

  it("takes nothing for its own that was staged of a port, or of a field that is not described", async () => {
    const before = lab.network.interfaces;
    for (const withSsh of [true, false]) {
      lab.network.pending = before.replace("iface enp5s0f0np0 inet manual\n", (line) => `${line}\tmtu 9000\n`);
      lab.network.stagedAt = 1;
      assert.notEqual(lab.network.pending, before);
      const [port] = await lab.change(lab.run(withSsh), [
        bridge("vmbr1", { ports: ["enp5s0f0np0"], unguarded: !withSsh }),
      ]);
      assert.match(reasonOf(port), /something else is staged there/);
      lab.network.pending = before.replace("\tbridge-fd 0\n", (line) => `${line}\tmtu 1400\n`);
      const [field] = await lab.change(lab.run(withSsh), [mgmt({ unguarded: !withSsh })]);
      assert.match(reasonOf(field), /something else is staged there/);
    }
    assert.equal(reloads(), 0);
  });

  it("is what a change on the way needs, also when no preview has seen that; nothing stays staged", async () => {
    const blind = lab.run(false);
    for (const step of [mgmt({ mtu: 1400 }), { kind: "NetworkPort", name: "enp4s0", inputs: { mtu: 1400 } } as const]) {
      const [refused] = await lab.change(blind, [step, bridge("vmbr1", { unguarded: true })]);
      assert.match(reasonOf(refused), /it is on the way by which the node is reached: a mistake would cut foxtrot off/);
      assert.equal(lab.network.pending, undefined);
    }
    assert.equal(reloads(), 0);
    const [made] = await lab.change(blind, [mgmt({ mtu: 1400, unguarded: true })]);
    assert.equal(made?.status, "fulfilled");
  });

  it("is not asked for what others stand on: that is not removed", async () => {
    const run = lab.run();
    const vlan: Step = {
      kind: "Vlan",
      name: "vmbr1.50",
      inputs: { parent: "vmbr1", vlanId: 50, autostart: true },
      creating: true,
    };
    for (const { status } of await lab.change(run, [bridge("vmbr1"), vlan])) assert.equal(status, "fulfilled");
    const [refused] = await lab.change(run, [{ kind: "Bridge", name: "vmbr1" }]);
    assert.match(reasonOf(refused), /bridge vmbr1 of foxtrot is what vmbr1\.50 stands on; it was not removed/);
    assert.equal(lab.network.pending, undefined);
    const both = await lab.change(run, [
      { kind: "Bridge", name: "vmbr1" },
      { kind: "Vlan", name: "vmbr1.50" },
    ]);
    for (const { status } of both) assert.equal(status, "fulfilled");
  });
});
