import type { CrushBucket, CrushMap, CrushRule } from "../world/crush.js";
import { bucketNamed, classView, isDevice, typeId } from "./crush.js";
import { hash2, hash3, stableMod } from "./crush-hash.js";

/** No OSD could be chosen for this piece. */
export const none = 0x7fffffff;

/** How much of an OSD's share it takes: 1 `in`, 0 `out`, between them after `osd reweight`. */
type Reweights = (osd: number) => number;

/** The default tunables (`choose_total_tries` 50, `chooseleaf_vary_r` and `_stable` 1), and those of erasure rules. */
const totalTries = 51;
const indepTries = 100;
const leafTries = 5;

class Chooser {
  /** Buckets by the id by which a rule sees them. */
  private readonly views = new Map<number, CrushBucket>();

  constructor(
    private readonly map: CrushMap,
    private readonly rule: CrushRule,
    private readonly reweight: Reweights,
  ) {
    for (const bucket of map.buckets) {
      const view = classView(map, bucket, rule.deviceClass);
      this.views.set(view.id, view);
    }
  }

  run(x: number, size: number): number[] {
    const root = bucketNamed(this.map, this.rule.root);
    const view = root && classView(this.map, root, this.rule.deviceClass);
    if (!view) return [];
    const type = typeId(this.rule.failureDomain);
    if (this.rule.mode === "firstn") return this.firstn(view, x, size, type);
    return this.indep(view, x, size, type);
  }

  private typeOf(item: number): number {
    return isDevice(item) ? 0 : typeId(this.views.get(item)?.type ?? "root");
  }

  /** straw2: the longest straw wins; only the order of the logarithms matters, so they need not be Ceph's table. */
  private draw(bucket: CrushBucket, x: number, r: number): number | undefined {
    let best: number | undefined;
    let longest = -Infinity;
    for (const { id, weight } of bucket.items) {
      const u = hash3(x, id, r) & 0xffff;
      const straw = weight > 0 ? Math.log2((u + 1) / 65536) / weight : -Infinity;
      if (best === undefined || straw > longest) [best, longest] = [id, straw];
    }
    return best;
  }

  private isOut(osd: number, x: number): boolean {
    const weight = Math.floor(this.reweight(osd) * 0x10000);
    if (weight >= 0x10000) return false;
    return weight === 0 || (hash2(x, osd) & 0xffff) >= weight;
  }

  /** Descends from a bucket to an item of the type. */
  private descend(bucket: CrushBucket, x: number, r: number, type: number): number | undefined {
    let at: CrushBucket | undefined = bucket;
    while (at) {
      const item = this.draw(at, x, r);
      if (item === undefined) return undefined;
      if (this.typeOf(item) === type) return item;
      if (isDevice(item)) return undefined;
      at = this.views.get(item);
    }
    return undefined;
  }

  private firstn(root: CrushBucket, x: number, count: number, type: number): number[] {
    const chosen: number[] = [];
    const leaves: number[] = [];
    for (let rep = 0; rep < count; rep++) {
      for (let failures = 0; failures < totalTries; failures++) {
        const r = rep + failures;
        const item = this.descend(root, x, r, type);
        if (item === undefined || chosen.includes(item)) continue;
        // vary_r 1 and stable 1: the descent to the leaf begins at r, and takes one try per failure
        const leaf = type === 0 ? item : this.leafOf(item, x, r, leaves);
        if (leaf === undefined || (type === 0 && this.isOut(leaf, x))) continue;
        chosen.push(item);
        leaves.push(leaf);
        break;
      }
    }
    return leaves;
  }

  private leafOf(item: number, x: number, r: number, taken: readonly number[]): number | undefined {
    const bucket = this.views.get(item);
    const leaf = bucket && this.descend(bucket, x, r, 0);
    if (leaf === undefined || taken.includes(leaf) || this.isOut(leaf, x)) return undefined;
    return leaf;
  }

  /** Each piece keeps its place: one that finds no OSD leaves a hole. */
  private indep(root: CrushBucket, x: number, count: number, type: number): number[] {
    const chosen = new Array<number | undefined>(count).fill(undefined);
    const leaves = new Array<number>(count).fill(none);
    let left = count;
    for (let ftotal = 0; left > 0 && ftotal < indepTries; ftotal++) {
      for (let rep = 0; rep < count; rep++) {
        if (chosen[rep] !== undefined) continue;
        const item = this.descend(root, x, rep + count * ftotal, type);
        if (item === undefined || chosen.includes(item)) continue;
        const leaf = type === 0 ? item : this.indepLeaf(item, x, rep, rep + count * ftotal, count);
        if (leaf === undefined || (type === 0 && this.isOut(leaf, x))) continue;
        chosen[rep] = item;
        leaves[rep] = leaf;
        left--;
      }
    }
    return leaves;
  }

  private indepLeaf(item: number, x: number, rep: number, parent: number, count: number): number | undefined {
    const bucket = this.views.get(item);
    for (let ftotal = 0; bucket && ftotal < leafTries; ftotal++) {
      const leaf = this.descend(bucket, x, rep + parent + count * ftotal, 0);
      if (leaf !== undefined && !this.isOut(leaf, x)) return leaf;
    }
    return undefined;
  }
}

interface PlacedPool {
  readonly id: number;
  readonly size: number;
  readonly pgpNum: number;
}

/** Where the PGs of a pool belong, whether the OSDs run or not. */
export function placer(
  map: CrushMap,
  rule: CrushRule,
  reweight: Reweights,
): (pool: PlacedPool, ps: number) => number[] {
  const chooser = new Chooser(map, rule, reweight);
  return ({ id, size, pgpNum }, ps) => chooser.run(hash2(stableMod(ps, pgpNum), id), size);
}
