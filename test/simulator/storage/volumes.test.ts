import assert from "node:assert/strict";
import { seedWorld } from "../../../simulator/seeds/index.js";
import { hasFeature } from "../../../simulator/storage/features.js";
import { clusterOf } from "../../../simulator/storage/sections.js";
import {
  allocate,
  createBase,
  findVolume,
  free,
  images,
  linkedClone,
  reassign,
  resize,
  sizeInfo,
} from "../../../simulator/storage/volumes.js";
import type { World } from "../../../simulator/world/world.js";

const GiB = 2 ** 20; // in KiB
const now = 1795255041;

describe("volumes of a storage", () => {
  let world: World;
  const make = (storage: string, vmid: number, more: { format?: string; name?: string; kibibytes?: number } = {}) =>
    allocate(world, node, { storage, vmid, kibibytes: GiB, now, ...more });
  let node = "pve";

  beforeEach(() => {
    world = seedWorld("conformance");
    node = "pve";
  });

  it("get the lowest free number of their guest, per format on directories with subvolumes too", () => {
    assert.equal(make("local", 100), "local:100/vm-100-disk-0.raw");
    assert.equal(make("local", 100, { format: "qcow2" }), "local:100/vm-100-disk-1.qcow2");
    assert.equal(make("second", 100), "second:100/vm-100-disk-0.raw");
    free(world, node, "local:100/vm-100-disk-0.raw");
    assert.equal(make("local", 100), "local:100/vm-100-disk-0.raw");
  });

  it("take any name with the extension of their format", () => {
    assert.equal(make("local", 100, { name: "foo.raw" }), "local:100/foo.raw");
    assert.throws(() => make("local", 100, { name: "foo.raw" }), {
      message: "disk image '/var/lib/vz/images/100/foo.raw' already exists\n",
    });
    assert.throws(() => make("local", 100, { name: "foo.raw", format: "qcow2" }), /wrong extension for format/);
    assert.throws(() => make("local", 100, { name: "foo" }), { message: "unable to parse volume filename 'foo'\n" });
  });

  it("take as much of the disk as recorded images of their format and size", () => {
    const used = (kibibytes: number, format: string) =>
      sizeInfo(world, node, make("local", 100, { kibibytes, format }))?.used;
    assert.equal(used(0, "raw"), 0);
    assert.equal(used(GiB, "raw"), 4096);
    assert.equal(used(64 * 1024, "qcow2"), 266240);
    assert.equal(used(GiB, "qcow2"), 331776);
    assert.equal(used(2 * GiB, "qcow2"), 532480);
    assert.equal(used(64 * 1024, "vmdk"), 12288);
  });

  it("become bases with linked clones, which keep them from being removed", () => {
    const base = createBase(world, node, make("local", 100, { kibibytes: 64 * 1024, format: "qcow2" }));
    assert.equal(base, "local:100/base-100-disk-0.qcow2");
    const clone = linkedClone(world, node, base, 101, now);
    assert.equal(clone, "local:100/base-100-disk-0.qcow2/101/vm-101-disk-0.qcow2");
    assert.deepEqual(sizeInfo(world, node, clone), {
      size: 64 * 2 ** 20,
      format: "qcow2",
      used: 528384,
      parent: "../100/base-100-disk-0.qcow2",
    });
    assert.throws(() => free(world, node, base), {
      message: "base volume '100/base-100-disk-0.qcow2' is still in use by linked clones\n",
    });
    free(world, node, clone);
    assert.deepEqual(free(world, node, base), []);
  });

  it("that are missing are removed with a warning", () => {
    assert.deepEqual(free(world, node, "local:iso/nosuch.iso"), [
      "disk image '/var/lib/vz/template/iso/nosuch.iso' does not exist",
    ]);
  });

  it("change their size and their owner", () => {
    const volid = make("local", 100, { format: "qcow2" });
    resize(world, node, volid, 3 * 2 ** 30 + 1);
    assert.equal(findVolume(world, node, volid)?.volume.size, 3 * 2 ** 30 + 1024);
    assert.equal(reassign(world, node, volid, 200), "local:200/vm-200-disk-0.qcow2");
    assert.equal(findVolume(world, node, volid), undefined);
  });

  it("are seen by every storage on the same path", () => {
    clusterOf(world, node).storages["again"] = { type: "dir", path: "/srv/second" };
    make("second", 100);
    const again = { id: "again", type: "dir", content: [], options: { path: "/srv/second" } } as const;
    assert.deepEqual(
      images(world, node, { ...again, content: [] }).map(({ volid }) => volid),
      ["again:100/vm-100-disk-0.raw"],
    );
  });

  it("on LVM thin have no folder, extents of 4 MiB and clones that do not name their base", () => {
    world = seedWorld("empty:1");
    node = "pve1";
    assert.throws(() => make("local-lvm", 100, { name: "foo" }), {
      message: "illegal name 'foo' - should be 'vm-100-*'\n",
    });
    assert.throws(() => make("local-lvm", 100, { format: "qcow2" }), /^PveError: unsupported format 'qcow2' at /);
    const volid = make("local-lvm", 100, { kibibytes: 528 });
    assert.equal(volid, "local-lvm:vm-100-disk-0");
    assert.equal(sizeInfo(world, node, volid)?.size, 4 * 2 ** 20);
    const base = createBase(world, node, volid);
    assert.equal(linkedClone(world, node, base, 101, now), "local-lvm:vm-101-disk-0");
    assert.deepEqual(free(world, node, base), []);
  });

  it("can be snapshotted by format on directories, always on LVM thin", () => {
    const cluster = clusterOf(world, node);
    assert.equal(hasFeature(cluster, "local:100/vm-100-disk-0.raw", "snapshot"), false);
    assert.equal(hasFeature(cluster, "local:100/vm-100-disk-0.qcow2", "snapshot"), true);
    assert.equal(hasFeature(cluster, "local:100/base-100-disk-0.raw", "clone"), true);
    const thin = clusterOf(seedWorld("empty:1"), "pve1");
    assert.equal(hasFeature(thin, "local-lvm:vm-100-disk-0", "snapshot"), true);
  });
});
