import { randomBytes } from "node:crypto";
import path from "node:path";
import { isProxmoxError } from "../../pve";
import type { Pve } from "../kernel/session/pve-session";
import type { Call } from "../kernel/call/call";
import { sshOf } from "../checks/ssh-needed";
import { contentDirectory } from "../snippet/directory";
import { parseChecksum } from "./checksum";
import { fileNameFor, type ResolvedImage } from "./cloud-image.model";

/** Why SSH is needed. */
export const unpacking = "Proxmox does not unpack xz";

/**
 * Downloads an image that is packed with xz and unpacks it, on the node and with its own tools: download-url takes such
 * a file neither as what it is nor to be unpacked. The checksum is compared before anything is unpacked, and the image
 * gets its name only when it is whole.
 */
export async function downloadAndUnpack(pve: Pve, call: Call, image: ResolvedImage): Promise<void> {
  const { node, storage, url, checksum, verifyCertificates } = image;
  const ssh = sshOf(pve, "unpacking the image", unpacking);
  const fileName = fileNameFor(image);
  const directory = await contentDirectory(pve, node, storage, "import");
  const unpacked = path.posix.join(directory, `.${fileName}.${randomBytes(6).toString("hex")}`);
  const packed = `${unpacked}.xz`;
  const run = (what: string, argv: readonly string[], stdin?: string) => {
    call.report.progress(`${what} ${fileName}`);
    return ssh.run(node, argv, { signal: call.signal, timeoutMs: call.remainingMs(), stdin });
  };
  const bounds = { timeoutMs: 60_000 };
  try {
    await ssh.makeDirectory(node, directory, { signal: call.signal, ...bounds });
    const certificates = verifyCertificates === false ? ["--no-check-certificate"] : [];
    // The address comes by standard input: it may hold credentials, and everybody sees a command's arguments.
    const wget = ["wget", "--no-verbose", ...certificates, `--output-document=${packed}`, "--input-file=-"];
    await run("downloading", wget, `${url}\n`);
    const expected = checksum === undefined ? undefined : parseChecksum(checksum);
    if (expected) {
      const [found = ""] = (await run("verifying", [`${expected.algorithm}sum`, "--", packed])).split(" ");
      if (found !== expected.digest)
        throw new Error(`checksum mismatch: ${url} has ${expected.algorithm} ${found}, not ${expected.digest}`);
    }
    await run("unpacking", ["xz", "--decompress", "--", packed]);
    await run("placing", ["mv", "--", unpacked, path.posix.join(directory, fileName)]);
  } catch (error) {
    // Also when the operation was aborted: what was begun has a hidden name that nobody would find.
    for (const file of [packed, unpacked])
      try {
        await ssh.removeFile(node, file, bounds);
      } catch (failure) {
        if (!isProxmoxError(failure)) throw failure;
        call.report.warn(`${file} may be left on ${node}: ${failure.message}`);
      }
    throw error;
  }
}
