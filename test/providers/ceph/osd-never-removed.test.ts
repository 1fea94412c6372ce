import assert from "node:assert/strict";
import { cephOn } from "../../../simulator/ceph/ceph.js";
import { newOsd } from "../../../simulator/ceph/commands/osd-state.js";
import { addVolume } from "../../../simulator/ceph/osd-volumes.js";
import { settle } from "../../../simulator/ceph/settle.js";
import { volumeGroups } from "../../../simulator/disks/lvm.js";
import { everythingOf } from "../../support/osd-rest";
import { OsdRuns, upOnce } from "../../support/osd-runs";

const next = "INVENTED63";
const journal = "INVENTED6DB";
/** So far has it come: its volume has its identity, and nothing was written to it. */
const tagged = 6;
const strange = "99999999-9999-4999-8999-999999999999";

describe("what is never removed when a creation of OSDs is resumed", function () {
  const runs = new OsdRuns();
  const golf = () => runs.sim.simulation.node("golf");
  const osds = () => runs.ceph.cluster.osdmap.osds;
  afterEach(() => runs.close());

  const created = () => Object.values(osds()).filter((each) => each.new);
  async function cutOff(steps: number, more: Record<string, unknown> = { osdsPerDevice: 1 }) {
    await runs.start();
    if (more["dbDevice"])
      golf().hardware.disks.push({
        ...{ devpath: "/dev/nvme4n1", size: 1e12, model: "Samsung SSD 990 PRO 1TB", serial: journal },
        ...{ type: "nvme", gpt: 0 },
      });
    runs.sim.simulation.faults.add({ task: "cephcreateosd", count: 1, effect: { kind: "task-killed", steps } });
    return upOnce(runs.process(), runs.described(next, more), undefined);
  }

  /** Calls `act` after each command by SSH, with what it was and how often it came. */
  function heard(act: (what: string, count: (pattern: RegExp) => number) => void): () => void {
    const { sshRecords } = runs.sim.simulation;
    const push = sshRecords.push.bind(sshRecords);
    const all: string[] = [];
    sshRecords.push = (...records) => {
      const length = push(...records);
      for (const { what } of records) {
        all.push(what);
        act(what, (pattern) => all.filter((each) => pattern.test(each)).length);
      }
      return length;
    };
    return () => void (sshRecords.push = push);
  }
  /** Somebody makes an OSD on another disk of the node: a task of its own. */
  const otherCreation = (line: string): void => {
    const { tasks } = golf();
    const own = tasks.find(({ type, id }) => type === "cephcreateosd" && id === "nvme3n1")!;
    tasks.unshift({ ...own, upid: own.upid.replace(/nvme\w+/, "sdz"), id: "sdz", log: [line] });
  };
  /** Calls `act` between the look at a step of the resumption and the step: the map has just been read once more. */
  function beforeRemoval(act: () => void): () => void {
    let dumps = 0;
    return heard((what) => {
      if (/flock.* true$/.test(what)) dumps = 0;
      if (/osd dump/.test(what) && ++dumps === 2) act();
    });
  }
  /** An OSD that is brought by hand has its file system first. */
  const startByHand = (id: number, uuid: string): void => {
    for (const { volumes = {} } of Object.values(volumeGroups(golf())))
      for (const [lv, volume] of Object.entries(volumes)) if (lv.includes(uuid)) volume.written = true;
    cephOn(golf()).osds[id] = { running: true, enabled: true, since: runs.ceph.now - 60_000 };
    settle(runs.ceph);
    assert.deepEqual([osds()[id]!.up, osds()[id]!.new], [true, undefined]);
  };
  /** Nothing of all OSDs has changed since. */
  function untouched(): (text: string | undefined) => void {
    const [before, { erased }] = [everythingOf(runs), runs];
    return (text) => assert.deepEqual([everythingOf(runs), runs.erased], [before, erased], text);
  }
  const up = (more: Record<string, unknown> = {}, signal?: AbortSignal) =>
    upOnce(runs.process(signal), runs.described(next, { osdsPerDevice: 1, ...more }), undefined);
  const first = (): { id: number; uuid: string } => {
    const [osd] = created();
    assert.ok(osd);
    return osd;
  };

  it("is an OSD that was started by hand when the run that was to remove it had been killed, and was purged since", async () => {
    await cutOff(tagged);
    const { id, uuid } = first();
    const killed = new AbortController();
    const stop = beforeRemoval(() => killed.abort(new Error("killed")));
    assert.ok((await up({}, killed.signal)).error);
    stop();
    assert.equal(osds()[id]?.uuid, uuid);
    // It takes data, for weeks, and is purged by mistake.
    startByHand(id, uuid);
    cephOn(golf()).osds[id]!.running = false;
    delete osds()[id];
    const check = untouched();
    const { error } = await up();
    assert.match(error?.message ?? "it was made", /may have run; nothing was touched/);
    check(error?.message);
  });

  it("is one of which a killed run may have begun the removal from Ceph, for that it has done so is not noted", async () => {
    await cutOff(tagged);
    const { id } = first();
    const killed = new AbortController();
    const stop = heard((what) => {
      if (/purge-new/.test(what)) killed.abort(new Error("killed"));
    });
    assert.ok((await up({}, killed.signal)).error);
    stop();
    delete osds()[id];
    const check = untouched();
    const { error } = await up();
    assert.match(error?.message ?? "it was made", /may have run; nothing was touched.*write wipe: \{ serial/);
    check(error?.message);
  });

  it("is an OSD that ran, was purged by mistake, and is made known again under its uuid to be rescued", async () => {
    await cutOff(tagged);
    const { id, uuid } = first();
    startByHand(id, uuid);
    cephOn(golf()).osds[id]!.running = false;
    delete osds()[id];
    newOsd(runs.ceph, { uuid, id, node: "golf", size: 0 });
    const check = untouched();
    const { error } = await up();
    assert.match(error?.message ?? "it was made", /Nothing was touched: volume .* does not begin with zeroes/);
    check(error?.message);
  });

  it("is an OSD that booted while noin was set, and is down", async () => {
    await cutOff(tagged);
    const { id, uuid } = first();
    runs.ceph.cluster.osdmap.flags.push("noin");
    cephOn(golf()).osds[id] = { running: true, enabled: true, since: runs.ceph.now - 60_000 };
    settle(runs.ceph);
    const osd = osds()[id]!;
    assert.deepEqual([osd.up, osd.new, osd.weight], [true, true, 0]);
    cephOn(golf()).osds[id]!.running = false;
    osd.up = false;
    assert.ok(osd.upFrom > 0);
    const wanted = runs.described(next, { osdsPerDevice: 1, timeouts: { create: "20s" } });
    const { error } = await upOnce(runs.process(), wanted, undefined);
    assert.equal(osds()[id]?.uuid, uuid, `it was purged, though up_from is not 0; ${error?.message}`);
  });

  it("is a database of another creation, which begins while this one is resumed", async () => {
    await cutOff(6, { osdsPerDevice: 1, dbDevice: { serial: journal } });
    const holds = runs.disk(journal).holds;
    const vg = holds?.kind === "lvm" ? holds.vg! : "";
    assert.equal(Object.keys(volumeGroups(golf())[vg]?.volumes ?? {}).length, 1);
    const lv = `osd-db-${strange}`;
    const stop = heard((what, count) => {
      // Somebody makes an OSD on another disk in the GUI, with its database on the same disk.
      if (/\bpvs --/.test(what) && count(/\bpvs --/) === 1) {
        addVolume(golf(), vg, lv, 2 ** 30);
        otherCreation(`  Logical volume "${lv}" created.`);
      }
      // That is over while the zap waits for the lock, or before it is sent.
      const volume = volumeGroups(golf())[vg]?.volumes?.[lv];
      if (/\bpvs --/.test(what) && count(/\bpvs --/) === 2 && volume)
        volume.tags = {
          "ceph.osd_id": "77",
          "ceph.osd_fsid": strange,
          "ceph.type": "db",
          "ceph.cluster_fsid": runs.ceph.cluster.fsid,
        };
    });
    const wanted = runs.described(next, { osdsPerDevice: 1, dbDevice: { serial: journal } });
    const { error } = await upOnce(runs.process(), wanted, undefined);
    stop();
    const zapped = runs.sim.simulation.sshRecords
      .filter(({ what }) => /zap|lvremove/.test(what))
      .map(({ what }) => what);
    assert.deepEqual(
      zapped.filter((what) => what.includes(strange)),
      [],
      `${error?.message}`,
    );
    assert.ok(volumeGroups(golf())[vg]?.volumes?.[lv]);
  });

  it("is an id that another creation has just got, on another disk of the node", async () => {
    await cutOff(3);
    let id = -1;
    const stop = heard((what, count) => {
      if (!/flock.* true$/.test(what) || count(/flock.* true$/) !== 1) return;
      id = (newOsd(runs.ceph, { uuid: strange, node: "golf", size: 0 }).json as { osdid: number }).osdid;
      otherCreation(`Running command: /usr/bin/ceph --cluster ceph -i - osd new ${strange}`);
    });
    const { error } = await upOnce(runs.process(), runs.described(next, { osdsPerDevice: 1 }), undefined);
    stop();
    assert.ok(id >= 0);
    assert.ok(
      Object.values(osds()).some(({ uuid }) => uuid === strange),
      `it was purged; ${error?.message}`,
    );
  });

  it("waits for the next run where Ceph does not answer once", async () => {
    await cutOff(tagged);
    const { faults } = runs.sim.simulation;
    const stop = beforeRemoval(() => {
      for (const monitor of ["foxtrot", "golf", "hotel"]) faults.add({ effect: { kind: "monitor-gone", monitor } });
    });
    const refused = await up();
    stop();
    faults.clear();
    assert.match(refused.error?.message ?? "it was made", /purge-new .*failed|purge-new.*exit code/);
    assert.equal((await up()).error?.message, undefined);
  });

  it("is what the making of the missing ones by SSH has left, which is in no task's log", async () => {
    let found = false;
    for (let steps = 8; steps < 20 && !found; steps++) {
      if (steps > 8) await runs.close();
      await cutOff(steps, { osdsPerDevice: 2 });
      const holds = runs.disk(next).holds;
      const vg = holds?.kind === "lvm" ? (holds.vg ?? "") : "";
      const volumes = volumeGroups(golf())[vg]?.volumes ?? {};
      found = Object.keys(volumes).length === 1 && Object.values(volumes)[0]?.tags?.["ceph.osd_id"] !== undefined;
      if (!found) continue;
      const [entry] = Object.values(osds()).filter(({ uuid }) => Object.keys(volumes)[0]!.includes(uuid));
      found = entry?.new === undefined || cephOn(golf()).osds[entry.id]?.running === true;
      found &&= created().length <= 1;
      if (!found) continue;
      // As ceph-volume leaves it when the machine goes in `lvm batch` by SSH: an id, a volume without identity, no log of a task.
      newOsd(runs.ceph, { uuid: strange, node: "golf", size: 0 });
      addVolume(golf(), vg, `osd-block-${strange}`, Math.floor((volumeGroups(golf())[vg]?.size ?? 0) / 2));
    }
    assert.ok(found);
    const check = untouched();
    const { error } = await up({ osdsPerDevice: 2 });
    assert.match(error?.message ?? "it was made", /is not removed: no log of a creation on this node names 99999999-/);
    check(error?.message);
  });

  it("is a resource whose OSD runs and is not recorded, for nobody would drain that", async () => {
    await runs.start();
    runs.disk(next).holds = { kind: "filesystem", type: "ext4", uuid: "1" };
    runs.sim.simulation.faults.add({ task: "cephcreateosd", count: 1, effect: { kind: "task-killed", steps: 15 } });
    const wanted = runs.described(next, { wipe: { serial: next } });
    const { state } = await upOnce(runs.process(), wanted, undefined);
    assert.ok(state);
    const outs = { ...state.outs, osds: [], osdIds: [] };
    const check = untouched();
    await assert.rejects(
      runs.process().delete(state.id, outs),
      /are OSDs of this resource's creation that its state does not know \(osd\.\d+, .*Run up once/,
    );
    check("after the deletion");
    assert.equal(runs.notes().length, 1);
  });

  it("is a resource with an OSD that is whole and not recorded: it would run from the next boot on", async () => {
    await runs.start();
    runs.disk(next).holds = { kind: "filesystem", type: "ext4", uuid: "1" };
    // Its file system is made then, and nothing starts it yet.
    runs.sim.simulation.faults.add({ task: "cephcreateosd", count: 1, effect: { kind: "task-killed", steps: tagged } });
    const wanted = runs.described(next, { osdsPerDevice: 1, wipe: { serial: next } });
    const { state } = await upOnce(runs.process(), wanted, undefined);
    assert.ok(state);
    const volumes = Object.values(volumeGroups(golf())).flatMap((group) => Object.entries(group.volumes ?? {}));
    const fresh = volumes.filter(
      ([lv, { tags }]) => lv.startsWith("osd-block-") && tags?.["ceph.osd_id"] !== undefined,
    );
    const [entry] = Object.values(osds()).filter(
      ({ uuid, new: isNew }) => isNew && fresh.some(([lv]) => lv.includes(uuid)),
    );
    assert.ok(entry);
    for (const [lv, volume] of fresh) if (lv.includes(entry.uuid)) volume.written = true;
    const check = untouched();
    await assert.rejects(
      runs.process().delete(state.id, { ...state.outs, osds: [], osdIds: [] }),
      /that its state does not know \(osd\.\d+, .*Run up once.* removed by hand before: volume .* does not begin with zeroes/,
    );
    check("after the deletion");
    assert.equal(runs.notes().length, 1);
  });

  it("is anything of a disk that was given to a guest since", async () => {
    await cutOff(tagged);
    Object.values(runs.sim.simulation.world.clusters)[0]!.guests[900] = {
      ...{ vmid: 900, type: "qemu", node: "golf", pending: {}, pendingDelete: [], snapshots: {} },
      config: { memory: "512", scsi1: `${runs.disk(next).devpath},size=4T` },
    } as never;
    const check = untouched();
    const { error } = await up();
    assert.match(error?.message ?? "it was made", /VM 900 \(scsi1\) has the disk with serial INVENTED63/);
    check(error?.message);
  });

  it("is what stands on a disk on which OSDs were made again since, by somebody else", async () => {
    await cutOff(tagged);
    const { tasks } = golf();
    const own = tasks.find(({ type, id }) => type === "cephcreateosd" && id === "nvme3n1")!;
    tasks.unshift({ ...own, upid: own.upid.replace(/:root@pam:$/, ":somebody@pve:") });
    const check = untouched();
    const { error } = await up();
    assert.match(error?.message ?? "it was made", /OSDs were made 2 times since this resource began/);
    check(error?.message);
  });

  it("leaves no note where Proxmox refuses the request", async () => {
    await runs.start();
    runs.sim.simulation.faults.add({
      ...{ route: "POST /nodes/{node}/ceph/osd", count: 1 },
      effect: { kind: "status", status: 500, reason: "no" },
    });
    const { error } = await up();
    assert.ok(error);
    assert.deepEqual(runs.notes(), []);
  });
});
