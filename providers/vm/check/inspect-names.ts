import { isProxmoxError, wire, type SnapshotStorage } from "../../../pve";
import type { Pve } from "../../kernel/session/pve-session";
import type { Call } from "../../kernel/call/call";
import { suggestion, type Problem } from "../../kernel/state/problems";
import { listContent } from "../../storage/list-content";
import { nameOf } from "./declared";
import { makes } from "../../checks/made-here";
import { elsewise, missing } from "../../checks/there-or-made";
import { runMemory } from "./run-memory";

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
  makes(pve, "guest", String(vmid));
  return other === undefined
    ? []
    : [
        {
          path: "vmid",
          message: `${nameOf(call.urn)} and ${nameOf(other)} both ask for VMID ${vmid}; give each its own, or leave it out`,
        },
      ];
}
