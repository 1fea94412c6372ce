import { isProxmoxError, wire } from "../../pve";
import type { Call } from "../kernel/call/call";
import type { Problem } from "../kernel/state/problems";
import type { Pve } from "../kernel/session/pve-session";
import { findImage } from "./find";
import { volumeIdFor, type ResolvedImage } from "./cloud-image.model";

const shown = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

/** Told before a download begins: an image that certainly does not fit. Nothing is said of one that is there already. */
export async function checkSpace(pve: Pve, call: Call, image: ResolvedImage): Promise<Problem[]> {
  const { node, storage, url, verifyCertificates } = image;
  try {
    if (await findImage(pve, { node, storage, volumeId: volumeIdFor(image) })) return [];
  } catch (error) {
    // The storage cannot be looked at now: what is wrong with it, the creation will say.
    if (!isProxmoxError(error)) throw error;
    call.report.warn(`the free space of ${storage} on ${node} is not known: ${error.said ?? error.message}`);
    return [];
  }
  const size = await sizeOf(pve, node, url, verifyCertificates);
  if (typeof size === "string") {
    call.report.warn(`the size of ${url} is not known, nor whether ${storage} on ${node} has room for it: ${size}`);
    return [];
  }
  const status = await pve.api.nodes.$(node).storage.$(storage).status.$get();
  const { avail, total } = status;
  const [free, whole] = [wire.number(avail) ?? 0, wire.number(total) ?? 0];
  if (whole === 0 || size <= free) return [];
  return [
    {
      path: "storage",
      message: `${storage} on ${node} has ${shown(free)} free, and the image takes ${shown(size)}; make room, or write another storage`,
    },
  ];
}

/** Bytes of the file as its server announces them to the node, or why that is not known. */
async function sizeOf(pve: Pve, node: string, url: string, verify: boolean | undefined): Promise<number | string> {
  try {
    const metadata = await pve.api.nodes.$(node)["query-url-metadata"].$get({
      url,
      ...(verify === undefined ? {} : { "verify-certificates": verify }),
    });
    return wire.number(metadata["size"]) ?? "its server does not say";
  } catch (error) {
    if (isProxmoxError(error)) return error.said ?? error.message;
    throw error;
  }
}
