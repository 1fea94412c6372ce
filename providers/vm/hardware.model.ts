import { z } from "zod";
import type { Effect } from "../runtime/changes";

const whole = (what: string, min: number, max: number) =>
  z
    .number()
    .int(`write a whole number: ${what}`)
    .min(min, `${what}: at least ${min}`)
    .max(max, `${what}: at most ${max}`);

/**
 * Hardware and options that are one value each. Defaults are Proxmox's own: what is not set is not sent and never
 * shows as drift.
 */
export const hardwareShape = {
  /** CPU cores per socket. A running VM is rebooted, unless CPU hot-plug is on. Proxmox: `cores`. */
  cores: whole("cores per socket", 1, 512).optional(),
  /** CPU sockets. A running VM is rebooted. Proxmox: `sockets`. */
  sockets: whole("sockets", 1, 16).optional(),
  /** CPU type such as `host` or `x86-64-v2-AES`, with flags if wanted: `host,flags=+aes`. Reboot. Proxmox: `cpu`. */
  cpu: z
    .string()
    .regex(/^[\w.-]+(?:,[\w-]+=[^,]+)*$/, "write a CPU type such as host or x86-64-v2-AES")
    .optional(),
  /** Limit of CPU time in CPUs, 0 = none. Live. Proxmox: `cpulimit`. */
  cpuLimit: z.number().min(0, "0 (no limit) to 128").max(128, "0 (no limit) to 128").optional(),
  /** Weight against other guests, 1-10000. Live. Proxmox: `cpuunits`. */
  cpuUnits: whole("CPU weight", 1, 10_000).optional(),
  /** Host CPUs to run on, such as `0-3,8`; root@pam with a password only. Reboot. Proxmox: `affinity`. */
  affinity: z
    .string()
    .regex(/^\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*$/, "write host CPUs such as 0-3,8")
    .optional(),
  /** NUMA for the guest. Reboot. Proxmox: `numa`. */
  numa: z.boolean().optional(),
  /** Memory in MiB. A running VM is rebooted, unless memory hot-plug is on. Proxmox: `memory`. */
  memoryMiB: whole("memory in MiB", 16, 67_108_864).optional(),
  /** Memory that the guest keeps when the node runs short, in MiB; 0 = no ballooning. Proxmox: `balloon`. */
  balloonMiB: whole("memory in MiB", 0, 67_108_864).optional(),
  /** Share of free memory against other ballooning guests. Live. Proxmox: `shares`. */
  shares: whole("memory shares", 0, 50_000).optional(),
  /** Firmware: `seabios` or `ovmf` (UEFI). Reboot. Proxmox: `bios`. */
  bios: z.enum(["seabios", "ovmf"], "write seabios or ovmf").optional(),
  /** Machine type such as `q35`. Reboot. Proxmox: `machine`. */
  machine: z
    .string()
    .regex(/^[\w.+-]+(?:,[\w-]+=[^,]+)*$/, "write a machine type such as q35")
    .optional(),
  /** Guest operating system: `l26` for Linux, `win11`, ... Reboot. Proxmox: `ostype`. */
  osType: z
    .enum(
      ["other", "wxp", "w2k", "w2k3", "w2k8", "wvista", "win7", "win8", "win10", "win11", "l24", "l26", "solaris"],
      "write l26 for Linux, win10, win11, other, ...",
    )
    .optional(),
  /** SCSI controller. Reboot. Proxmox: `scsihw`. */
  scsiController: z
    .enum(
      ["lsi", "lsi53c810", "virtio-scsi-pci", "virtio-scsi-single", "megasas", "pvscsi"],
      "write virtio-scsi-single or virtio-scsi-pci",
    )
    .optional(),
  /** Display such as `std`, `virtio`, `serial0`, `none`. Reboot. Proxmox: `vga`. */
  vga: z
    .string()
    .regex(/^\w[\w-]*(?:,[\w-]+=[^,]+)*$/, "write a display such as std, virtio or serial0")
    .optional(),
  /** First serial port: `socket` for a console. Reboot. Proxmox: `serial0`. */
  serial: z.literal("socket", "write socket").optional(),
  /** USB tablet as pointer. Proxmox: `tablet`; hot-plugged. */
  tablet: z.boolean().optional(),
  /** What may be hot-plugged: a list of `network`, `disk`, `usb`, `memory`, `cpu`, `cloudinit`, or `0`, `1`. Live. */
  hotplug: z
    .string()
    .regex(
      /^(?:[01]|(?:network|disk|usb|memory|cpu|cloudinit)(?:,(?:network|disk|usb|memory|cpu|cloudinit))*)$/,
      "write e.g. network,disk,usb",
    )
    .optional(),
  /** QEMU guest agent: `true` when the guest runs one; needed for addresses and clean shutdowns. Reboot. Proxmox: `agent`. */
  agent: z.boolean().optional(),
  /** Start the VM when its node boots. Live. Proxmox: `onboot`. */
  onBoot: z.boolean().optional(),
  /** Start-up order such as `order=2,up=30,down=60`. Live. Proxmox: `startup`. */
  startup: z
    .string()
    .regex(/^(?:(?:order|up|down)=\d+,?)+$/, "write e.g. order=2,up=30,down=60")
    .optional(),
  /** Proxmox's own protection: the VM and its disks cannot be removed, by this program neither. Live. */
  protection: z.boolean().optional(),
};

