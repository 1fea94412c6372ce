import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { parsePropertyString } from "../../../pve/format";
import { flag, number, word, type Mapped, type Texts } from "../../kernel/fields/codec";
import { fields, optional, required } from "../../kernel/fields/field";
import { part, partsIn, property } from "../../kernel/fields/property";
import { deviceNumbers, whole } from "./field.model";

const features = ["network", "disk", "usb", "memory", "cpu", "cloudinit"] as const;
const seconds = (what: string) => whole(what, 0, 86_400);

const agentSchema = fields({
  enabled: required("Whether the guest runs an agent.", z.boolean(), part("enabled", "flag", false)),
  type: optional(
    "How it is reached: `virtio` or `isa`.",
    z.enum(["virtio", "isa"], "write virtio or isa"),
    part("type", "text", "virtio"),
  ),
  fstrimClonedDisks: optional(
    "Trim file systems after a disk was moved or the VM migrated.",
    z.boolean(),
    part("fstrim_cloned_disks", "flag", false),
  ),
  freezeFs: optional(
    "Freeze file systems for backups, snapshots and clones.",
    z.boolean(),
    part("freeze-fs", "flag", true),
  ),
});

const startupSchema = fields({
  order: optional(
    "Place in the order of starting; shutdown goes the other way round.",
    whole("place in the order", 0, 1_000_000),
    part("order", "number"),
  ),
  upDelay: optional("Seconds to wait before the next guest is started.", seconds("seconds"), part("up", "number")),
  downDelay: optional("Seconds that the guest has to shut down.", seconds("seconds"), part("down", "number")),
});

const bootDevice = z
  .string()
  .regex(
    /^(?:ide[0-3]|sata[0-5]|scsi(?:\d|[12]\d|30)|virtio(?:\d|1[0-5])|net(?:\d|[12]\d|3[01])|usb(?:\d|1[0-3])|hostpci(?:\d|1[0-5]))$/,
    "write a device such as scsi0, ide2 or net0",
  );

const hotplugText = z
  .string()
  .regex(
    /^(?:[01]|(?:network|disk|usb|memory|cpu|cloudinit)(?:,(?:network|disk|usb|memory|cpu|cloudinit))*)$/,
    "write e.g. network,disk,usb",
  );

/** The hot-plug features of a config: `1` and nothing are the default, `0` is none. */
export function hotplugFeatures(text: string | undefined): string[] {
  if (text === "0") return [];
  if (text === undefined || text === "1") return ["disk", "network", "usb"];
  return [...new Set(text.split(/[,; ]+/).filter((item) => item !== ""))].sort();
}

const printHotplug = (wanted: unknown): string =>
  Array.isArray(wanted) ? wanted.join(",") || "0" : (wanted as string);

const hotplug: Mapped = {
  key: "hotplug",
  effect: "live",
  unset: "network,disk,usb",
  write: printHotplug,
  read: (text, wanted) => {
    if (wanted !== undefined && isDeepStrictEqual(hotplugFeatures(printHotplug(wanted)), hotplugFeatures(text)))
      return wanted;
    return Array.isArray(wanted) ? hotplugFeatures(text) : (text ?? "network,disk,usb");
  },
  same: (wanted, live) => isDeepStrictEqual(hotplugFeatures(wanted), hotplugFeatures(live)),
};

/** The devices of a `boot` text; undefined when it names no order. */
export const bootDevices = (text = ""): string[] | undefined => {
  const { order } = parsePropertyString(text.trim(), "legacy");
  return order?.split(";").filter((item) => item !== "");
};

/** Proxmox edits the order when devices come and go, so it is written last. */
const bootOrder: Mapped = {
  key: "boot",
  effect: "live",
  late: true,
  write: (wanted) => ((wanted as string[]).length === 0 ? " " : `order=${(wanted as string[]).join(";")}`),
  read: (text) => bootDevices(text) ?? [],
  same: (wanted, live) => isDeepStrictEqual(bootDevices(wanted) ?? [], bootDevices(live) ?? []),
};

