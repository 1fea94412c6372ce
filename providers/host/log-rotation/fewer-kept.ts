import type { RotationSettings } from "./directives.model";

/** As a file may say it: no number where somebody has written none. */
type Kept = Readonly<Partial<Record<keyof Pick<RotationSettings, "maxAge" | "rotate">, unknown>>>;

const number = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);

const byConf = "as /etc/logrotate.conf says (4, unless somebody has changed it)";

/** That fewer of the rotated logs are kept from now on, for the row: logrotate deletes the others, and nobody else tells. */
export function fewerKept(was: Kept, wanted: Kept): string | undefined {
  const parts: string[] = [];
  const [before, now] = [number(was.rotate), number(wanted.rotate)];
  const [oldest, age] = [number(was.maxAge), number(wanted.maxAge)];
  if (before !== now && (before === undefined || now === undefined || now < before)) {
    const [from, to] = [before ?? byConf, now === undefined ? `as many of each log ${byConf}` : `${now} of each log`];
    parts.push(`keeps ${to}, no longer ${from}`);
  }
  if (age !== undefined && (oldest === undefined || age < oldest))
    parts.push(`keeps none that is older than ${age} days`);
  if (parts.length === 0) return undefined;
  return `of the rotated logs it ${parts.join(", and ")}; logrotate deletes the others when it rotates next`;
}