export type Hardware = z.infer<z.ZodObject<typeof hardwareShape>>;
type Field = keyof typeof hardwareShape;

interface Mapping {
  readonly key: string;
  readonly effect: Effect;
}

/** Field to its Proxmox key and what a change of it does to a running VM. */
export const hardware: Readonly<Record<Field, Mapping>> = {
  cores: { key: "cores", effect: "reboot" },
  sockets: { key: "sockets", effect: "reboot" },
  cpu: { key: "cpu", effect: "reboot" },
  cpuLimit: { key: "cpulimit", effect: "live" },
  cpuUnits: { key: "cpuunits", effect: "live" },
  affinity: { key: "affinity", effect: "reboot" },
  numa: { key: "numa", effect: "reboot" },
  memoryMiB: { key: "memory", effect: "reboot" },
  balloonMiB: { key: "balloon", effect: "reboot" },
  shares: { key: "shares", effect: "live" },
  bios: { key: "bios", effect: "reboot" },
  machine: { key: "machine", effect: "reboot" },
  osType: { key: "ostype", effect: "reboot" },
  scsiController: { key: "scsihw", effect: "reboot" },
  vga: { key: "vga", effect: "reboot" },
  serial: { key: "serial0", effect: "reboot" },
  tablet: { key: "tablet", effect: "hot-plug" },
  hotplug: { key: "hotplug", effect: "live" },
  agent: { key: "agent", effect: "reboot" },
  onBoot: { key: "onboot", effect: "live" },
  startup: { key: "startup", effect: "live" },
  protection: { key: "protection", effect: "live" },
};

const fields = Object.keys(hardware) as Field[];
const numeric = new Set<Field>(["cores", "sockets", "cpuLimit", "cpuUnits", "memoryMiB", "balloonMiB", "shares"]);
const flags = new Set<Field>(["numa", "tablet", "agent", "onBoot", "protection"]);

/** What Proxmox does when a key is not in the config, where that is a value of ours. */
const unset: Partial<Record<Field, unknown>> = {
  cores: 1,
  sockets: 1,
  memoryMiB: 512,
  cpuLimit: 0,
  numa: false,
  tablet: true,
  agent: false,
  onBoot: false,
  protection: false,
  bios: "seabios",
  scsiController: "lsi",
  osType: "other",
  hotplug: "network,disk,usb",
};

export function hardwareToConfig(wanted: Partial<Hardware>): Record<string, string> {
  const out: Record<string, string> = {};
  for (const field of fields) {
    const value = wanted[field];
    if (value !== undefined)
      out[hardware[field].key] = typeof value === "boolean" ? (value ? "1" : "0") : String(value);
  }
  return out;
}

export function hardwareFromConfig(config: Readonly<Record<string, string>>): Partial<Hardware> {
  const out: Record<string, unknown> = {};
  for (const field of fields) {
    const text = config[hardware[field].key];
    const value = text === undefined ? unset[field] : parse(field, text);
    if (value !== undefined) out[field] = value;
  }
  return out;
}

function parse(field: Field, text: string): unknown {
  if (field === "memoryMiB") return Number(text.replace(/^current=/, ""));
  if (numeric.has(field)) return Number(text);
  if (field === "agent") return /^(?:enabled=)?(?:1|yes|on|true)(?:,|$)/.test(text);
  if (flags.has(field)) return text === "1";
  return text;
}
