import { wire } from "../../pve";
import type { Pve } from "../kernel/session/pve-session";
import { suggestion } from "../kernel/state/problems";
import { filterFor, listContent } from "./list-content";

/** A file of a storage, and a node that sees it. */
interface FoundVolume {
  readonly volumeId: string;
  readonly node: string;
  readonly storage: string;
  readonly sizeBytes: number;
}

/** The file that `get` names: `local:import/debian.qcow2`, or with the node whose file it is, `pve1 local:import/…`. */
export async function lookupVolume(pve: Pve, id: string): Promise<FoundVolume> {
  const [, wanted, volumeId = id] = /^(\S+) (.+)$/s.exec(id) ?? [];
  const storage = /^([^:/]+):./.exec(volumeId)?.[1];
  if (storage === undefined)
    throw new Error(`"${volumeId}" is no volume id; write one such as local:import/debian-12.qcow2`);
  const found = await filesOn(await nodesOf(pve, storage, wanted), pve, storage, volumeId);
  const [file] = found;
  if (!file) throw new Error(`there is no ${volumeId}${wanted === undefined ? "" : ` on ${wanted}`}`);
  if (found.length === 1) return file;
  const nodes = found.map(({ node }) => node).join(" and ");
  throw new Error(`${volumeId} is on ${nodes}; write the node too, whose file is meant`);
}

/** The nodes to ask: of a storage that all share, one is enough. */
async function nodesOf(pve: Pve, storage: string, wanted: string | undefined): Promise<string[]> {
  const { nodes, storages } = await pve.picture();
  const rows = storages.filter((row) => row.storage === storage);
  if (rows.length === 0)
    throw new Error(
      `there is no storage ${storage}${suggestion(storage, [...new Set(storages.map((row) => row.storage))])}`,
    );
  const having = rows.map(({ node }) => node).sort();
  if (wanted !== undefined) {
    if (!having.includes(wanted))
      throw new Error(`node ${wanted} has no storage ${storage}; ${having.join(", ")} have it`);
    return [wanted];
  }
  if (!rows.some(({ shared }) => shared)) return having;
  const online = having.find((node) => nodes.some((row) => row.node === node && row.status === "online"));
  return [online ?? having[0] ?? ""];
}

async function filesOn(nodes: readonly string[], pve: Pve, storage: string, volumeId: string): Promise<FoundVolume[]> {
  const lists = await Promise.all(
    nodes.map(async (node) => {
      const rows = await listContent(pve, node, storage, filterFor(volumeId));
      return rows
        .filter(({ volid }) => volid === volumeId)
        .map(({ size }) => ({ volumeId, node, storage, sizeBytes: wire.number(size) ?? 0 }));
    }),
  );
  return lists.flat();
}
