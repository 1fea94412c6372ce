/** Accounts and groups of a node, as /etc/passwd and /etc/group have them. */
export interface LinuxAccounts {
  users: LinuxUser[];
  groups: { name: string; gid: number; members: string[] }[];
  /** Owners of directories below which nobody else writes, by path. */
  owners: Record<string, number>;
  /** Processes by the user that runs them. */
  processes?: { pid: number; uid: number; command: string }[];
  /** Where more than the root file system is mounted. */
  mounts?: string[];
  /** Names that a directory service knows. */
  elsewhere?: string[];
}

export interface LinuxUser {
  name: string;
  uid: number;
  gid: number;
  gecos: string;
  home: string;
  shell: string;
  /** As /etc/shadow has it; `!` is locked. */
  password: string;
}
