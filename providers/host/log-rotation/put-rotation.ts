import type { Call } from "../../kernel/call/call";
import { writtenAnew } from "../files/written-anew";
import { concerning, type Complaints } from "./complaints";
import { configFile, type RotationCommands } from "./rotation-commands";
import { placeProblem } from "./foreign-file";
import { rivalsOf, sharedWith } from "./rivals";
import { markIn } from "./rotation-file";
import { wantedText, type Described } from "./seen-rotation";

interface Place {
  readonly node: string;
  readonly path: string;
  readonly __mark: string;
}

interface Change {
  readonly wanted: Described & { readonly adopt?: boolean | undefined };
  /** What was managed before. */
  readonly was: Described;
  readonly creating: boolean;
}

/** A mode that lets others write, or another owner, makes logrotate pass the file over without an error of its own. */
export const standsWrong = async (commands: RotationCommands, path: string): Promise<string | undefined> => {
  const standing = await commands.standing(path);
  if (standing === undefined || (standing.isFile && standing.isRoots && standing.mode === 0o644)) return undefined;
  if (!standing.isFile) return "a link in its place";
  return `mode ${standing.mode.toString(8)}${standing.isRoots ? "" : ", not of root"}`;
};

/** Writes the file, proved alone before it counts, and with all others when it does; one that is complained of is taken back. */
export async function putRotation(commands: RotationCommands, call: Call, at: Place, change: Change): Promise<void> {
  const { wanted, was, creating } = change;
  const logs = wanted.logs ?? [];
  const isOurs = (text: string): boolean => markIn(text) === at.__mark;
  const text = wantedText(at.__mark, wanted);
  const before = await commands.read(at.path);
  const takesOver = creating && wanted.adopt === true;
  const isForeign = before !== undefined && !isOurs(before);
  if (isForeign && !creating) throw new Error(writtenAnew(at.path));
  if (isForeign) {
    const refused = await placeProblem(commands, at, { adopt: takesOver, mark: at.__mark });
    if (refused !== undefined) throw new Error(refused);
  }
  const isThere = before === text && (await standsWrong(commands, at.path)) === undefined;
  if (!isThere) {
    call.report.progress(`writing ${at.path} on node ${at.node}`);
    const candidate = await commands.prepare(at.path, text, isOurs);
    const alone = concerning(await commands.complaints(candidate), candidate, logs);
    const wrong = [...alone.wrong, ...alone.duplicate.map((log) => `${log} is named twice`)];
    if (wrong.length > 0) {
      await commands.clear(at.path, isOurs);
      throw new Error(refusal(at, wrong, before === undefined ? "was not put in place" : "stays as it was"));
    }
    if (isForeign) await commands.keep(at.path);
    if ((await commands.read(at.path)) !== before) {
      if (isForeign) await commands.letGo(at.path);
      throw new Error(`${at.path} on node ${at.node} was changed by somebody else meanwhile; nothing was changed`);
    }
    await commands.putInPlace(at.path, before === undefined);
  } else if (creating) {
    // Killed before, an attempt may have left the file's other name.
    await commands.clear(at.path, isOurs);
  }
  const { duplicate, missing, wrong } = await complaints(commands, at.path, logs);
  const bad = [...wrong, ...(await wronglyShared(commands, call, at, duplicate))];
  if (bad.length > 0) {
    // Of a run that was killed right after it had put the file there, the state tells what was before.
    const old = before !== text ? before : creating ? undefined : wantedText(at.__mark, was);
    const isBack = await takeBack(commands, at, text, { old, takesOver });
    throw new Error(refusal(at, bad, isBack ? "is as it was" : "is taken away again"));
  }
  if (takesOver) await commands.letGo(at.path);
  if (missing.length > 0 && wanted.missingOk !== true)
    call.report.warn(
      `node ${at.node} has no ${missing.join(", ")}: until it has, each run of logrotate ends with an error; set missingOk: true if that is as it should be`,
    );
}

const refusal = ({ node, path }: Place, wrong: readonly string[], what: string): string =>
  `logrotate of node ${node} refuses ${path}, which ${what}: ${wrong.join("; ")}`;

async function complaints(commands: RotationCommands, path: string, logs: readonly string[]): Promise<Complaints> {
  return concerning(await commands.complaints(configFile), path, logs);
}

/** What is said of logs that another file names, too: wrong, unless that one is ours and may give them up in this very run. */
async function wronglyShared(
  ...[commands, call, at, duplicate]: [RotationCommands, Call, Place, readonly string[]]
): Promise<string[]> {
  if (duplicate.length === 0) return [];
  const configs = await commands.configs();
  return duplicate.flatMap((log) => {
    const rivals = rivalsOf(configs, at.path, log);
    if (rivals.length === 0 || rivals.some(({ isOurs }) => !isOurs))
      return [`${log} is rotated by ${rivals.map(({ file }) => file).join(", ") || "another file"} already`];
    call.report.warn(sharedWith(at.node, log, rivals.map(({ file }) => file).join(", ")));
    return [];
  });
}

/** What was there comes back; what nobody has changed since is taken away. Tells whether there is again what there was. */
async function takeBack(
  ...[commands, at, text, { old, takesOver }]: [
    RotationCommands,
    Place,
    string,
    { readonly old: string | undefined; readonly takesOver: boolean },
  ]
): Promise<boolean> {
  const now = await commands.read(at.path);
  if (now !== text) return old !== undefined;
  if (takesOver && (await commands.bringBack(at.path))) return true;
  if (old === undefined) {
    await commands.remove(at.path);
    return false;
  }
  await commands.prepare(at.path, old, (one) => one === old || markIn(one) === at.__mark);
  await commands.putInPlace(at.path, false);
  return true;
}
