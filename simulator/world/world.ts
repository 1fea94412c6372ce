import type { Directory } from "./directory.js";
import type { LinuxAccounts } from "./linux-accounts.js";
import type { Certificate, NodeCertificate } from "../certificates.js";
import type { Access, Pool } from "./access.js";
import type { BackupJob } from "./backup-job.js";
import type { CephCluster, CephFiles, NodeCeph } from "./ceph.js";
import type { Disk } from "./disk.js";
import type { Guest } from "./guest.js";
import type { Ha } from "./ha.js";
import type { Mappings, PciDevice, UsbDevice } from "./resource-mappings.js";
import type { NodeNetwork } from "./network.js";
import type { AptFile, CustomCertificate } from "./node.js";
import type { Notifications } from "./notifications.js";
import type { NodeSsh } from "./node-ssh.js";
import type { ArchivePackage, Packages } from "./packages.js";
import type { NodeQdevice, QnetdMachine, QuorumDevice } from "./qnetd.js";
import type { Sdn } from "./sdn.js";
import type { Medium, StorageConfig, StorageHardware, StorageServers, Volumes, WebFile } from "./storage.js";
import type { Wiring } from "./wiring.js";
import type { LogEntry, Task } from "./task.js";

/** Everything that a simulator knows, as plain JSON: it can be saved, loaded and compared. */
export interface World {
  format: 1;
  /** Simulated milliseconds since the epoch, at the moment of saving. */
  time: number;
  /** State of the random generator. */
  random: number;
  nodes: Record<string, NodeState>;
  /** One cluster file system per standalone node or cluster. */
  clusters: Record<string, Cluster>;
  /** Volumes on storages that all nodes share, by backing store (see `storage/volumes.ts`). */
  shared: Record<string, Volumes>;
  /** How many volumes were made: part of the next one's content tag. */
  volumesMade?: number;
  /** URLs of IPAM and DNS servers that answer; all others refuse connections. */
  sdnServers?: string[];
  /** Directory servers that answer, by name or address; all others are out of reach. */
  directories?: Record<string, Directory>;
  /** Storage servers that answer; all others are out of reach. */
  storageServers?: StorageServers;
  /** What the machines are plugged into. Absent: everybody reaches everybody, whatever the nodes' networks say. */
  wiring?: Wiring;
  /** What repositories of packages offer, where it is not what `simulator/packages/archive.ts` says. */
  archive?: Record<string, ArchivePackage[]>;
  /** A machine outside that gives clusters a vote; absent: none answers. */
  qnetd?: QnetdMachine;
  /** Files that `download-url` may fetch: the simulator opens no connection. */
  web: Record<string, WebFile>;
}

