/** Everything that can go wrong, as far as a caller may want to act on it. */
export type ProxmoxErrorKind =
  /** What the path names does not exist. Narrow: a missing thing that a parameter names is `invalid`. */
  | "not-found"
  /** It exists already, or was changed by someone else meanwhile. */
  | "conflict"
  /** Parameters that Proxmox does not accept, or that name something that does not exist. */
  | "invalid"
  /** Logged in, but not allowed. */
  | "denied"
  /** Wrong or missing credentials. */
  | "unauthenticated"
  /** A lock is held: `retryable` tells a lock time-out from a guest that another operation has locked. */
  | "locked"
  /** The cluster has no quorum: reads work, writes do not. */
  | "no-quorum"
  /** No answer from the API or from the node that it forwards to. A write may have happened. */
  | "unavailable"
  /** Not what Proxmox can do in the present state of things ("VM 100 not running"). */
  | "refused"
  /** The task ran and failed; `reason` classifies its exit status. */
  | "task-failed"
  /** Waited long enough. */
  | "timeout"
  /** The caller's signal was aborted. */
  | "aborted"
  /** The server's certificate is not the trusted one; nothing was sent. */
  | "untrusted"
  /** This Proxmox VE does not have the function, or is older than 8.2. */
  | "unsupported"
  /** The answer is not what the Proxmox API answers. */
  | "protocol";
