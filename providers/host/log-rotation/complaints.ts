import path from "node:path/posix";
import { fits } from "./log-pattern.model";

/** What logrotate says of one file, sorted by what is to be done about it. */
export interface Complaints {
  /** Logs that are not there. */
  readonly missing: readonly string[];
  /** Logs that another file names, too. */
  readonly duplicate: readonly string[];
  /** Whatever else is wrong. */
  readonly wrong: readonly string[];
}

/**
 * Of all that logrotate complains of, what concerns the file of this name with these logs. Of a file in a folder that it
 * includes, logrotate says the bare name.
 */
export function concerning(complaints: readonly string[], file: string, logs: readonly string[]): Complaints {
  const found = { missing: new Set<string>(), duplicate: new Set<string>(), wrong: [] as string[] };
  const names = [file, path.basename(file)];
  const isOurs = (log: string): boolean => logs.some((one) => one === log || fits(one, log));
  for (const line of complaints) {
    const [, absent] = /^stat of (\/.*) failed: No such file or directory$/.exec(line) ?? [];
    const [, twice] = /^\S+:\d+ duplicate log entry for (\/.*)$/.exec(line) ?? [];
    // It follows a line that says which error.
    if (/^found error in /.test(line)) continue;
    if (absent !== undefined) {
      // Of a folder that is not there logrotate names the folder alone.
      if (isOurs(absent) || logs.some((one) => one.startsWith(`${absent}/`))) found.missing.add(absent);
    } else if (twice !== undefined) {
      if (isOurs(twice)) found.duplicate.add(twice);
    } else if (
      names.some((name) => line.startsWith(`${name}:`) || line.startsWith(`Ignoring ${name} because`)) ||
      (line.match(/\/[^\s"',]+/g) ?? []).some(isOurs)
    )
      found.wrong.push(line);
  }
  return { missing: [...found.missing], duplicate: [...found.duplicate], wrong: found.wrong };
}
