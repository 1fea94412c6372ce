/** Where a guest is, and who it is. */
export interface GuestRef {
  readonly vmid: number;
  readonly node: string;
  /** Empty as long as the guest is being made. */
  readonly uuid: string;
  /** The owner's mark, written by the very call that made the guest. */
  readonly __mark: string;
  /** What the mark has to tell beside that when this resource has taken the guest over from what it was before. */
  readonly __adopted?: string | undefined;
}

/** What only Proxmox knows of a guest, as the state keeps it. */
export interface GuestOutputs extends GuestRef {
  readonly name: string;
  readonly macs: string[];
  readonly ips: string[];
  /** Command that logs in: the cloud-init user at the first address. */
  readonly ssh?: string | undefined;
  /** Volumes that this program made or took over, by slot: what a deletion may remove. */
  readonly __volumes: Record<string, string>;
  /** MAC addresses of the network devices that the program named, by slot. States of before have none. */
  readonly __nics?: Record<string, string> | undefined;
}

export const guestOutputKeys = [
  "vmid",
  "node",
  "name",
  "uuid",
  "macs",
  "ips",
  "ssh",
  "__mark",
  "__volumes",
  "__nics",
  "__adopted",
] as const;
