import { z } from "zod";
import { isOn, word, type Mapped, type Texts } from "../../kernel/fields/codec";
import { fields, optional, required } from "../../kernel/fields/field";
import { part, partsIn, property } from "../../kernel/fields/property";
import { parsePropertyString, printPropertyString, storageOf } from "../../../pve/format";

const efiDiskSchema = fields({
  storage: required(
    "Storage that holds the EFI variables. A change moves them.",
    z.string().min(1, "name the storage that holds the EFI disk"),
    { effect: "live" },
  ),
  type: optional(
    "Layout: `4m` (also for Secure Boot) or the older `2m`. Fixed when made.",
    z.enum(["4m", "2m"], "write 4m or 2m"),
    { key: "efitype", effect: "none", unset: "4m" },
  ),
  preEnrolledKeys: optional("Make it with the keys for Secure Boot. Fixed when made.", z.boolean(), {
    key: "pre-enrolled-keys",
    effect: "none",
    unset: false,
  }),
  msCert: optional(
    "Which Microsoft certificates it is marked to hold; only read when the disk is made.",
    z.enum(["2011", "2023", "2023w", "2023k"], "write 2011, 2023, 2023w or 2023k"),
    { key: "ms-cert", effect: "none" },
  ),
});

const tpmSchema = fields({
  storage: required(
    "Storage that holds the TPM's state. A change moves it; the VM must be stopped for that.",
    z.string().min(1, "name the storage that holds the TPM's state"),
    { effect: "live" },
  ),
  version: optional("TPM version: `v2.0` or `v1.2`. Fixed when made.", z.enum(["v2.0", "v1.2"], "write v2.0 or v1.2"), {
    key: "version",
    effect: "none",
    unset: "v2.0",
  }),
});

const smbiosText = z.string().min(1, "write a text, or leave it out").max(100, "at most 100 characters");
const smbiosSchema = fields({
  manufacturer: optional("Manufacturer.", smbiosText, part("manufacturer")),
  product: optional("Product name.", smbiosText, part("product")),
  version: optional("Version.", smbiosText, part("version")),
  serial: optional("Serial number.", smbiosText, part("serial")),
  sku: optional("SKU number.", smbiosText, part("sku")),
  family: optional("Family.", smbiosText, part("family")),
});

const machineSchema = fields({
  type: optional(
    "Machine type: `q35`, `pc`, or a version such as `pc-q35-9.2`.",
    z
      .string()
      .regex(
        /^(?:pc|q35|virt|pc(?:-i440fx|-q35)?-\d+(?:\.\d+)+(?:\+pve\d+)?(?:\.pxe)?|virt-\d+(?:\.\d+)+(?:\+pve\d+)?)$/,
        "write a machine type such as q35 or pc-q35-9.2",
      ),
    part("type", "text", "pc"),
  ),
  viommu: optional(
    "IOMMU for the guest: `virtio`, or `intel` (q35 only).",
    z.enum(["intel", "virtio"], "write intel or virtio"),
    part("viommu"),
  ),
  iommuAddressBits: optional(
    "Address bits of the guest's IOMMU, 32 to 64.",
    z.number().int().min(32, "32 to 64 bits").max(64, "32 to 64 bits"),
    part("aw-bits", "number"),
  ),
  enableS3: optional("Let the guest suspend to memory.", z.boolean(), part("enable-s3", "flag")),
  enableS4: optional("Let the guest suspend to disk.", z.boolean(), part("enable-s4", "flag")),
});

const sevSchema = fields({
  type: required(
    "Kind of encryption: `std`, `es` or `snp`.",
    z.enum(["std", "es", "snp"], "write std, es or snp"),
    part("type"),
  ),
  noDebug: optional("Forbid debugging of the guest.", z.boolean(), part("no-debug", "flag", false)),
  noKeySharing: optional(
    "Forbid sharing of keys with other guests.",
    z.boolean(),
    part("no-key-sharing", "flag", false),
  ),
  allowSmt: optional("Allow simultaneous multithreading.", z.boolean(), part("allow-smt", "flag", true)),
  kernelHashes: optional(
    "Add hashes of kernel, initrd and command line to the measured memory.",
    z.boolean(),
    part("kernel-hashes", "flag", false),
  ),
});

