import assert from "node:assert/strict";
import { disksIn, type NodeDisk } from "../../../providers/ceph/osd/disk";
import type { OsdVolume } from "../../../providers/ceph/osd/osd-map";
import { devicesIn } from "../../../providers/ceph/osd/raw-use";
import { holdersIn, leftoversOn, whyNeverWiped, whyNotNamed } from "../../../providers/ceph/osd/wipeable";

const row = (more: object, ...parts: object[]): NodeDisk => {
  const disk = {
    devpath: "/dev/sdb",
    serial: "S1",
    model: "Stick",
    size: 1e12,
    osdid: -1,
    "osdid-list": null,
    ...more,
  };
  const rows = parts.map((part, index) => ({ devpath: `/dev/sdb${index + 1}`, parent: "/dev/sdb", ...part }));
  const [found] = disksIn([disk, ...rows]);
  assert.ok(found);
  return found;
};
const volume = (more: Partial<OsdVolume> = {}): OsdVolume => ({
  ...{ id: 3, uuid: "u3", fsid: "here", type: "block", devices: ["/dev/sdb"], sizeBytes: 1, encrypted: false },
  ...{ separateDb: false, separateWal: false, vg: "ceph-a-b", lv: "osd-block-u3" },
  ...more,
});
const map = { fsid: "here", osds: [{ id: 4, uuid: "u4", up: true, in: true, isNew: false, hasBooted: true }] };

describe("what is wiped", function () {
  it("are file systems and partitions that nobody uses", () => {
    for (const used of ["ext4", "xfs", "ntfs", "vfat", "crypto_LUKS", "iso9660"])
      assert.equal(whyNeverWiped(row({ used }), []), undefined, used);
    assert.equal(whyNeverWiped(row({ used: "partitions" }, { used: null }, { used: "ext4" }), []), undefined);
  });

  it("is nothing else, whatever is named: what may be in use without showing it", () => {
    const never = [
      ...["LVM", "ZFS", "Device Mapper", "mounted", "swap", "btrfs", "linux_raid_member", "zfs_member", "LVM2_member"],
      ...["ceph_bluestore", "drbd", "bcache", "isw_raid_member", "mpath_member", "VMFS", "EFI", "BIOS boot"],
      "ZFS reserved",
    ];
    for (const used of never) {
      assert.ok(whyNeverWiped(row({ used }), []), used);
      assert.ok(whyNeverWiped(row({ used: "partitions" }, { used: "ext4" }, { used }), []), `a partition with ${used}`);
    }
    assert.match(whyNeverWiped(row({ used: "ext4", mounted: 1 }), []) ?? "", /mounted/);
    assert.match(whyNeverWiped(row({ used: "partitions" }, { used: "ext4", mounted: 1 }), []) ?? "", /mounted/);
    assert.match(whyNeverWiped(row({ used: "LVM", db: 2 }), []) ?? "", /databases or logs/);
    for (const ceph of [{ bluestore: 1 }, { osdid: 0 }, { "osdid-list": ["0"] }])
      assert.match(whyNeverWiped(row({ used: "ext4", ...ceph }), []) ?? "", /^OSDs are on it/);
    assert.match(whyNotNamed(row({}), { serial: "S2" }) ?? "", /^wipe\.serial names S2, and this is Stick, serial S1/);
  });

  it("is what this Ceph has made and does not know any more, with all of it on this disk", () => {
    const disk = row({ used: "LVM", "osdid-list": ["3"], osdid: 3, bluestore: 1 });
    const left = leftoversOn(disk, map, [volume()]);
    assert.equal(left.length, 1);
    assert.equal(whyNeverWiped(disk, left), undefined);
    const others: [string, OsdVolume[]][] = [
      ["another Ceph's", [volume({ fsid: "elsewhere" })]],
      ["known under any id", [volume({ uuid: "u4" })]],
      ["a database", [volume({ type: "db" })]],
      ["its database elsewhere", [volume({ separateDb: true })]],
      ["a second device", [volume({ devices: ["/dev/sdb", "/dev/sdc"] })]],
      ["a second volume of it", [volume(), volume({ type: "db", devices: ["/dev/sdc"] })]],
      ["without a uuid", [volume({ uuid: "" })]],
      ["one that lives beside it", [volume(), volume({ id: 4, uuid: "u4" })]],
      ["one that Proxmox alone lists", [volume({ id: 9 })]],
    ];
    for (const [what, volumes] of others) assert.deepEqual(leftoversOn(disk, map, volumes), [], what);
  });

  it("is held by nothing that lsblk shows", () => {
    const disk = row({ used: "partitions" }, { used: "ext4" });
    const told = (children: object[], more = {}) =>
      holdersIn({ blockdevices: [{ name: "/dev/sdb", type: "disk", mountpoints: [null], children, ...more }] }, disk, [
        volume(),
      ]);
    const part = { name: "/dev/sdb1", type: "part", mountpoints: [] };
    assert.deepEqual(told([part]), []);
    assert.deepEqual(told([{ name: "/dev/mapper/ceph--a--b-osd--block--u3", type: "lvm", mountpoints: [null] }]), []);
    assert.match(told([{ ...part, mountpoints: ["[SWAP]"] }]).join(), /\/dev\/sdb1 is in use at \[SWAP\]/);
    assert.match(told([], { mountpoints: ["/data"] }).join(), /in use at \/data/);
    for (const type of ["crypt", "raid1", "mpath", "lvm", "dm", undefined])
      assert.match(
        told([{ ...part, children: [{ name: "/dev/dm-1", type, mountpoints: [null] }] }]).join(),
        /\/dev\/dm-1 .* is made of it/,
      );
    for (const answer of [{}, { blockdevices: [] }, { blockdevices: [{ name: "/dev/sdc", type: "disk" }] }])
      assert.deepEqual(holdersIn(answer, disk, []), ["lsblk does not tell what stands on it"]);
  });

  it("is named by no guest: every device file of its config counts", () => {
    assert.deepEqual(devicesIn("/dev/disk/by-id/nvme-A_1,size=4T"), ["/dev/disk/by-id/nvme-A_1"]);
    assert.deepEqual(devicesIn("-drive file=/dev/sdb,if=none -device x"), ["/dev/sdb"]);
    assert.deepEqual(devicesIn([["lxc.mount.entry", "/dev/sdb1 mnt/data none bind"]]), ["/dev/sdb1"]);
    assert.deepEqual(devicesIn("/dev/sdc,mp=/dev/data"), ["/dev/sdc"]);
    assert.deepEqual(devicesIn("local-lvm:vm-100-disk-0,size=4G"), []);
    assert.deepEqual(devicesIn(7), []);
  });
});
