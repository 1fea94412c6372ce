import { randomBytes } from "node:crypto";
import { constants, type Stats } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";

/** What stands at a path of the machine that runs Pulumi. */
export type Found =
  | { readonly kind: "nothing" }
  | { readonly kind: "file"; readonly content: string; readonly isPrivate: boolean }
  | { readonly kind: "other"; readonly what: string };

/** No file of ours is larger. */
const largest = 1024 * 1024;

const isCode = (error: unknown, ...codes: string[]): boolean =>
  codes.includes((error as NodeJS.ErrnoException | undefined)?.code ?? "");

async function statOf(file: string): Promise<Stats | undefined> {
  try {
    return await fs.lstat(file);
  } catch (error) {
    // Only what is certainly not there: a directory that may not be entered is another thing.
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** Looks without following a symbolic link, and without waiting for what is no file. */
export async function lookAt(file: string): Promise<Found> {
  const before = await statOf(file);
  if (!before) return { kind: "nothing" };
  if (before.isSymbolicLink()) return { kind: "other", what: "a symbolic link" };
  if (!before.isFile()) return { kind: "other", what: before.isDirectory() ? "a directory" : "no regular file" };
  const handle = await fs.open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) return { kind: "other", what: "no regular file" };
    if (stat.size > largest) return { kind: "other", what: "a larger file than any of ours" };
    const isPrivate = (stat.mode & 0o7777) === 0o600 && stat.uid === process.getuid?.();
    return { kind: "file", content: await handle.readFile("utf8"), isPrivate };
  } finally {
    await handle.close();
  }
}

/** Why no file is written into this directory; undefined when nothing speaks against it. */
export async function refusedDirectory(directory: string): Promise<string | undefined> {
  const stat = await statOf(directory);
  if (!stat) {
    const above = path.dirname(directory);
    return above === directory ? undefined : refusedAbove(above);
  }
  if (stat.isSymbolicLink())
    return `${directory} is a symbolic link, which is not followed; write the directory that it leads to`;
  if (!stat.isDirectory()) return `${directory} is no directory`;
  const own = process.getuid?.();
  if (own !== undefined && stat.uid !== own && stat.uid !== 0)
    return `${directory} belongs to another user (${stat.uid}), who could put another file there; write a directory of your own`;
  if ((stat.mode & 0o022) !== 0)
    return `others may write ${directory} (mode ${(stat.mode & 0o7777).toString(8)}); run chmod go-w on it, or write another directory`;
  return undefined;
}

/** A new directory goes into one that others do not write, or in which they cannot touch what is not theirs. */
async function refusedAbove(directory: string): Promise<string | undefined> {
  const real = await fs.realpath(directory).catch((error: unknown) => {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  });
  if (real === undefined) return refusedDirectory(directory);
  const sticky = ((await fs.stat(real)).mode & 0o1000) !== 0;
  return sticky ? undefined : refusedDirectory(real);
}

/**
 * Writes a file that only its owner reads, as a whole or not at all. `mayReplace` is asked about what stands there
 * directly before; where nothing stands, whatever comes there meanwhile stays.
 */
export async function writePrivate(file: string, text: string, mayReplace: (found: Found) => void): Promise<void> {
  const directory = path.dirname(file);
  const before = await refusedDirectory(directory);
  if (before !== undefined) throw new Error(before);
  await fs.mkdir(directory, { recursive: true, mode: 0o700 });
  // Somebody else may have made it meanwhile.
  const refused = await refusedDirectory(directory);
  if (refused !== undefined) throw new Error(refused);
  const temporary = path.join(directory, `.${path.basename(file)}.${randomBytes(8).toString("hex")}.tmp`);
  try {
    const handle = await fs.open(temporary, "wx", 0o600);
    try {
      await handle.chmod(0o600);
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    const found = await lookAt(file);
    mayReplace(found);
    if (found.kind === "nothing") await fs.link(temporary, file);
    else await fs.rename(temporary, file);
  } catch (error) {
    if (isCode(error, "EEXIST"))
      throw new Error(`${file}: somebody else has just put a file there, which stays`, { cause: error });
    throw error;
  } finally {
    await fs.rm(temporary, { force: true });
  }
}

/** Takes a file away that `isOurs` says is ours; false when something else stands there, which stays. */
export async function removePrivate(file: string, isOurs: (content: string) => boolean): Promise<boolean> {
  const found = await lookAt(file);
  if (found.kind === "nothing") return true;
  if (found.kind !== "file" || !isOurs(found.content)) return false;
  await fs.rm(file);
  return true;
}

/** Where a symbolic link leads, as it is written; undefined where nothing stands, and null for what is none. */
export async function lookAtLink(link: string): Promise<string | null | undefined> {
  const stat = await statOf(link);
  if (!stat) return undefined;
  return stat.isSymbolicLink() ? fs.readlink(link) : null;
}

/**
 * Makes a symbolic link. Another link gives way when `mayReplace` says so; whatever else stands there, or comes meanwhile,
 * stays.
 */
export async function writeLink(link: string, to: string, mayReplace: boolean): Promise<void> {
  const found = await lookAtLink(link);
  if (found === to) return;
  if (found === null || (found !== undefined && !mayReplace))
    throw new Error(`${link} is there already, and stays as it is; write another name, or overwrite: true for a link`);
  if (found === undefined) return fs.symlink(to, link);
  const temporary = `${link}.${randomBytes(8).toString("hex")}.tmp`;
  try {
    await fs.symlink(to, temporary);
    await fs.rename(temporary, link);
  } finally {
    await fs.rm(temporary, { force: true });
  }
}

/** Takes a link away that leads there; whatever else stands in its place, stays. */
export async function removeLink(link: string, to: string): Promise<void> {
  if ((await lookAtLink(link)) === to) await fs.rm(link);
}
