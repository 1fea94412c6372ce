import assert from "node:assert/strict";
import { lostObjects } from "../../simulator/ceph/objects.js";
import { volumeGroups } from "../../simulator/disks/lvm.js";
import type { LogicalVolume } from "../../simulator/world/disk.js";
import { cephNodes } from "./ceph-lab";
import type { OsdRuns } from "./osd-runs";

/** Everything that the simulator knows of OSDs: entries of the map, CRUSH, keys, volumes with their tags, units. */
export function everythingOf(runs: OsdRuns) {
  const { cluster } = runs.ceph;
  const { osdmap } = cluster;
  return {
    osds: Object.values(osdmap.osds)
      .map(
        ({ id, uuid, up, weight, new: isNew }) =>
          `osd.${id} ${uuid} ${up ? "up" : "down"} ${weight} ${isNew ? "new" : ""}`,
      )
      .sort(),
    devices: osdmap.crush.buckets
      .flatMap(({ items }) => items.map(({ id }) => id))
      .filter((id) => id >= 0)
      .sort(),
    classes: Object.keys(osdmap.crush.classes).sort(),
    keys: Object.keys(cluster.auth)
      .filter((name) => /^osd\.|lockbox/.test(name))
      .sort(),
    dmcrypt: Object.keys(cluster.configKeys)
      .filter((key) => key.startsWith("dm-crypt/"))
      .sort(),
    volumes: cephNodes
      .flatMap((node) =>
        Object.entries(volumeGroups(runs.sim.simulation.node(node))).flatMap(([vg, { volumes = {} }]) =>
          Object.keys(volumes).length === 0
            ? [`${node} ${vg} is empty`]
            : Object.entries(volumes).map(([lv, { tags = {} }]) => `${node} ${vg}/${lv} ${JSON.stringify(tags)}`),
        ),
      )
      .sort(),
    holds: runs.disks.map(({ serial, holds }) => `${serial} ${JSON.stringify(holds)}`),
  };
}

/** Each entry of the map runs, has its key and its volumes, and nothing is there that belongs to none. */
export function assertNothingOrphaned(runs: OsdRuns, text: string): void {
  const { cluster } = runs.ceph;
  const all = Object.values(cluster.osdmap.osds);
  const ids = all.map(({ id }) => String(id)).sort();
  const { devices, classes, keys, dmcrypt } = everythingOf(runs);
  assert.deepEqual(
    all.filter(({ up, weight }) => !up || weight === 0),
    [],
    text,
  );
  assert.deepEqual(devices.map(String).sort(), ids, `${text}: CRUSH`);
  assert.deepEqual(classes, ids, `${text}: classes`);
  assert.deepEqual(
    keys
      .filter((key) => key.startsWith("osd."))
      .map((key) => key.slice(4))
      .sort(),
    ids,
    `${text}: keys`,
  );
  const uuids = new Set(all.map(({ uuid }) => uuid));
  for (const key of [...keys.filter((each) => each.includes("lockbox")), ...dmcrypt])
    assert.ok(
      [...uuids].some((uuid) => key.includes(uuid)),
      `${text}: ${key}`,
    );
  for (const node of cephNodes) {
    const groups = volumeGroups(runs.sim.simulation.node(node));
    for (const [vg, { volumes = {} }] of Object.entries(groups).filter(([name]) => name.startsWith("ceph-"))) {
      assert.ok(Object.keys(volumes).length > 0, `${text}: ${vg} is empty`);
      for (const [lv, { tags }] of Object.entries(volumes))
        assert.ok(uuids.has(tags?.["ceph.osd_fsid"] ?? ""), `${text}: ${vg}/${lv} belongs to no OSD`);
    }
    for (const { holds, serial } of runs.sim.simulation.node(node).hardware.disks)
      if (holds?.kind === "lvm")
        assert.ok(holds.vg !== undefined && groups[holds.vg], `${text}: LVM is left on ${serial}`);
  }
  assert.equal(lostObjects(cluster), 0, text);
}

/** All volumes on the nodes of Ceph. */
const volumesOn = (runs: OsdRuns) =>
  cephNodes.flatMap((node) =>
    Object.values(volumeGroups(runs.sim.simulation.node(node))).flatMap(({ volumes = {} }) => Object.entries(volumes)),
  );

/** The log of a creation on a node, or what was made beside it, says that the file system of an OSD is whole. */
const isPrepared = (runs: OsdRuns, uuid: string): boolean =>
  runs.sim.simulation.node("golf").tasks.some(({ log }) => {
    const asked = log.findIndex((line) => line.includes(`osd new ${uuid}`));
    const rest = asked < 0 ? [] : log.slice(asked + 1);
    const next = rest.findIndex((line) => line.includes("osd new "));
    return rest.slice(0, next < 0 ? undefined : next).some((line) => line.includes("lvm prepare successful"));
  });

/** Something was written for an OSD, and what that is can be proven: its label tells it, or the log where it is encrypted. */
function isProven(runs: OsdRuns, uuid: string, { label, tags }: LogicalVolume, alone: boolean): boolean {
  if (tags?.["ceph.encrypted"] === "1") return isPrepared(runs, uuid);
  return label !== undefined && (label["ready"] !== undefined || alone);
}

/**
 * What the next run refuses: something was written for an OSD that never ran, of which nothing tells what it is, or there is a volume
 * for its database, or a group for those on the disk that was free before.
 */
export function isBeyondProof(runs: OsdRuns): boolean {
  const { osds } = runs.ceph.cluster.osdmap;
  const isMade = (uuid: string | undefined): boolean =>
    Object.values(osds).some((osd) => osd.uuid === uuid && osd.new === undefined);
  const ofJournal = runs.disks.find(({ serial }) => serial.endsWith("DB"))?.holds;
  const made = volumesOn(runs).some(([lv, { tags }]) => /^osd-db-/.test(lv) && isMade(tags?.["ceph.osd_fsid"]));
  const written = volumesOn(runs).filter(
    ([, { written: any, tags }]) => any === true && !isMade(tags?.["ceph.osd_fsid"]),
  );
  const alone = ofJournal === undefined;
  const proven = written.filter(([, volume]) => isProven(runs, volume.tags?.["ceph.osd_fsid"] ?? "", volume, alone));
  return (!alone && !made && proven.length === 0) || written.length > proven.length;
}

/** Volumes for a database that nobody has. */
export const strayJournals = (runs: OsdRuns): string[] =>
  volumesOn(runs)
    .filter(([lv, { tags }]) => /^osd-db-/.test(lv) && tags === undefined)
    .map(([lv]) => lv);

/** Ceph has removed an OSD, and the run that asked for it was killed before it noted that. */
export function isGapOf(runs: OsdRuns): boolean {
  const known = Object.values(runs.ceph.cluster.osdmap.osds).map(({ uuid }) => uuid);
  const { files } = runs.sim.simulation.node("golf").ssh!;
  // What was written and not renamed into its place is no note.
  const whole = runs.notes().filter((file) => file.endsWith(".json"));
  const notes = whole.map((file) => Buffer.from(files[file]!.content, "base64").toString());
  return volumesOn(runs).some(([lv]) => {
    const uuid = /^osd-block-(.+)$/.exec(lv)?.[1];
    const purged = notes.some((text) => (JSON.parse(text) as { purged: string[] }).purged.includes(uuid ?? ""));
    return uuid !== undefined && !known.includes(uuid) && !purged;
  });
}
