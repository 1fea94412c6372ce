import type { ClusterConfig } from "./cluster-config";

/** The keys to set, and why: a token of root@pam looks as if it were enough. */
export const needsRoot = (what: string, { token }: ClusterConfig): string =>
  `${what} is for root@pam with a password alone: Proxmox refuses ${token ? "tokens, root's own too" : "other users"}. ` +
  `Set proxmox:username to root@pam and proxmox:password to its password${token ? "; the token goes on serving everything else" : ""}`;
