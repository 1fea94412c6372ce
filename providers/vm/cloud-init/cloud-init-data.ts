import { fileNameOf, isoImage, parsePropertyString, storageOf } from "../../../pve";
import { isReference, type HashedReference } from "../../../secrets/reference";
import { readMark } from "../config/mark-line";
import { sha256 } from "../../kernel/state/sha256";
import { hasOwnData, ownDataKinds, type CloudInit, type OwnData } from "./cloud-init.model";
import { diskSlots } from "../disks/disk.model";
import type { VmConfig } from "../config/vm-config";

/** The names under which `cicustom` takes the parts. */
export type CloudInitPart = "user" | "network" | "vendor" | "meta";
type DataFiles = Readonly<Partial<Record<CloudInitPart, string>>>;

const partOf: Readonly<Record<OwnData, CloudInitPart>> = {
  userData: "user",
  networkConfig: "network",
  vendorData: "vendor",
  metaData: "meta",
};
/** File names of the NoCloud data source, and of the snippets. */
const fileNames: Readonly<Record<CloudInitPart, string>> = {
  user: "user-data",
  network: "network-config",
  vendor: "vendor-data",
  meta: "meta-data",
};

/** Who the data are for. */
interface DataOwner {
  readonly name: string;
  readonly mark: string;
}

/** A JSON string, or a number that YAML 1.1 takes for text because it has an exponent and no point. */
const tokens = /"(?:[^"\\]|\\.)*"|-?\d+\.\d+|(-?\d+)(e[+-]\d+)/g;
/** DEL and C1 controls, which YAML does not take as they are, and what it takes for line breaks. */
const unsafe = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/**
 * An object as YAML: JSON, which is YAML as well, so that none of YAML's own spellings (`no`, `0644`, `1_000`) is ever
 * read as something else than it was.
 */
