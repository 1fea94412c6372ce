import { z } from "zod";
import { isOn, word, type Mapped, type Texts } from "../../kernel/fields/codec";
import { part, property, type Properties } from "../../kernel/fields/property";
import { parsePropertyString, printPropertyString, storageOf } from "../../../pve/format";

const efiDiskSchema = z.strictObject({
  /** Storage that holds the EFI variables. A change moves them. */
  storage: z.string().min(1, "name the storage that holds the EFI disk"),
  /** Layout: `4m` (also for Secure Boot) or the older `2m`. Default `4m`. Fixed when made. Proxmox: `efitype`. */
  type: z.enum(["4m", "2m"], "write 4m or 2m").optional(),
  /** Make it with the keys for Secure Boot. Default false. Fixed when made. Proxmox: `pre-enrolled-keys`. */
  preEnrolledKeys: z.boolean().optional(),
  /** Which Microsoft certificates it is marked to hold; only read when the disk is made. Proxmox: `ms-cert`. */
  msCert: z.enum(["2011", "2023", "2023w", "2023k"], "write 2011, 2023, 2023w or 2023k").optional(),
});

const tpmSchema = z.strictObject({
  /** Storage that holds the TPM's state. A change moves it; the VM must be stopped for that. */
  storage: z.string().min(1, "name the storage that holds the TPM's state"),
  /** TPM version: `v2.0` or `v1.2`. Default `v2.0`. Fixed when made. Proxmox: `version`. */
  version: z.enum(["v2.0", "v1.2"], "write v2.0 or v1.2").optional(),
});

const smbiosText = z.string().min(1, "write a text, or leave it out").max(100, "at most 100 characters");
const smbiosSchema = z.strictObject({
  /** Manufacturer. */
  manufacturer: smbiosText.optional(),
  /** Product name. */
  product: smbiosText.optional(),
  /** Version. */
  version: smbiosText.optional(),
  /** Serial number. */
  serial: smbiosText.optional(),
  /** SKU number. */
  sku: smbiosText.optional(),
  /** Family. */
  family: smbiosText.optional(),
});

const machineSchema = z.strictObject({
  /** Machine type: `q35`, `pc`, or a version such as `pc-q35-9.2`. Proxmox: `type`. */
  type: z
    .string()
    .regex(
      /^(?:pc|q35|virt|pc(?:-i440fx|-q35)?-\d+(?:\.\d+)+(?:\+pve\d+)?(?:\.pxe)?|virt-\d+(?:\.\d+)+(?:\+pve\d+)?)$/,
      "write a machine type such as q35 or pc-q35-9.2",
    )
    .optional(),
  /** IOMMU for the guest: `virtio`, or `intel` (q35 only). Proxmox: `viommu`. */
  viommu: z.enum(["intel", "virtio"], "write intel or virtio").optional(),
  /** Address bits of the guest's IOMMU, 32 to 64. Proxmox: `aw-bits`. */
  iommuAddressBits: z.number().int().min(32, "32 to 64 bits").max(64, "32 to 64 bits").optional(),
  /** Let the guest suspend to memory. Proxmox: `enable-s3`. */
  enableS3: z.boolean().optional(),
  /** Let the guest suspend to disk. Proxmox: `enable-s4`. */
  enableS4: z.boolean().optional(),
});

const sevSchema = z.strictObject({
  /** Kind of encryption: `std`, `es` or `snp`. Proxmox: `type`. */
  type: z.enum(["std", "es", "snp"], "write std, es or snp"),
  /** Forbid debugging of the guest. Default false. Proxmox: `no-debug`. */
  noDebug: z.boolean().optional(),
  /** Forbid sharing of keys with other guests. Default false. Proxmox: `no-key-sharing`. */
  noKeySharing: z.boolean().optional(),
  /** Allow simultaneous multithreading. Default true. Proxmox: `allow-smt`. */
  allowSmt: z.boolean().optional(),
  /** Add hashes of kernel, initrd and command line to the measured memory. Default false. Proxmox: `kernel-hashes`. */
  kernelHashes: z.boolean().optional(),
});

const tdxSchema = z.strictObject({
  /** Attestation by quotes. Proxmox: `attestation`. */
  attestation: z.boolean(),
  /** Context id of the quote service. Proxmox: `vsock-cid`. */
  vsockCid: z.number().int().min(2, "at least 2").optional(),
  /** Port of the quote service. Proxmox: `vsock-port`. */
  vsockPort: z.number().int().min(0, "at least 0").optional(),
});

