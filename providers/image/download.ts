import { isProxmoxError, parseUpid, wire, type Upid } from "../../pve";
import type { Call } from "../kernel/call/call";
import type { Pve } from "../kernel/session/pve-session";
import { parseChecksum } from "./checksum";
import { contentOf, fileNameFor, volumeIdFor, type ResolvedImage } from "./cloud-image.model";
import { findImage, isShared } from "./find";
import { downloadAndUnpack } from "./unpack";

/** Nobody answered the request to download, and whether it was carried out cannot be looked up now. */
export class UntoldDownload extends Error {
  constructor(
    /** When the last download of this file began that was known before, in seconds of the node's clock. */
    readonly after: number,
    override readonly cause: Error,
  ) {
    super(cause.message);
  }
}

/** Has the file downloaded unless it is there; tells whether this very call made it. */
export async function provideImage(pve: Pve, call: Call, image: ResolvedImage): Promise<boolean> {
  const { node, storage, compression, checksum } = image;
  const shared = await isShared(pve, storage);
  const volumeId = volumeIdFor(image);
  // One download per node at a time: they share its line and its disk. And one per file that several nodes see.
  const turns = [`download:${node}`, ...(shared ? [`download:${volumeId}`] : [])];
  return pve.limits(turns, call, async () => {
    const others = shared ? (await onlineNodes(pve)).filter((one) => one !== node) : [];
    const after = await waitForDownloads(pve, call, [...others, node], fileNameFor(image));
    const present = (await findImage(pve, { node, storage, volumeId })) !== undefined;
    if (!present) await call.safePoint();
    // Proxmox compares an existing file's own checksum: of an unpacked file, or without one, the name tells enough.
    if (!present || (checksum !== undefined && compression === undefined))
      await download(pve, call, image, present, after);
    return !present;
  });
}

async function onlineNodes(pve: Pve): Promise<string[]> {
  return (await pve.snapshot.nodes()).filter(({ status }) => status !== "offline").map(({ node }) => node);
}

/** Downloads of a file, as the node's task list tells, the latest first. */
async function downloadsOf(pve: Pve, node: string, fileName: string): Promise<{ upid: Upid; status: string }[]> {
  const rows = await pve.api.nodes.$(node).tasks.$get({ source: "all", typefilter: "download" });
  return (rows as unknown as readonly wire.WireObject[]).flatMap((row) => {
    const upid = parseUpid(wire.string(row["upid"]) ?? "");
    return upid?.id === fileName ? [{ upid, status: wire.string(row["status"]) ?? "" }] : [];
  });
}

/**
 * Waits for downloads of this file that are running; how they ended is seen by what is there afterwards. Returns when
 * the last download of it began on the last of the nodes.
 */
async function waitForDownloads(pve: Pve, call: Call, nodes: readonly string[], fileName: string): Promise<number> {
  let last = 0;
  for (const node of nodes) {
    const known = await downloadsOf(pve, node, fileName);
    last = Math.max(0, ...known.map(({ upid }) => upid.startTime));
    for (const { upid } of known.filter(({ status }) => status === "RUNNING")) {
      call.report.progress(`waiting for a download of ${fileName} that is under way`);
      try {
        await pve.wait(call, upid.upid, `the download of ${fileName}`);
      } catch (error) {
        if (!pve.isTaskFailure(error)) throw error;
      }
    }
  }
  return last;
}

/**
 * The download of this file that our own user began since then: it is the one whose answer was lost. Undefined when
 * there is none, or when there are several: then nobody can tell which of them made the file.
 */
export async function ownDownload(
  pve: Pve,
  node: string,
  fileName: string,
  after: number,
): Promise<{ upid: string; state: "running" | "done" | "failed" } | undefined> {
  const since = (await downloadsOf(pve, node, fileName)).filter(({ upid }) => upid.startTime > after);
  const [own] = since;
  if (!own || since.length > 1 || own.upid.user !== pve.process.user) return undefined;
  const { upid, status } = own;
  const done = status === "OK" || /^WARNINGS: \d+$/.test(status);
  return { upid: upid.upid, state: status === "RUNNING" ? "running" : done ? "done" : "failed" };
}

const REQUESTS = 3;

/** Sends the request; when its answer is lost, the task list tells whether it was carried out. Returns the task. */
async function request(
  pve: Pve,
  call: Call,
  node: string,
  fileName: string,
  after: number,
  send: () => Promise<string>,
): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    let lost: Error;
    try {
      return await send();
    } catch (error) {
      if (!isProxmoxError(error, "unavailable")) throw error;
      lost = error;
    }
    await pve.pause(1_000);
    let own: { upid: string } | undefined;
    try {
      own = await ownDownload(pve, node, fileName, after);
    } catch (error) {
      if (!isProxmoxError(error)) throw error;
      throw new UntoldDownload(after, lost);
    }
    if (own) return own.upid;
    if (attempt >= REQUESTS) throw new UntoldDownload(after, lost);
    await call.safePoint();
  }
}

/** With the file already there Proxmox only compares its checksum; a file that differs is an error and stays. */
async function download(pve: Pve, call: Call, image: ResolvedImage, present: boolean, after: number): Promise<void> {
  if (image.compression === "xz") return downloadAndUnpack(pve, call, image);
  const { node, storage, url, checksum, compression, verifyCertificates } = image;
  const fileName = fileNameFor(image);
  const expected = checksum === undefined ? undefined : parseChecksum(checksum);
  const storages = pve.api.nodes.$(node).storage;
  const send = () =>
    storages.$(storage)["download-url"].$post({
      url,
      content: contentOf(image),
      filename: fileName,
      ...(expected ? { checksum: expected.digest, "checksum-algorithm": expected.algorithm } : {}),
      ...(compression === undefined ? {} : { compression }),
      ...(verifyCertificates === undefined ? {} : { "verify-certificates": verifyCertificates }),
    });
  try {
    await pve.task(call, `${present ? "verifying" : "downloading"} ${fileName}`, () =>
      present ? send() : request(pve, call, node, fileName, after, send),
    );
  } catch (error) {
    if (!present || !pve.isTaskFailure(error)) throw error;
    const what = `${volumeIdFor(image)} is there already, with other content than the checksum says`;
    throw new Error(`${what}; it stays: remove it, or write another fileName. ${(error as Error).message}`, {
      cause: error,
    });
  }
}
