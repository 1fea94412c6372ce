import { overlap } from "./log-pattern.model";
import { isPassedOver, markIn, readRotations } from "./rotation-file";
import path from "node:path/posix";

/** Another file that names a log, too: logrotate lets the first of them have it, and the others have an error. */
interface Rival {
  readonly file: string;
  /** As it stands there. */
  readonly names: string;
  /** Another resource of this library has written it: it may give the log up in this very run. */
  readonly isOurs: boolean;
}

/** The other files that certainly name this log. */
export function rivalsOf(configs: ReadonlyMap<string, string>, own: string, log: string): Rival[] {
  return [...configs].flatMap(([file, text]) => {
    if (file === own || isPassedOver(path.basename(file))) return [];
    const names = readRotations(text)
      .rotations.flatMap(({ logs }) => logs.flatMap((one) => one.split(/\s+/)))
      .find((one) => overlap(one, log));
    return names === undefined ? [] : [{ file, names, isOurs: markIn(text) !== undefined }];
  });
}

export const sharedWith = (node: string, log: string, files: string): string =>
  `${files} of node ${node}, which another LogRotation has written, names ${log} too: as long as both do, only the file whose ` +
  "name sorts first rotates it, and each run of logrotate ends with an error. Nothing is wrong where the other one gives it up in this same run";
