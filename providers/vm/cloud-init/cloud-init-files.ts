import { fileNameOf, isProxmoxError, parsePropertyString, printPropertyString, storageOf, wire } from "../../../pve";
import type { Pve } from "../../kernel/session/pve-session";
import { listContent } from "../../storage/list-content";
import { noStorage, storagesOnNode, writeSnippet } from "../../snippet/directory";
import type { Call } from "../../kernel/call/call";
import { sha256 } from "../../kernel/state/sha256";
import { removeUnused } from "./cloud-init-cleanup";
import {
  attachedData,
  dataFiles,
  dataImage,
  dataSnippets,
  isDataFile,
  namingData,
  viaOf,
  type DataFile,
  type CloudInitPart,
} from "./cloud-init-data";
import { hasOwnData, withSnippetsOnly, type CloudInit } from "./cloud-init.model";
import { changeConfig } from "../config/change-config";
import { diskSlots } from "../disks/disk.model";
import { cloudInitSlot, type VmConfig } from "../config/vm-config";
import type { GuestRef } from "../outputs";
import type { Place } from "../place";

/** What own data make of a guest's config. */
interface DataChange {
  readonly set: Readonly<Record<string, string>>;
  readonly delete: readonly string[];
  /** The slot of the CD drive with the image, or of one that becomes free for the cloud-init drive. */
  readonly slot?: string;
  /** The image stands in place of the cloud-init drive. */
  readonly image: boolean;
  /** Storages where files of this guest may be that nobody needs any more. */
  readonly stale: readonly string[];
  /** Volumes of the wanted data. */
  readonly wanted: readonly string[];
}

interface Wanted {
  readonly name?: string | undefined;
  readonly cloudInit?: CloudInit | undefined;
  readonly cdroms?: readonly { readonly slot: string }[] | undefined;
}

/**
 * Puts own data on their storage, and says how the config must change to refer to them. Nothing is uploaded that is
 * there: the name tells the content, and what an interrupted run has left is taken as it is.
 */
export async function placeData(
  pve: Pve,
  call: Call,
  at: GuestRef,
  guest: VmConfig,
  wanted: Wanted,
  was: CloudInit | undefined,
): Promise<DataChange> {
  const { cloudInit } = wanted;
  const attached = attachedData(guest);
  const before = [attached.image?.volume, ...Object.values(attached.snippets)].flatMap((volume) =>
    volume !== undefined && isDataFile(fileNameOf(volume), at.__mark) ? [storageOf(volume)] : [],
  );
  if (!cloudInit || !hasOwnData(cloudInit)) return withoutData(guest, at.__mark, cloudInit, was, before);

  const via = cloudInit.via ?? viaOf(guest, at.__mark) ?? defaultVia(pve, guest, wanted, was);
  const [field] = via === "iso" ? withSnippetsOnly(cloudInit) : [];
  if (field !== undefined) throw new Error(`cloudInit.${field}: ${imageCarriesNone}`);
  const owner = { name: wanted.name ?? guest.config["name"] ?? `vm-${at.vmid}`, mark: at.__mark };
  const naming = namingData(cloudInit, call.inputs["cloudInit"]);
  const files = dataFiles(cloudInit, owner, via, naming);
  const namingFiles = naming === cloudInit ? files : dataFiles(naming, owner, via);
  const content = via === "iso" ? "iso" : "snippets";
  const present = before[0];
  const storage =
    cloudInit.dataStorage ??
    (via === viaOf(guest, at.__mark) ? present : undefined) ??
    (await choose(pve, at.node, content));
  const there = new Set((await listContent(pve, at.node, storage, { content })).map(({ volid }) => wire.string(volid)));
  const volumeOf = ({ fileName }: DataFile) => `${storage}:${content}/${fileName}`;
  const stale = [...new Set([...before, storage])];

  if (via === "iso") {
    const image = dataImage(files, owner, namingFiles);
    const volume = volumeOf(image);
    if (attached.image?.volume !== volume || !there.has(volume)) await upload(pve, call, at, storage, image);
    const slot = attached.image?.slot ?? cloudInitSlot(guest) ?? emptyCd(guest, wanted);
    const same = attached.image?.volume === volume;
    return {
      set: same || slot === undefined ? {} : { [slot]: `${volume},media=cdrom` },
      delete: Object.keys(attached.snippets).length > 0 ? ["cicustom"] : [],
      ...(slot === undefined ? {} : { slot }),
      image: true,
      stale: same ? [] : stale,
      wanted: [volume],
    };
  }
  const snippets = dataSnippets(files, owner, namingFiles);
  for (const file of Object.values(snippets))
    if (!there.has(volumeOf(file))) {
      call.report.progress(`writing ${volumeOf(file)}`);
      await call.safePoint();
      // QEMU's side reads it as root; what is in it may be secret.
      await writeSnippet(pve, call, { node: at.node, storage, fileName: file.fileName }, file.content, 0o600);
    }
  const custom = { ...foreignParts(guest), ...mapped(snippets, volumeOf) };
  const text = printPropertyString(sorted(custom));
  const same = text === guest.config["cicustom"];
  return {
    set: same ? {} : { cicustom: text },
    delete: [],
    ...(attached.image ? { slot: attached.image.slot } : {}),
    image: false,
    stale: same && !attached.image ? [] : stale,
    wanted: Object.values(custom),
  };
}

export const imageCarriesNone =
  'is Proxmox\'s own field, which an image of own data cannot carry: say it in userData or networkConfig, or set up SSH (proxmox:sshFingerprints, …) for via: "snippets"';

