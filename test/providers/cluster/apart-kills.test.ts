import assert from "node:assert/strict";
import fc from "fast-check";
import { corosyncConf } from "../../../simulator/cluster/corosync-conf";
import { addBareMachine } from "../../../simulator/seeds/matrix.js";
import { sshOf } from "../../../simulator/ssh/host-key";
import type { World } from "../../../simulator";
import { ApartLab } from "../../support/apart-lab";
import { matrixNodes, rootOf } from "../../support/bare-nodes";
import { momentsOf } from "../../support/matrix-lab";
import { long } from "../../support/sample";

const markName = "pulumi-proxmox-cluster.owner";
const clusterIn = ({ clusters, nodes }: World) => clusters[nodes["foxtrot"]!.cluster]!;

describe("taking a cluster apart, killed or in a world in disorder", function () {
  const lab = new ApartLab();
  afterEach(() => lab.sim.close());

  // All moments take too long for one test.
  const parts = long ? 8 : 1;
  for (let part = 0; part < parts; part++)
    it(`comes to its end with the next destroy, refreshed before or not, at whichever request or command it is killed (${part + 1} of ${parts})`, async () => {
      await lab.start();
      const heard = await lab.heardIn(() => lab.destroy());
      lab.assertApart("not killed");
      const all = momentsOf(heard, /systemd-run|\.owner/, 6);
      const moments = long ? all.filter((moment) => moment % parts === part) : all.filter((_, at) => at % 9 === 1);
      const phases = new Set<string>();
      let killed = 0;
      for (const moment of moments) {
        for (const refreshed of long ? [false, true] : [moment % 2 === 1]) {
          await lab.sim.close();
          await lab.start();
          if (await lab.killedAt(moment, (signal) => lab.destroy(signal))) killed++;
          const what = `killed at ${moment} of ${heard.length} (${heard[moment - 1]}), ${refreshed ? "refreshed" : "not refreshed"}`;
          const left = matrixNodes.filter((name) => lab.of(name).corosync === undefined).length;
          phases.add(`${left} apart`);
          const state = refreshed ? await lab.refresh() : lab.outs;
          // Only where nothing is left to do it is gone.
          if (state) await lab.destroy(undefined, state);
          lab.assertApart(what);
          // Once more: what has been done needs nothing.
          if (moment % 7 === 0) await lab.destroy();
          lab.assertApart(`${what}, and again`);
        }
      }
      assert.deepEqual([...phases].sort(), ["0 apart", "1 apart", "2 apart", "3 apart"]);
      console.log(
        `      killed ${killed} times at ${moments.length} of ${heard.length} moments, all came to their end`,
      );
    });

  it("is known to a refresh and an up while it is half done: nothing is joined, and destroy finishes it", async () => {
    await lab.start();
    await lab.destroy();
    await lab.sim.close();
    for (const apart of [1, 2]) {
      await lab.start();
      const killed = new AbortController();
      lab.heard = () => {
        if (matrixNodes.filter((name) => lab.of(name).corosync === undefined).length === apart)
          killed.abort(new Error("killed"));
      };
      await assert.rejects(lab.destroy(killed.signal));
      lab.heard = () => undefined;
      // Of three, two are a quorum, and one is none.
      assert.equal(lab.sim.simulation.isQuorate(lab.node("foxtrot")), apart === 1);
      // By way of the node that is apart already, too.
      for (const at of [0, 2]) {
        const [url, fingerprint] = [lab.sim.nodes[at]!.url, lab.sim.nodes[at]!.fingerprint];
        const led = { "proxmox:endpoints": [url], "proxmox:fingerprints": [fingerprint] };
        const password = { "proxmox:password": rootOf(lab.sim.nodes[at]!.name) };
        assert.equal((await lab.refresh({ ...led, ...password }))?.["destroyOnDelete"], "Matrix");
      }
      assert.match(
        lab.told.join("\n"),
        /Matrix is half taken apart by a deletion that was not finished: run pulumi destroy/,
      );
      const before = lab.essence();
      const { failures } = await lab.process().check({ ...lab.wanted }, { ...lab.wanted });
      assert.match(
        failures?.map(({ reason }) => reason).join("\n") ?? "",
        /Matrix is half taken apart: a deletion was begun and not finished\. Run pulumi destroy, which finishes it/,
      );
      await assert.rejects(lab.process().update(lab.id, { ...lab.wanted, ...lab.outs }, { ...lab.wanted }));
      assert.deepEqual(lab.essence(), before);
      await lab.destroy();
      lab.assertApart(`${apart} were apart`);
      if (apart === 1) await lab.sim.close();
    }
  });

  it("starts the files of a node again that was cut off in its midst, also where another one has a problem", async () => {
    const cutOff = (world: World): void => {
      const golf = world.nodes["golf"]!;
      golf.corosyncStopped = { seen: [] };
      golf.filesAway = true;
      golf.clusterService = { stopped: true };
      const { owner, cluster } = JSON.parse(clusterIn(world).plainFiles![markName]!) as Record<string, string>;
      const begun = Buffer.from(JSON.stringify({ owner, cluster })).toString("base64");
      sshOf(golf).files["/run/pulumi-proxmox-cluster-apart.begun"] = { content: begun, mode: 0o600 };
    };
    await lab.start((world) => {
      cutOff(world);
      clusterIn(world).guests["100"] = {
        ...{ vmid: 100, node: "hotel", type: "qemu", config: {}, pending: {}, pendingDelete: {}, snapshots: {} },
      };
    });
    await assert.rejects(lab.destroy(), /hotel: it has guests/);
    assert.equal(lab.node("golf").clusterService, undefined);
    lab.assertWhole("started again");
    await lab.sim.close();
    await lab.start(cutOff);
    await lab.destroy();
    lab.assertApart("cut off");
  });

  it("takes the rest of corosync away where the power went in the midst of a separation", async () => {
    await lab.start();
    const { sshRecords } = lab.sim.simulation;
    const killed = new AbortController();
    const push = sshRecords.push.bind(sshRecords);
    sshRecords.push = (...records) => {
      // All nodes have the mark; hotel loses power when its database is done and corosync's own files are not.
      if (records.some(({ what }) => what.includes("systemd-run"))) killed.abort(new Error("killed"));
      return push(...records);
    };
    const whole = corosyncConf(lab.corosync());
    const nodes = structuredClone(lab.corosync().nodes);
    await assert.rejects(lab.destroy(killed.signal));
    sshRecords.push = push;
    const hotel = lab.node("hotel");
    assert.equal(lab.of("hotel").corosync, undefined);
    hotel.clusterService = { left: { text: whole, nodes } };
    await lab.destroy();
    lab.assertApart("half");
  });

  it("stops where a guest appears in the midst, and goes on without it", async () => {
    await lab.start();
    const heard = (): void => {
      if (lab.of("hotel").corosync !== undefined) return;
      lab.of("foxtrot").guests["100"] ??= {
        ...{ vmid: 100, node: "golf", type: "qemu", config: {}, pending: {}, pendingDelete: {}, snapshots: {} },
      };
    };
    lab.heard = heard;
    await assert.rejects(lab.destroy(), /golf was not separated from Matrix:\ngolf: it has guests \(qemu\/100\)/);
    lab.heard = () => undefined;
    assert.ok(lab.of("golf").guests["100"]);
    await assert.rejects(lab.destroy(), /golf: it has guests/);
    delete lab.of("golf").guests["100"];
    await lab.destroy();
    lab.assertApart("without the guest");
  });

  it("leaves the cluster as whole as it was where something appears before the first node is separated", async () => {
    await lab.start();
    lab.heard = () => {
      if (/"phase":"apart"/.test(lab.mark("foxtrot") ?? "")) lab.of("foxtrot").haActive = ["hotel"];
    };
    await assert.rejects(lab.destroy(), /hotel was not separated from Matrix:\nhotel: its HA manager is not idle/);
    lab.heard = () => undefined;
    lab.assertWhole("as before");
  });

  it("takes nothing that was not named, whatever the world is like and wherever it is killed", async () => {
    const worlds = fc.record({
      guestOn: fc.constantFrom(undefined, undefined, undefined, ...matrixNodes),
      away: fc.constantFrom(undefined, undefined, undefined, ...matrixNodes),
      foreign: fc.constantFrom(false, false, false, true),
      active: fc.constantFrom(undefined, undefined, ...matrixNodes),
      job: fc.constantFrom(false, false, true),
      killedAt: fc.integer({ min: 1, max: 400 }),
    });
    const clean = { guestOn: undefined, away: undefined, foreign: false, active: undefined, job: false };
    const ended = new Set<string>();
    await fc.assert(
      fc.asyncProperty(worlds, async (given) => {
        await lab.start((world) => {
          addBareMachine(world, { name: "india", host: 8 });
          world.clusters["india"]!.access.passwords["root@pam"] = rootOf("india");
          const cluster = clusterIn(world);
          for (const name of matrixNodes)
            world.nodes[name]!.volumes = { local: { "iso/a.iso": { size: 1, bytes: 1, data: 1, ctime: 1 } } };
          const guest = { type: "qemu" as const, config: {}, pending: {}, pendingDelete: {}, snapshots: {} };
          if (given.guestOn !== undefined) cluster.guests["100"] = { ...guest, vmid: 100, node: given.guestOn };
          if (given.active !== undefined) cluster.haActive = [given.active];
          if (given.job) cluster.replication = [{ id: "100-0", type: "local", guest: 100, jobnum: 0, target: "golf" }];
          if (given.away !== undefined) world.nodes[given.away]!.state = "off";
          if (given.foreign)
            cluster.plainFiles = Object.fromEntries(
              Object.entries(cluster.plainFiles!).map(([name, text]) => [
                name,
                text.replace(/"owner":"[0-9a-f]+"/, `"owner":"${"0".repeat(24)}"`),
              ]),
            );
        });
        try {
          const kept = () => ({
            volumes: Object.values(lab.sim.world.nodes).map(({ volumes }) => volumes),
            networks: Object.values(lab.sim.world.nodes).map(({ network }) => network.interfaces),
            india: lab.of("india"),
          });
          const before = structuredClone(kept());
          const essence = lab.essence();
          const isFree = JSON.stringify({ ...given, killedAt: 0 }) === JSON.stringify({ ...clean, killedAt: 0 });
          const run = () => lab.killedAt(given.killedAt, (signal) => lab.destroy(signal));
          // One that is refused fails before it is killed.
          await run().catch((error: unknown) => assert.equal(isFree, false, String(error)));
          assert.deepEqual(kept(), before);
          if (isFree) {
            await lab.destroy();
            lab.assertApart("free");
          } else {
            await assert.rejects(lab.destroy());
            assert.deepEqual(lab.essence(), essence);
          }
          assert.deepEqual(kept(), before);
          ended.add(isFree ? "apart" : "refused");
        } finally {
          await lab.sim.close();
        }
      }),
      {
        numRuns: long ? 150 : 5,
        seed: 37,
        examples: [[{ ...clean, killedAt: 90 }], [{ ...clean, foreign: true, killedAt: 400 }]],
      },
    );
    await lab.start();
    assert.deepEqual([...ended].sort(), ["apart", "refused"]);
  });
});
