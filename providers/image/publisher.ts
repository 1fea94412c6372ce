import { findChecksum } from "./checksum-file";
import type { Checksum } from "./checksum";

/** Lists of checksums are a few kilobytes; what is larger is something else, such as the image itself. */
const longest = 2 ** 20;
const patienceMs = 10_000;

/** Why a publisher's list could not be read: the reason to go on with what is known already. */
export class PublisherUnreachable extends Error {
  override readonly name = "PublisherUnreachable";
}

/** Looks checksums up in publishers' files: each file is read once for all images of a run. */
export class Publishers {
  private readonly texts = new Map<string, Promise<string>>();

  async checksum(listUrl: string, imageUrl: string, signal: AbortSignal): Promise<Checksum> {
    return findChecksum(await this.text(listUrl, signal), imageUrl, listUrl);
  }

  private text(url: string, signal: AbortSignal): Promise<string> {
    let text = this.texts.get(url);
    if (!text) {
      text = read(url, signal);
      this.texts.set(url, text);
      // One that was out of reach for a moment must not be so for the rest of a long run.
      text.catch(() => this.texts.delete(url));
    }
    return text;
  }
}

async function read(url: string, signal: AbortSignal): Promise<string> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
  try {
    const response = await fetch(url, { signal: bounded, headers: { accept: "text/plain, */*" } });
    if (!response.ok) throw new Error(`answered with ${response.status} ${response.statusText}`.trim());
    return await bodyOf(response);
  } catch (error) {
    signal.throwIfAborted();
    throw new PublisherUnreachable(`${url} could not be read: ${reason(error)}`);
  }
}

async function bodyOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += (chunk as Uint8Array).length;
    if (length > longest) throw new Error("it is larger than 1 MiB, no list of checksums");
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** `fetch failed` says nothing; its cause does. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer within ${patienceMs / 1000} s`;
  const { cause } = error;
  return cause instanceof Error ? cause.message || error.message : error.message;
}
