import type { Call } from "../kernel/call/call";
import type { Problem } from "../kernel/state/problems";
import { showChecksum } from "./checksum";
import type { CloudImageInputs } from "./cloud-image.model";
import { PublisherUnreachable, type Publishers } from "./publisher";

interface Resolved {
  readonly inputs: Record<string, unknown>;
  readonly problems: readonly Problem[];
}

const nothing: Resolved = { inputs: {}, problems: [] };

/**
 * Puts the digest that the publisher states now in the place of the address of its list. So the state holds a digest,
 * and a new release is a changed one. A publisher out of reach does not stop a stack whose image is there already.
 */
export async function resolveChecksum(
  publishers: Publishers,
  call: Call,
  inputs: Partial<CloudImageInputs>,
  was: Partial<CloudImageInputs> | undefined,
  preview: boolean,
  written: ReadonlySet<string>,
): Promise<Resolved> {
  const { checksum, url } = inputs;
  if (!written.has("checksum") && was === undefined)
    call.report.warn("no checksum: nothing tells whether the image is what its publisher made; write checksum");
  if (checksum === undefined || typeof checksum === "string") return nothing;
  const known = typeof was?.checksum === "string" ? was.checksum : undefined;
  // Not known yet in this preview, or wrong and told already: nothing can be looked up.
  if (url === undefined || checksum.url === undefined) return { ...nothing, inputs: { checksum: known } };
  if (isExposed(checksum.url))
    call.report.warn(`${checksum.url} comes over http: whoever is on the way can change it; write an https address`);
  try {
    const found = await publishers.checksum(checksum.url, url, call.signal);
    return { ...nothing, inputs: { checksum: showChecksum(found) } };
  } catch (error) {
    if (!(error instanceof Error) || call.signal.aborted) throw error;
    if (!(error instanceof PublisherUnreachable))
      return { inputs: { checksum: known }, problems: [{ path: "checksum", message: error.message }] };
    if (known !== undefined && was?.url === url) {
      call.report.warn(`${error.message}; the image is taken to be the one that is there (${known.slice(0, 19)}…)`);
      return { ...nothing, inputs: { checksum: known } };
    }
    if (preview) {
      call.report.warn(`${error.message}; an up will need it`);
      return { ...nothing, inputs: { checksum: known } };
    }
    const message = `${error.message}; make it reachable from here, or write the digest itself`;
    return { inputs: { checksum: known }, problems: [{ path: "checksum.url", message }] };
  }
}

/** Whether somebody on the way could put another list in its place; on this machine nobody is on the way. */
export function isExposed(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === "http:" && !/^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
