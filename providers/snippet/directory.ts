import path from "node:path";
import { wire, type SnapshotStorage } from "../../pve";
import { needsSsh, sshOf } from "../checks/ssh-needed";
import type { Pve } from "../kernel/session/pve-session";
import type { Call } from "../kernel/call/call";

export const noSnippets = "Proxmox's API takes no snippets";
export const withoutSsh = needsSsh(noSnippets);

/** Storages of a node that hold files of a kind: shared ones first, then `local`, then by name. */
export function fileStorages(
  rows: readonly SnapshotStorage[],
  node: string,
  content: "snippets" | "iso",
): SnapshotStorage[] {
  const rank = ({ storage, shared }: SnapshotStorage) => (shared ? 0 : storage === "local" ? 1 : 2);
  return rows
    .filter((row) => row.node === node && row.available && row.content.includes(content))
    .sort((a, b) => rank(a) - rank(b) || (a.storage < b.storage ? -1 : 1));
}

/** The same, asked of the node: a token without Datastore.Audit sees no storages in the cluster's list. */
export async function storagesOnNode(
  pve: Pve,
  node: string,
  content: "snippets" | "iso",
): Promise<{ storage: string; shared: boolean }[]> {
  const rows = await pve.api.nodes.$(node).storage.$get({ content, enabled: true });
  const seen = rows.map((row) => ({
    storage: wire.string(row["storage"]) ?? "",
    node,
    type: wire.string(row["type"]),
    content: [content],
    shared: wire.boolean(row["shared"]),
    available: wire.boolean(row["active"]),
  }));
  return fileStorages(seen, node, content);
}

export const noStorage = (node: string, content: string): string =>
  `no storage of node ${node} allows content ${content}; allow it in a file-based one (pvesm set local --content …,${content})`;

/** The directory of a storage's files of a kind, as the storage's definition tells it. */
export async function contentDirectory(
  pve: Pve,
  node: string,
  storage: string,
  kind: "snippets" | "import",
): Promise<string> {
  const definition = await pve.api.storage.$(storage).$get();
  const content = wire.string(definition["content"]) ?? "";
  if (!content.split(",").includes(kind))
    throw new Error(`storage ${storage} does not allow content ${kind}; allow it, or name another storage`);
  const root = wire.string(definition["path"]);
  if (root === undefined || !root.startsWith("/"))
    throw new Error(`storage ${storage} has no directory for ${kind}; name a file-based storage`);
  // What is not mounted would be written below the mount point, where no one finds it again.
  const status = await pve.api.nodes.$(node).storage.$(storage).status.$get();
  if (!wire.boolean(status["active"])) throw new Error(`storage ${storage} is not active on node ${node}`);
  return path.posix.join(root, ownDirectory(definition["content-dirs"], kind) ?? kind);
}

/** `content-dirs` comes as an object, or as it is written in storage.cfg. */
function ownDirectory(value: unknown, kind: string): string | undefined {
  if (typeof value === "string") return new RegExp(`(?:^|,)${kind}=([^,]+)`).exec(value)?.[1];
  return value === null || typeof value !== "object" ? undefined : wire.string((value as wire.WireObject)[kind]);
}

/** Writes a snippet whole; its directory is made where Proxmox has not come to it yet. */
export async function writeSnippet(
  pve: Pve,
  call: Call,
  at: { readonly node: string; readonly storage: string; readonly fileName: string },
  content: Buffer,
  mode: number,
): Promise<void> {
  const ssh = sshOf(pve, "writing a snippet", noSnippets);
  const directory = await contentDirectory(pve, at.node, at.storage, "snippets");
  const bounds = { signal: call.signal, timeoutMs: Math.min(60_000, call.remainingMs()) };
  await ssh.makeDirectory(at.node, directory, bounds);
  await ssh.writeFile(at.node, path.posix.join(directory, at.fileName), content, { ...bounds, mode });
}
