/**
 * A section of type vzdump in jobs.cfg, as its parser gives it: numbers for whole numbers and booleans, property strings
 * as objects, `exclude-path` as a list.
 */
export type BackupJob = Record<string, string | number | readonly string[] | Readonly<Record<string, string | number>>>;