/** Own data that are not wanted any more leave the config, as do those that a template's clone has inherited. */
function withoutData(
  guest: VmConfig,
  mark: string,
  cloudInit: CloudInit | undefined,
  was: CloudInit | undefined,
  before: readonly string[],
): DataChange {
  const { image, snippets } = attachedData(guest);
  const managed = cloudInit !== undefined || hasOwnData(was);
  const none = { set: {}, delete: [], image: false, stale: [], wanted: [] };
  if (!managed || (!image && Object.keys(snippets).length === 0)) return none;
  const fields = cloudInit ? withSnippetsOnly(cloudInit) : [];
  const network = fields.some((field) => /^(?:addresses|nameservers|searchDomain)$/.test(field));
  const superseded = (part: string, volume: string) =>
    isDataFile(fileNameOf(volume), mark) ||
    (part === "network" ? network : part !== "vendor" && fields.length > (network ? 1 : 0));
  const left = Object.entries(parsePropertyString(guest.config["cicustom"] ?? "")).filter(
    ([part, volume]) => !superseded(part, volume),
  );
  const text = printPropertyString(Object.fromEntries(left));
  const changed = text !== (guest.config["cicustom"] ?? "");
  return {
    set: {
      ...(changed && text !== "" ? { cicustom: text } : {}),
      // The drive stays: to take it out of a running guest needs a reboot.
      ...(image && cloudInit === undefined ? { [image.slot]: "none,media=cdrom" } : {}),
    },
    delete: changed && text === "" ? ["cicustom"] : [],
    ...(image ? { slot: image.slot } : {}),
    image: false,
    stale: before,
    wanted: [],
  };
}

/** A guest whose image was ejected for a migration gets it back. */
function defaultVia(pve: Pve, guest: VmConfig, wanted: Wanted, was: CloudInit | undefined): "snippets" | "iso" {
  const ejected = hasOwnData(was) && cloudInitSlot(guest) === undefined && emptyCd(guest, wanted) !== undefined;
  return pve.process.ssh && !ejected ? "snippets" : "iso";
}

async function choose(pve: Pve, node: string, content: "snippets" | "iso"): Promise<string> {
  const [first] = await storagesOnNode(pve, node, content);
  if (!first) throw new Error(`cloudInit.dataStorage: ${noStorage(node, content)}`);
  return first.storage;
}

async function upload(pve: Pve, call: Call, at: Place, storage: string, { fileName, content }: DataFile) {
  await call.safePoint();
  const checksum = sha256(content);
  await pve.limits([`node:${at.node}`], call, () =>
    pve.task(call, `uploading ${storage}:iso/${fileName}`, () =>
      pve.upload(
        at.node,
        storage,
        { filename: fileName, source: { content } },
        {
          content: "iso",
          "checksum-algorithm": "sha256",
          checksum,
        },
      ),
    ),
  );
}

/** Parts of `cicustom` that somebody else has put there stay. */
const foreignParts = (guest: VmConfig): Record<string, string> =>
  Object.fromEntries(
    Object.entries(parsePropertyString(guest.config["cicustom"] ?? "")).filter(
      ([, volume]) => !isDataFile(fileNameOf(volume)),
    ),
  );

const mapped = (
  snippets: Readonly<Partial<Record<CloudInitPart, DataFile>>>,
  volumeOf: (file: DataFile) => string,
): Record<string, string> => Object.fromEntries(Object.entries(snippets).map(([part, file]) => [part, volumeOf(file)]));

const sorted = (values: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));

/** A CD drive without a medium that the program has not asked for. */
const emptyCd = ({ config }: VmConfig, { cdroms = [] }: Wanted): string | undefined =>
  Object.keys(config).find((slot) => {
    if (!diskSlots.test(slot) || cdroms.some((cdrom) => cdrom.slot === slot)) return false;
    const { file, media } = parsePropertyString(config[slot] as string, "file");
    return file === "none" && media === "cdrom";
  });

/**
 * Takes an image of own data out of the drive when it is on a storage that only this node has: Proxmox does not migrate
 * a guest with it. The sync afterwards puts it back on the new node.
 */
export async function ejectLocalData(pve: Pve, call: Call, at: GuestRef, guest: VmConfig): Promise<void> {
  const { image } = attachedData(guest);
  if (!image) return;
  const row = (await pve.snapshot.storages()).find(({ storage }) => storage === storageOf(image.volume));
  if (row?.shared) return;
  if (!isDataFile(fileNameOf(image.volume), at.__mark))
    call.report.warn(
      `${image.volume} stays behind on ${at.node}: it is the template's, on a storage of that node alone`,
    );
  const digest = guest.digest ? { digest: guest.digest } : {};
  await changeConfig(pve, call, at, { [image.slot]: "none,media=cdrom", ...digest }, "ejecting the cloud-init data");
}

/** After the guest no longer refers to them, what is left of its earlier data goes. */
export async function removeStale(pve: Pve, call: Call, at: GuestRef, data: DataChange): Promise<void> {
  for (const storage of data.stale) await removeUnused(pve, call, at, at.node, storage, new Set(data.wanted));
}

/** After a migration: what is left on the old node, of storages that are not shared. */
export async function removeLeftBehind(pve: Pve, call: Call, at: GuestRef, oldNode: string): Promise<void> {
  try {
    for (const content of ["iso", "snippets"] as const)
      for (const { storage, shared } of await storagesOnNode(pve, oldNode, content))
        if (!shared) await removeUnused(pve, call, at, oldNode, storage, new Set());
  } catch (error) {
    // The guest is where it shall be: a node that went down after it left is no reason to fail.
    if (!isProxmoxError(error, "unavailable", "timeout")) throw error;
    call.report.warn(`cloud-init data of VM ${at.vmid} may be left on ${oldNode}: ${error.message}`);
  }
}
