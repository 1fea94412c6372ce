import { isProxmoxError, type Connection } from "../../pve";
import { apply, lacking } from "./sdn-apply";
import { send } from "./sdn-send";
import { collections, differences, readView, shown, type SdnDifference, type SdnObjects } from "./sdn-view";

interface Restoring {
  readonly connection: Connection;
  /** What was applied before. */
  readonly before: SdnObjects;
  readonly zones: ReadonlySet<string>;
  readonly progress: (text: string) => void;
}

/** It takes no lock: a process that ends here would leave it beside changes that no later run knows. */
const withoutLock = { releasing: <T>(write: (token: undefined) => Promise<T>): Promise<T> => write(undefined) };

/**
 * Puts back what was applied before, object by object: what was made goes, what was changed or taken away is written
 * again. Proxmox's own rollback only drops what is staged, and this is applied already. Returns what to say of it.
 */
export async function restore({ connection, before, zones, progress }: Restoring): Promise<string> {
  const { config, running } = await readView(connection);
  const foreign = differences(running, config);
  if (foreign.length > 0)
    return `What was there before was not put back, for something else is staged by now: ${foreign.map(shown).join("; ")}`;
  for (const one of ordered(differences(config, before))) await put(connection, one, zoneOf(one, config, before));
  const { signal } = new AbortController();
  const applied = await apply({ connection, held: { lock: withoutLock, zones: new Set() }, signal, progress });
  const left = differences(before, applied.view.running);
  if (left.length > 0) return `Of what was there before, this could not be put back: ${left.map(shown).join("; ")}`;
  const missing = new Map([...applied.failures].filter(([, texts]) => texts.length > 0));
  const touched = [...zones].join(", ");
  return missing.size === 0
    ? `Everything is as it was before (zones ${touched})`
    : `The configuration is as it was before, but ${lacking(missing)}`;
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