function yamlOf(value: unknown): string {
  const json = JSON.stringify(value, undefined, 2)
    .replace(tokens, (token, digits?: string, exponent?: string) =>
      digits === undefined ? token : `${digits}.0${exponent}`,
    )
    .replace(unsafe, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `${json}\n`;
}

function render(data: string | Record<string, unknown>, part: CloudInitPart): string {
  if (typeof data === "string") return data;
  return `${part === "user" || part === "vendor" ? "#cloud-config\n" : ""}${yamlOf(data)}`;
}

/**
 * Where a secret is given by reference, what names a file is the reference and its keyed hash: a name that anybody may
 * read must not help to guess the secret.
 */
export const namingData = (revealed: CloudInit, asInState: unknown): CloudInit =>
  hasReferences(asInState) && !hasReferences(asInState, (reference) => reference.hash === undefined)
    ? (asInState as CloudInit)
    : revealed;

/**
 * The files that cloud-init gets. With own user data, or on an image, the meta data come along: the host name is the
 * VM's, and the instance id follows the content, so that cloud-init runs as for a new machine when that changes.
 */
export function dataFiles(
  cloudInit: CloudInit,
  owner: DataOwner,
  via: "snippets" | "iso",
  naming: CloudInit = cloudInit,
): DataFiles {
  const files: Partial<Record<CloudInitPart, string>> = {};
  for (const kind of ownDataKinds) {
    const data = cloudInit[kind];
    if (data !== undefined) files[partOf[kind]] = render(data, partOf[kind]);
  }
  if (via === "iso") files.user ??= "#cloud-config\n{}\n";
  if (files.user !== undefined && files.meta === undefined) {
    const namingFiles = naming === cloudInit ? files : dataFiles(naming, owner, via);
    const instance = cloudInit.rerun === false ? owner.mark : contentHash(namingFiles).slice(0, 32);
    files.meta = yamlOf({ "instance-id": `pulumi-${instance}`, "local-hostname": owner.name });
  }
  return files;
}

const contentHash = ({ user = "", network = "", vendor = "" }: DataFiles): string =>
  sha256([user, network, vendor].join("\0"));

/** One file on a storage, whose name tells what is in it. */
export interface DataFile {
  readonly fileName: string;
  readonly content: Buffer;
}

/** `web-0123abcd-user-data-0123456789ab.yaml`: the VM, whose resource it is of, what it is, what is in it. */
const named = (owner: DataOwner, what: string, digest: string, extension: string): string =>
  `${owner.name}-${owner.mark.slice(0, 8)}-${what}-${digest.slice(0, 12)}.${extension}`;

const namePattern =
  /^.+-([0-9a-f]{8})-(?:cloud-init|user-data|network-config|vendor-data|meta-data)-[0-9a-f]{12}\.(?:iso|yaml)$/;

/** Is it a file of own data, and of this owner when one is given? */
export function isDataFile(fileName: string, mark?: string): boolean {
  const found = namePattern.exec(fileName)?.[1];
  return found !== undefined && (mark === undefined || mark.startsWith(found));
}

/** The data as one image for the NoCloud data source. */
export function dataImage(files: DataFiles, owner: DataOwner, naming: DataFiles = files): DataFile {
  const content = imageOf(files);
  return { fileName: named(owner, "cloud-init", sha256(naming === files ? content : imageOf(naming)), "iso"), content };
}

function imageOf(files: DataFiles): Buffer {
  const list = (Object.keys(fileNames) as CloudInitPart[]).flatMap((part) => {
    const text = files[part];
    return text === undefined ? [] : [{ name: fileNames[part], content: Buffer.from(text) }];
  });
  return isoImage("cidata", list);
}

export const dataSnippets = (
  files: DataFiles,
  owner: DataOwner,
  naming: DataFiles = files,
): Readonly<Partial<Record<CloudInitPart, DataFile>>> =>
  Object.fromEntries(
    (Object.entries(files) as [CloudInitPart, string][]).map(([part, text]) => [
      part,
      { fileName: named(owner, fileNames[part], sha256(naming[part] ?? text), "yaml"), content: Buffer.from(text) },
    ]),
  );

/** Own data that a config refers to. */
interface AttachedData {
  /** CD drive with an image, and the image's volume. */
  readonly image?: { readonly slot: string; readonly volume: string };
  readonly snippets: Readonly<Partial<Record<CloudInitPart, string>>>;
}

/** What the config refers to that has the name of own data, of whichever owner. */
export function attachedData({ config }: Pick<VmConfig, "config">): AttachedData {
  const snippets = Object.fromEntries(
    Object.entries(parsePropertyString(config["cicustom"] ?? "")).filter(([, volume]) =>
      isDataFile(fileNameOf(volume)),
    ),
  );
  for (const [slot, text] of Object.entries(config)) {
    if (!diskSlots.test(slot)) continue;
    const volume = parsePropertyString(text, "file")["file"] ?? "";
    if (/:iso\//.test(volume) && isDataFile(fileNameOf(volume))) return { image: { slot, volume }, snippets };
  }
  return { snippets };
}

/** Every volume that the config names as a CD's medium or as a snippet. */
export function referredVolumes({ config }: Pick<VmConfig, "config">): string[] {
  const custom = Object.values(parsePropertyString(config["cicustom"] ?? ""));
  const media = Object.entries(config).flatMap(([slot, text]) =>
    diskSlots.test(slot) ? (parsePropertyString(text, "file")["file"] ?? []) : [],
  );
  return [...custom, ...media];
}

const ownerOf = ({ config }: Pick<VmConfig, "config">, name: string | undefined): DataOwner => ({
  name: name ?? config["name"] ?? "vm",
  mark: readMark(config["description"]).mark ?? "",
});

/** How the guest has this owner's data now; undefined when it has none of them. */
export function viaOf(guest: Pick<VmConfig, "config">, mark: string): "snippets" | "iso" | undefined {
  const { image, snippets } = attachedData(guest);
  if (image && isDataFile(fileNameOf(image.volume), mark)) return "iso";
  return Object.values(snippets).some((volume) => isDataFile(fileNameOf(volume), mark)) ? "snippets" : undefined;
}

/**
 * Own data as the guest has them. Their text is nowhere to be read: a file whose name tells the wanted content counts
 * as that, and anything else as something else.
 */
export function ownDataOf(
  guest: Pick<VmConfig, "config">,
  wanted: CloudInit,
  name: string | undefined,
): Partial<CloudInit> {
  if (!hasOwnData(wanted)) return {};
  const owner = ownerOf(guest, name);
  const via = viaOf(guest, owner.mark);
  const { image, snippets } = attachedData(guest);
  const out: Partial<Record<keyof CloudInit, unknown>> = {};
  const files = dataFiles(wanted, owner, via ?? "snippets");
  const expected = dataSnippets(files, owner);
  const sameImage = via === "iso" && fileNameOf(image?.volume ?? "") === dataImage(files, owner).fileName;
  for (const kind of ownDataKinds) {
    if (wanted[kind] === undefined) continue;
    const part = partOf[kind];
    const volume = via === "iso" ? image?.volume : snippets[part];
    // What references lead to is not known here: their hashes tell of changes.
    const same = hasReferences(wanted)
      ? isDataFile(fileNameOf(volume ?? ""), owner.mark)
      : via === "iso"
        ? sameImage
        : volume !== undefined && fileNameOf(volume) === expected[part]?.fileName;
    out[kind] = same ? wanted[kind] : `(not as described: ${volume ?? "nothing"})`;
  }
  const volume = image?.volume ?? Object.values(snippets)[0];
  const storage = volume && storageOf(volume);
  return {
    ...(out as Partial<CloudInit>),
    ...(wanted.via !== undefined && via !== undefined ? { via } : {}),
    ...(wanted.dataStorage !== undefined && storage !== undefined ? { dataStorage: storage } : {}),
    ...(wanted.rerun === undefined ? {} : { rerun: wanted.rerun }),
  };
}

function hasReferences(value: unknown, such: (reference: HashedReference) => boolean = () => true): boolean {
  if (isReference(value)) return such(value);
  return value !== null && typeof value === "object" && Object.values(value).some((item) => hasReferences(item, such));
}
