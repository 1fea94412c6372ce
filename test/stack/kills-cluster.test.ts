import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { startSimulator, type Simulator } from "../../simulator";
import { cephOf } from "../support/ceph-of";
import { liveDisks } from "../../simulator/disks/block-devices.js";
import { bareWorld, matrixNodes } from "../support/bare-nodes";
import { eventually } from "../support/eventually";
import { guestsOf } from "../support/lab";
import { signal } from "../support/processes";
import { counts, ok } from "../support/results";
import { sampled } from "../support/sample";
import type { TestStack } from "../support/stack";
import { removeTornSidecar } from "../support/torn-state";
import { clusterProject, clusterStack, osdDisks } from "../support/whole-cluster";

const moments = 40;
const speed = 40;

/** Requests, and commands over SSH, so far. */
const steps = (sim: Simulator): number => sim.requests.length + sim.sshRecords.length;

describe("kill -9 during an up from bare machines to a VM on Ceph", function () {
  let project: string;
  /** Steps of an up that nobody kills, and what it makes. */
  let whole: { steps: number; made: number };
  before(async () => {
    project = clusterProject();
    const { sim, stack } = await open();
    try {
      const { changeSummary } = ok(await stack.up());
      whole = { steps: steps(sim), made: changeSummary["create"] ?? 0 };
      prove(sim);
    } finally {
      await stack.close();
      await sim.close();
    }
  });
  after(() => fs.rmSync(project, { recursive: true }));

  async function open(): Promise<{ sim: Simulator; stack: TestStack }> {
    const sim = await startSimulator({ seed: bareWorld(), clock: "auto", speed });
    return { sim, stack: await clusterStack(sim, project) };
  }

  const all = Array.from({ length: moments }, (_, at) => at + 1);
  for (const moment of sampled(all, 40, 22))
    it(`after ${moment}/${moments + 1} of it, ${moment % 2 === 0 ? "the CLI" : "all three processes"}: converges, and nothing is orphaned or wiped`, async () => {
      const { sim, stack } = await open();
      try {
        const running = stack.start("up", "--yes", "--skip-preview");
        const wanted = Math.floor((whole.steps * moment) / (moments + 1));
        await eventually("the moment", () => steps(sim) >= wanted);
        running.signal("SIGKILL");
        if (moment % 2 === 1)
          for (const { pid, role } of stack.processes())
            if (role === "language-host" || role === "plugin") signal(pid, "SIGKILL");
        await running.done;
        removeTornSidecar(path.join(stack.folder, "state"), "app", stack.name);
        ok(await stack.cancel());
        ok(await stack.up());
        assert.deepEqual(counts(ok(await stack.up())), { same: whole.made });
        await eventually("the end of the killed run's plugin", () =>
          stack.processes().every(({ role }) => role !== "plugin"),
        );
        prove(sim);
        const { resources = [] } = await stack.export();
        assert.equal(resources.filter(({ type }) => type.endsWith(":CephOsd")).length, 6);
        assert.deepEqual(
          resources.filter(({ type }) => type.endsWith(":Vm")).map(({ id }) => id),
          Object.keys(guestsOf(sim)),
        );
      } finally {
        await stack.close();
        await sim.close();
      }
    });

  /** One of everything, all of it known to somebody, and no disk written over but those that were named. */
  function prove(sim: Simulator): void {
    const ceph = cephOf(sim);
    const { monmap, osdmap } = ceph.cluster;
    assert.deepEqual(monmap.mons.map(({ name }) => name).sort(), [...matrixNodes].sort());
    assert.equal(Object.keys(osdmap.osds).length, 12);
    const pools = Object.values(osdmap.pools).map(({ name }) => name);
    assert.deepEqual(pools.sort(), [".mgr", "vm_containers", "vm_ssd"]);
    assert.deepEqual(Object.keys(ceph.proxmox.storages).sort(), ["local", "local-lvm", "vm_containers", "vm_ssd"]);
    const guests = Object.values(guestsOf(sim));
    assert.equal(guests.length, 1);
    const [web] = guests;
    assert.ok(web?.running && web.config["lock"] === undefined);
    const images = Object.entries(sim.world.shared).flatMap(([place, held]) =>
      place.startsWith("rbd:") ? Object.keys(held) : [],
    );
    assert.deepEqual(images, [/^vm_ssd:([^,]+)/.exec(web.config["scsi0"] ?? "")?.[1]]);
    const named = Object.values(osdDisks(sim)).flatMap((disks) => Object.values(disks).map(({ serial }) => serial));
    for (const node of matrixNodes) {
      assert.equal(sim.simulation.isQuorate(sim.simulation.node(node)), true, node);
      assert.deepEqual(sim.world.nodes[node]?.timers ?? {}, {}, node);
      assert.ok(
        sim.world.nodes[node]?.tasks.every(({ status }) => status !== undefined),
        node,
      );
      for (const { serial = "", erased = [] } of liveDisks(sim.simulation.node(node)))
        assert.deepEqual(
          erased.map(({ by }) => by),
          named.includes(serial) ? ["cephcreateosd"] : [],
          serial,
        );
    }
  }
});
