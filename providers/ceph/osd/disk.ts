import { wire } from "../../../pve";

/** A disk of a node, as Proxmox lists it. */
export interface NodeDisk {
  /** The kernel's name, which another boot may give to another disk. */
  readonly devpath: string;
  readonly serial: string;
  readonly model: string;
  readonly sizeBytes: number;
  /** `/dev/disk/by-id/…`; made of model and serial number. */
  readonly link: string | undefined;
  /** What uses the disk as a whole: `LVM`, `ext4`, `partitions` … */
  readonly used: string | undefined;
  readonly mounted: boolean;
  readonly osdIds: readonly number[];
  /** Volumes on it that hold databases and logs of OSDs. */
  readonly journals: number;
  /** Proxmox sees something of Ceph on it or on one of its partitions. */
  readonly ofCeph: boolean;
  readonly partitions: readonly { readonly devpath: string; readonly used: string | undefined }[];
}

/** How a program names a disk: by what stays. */
export interface DiskName {
  readonly serial?: string | undefined;
  readonly byId?: string | undefined;
  readonly device?: string | undefined;
}

const numbers = (value: unknown): number[] =>
  wire.strings(value).flatMap((text) => (/^\d+$/.test(text) ? [Number(text)] : []));

/** Rows of `disks/list` with partitions. */
export function disksIn(rows: readonly wire.WireObject[]): NodeDisk[] {
  return rows
    .filter((row) => row["parent"] === undefined)
    .map((row) => {
      const devpath = wire.string(row["devpath"]) ?? "";
      const parts = rows.filter((part) => part["parent"] === devpath);
      return {
        devpath,
        serial: wire.string(row["serial"]) ?? "unknown",
        model: (wire.string(row["model"]) ?? "unknown").trim(),
        sizeBytes: wire.number(row["size"]) ?? 0,
        link: wire.string(row["by_id_link"]),
        used: wire.string(row["used"]),
        mounted: [row, ...parts].some((each) => wire.boolean(each["mounted"])),
        osdIds: [...new Set([row, ...parts].flatMap((each) => numbers(each["osdid-list"])))].sort((a, b) => a - b),
        journals: (wire.number(row["db"]) ?? 0) + (wire.number(row["wal"]) ?? 0),
        ofCeph: [row, ...parts].some(
          (each) =>
            wire.boolean(each["bluestore"]) ||
            (wire.number(each["osdid"]) ?? -1) >= 0 ||
            numbers(each["osdid-list"]).length > 0 ||
            /ceph|bluestore/i.test(wire.string(each["used"]) ?? ""),
        ),
        partitions: parts.map((part) => ({
          devpath: wire.string(part["devpath"]) ?? "",
          used: wire.string(part["used"]),
        })),
      };
    });
}

/** The kernel's names of a disk and its partitions. */
export const pathsOf = ({ devpath, partitions }: NodeDisk): string[] => [
  devpath,
  ...partitions.map((partition) => partition.devpath),
];

const byIdPath = (byId: string): string => (byId.startsWith("/") ? byId : `/dev/disk/by-id/${byId}`);

/** The one disk that is meant, or why there is none; `field` tells which part of the name is wrong. */
export function findDisk(
  disks: readonly NodeDisk[],
  { serial, byId, device }: DiskName,
  node: string,
): { readonly disk: NodeDisk } | { readonly field: keyof DiskName; readonly problem: string } {
  const field = serial === undefined ? "byId" : "serial";
  const named = serial === undefined ? `${byIdPath(byId ?? "")}` : `serial ${serial}`;
  const all = disks.map(describeDisk).join("; ") || "none";
  const found = disks.filter((disk) =>
    serial === undefined ? disk.link === byIdPath(byId ?? "") : disk.serial === serial,
  );
  const [disk, other] = found;
  if (!disk) return { field, problem: `node ${node} has no disk with ${named}; its disks are: ${all}` };
  if (other)
    return {
      field,
      problem: `${named} is that of ${found.map(({ devpath }) => devpath).join(" and ")} on node ${node}: they cannot be told apart`,
    };
  const twin = disks.find((each) => each !== disk && each.serial === disk.serial);
  if (disk.serial === "unknown" || twin)
    return {
      field,
      problem:
        `${disk.devpath} ${twin && disk.serial !== "unknown" ? `has the serial number of ${twin.devpath}` : "tells no serial number"}, ` +
        `so that its OSDs could not be told from another disk's later (node ${node}); make them by hand`,
    };
  if (serial !== undefined && byId !== undefined && disk.link !== byIdPath(byId))
    return { field: "byId", problem: `the disk with serial ${serial} is ${disk.link ?? disk.devpath}; leave byId out` };
  if (device !== undefined && disk.devpath !== device)
    return {
      field: "device",
      problem:
        `the disk with ${named} is ${disk.devpath} now, not ${device}: kernel names change with a boot. Leave device ` +
        "out, or see whether another disk is meant",
    };
  return { disk };
}

export const size = (bytes: number): string =>
  bytes >= 1e12 ? `${Number((bytes / 1e12).toFixed(2))} TB` : `${Number((bytes / 1e9).toFixed(1))} GB`;

/** What stands on a disk, in words; undefined when it is free. */
function whatIsOn({ used, mounted, osdIds, journals, partitions }: NodeDisk): string | undefined {
  const parts = partitions.map(({ devpath, used: by }) => `${devpath} (${by ?? "of unknown use"})`);
  const words = [
    ...(osdIds.length > 0 ? [osdIds.map((id) => `osd.${id}`).join(", ")] : []),
    ...(journals > 0 ? [`${journals} databases or logs of OSDs`] : []),
    ...(used !== undefined && used !== "partitions" && osdIds.length === 0 ? [used] : []),
    ...(parts.length > 0 ? [`partitions ${parts.join(", ")}`] : []),
    ...(used === "partitions" && parts.length === 0 ? ["partitions"] : []),
    ...(mounted ? ["a mounted file system"] : []),
  ];
  return words.length === 0 ? undefined : words.join(", ");
}

/** Model, serial number, size, place, and what is on it. */
export const describeDisk = (disk: NodeDisk): string =>
  `${disk.model}, serial ${disk.serial}, ${size(disk.sizeBytes)} (${disk.devpath}), ${whatIsOn(disk) === undefined ? "unused" : `with ${whatIsOn(disk)}`}`;

const untouched = (disk: NodeDisk, node: string, way: string): string | undefined =>
  whatIsOn(disk) === undefined
    ? undefined
    : `a disk in use is never touched: on node ${node} this is ${describeDisk(disk)}. If nothing of it is needed any more, ` +
      `${way}wipe it by hand (Disks, Wipe Disk on the node), or write another disk`;

/** Why the disk may not become an OSD's: whatever is on it is never touched. */
export const whyInUse = (disk: NodeDisk, node: string): string | undefined =>
  untouched(disk, node, `write wipe: { serial: ${JSON.stringify(disk.serial)} } or `);

/** The same for a disk that is to take databases or logs beside those of other OSDs. */
export const whyNoJournal = (disk: NodeDisk, node: string): string | undefined =>
  disk.used === "LVM" && disk.journals > 0 && disk.osdIds.length === 0 && disk.partitions.length === 0 && !disk.mounted
    ? undefined
    : untouched(disk, node, "");
