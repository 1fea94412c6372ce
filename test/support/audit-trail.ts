import fs from "node:fs";
import { checkTrail } from "../../audit/audit-check";
import { reportLeaks, SecretScanner } from "./secret-scan";

/**
 * What every trail of the suite has to be, whoever was killed while it was written: one chain, a file for its owner alone,
 * and no secret in it. Throws for a broken one; secrets are reported for the end of the run.
 */
export function provenTrail(file: string, what: string): void {
  if (!fs.existsSync(file)) return;
  const { breaks } = checkTrail(file);
  if (breaks.length > 0)
    throw new Error(
      `the trail of ${what} is broken: ${breaks.map(({ line, what: how }) => `${line}: ${how}`).join("; ")}`,
    );
  const mode = fs.statSync(file).mode & 0o777;
  if (mode !== 0o600) throw new Error(`the trail of ${what} has mode ${mode.toString(8)}`);
  reportLeaks(new SecretScanner().path(file, `${what}'s audit trail`));
}
