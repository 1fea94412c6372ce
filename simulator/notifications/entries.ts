import { PveError } from "../errors.js";
import type { NotificationEntry, Notifications } from "../world/notifications.js";
import type { Cluster } from "../world/world.js";

export type Kind = "endpoints" | "matchers";

/** What is there without any file (recorded: scenario 46, lines 85 and 144). */
const builtin: Notifications = {
  endpoints: {
    "mail-to-root": {
      type: "sendmail",
      options: { "mailto-user": ["root@pam"], comment: "Send mails to root@pam's email address" },
    },
  },
  matchers: {
    "default-matcher": {
      options: { mode: "all", target: ["mail-to-root"], comment: "Route all notifications to mail-to-root" },
    },
  },
};

export function notificationsOf(cluster: Cluster): Notifications {
  return (cluster.notifications ??= { endpoints: {}, matchers: {} });
}

/** All entries of a kind: the built-in ones too, as long as they are not changed. */
export function entries(cluster: Cluster, kind: Kind): Readonly<Record<string, NotificationEntry>> {
  return { ...builtin[kind], ...notificationsOf(cluster)[kind] };
}

export function isBuiltin(kind: Kind, name: string): boolean {
  return Object.hasOwn(builtin[kind], name);
}

/** `builtin`, `modified-builtin` or `user-created`. */
export function originOf(cluster: Cluster, kind: Kind, name: string): string {
  if (!isBuiltin(kind, name)) return "user-created";
  return Object.hasOwn(notificationsOf(cluster)[kind], name) ? "modified-builtin" : "builtin";
}

/** The entry of a name; the text differs with what asks for it. */
export function existing(cluster: Cluster, kind: Kind, name: string, type?: string): NotificationEntry {
  const entry = entries(cluster, kind)[name];
  if (!entry || (type !== undefined && entry.type !== type))
    throw new PveError(404, `${kind === "endpoints" ? "endpoint" : "matcher"} '${name}' not found\n`);
  return entry;
}

/** Endpoints and matchers share their names. */
export function refuseTaken(cluster: Cluster, name: string): void {
  if (entries(cluster, "endpoints")[name] || entries(cluster, "matchers")[name])
    throw new PveError(400, `Cannot create '${name}', an entity with the same name already exists\n`);
}

export function refuseMissingTargets(cluster: Cluster, targets: readonly string[]): void {
  const missing = targets.find((name) => !entries(cluster, "endpoints")[name]);
  if (missing !== undefined) throw new PveError(404, `endpoint '${missing}' does not exist\n`);
}
