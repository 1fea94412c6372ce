import { createHash } from "node:crypto";
import type { Json } from "../call.js";
import { die } from "../errors.js";

type Row = Readonly<Record<string, Json | undefined>>;

const keysOf = (row: Row): string[] =>
  Object.keys(row)
    .filter((key) => row[key] !== undefined)
    .sort();

/** What the API shows of a list, and its digest, which leaves out what is no text (copy_list_with_digest). */
export function digestOfRows(rows: readonly Row[]): string {
  const hash = createHash("sha1");
  for (const row of rows)
    for (const key of keysOf(row)) {
      const value = row[key];
      if (typeof value === "string" || typeof value === "number") hash.update(`${key}:${value}\n`);
    }
  return hash.digest("hex");
}

export function rowsWithDigest(rows: readonly Row[]): Record<string, Json>[] {
  const digest = digestOfRows(rows);
  return rows.map((row) => ({ ...(row as Record<string, Json>), digest }));
}

/** `digest` of a call against what is there (assert_if_modified). */
export function checkDigest(sent: string | undefined, rows: readonly Row[]): void {
  if (sent === undefined || sent === "" || sent === digestOfRows(rows)) return;
  throw die("detected modified configuration - file changed by other user? Try again.");
}
