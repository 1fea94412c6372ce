import { wire } from "../../pve";
import type { Call } from "../runtime/call";
import type { Pve } from "../pve-session";
import { parseChecksum } from "./checksum";
import { contentOf, fileNameFor, volumeIdFor, type ResolvedImage } from "./cloud-image.model";
import { findImage, isShared } from "./find";
import { downloadAndUnpack } from "./unpack";

/** Has the file downloaded unless it is there; tells whether this very call made it. */
export async function provideImage(pve: Pve, call: Call, image: ResolvedImage): Promise<boolean> {
  const { node, storage, compression, checksum } = image;
  const shared = await isShared(pve, storage);
  const volumeId = volumeIdFor(image);
  // One download per node at a time: they share its line and its disk. And one per file that several nodes see.
  const turns = [`download:${node}`, ...(shared ? [`download:${volumeId}`] : [])];
  return pve.limits(turns, call, async () => {
    await waitForDownloads(pve, call, shared ? await onlineNodes(pve) : [node], fileNameFor(image));
    const present = (await findImage(pve, { node, storage, volumeId })) !== undefined;
    if (!present) await call.safePoint();
    // Proxmox compares an existing file's own checksum: of an unpacked file, or without one, the name tells enough.
    if (!present || (checksum !== undefined && compression === undefined)) await download(pve, call, image, present);
    return !present;
  });
}

async function onlineNodes(pve: Pve): Promise<string[]> {
  return (await pve.snapshot.nodes()).filter(({ status }) => status !== "offline").map(({ node }) => node);
}

/** Waits for downloads of this file that are running; how they ended is seen by what is there afterwards. */
async function waitForDownloads(pve: Pve, call: Call, nodes: readonly string[], fileName: string): Promise<void> {
  for (const node of nodes) {
    const tasks = await pve.api.nodes.$(node).tasks.$get({ source: "active", typefilter: "download" });
    for (const { upid } of tasks.filter(({ id, status }) => id === fileName && status === "RUNNING")) {
      call.report.progress(`waiting for a download of ${fileName} that is under way`);
      try {
        await pve.wait(call, wire.string(upid) ?? "", `the download of ${fileName}`);
      } catch (error) {
        if (!pve.isTaskFailure(error)) throw error;
      }
    }
  }
}

/** With the file already there Proxmox only compares its checksum; a file that differs is an error and stays. */
async function download(pve: Pve, call: Call, image: ResolvedImage, present: boolean): Promise<void> {
  if (image.compression === "xz") return downloadAndUnpack(pve, call, image);
  const { node, storage, url, checksum, compression, verifyCertificates } = image;
  const fileName = fileNameFor(image);
  const expected = checksum === undefined ? undefined : parseChecksum(checksum);
  const storages = pve.api.nodes.$(node).storage;
  try {
    await pve.task(call, `${present ? "verifying" : "downloading"} ${fileName}`, () =>
      storages.$(storage)["download-url"].$post({
        url,
        content: contentOf(image),
        filename: fileName,
        ...(expected ? { checksum: expected.digest, "checksum-algorithm": expected.algorithm } : {}),
        ...(compression === undefined ? {} : { compression }),
        ...(verifyCertificates === undefined ? {} : { "verify-certificates": verifyCertificates }),
      }),
    );
  } catch (error) {
    if (!present || !pve.isTaskFailure(error)) throw error;
    const what = `${volumeIdFor(image)} is there already, with other content than the checksum says`;
    throw new Error(`${what}; it stays: remove it, or write another fileName. ${(error as Error).message}`, {
      cause: error,
    });
  }
}
