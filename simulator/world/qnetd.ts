import type { NodeSsh } from "./node-ssh.js";

/** A machine outside of all clusters, on which corosync-qnetd gives them a vote. */
export interface QnetdMachine {
  /** `hostname` on it. */
  name: string;
  /** As the nodes reach it. */
  address: string;
  state: "online" | "off";
  /** The package corosync-qnetd. */
  installed: boolean;
  running: boolean;
  /** With TLS, for which it needs its database; without this, it was told `-s off`. */
  tls?: true;
  /** Nodes whose packets do not come there. */
  unreachedBy?: string[];
  /** Seconds by which its clock is wrong. */
  clockOffset?: number;
  /** Clusters of other worlds that are connected, with the numbers of their nodes. */
  others?: Record<string, number[]>;
  /** Certificates that it has signed: whose key each is for, and from when on it counts, in simulated milliseconds since the epoch. */
  signed?: { fingerprint: string; key: string; from: number }[];
  /** Made when its SSH server is first asked for. */
  ssh?: NodeSsh;
}

/** corosync-qdevice of a node. */
export interface NodeQdevice {
  running?: true;
  enabled?: true;
}

/** `quorum.device` of corosync.conf. */
export interface QuorumDevice {
  model: string;
  votes?: number;
  net: Record<string, string>;
}
