import { createHash } from "node:crypto";
import { die, textOf } from "../errors.js";
import { refuse } from "../fail.js";
import type { Volume, WebFile } from "../world/storage.js";
import type { World } from "../world/world.js";
import { activateStorage, storageStatus } from "./activation.js";
import { isFull } from "./full.js";
import { describeImage, type FileContent, type ImageDescription } from "./image-file.js";
import { contentDirectory } from "./paths.js";
import { enabledStorage } from "./sections.js";
import type { ContentType, Storage } from "./types.js";
import { normaliseFileName, uploadNames } from "./volume-names.js";
import { storeOf } from "./volumes.js";
import { bytesOf, checksumOf, sizeOf, wget } from "./wget.js";

/** Where an upload or download goes. */
interface Target {
  storage: Storage;
  content: ContentType;
  filename: string;
  path: string;
  /** Format of an import file by its extension. */
  format?: string;
}

export interface Checksum {
  algorithm: string;
  expected: string;
}

export interface UploadedFile {
  bytes: Buffer;
  /** The node for which the file is, when another one was asked. */
  readonly remote?: { readonly name: string; readonly address: string };
  /** `/var/tmp/pveupload-…` */
  temporary: string;
  checksum?: Checksum | undefined;
  now: number;
}

interface Download {
  url: string;
  verify: boolean;
  compression?: string | undefined;
  checksum?: Checksum | undefined;
  pid: number;
  now: number;
}

type Log = (line: string) => void;

/** The file that an upload will become; ends the request as Proxmox does before it starts the task. */
export function uploadTarget(world: World, node: string, id: string, content: ContentType, name: string): Target {
  const storage = enabledStorage(world, node, id);
  if (storage.options.path === undefined) throw die(`can't upload to storage type '${storage.type}'`);
  const target = targetOf(storage, content, name);
  if (!storage.content.includes(content)) throw die(`storage '${id}' does not support '${content}' content`);
  activateStorage(world, node, id);
  return target;
}

/** As {@link uploadTarget} for a download, which checks in another order and with other words. */
export function downloadTarget(world: World, node: string, id: string, content: ContentType, name: string): Target {
  const storage = enabledStorage(world, node, id);
  if (storage.options.path === undefined) {
    throw die(`can't upload to storage type '${storage.type}', not a file based storage!`);
  }
  if (!storage.content.includes(content)) {
    throw die(`storage '${id}' is not configured for content-type '${content}'`);
  }
  const target = targetOf(storage, content, name);
  activateStorage(world, node, id);
  return target;
}

function targetOf(storage: Storage, content: ContentType, name: string): Target {
  const filename = normaliseFileName(name);
  const path = () => `${contentDirectory(storage, content)}/${filename}`;
  if (content === "import") {
    const format = uploadNames.import.exec(filename)?.[1];
    if (format === undefined) return refuse({ filename: "invalid filename or wrong extension" });
    return { storage, content, filename, path: path(), format };
  }
  const pattern = content === "iso" ? uploadNames.iso : uploadNames.vztmpl;
  if (!pattern.test(filename)) return refuse({ filename: "wrong file extension" });
  return { storage, content, filename, path: path() };
}

/** The upload task after the file has arrived. It replaces a file of that name. */
export function runUpload(world: World, node: string, target: Target, upload: UploadedFile, log: Log): void {
  const { bytes, temporary, checksum } = upload;
  log(`starting file import from: ${temporary}`);
  if (checksum) {
    verifyChecksum(checksum, createHash(checksum.algorithm).update(bytes).digest("hex"), log);
  }
  const file = { bytes: bytes.length, content: bytes.toString("base64") };
  const image = target.format === undefined ? undefined : describeImage(file, target.format, temporary, log);
  log(`target node: ${node}`);
  log(`target file: ${target.path}`);
  log(`file size is: ${bytes.length}`);
  log(`command: ${copyCommand(upload, target.path)}`);
  if (isFull(target.storage.id, node)) {
    throw die(`import failed: cp: error writing '${target.path}': No space left on device`);
  }
  store(world, node, target, file, image, upload.now);
  log("finished file import successfully");
}

/** How Proxmox reaches another node of the cluster (PVE/SSHInfo.pm). */
export function sshOptions(name: string): string {
  const known = `/etc/pve/nodes/${name}/ssh_known_hosts`;
  return `-o BatchMode=yes -o HostKeyAlias=${name} -o UserKnownHostsFile=${known} -o GlobalKnownHostsFile=none`;
}

function copyCommand({ temporary, remote }: UploadedFile, path: string): string {
  if (!remote) return `cp -- ${temporary} ${path}`;
  return `/usr/bin/scp ${sshOptions(remote.name)} -p -- ${temporary} [${remote.address}]:${path}`;
}