const tdxSchema = fields({
  attestation: required("Attestation by quotes.", z.boolean(), part("attestation", "flag")),
  vsockCid: optional(
    "Context id of the quote service.",
    z.number().int().min(2, "at least 2"),
    part("vsock-cid", "number"),
  ),
  vsockPort: optional(
    "Port of the quote service.",
    z.number().int().min(0, "at least 0"),
    part("vsock-port", "number"),
  ),
});

type EfiDisk = z.infer<typeof efiDiskSchema>;
type Tpm = z.infer<typeof tpmSchema>;

/** Windows guests get a version at creation: `q35` becomes `pc-q35-9.2`, which is still a q35. */
const machineAlike = (key: string, wanted: string, live: string): boolean =>
  key === "type" &&
  ((wanted === "q35" && live.startsWith("pc-q35-")) || (wanted === "pc" && live.startsWith("pc-i440fx-")));

const smbiosKeys = Object.keys(partsIn(smbiosSchema));

/** The texts of `smbios1`, decoded, and its uuid. */
function smbiosMap(text = ""): Record<string, string> {
  const { base64, ...map } = parsePropertyString(text, "uuid");
  if (base64 === undefined || !isOn(base64)) return map;
  for (const key of smbiosKeys) if (map[key] !== undefined) map[key] = Buffer.from(map[key], "base64").toString("utf8");
  return map;
}

function smbiosString({ uuid, ...map }: Record<string, string>): string {
  const texts = Object.entries(map).map(([key, value]): [string, string] => [
    key,
    Buffer.from(value, "utf8").toString("base64"),
  ]);
  return printPropertyString({ uuid, ...Object.fromEntries(texts), ...(texts.length > 0 ? { base64: true } : {}) });
}

const withoutKeys = (map: Record<string, string>, was: unknown): Record<string, string> => {
  const dropped = Object.keys(was ?? {});
  return Object.fromEntries(Object.entries(map).filter(([key]) => !dropped.includes(key)));
};

/** Who the guest is rests on its uuid: it is never sent, so never with a new guest, and never cleared. */
const smbios: Mapped = {
  key: "smbios1",
  effect: "reboot",
  late: true,
  write: (wanted, now, was) =>
    smbiosString({ ...withoutKeys(smbiosMap(now), was), ...(wanted as Record<string, string>) }),
  rest: (now, was) => smbiosString(withoutKeys(smbiosMap(now), was)),
  read: (text, wanted) => {
    if (wanted === undefined) return undefined;
    const { uuid: _, ...texts } = smbiosMap(text);
    return texts;
  },
  same: (wanted, live) => smbiosString(sorted(smbiosMap(wanted))) === smbiosString(sorted(smbiosMap(live))),
};

const sorted = (map: Record<string, string>): Record<string, string> => Object.fromEntries(Object.entries(map).sort());

const tdx = property("intel-tdx", "reboot", { primary: "type", parts: partsIn(tdxSchema) });
/** Its type is required, and there is only one. */
const intelTdx: Mapped = { ...tdx, write: (wanted, now = "tdx", was) => tdx.write(wanted, now, was) };

/** Board, firmware and identity of a guest. */
export const firmwareShape = {
  bios: optional(
    "Firmware: `seabios` or `ovmf` (UEFI).",
    z.enum(["seabios", "ovmf"], "write seabios or ovmf"),
    word("bios", "reboot", "seabios"),
  ),
  efiDisk: optional(
    'Disk for the EFI variables, with `bios: "ovmf"`. Added in place; a running VM is rebooted. Its ' +
      "parameters are fixed when it is made: a change of them is refused and never replaces the VM.",
    efiDiskSchema,
    { key: "efidisk0", effect: "reboot" },
  ),
  tpm: optional("TPM. Added in place; a running VM is rebooted. Removing it destroys its keys.", tpmSchema, {
    key: "tpmstate0",
    effect: "reboot",
  }),
  machine: optional(
    'Machine type such as `q35`, with options as Proxmox writes them, or an object such as `{ type: "q35", ' +
      'viommu: "virtio" }`.',
    z.union(
      [z.string().regex(/^[\w.+=-]+(?:,[\w-]+=[^,]+)*$/, "write a machine type such as q35"), machineSchema],
      'write a machine type such as q35, or an object such as { type: "q35", viommu: "virtio" }',
    ),
    {
      ...property("machine", "reboot", {
        primary: "type",
        parts: partsIn(machineSchema),
        alike: machineAlike,
      }),
      unset: "pc",
    },
  ),
  smbios: optional(
    "What the guest reads as its maker, product and serial number; the uuid stays Proxmox's.",
    smbiosSchema,
    smbios,
  ),
  amdSev: optional(
    "Memory encryption by AMD; root@pam with a password only.",
    sevSchema,
    property("amd-sev", "reboot", {
      primary: "type",
      parts: partsIn(sevSchema),
    }),
  ),
  intelTdx: optional("Trust domain by Intel; root@pam with a password only.", tdxSchema, intelTdx),
  arch: optional(
    "Processor architecture; root@pam with a password only.",
    z.enum(["x86_64", "aarch64"], "write x86_64 or aarch64"),
    { ...word("arch", "reboot"), default: "the host's" },
  ),
  args: optional(
    "Arguments for QEMU itself; root@pam with a password only.",
    z.string().min(1),
    word("args", "reboot"),
  ),
};

