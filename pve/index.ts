/** The Proxmox client. */
export type { Api } from "./api";
export { systemClock, type Clock } from "./clock";
export { connect, type ConnectOptions, type Connection } from "./connection";
export type { Params } from "./encode";
export type { ProxmoxErrorKind } from "./error-kind";
export { isProxmoxError, ProxmoxError } from "./errors";
export * from "./format/index";
export { Limits } from "./limits";
export { MASK, Redactor } from "./redact";
export { retryLocked } from "./retry-locked";
export { ClusterSnapshot, type Guest, type SnapshotNode, type SnapshotStorage } from "./cluster-snapshot";
export * from "./ssh/index";
export type { TaskProgress } from "./tasks";
export { parseFingerprint, type TrustOptions } from "./trust";
export { duration, until } from "./until";
export { isVmidTaken, Vmids } from "./vmids";
export * as wire from "./wire";