/** Board, firmware and identity of a guest. */
export const firmwareShape = {
  /** Firmware: `seabios` or `ovmf` (UEFI). Default `seabios`. Proxmox: `bios`. */
  bios: z.enum(["seabios", "ovmf"], "write seabios or ovmf").optional(),
  /**
   * Disk for the EFI variables, with `bios: "ovmf"`. Added in place; a running VM is rebooted. Its parameters are fixed
   * when it is made: a change of them is refused and never replaces the VM. Proxmox: `efidisk0`.
   */
  efiDisk: efiDiskSchema.optional(),
  /** TPM. Added in place; a running VM is rebooted. Removing it destroys its keys. Proxmox: `tpmstate0`. */
  tpm: tpmSchema.optional(),
  /**
   * Machine type such as `q35`, with options as Proxmox writes them, or an object such as
   * `{ type: "q35", viommu: "virtio" }`. Default `pc`. Proxmox: `machine`.
   */
  machine: z
    .union(
      [z.string().regex(/^[\w.+=-]+(?:,[\w-]+=[^,]+)*$/, "write a machine type such as q35"), machineSchema],
      'write a machine type such as q35, or an object such as { type: "q35", viommu: "virtio" }',
    )
    .optional(),
  /** What the guest reads as its maker, product and serial number; the uuid stays Proxmox's. Proxmox: `smbios1`. */
  smbios: smbiosSchema.optional(),
  /** Memory encryption by AMD; root@pam with a password only. Proxmox: `amd-sev`. */
  amdSev: sevSchema.optional(),
  /** Trust domain by Intel; root@pam with a password only. Proxmox: `intel-tdx`. */
  intelTdx: tdxSchema.optional(),
  /** Processor architecture; root@pam with a password only. Default: the host's. Proxmox: `arch`. */
  arch: z.enum(["x86_64", "aarch64"], "write x86_64 or aarch64").optional(),
  /** Arguments for QEMU itself; root@pam with a password only. Proxmox: `args`. */
  args: z.string().min(1).optional(),
};

export type EfiDisk = z.infer<typeof efiDiskSchema>;
export type Tpm = z.infer<typeof tpmSchema>;

/** Windows guests get a version at creation: `q35` becomes `pc-q35-9.2`, which is still a q35. */
const machineAlike = (key: string, wanted: string, live: string): boolean =>
  key === "type" &&
  ((wanted === "q35" && live.startsWith("pc-q35-")) || (wanted === "pc" && live.startsWith("pc-i440fx-")));

const smbiosForm: Properties = {
  primary: "",
  parts: Object.fromEntries(
    ["manufacturer", "product", "version", "serial", "sku", "family"].map((key) => [key, part(key)]),
  ),
};

const smbiosKeys = Object.keys(smbiosForm.parts);

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

const tdx = property("intel-tdx", "reboot", {
  primary: "type",
  parts: {
    attestation: part("attestation", "flag"),
    vsockCid: part("vsock-cid", "number"),
    vsockPort: part("vsock-port", "number"),
  },
});

export const firmwareFields = {
  bios: word("bios", "reboot", "seabios"),
  machine: property("machine", "reboot", {
    primary: "type",
    parts: {
      type: part("type", "text", "pc"),
      viommu: part("viommu"),
      iommuAddressBits: part("aw-bits", "number"),
      enableS3: part("enable-s3", "flag"),
      enableS4: part("enable-s4", "flag"),
    },
    alike: machineAlike,
  }),
  smbios,
  amdSev: property("amd-sev", "reboot", {
    primary: "type",
    parts: {
      type: part("type"),
      noDebug: part("no-debug", "flag", false),
      noKeySharing: part("no-key-sharing", "flag", false),
      allowSmt: part("allow-smt", "flag", true),
      kernelHashes: part("kernel-hashes", "flag", false),
    },
  }),
  // its type is required, and there is only one
  intelTdx: { ...tdx, write: (wanted, now = "tdx", was) => tdx.write(wanted, now, was) },
  arch: word("arch", "reboot"),
  args: word("args", "reboot"),
} satisfies Record<string, Mapped>;

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
