import assert from "node:assert/strict";
import { labelIn } from "../../../providers/ceph/osd/bluestore-label";
import type { NodeDisk } from "../../../providers/ceph/osd/disk";
import { begunIn, judgeLeft, segmentsIn, type Segment } from "../../../providers/ceph/osd/unfinished";

const uuid = "11111111-1111-4111-8111-111111111111";
const other = "22222222-2222-4222-8222-222222222222";
const vg = "ceph-33333333-3333-4333-8333-333333333333";
const lv = `osd-block-${uuid}`;

type Looked = Parameters<typeof judgeLeft>[0];

const disk: NodeDisk = {
  ...{ devpath: "/dev/nvme3n1", serial: "S", model: "M", sizeBytes: 1e12, link: "/dev/disk/by-id/nvme-M_S" },
  ...{ used: "LVM", mounted: false, osdIds: [3], journals: 0, ofCeph: true, partitions: [] },
};
const tags = { "ceph.osd_id": "3", "ceph.osd_fsid": uuid, "ceph.cluster_fsid": "here", "ceph.type": "block" };
const block: Segment = { device: disk.devpath, vg, lv, tags };
const volume = {
  ...{ id: 3, uuid, fsid: "here", type: "block", devices: [disk.devpath], sizeBytes: 1, encrypted: false },
  ...{ separateDb: false, separateWal: false, vg, lv },
};
const entry = { id: 3, uuid, up: false, in: false, isNew: true, hasBooted: false };
const note = {
  ...{ serial: "S", fsid: "here", urn: "u", mark: "m", device: "nvme3n1", tasks: [], known: [other] },
  ...{ volumes: [], purged: [] },
};

/** An OSD that never ran, with every sign of that. */
const sure: Looked = {
  ...{ disk, map: { fsid: "here", osds: [entry] }, volumes: [volume], segments: [block], note },
  ...{ asked: new Set([uuid]), prepared: new Set<string>(), labels: new Map() },
  ...{ begun: new Set([uuid, vg]), active: new Set<number>(), blank: new Set([`${vg}/${lv}`]) },
};
/** The same before its volume had its identity. */
const nameless: Looked = {
  ...sure,
  disk: { ...disk, osdIds: [] },
  volumes: [],
  segments: [{ ...block, tags: { "ceph.type": "block", "ceph.block_device": `/dev/${vg}/${lv}` } }],
};
/** Nothing stands on the disk. */
const free: Looked = { ...sure, disk: { ...disk, used: undefined, osdIds: [] }, volumes: [], segments: [] };
const gone = { fsid: "here", osds: [] };

const whyOf = (looked: Looked): string => {
  const judged = judgeLeft(looked);
  return "why" in judged ? judged.why : `taken: ${JSON.stringify(judged.unfinished)}`;
};

