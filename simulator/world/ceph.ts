import type { CrushMap } from "./crush.js";

/** What /etc/pve holds of Ceph: the same for all members of a Proxmox cluster. */
export interface CephFiles {
  /** /etc/pve/ceph.conf; absent before `init`. */
  conf?: CephConf;
  /** Directory /etc/pve/ceph. */
  directory?: boolean;
  /** Key of /etc/pve/priv/ceph.client.admin.keyring. */
  adminKey?: string;
}

/** Sections with their keys, as written. */
export type CephConf = Record<string, Record<string, string>>;

/** Ceph on one machine. */
export interface NodeCeph {
  /** Absent: the packages are not installed. */
  version?: string;
  release?: string;
  mons: Record<string, Daemon>;
  mgrs: Record<string, Daemon>;
  mdss: Record<string, Daemon>;
  /** By OSD id. */
  osds: Record<string, Daemon>;
  /** /var/lib/ceph/bootstrap-osd/ceph.keyring. */
  bootstrapKey?: boolean;
}

/** One daemon's directory and process. */
export interface Daemon {
  running: boolean;
  /** The unit starts at boot. */
  enabled: boolean;
  /** Simulated milliseconds since the epoch: the last start or end of the process. */
  since: number;
  /** It ended because its machine did, and starts again with it. */
  withNode?: boolean;
}

/** The Ceph cluster: what its monitors keep, and what the OSDs hold. Times are simulated milliseconds since the epoch. */
export interface CephCluster {
  fsid: string;
  created: number;
  monmap: MonMap;
  mgr: MgrMap;
  osdmap: OsdMap;
  fs: FsMap;
  /** Keys and capabilities by entity, in the order of their making. */
  auth: Record<string, AuthEntry>;
  config: ConfigOption[];
  /** How often the configuration database changed. */
  configVersion: number;
  configKeys: Record<string, string>;
  pgs: Record<string, Pg>;
  /** Which version of which PG each OSD has, by the OSD's uuid: what is lost with its disk. */
  stores: Record<string, OsdStore>;
  mutes: { code: string; until?: number; sticky: boolean }[];
  /** What the last run of the autoscaler found, by pool id. */
  autoscaler: { ranAt: number; wants: Record<string, number> };
  /** Up to when the model has been calculated. */
  settledAt: number;
  log: { time: number; text: string }[];
}

interface MonMap {
  epoch: number;
  modified: number;
  electionEpoch: number;
  quorumSince: number;
  mons: Monitor[];
}

export interface Monitor {
  name: string;
  /** The machine where its directory is. */
  node: string;
  address: string;
  added: number;
  /** It was made, and is in the map when it has found the others. */
  joining?: boolean;
}

interface MgrMap {
  epoch: number;
  active?: string;
  /** When it became active. */
  activeSince: number;
  /** There was one at some time: its commands are known. */
  ever: boolean;
  standbys: string[];
  modules: string[];
  /** Since when there is none. */
  goneSince?: number;
}

export type OsdFlag =
  | "noup"
  | "nodown"
  | "noin"
  | "noout"
  | "nobackfill"
  | "norebalance"
  | "norecover"
  | "noscrub"
  | "nodeep-scrub"
  | "notieragent"
  | "nosnaptrim"
  | "pauserd"
  | "pausewr";

export interface OsdMap {
  epoch: number;
  modified: number;
  flags: OsdFlag[];
  /** Flags of single OSDs, of buckets (by name) and of device classes. */
  groupFlags: Record<string, OsdFlag[]>;
  osds: Record<string, Osd>;
  pools: Record<string, CephPool>;
  poolMax: number;
  crush: CrushMap;
  erasureProfiles: Record<string, Record<string, string>>;
  /** The balancer's exceptions, by PG. */
  upmaps: Record<string, [from: number, to: number][]>;
  nearfullRatio: number;
  backfillfullRatio: number;
  fullRatio: number;
  requireMinCompat: string;
  upChange: number;
  inChange: number;
}

export interface Osd {
  id: number;
  /** Its identity: the id goes to another OSD later, this does not. */
  uuid: string;
  up: boolean;
  /** 1 `in`, 0 `out`, or a reweight between. */
  weight: number;
  /** It was marked out because it was down for too long, and comes back in by itself. */
  autoOut: boolean;
  primaryAffinity: number;
  /** Epoch of its last start; 0 before the first. */
  upFrom: number;
  downAt: number;
  /** Since when it is down, in milliseconds. */
  downSince?: number;
  /** The machine whose disk it is on. */
  node: string;
  /** Bytes of its block device. */
  size: number;
  /** `destroyed`: its id waits for another disk. */
  destroyed?: boolean;
  /** `new`: it has never been in (`OSDMap::apply_incremental` clears it with the first weight that is not 0). */
  new?: boolean;
  /** A class that was given when it was made. */
  wantedClass?: string;
  created: number;
}

export interface CephPool {
  id: number;
  name: string;
  created: number;
  kind: "replicated" | "erasure";
  size: number;
  minSize: number;
  rule: number;
  pgNum: number;
  pgpNum: number;
  pgNumTarget: number;
  pgpNumTarget: number;
  autoscale: "on" | "warn" | "off";
  /** Options that are set: pg_num_min, target_size_ratio, compression_mode … */
  options: Record<string, number | string>;
  applications: Record<string, Record<string, string>>;
  erasureProfile?: string;
  flags: string[];
  quotaObjects: number;
  quotaBytes: number;
  /** RBD has had images in it, and has left its own objects (recording 60, n 13: a pool without images is not empty). */
  heldImages?: boolean;
  lastChange: number;
  /** When the next step towards the wanted number of PGs is due. */
  stepAt?: number;
}

export interface Pg {
  /** OSDs that serve it; in an erasure-coded pool by shard, `none` for a hole. */
  acting: number[];
  up: number[];
  objects: number;
  bytes: number;
  /** Writes that it has seen: a copy of an older version is not whole. */
  version: number;
  created: number;
  /** Since when it is in its state. */
  since: number;
  /** It agrees with its OSDs about what they have. */
  peeringUntil?: number;
  /** What it said before it began to peer, which the manager shows a moment longer. */
  before?: { state: string; until: number; up: number[]; acting: number[] };
  /** Copies on their way. */
  moving?: { targets: number[]; kind: "recovery" | "backfill"; began?: number; ends?: number };
}

export interface OsdStore {
  osd: number;
  /** It stands on a logical volume: without that it is gone. */
  onVolume?: boolean;
  pgs: Record<string, number>;
}

export interface AuthEntry {
  key: string;
  caps: Record<string, string>;
}

export interface ConfigOption {
  /** `global`, `mon`, `osd.3` */
  section: string;
  /** `class:nvme`, `host:golf` */
  mask: string;
  name: string;
  value: string;
}

interface FsMap {
  epoch: number;
  created: number;
  nextId: number;
  filesystems: CephFileSystem[];
}

export interface CephFileSystem {
  id: number;
  name: string;
  metadataPool: number;
  dataPools: number[];
  created: number;
  maxMds: number;
  /** Name of the MDS of each rank. */
  ranks: string[];
  joinable: boolean;
}
