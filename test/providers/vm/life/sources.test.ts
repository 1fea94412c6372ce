import assert from "node:assert/strict";
import type { SnapshotNode, SnapshotStorage } from "../../../../pve";
import { ownerMark, isOwnerKnown } from "../../../../providers/kernel/identity/mark";
import { readMark, remarked, withMark } from "../../../../providers/vm/config/mark-line";
import { declaredAddresses, findDuplicates } from "../../../../providers/vm/check/declared";
import { sharing } from "../../../../providers/vm/template/linked-clones";
import { targetStorages } from "../../../../providers/vm/life/migrate";
import { candidates } from "../../../../providers/vm/life/placement";
import { RunMemory } from "../../../../providers/vm/check/run-memory";

const storage = (name: string, node: string, type: string, shared = false): SnapshotStorage => ({
  ...{ storage: name, node, type, shared, content: ["images"], available: true },
});
const node = (name: string, status: SnapshotNode["status"] = "online"): SnapshotNode => ({
  ...{ node: name, status, maxcpu: 8, maxmem: 32, mem: 8 },
});

describe("the notes in an owner's mark", () => {
  const mark = ownerMark("stack", "urn");
  const base = "3f2b9c1e-0a4d-4a9e-8c39-5f1f2a6d7e80";
  it("come back as they were written, and leave the text alone", () => {
    for (const notes of [
      {},
      { unfinished: true },
      { base },
      { unfinished: true, base },
      { retired: "20260102T030405Z" },
    ]) {
      const { description, mark: read, unfinished, ...rest } = readMark(withMark("two\nlines", mark, notes));
      assert.deepEqual([description, read, unfinished], ["two\nlines", mark, "unfinished" in notes]);
      const { unfinished: _, ...others } = { unfinished: false, ...notes };
      assert.deepEqual(rest, others);
    }
  });
  it("keep the base when their state changes", () => {
    const stored = withMark("text", mark, { unfinished: true, base });
    assert.deepEqual(readMark(remarked(stored, mark, {})), { description: "text", mark, unfinished: false, base });
  });
  it("are not to be compared in a preview, which does not know the stack", () => {
    assert.ok(isOwnerKnown({ mark, urn: "urn" }));
    assert.ok(!isOwnerKnown({ mark: ownerMark("", "urn"), urn: "urn" }));
  });
});

describe("where a VM may be", () => {
  const storages = [storage("thin", "a", "lvmthin"), storage("thin", "b", "lvmthin"), storage("fast", "b", "zfspool")];
  const picture = { nodes: [node("a"), node("b"), node("c", "offline")], storages };
  it("is on nodes that are online and have its storages, in the given order", () => {
    assert.deepEqual(candidates(picture, { nodes: ["c", "b", "a"] }), ["b", "a"]);
    assert.deepEqual(candidates(picture, { nodes: ["a", "b"], disks: [{ storage: "fast" }] }), ["b"]);
    assert.deepEqual(candidates(picture, { disks: [{ storage: "thin" }] }), ["a", "b"]);
  });
  it("counts the memory that this run has promised, and not what the list says of it later", () => {
    const memory = new RunMemory();
    assert.equal(memory.freeMemory(picture.nodes, "a"), 24);
    memory.promise("a", 10);
    assert.equal(memory.freeMemory([{ ...node("a"), mem: 18 }], "a"), 14);
  });
});

