import type { Call, Json, Routes } from "../../call.js";
import { cephOn } from "../../ceph/ceph.js";
import { lvmList } from "../../ceph/ceph-volume.js";
import { osdMetadata } from "../../ceph/commands/osd-state.js";
import { locationOf } from "../../ceph/crush.js";
import { releaseOf, releases } from "../../ceph/daemon-metadata.js";
import { checkInited, connect, type Rados } from "../../ceph/rados.js";
import { die } from "../../errors.js";
import { createOsds } from "./create-osds.js";
import { destroyOsd } from "./destroy-osd.js";

interface TreeRow {
  id: number;
  name: string;
  type: string;
  reweight: number;
  children?: number[];
  [key: string]: Json | undefined;
}

/** `/nodes/{node}/ceph/osd` (PVE/API2/Ceph/OSD.pm). */
export const osdRoutes: Routes = {
  "GET /nodes/{node}/ceph/osd": (call) => {
    checkInited(call);
    return osdTree(call, connect(call));
  },

  "POST /nodes/{node}/ceph/osd": (call) => createOsds(call),

  "GET /nodes/{node}/ceph/osd/{osdid}": () => [{ name: "metadata" }, { name: "lv-info" }],

  "GET /nodes/{node}/ceph/osd/{osdid}/metadata": (call) => metadata(call),

  "GET /nodes/{node}/ceph/osd/{osdid}/lv-info": (call) => lvInfo(call),

  "DELETE /nodes/{node}/ceph/osd/{osdid}": (call) => destroyOsd(call),

  "POST /nodes/{node}/ceph/osd/{osdid}/in": (call) => mark(call, "osd in"),
  "POST /nodes/{node}/ceph/osd/{osdid}/out": (call) => mark(call, "osd out"),

  "POST /nodes/{node}/ceph/osd/{osdid}/scrub": (call) => {
    const { rados, id } = known(call);
    rados.json(call.flag("deep") ? "osd deep-scrub" : "osd scrub", { who: id });
  },
};

function known(call: Call): { rados: Rados; id: string } {
  checkInited(call);
  const rados = connect(call);
  const id = call.text("osdid");
  if (!rados.ceph.cluster.osdmap.osds[id]) throw die(`no such OSD '${id}'`);
  return { rados, id };
}

function mark(call: Call, prefix: "osd in" | "osd out"): void {
  const { rados, id } = known(call);
  rados.plain(prefix, { ids: [`osd.${id}`] });
}

/** Ids are texts, numbers only inside; stray OSDs are left out (FACT 23). */
function osdTree(call: Call, rados: Rados): Json {
  const { nodes } = rados.json<{ nodes: TreeRow[] }>("osd df", { output_method: "tree" });
  if (nodes.length === 0) throw die("no tree nodes found");
  const { cluster } = rados.ceph;
  const release = (name: string): string | null => {
    const node = call.world.nodes[name];
    return node?.ceph?.version ?? null;
  };
  const build = (row: TreeRow): Json => {
    const below = (row.children ?? []).flatMap((id) => nodes.find((node) => node.id === id) ?? []);
    const head = { id: String(row.id), name: row.name, type: row.type, pgs: row["pgs"] ?? 0, reweight: row.reweight };
    if (row.type !== "osd") {
      return {
        ...head,
        leaf: 0,
        ...(row.type === "host" ? { version: release(row.name) } : {}),
        ...(below.length > 0 ? { children: below.map(build) } : {}),
      };
    }
    const osd = cluster.osdmap.osds[row.id];
    const about = osd ? (osdMetadata(rados.ceph, osd) as Record<string, string>) : {};
    const kb = Number(row["kb"] ?? 0);
    return {
      ...head,
      ...{ leaf: 1, status: osd?.up ? "up" : "down", in: osd && osd.weight > 0 ? 1 : 0 },
      ...{ crush_weight: row["crush_weight"] ?? 0, device_class: row["device_class"] ?? null },
      ...{ total_space: kb * 1024, bytes_used: Number(row["kb_used"] ?? 0) * 1024 },
      percent_used: kb > 0 ? (100 * Number(row["kb_used"] ?? 0)) / kb : 0,
      ...{ commit_latency_ms: 0, apply_latency_ms: 0, osdtype: about["osd_objectstore"] ?? null },
      ...{ blfsdev: about["bluestore_bdev_dev_node"] ?? null, dbdev: about["bluefs_db_dev_node"] ?? null },
      waldev: about["bluefs_wal_dev_node"] ?? null,
      ...{ ceph_version: about["ceph_version"] ?? null, ceph_version_short: about["ceph_version_short"] ?? null },
      ...(locationOf(cluster.osdmap.crush, row.id)["host"] === undefined
        ? {}
        : { host: locationOf(cluster.osdmap.crush, row.id)["host"] ?? null }),
    };
  };
  const roots = nodes.filter(({ type }) => type === "root");
  if (roots.length === 0) throw die("no root node");
  const flags = rados.json<{ flags: string }>("osd dump").flags;
  return { root: { leaf: 0, children: roots.map(build) }, flags };
}

function metadata(call: Call): Json {
  checkInited(call);
  const id = call.text("osdid");
  const rados = connect(call);
  const about = rados.json<Record<string, string>>("osd metadata", { id: Number(id) });
  if (about["hostname"] !== call.node.name) throw die(`OSD '${id}' does not exists on host '${call.node.name}'`);
  const running = cephOn(call.node).osds[id]?.running ?? false;
  const release = releaseOf(call.node);
  const pick = (key: string): Json => about[key] ?? null;
  const encrypted = lvmList(call.node, id)[id]?.some(
    (entry) => (entry as { tags: Record<string, string> }).tags["ceph.encrypted"] === "1",
  );
  return {
    osd: {
      ...{ id: Number(id), hostname: call.node.name, version: `${releases[release]?.version} (${release})` },
      ...{ osd_data: pick("osd_data"), osd_objectstore: pick("osd_objectstore"), encrypted: encrypted ? 1 : 0 },
      ...{ back_addr: pick("back_addr"), front_addr: pick("front_addr") },
      ...{ hb_back_addr: pick("hb_back_addr"), hb_front_addr: pick("hb_front_addr") },
      ...(running ? { pid: 2000 + Number(id), mem_usage: 152576 } : { mem_usage: 0 }),
    },
    devices: [
      {
        ...{ dev_node: pick("bluestore_bdev_dev_node"), device: "block", type: pick("bluestore_bdev_type") },
        ...{
          support_discard: true,
          size: Number(about["bluestore_bdev_size"]),
          physical_device: pick("bluestore_bdev_devices"),
        },
      },
    ],
  };
}

function lvInfo(call: Call): Json {
  checkInited(call);
  const id = call.text("osdid");
  const type = call.params["type"] ?? "block";
  const found = lvmList(call.node, id)[id];
  if (!found)
    throw die(
      `OSD '${id}' not found in 'ceph-volume lvm list' on node '${call.node.name}'.\nMaybe it was created before LVM became the default?`,
    );
  const entry = found.find((each) => each.type === type);
  if (!entry) throw die(`volume type '${type}' not found for OSD ${id}`);
  return {
    ...{ creation_time: "", lv_name: entry.lv_name, lv_path: entry.lv_path, lv_size: Number(entry.lv_size) },
    ...{ lv_uuid: entry.lv_uuid, vg_name: entry.vg_name },
  };
}
