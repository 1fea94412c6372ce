import { z } from "zod";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import type { Model } from "../kernel/resource-kind";
import type { Problem } from "../kernel/state/problems";
import { suggestion } from "../kernel/state/problems";
import { sha256 } from "../kernel/state/sha256";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import { architecturesOf, catalogue, catalogueNames, isCatalogueName, type Architecture } from "./catalogue";
import { checksumHint, parseChecksum } from "./checksum";
import { fileOf } from "./checksum-file";

/** Extensions that Proxmox accepts for disk images to import. */
const stored = /\.(qcow2|raw|vmdk|ova)$/;

/** What Proxmox unpacks (`decompressor_info` in PVE/Storage.pm), by the ending of a file's name. */
const packings: Readonly<Record<string, "gz" | "lzo" | "zst" | "bz2" | "xz">> = {
  xz: "xz",
  gz: "gz",
  lzo: "lzo",
  zst: "zst",
  zstd: "zst",
  bz2: "bz2",
};

const address = z.url({ protocol: /^https?$/, error: "write an http or https address" });

export const cloudImageSchema = fields({
  image: optional(
    "A well-known image of the catalogue, such as `debian-12`: stands for `url` and for a `checksum` that " +
      "follows its publisher. Write a `checksum` beside it to pin one release.",
    z.enum(catalogueNames, {
      error: ({ input }) =>
        `is not in the catalogue${suggestion(String(input), catalogueNames)}; it has ${catalogueNames.join(", ")}`,
    }),
    { effect: "none" },
  ),
  architecture: optional("Architecture of a well-known image.", z.enum(["amd64", "arm64"], "write amd64 or arm64"), {
    effect: "none",
    unset: "amd64",
  }),
  mirror: optional(
    "Base address that stands for the publisher's of a well-known image, such as " +
      "`https://mirror.example.com/debian-cloud` for `https://cloud.debian.org/images/cloud`.",
    address,
    { effect: "none" },
  ),
  url: optional(
    "Address of the image, http or https; the node downloads it. A change without a change of checksum does " +
      "nothing.",
    z.url({ protocol: /^https?$/, error: "write an http or https address of a disk image" }),
    { effect: "none" },
  ),
  checksum: optional(
    "Checksum as the publisher states it: `sha256:...`, `sha512:...`. Or `{ url }` of the publisher's list, " +
      "such as `https://.../SHA256SUMS`, in which it is looked up at every preview and `up`: a new release " +
      "then shows as a replacement. A change downloads anew before the old file goes. Left out, nothing is " +
      "verified.",
    z.union(
      [
        z.string().refine((text) => parseChecksum(text) !== undefined, checksumHint),
        fields({ url: required("Address of the publisher's list of checksums, http or https.", address, {}) }),
      ],
      checksumHint,
    ),
    { effect: "replace" },
  ),
  node: required(
    "Node that downloads; the file is there for every node when the storage is shared.",
    z.string().min(1, "name the node that downloads the image"),
    { effect: "replace" },
  ),
  storage: required(
    "File-based storage that allows content `import`, or `iso` for a compressed image.",
    z.string().min(1, "name a file-based storage that allows content import"),
    { effect: "replace" },
  ),
  fileName: optional(
    "Name of the file, ending in .qcow2, .raw, .vmdk or .ova.",
    z
      .string()
      .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/, "write letters, digits, _ - and . only")
      .regex(stored, "write a name that ends in .qcow2, .raw, .vmdk or .ova"),
    {
      effect: "replace",
      default: "from the address, with the first 12 digits of the checksum, so that the same content has the same name",
    },
  ),
  compression: optional(
    "How the image is packed; the checksum is that of the packed file. Proxmox unpacks into content `iso` " +
      "only, and lets only root@pam, logged in by password, import from there. `xz` it does not unpack at all: " +
      "the node is told over SSH, and the image goes to content `import`.",
    z.enum(["gz", "lzo", "zst", "bz2", "xz"], "write gz, lzo, zst, bz2 or xz"),
    { effect: "none", default: "by the address's ending" },
  ),
  verifyCertificates: optional("Check the server's TLS certificate.", z.boolean(), {
    key: "verify-certificates",
    effect: "none",
    unset: true,
  }),
  timeouts: optional("Longest time of each operation; a creation downloads.", timeoutsSchema, { effect: "live" }),
}).superRefine((inputs, ctx) => {
  const wrong = (path: string, message: string) => ctx.addIssue({ code: "custom", path: [path], message });
  const { image, url, architecture = "amd64", mirror, fileName, compression, checksum } = inputs;
  if (image === undefined) {
    if (url === undefined) wrong("url", "is required: write the address of a disk image, or a well-known image");
    if (mirror !== undefined) wrong("mirror", "belongs to a well-known image; write the mirror's own address as url");
    if (architecture === "arm64") wrong("architecture", "belongs to a well-known image; leave it out");
  } else if (isCatalogueName(image)) {
    if (!architecturesOf(image).includes(architecture))
      wrong("architecture", `${image} is there for ${architecturesOf(image).join(" and ")} only`);
    else if (url !== catalogue(image, { architecture, ...(mirror === undefined ? {} : { mirror }) }).url)
      wrong("url", "write either a well-known image or an address, not both");
  }
  if (url === undefined) return;
  if (/\.(tar|tgz|zip|7z|tar\.[a-z0-9]+)$/i.test(new URL(url).pathname))
    wrong("url", "an archive is no disk image; name the image itself");
  if (compression !== undefined && fileName !== undefined)
    wrong("fileName", "leave it out: what is unpacked cannot be compared later, only its own name tells what it is");
  if (checksum === undefined && fileName !== undefined)
    wrong("fileName", "needs a checksum: without one nothing tells whether a file of that name is this image");
});

