import { z } from "zod";
import { flag, word } from "../../kernel/fields/codec";
import { fields, optional, required } from "../../kernel/fields/field";
import { part, partsIn, property } from "../../kernel/fields/property";
import { devices, plainText, whole } from "./field.model";

const mappingName = z.string().regex(/^[A-Za-z][\w-]+$/, "write the name of a resource mapping of the datacenter");
const pciAddress = "(?:[a-f0-9]{4,}:)?[a-f0-9]{2}:[a-f0-9]{2}(?:\\.[a-f0-9])?";
const hexId = z.string().regex(/^0x[0-9a-fA-F]{4}$/, "write four hexadecimal digits such as 0x10de");

const exactlyOne = (device: { mapping?: unknown; host?: unknown }, ctx: z.core.$RefinementCtx) => {
  if ((device.mapping === undefined) === (device.host === undefined))
    ctx.addIssue({ code: "custom", message: "write either mapping (a resource mapping's name) or host" });
};

const pciSchema = fields({
  mapping: optional("Name of a PCI mapping of the datacenter.", mappingName, part("mapping")),
  host: optional(
    "Address on the host such as `0000:01:00.0`, several with `;`; root@pam with a password only.",
    z.string().regex(new RegExp(`^${pciAddress}(?:;${pciAddress})*$`), "write a PCI address such as 0000:01:00.0"),
    part("host"),
  ),
  pcie: optional('Present it as PCI Express; needs `machine: "q35"`.', z.boolean(), part("pcie", "flag", false)),
  primaryGpu: optional("The guest's primary display.", z.boolean(), part("x-vga", "flag", false)),
  romBar: optional("Show the device's ROM to the guest.", z.boolean(), part("rombar", "flag", true)),
  romFile: optional("ROM file in /usr/share/kvm of the node.", plainText("write a file name"), part("romfile")),
  mdev: optional(
    "Type of the mediated device to make, such as `nvidia-63`.",
    z.string().regex(/^[^/.:,=]+$/, "write the type of a mediated device such as nvidia-63"),
    part("mdev"),
  ),
  legacyIgd: optional("Intel's integrated graphics in legacy mode.", z.boolean(), part("legacy-igd", "flag", false)),
  driver: optional(
    "Driver on the host: `vfio`, or `keep` the one that it has.",
    z.enum(["vfio", "keep"], "write vfio or keep"),
    part("driver", "text", "vfio"),
  ),
  vendorId: optional("Vendor id that the guest sees.", hexId, part("vendor-id")),
  deviceId: optional("Device id that the guest sees.", hexId, part("device-id")),
  subVendorId: optional("Subsystem vendor id that the guest sees.", hexId, part("sub-vendor-id")),
  subDeviceId: optional("Subsystem device id that the guest sees.", hexId, part("sub-device-id")),
}).superRefine(exactlyOne);

const usbSchema = fields({
  mapping: optional("Name of a USB mapping of the datacenter.", mappingName, part("mapping")),
  host: optional(
    "`spice`, or a device of the host: vendor and product (`1234:5678`) or bus and port (`1-2.4`), for which " +
      "root@pam with a password is needed.",
    z
      .string()
      .regex(
        /^(?:(?:0x)?[0-9a-f]{4}:(?:0x)?[0-9a-f]{4}|\d+-\d+(?:\.\d+)*|spice)$/i,
        "write spice, vendor and product such as 1234:5678, or bus and port such as 1-2",
      ),
    part("host"),
  ),
  usb3: optional(
    "A USB 3 device; without meaning for Linux and Windows 8 or newer.",
    z.boolean(),
    part("usb3", "flag", false),
  ),
}).superRefine(exactlyOne);

const virtiofsSchema = fields({
  mapping: required(
    "Name of a directory mapping of the datacenter; the guest mounts it by this name.",
    mappingName,
    part("dirid"),
  ),
  cache: optional(
    "Caching.",
    z.enum(["auto", "always", "metadata", "never"], "write auto, always, metadata or never"),
    part("cache", "text", "auto"),
  ),
  directIo: optional("Honour direct I/O of the guest.", z.boolean(), part("direct-io", "flag", false)),
  exposeXattr: optional("Extended attributes.", z.boolean(), part("expose-xattr", "flag", false)),
  exposeAcl: optional("POSIX ACLs; not for Windows.", z.boolean(), part("expose-acl", "flag", false)),
});

