import type { CrushBucket, CrushMap, CrushRule, CrushType } from "../world/crush.js";

/** Types of buckets by their number (the default map). */
export const crushTypes = [
  ...["osd", "host", "chassis", "rack", "row", "pdu", "pod", "room", "datacenter", "zone", "region", "root"],
] as readonly (CrushType | "osd")[];

export const typeId = (type: CrushType | "osd"): number => crushTypes.indexOf(type);

/** The map of a cluster without OSDs: a root and the rule for copies on different hosts (recording 10, n 14). */
export function newCrushMap(): CrushMap {
  return {
    classes: {},
    classNames: [],
    buckets: [{ id: -1, name: "default", type: "root", items: [], shadows: {} }],
    rules: [replicatedRule(0, "replicated_rule", "default", "host")],
    version: 1,
  };
}

export function replicatedRule(
  id: number,
  name: string,
  root: string,
  failureDomain: CrushType | "osd",
  deviceClass?: string,
): CrushRule {
  const ofClass = deviceClass === undefined ? {} : { deviceClass };
  return { id, name, kind: "replicated", root, failureDomain, mode: "firstn", ...ofClass };
}

export const bucketNamed = (map: CrushMap, name: string): CrushBucket | undefined =>
  map.buckets.find((bucket) => bucket.name === name);

export const bucketById = (map: CrushMap, id: number): CrushBucket | undefined =>
  map.buckets.find((bucket) => bucket.id === id);

/** The bucket that has the item; undefined for a root and what is not in the map. */
export const parentOf = (map: CrushMap, item: number): CrushBucket | undefined =>
  map.buckets.find(({ items }) => items.some(({ id }) => id === item));

export const weightOf = ({ items }: CrushBucket): number => items.reduce((sum, { weight }) => sum + weight, 0);

export const isDevice = (id: number): boolean => id >= 0;

/** All OSDs below an item. */
export function devicesBelow(map: CrushMap, item: number): number[] {
  if (isDevice(item)) return [item];
  return (bucketById(map, item)?.items ?? []).flatMap(({ id }) => devicesBelow(map, id));
}

/** Where an OSD or bucket stands: `{ host: "golf", root: "default" }`. */
export function locationOf(map: CrushMap, item: number): Record<string, string> {
  const parent = parentOf(map, item);
  return parent ? { [parent.type]: parent.name, ...locationOf(map, parent.id) } : {};
}

/** The host on which CRUSH has an OSD. */
export const hostOf = (map: CrushMap, osd: number): string | undefined => locationOf(map, osd)["host"];

function freeBucketId(map: CrushMap): number {
  const used = new Set(map.buckets.flatMap(({ id, shadows }) => [id, ...Object.values(shadows)]));
  let id = -1;
  while (used.has(id)) id--;
  return id;
}

/** Makes the weights of all buckets above an item those of their content. */
function reweighUp(map: CrushMap, bucket: CrushBucket): void {
  const parent = parentOf(map, bucket.id);
  const entry = parent?.items.find(({ id }) => id === bucket.id);
  if (!parent || !entry) return;
  entry.weight = weightOf(bucket);
  reweighUp(map, parent);
}

/** Every bucket has a copy for each class, roots first (recording 10, n 674); their ids are never given away again. */
function addShadows(map: CrushMap): void {
  const walk = (bucket: CrushBucket): void => {
    for (const name of map.classNames) bucket.shadows[name] ??= freeBucketId(map);
    for (const { id } of bucket.items) {
      const child = bucketById(map, id);
      if (child) walk(child);
    }
  };
  for (const bucket of map.buckets) if (!parentOf(map, bucket.id)) walk(bucket);
}

export function addBucket(map: CrushMap, name: string, type: CrushType): CrushBucket {
  const bucket: CrushBucket = { id: freeBucketId(map), name, type, items: [], shadows: {} };
  map.buckets.push(bucket);
  map.version++;
  return bucket;
}

/** `osd crush create-or-move`: an OSD that is in the map already keeps its weight. */
export function placeOsd(map: CrushMap, osd: number, weight: number, host: string, root = "default"): void {
  const rootBucket = bucketNamed(map, root) ?? addBucket(map, root, "root");
  let bucket = bucketNamed(map, host);
  if (!bucket) {
    bucket = addBucket(map, host, "host");
    rootBucket.items.push({ id: bucket.id, weight: 0 });
  }
  const old = parentOf(map, osd);
  const kept = old?.items.find(({ id }) => id === osd)?.weight;
  if (old?.id !== bucket.id) {
    if (old) removeItem(map, osd);
    bucket.items.push({ id: osd, weight: kept ?? weight });
    map.version++;
  }
  reweighUp(map, bucket);
  addShadows(map);
}

export function removeItem(map: CrushMap, item: number): void {
  const parent = parentOf(map, item);
  if (!parent) return;
  parent.items = parent.items.filter(({ id }) => id !== item);
  map.version++;
  reweighUp(map, parent);
}

export function setWeight(map: CrushMap, item: number, weight: number): void {
  const parent = parentOf(map, item);
  const entry = parent?.items.find(({ id }) => id === item);
  if (!parent || !entry) return;
  entry.weight = weight;
  map.version++;
  reweighUp(map, parent);
}

export function setClass(map: CrushMap, osd: number, name: string | undefined): void {
  if (name === undefined) delete map.classes[osd];
  else {
    map.classes[osd] = name;
    if (!map.classNames.includes(name)) map.classNames.push(name);
  }
  map.version++;
  addShadows(map);
}

/** A bucket as a rule of a class sees it: its id then, and only what holds such devices. */
export function classView(map: CrushMap, bucket: CrushBucket, deviceClass: string | undefined): CrushBucket {
  if (deviceClass === undefined) return bucket;
  const items = bucket.items.flatMap(({ id, weight }) => {
    if (isDevice(id)) return map.classes[id] === deviceClass ? [{ id, weight }] : [];
    const child = bucketById(map, id);
    const shadow = child?.shadows[deviceClass];
    return child && shadow !== undefined ? [{ id: shadow, weight: weightOf(classView(map, child, deviceClass)) }] : [];
  });
  return { ...bucket, id: bucket.shadows[deviceClass] ?? bucket.id, items };
}
