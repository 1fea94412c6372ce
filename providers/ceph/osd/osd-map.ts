import { wire } from "../../../pve";
import type { Call } from "../../kernel/call/call";
import type { Pve } from "../../kernel/session/pve-session";
import { osdDump, volumesOf } from "../over-ssh";
import { disksIn, pathsOf, type NodeDisk } from "./disk";

/** An OSD as the cluster knows it. Ids go to other OSDs later, the uuid does not. */
interface ClusterOsd {
  readonly id: number;
  readonly uuid: string;
  readonly up: boolean;
  readonly in: boolean;
  /** It has never been in, so that no data has ever been placed on it: Ceph sets it with `osd new`, and clears it with the first weight. */
  readonly isNew: boolean;
  /** It has been up at some time; Ceph remembers that of `new` ones too, which boot while `noin` is set. */
  readonly hasBooted: boolean;
}

/** Ceph's map of its OSDs. */
export interface OsdMap {
  readonly fsid: string;
  readonly osds: readonly ClusterOsd[];
  readonly flags: readonly string[];
  readonly nearfullRatio: number;
  readonly pools: readonly wire.WireObject[];
}

/** A logical volume of an OSD on a node. */
export interface OsdVolume {
  readonly id: number;
  readonly uuid: string;
  /** Of the cluster that made it. */
  readonly fsid: string;
  readonly type: string;
  readonly devices: readonly string[];
  readonly sizeBytes: number;
  readonly encrypted: boolean;
  readonly separateDb: boolean;
  readonly separateWal: boolean;
  /** Its volume group and name, as LVM knows them. */
  readonly vg: string;
  readonly lv: string;
}

/** Throws when the answer is not a whole map: what it does not tell is not gone. */
export async function readMap(pve: Pve, call: Call, node: string): Promise<OsdMap> {
  const dump = await osdDump(pve, call, node);
  const [fsid, ratio] = [wire.string(dump["fsid"]), wire.number(dump["nearfull_ratio"])];
  if (fsid === undefined || ratio === undefined || !Array.isArray(dump["osds"]) || !Array.isArray(dump["pools"]))
    throw new Error("the answer of ceph osd dump is not whole; nothing was changed");
  return {
    fsid,
    osds: wire.list(dump["osds"]).map(osdIn),
    flags: wire.strings(dump["flags"]),
    nearfullRatio: ratio,
    pools: wire.list(dump["pools"]),
  };
}

/** Throws where anything is missing: an OSD of which it is not told that it is up is not down. */
function osdIn(row: wire.WireObject): ClusterOsd {
  const number = (key: string): number => {
    const value = wire.integer(row[key]);
    if (value === undefined) throw new Error(`ceph osd dump does not tell ${key} of an OSD; nothing was changed`);
    return value;
  };
  const uuid = wire.string(row["uuid"]);
  if (uuid === undefined || !Array.isArray(row["state"]))
    throw new Error(`ceph osd dump does not tell uuid and state of osd.${number("osd")}; nothing was changed`);
  return {
    id: number("osd"),
    uuid,
    up: number("up") !== 0,
    in: number("in") !== 0,
    isNew: wire.strings(row["state"]).includes("new"),
    hasBooted: ["up_from", "up_thru", "down_at", "lost_at"].some((key) => number(key) !== 0),
  };
}

/** Another Ceph has none of these OSDs, and says nothing about them. */
export function assertThisCeph(map: OsdMap, { fsid, node }: { readonly fsid: string; readonly node: string }): void {
  if (map.fsid !== fsid)
    throw new Error(
      `node ${node} is asked about OSDs of Ceph ${fsid}, and belongs to Ceph ${map.fsid}; nothing was changed. See where ` +
        "the endpoints lead, and whether the node has been moved",
    );
}

export async function readVolumes(pve: Pve, call: Call, node: string): Promise<OsdVolume[]> {
  const listed = await volumesOf(pve, call, node);
  return Object.entries(listed).flatMap(([id, rows]) =>
    wire.list(rows).map((row) => {
      const tags = wire.object(row["tags"]);
      return {
        id: Number(id),
        uuid: wire.string(tags["ceph.osd_fsid"]) ?? "",
        fsid: wire.string(tags["ceph.cluster_fsid"]) ?? "",
        type: wire.string(row["type"]) ?? "",
        devices: wire.strings(row["devices"]),
        sizeBytes: wire.number(row["lv_size"]) ?? 0,
        encrypted: wire.string(tags["ceph.encrypted"]) === "1",
        separateDb: wire.string(tags["ceph.db_device"]) !== undefined,
        separateWal: wire.string(tags["ceph.wal_device"]) !== undefined,
        vg: wire.string(row["vg_name"]) ?? "",
        lv: wire.string(row["lv_name"]) ?? "",
      };
    }),
  );
}

export async function readDisks(pve: Pve, node: string): Promise<NodeDisk[]> {
  const rows = await pve.api.nodes.$(node).disks.list.$get({ "include-partitions": true, skipsmart: true });
  return disksIn(wire.list(rows));
}

/** The volumes of data that stand on a disk. */
export function blocksOn(disk: NodeDisk, volumes: readonly OsdVolume[]): OsdVolume[] {
  const paths = pathsOf(disk);
  const found = volumes.filter(({ type, devices }) => type === "block" && devices.some((path) => paths.includes(path)));
  const [said, seen] = [disk.osdIds, found.map(({ id }) => id).sort((a, b) => a - b)].map((ids) => ids.join());
  // Two looks at one thing: what they do not agree on is not touched.
  if (said !== seen)
    throw new Error(
      `Proxmox lists OSDs ${said || "none"} on ${disk.devpath} (serial ${disk.serial}), and ceph-volume ${seen || "none"}; ` +
        "nothing was changed. Look at the disk by hand",
    );
  return found.sort((a, b) => a.id - b.id);
}

export const isSame = (map: OsdMap, { id, uuid }: { readonly id: number; readonly uuid: string }): boolean =>
  map.osds.some((osd) => osd.id === id && osd.uuid === uuid);
