import type { CrushBucket } from "../../world/crush.js";
import type { Ceph } from "../ceph.js";
import { bucketById, classView, isDevice, parentOf, typeId, weightOf } from "../crush.js";
import { osds } from "../osdmap.js";
import { members } from "../pg-state.js";
import { reports } from "../pg-counts.js";
import { usageOf, type OsdUsage } from "../osd-usage.js";
import { flag, optional, shown, type Commands } from "./command.js";

interface TreeNode {
  id: number;
  depth: number;
  bucket?: CrushBucket;
  /** Units of 1/65536. */
  weight: number;
  children: number[];
}

/** Everything in the CRUSH map from the roots down; children by class and id, or by name, as CrushTreeDumper sorts. */
function crushTree(ceph: Ceph, shadow = false): TreeNode[] {
  const { crush } = ceph.cluster.osdmap;
  const key = (id: number): string =>
    isDevice(id) ? `osd_${crush.classes[id] ?? ""}_${String(id).padStart(8, "0")}` : `_${nameOf(id)}`;
  const nameOf = (id: number): string => views.find((view) => view.id === id)?.name ?? "";
  const views: CrushBucket[] = [
    ...crush.buckets,
    ...(shadow
      ? crush.buckets.flatMap((bucket) =>
          Object.keys(bucket.shadows).map((name) => ({
            ...classView(crush, bucket, name),
            name: `${bucket.name}~${name}`,
          })),
        )
      : []),
  ];
  const nodes: TreeNode[] = [];
  const walk = (id: number, weight: number, depth: number): void => {
    const bucket = views.find((view) => view.id === id);
    const children = (bucket?.items ?? []).map((item) => item.id).sort((a, b) => (key(a) < key(b) ? -1 : 1));
    nodes.push({ id, depth, weight, children: [...children].reverse(), ...(bucket ? { bucket } : {}) });
    for (const child of children) walk(child, bucket?.items.find((item) => item.id === child)?.weight ?? 0, depth + 1);
  };
  const isRoot = (view: CrushBucket): boolean => !views.some(({ items }) => items.some(({ id }) => id === view.id));
  const roots = views.filter(isRoot).sort((a, b) => a.id - b.id);
  for (const root of shadow ? roots : [...roots].reverse()) walk(root.id, weightOf(root), 0);
  return nodes;
}

const crushWeight = (weight: number): number => weight / 0x10000;

function bucketJson(ceph: Ceph, { id, bucket, children }: TreeNode): Record<string, unknown> {
  const { crush } = ceph.cluster.osdmap;
  const owner = crush.buckets.find(({ shadows }) => Object.values(shadows).includes(id));
  const deviceClass = owner && Object.entries(owner.shadows).find(([, shadow]) => shadow === id)?.[0];
  return {
    id,
    ...(deviceClass === undefined ? {} : { device_class: deviceClass }),
    ...{ name: bucket?.name ?? "", type: bucket?.type ?? "root", type_id: typeId(bucket?.type ?? "root") },
    ...(parentOf(crush, id) || owner ? (bucket?.type === "root" ? {} : { pool_weights: {} }) : {}),
    children,
  };
}

function deviceHead(ceph: Ceph, { id, weight, depth }: TreeNode): Record<string, unknown> {
  const deviceClass = ceph.cluster.osdmap.crush.classes[id];
  return {
    id,
    ...(deviceClass === undefined ? {} : { device_class: deviceClass }),
    ...{ name: `osd.${id}`, type: "osd", type_id: 0, crush_weight: crushWeight(weight), depth, pool_weights: {} },
  };
}

function statusOf(ceph: Ceph, id: number): string {
  const osd = ceph.cluster.osdmap.osds[id];
  if (!osd) return "DNE";
  return osd.destroyed ? "destroyed" : osd.up ? "up" : "down";
}

