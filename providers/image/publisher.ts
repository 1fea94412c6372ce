import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { messageOf } from "../kernel/call/failure";
import { findChecksum } from "./checksum-file";
import type { Checksum } from "./checksum";

/** Lists of checksums are a few kilobytes; what is larger is something else, such as the image itself. */
const longest = 2 ** 20;
const patienceMs = 10_000;
const mostRedirects = 20;

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
  const { username, password } = new URL(url);
  // They would be sent as a login, and stand in errors and in the state.
  if (username !== "" || password !== "")
    throw new Error("a URL of a list of checksums has a user or password in it; write one without");
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
  try {
    const response = await get(url, bounded);
    const { statusCode = 0, statusMessage = "" } = response;
    if (statusCode < 200 || statusCode > 299) {
      response.destroy();
      throw new Error(`answered with ${statusCode} ${statusMessage}`.trim());
    }
    return await bodyOf(response);
  } catch (error) {
    signal.throwIfAborted();
    const why = bounded.aborted ? `no answer within ${patienceMs / 1000} s` : messageOf(error);
    throw new PublisherUnreachable(`${url} could not be read: ${why}`);
  }
}

/** Publishers send to their mirrors. Not by `fetch`: what that loads is a twentieth of a plugin's start, and HTTP is there. */
async function get(url: string, signal: AbortSignal): Promise<IncomingMessage> {
  let at = url;
  for (let left = mostRedirects; left >= 0; left--) {
    const response = await answer(at, signal);
    const { location } = response.headers;
    if (location === undefined || ![301, 302, 303, 307, 308].includes(response.statusCode ?? 0)) return response;
    response.destroy();
    const next = new URL(location, at);
    if (next.username !== "" || next.password !== "") throw new Error("redirected to a URL with a login in it");
    at = next.href;
  }
  throw new Error(`redirected more than ${mostRedirects} times`);
}

const answer = (url: string, signal: AbortSignal): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const { get } = /^http:/i.test(url) ? http : https;
    get(url, { signal, headers: { accept: "text/plain, */*", "user-agent": "pulumi-proxmox-cluster" } }, resolve).on(
      "error",
      reject,
    );
  });

async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longest) throw new Error("it is larger than 1 MiB, no list of checksums");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
