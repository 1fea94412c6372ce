import { isProxmoxError, type Connection, type Ssh } from "../../pve";
import type { Texts } from "../kernel/fields/codec";
import type { Pve } from "../kernel/session/pve-session";
import { folder } from "../kernel/way-back/node-timer";
import { reloadsOf } from "./sdn-nodes";
import type { SdnChange } from "./sdn-pending";
import { collections, differing, type Collection, type SdnDifference, type SdnObjects } from "./sdn-view";

const noteFile = `${folder}/sdn-way-back.json`;

/**
 * The note on the nodes of what is being put back after an apply that failed. A run that ends in the midst of it leaves
 * changes staged that are nobody's: by this note the next one knows them, and ends what was begun. It is of the moment: a
 * node that has reloaded its networks since has had an apply, that of the way back or another one, and it says nothing
 * any more.
 */
export class WayBack {
  private constructor(private readonly changes: readonly SdnDifference[]) {}

  /** Writes it to all nodes that can be reached, before anything is put back; any of them may be away later. */
  static async begin(pve: Pve, online: readonly string[], changes: readonly SdnDifference[]): Promise<void> {
    const { ssh, connection } = pve.process;
    if (!ssh) return;
    const reloads = Object.fromEntries(await reloadsOf(connection, online, true));
    const text = JSON.stringify({ reloads, changes });
    await eachReached(online, async (node) => {
      await ssh.makeDirectory(node, folder);
      await ssh.writeFile(node, noteFile, text);
    });
  }

  /** What an interrupted run has left, if that is what is staged, all of it. */
  static async left(
    pve: Pve,
    connection: Connection,
    online: readonly string[],
    staged: readonly SdnChange[],
  ): Promise<WayBack | undefined> {
    const { ssh } = pve.process;
    if (!ssh) return undefined;
    const notes = await eachReached(online, (node) => readNote(ssh, node));
    const now = await reloadsOf(connection, online, true);
    const isOfNow = ({ reloads }: Note): boolean => {
      const known = [...now].filter(([node, upid]) => upid !== undefined && reloads[node] !== undefined);
      return known.length > 0 && known.every(([node, upid]) => reloads[node] === upid);
    };
    for (const note of notes) {
      if (note === undefined || !isOfNow(note)) continue;
      const wayBack = new WayBack(note.changes);
      if (staged.every((change) => wayBack.has(change))) return wayBack;
    }
    return undefined;
  }

  /** It has been applied, or there was nothing to put back. */
  static async end(pve: Pve, online: readonly string[]): Promise<void> {
    const { ssh } = pve.process;
    if (!ssh) return;
    await eachReached(online, (node) => ssh.removeFile(node, noteFile));
  }

  /** Has the run that was interrupted staged this? */
  has(change: SdnChange): boolean {
    if (!("collection" in change)) return false;
    const noted = this.changes.find(({ collection, id }) => collection === change.collection && id === change.id);
    return noted !== undefined && isSame(noted.before, change.before) && isSame(noted.after, change.after);
  }

  /** What was there before, from what is applied now. */
  before(running: SdnObjects): SdnObjects {
    const maps = Object.fromEntries(collections.map((one) => [one, new Map(running[one])]));
    const objects = maps as Record<Collection, Map<string, Texts>>;
    for (const { collection, id, after } of this.changes)
      if (after === undefined) objects[collection].delete(id);
      else objects[collection].set(id, after);
    return objects;
  }
}

const isSame = (one: Texts | undefined, other: Texts | undefined): boolean =>
  (one === undefined) === (other === undefined) && differing(one, other).length === 0;

interface Note {
  /** The newest reload of each node when it was written. */
  readonly reloads: Readonly<Record<string, string>>;
  readonly changes: readonly SdnDifference[];
}

/** A file of a node may hold anything; what is no note of ours is none. */
async function readNote(ssh: Ssh, node: string): Promise<Note | undefined> {
  const content = await ssh.readFile(node, noteFile);
  let found: unknown;
  try {
    found = JSON.parse(content?.toString("utf8") ?? "null");
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const { reloads, changes } = (found ?? {}) as Partial<Record<string, unknown>>;
  if (!isTexts(reloads) || !Array.isArray(changes) || !changes.every(isChange)) return undefined;
  return { reloads, changes };
}

const isTexts = (value: unknown): value is Record<string, string> =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((text) => typeof text === "string");

function isChange(value: unknown): value is SdnDifference {
  const { collection, id, before, after } = (value ?? {}) as Partial<Record<string, unknown>>;
  const isSide = (side: unknown): boolean => side === undefined || isTexts(side);
  return (
    collections.some((one) => one === collection) &&
    typeof id === "string" &&
    /^[A-Za-z0-9_.:/-]+$/.test(id) &&
    isSide(before) &&
    isSide(after)
  );
}

/** Of those that cannot be reached nothing comes; it is no reason not to go on with the others. */
async function eachReached<T>(
  nodes: readonly string[],
  work: (node: string) => Promise<T>,
): Promise<(T | undefined)[]> {
  return Promise.all(
    nodes.map(async (node) => {
      try {
        return await work(node);
      } catch (error) {
        if (!isProxmoxError(error)) throw error;
        return undefined;
      }
    }),
  );
}
