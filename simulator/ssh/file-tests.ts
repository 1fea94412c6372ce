import type { Shell } from "./node-shell.js";
import type { Ended } from "./ssh-record.js";

/** `test` of one file, and `-nt` and `-ot` of two by their times (test(1)); undefined for anything else. */
export function testFile(
  { files }: Shell,
  args: readonly string[],
  isProgram: (file: string) => boolean,
): Ended | undefined {
  const words = args[0] === "!" ? args.slice(1) : args;
  const ended = (isSo: boolean): Ended => ({ code: isSo === (args[0] !== "!") ? 0 : 1 });
  const [first = "", second = "", third = "", ...more] = words;
  if (words.length === 3 && /^-[no]t$/.test(second)) {
    const [one, other] = [files.time(first), files.time(third)];
    // Whoever is not there is older than whoever is.
    const [left, right] = second === "-nt" ? [one, other] : [other, one];
    return ended(left !== undefined && (right === undefined || left > right));
  }
  if (more.length > 0 || third !== "" || !/^-[edsx]$/.test(first)) return undefined;
  switch (first) {
    case "-e":
      return ended(files.read(second) !== undefined);
    case "-d":
      return ended(files.isDirectory(second));
    case "-s":
      return ended((files.size(second)?.bytes ?? 0) > 0);
    default:
      return ended(isProgram(second));
  }
}

/** `touch -r FILE -- OTHER`: an own file with the time of another one; undefined for anything else. */
export function touch({ files }: Shell, args: readonly string[]): Ended | undefined {
  const [option, from = "", dashes, to = "", ...more] = args;
  if (option !== "-r" || dashes !== "--" || to === "" || more.length > 0) return undefined;
  const time = files.time(from);
  if (time === undefined)
    return { code: 1, stderr: `touch: failed to get attributes of '${from}': No such file or directory\n` };
  if (!files.read(to)) files.write(to, { content: "", mode: 0o644 });
  files.setTime(to, time);
  return { code: 0 };
}

/** `stat --format=%Y -- FILE...`: when they were written last, in seconds; undefined for anything else. */
export function statTimes({ files }: Shell, args: readonly string[]): Ended | undefined {
  const [format, dashes, ...names] = args;
  if (format !== "--format=%Y" || dashes !== "--" || names.length === 0) return undefined;
  const times = names.map((name) => files.time(name));
  const missing = names.filter((_, at) => times[at] === undefined);
  return {
    code: missing.length === 0 ? 0 : 1,
    stdout: times.map((time) => (time === undefined ? "" : `${time}\n`)).join(""),
    stderr: missing.map((name) => `stat: cannot statx '${name}': No such file or directory\n`).join(""),
  };
}

/** `stat --format=%f:%u:%g -- FILE`: raw mode of a plain file, and owner, who is root here; undefined for anything else. */
export function statMode({ files }: Shell, args: readonly string[]): Ended | undefined {
  const [format, dashes, file = "", ...more] = args;
  if (format !== "--format=%f:%u:%g" || dashes !== "--" || more.length > 0) return undefined;
  const found = files.size(file);
  if (!found) return { code: 1, stderr: `stat: cannot statx '${file}': No such file or directory\n` };
  return { code: 0, stdout: `${(0o100000 | found.mode).toString(16)}:0:0\n` };
}

/** `ln -T -- FILE OTHER`: another name of a file, never in the place of one; undefined for anything else. */
export function hardLink({ files }: Shell, args: readonly string[]): Ended | undefined {
  const [plain, dashes, from = "", to = "", ...more] = args;
  if (plain !== "-T" || dashes !== "--" || to === "" || more.length > 0) return undefined;
  const file = files.read(from);
  if (!file) return { code: 1, stderr: `ln: failed to access '${from}': No such file or directory\n` };
  if (files.read(to)) return { code: 1, stderr: `ln: failed to create hard link '${to}': File exists\n` };
  files.write(to, file);
  return { code: 0 };
}
