import { isProxmoxError, type ProxmoxError } from "../../pve";

/** Is it that the node was not reached, or cannot be asked in this way? Then a preview goes on by what it knows. */
export const isUnreached = (error: unknown): error is ProxmoxError =>
  isProxmoxError(error, "unavailable", "timeout", "unauthenticated", "untrusted", "unsupported", "protocol");
