import assert from "node:assert/strict";
import fc from "fast-check";
import { pairDisks, type DiskPairs } from "../../../../providers/vm/disks/disk-pairs";
import { driveString } from "../../../../providers/vm/disks/drive-string";
import { busOptions, slotOf, type Disk } from "../../../../providers/vm/disks/disk.model";

const disk = (slot: string | undefined, sizeGiB = 1, storage = "a"): Disk => ({
  ...(slot === undefined ? {} : { slot }),
  storage,
  sizeGiB,
});
function paired(wanted: Disk[], was: Disk[]): DiskPairs {
  const found = pairDisks(wanted, was);
  assert.ok(!("problem" in found), JSON.stringify(found));
  return found;
}
function problem(wanted: Disk[], was: Disk[]): string {
  const found = pairDisks(wanted, was);
  assert.ok("problem" in found, JSON.stringify(found));
  return `${found.problem.path}: ${found.problem.message}`;
}

describe("a disk of the list before", () => {
  it("is the one in the same slot, wherever it stands in the list", () => {
    const was = [disk("scsi0", 1), disk("scsi1", 2), disk("scsi2", 3)];
    assert.deepEqual(paired([disk("scsi2", 3), disk("scsi0", 1), disk("scsi1", 2)], was).was, [2, 0, 1]);
    assert.deepEqual(paired([disk("scsi0", 1), disk("scsi2", 3)], was), { was: [0, 2], removed: [1] });
    assert.deepEqual(paired([disk("scsi9", 9), ...was], was).was, [undefined, 0, 1, 2]);
  });
  it("is the one at its place when its slot is changed or is written down", () => {
    const was = [disk(undefined, 1), disk(undefined, 2)];
    assert.deepEqual(paired([disk("virtio0", 1), disk("virtio1", 2)], was).was, [0, 1]);
    assert.deepEqual(paired([disk("scsi0", 1), disk("scsi1", 2)], was).was, [0, 1]);
    assert.deepEqual(paired([disk("virtio0", 1)], [disk(undefined, 1)]).was, [0]);
  });
  it("is told by what else is said of it when slots are exchanged, else by its place", () => {
    const was = [disk("scsi0", 1), disk("scsi1", 2)];
    assert.deepEqual(paired([disk("scsi1", 1), disk("scsi0", 2)], was).was, [0, 1]);
    assert.deepEqual(paired([disk("scsi1", 2), disk("scsi0", 1)], was).was, [1, 0]);
    const alike = [disk("scsi0"), disk("scsi1")];
    assert.deepEqual(paired([disk("scsi1"), disk("scsi0")], alike).was, [0, 1]);
    assert.deepEqual(paired([disk("scsi1", 1), disk("scsi0", 2), disk("scsi2", 5)], was).was, [0, 1, undefined]);
  });
  it("is moved, and not replaced, when one slot goes and another one comes", () => {
    const was = [disk("scsi0", 1), disk("scsi1", 2)];
    assert.deepEqual(paired([disk("scsi0", 1), disk("scsi5", 4)], was).was, [0, 1]);
    assert.deepEqual(paired([disk("virtio1", 7), disk("virtio0", 1)], [disk("scsi0", 1)]).was, [undefined, 0]);
  });
  it("is not guessed at", () => {
    const was = [disk("scsi0", 1), disk("scsi1", 2)];
    assert.match(problem([disk(undefined, 1)], was), /^disks: a disk is removed, and without slots/);
    assert.match(
      problem([disk("scsi5", 2)], was),
      /^disks\[0\]\.slot: one disk goes to another slot and another one is/,
    );
    assert.match(
      problem([disk("scsi1"), disk("scsi3")], [disk("scsi0")]),
      /^disks\[0\]\.slot: a disk goes to another slot and another one is new/,
    );
    const bare = [disk(undefined, 1), disk(undefined, 2)];
    assert.match(problem([disk(undefined, 1), disk(undefined, 9), disk(undefined, 2)], bare), /put before others/);
    assert.deepEqual(paired([...bare, disk(undefined, 9)], bare).was, [0, 1, undefined]);
  });
  it("is one disk at most, and goes only when the list is shorter", () => {
    const list = fc.uniqueArray(
      fc.record({
        slot: fc.option(fc.constantFrom("scsi0", "scsi1", "scsi2", "virtio0", "sata3"), { nil: undefined }),
        sizeGiB: fc.integer({ min: 1, max: 2 }),
      }),
      { maxLength: 4, selector: ({ slot }) => slot ?? {} },
    );
    fc.assert(
      fc.property(list, list, (a, b) => {
        const [wanted, was] = [a, b].map((items) => items.map(({ slot, sizeGiB }) => disk(slot, sizeGiB))) as [
          Disk[],
          Disk[],
        ];
        // Two disks in one slot are refused before.
        for (const disks of [wanted, was]) fc.pre(new Set(disks.map(slotOf)).size === disks.length);
        const found = pairDisks(wanted, was);
        if ("problem" in found) return;
        const places = found.was.filter((place) => place !== undefined);
        assert.equal(found.was.length, a.length);
        assert.equal(new Set(places).size, places.length);
        assert.equal(places.length + found.removed.length, b.length);
        if (a.length >= b.length) assert.deepEqual(found.removed, []);
      }),
    );
  });
});

describe("a drive that goes to another bus", () => {
  it("keeps the options that it can have there", () => {
    const raw = { size: "1G", backup: "0", iothread: "1", ssd: "1", cache: "none" };
    assert.equal(
      driveString("a:vm-1-disk-0", busOptions(raw, "sata0"), disk("sata0"), undefined),
      "a:vm-1-disk-0,backup=0,ssd=1,cache=none",
    );
    assert.deepEqual(busOptions(raw, "virtio0"), { size: "1G", backup: "0", iothread: "1", cache: "none" });
  });
});