/** The download task. It refuses to replace a file unless that is already the right one. */
export function runDownload(world: World, node: string, target: Target, download: Download, log: Log): void {
  const { url, checksum, compression, pid } = download;
  if (compression) {
    if (target.content !== "iso") throw die(`decompression not supported for ${target.content}`);
    if (!(compression in decompressors)) throw die("no decompression method found");
  }
  log(`downloading ${url} to ${target.path}`);
  if (isPresent(world, node, target, checksum, log)) return;

  let temporary = `${target.path}.tmp_dwnl.${pid}`;
  const { verify, now } = download;
  // exit code 3 is wget's for a file that it cannot write
  if (isFull(target.storage.id, node)) throw die("download failed: exit code 3");
  let fetched = wget({ web: world.web, url, verify, target: temporary, now, log });
  const free = storageStatus(world, node, target.storage).avail;
  if (sizeOf(fetched, url) > free) throw die("download failed: exit code 3");
  if (checksum) verifyChecksum(checksum, checksumOf(fetched, url, checksum.algorithm), log);
  if (compression) {
    const unpackedTo = `${target.path}.tmp_dcom.${pid}`;
    log(`decompressing ${temporary} to ${unpackedTo}`);
    const room = free - sizeOf(fetched, url);
    fetched = decompress(fetched, compression, temporary, log);
    if (sizeOf(fetched, url) > room) throw unpackFailed(compression, temporary);
    temporary = unpackedTo;
  }
  const file: FileContent = {
    bytes: sizeOf(fetched, url),
    content: bytesOf(fetched, url).toString("base64"),
    ...(fetched.format === undefined ? {} : { format: fetched.format }),
    ...(fetched.virtualSize === undefined ? {} : { virtualSize: fetched.virtualSize }),
    ...(fetched.data === undefined ? {} : { data: fetched.data }),
    ...(fetched.os ? { os: fetched.os } : {}),
  };
  let image: ImageDescription | undefined;
  try {
    image = target.format === undefined ? undefined : describeImage(file, target.format, temporary, log);
  } catch (error) {
    throw die(`failed to verify file: ${textOf(error)}`);
  }
  store(world, node, target, file, image, now, fetched.checksums);
  log(`download of '${url}' to '${target.path}' finished`);
}

/** Whether the file is there and right; a wrong one, or one without a checksum to tell, ends the task. */
function isPresent(world: World, node: string, target: Target, checksum: Checksum | undefined, log: Log): boolean {
  const existing = storeOf(world, node, target.storage)[`${target.content}/${target.filename}`];
  if (!existing) return false;
  if (!checksum) throw die(`refusing to override existing file '${target.path}'`);
  const bytes = Buffer.from(existing.content ?? "", "base64");
  const found = existing.checksums?.[checksum.algorithm] ?? createHash(checksum.algorithm).update(bytes).digest("hex");
  const start = "calculating checksum of existing file...";
  if (found.toLowerCase() === checksum.expected.toLowerCase()) {
    log(`${start}OK, got correct file already, no need to download`);
    return true;
  }
  log(start);
  throw die(`checksum mismatch: got '${found}' != expect '${checksum.expected}', aborting`);
}

function verifyChecksum({ expected }: Checksum, found: string, log: Log): void {
  if (found.toLowerCase() !== expected.toLowerCase()) {
    log("calculating checksum...");
    throw die(`checksum mismatch: got '${found}' != expect '${expected}'`);
  }
  log("calculating checksum...OK, checksum verified");
}

const decompressors: Record<string, { command: string; complaint: (file: string) => string[] }> = {
  gz: { command: "zcat", complaint: (file) => ["", `gzip: ${file}: not in gzip format`] },
  lzo: { command: "lzop -d -c", complaint: (file) => [`lzop: ${file}: not a lzop file`] },
  zst: { command: "zstd -q -d -c", complaint: (file) => [`zstd: ${file}: unsupported format`] },
  bz2: { command: "bzcat -q", complaint: (file) => [`bzcat: ${file} is not a bzip2 file.`] },
};

function decompress(file: WebFile, method: string, path: string, log: Log): WebFile {
  if (file.compression === method && file.unpacked) return file.unpacked;
  for (const line of decompressors[method]?.complaint(path) ?? []) log(line);
  throw unpackFailed(method, path);
}

function unpackFailed(method: string, path: string): Error {
  return die(`command '${decompressors[method]?.command ?? ""} ${path}' failed: exit code 1`);
}

function store(
  world: World,
  node: string,
  { storage, content, filename }: Target,
  file: FileContent,
  image: ImageDescription | undefined,
  now: number,
  checksums?: Record<string, string>,
): void {
  const volume: Volume = {
    size: image?.size ?? file.virtualSize ?? file.bytes,
    bytes: file.bytes,
    data: image?.data ?? file.data ?? file.bytes,
    ctime: now,
    ...(image ? { format: image.format } : {}),
    ...(file.content === undefined ? {} : { content: file.content }),
    ...(checksums ? { checksums } : {}),
    ...(file.os ? { os: file.os } : {}),
  };
  storeOf(world, node, storage)[`${content}/${filename}`] = volume;
}
