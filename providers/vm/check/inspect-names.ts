import { isProxmoxError, wire, type Connection, type SnapshotStorage } from "../../../pve";
import type { Pve } from "../../kernel/session/pve-session";
import type { Call } from "../../kernel/call/call";
import { suggestion, type Problem } from "../../kernel/state/problems";
import { listContent } from "../../storage/list-content";
import { nameOf } from "./declared";
import { isMade, type Made } from "../../checks/made-here";
import { sees } from "../../kernel/session/own-sight";
import { runMemory } from "./run-memory";

const isPreview = (call: Call): boolean => call.inputs["__preview"] === true;

/** What to write where something is missing that this run may make: its resource then comes first. */
const elsewise = (kind: string): string =>
  `if this program makes it, write the output of the resource that does, or make that resource before, with dependsOn ` +
  `(docs/decisions/0015); otherwise name a ${kind} that is there`;

/**
 * A name that is not among those that are there: an error, unless a resource of the program makes it. Outside of a
 * preview something else that the program waited for may have made it meanwhile: it is looked for again.
 */
async function missing(
  pve: Pve,
  call: Call,
  [kind, name]: readonly [Made, string],
  list: (fresh: boolean) => Promise<ReadonlySet<string> | undefined>,
): Promise<readonly string[] | undefined> {
  if (isMade(pve, kind, name)) return undefined;
  let there = await list(false);
  if (there && !there.has(name) && !isPreview(call)) there = await list(true);
  return there === undefined || there.has(name) ? undefined : [...there].sort();
}

/** Names of all pools, once they were asked for. */
const makePools = (): { names?: Promise<ReadonlySet<string>> } => ({});

/** Is the pool there, or made by this program? Proxmox lists only the pools that the user may look at. */
export async function checkPool(pve: Pve, call: Call, pool: string | undefined): Promise<Problem[]> {
  if (pool === undefined) return [];
  const { connection } = pve.process;
  const pools = pve.memory("vm: pools", makePools);
  const list = (fresh: boolean) =>
    fresh ? (pools.names = poolNames(connection)) : (pools.names ??= poolNames(connection));
  const names = await missing(pve, call, ["pool", pool], list);
  if (names === undefined) return [];
  const text = `there is no pool "${pool}" that this user may see${suggestion(pool, names)}`;
  // Would the pool be listed if it were there?
  if (await sees(pve, `/pool/${pool}`, "Pool.Audit"))
    return [{ path: "pool", message: `${text}; ${elsewise("pool")}` }];
  if (isPreview(call)) call.report.warn(`pool: ${text}; unless it is there, up fails`);
  return [];
}

async function poolNames({ api }: Connection): Promise<ReadonlySet<string>> {
  const pools = (await api.pools.$get()) as readonly wire.WireObject[];
  return new Set(pools.map(({ poolid }) => wire.string(poolid) ?? ""));
}

/** The bridges of a node that this stack may use, in place of one that is not there; undefined when all is well. */
export const missingBridge = (
  pve: Pve,
  call: Call,
  bridge: string,
  list: (fresh: boolean) => Promise<ReadonlySet<string> | undefined>,
): Promise<readonly string[] | undefined> => missing(pve, call, ["bridge", bridge], list);

export const noBridge = (bridge: string, node: string, names: readonly string[]): string =>
  `node ${node} has no bridge "${bridge}" that this stack may use${suggestion(bridge, names)}; it has ` +
  `${names.join(", ")}; ${elsewise("bridge")}`;

/** Is the image, `local:import/x.qcow2` or `local:iso/x.iso`, on one of the nodes where it is needed? */
export async function checkVolume(
  pve: Pve,
  call: Call,
  storages: readonly SnapshotStorage[],
  volume: string | undefined,
  nodes: readonly (string | undefined)[],
  path: string,
): Promise<Problem[]> {
  const [, storage, content] = /^([^:/]+):(import|iso)\//.exec(volume ?? "") ?? [];
  if (volume === undefined || storage === undefined || content === undefined) return [];
  const wanted = nodes.filter((node) => node !== undefined);
  const rows = storages.filter(
    (row) => row.storage === storage && row.available && (wanted.length === 0 || wanted.includes(row.node)),
  );
  const asked = rows.some(({ shared }) => shared) ? rows.slice(0, 1) : rows;
  if (asked.length === 0) return [];
  const names = await missing(pve, call, ["volume", volume], async (fresh) => {
    const found = await Promise.all(asked.map(({ node }) => listing(pve, node, storage, content, fresh)));
    // Where one cannot be told it may be there.
    return found.some((one) => one === undefined) ? undefined : new Set(found.flatMap((one) => [...(one ?? [])]));
  });
  if (names === undefined) return [];
  const where = asked.map(({ node }) => node).join(", ");
  return [{ path, message: `there is no ${volume} on ${where}${suggestion(volume, names)}; ${elsewise("file")}` }];
}

function listing(
  pve: Pve,
  node: string,
  storage: string,
  content: string,
  fresh: boolean,
): Promise<ReadonlySet<string> | undefined> {
  const { listings } = runMemory(pve);
  const key = `${node} ${storage} ${content}`;
  const known = fresh ? undefined : listings.get(key);
  if (known) return known;
  const asked = readListing(pve, node, storage, content);
  listings.set(key, asked);
  asked.catch(() => listings.delete(key));
  return asked;
}

async function readListing(
  pve: Pve,
  node: string,
  storage: string,
  content: string,
): Promise<ReadonlySet<string> | undefined> {
  try {
    const rows = await listContent(pve, node, storage, { content });
    return new Set(rows.map(({ volid }) => wire.string(volid) ?? ""));
  } catch (error) {
    if (isProxmoxError(error)) return undefined;
    throw error;
  }
}

/** A VMID that two resources of the program ask for. */
export function checkDeclaredVmid(pve: Pve, call: Call, vmid: number | undefined): Problem[] {
  const { vmids } = runMemory(pve);
  vmids.delete(call.urn);
  if (vmid === undefined) return [];
  const [other] = [...vmids].find(([, taken]) => taken === vmid) ?? [];
  vmids.set(call.urn, vmid);
  return other === undefined
    ? []
    : [
        {
          path: "vmid",
          message: `${nameOf(call.urn)} and ${nameOf(other)} both ask for VMID ${vmid}; give each its own, or leave it out`,
        },
      ];
}