describe("storages of a migration", () => {
  const guest = (config: Record<string, string>) => ({ config, current: config, waiting: [], digest: undefined });
  const storages = [
    storage("thin", "a", "lvmthin"),
    storage("thin", "b", "lvmthin"),
    storage("dir", "a", "dir"),
    storage("other", "b", "dir"),
    storage("zfs", "b", "zfspool"),
    storage("ceph", "a", "rbd", true),
    storage("ceph", "b", "rbd", true),
  ];
  const map = (config: Record<string, string>, disks: { storage: string }[], running = false) =>
    targetStorages(storages, guest(config), "b", { disks }, running);
  it("are mapped only where they differ or are missing", () => {
    assert.deepEqual(map({ scsi0: "thin:vm-1-disk-0,size=1G" }, [{ storage: "thin" }]), { map: "" });
    assert.deepEqual(map({ scsi0: "thin:vm-1-disk-0,size=1G" }, [{ storage: "other" }]), { map: "thin:other" });
    assert.deepEqual(map({ scsi0: "ceph:vm-1-disk-0,size=1G" }, [{ storage: "thin" }]), { map: "" });
    const two = { scsi0: "thin:vm-1-disk-0", scsi1: "thin:vm-1-disk-1" };
    assert.deepEqual(map(two, [{ storage: "thin" }, { storage: "other" }]), { map: "" });
    assert.deepEqual(map({ scsi0: "dir:1/vm-1-disk-0.raw", ide2: "dir:1/vm-1-cloudinit.raw" }, [{ storage: "thin" }]), {
      map: "dir:thin",
    });
  });
  it("must fit the volumes that are copied, not those that a running guest mirrors", () => {
    const stopped = map({ scsi0: "dir:1/vm-1-disk-0.qcow2" }, [{ storage: "thin" }]);
    assert.match("problem" in stopped ? stopped.problem : "", /scsi0 \(dir:1\/vm-1-disk-0\.qcow2\) cannot go from dir/);
    assert.deepEqual(map({ scsi0: "dir:1/vm-1-disk-0.qcow2" }, [{ storage: "thin" }], true), { map: "dir:thin" });
    const zfs = map({ scsi0: "dir:1/vm-1-disk-0.raw" }, [{ storage: "zfs" }]);
    assert.ok("problem" in zfs);
    // The storage is on both nodes: the disk goes there, and is moved afterwards.
    assert.deepEqual(map({ scsi0: "thin:vm-1-disk-0" }, [{ storage: "zfs" }]), { map: "" });
  });
});

describe("linked clones", () => {
  it("are told by the ids of their volumes", () => {
    const found = sharing(
      ["dir:9/base-9-disk-0.qcow2", "ceph:base-9-disk-0"],
      [
        "dir:9/base-9-disk-0.qcow2/10/vm-10-disk-0.qcow2",
        "ceph:base-9-disk-0/vm-11-disk-0",
        "ceph:base-9-disk-01/vm-12-disk-0",
      ],
    );
    assert.deepEqual(found, [10, 11]);
    assert.deepEqual(sharing(["thin:base-9-disk-0"], ["thin:vm-10-disk-0", "thin:base-9-disk-0"]), []);
  });
});

describe("addresses of a program's VMs", () => {
  const vm = (ip: string, network?: string) => ({ name: "x", addresses: [{ ip, network }] });
  const others = new Map([["stack::one", vm("10.0.0.5", "vmbr0 ")]]);
  it("are told when two are the same in one network", () => {
    assert.deepEqual(findDuplicates("stack::two", vm("10.0.0.5", "vmbr0 "), others), [
      { path: "cloudInit.addresses", message: "two and one both have the address 10.0.0.5; give each its own" },
    ]);
    assert.equal(findDuplicates("stack::two", vm("10.0.0.5"), others).length, 1);
    assert.deepEqual(findDuplicates("stack::two", vm("10.0.0.5", "vmbr0 9"), others), []);
    assert.deepEqual(findDuplicates("stack::one", vm("10.0.0.5", "vmbr0 "), others), []);
  });

  it("is one address however it is spelt", () => {
    const spelt = (address6: string) => declaredAddresses({ cloudInit: { addresses: [{ address6 }, {}] } });
    assert.deepEqual(spelt("2001:DB8:0::5/64"), [{ ip: "2001:db8::5", network: undefined }]);
    assert.deepEqual(spelt("2001:db8::5/64"), spelt("2001:0db8:0:0:0:0:0:5/48"));
    assert.deepEqual(spelt("auto"), []);
  });
});
