import assert from "node:assert/strict";
import { NetworkLab, type Step } from "./network-lab";

const bridge = (name: string, ports: readonly string[], more: Record<string, unknown> = {}): Step => ({
  ...{ kind: "Bridge", name, inputs: { autostart: true, ports, ...more } },
});
const bond = (ports: readonly string[]): Step => ({
  ...{ kind: "Bond", name: "bond0", creating: true },
  inputs: { autostart: true, ports, mode: "active-backup" },
});
const management = (ports: readonly string[]): Step =>
  bridge("vmbr0", ports, { address: "192.168.3.5/24", gateway: "192.168.3.1" });

describe("ports that an interface gives up before others take them", () => {
  let lab: NetworkLab;
  beforeEach(async () => {
    lab = await NetworkLab.start();
  });
  afterEach(() => lab.close());

  const reloads = () =>
    lab.sim.requests.filter(
      ({ method, path, status }) => method === "PUT" && path.endsWith("/network") && status === 200,
    ).length;
  const reasons = (results: readonly PromiseSettledResult<unknown>[]) =>
    results.map((one) => (one.status === "rejected" ? String(one.reason) : ""));
  const portsOf = (name: string) =>
    new RegExp(`iface ${name} inet [^]*?(?:bridge-ports|bond-slaves) (.*)\n`).exec(lab.network.interfaces)?.[1];

  it("let a card move from the way to the node into a bond below it, with one reload", async () => {
    assert.deepEqual(reasons(await lab.change(lab.run(), [management(["bond0"]), bond(["enp4s0", "enp3s0"])])), [
      "",
      "",
    ]);
    assert.deepEqual([portsOf("vmbr0"), portsOf("bond0"), reloads()], ["bond0", "enp3s0 enp4s0", 1]);
    assert.equal(lab.network.running, lab.network.interfaces);
    assert.ok(lab.isReached);
  });

  it("let two bridges exchange theirs", async () => {
    const run = lab.run();
    const made = [bridge("vmbr1", ["enp5s0f0np0"]), bridge("vmbr2", ["enp5s0f1np1"])];
    await lab.change(
      run,
      made.map((one) => ({ ...one, creating: true })),
    );
    const swapped = [bridge("vmbr1", ["enp5s0f1np1"]), bridge("vmbr2", ["enp5s0f0np0"])];
    assert.deepEqual(reasons(await lab.change(run, swapped)), ["", ""]);
    assert.deepEqual([portsOf("vmbr1"), portsOf("vmbr2"), reloads()], ["enp5s0f1np1", "enp5s0f0np0", 2]);
  });

  it("are its own again where what should take them cannot be made, and nothing stays staged", async () => {
    const before = lab.network.interfaces;
    const [own, other] = reasons(await lab.change(lab.run(), [management(["bond0"]), bond(["enp4s0", "enp9s9"])]));
    assert.match(own ?? "", /unable to find bridge port 'bond0'/);
    assert.match(other ?? "", /wrong interface type on slave .enp9s9/);
    assert.deepEqual([lab.network.interfaces, lab.network.pending ?? before, reloads()], [before, before, 0]);
  });

  it("do not take down what does not depend on them: another change of the round is made", async () => {
    const another = { ...bridge("vmbr1", ["enp5s0f0np0"]), creating: true };
    const results = await lab.change(lab.run(), [management(["bond0"]), bond(["enp4s0", "enp9s9"]), another]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ["rejected", "rejected", "fulfilled"],
    );
    assert.deepEqual([portsOf("vmbr0"), portsOf("vmbr1"), reloads()], ["enp4s0", "enp5s0f0np0", 1]);
    assert.ok(lab.isReached);
  });

  it("stay where the change itself is not in anybody's way", async () => {
    const from = lab.sim.requests.length;
    assert.deepEqual(reasons(await lab.change(lab.run(), [management(["enp3s0"])])).length, 1);
    const puts = lab.sim.requests.slice(from).filter(({ method, path }) => method === "PUT" && path.endsWith("/vmbr0"));
    assert.equal(puts.length, 1);
  });

  it("are claimed by the next run where one was killed between", async () => {
    const steps = [management(["bond0"]), bond(["enp4s0", "enp3s0"])];
    const controller = new AbortController();
    const watching = setInterval(() => {
      if (lab.network.pending !== undefined) controller.abort(new Error("the runner is gone"));
    }, 1);
    await lab.change(lab.run(), steps, controller.signal);
    clearInterval(watching);
    assert.equal(reloads(), 0);
    assert.deepEqual(reasons(await lab.change(lab.run(), steps)), ["", ""]);
    assert.deepEqual([portsOf("vmbr0"), portsOf("bond0"), reloads()], ["bond0", "enp3s0 enp4s0", 1]);
    assert.ok(lab.isReached);
  });
});