/** A machine. */
export interface NodeState {
  name: string;
  /** The major version of its Proxmox VE, which is what it says of itself and its packages; absent: 9. Its API is that of 9. */
  proxmox?: 8 | 9;
  /** The address under which the other nodes know it. */
  address: string;
  domain: string;
  /** The key of its cluster file system in `World.clusters`. */
  cluster: string;
  /** `off`: powered off; `stopped`: pveproxy does not run; `isolated`: cut off from the other nodes, not from clients. */
  state: "online" | "off" | "stopped" | "isolated";
  /** Corosync has ended on it: no other node sees it, and it goes on showing those that it saw then. */
  corosyncStopped?: { seen: string[] };
  /** What its pve-firewall, or the other daemon, has last made the packet filter of, and when, in seconds of its clock; absent: nothing is filtered. */
  firewall?: {
    seconds: number;
    files: Record<string, string>;
    times?: Record<string, number>;
    by?: "proxmox-firewall";
    /** Chains of the kernel that go through it no more, somebody having taken that away by hand: `4 INPUT`. */
    unhooked?: string[];
  };
  /** Its pve-firewall and proxmox-firewall hang: who stops them has them killed, and their filter stays. */
  firewallHangs?: true;
  /** What it has of the cluster's files while it is without quorum, as its daemon has read them last. */
  filesOfBefore?: { files: Record<string, string>; times: Record<string, number> };
  /** pve-firewall leaves the filtering to proxmox-firewall: the file that keeps that one from it is not there. */
  nftablesAllowed?: true;
  /** What its kernel remembers of connections (`firewall/connection-tracking.ts`); `untracked`: since when it has no chains. */
  connections?: { streams: string[]; untracked?: number };
  /** systemd's timers that were armed over SSH, by unit. */
  timers?: Record<string, Timer>;
  /** Its own password of root; absent: the one in `Access.passwords`. */
  rootPassword?: string;
  /** Its cluster file system is stopped, or waits for the first quorum: nobody can log in. */
  filesAway?: true;
  /** What was done to its cluster file system over SSH and has not come to anything yet: it is read when it starts. */
  clusterService?: {
    stopped?: true;
    databaseAway?: true;
    corosyncAway?: true;
    begun?: true;
    unlinked?: true;
    /** pmxcfs was started by hand, in local mode: its database is a copy of that file system. */
    local?: { of: string; running: boolean };
    /** corosync's own copy of its file, which the database has no more. */
    left?: { text: string; nodes: Record<string, CorosyncNode> };
  };
  /** Its statistics do not come (pvestatd): lists of nodes call it "unknown". */
  silentStatistics?: true;
  /** Simulated milliseconds since the epoch. */
  booted: number;
  /** Counts the certificates that it had: another one means another fingerprint. */
  certificate: number;
  /** Its certificate in the cluster file system; made at the first use. */
  served?: NodeCertificate;
  /** What pveproxy still serves: it was not restarted since the node got another one. */
  oldCertificate?: NodeCertificate;
  hardware: Hardware;
  network: NodeNetwork;
  timezone: string;
  /** Seconds by which its clock is wrong. */
  clockOffset?: number;
  tasks: Task[];
  nextPid: number;
  /** Volumes by backing store (see `storage/volumes.ts`). */
  volumes: Record<string, Volumes>;
  /** State of services that is not `running`. */
  services: Record<string, string>;
  /** Files of repositories in the format of stanzas; absent: as the installer leaves them. */
  apt?: AptFile[];
  /** Those in the one-line format, as text by path; absent: as the installer leaves them. */
  aptLists?: Record<string, string>;
  /** Absent: as the installer leaves them. */
  packages?: Packages;
  /** Kernel parameters that were set since the boot. */
  kernelParameters?: Record<string, string>;
  /** Files of packages in /etc that somebody has removed. */
  removedConffiles?: string[];
  /** Transient services of systemd by name, and when they end, in simulated milliseconds since the epoch. */
  jobs?: Record<string, number>;
  customCertificate?: CustomCertificate;
  /** Services of systemd that are not as the installer leaves them. */
  units?: Record<string, { description?: string; running?: boolean; unit?: "enabled" | "disabled" | "not-found" }>;
  /** The machine has nothing to make a server id of. */
  anonymous?: true;
  /** Subscription key. */
  subscription?: string;
  /** Made when its SSH server is first asked for. */
  ssh?: NodeSsh;
  /** Absent: as the installer leaves them. */
  accounts?: LinuxAccounts;
  /** Absent: corosync-qdevice was never started. */
  qdevice?: NodeQdevice;
  /** Absent: nothing of Ceph was ever there. */
  ceph?: NodeCeph;
}

/** A command that runs at a moment, in simulated milliseconds since the epoch. */
interface Timer {
  at: number;
  command: string[];
  description?: string;
  /** `Restart=on-failure`: after so many seconds; `starts`: when it was started within the interval of the limit. */
  restart?: { seconds: number; limit: { interval: number; burst: number }; starts: number[] };
  /** Its service was started, by the timer or by hand, and waits to be begun again. */
  running?: true;
  /** When the timer itself was to fire, once its service was started: until then it is there. */
  due?: number;
}

export interface Hardware {
  cpus: number;
  sockets: number;
  cpuModel: string;
  cpuFlags: string;
  cpuVendor?: string;
  cpuFamily?: string;
  kernel?: { release: string; version: string };
  mhz: string;
  memory: number;
  memoryUsed: number;
  swap: number;
  rootTotal: number;
  rootUsed: number;
  rootAvailable: number;
  disks: Disk[];
  storage?: StorageHardware;
  /** Virtual machines get KVM. */
  kvm: boolean;
  /** Devices that guests may be given. */
  pci?: PciDevice[];
  /** The kernel was told not to bring the paths to a disk of NVMe together (`nvme_core.multipath=N`). */
  noNvmeMultipath?: boolean;
  usb?: UsbDevice[];
  /** Directories besides those of storages and of every Debian. */
  directories?: string[];
}