/** Options of a guest. */
export const optionShape = {
  osType: optional(
    "Guest operating system: `l26` for Linux, `win11`, ...",
    z.enum(
      ["other", "wxp", "w2k", "w2k3", "w2k8", "wvista", "win7", "win8", "win10", "win11", "l24", "l26", "solaris"],
      "write l26 for Linux, win10, win11, other, ...",
    ),
    word("ostype", "reboot", "other"),
  ),
  scsiController: optional(
    "SCSI controller.",
    z.enum(
      ["lsi", "lsi53c810", "virtio-scsi-pci", "virtio-scsi-single", "megasas", "pvscsi"],
      "write virtio-scsi-single or virtio-scsi-pci",
    ),
    { ...word("scsihw", "reboot", "lsi"), default: "`lsi`; `virtio-scsi-single` for VMs from images" },
  ),
  bootOrder: optional(
    'Devices to boot from, in this order, such as `["scsi0", "net0"]`. Of effect at the next boot; the VM is ' +
      "not rebooted for it.",
    z.array(bootDevice),
    { ...bootOrder, default: "the boot disk" },
  ),
  hotplug: optional(
    "What may be hot-plugged: a list of `network`, `disk`, `usb`, `memory`, `cpu`, `cloudinit`, or text such " +
      "as `network,disk`, `0` (nothing) or `1` (the default: network, disk, usb). Live, but `memory` and `cpu` " +
      "need a reboot.",
    z.union(
      [hotplugText, z.array(z.enum(features, `write ${features.join(", ")}`))],
      'write a list such as ["network", "disk", "usb"]',
    ),
    hotplug,
  ),
  agent: optional(
    "QEMU guest agent: `true` when the guest runs one, or an object such as `{ enabled: true, freezeFs: " +
      "false }`; needed for addresses and clean shutdowns.",
    z.union([z.boolean(), agentSchema], "write true, false or an object such as { enabled: true }"),
    {
      ...property("agent", "reboot", {
        primary: "enabled",
        parts: partsIn(agentSchema),
        aliases: { "freeze-fs-on-backup": "freeze-fs", "guest-fsfreeze": "freeze-fs" },
      }),
      unset: false,
    },
  ),
  onBoot: optional("Start the VM when its node boots.", z.boolean(), flag("onboot", "live", false)),
  startup: optional(
    "Start-up order such as `{ order: 2, upDelay: 30, downDelay: 60 }`, or text such as " + "`order=2,up=30,down=60`.",
    z.union(
      [z.string().regex(/^(?:(?:order|up|down)=\d+,?)+$/, "write e.g. order=2,up=30,down=60"), startupSchema],
      "write e.g. { order: 2, upDelay: 30, downDelay: 60 }",
    ),
    property("startup", "live", {
      primary: "order",
      bare: false,
      parts: partsIn(startupSchema),
    }),
  ),
  protection: optional(
    "Proxmox's own protection: the VM and its disks cannot be removed, by this program neither.",
    z.boolean(),
    flag("protection", "live", false),
  ),
  acpi: optional("ACPI.", z.boolean(), flag("acpi", "reboot", true)),
  kvm: optional("Hardware virtualisation by KVM.", z.boolean(), flag("kvm", "reboot", true)),
  freeze: optional(
    "Let the CPUs wait for a `c` in QEMU's monitor at each start. At the next start.",
    z.boolean(),
    flag("freeze", "live", false),
  ),
  guestReboot: optional(
    "Allow the guest to reboot; `false`: it exits instead.",
    z.boolean(),
    flag("reboot", "reboot", true),
  ),
  localTime: optional("The clock shows local time.", z.boolean(), {
    ...flag("localtime", "reboot"),
    default: "for Windows only",
  }),
  startDate: optional(
    "Date of the clock at the start: `now`, `2026-01-31` or `2026-01-31T10:00:00`.",
    z
      .string()
      .regex(/^(?:now|\d{4}-\d{1,2}-\d{1,2}(?:T\d{1,2}:\d{1,2}:\d{1,2})?)$/, "write now, or a date such as 2026-01-31"),
    word("startdate", "reboot", "now"),
  ),
  timeDriftFix: optional("Correct lost timer interrupts.", z.boolean(), flag("tdf", "reboot", false)),
  vmStateStorage: optional("Storage for the memory of snapshots and suspended VMs.", z.string().min(1), {
    ...word("vmstatestorage", "live"),
    default: "chosen by Proxmox",
  }),
  hookScript: optional(
    "Script of a storage of snippets that runs at changes of the VM's power state, such as " +
      "`local:snippets/hook.pl`; root@pam with a password only.",
    z.string().regex(/^[^:]+:.+$/, "write a volume id such as local:snippets/hook.pl"),
    word("hookscript", "live"),
  ),
  migrateDowntime: optional(
    "Longest pause at the end of a live migration, in seconds.",
    z.number().min(0, "at least 0 seconds"),
    number("migrate_downtime", "live", 0.1),
  ),
  migrateSpeedMBps: optional(
    "Limit of a live migration's speed in MB/s; 0 = none.",
    whole("MB/s", 0, 1_000_000),
    number("migrate_speed", "live", 0),
  ),
};

/**
 * The order that Proxmox gives a new guest: its first disk, CD drive and network (get_default_bootdevices). Without any
 * order a guest boots from no disk at all.
 */
export function defaultBootOrder(config: Texts): string[] {
  const slots = ["ide", "scsi", "virtio", "sata"].flatMap((bus) =>
    deviceNumbers(config, bus).map((number) => `${bus}${number}`),
  );
  const isCd = (slot: string) => /(?:^|,)media=cdrom(?:,|$)/.test(config[slot] ?? "");
  const net = deviceNumbers(config, "net").map((number) => `net${number}`);
  return [slots.find((slot) => !isCd(slot)), slots.find(isCd), net[0]].filter((device) => device !== undefined);
}

/** Of no effect before the next boot, and no reason for one. */
export const nextBoot: ReadonlySet<string> = new Set(["boot", "bootdisk", "freeze"]);
