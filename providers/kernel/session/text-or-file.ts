import fs from "node:fs";
import os from "node:os";
import path from "node:path";

/** `~/` as shells read it; another path is relative to the folder of the program. */
const atHome = (file: string): string => (file.startsWith("~/") ? path.join(os.homedir(), file.slice(2)) : file);

/**
 * A config value that is a text (which the marker tells) or the path of a file with it. Undefined when there is no such
 * file, or none that can be read: the error would show the value, which may be half of a key.
 */
export function textOrFile(value: string, marker: string): string | undefined {
  if (value.includes(marker)) return value;
  try {
    return fs.readFileSync(atHome(value), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return undefined;
  }
}