function deviceJson(ceph: Ceph, node: TreeNode): Record<string, unknown> {
  const osd = ceph.cluster.osdmap.osds[node.id];
  return {
    ...deviceHead(ceph, node),
    ...{ exists: osd ? 1 : 0, status: osd ? statusOf(ceph, node.id) : "down", reweight: osd?.weight ?? 0 },
    primary_affinity: osd?.primaryAffinity ?? 1,
  };
}

/** OSDs that are in the map of OSDs but not in CRUSH. */
const strays = (ceph: Ceph): TreeNode[] =>
  osds(ceph.cluster)
    .filter(({ id }) => !parentOf(ceph.cluster.osdmap.crush, id))
    .map(({ id }) => ({ id, depth: 0, weight: 0, children: [] }));

function treePlain(ceph: Ceph, nodes: readonly TreeNode[], shadow: boolean): string {
  const { crush } = ceph.cluster.osdmap;
  const fixed = (value: number): string => (value < 0.000001 ? "0" : value.toFixed(5));
  const rows = [...nodes, ...strays(ceph)].map((node) => {
    const osd = ceph.cluster.osdmap.osds[node.id];
    const name = node.bucket ? `${node.bucket.type} ${node.bucket.name}` : `osd.${node.id}`;
    const left = [String(node.id), isDevice(node.id) ? (crush.classes[node.id] ?? "") : shadowClass(ceph, node.id)];
    const device = isDevice(node.id) && !shadow;
    return {
      cells: [...left, fixed(crushWeight(node.weight))],
      name: `${" ".repeat(4 * node.depth)}${name}`,
      right: device ? [statusOf(ceph, node.id), fixed(osd?.weight ?? 0), fixed(osd?.primaryAffinity ?? 1)] : [],
    };
  });
  return table(["ID", "CLASS", "WEIGHT"], "TYPE NAME", shadow ? [] : ["STATUS", "REWEIGHT", "PRI-AFF"], rows);
}

function shadowClass(ceph: Ceph, id: number): string {
  for (const { shadows } of ceph.cluster.osdmap.crush.buckets)
    for (const [name, shadow] of Object.entries(shadows)) if (shadow === id) return name;
  return "";
}

interface Row {
  cells: string[];
  name: string;
  right: string[];
}

function table(heads: string[], nameHead: string, rightHeads: string[], rows: Row[]): string {
  const widths = heads.map((head, at) => Math.max(head.length, ...rows.map(({ cells }) => cells[at]?.length ?? 0)));
  const nameWidth = Math.max(nameHead.length, ...rows.map(({ name }) => name.length));
  const rightWidths = rightHeads.map((head, at) =>
    Math.max(head.length, ...rows.map(({ right }) => right[at]?.length ?? 0)),
  );
  const line = (cells: string[], name: string, right: string[], headline: boolean): string =>
    [
      ...cells.map((cell, at) =>
        headline || at === 2 ? cell.padStart(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
      ),
      name.padEnd(nameWidth),
      ...rightHeads.map((_, at) => (right[at] ?? "").padStart(rightWidths[at] ?? 0)),
    ].join("  ");
  const head = line(
    heads.map((text, at) => text.padEnd(widths[at] ?? 0)),
    nameHead,
    rightHeads,
    true,
  );
  return [head, ...rows.map(({ cells, name, right }) => line(cells, name, right, false))]
    .map((each) => `${each}\n`)
    .join("");
}

/** How many PGs each OSD serves, as the manager last heard. */
export function pgsByOsd(ceph: Ceph): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { acting, up } of reports(ceph.cluster, ceph.now))
    for (const osd of new Set([...members(acting), ...members(up)])) counts.set(osd, (counts.get(osd) ?? 0) + 1);
  return counts;
}

const kb = (bytes: number): number => Math.floor(bytes / 1024);

