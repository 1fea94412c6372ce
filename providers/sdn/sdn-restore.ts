import { isProxmoxError, type Connection } from "../../pve";
import { apply, beforeApply, lacking, type BeforeApply } from "./sdn-apply";
import { readPending, shownChanges, type SdnChange } from "./sdn-pending";
import { send } from "./sdn-send";
import { collections, differences, differing, readView, shown, type SdnDifference, type SdnObjects } from "./sdn-view";

interface Restoring {
  readonly connection: Connection;
  /** What was applied before. */
  readonly before: SdnObjects;
  readonly zones: ReadonlySet<string>;
  /** What the apply that failed was judged by; its nodes are those that are looked at. */
  readonly judged: BeforeApply;
  /** Staged by a run that was interrupted while it put the same back. */
  readonly isLeft?: (change: SdnChange) => boolean;
  /** Is told what is put back, before anything is. */
  readonly begin: (changes: readonly SdnDifference[]) => Promise<void>;
  readonly progress: (text: string) => void;
}

/** What came of putting back: what to say of it, and whether the configuration is as it was. */
interface Restored {
  readonly said: string;
  readonly isBack: boolean;
}

/** It takes no lock: a process that ends here would leave it beside changes that no later run knows. */
const withoutLock = { releasing: <T>(write: (token: undefined) => Promise<T>): Promise<T> => write(undefined) };

/**
 * Puts back what was applied before, object by object: what was made goes, what was changed or taken away is written
 * again. Proxmox's own rollback only drops what is staged, and this is applied already.
 */
export async function restore(restoring: Restoring): Promise<Restored> {
  const { connection, before, zones, judged, isLeft = () => false, progress } = restoring;
  const not = (said: string): Restored => ({ said, isBack: false });
  const pending = () => readPending(connection, judged.online, true);
  const { view, changes } = await pending();
  const { config } = view;
  const others = changes.filter((change) => !isLeft(change));
  if (others.length > 0)
    return not(`What was there before was not put back, for something else is staged by now: ${shownChanges(others)}`);
  await restoring.begin(differences(view.running, before));
  for (const one of ordered(differences(config, before))) await put(connection, one, zoneOf(one, config, before));
  const isOurs = (change: SdnChange): boolean => {
    if (!("collection" in change)) return false;
    const then = before[change.collection].get(change.id);
    return (then === undefined) === (change.after === undefined) && differing(then, change.after).length === 0;
  };
  const staged = async () => {
    const all = (await pending()).changes;
    return { ours: all.some(isOurs), strange: all.filter((change) => !isOurs(change)) };
  };
  const now = await beforeApply(connection, view, judged);
  const { ours, strange } = await staged();
  if (strange.length > 0)
    return not(
      `What was there before is staged, but was not applied, for something else is staged by now: ${shownChanges(strange)}`,
    );
  const { signal } = new AbortController();
  const held = { lock: withoutLock, zones: new Set<string>(), controllers: new Set<string>() };
  const applied = await apply({ connection, held, before: now, staged, wasStaged: ours, signal, progress });
  const left = differences(before, applied.view.running);
  if (left.length > 0)
    return not(`Of what was there before, this could not be put back: ${left.map(shown).join("; ")}`);
  const missing = new Map([...applied.failures].filter(([, texts]) => texts.length > 0));
  const touched = [...zones].join(", ");
  const said =
    missing.size > 0
      ? `The configuration is as it was before, but ${lacking(missing)}`
      : `Everything is as it was before${touched === "" ? "" : ` (zones ${touched})`}`;
  return { said, isBack: true };
}

/** What stands on others goes first and comes last. */
function ordered(all: readonly SdnDifference[]): SdnDifference[] {
  const layer = ({ collection }: SdnDifference): number => collections.indexOf(collection);
  const gone = all.filter(({ after }) => after === undefined).sort((a, b) => layer(b) - layer(a));
  return [...gone, ...all.filter(({ after }) => after !== undefined).sort((a, b) => layer(a) - layer(b))];
}

export const zoneOf = ({ collection, id }: SdnDifference, ...views: readonly SdnObjects[]): string => {
  if (collection === "zones") return id;
  const vnet = collection === "vnets" ? id : id.replace(/\/.*/, "");
  return views.map(({ vnets }) => vnets.get(vnet)?.["zone"]).find((zone) => zone !== undefined) ?? "";
};

/** Once more when the answer was lost: what a repeated change is told then is no failure when it is there. */
async function put(connection: Connection, one: SdnDifference, zone: string): Promise<void> {
  try {
    await send(connection, one, zone, undefined);
  } catch (error) {
    if (!isProxmoxError(error, "unavailable")) throw error;
    const { config } = await readView(connection);
    const now = config[one.collection].get(one.id);
    const isDone = JSON.stringify(now) === JSON.stringify(one.after);
    if (!isDone) await send(connection, { ...one, before: now }, zone, undefined);
  }
}
