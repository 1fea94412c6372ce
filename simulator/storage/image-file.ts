import { die } from "../errors.js";
import type { OperatingSystem } from "../world/storage.js";

/** What a file holds, as far as Proxmox looks into it. */
export interface FileContent {
  bytes: number;
  /** Base64; absent for files of which only a description exists. */
  content?: string;
  /** A described disk image. */
  format?: string;
  virtualSize?: number;
  data?: number;
  /** What runs when a guest boots it. */
  os?: OperatingSystem;
}

export interface ImageDescription {
  format: string;
  size: number;
  data: number;
}

/**
 * Looks at an image file as `qemu-img info -f <format>` does before an import is accepted; fails with its texts.
 * `log` gets what it prints beside the error.
 */
export function describeImage(file: FileContent, format: string, path: string, log: (line: string) => void) {
  if (format === "ova") return describeArchive(file, path, log);
  if (format === "raw") return { format, size: Math.ceil(file.bytes / 512) * 512, data: file.data ?? file.bytes };
  const described = file.format === undefined ? sniff(file) : fromDescription(file);
  if (described?.format === format) return described;
  log(`command '/usr/bin/qemu-img info '--output=json' ${path} -f ${format}' failed: exit code 1`);
  const problem = format === "vmdk" ? "invalid VMDK image descriptor" : `Image is not in ${format} format`;
  throw die(`qemu-img: Could not open '${path}': ${problem}`);
}

function fromDescription({ format = "raw", virtualSize, bytes, data }: FileContent): ImageDescription {
  return { format, size: virtualSize ?? bytes, data: data ?? bytes };
}

/** An OVA is a tar archive with an OVF file in it. */
function describeArchive(file: FileContent, path: string, log: (line: string) => void): undefined {
  if (file.format === "ova") return undefined;
  const bytes = contentOf(file);
  if (bytes.length < 512 || bytes.toString("latin1", 257, 262) !== "ustar") {
    log("tar: This does not look like a tar archive");
    if (bytes.length > 512) log("tar: Skipping to next header");
    log("tar: Exiting with failure status due to previous errors");
    throw die(`command 'tar -t -f ${path}' failed: exit code 2`);
  }
  if (!bytes.includes(".ovf")) throw die("ova archive has no .ovf file inside");
  return undefined;
}

function contentOf({ content = "" }: FileContent): Buffer {
  return Buffer.from(content, "base64");
}

/** Format and virtual size by the file's own header: qcow2 keeps it big-endian at 24, sparse VMDK in sectors at 12. */
export function sniff(file: FileContent): ImageDescription | undefined {
  const bytes = contentOf(file);
  if (bytes.length >= 32 && bytes.toString("latin1", 0, 4) === "QFI\xfb") {
    const size = Number(bytes.readBigUInt64BE(24));
    return { format: "qcow2", size, data: file.data ?? 0 };
  }
  if (bytes.length >= 20 && bytes.toString("latin1", 0, 4) === "KDMV") {
    return { format: "vmdk", size: Number(bytes.readBigUInt64LE(12)) * 512, data: file.data ?? 0 };
  }
  return undefined;
}