const serialPort = z
  .string()
  .regex(/^(?:socket|\/dev\/.+)$/, "write socket, or a device of the host such as /dev/ttyS0");

const rngSchema = fields({
  source: required(
    "Source on the host: `/dev/urandom`, `/dev/random` or `/dev/hwrng` (needs `Mapping.Use` on it).",
    z.enum(["/dev/urandom", "/dev/random", "/dev/hwrng"], "write /dev/urandom, /dev/random or /dev/hwrng"),
    part("source"),
  ),
  maxBytes: optional(
    "Bytes that the guest gets per period; 0 = no limit.",
    whole("bytes", 0, 1_000_000_000),
    part("max_bytes", "number", 1024),
  ),
  periodMs: optional(
    "Length of a period in milliseconds.",
    whole("milliseconds", 1, 1_000_000_000),
    part("period", "number", 1000),
  ),
});

const watchdogSchema = fields({
  model: required(
    "Device that the guest sees.",
    z.enum(["i6300esb", "ib700"], "write i6300esb or ib700"),
    part("model"),
  ),
  action: optional(
    "What happens when the guest stops answering it.",
    z.enum(
      ["reset", "shutdown", "poweroff", "pause", "debug", "none"],
      "write reset, shutdown, poweroff, pause or none",
    ),
    { ...part("action"), default: "nothing" },
  ),
});

const sharedMemorySchema = fields({
  sizeMiB: required("Size in MiB.", whole("MiB", 1, 1_048_576), part("size", "number")),
  name: optional(
    "Name of the file on the host.",
    z.string().regex(/^[a-zA-Z0-9-]+$/, "write letters, digits and hyphens"),
    { ...part("name"), default: "the VMID" },
  ),
});

const hostOrMapping = { primary: "host", exclusive: ["host", "mapping"] };

/** Devices of a guest beside its disks and networks. */
export const deviceShape = {
  pci: optional(
    "PCI devices of the host, in the order of their numbers.",
    z.array(pciSchema).max(16, "at most 16 PCI devices"),
    {
      ...devices("hostpci", "reboot", (key, effect) =>
        property(key, effect, {
          ...hostOrMapping,
          parts: partsIn(pciSchema),
        }),
      ),
      proxmox: "`hostpci0`-`hostpci15`",
    },
  ),
  usb: optional(
    "USB devices, in the order of their numbers. Hot-plugged where `hotplug` has `usb`.",
    z.array(usbSchema).max(14, "at most 14 USB devices"),
    {
      ...devices("usb", "hot-plug", (key, effect) =>
        property(key, effect, {
          ...hostOrMapping,
          bare: false,
          parts: partsIn(usbSchema),
        }),
      ),
      proxmox: "`usb0`-`usb13`",
    },
  ),
  virtiofs: optional(
    "Directories of the host shared with the guest.",
    z.array(virtiofsSchema).max(10, "at most 10 directories"),
    {
      ...devices("virtiofs", "reboot", (key, effect) =>
        property(key, effect, {
          primary: "dirid",
          parts: partsIn(virtiofsSchema),
        }),
      ),
      proxmox: "`virtiofs0`-`virtiofs9`",
    },
  ),
  serial: optional(
    "First serial port: `socket` for a console. With several ports write `serials`.",
    z.literal("socket", "write socket"),
    word("serial0", "reboot"),
  ),
  serials: optional(
    "Serial ports: `socket`, or a device of the host such as `/dev/ttyS0` (root@pam with a password only).",
    z.array(serialPort).max(4, "at most 4 serial ports"),
    { ...devices("serial", "reboot", word), proxmox: "`serial0`-`serial3`" },
  ),
  rng: optional(
    "Source of random numbers for the guest.",
    rngSchema,
    property("rng0", "reboot", {
      primary: "source",
      bare: false,
      parts: partsIn(rngSchema),
    }),
  ),
  watchdog: optional(
    "Hardware watchdog.",
    watchdogSchema,
    property("watchdog", "reboot", {
      primary: "model",
      parts: partsIn(watchdogSchema),
    }),
  ),
  tablet: optional(
    "USB tablet as pointer. Hot-plugged where `hotplug` has `usb`.",
    z.boolean(),
    flag("tablet", "hot-plug", true),
  ),
  sharedMemory: optional(
    "Memory shared between VMs; root@pam with a password only.",
    sharedMemorySchema,
    property("ivshmem", "reboot", {
      primary: "size",
      bare: false,
      parts: partsIn(sharedMemorySchema),
    }),
  ),
};