/** A new EFI disk or TPM state: Proxmox knows their sizes. */
const newEfiDisk = ({ storage, type = "4m", preEnrolledKeys = false, msCert }: EfiDisk): string =>
  printPropertyString({
    file: `${storage}:1`,
    efitype: type,
    "pre-enrolled-keys": preEnrolledKeys,
    "ms-cert": msCert,
  }).replace(/^file=/, "");

const newTpm = ({ storage, version = "v2.0" }: Tpm): string => `${storage}:1,version=${version}`;

function efiDiskOf(text: string): EfiDisk {
  const { file, efitype, "pre-enrolled-keys": keys, "ms-cert": msCert } = parsePropertyString(text, "file");
  return {
    storage: storageOf(file ?? ""),
    type: efitype === "4m" ? "4m" : "2m",
    preEnrolledKeys: isOn(keys ?? "0"),
    ...(msCert === undefined ? {} : { msCert: msCert as NonNullable<EfiDisk["msCert"]> }),
  };
}

function tpmOf(text: string): Tpm {
  const { file, version } = parsePropertyString(text, "file");
  return { storage: storageOf(file ?? ""), version: version === "v2.0" ? "v2.0" : "v1.2" };
}

export const tpmMove =
  "is moved while the VM is stopped only; stop the VM (started: false), run pulumi up, move it, and start the VM again";

export interface Firmware {
  readonly efiDisk?: EfiDisk | undefined;
  readonly tpm?: Tpm | undefined;
}

/** The EFI disk and the TPM of a config. */
export function firmwareOf({ efidisk0, tpmstate0 }: Texts): { efiDisk?: EfiDisk; tpm?: Tpm } {
  return {
    ...(efidisk0 === undefined ? {} : { efiDisk: efiDiskOf(efidisk0) }),
    ...(tpmstate0 === undefined ? {} : { tpm: tpmOf(tpmstate0) }),
  };
}

/** What a new guest's request says of them. */
export const firmwareToConfig = ({ efiDisk, tpm }: Firmware): Record<string, string> => ({
  ...(efiDisk ? { efidisk0: newEfiDisk(efiDisk) } : {}),
  ...(tpm ? { tpmstate0: newTpm(tpm) } : {}),
});

/** What is wanted of an EFI disk or TPM and cannot be had of the one that is there; paths with what to do. */
export function fixedParameters(wanted: Firmware, live: Firmware): { path: string; message: string }[] {
  const problems: { path: string; message: string }[] = [];
  const compare = (path: string, value: unknown, was: unknown, loss: string) => {
    if (value !== was)
      problems.push({
        path,
        message:
          `is fixed when it is made, and it was made with ${String(was)}; write ${String(was)}. Only a new one can have ` +
          `another: remove ${path.split(".")[0]}, run pulumi up, and add it again (${loss} are lost)`,
      });
  };
  if (wanted.efiDisk && live.efiDisk) {
    const variables = "EFI variables, such as boot entries,";
    compare("efiDisk.type", wanted.efiDisk.type ?? "4m", live.efiDisk.type ?? "4m", variables);
    const [keys, had] = [wanted.efiDisk.preEnrolledKeys ?? false, live.efiDisk.preEnrolledKeys ?? false];
    compare("efiDisk.preEnrolledKeys", keys, had, variables);
  }
  if (wanted.tpm && live.tpm)
    compare(
      "tpm.version",
      wanted.tpm.version ?? "v2.0",
      live.tpm.version ?? "v2.0",
      "keys in it, such as BitLocker's,",
    );
  return problems;
}