describe("what a creation of OSDs has left", () => {
  it("is removed where all of it shows that it never ran", () => {
    const nothing = { whole: [], emptyGroup: undefined, made: [] };
    const removed = { unfinished: { osds: [{ uuid, id: 3, volume: `${vg}/${lv}`, half: false }], ...nothing } };
    assert.deepEqual(judgeLeft(sure), removed);
    assert.deepEqual(judgeLeft(nameless), removed);
    // Ceph has removed it already, as one that never ran.
    const purged = { ...sure, map: gone, note: { ...note, purged: [uuid] } };
    assert.deepEqual(judgeLeft(purged), {
      unfinished: { osds: [{ uuid, id: undefined, volume: `${vg}/${lv}`, half: false }], ...nothing },
    });
  });

  const half = { uuid, fsid: undefined, id: undefined, ready: false };
  const ready = { uuid, fsid: "here", id: "3", ready: true };
  /** Something was written to its volume, and this is its label. */
  const labelled = (label: typeof half | typeof ready, more: Partial<Looked> = {}): Looked => ({
    ...{ ...sure, blank: new Set<string>(), labels: new Map([[`${vg}/${lv}`, label]]) },
    ...more,
  });
  const taken = (looked: Looked) => {
    const judged = judgeLeft(looked);
    assert.ok("unfinished" in judged, JSON.stringify(judged));
    return { osds: judged.unfinished.osds, whole: judged.unfinished.whole };
  };
  const encryptedTags = { ...tags, "ceph.encrypted": "1" };
  const sealed: Looked = {
    ...{ ...sure, blank: new Set<string>(), prepared: new Set([uuid]) },
    segments: [{ ...block, tags: encryptedTags }],
  };
  const dbName = `osd-db-${other}`;
  const dbTags = { ...tags, "ceph.type": "db" };
  const withDb: Looked = labelled(ready, {
    segments: [
      { ...block, tags: { ...tags, "ceph.db_device": `/dev/x/${dbName}` } },
      { device: "/dev/sdb", vg: "x", lv: dbName, tags: dbTags },
    ],
    volumes: [volume, { ...volume, type: "db", devices: ["/dev/sdb"], vg: "x", lv: dbName }],
  });

  it("is only started where its file system is whole: by its label, or within LUKS by the log", () => {
    const started = [{ uuid, id: 3, volume: `${vg}/${lv}`, encrypted: false }];
    assert.deepEqual(taken(labelled(ready)), { osds: [], whole: started });
    assert.deepEqual(taken(withDb), { osds: [], whole: started });
    assert.deepEqual(taken(sealed), { osds: [], whole: [{ ...started[0], encrypted: true }] });
  });

  it("is removed where its file system was only begun", () => {
    const removed = [{ uuid, id: 3, volume: `${vg}/${lv}`, half: true }];
    assert.deepEqual(taken(labelled(half)), { osds: removed, whole: [] });
    const purged = labelled(half, { map: gone, note: { ...note, purged: [uuid] } });
    assert.deepEqual(taken(purged), { osds: [{ ...removed[0], id: undefined }], whole: [] });
  });

  const [ownBlock, ownDb] = withDb.segments as [Segment, Segment];
  const unproven: Readonly<Record<string, readonly [Looked, RegExp]>> = {
    "its label is another OSD's": [labelled({ ...ready, uuid: other }), /label is that of another OSD \(2222/],
    "its label was begun for another OSD": [labelled({ ...half, uuid: other }), /label is that of another OSD \(2222/],
    "its label has another id": [labelled({ ...ready, id: "4" }), /label is that of osd\.4 of Ceph here/],
    "its label is of another Ceph": [labelled({ ...ready, fsid: "there" }), /label is that of osd\.3 of Ceph there/],
    "its label tells an id, and not that it is ready": [
      labelled({ ...ready, ready: false }),
      /neither whole nor only begun/,
    ],
    "its label tells its Ceph, and not that it is ready": [
      labelled({ ...ready, id: undefined, ready: false } as never),
      /neither whole nor only begun/,
    ],
    "no label can be read": [labelled(ready, { labels: new Map() }), /no label of BlueStore that can be read/],
    "it is whole, and not in the map any more": [
      labelled(ready, { map: gone, note: { ...note, purged: [uuid] } }),
      /its OSD is not in Ceph's map/,
    ],
    "it was begun, and may have run": [labelled(half, { map: gone }), /so that it may have run/],
    "it is whole, and no log names it": [labelled(ready, { begun: new Set([vg]) }), /no log of a creation/],
    "it was begun, and no log names it": [labelled(half, { begun: new Set([vg]) }), /no log of a creation/],
    "it is whole, and older": [labelled(ready, { note: { ...note, known: [uuid] } }), /was there before the creation/],
    "it was begun, and is older": [labelled(half, { note: { ...note, known: [uuid] } }), /was there before/],
    "it is whole, and has no identity": [
      { ...nameless, blank: new Set<string>(), labels: new Map([[`${vg}/${lv}`, ready]]) },
      /has no identity/,
    ],
    "another OSD has the id of the whole one": [
      labelled(ready, { volumes: [volume, { ...volume, uuid: other, devices: ["/dev/sdb"] }] }),
      /another OSD on this node has the id/,
    ],
    "it is within LUKS, and no log says that it is prepared": [
      { ...sealed, prepared: new Set<string>() },
      /what is within LUKS is not known/,
    ],
    "its file system was begun, and it has a database elsewhere": [
      { ...withDb, labels: new Map([[`${vg}/${lv}`, half]]) },
      /is osd\.3 .*'s as well/,
    ],
    "its database is another OSD's": [
      { ...withDb, segments: [ownBlock, { ...ownDb, tags: { ...dbTags, "ceph.osd_id": "4" } }] },
      /does not say the same of it/,
    ],
    "its database is of another Ceph": [
      { ...withDb, segments: [ownBlock, { ...ownDb, tags: { ...dbTags, "ceph.cluster_fsid": "there" } }] },
      /does not say the same of it/,
    ],
    "what has its uuid elsewhere is no database": [
      { ...withDb, segments: [ownBlock, { ...ownDb, lv: "data" }] },
      /does not say the same of it/,
    ],
    "its database is gone": [
      { ...withDb, segments: [ownBlock], volumes: [volume] },
      /volume for the database is not the one that it names/,
    ],
    "it has a database that it does not name": [
      { ...withDb, segments: [block, ownDb] },
      /volume for the database is not the one that it names/,
    ],
    "its database is not the one that it names": [
      { ...withDb, segments: [ownBlock, { ...ownDb, vg: "y" }] },
      /volume for the database is not the one that it names/,
    ],
  };
  for (const [what, [looked, expected]] of Object.entries(unproven))
    it(`stays where ${what}`, () => assert.match(whyOf(looked), expected));

  it("has a label that is read as it stands there, or not at all", () => {
    const lines = (...all: string[]): string => all.map((line) => `        ${line}\n`).join("");
    assert.deepEqual(labelIn(lines(`"osd_uuid": "${uuid}",`)), half);
    const whole = lines(`"osd_uuid": "${uuid}",`, '"ceph_fsid": "here",', '"ready": "ready",', '"whoami": "3"');
    assert.deepEqual(labelIn(whole), ready);
    for (const text of [
      "",
      lines('"ready": "ready",'),
      lines(`"osd_uuid": "${uuid}",`, `"osd_uuid": "${other}",`),
      lines(`"osd_uuid": "${uuid}",`, '"ready": "soon",'),
      lines(`"osd_uuid": "${uuid}",`, '"osd_key": "x",'),
      lines(`"osd_uuid": "${uuid}", "ready": "ready",`),
    ])
      assert.equal(labelIn(text), undefined, text);
  });

  const missing: Readonly<Record<string, readonly [Looked, RegExp]>> = {
    "it ran, and was purged since": [
      { ...sure, map: { fsid: "here", osds: [] } },
      /not in Ceph's map any more, so that it may have run/,
    ],
    "it is older than the creation": [{ ...sure, note: { ...note, known: [uuid] } }, /was there before the creation/],
    "it is another Ceph's": [
      { ...sure, segments: [{ ...block, tags: { ...tags, "ceph.cluster_fsid": "there" } }] },
      /of another Ceph \(there\)/,
    ],
    "the creation was for another Ceph": [{ ...sure, note: { ...note, fsid: "there" } }, /begun for another Ceph/],
    "the creation was on another disk": [{ ...sure, note: { ...note, serial: "T" } }, /begun on another disk/],
    "its tags name another OSD than its name": [
      { ...sure, segments: [{ ...block, tags: { ...tags, "ceph.osd_fsid": other } }] },
      /another uuid than its name/,
    ],
    "the map has its uuid under another id": [
      { ...sure, map: { fsid: "here", osds: [{ ...entry, id: 4 }] } },
      /osd\.3 on the disk, and osd\.4 in Ceph's map/,
    ],
    "ceph-volume does not list it": [{ ...sure, volumes: [] }, /do not agree/],
    "ceph-volume lists it twice": [{ ...sure, volumes: [volume, volume] }, /do not agree/],
    "ceph-volume has it on another disk as well": [
      { ...sure, volumes: [{ ...volume, devices: [disk.devpath, "/dev/sdb"] }] },
      /do not agree/,
    ],
    "one of its volumes is of another id": [
      { ...sure, volumes: [volume, { ...volume, type: "db", id: 4, devices: ["/dev/sdb"] }] },
      /do not agree/,
    ],
    "another OSD on the node has its id": [
      { ...sure, volumes: [volume, { ...volume, uuid: other, devices: ["/dev/sdb"] }] },
      /another OSD on this node has the id/,
    ],
    "somebody's volume is beside it": [
      { ...sure, segments: [block, { ...block, lv: "data", tags: {} }] },
      /\/data on the disk is not that of an OSD/,
    ],
    "its group is somebody's": [{ ...sure, segments: [{ ...block, vg: "backup" }] }, /backup on the disk is not one/],
    "its group is on other disks as well": [
      { ...sure, segments: [block, { ...block, device: "/dev/sdb" }] },
      /is on other disks as well/,
    ],
    "there are two groups": [
      { ...sure, segments: [block, { ...block, vg: vg.replace("3333", "4444") }] },
      /several volume groups/,
    ],
    "there are partitions": [
      { ...sure, disk: { ...disk, partitions: [{ devpath: "/dev/nvme3n1p1", used: "LVM" }] } },
      /there are partitions/,
    ],
    "something is mounted": [{ ...sure, disk: { ...disk, mounted: true } }, /something else has come/],
    "something else has come there": [{ ...sure, disk: { ...disk, used: "ext4" } }, /something else has come/],
    "databases of others are there": [{ ...sure, disk: { ...disk, journals: 1 } }, /something else has come/],
    "LVM tells nothing of it": [{ ...sure, segments: [] }, /LVM does not list/],
    "Proxmox tells nothing of it": [
      { ...sure, disk: { ...disk, used: undefined } },
      /LVM lists what Proxmox does not see/,
    ],
    "no log names it": [{ ...nameless, begun: new Set([vg]) }, /no log of a creation on this node names/],
    "no log names it, and it has its identity": [{ ...sure, begun: new Set([vg]) }, /no log of a creation/],
    "no log names its group": [{ ...sure, begun: new Set([uuid]) }, /does not name volume group ceph-3/],
    "something was written to it": [{ ...sure, blank: new Set() }, /does not begin with zeroes/],
    "something was written to it, and it has no identity": [{ ...nameless, blank: new Set() }, /begin with zeroes/],
    "Ceph has removed it, and something was written to it": [
      { ...sure, map: gone, note: { ...note, purged: [uuid] }, blank: new Set() },
      /does not begin with zeroes/,
    ],
    "what has no identity is not in the map any more": [{ ...nameless, map: gone }, /may have run/],
    "what has no identity is starting": [{ ...nameless, active: new Set([3]) }, /is starting/],
    "a volume elsewhere has its uuid": [
      { ...sure, segments: [block, { ...block, device: "/dev/sdb", vg: "x", lv: "osd-db-y" }] },
      /x\/osd-db-y is osd\.3 .*'s as well/,
    ],
    "a volume elsewhere has its name": [
      { ...sure, segments: [block, { device: "/dev/sdb", vg: "x", lv, tags: {} }] },
      /is osd\.3 .*'s as well/,
    ],
    "a group is empty that no log names": [
      { ...free, disk: { ...disk, osdIds: [] }, segments: [{ ...block, lv: "", tags: {} }], begun: new Set() },
      /does not name volume group/,
    ],
    "a physical volume is in no group": [
      { ...free, disk: { ...disk, osdIds: [] }, segments: [{ ...block, vg: "", lv: "", tags: {} }] },
      /a physical volume there that is in no group/,
    ],
    "what has no identity yet is older": [{ ...nameless, note: { ...note, known: [uuid] } }, /was there before/],
    "what has no identity is listed by ceph-volume": [{ ...nameless, volumes: [volume] }, /do not agree/],
    "it has a database elsewhere": [
      { ...nameless, volumes: [{ ...volume, type: "db" }] },
      /has volumes on other disks as well/,
    ],
    "what has no identity has run": [
      { ...nameless, map: { fsid: "here", osds: [{ ...entry, isNew: false }] } },
      /has run/,
    ],
    "what has no identity has somebody's tag": [
      { ...nameless, segments: [{ ...block, tags: { mine: "" } }] },
      /a tag that no creation leaves alone: mine/,
    ],
  };
  for (const [what, [looked, expected]] of Object.entries(missing))
    it(`stays where ${what}`, () => assert.match(whyOf(looked), expected));

  it("is an OSD like any other where it is in, up, or starting", () => {
    for (const looked of [
      ...[{ isNew: false }, { hasBooted: true }, { up: true }, { in: true }].map((more) => ({
        ...sure,
        map: { fsid: "here", osds: [{ ...entry, ...more }] },
      })),
      { ...sure, active: new Set([3]) },
    ]) {
      const judged = judgeLeft(looked);
      assert.ok("unfinished" in judged);
      assert.deepEqual([judged.unfinished.osds, judged.unfinished.made], [[], [uuid]]);
      // One that somebody has made by hand beside it is not this resource's.
      assert.match(whyOf({ ...looked, asked: new Set() }), /was not made by this creation, as far as its log tells/);
    }
  });

  it("may be an id alone, where a log names its uuid and no volume has it", () => {
    assert.match(whyOf(free), /^taken: \{"osds":\[\{"id":3,"uuid":"1/);
    const elsewhere = { ...block, device: "/dev/sdb", vg: "ceph-x" };
    const not: readonly Looked[] = [
      { ...free, begun: new Set() },
      { ...free, volumes: [{ ...volume, uuid: other, devices: ["/dev/sdb"] }] },
      { ...free, note: { ...note, known: [uuid] } },
      { ...free, volumes: [{ ...volume, devices: ["/dev/sdb"] }] },
      { ...free, segments: [elsewhere] },
      { ...free, segments: [{ ...elsewhere, lv: "renamed" }] },
      { ...free, active: new Set([3]) },
      { ...free, map: { fsid: "here", osds: [{ ...entry, isNew: false }] } },
    ];
    for (const looked of not) assert.match(whyOf(looked), /^taken: \{"osds":\[\]/);
  });

  it("may be an empty group that its log names, and no physical volume without one", () => {
    const empty: Looked = {
      ...{ ...free, disk: { ...disk, osdIds: [] }, segments: [{ ...block, lv: "", tags: {} }], map: gone },
      begun: new Set([vg]),
    };
    assert.match(whyOf(empty), new RegExp(`"emptyGroup":"${vg}"`));
    // A physical volume in no group may be anybody's.
    const bare = { ...empty, segments: [{ ...block, vg: "", lv: "", tags: {} }] };
    assert.match(whyOf(bare), /a physical volume there that is in no group/);
  });

  it("is no volume for database or log on another disk: all is left", () => {
    const db = `osd-db-${other}`;
    const segment: Segment = { device: "/dev/sdb", vg, lv: db, tags: {} };
    const elsewhere: Looked = { ...free, map: gone, segments: [segment], begun: new Set([db]) };
    const strays = (looked: Looked): readonly string[] =>
      /^volume (\S+) for database or log has come to no OSD/.exec(whyOf(looked))?.slice(1) ?? [];
    assert.deepEqual(strays(elsewhere), [`${vg}/${db}`]);
    assert.deepEqual(strays({ ...elsewhere, begun: new Set() }), []);
    assert.deepEqual(strays({ ...elsewhere, note: { ...note, volumes: [`${vg}/${db}`] } }), []);
    assert.deepEqual(strays({ ...elsewhere, segments: [{ ...segment, tags: { "ceph.osd_id": "4" } }] }), []);
    assert.deepEqual(strays({ ...elsewhere, segments: [{ ...segment, lv: "data" }], begun: new Set(["data"]) }), []);
  });

  it("is read from what LVM and ceph-volume print, and from nothing else", () => {
    const row = { pv_name: "/dev/sda", vg_name: "v", lv_name: "l", lv_tags: "a=b=c,d" };
    const segment = { device: "/dev/sda", vg: "v", lv: "l", tags: { a: "b=c", d: "" } };
    assert.deepEqual(segmentsIn({ report: [{ pvseg: [row] }] }), [segment]);
    assert.deepEqual(segmentsIn({ report: [{ pv: [] }] }), []);
    for (const answer of [{}, { report: [] }, { report: {} }, { report: [{}] }, { report: [{ pv: "none" }] }, [], null])
      assert.throws(() => segmentsIn(answer), /no report of physical volumes; nothing was changed/);
    for (const key of Object.keys(row))
      assert.throws(() => segmentsIn({ report: [{ pvseg: [{ ...row, [key]: null }] }] }), /whose it is/);
    const begun = (lines: readonly string[]): string[] => [...begunIn(lines).begun];
    const command = "Running command: /usr/bin/ceph --cluster ceph --name client.bootstrap-osd -i - osd new";
    assert.deepEqual(
      begun([
        `${command} ${uuid}`,
        ` ${command} ${other} 7`,
        `x ${command} ${uuid}`,
        `${command} ${uuid} ; rm`,
        "osd new",
      ]),
      [uuid, other],
    );
    const started = `--> ceph-volume lvm activate successful for osd ID: 3`;
    assert.deepEqual(begun([`${command} ${uuid}`, started, `${command} ${other}`]), [other]);
    const purged = [`${command} ${uuid}`, " stderr: purged osd.3", "purged osd.4", " stderr: purged osd.5 x"];
    const asked = new Set([uuid]);
    const none = new Set();
    assert.deepEqual(begunIn(purged), { begun: asked, asked, purged: [uuid], prepared: none });
    assert.deepEqual(begunIn([`${command} ${uuid}`, started]), { begun: none, asked, purged: [], prepared: none });
    const prepared = "--> ceph-volume lvm prepare successful for: /dev/sda";
    assert.deepEqual([...begunIn([prepared, `${command} ${uuid}`, `x ${prepared}`]).prepared], []);
    assert.deepEqual([...begunIn([`${command} ${uuid}`, prepared, `${command} ${other}`]).prepared], [uuid]);
    assert.deepEqual(begun([`Running command: vgcreate --force --yes ${vg} /dev/sda`, "vgcreate x"]), [vg]);
    assert.deepEqual(begun([`Running command: /usr/sbin/vgcreate --force --yes ${vg} /dev/sda`]), [vg]);
    assert.deepEqual(begun([`  Logical volume "osd-db-${uuid}" created.`, '  Logical volume "data" created.']), [
      `osd-db-${uuid}`,
    ]);
  });
});
