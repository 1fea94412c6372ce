import type { Cluster } from "../world/world.js";
import { storageOf } from "./sections.js";
import type { StorageType } from "./types.js";
import { parseVolumeName, volidParts } from "./volume-names.js";

export type VolumeFeature = "snapshot" | "clone" | "template" | "copy" | "sparseinit" | "rename" | "replicate";

type Formats = readonly string[] | true;
type Features = Partial<Record<VolumeFeature, { current?: Formats; base?: Formats; snap?: Formats }>>;

const files: Features = {
  snapshot: { current: ["qcow2"], snap: ["qcow2"] },
  clone: { base: ["qcow2", "raw", "vmdk"] },
  template: { current: ["qcow2", "raw", "vmdk", "subvol"] },
  copy: { base: ["qcow2", "raw", "vmdk"], current: ["qcow2", "raw", "vmdk"], snap: ["qcow2"] },
  sparseinit: { base: ["qcow2", "raw", "vmdk"], current: ["qcow2", "raw", "vmdk"] },
  rename: { current: ["qcow2", "raw", "vmdk"] },
};

const thin: Features = {
  snapshot: { current: true, snap: true },
  clone: { base: true, snap: true },
  template: { current: true },
  copy: { base: true, current: true, snap: true },
  sparseinit: { base: true, current: true },
  rename: { current: true },
};

const zfs: Features = {
  snapshot: { current: true, snap: true },
  clone: { base: true },
  template: { current: true },
  copy: { base: true, current: true },
  sparseinit: { base: true, current: true },
  replicate: { base: true, current: true },
  rename: { current: true },
};

/** `volume_has_feature` of the storage plugins (PVE/Storage/*Plugin.pm). */
const features: Record<StorageType, Features> = {
  dir: files,
  nfs: files,
  cifs: files,
  cephfs: files,
  esxi: files,
  btrfs: { ...thin, snapshot: { current: ["qcow2", "raw", "subvol"], snap: ["qcow2", "raw", "subvol"] } },
  lvm: {
    copy: { base: ["qcow2", "raw"], current: ["qcow2", "raw"], snap: ["qcow2"] },
    rename: { current: ["qcow2", "raw"] },
    snapshot: { current: ["qcow2"], snap: ["qcow2"] },
  },
  lvmthin: { ...thin, snapshot: { current: true } },
  rbd: thin,
  zfspool: zfs,
  zfs,
  iscsi: { copy: { current: true } },
  iscsidirect: { copy: { current: true } },
  pbs: {},
};

/** Whether the storage can do that with the volume, or with one of its snapshots. */
export function hasFeature(cluster: Cluster, volid: string, feature: VolumeFeature, snapshot = false): boolean {
  const { storage: id, name } = volidParts(volid);
  const storage = storageOf(cluster, id);
  const { isBase, format } = parseVolumeName(storage, name);
  const formats = features[storage.type][feature]?.[snapshot ? "snap" : isBase ? "base" : "current"];
  return formats === true || (formats?.includes(format) ?? false);
}