/** One pmxcfs database: a standalone node has its own, the members of a cluster share one. */
export interface Cluster {
  corosync?: Corosync;
  /** Signs the certificates of the nodes; made at the first use. */
  authority?: Certificate;
  /** Signs tickets; replaced when a node joins another cluster. */
  secret: string;
  access: Access;
  pools: Record<string, Pool>;
  /** storage.cfg in the order of the file. */
  storages: Record<string, StorageConfig>;
  /** How fast storages are, by id; a local one is a medium of each node's own. Absent: as fast for many as for one. */
  media?: Record<string, Medium>;
  /** The files of the firewall, by their names below /etc/pve: `firewall/cluster.fw`, `nodes/NAME/host.fw`. */
  firewallFiles?: Record<string, string>;
  /** When these were written last, in seconds: every node has the same time for a file, as it has its content. */
  firewallTimes?: Record<string, number>;
  /** Names of devices and directories; absent: none was ever made. */
  mappings?: Mappings;
  /** Absent: nothing of it was ever made. */
  sdn?: Sdn;
  /** Absent: as the installer leaves them. */
  notifications?: Notifications;
  /** Files of which nothing else is simulated, by their names in /etc/pve. */
  plainFiles?: Record<string, string>;
  /** datacenter.cfg as text per key. */
  options: Record<string, string>;
  guests: Record<string, Guest>;
  /** /etc/pve/priv/authorized_keys and known_hosts, where they are not just the members' own lines. */
  keyFiles?: { authorized?: string; hosts?: string };
  /** /etc/pve/nodes/NAME of nodes that were removed from the list. */
  leftNodes?: string[];
  /** Fingerprints of /etc/pve/nodes/NAME/pve-ssl.pem of machines that are with it no longer: the file stays there. */
  keptCertificates?: Record<string, string>;
  /** The same as files. */
  keptPems?: Record<string, string>;
  /** The same of certificates that were uploaded for pveproxy (pveproxy-ssl.pem). */
  keptOwnPems?: Record<string, string>;
  /** Backup jobs (jobs.cfg) in the order of the file; absent: there was never one. */
  backupJobs?: Record<string, BackupJob>;
  /** Replication jobs (replication.cfg). */
  replication?: { id: string; type: "local"; guest: number; jobnum: number; target: string; source?: string }[];
  /** High availability; absent: nothing was ever under it. */
  ha?: Ha;
  /** Services beside those of `ha`, by their ids, and where they are; nowhere where the guest is not there. */
  haServices?: Record<string, { node: string | undefined; state: string }>;
  /** Nodes whose local resource manager is active. */
  haActive?: string[];
  /** Nodes whose local resource manager has lost its lock. */
  haLockLost?: string[];
  /** /etc/pve/nodes/NAME/config by node. */
  nodeConfigs: Record<string, Record<string, string>>;
  log: LogEntry[];
  /** What /etc/pve knows of Ceph; absent: nothing. */
  cephFiles?: CephFiles;
  /** From its first monitor on. */
  ceph?: CephCluster;
  /** Guests that exist although their node was removed are in `guests` under its name. */
  version: number;
}

/** corosync.conf. */
export interface Corosync {
  name: string;
  configVersion: number;
  nodes: Record<string, CorosyncNode>;
  totem: Record<string, unknown>;
  /** Corosync does not start: an address in it is not the node's. */
  dead?: boolean;
  /** Corosync refuses what is written here, and goes on with this earlier version. */
  refused?: { configVersion: number; members: string[]; nodes?: Record<string, CorosyncNode>; device?: QuorumDevice };
  /** `quorum.device` of the file. */
  device?: QuorumDevice;
  /** The file as somebody wrote it by hand, while it is of this version: Proxmox writes it anew with each change. */
  text?: { text: string; version: number };
}

export interface CorosyncNode {
  nodeid: number;
  votes: number;
  links: Record<string, string>;
}
