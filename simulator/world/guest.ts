import type { LinuxAccounts } from "./linux-accounts.js";
import type { OperatingSystem } from "./storage.js";

/** One guest: its configuration in the cluster file system and what runs of it on its node. */
export interface Guest {
  vmid: number;
  type: "qemu" | "lxc";
  node: string;
  /** The configuration file without its pending section and snapshots. */
  config: Record<string, string>;
  pending: Record<string, string>;
  /** Keys that the next start removes; the value says whether forced. */
  pendingDelete: Record<string, { force: boolean }>;
  snapshots: Record<string, GuestSnapshot>;
  /** `[special:cloudinit]`: options as the generated image still has them, and in `added` what it lacks. */
  cloudinit?: Record<string, string>;
  /** Present while it runs. */
  running?: RunningGuest;
  /** What its agent was told to run, in all its life, the scripts among the arguments with their text. */
  commands?: string[];
}

interface GuestSnapshot {
  config: Record<string, string>;
  snaptime: number;
  description?: string;
  parent?: string;
  vmstate?: string;
}

interface RunningGuest {
  pid: number;
  /** Simulated milliseconds since the epoch. */
  since: number;
  /** When its operating system began to boot: a reset counts anew. */
  booting: number;
  paused?: boolean;
  /** The operating system that it boots; without one nothing answers. `agent`: it runs a guest agent. */
  os?: OperatingSystem;
  /** Devices that were plugged in while it ran. */
  hotplugged?: string[];
  /** Addresses that DHCP servers of vnets have given it, by vnet and MAC address: until it boots anew. */
  leases?: Record<string, string[]>;
  /** File systems are frozen. */
  frozen?: boolean;
  /** What its guest agent remembers. */
  agent?: {
    nextPid: number;
    processes: Record<
      string,
      { ends: number; hangs?: boolean; exitcode: number; out: string; err: string; lock?: string }
    >;
    files: Record<string, string>;
    directories?: string[];
    /** Of files and directories that are not root's with the usual permissions. */
    attributes?: Record<string, { mode: string; owner: string; group: string }>;
    /** Symbolic links. */
    links?: string[];
    /** Who there is in it. */
    accounts?: LinuxAccounts;
    /** Installed beside those that every image has. */
    packages?: string[];
    /** What its programs wait at, and are connected to. */
    sockets?: GuestSocket[];
  };
}

/** A socket of a guest's program; without a peer it waits for others. */
export interface GuestSocket {
  protocol: "tcp" | "udp";
  address: string;
  port: number;
  peer?: { address: string; port: number };
}

/** What the guest agent remembers of a running VM. */
export type AgentState = NonNullable<RunningGuest["agent"]>;
