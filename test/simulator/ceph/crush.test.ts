import assert from "node:assert/strict";
import { newCrushMap, placeOsd, removeItem, setClass } from "../../../simulator/ceph/crush.js";
import { placer } from "../../../simulator/ceph/pg-placement.js";
import { readLines } from "./command-replay.js";
import { upmapped } from "./recorded-cluster.js";

const hosts = ["foxtrot", "golf", "hotel"];

describe("the simulator's CRUSH", () => {
  const map = newCrushMap();
  for (let id = 0; id < 12; id++) {
    setClass(map, id, "nvme");
    placeOsd(map, id, 511, hosts[Math.floor(id / 4)]!);
  }

  it("places PGs where the real one placed them", () => {
    const line = readLines("10").find(({ n }) => n === 609);
    const { pg_stats: recorded } = line!.stdout as { pg_stats: { pgid: string; up: number[] }[] };
    const place = placer(map, map.rules[0]!, () => 1);
    const counts: Record<string, number> = { "1": 1, "2": 128, "3": 64 };
    assert.equal(recorded.length, 193);
    for (const { pgid, up } of recorded) {
      const [pool = "", ps = ""] = pgid.split(".");
      const placed = place({ id: Number(pool), size: 3, pgpNum: counts[pool]! }, parseInt(ps, 16));
      for (const [pg, from, to] of upmapped) if (pg === pgid) placed[placed.indexOf(from)] = to;
      assert.deepEqual(placed, up, pgid);
    }
  });

  it("gives ids to buckets and their copies by class as the real one", () => {
    const ids = map.buckets.map(({ id, name, shadows }) => [id, name, shadows["nvme"]]);
    assert.deepEqual(ids, [
      [-1, "default", -2],
      [-3, "foxtrot", -4],
      [-5, "golf", -6],
      [-7, "hotel", -8],
    ]);
  });

  it("moves little when an OSD is out, and has two places where two hosts are left", () => {
    const rule = map.rules[0]!;
    const before = placer(map, rule, () => 1);
    const after = placer(map, rule, (osd) => (osd === 3 ? 0 : 1));
    const pool = { id: 2, size: 3, pgpNum: 128 };
    assert.ok(Array.from({ length: 128 }, (_, ps) => before(pool, ps)).every((placed) => placed.length === 3));
    const moved = Array.from({ length: 128 }, (_, ps) => [before(pool, ps), after(pool, ps)] as const).filter(
      ([old, now]) => old.join() !== now.join(),
    );
    assert.ok(moved.every(([old, now]) => old.includes(3) && !now.includes(3)));
    for (const osd of [8, 9, 10, 11]) removeItem(map, osd);
    const without = placer(map, rule, () => 1);
    assert.ok(Array.from({ length: 128 }, (_, ps) => without(pool, ps)).every((placed) => placed.length === 2));
  });
});
