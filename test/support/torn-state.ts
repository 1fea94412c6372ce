import fs from "node:fs";
import path from "node:path";

/**
 * A file backend that is killed while it writes leaves half a file; Pulumi keeps the one before beside it, as
 * `.json.bak`. Puts that one back, as README.md advises; true when it had to.
 */
export function restoreTornState(stateFolder: string, project: string, stack: string): boolean {
  const file = path.join(stateFolder, ".pulumi", "stacks", project, `${stack}.json`);
  try {
    JSON.parse(fs.readFileSync(file, "utf8"));
    return false;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    fs.copyFileSync(`${file}.bak`, file);
    return true;
  }
}
