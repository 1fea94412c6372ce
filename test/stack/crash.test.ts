import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startSimulator, type Simulator } from "../../simulator";
import { eventually } from "../support/eventually";
import { debianImage, debianTemplate, DescribedStack, vm } from "../support/described";
import { guestsOf, labWorld } from "../support/lab";
import { counts, failed, ok } from "../support/results";
import { removeTornSidecar, sidecarOf } from "../support/torn-state";

describe("interrupted and failed creations, with the real engine", function () {
  let sim: Simulator;
  let lab: DescribedStack;

  /** A simulator whose tasks take real time, `speed` times faster than Proxmox. */
  async function start(speed: number): Promise<void> {
    sim = await startSimulator({ seed: labWorld(), clock: "auto", speed });
    lab = await DescribedStack.create(sim, [debianImage, debianTemplate]);
    ok(await lab.stack.up());
  }
  afterEach(async () => {
    await lab.stack.close();
    await sim.close();
  });

  const guests = () => guestsOf(sim);
  const names = () =>
    Object.values(guests())
      .map(({ config }) => config["name"] ?? "")
      .sort();
  it("leave no orphan and no duplicate when the CLI is killed, and its pending operations can be cleared", async () => {
    await start(5);
    const three = [
      vm("web-1"),
      vm("web-2"),
      vm("web-3", { source: { clone: { template: "@debian-12.vmid", full: true } } }),
    ];
    lab.describe([debianImage, debianTemplate, ...three]);
    const running = lab.stack.start("up", "--yes", "--skip-preview");
    await eventually("a guest is there", () => Object.keys(guests()).length > 1);
    // The language host and the plugin stay behind, and work on for a while.
    running.signal("SIGKILL");
    await running.done;
    // The worst moment for a kill, as README.md tells it: the sidecar of the state is empty.
    const state = path.join(lab.stack.folder, "state");
    fs.writeFileSync(sidecarOf(state, "described", lab.stack.name), "");
    assert.match(failed(await lab.stack.cancel()), /failed to load checkpoint: EOF/);
    assert.ok(removeTornSidecar(state, "described", lab.stack.name));
    assert.match(failed(await lab.stack.up()), /currently locked by 1 lock/);
    ok(await lab.stack.cancel());
    const up = ok(await lab.stack.up());
    assert.match(up.stdout + up.stderr, /pending operations|interrupted/i);
    assert.deepEqual(names(), ["debian-12", "web-1", "web-2", "web-3"]);
    assert.deepEqual(counts(ok(await lab.stack.refresh("--clear-pending-creates"))), { same: 7 });
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 7 });
    await eventually("the plugin of the killed run has ended", () =>
      lab.stack.processes().every(({ role }) => role !== "plugin"),
    );
    assert.equal(Object.keys(guests()).length, 4);
  });

  it("are recorded when a step after the creation fails, and completed by the next up", async () => {
    await start(50);
    lab.describe([debianImage, debianTemplate, vm("web")]);
    sim.simulation.faults.add({
      task: "qmstart",
      count: 1,
      effect: { kind: "task-fail", text: "start failed: no space left on device" },
    });
    const text = failed(await lab.stack.up());
    assert.match(text, /no space left on device/);
    const recorded = (await lab.stack.export()).resources?.find(({ urn }) => urn.endsWith("Vm::web"));
    assert.equal(recorded?.id, "2001");
    const before = guests()["2001"]?.config["smbios1"];
    assert.match(ok(await lab.stack.preview()).stdout, /creation is not finished yet; will be completed/);
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 4, update: 1 });
    assert.equal(guests()["2001"]?.config["smbios1"], before);
    assert.ok(guests()["2001"]?.running);
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 5 });
  });

  it("leave nothing when the clone itself fails", async () => {
    await start(50);
    lab.describe([debianImage, debianTemplate, vm("web")]);
    sim.simulation.faults.add({
      task: "qmclone",
      count: 1,
      effect: { kind: "task-fail", text: "clone failed: disk full" },
    });
    assert.match(failed(await lab.stack.up()), /disk full/);
    assert.deepEqual(names(), ["debian-12"]);
    const { resources } = await lab.stack.export();
    assert.ok(resources && !resources.some(({ urn }) => urn.endsWith("Vm::web")));
    ok(await lab.stack.up());
    assert.deepEqual(names(), ["debian-12", "web"]);
  });

  it("run to their end after a first Ctrl-C, and are recorded", async () => {
    await start(5);
    lab.describe([debianImage, debianTemplate, vm("web")]);
    const from = sim.requests.length;
    const running = lab.stack.start("up", "--yes", "--skip-preview");
    await eventually("the clone", () => sim.requests.slice(from).some(({ path }) => path.endsWith("/clone")));
    running.signal("SIGINT");
    assert.notEqual((await running.done).code, 0);
    assert.deepEqual(names(), ["debian-12", "web"]);
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 5 });
  });

  it("are told apart from a second Ctrl-C: what was made is taken over by the next up", async () => {
    await start(5);
    lab.describe([debianImage, debianTemplate, vm("web")]);
    const from = sim.requests.length;
    const running = lab.stack.start("up", "--yes", "--skip-preview");
    await eventually("the clone", () => sim.requests.slice(from).some(({ path }) => path.endsWith("/clone")));
    running.signal("SIGINT");
    await sleep(200);
    running.signal("SIGINT");
    assert.notEqual((await running.done).code, 0);
    ok(await lab.stack.cancel());
    ok(await lab.stack.up());
    assert.deepEqual(names(), ["debian-12", "web"]);
    assert.deepEqual(counts(ok(await lab.stack.refresh("--clear-pending-creates"))), { same: 5 });
  });
});
