import { z } from "zod";
import type { Model } from "../define";
import { timeoutsSchema } from "../vm/vm.model";
import { checksumHint, parseChecksum } from "./checksum";

/** Extensions that Proxmox accepts for disk images to import. */
const stored = /\.(qcow2|raw|vmdk|ova)$/;

export const cloudImageSchema = z.strictObject({
  /** Address of the image, http or https; the node downloads it. A change without a change of checksum does nothing. */
  url: z.url({ protocol: /^https?$/, error: "write an http or https address of a disk image" }),
  /** Checksum as the publisher states it: `sha256:...`, `sha512:...`. A change downloads anew before the old file goes. */
  checksum: z.string().refine((text) => parseChecksum(text) !== undefined, checksumHint),
  /** Node that downloads; the file is there for every node when the storage is shared. A change replaces. */
  node: z.string().min(1, "name the node that downloads the image"),
  /** File-based storage that allows content `import`. A change replaces. */
  storage: z.string().min(1, "name a file-based storage that allows content import"),
  /**
   * Name of the file, ending in .qcow2, .raw, .vmdk or .ova. Default: from the address, with the first 12 digits of
   * the checksum, so that the same content has the same name. A change replaces.
   */
  fileName: z
    .string()
    .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/, "write letters, digits, _ - and . only")
    .regex(stored, "write a name that ends in .qcow2, .raw, .vmdk or .ova")
    .optional(),
  /** Check the server's TLS certificate. Default true. Proxmox: `verify-certificates`. */
  verifyCertificates: z.boolean().optional(),
  /** Longest time of each operation; a creation downloads. */
  timeouts: timeoutsSchema.optional(),
});

export type CloudImageInputs = z.infer<typeof cloudImageSchema>;

export const cloudImageModel: Model = {
  schema: cloudImageSchema,
  effects: {
    url: "none",
    checksum: "replace",
    node: "replace",
    storage: "replace",
    fileName: "replace",
    verifyCertificates: "none",
    timeouts: "live",
  },
  sensitive: [],
};

/** `https://x/debian-12-generic-amd64.qcow2` and its checksum -> `debian-12-generic-amd64-1a2b3c4d5e6f.qcow2`. */
export function fileNameFor({
  url,
  checksum,
  fileName,
}: Pick<CloudImageInputs, "url" | "checksum" | "fileName">): string {
  if (fileName !== undefined) return fileName;
  const last = decodeURIComponent(new URL(url).pathname.split("/").at(-1) ?? "").replace(/[^A-Za-z0-9_.-]/g, "_");
  const [, stem = "image", extension = ""] = /^(.*?)(\.(?:qcow2|img|raw|vmdk|ova))?$/i.exec(last) ?? [];
  const kind = extension.toLowerCase() === ".img" || extension === "" ? ".qcow2" : extension.toLowerCase();
  return `${stem || "image"}-${parseChecksum(checksum)?.digest.slice(0, 12) ?? ""}${kind}`;
}
