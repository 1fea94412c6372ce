import { isProxmoxError, wire } from "../../pve";
import type { Pve } from "../kernel/session/pve-session";

/** What is looked for: a listing of everything takes long, and fails more often. */
interface ContentFilter {
  readonly content: string;
  readonly vmid?: number;
}

const ATTEMPTS = 10;

/**
 * Proxmox lists the images of a directory by running qemu-img on each; when one is deleted meanwhile, the whole listing
 * fails with the text of qemu-img. That tells nothing of what is looked for: it is asked again.
 */
const imageVanished = (error: unknown): boolean =>
  isProxmoxError(error) && /^qemu-img: Could not open '.*: No such file or directory\s*$/s.test(error.said ?? "");

/** The volumes of a storage that its node sees. */
export async function listContent(
  pve: Pve,
  node: string,
  storage: string,
  filter: ContentFilter,
): Promise<readonly wire.WireObject[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      const rows = await pve.api.nodes
        .$(node)
        .storage.$(storage)
        .content.$get({ ...filter });
      return rows;
    } catch (error) {
      if (!imageVanished(error) || attempt >= ATTEMPTS) throw error;
    }
    await pve.pause(100 * attempt);
  }
}

/** The narrowest listing that shows a volume: `local:iso/x.iso` is of content `iso`, `local:100/…` an image of VM 100. */
export function filterFor(volumeId: string): ContentFilter {
  const name = volumeId.slice(volumeId.indexOf(":") + 1);
  const content = /^(iso|vztmpl|backup|snippets|import)\//.exec(name)?.[1];
  if (content !== undefined) return { content };
  const vmid = /(?:vm|base|subvol|basevol)-(\d+)-[^/]*$/.exec(name)?.[1] ?? /^(\d+)\//.exec(name)?.[1];
  return { content: "images", ...(vmid === undefined ? {} : { vmid: Number(vmid) }) };
}