function dfJson(ceph: Ceph, asTree: boolean): Record<string, unknown> {
  const counts = pgsByOsd(ceph);
  const usage = new Map(osds(ceph.cluster).map((osd) => [osd.id, usageOf(ceph, osd)]));
  const counted = [...usage.values()].filter(({ osd }) => osd.weight > 0);
  const all = summed(counted);
  const average = all.total > 0 ? (100 * all.used) / all.total : 0;
  const stats = (sum: Sum): Record<string, unknown> => {
    const utilization = sum.total > 0 ? (100 * sum.used) / sum.total : 0;
    return {
      ...{ kb: kb(sum.total), kb_used: kb(sum.used), kb_used_data: kb(sum.data), kb_used_omap: 0 },
      ...{ kb_used_meta: kb(sum.used - sum.data), kb_avail: kb(sum.total - sum.used), utilization },
      var: average > 0 ? utilization / average : 0,
    };
  };
  const device = (node: TreeNode): Record<string, unknown> => {
    const osd = ceph.cluster.osdmap.osds[node.id];
    const own = usage.get(node.id);
    const counts_ = osd && osd.weight > 0 && own ? own : { total: 0, used: 0, data: 0 };
    return {
      ...deviceHead(ceph, node),
      reweight: osd?.weight ?? 0,
      ...stats(counts_),
      ...{ pgs: counts.get(node.id) ?? 0, status: osd ? statusOf(ceph, node.id) : "down" },
    };
  };
  const below = (node: TreeNode): number[] =>
    isDevice(node.id) ? [node.id] : node.children.flatMap((id) => below(treeNode(ceph, id)));
  const nodes = crushTree(ceph).flatMap((node) => {
    if (isDevice(node.id)) return [device(node)];
    if (!asTree) return [];
    const inside = below(node).flatMap((id) => counted.filter(({ osd }) => osd.id === id));
    const { children, ...head } = bucketJson(ceph, node);
    return [{ ...head, reweight: -1, ...stats(summed(inside)), pgs: 0, children }];
  });
  const variances = counted.map(({ used, total }) => (average > 0 ? (100 * used) / total / average : 0));
  return {
    nodes,
    stray: strays(ceph).map(device),
    summary: {
      ...{ total_kb: kb(all.total), total_kb_used: kb(all.used), total_kb_used_data: kb(all.data) },
      ...{
        total_kb_used_omap: 0,
        total_kb_used_meta: kb(all.used - all.data),
        total_kb_avail: kb(all.total - all.used),
      },
      average_utilization: average,
      min_var: variances.length > 0 ? Math.min(...variances) : 0,
      max_var: variances.length > 0 ? Math.max(...variances) : 0,
      dev: 0,
    },
  };
}

interface Sum {
  total: number;
  used: number;
  data: number;
}

const summed = (list: readonly OsdUsage[]): Sum => ({
  total: list.reduce((sum, { total }) => sum + total, 0),
  used: list.reduce((sum, { used }) => sum + used, 0),
  data: list.reduce((sum, { data }) => sum + data, 0),
});

function treeNode(ceph: Ceph, id: number): TreeNode {
  const bucket = bucketById(ceph.cluster.osdmap.crush, id);
  return {
    id,
    depth: 0,
    weight: 0,
    children: bucket?.items.map((item) => item.id) ?? [],
    ...(bucket ? { bucket } : {}),
  };
}

export const osdTreeCommands: Commands = {
  "osd tree": {
    run: (ceph) => {
      const nodes = crushTree(ceph);
      const json = nodes.map((node) => (isDevice(node.id) ? deviceJson(ceph, node) : bucketJson(ceph, node)));
      return shown(
        { nodes: json, stray: strays(ceph).map((node) => deviceJson(ceph, node)) },
        treePlain(ceph, nodes, false),
      );
    },
  },
  "osd crush tree": {
    args: "shadow?",
    run: (ceph, args) => {
      const shadow = optional(args, "shadow") !== undefined || flag(args, "show_shadow");
      const nodes = crushTree(ceph, shadow);
      const json = nodes.map((node) => (isDevice(node.id) ? deviceHead(ceph, node) : bucketJson(ceph, node)));
      return shown({ nodes: json, stray: [] }, treePlain(ceph, nodes, true));
    },
  },
  "osd df": {
    args: "output_method?",
    manager: true,
    run: (ceph, args) => shown(dfJson(ceph, args["output_method"] === "tree")),
  },
};