/** What a user may write. */
export type CloudImageInputs = z.infer<typeof cloudImageSchema>;

/** The inputs after the check: the address is there, and a checksum is a text. */
export type ResolvedImage = Omit<CloudImageInputs, "url" | "checksum"> & {
  readonly url: string;
  readonly checksum?: string | undefined;
};

export const cloudImageModel: Model = {
  schema: cloudImageSchema,
  effects: effectsOf(cloudImageSchema),
  sensitive: [],
  defaults: withCatalogue,
  transition,
};

/** Fills in what a well-known image and an address stand for. */
function withCatalogue(inputs: Record<string, unknown>): Record<string, unknown> {
  const { image, mirror, architecture } = inputs;
  const known =
    isCatalogueName(image) && inputs["url"] === undefined
      ? catalogue(image, {
          ...(typeof mirror === "string" ? { mirror } : {}),
          ...(isArchitecture(architecture) ? { architecture } : {}),
        })
      : undefined;
  const all = { ...inputs, ...(known ? { url: known.url, checksum: inputs["checksum"] ?? known.checksum } : {}) };
  const packing =
    typeof all.url === "string" ? packings[/\.([a-z0-9]+)$/i.exec(pathOf(all.url))?.[1] ?? ""] : undefined;
  return packing !== undefined && inputs["compression"] === undefined ? { ...all, compression: packing } : all;
}

const isArchitecture = (value: unknown): value is Architecture => value === "amd64" || value === "arm64";
const pathOf = (url: string): string => (URL.canParse(url) ? new URL(url).pathname.toLowerCase() : "");

/** A file of a given name cannot become another one while the old one is there. */
function transition(inputs: Record<string, unknown>, was: Record<string, unknown>): Problem[] {
  const { fileName, checksum, node, storage } = inputs;
  if (fileName === undefined || typeof checksum !== "string" || typeof was["checksum"] !== "string") return [];
  const same = fileName === was["fileName"] && storage === was["storage"] && node === was["node"];
  if (!same || parseChecksum(checksum)?.digest === parseChecksum(was["checksum"])?.digest) return [];
  return [
    {
      path: "fileName",
      message: `${fileName as string} is the old image's name, which goes only when the new one is there; write another name, or leave it out`,
    },
  ];
}

/** Content type that holds the file: Proxmox unpacks for `iso` only (download_url in PVE/API2/Storage/Status.pm). */
export const contentOf = ({ compression }: Pick<ResolvedImage, "compression">): "import" | "iso" =>
  compression === undefined || compression === "xz" ? "import" : "iso";

/**
 * `https://x/debian-12-generic-amd64.qcow2` and its checksum -> `debian-12-generic-amd64-1a2b3c4d5e6f.qcow2`. Without a
 * checksum the digits are those of the address.
 */
export function fileNameFor({
  url,
  checksum,
  fileName,
  compression,
}: Pick<ResolvedImage, "url" | "checksum" | "fileName" | "compression">): string {
  if (fileName !== undefined) return fileName;
  const packed = fileOf(url).replace(/[^A-Za-z0-9_.-]/g, "_");
  const last = compression === undefined ? packed : packed.replace(/\.(gz|lzo|zst|zstd|bz2|xz)$/i, "");
  const [, stem = "image", extension = ""] = /^(.*?)(\.(?:qcow2|img|raw|vmdk|ova))?$/i.exec(last) ?? [];
  // What is packed with xz has no compression of its own: a raw image.
  const unnamed = compression === "xz" ? ".raw" : ".qcow2";
  const plain = extension.toLowerCase() === ".img" || extension === "" ? unnamed : extension.toLowerCase();
  const digest = checksum === undefined ? sha256(url) : parseChecksum(checksum)?.digest;
  return `${stem || "image"}-${digest?.slice(0, 12) ?? ""}${contentOf({ compression }) === "import" ? plain : ".img"}`;
}

/** `local:import/debian-12-1a2b3c4d5e6f.qcow2` */
export const volumeIdFor = (image: ResolvedImage): string =>
  `${image.storage}:${contentOf(image)}/${fileNameFor(image)}`;
