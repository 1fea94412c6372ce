/** notifications.cfg and priv/notifications.cfg of one cluster: what was changed of the built-in entries, or added. */
export interface Notifications {
  endpoints: Record<string, NotificationEntry>;
  matchers: Record<string, NotificationEntry>;
}

/** One section; lists are lists, switches 1. */
export interface NotificationEntry {
  /** Of endpoints: `sendmail`, `gotify`, `smtp` or `webhook`. */
  type?: string;
  options: Record<string, string | number | string[]>;
  /** What is kept apart and never shown. */
  secrets?: Record<string, string | string[]>;
}
