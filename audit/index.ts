/** The trail of what was done: lines of JSON, each with the hash of the one before it. */
export { AuditFile, notATrail } from "./audit-file";
export type { AuditEvent } from "./audit-line";
export { Syslog } from "./syslog";
