import assert from "node:assert/strict";
import { seedWorld } from "../../../simulator/seeds/index.js";
import { markGroup, parseKeep, pruneList, type PruneEntry } from "../../../simulator/storage/prune.js";
import { storageOf } from "../../../simulator/storage/sections.js";
import { storeOf } from "../../../simulator/storage/volumes.js";

const at = (text: string): number => Date.parse(`${text}Z`) / 1000;
const marks = (times: string[], keep: string): string[] => {
  const group = times.map((time): PruneEntry => ({
    volid: time,
    ctime: at(time),
    type: "qemu",
    vmid: 100,
    mark: "remove",
  }));
  markGroup(group, parseKeep(keep));
  return group.filter(({ mark }) => mark === "keep").map(({ volid }) => volid);
};

describe("pruning backups", () => {
  const days = ["2026-01-01T01:00", "2026-01-01T02:00", "2026-01-02T01:00", "2026-01-03T01:00", "2026-01-03T02:00"];

  it("keeps everything when nothing is to be counted", () => {
    assert.deepEqual(marks(days, "keep-all=1"), days);
    assert.deepEqual(marks(days, "keep-last=0"), days);
  });

  it("keeps the newest of each period", () => {
    assert.deepEqual(marks(days, "keep-last=2"), ["2026-01-03T01:00", "2026-01-03T02:00"]);
    assert.deepEqual(marks(days, "keep-daily=2"), ["2026-01-02T01:00", "2026-01-03T02:00"]);
    assert.deepEqual(marks(days, "keep-monthly=5"), ["2026-01-03T02:00"]);
  });

  it("does not count periods that an earlier option kept", () => {
    assert.deepEqual(marks(days, "keep-last=1,keep-daily=1"), ["2026-01-02T01:00", "2026-01-03T02:00"]);
  });

  it("begins weeks on Mondays", () => {
    assert.deepEqual(marks(["2026-01-04T12:00", "2026-01-05T12:00"], "keep-weekly=2").length, 2);
    assert.deepEqual(marks(["2026-01-05T12:00", "2026-01-11T12:00"], "keep-weekly=2"), ["2026-01-11T12:00"]);
  });

  it("leaves protected and renamed backups alone", () => {
    const world = seedWorld("conformance");
    const cluster = world.clusters["pve"];
    assert.ok(cluster);
    const store = storeOf(world, "pve", storageOf(cluster, "local"));
    const file = { size: 1, bytes: 1, data: 1, ctime: 5 };
    store["backup/vzdump-qemu-100-2026_01_01-00_00_00.vma.zst"] = file;
    store["backup/vzdump-qemu-100-2026_01_02-00_00_00.vma.zst"] = { ...file, protected: true };
    store["backup/vzdump-qemu-100-2026_01_03-00_00_00.vma.zst"] = file;
    store["backup/mine.vma"] = file;
    assert.deepEqual(
      pruneList(world, "pve", "local", { keep: "keep-last=1" }).map(({ mark }) => mark),
      ["renamed", "remove", "protected", "keep"],
    );
    assert.throws(() => pruneList(world, "pve", "local", {}), /no prune-backups options configured/);
    assert.throws(() => pruneList(world, "pve", "second", {}), /does not support backups/);
  });
});
