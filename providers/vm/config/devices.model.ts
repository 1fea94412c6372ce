import { z } from "zod";
import { flag, word, type Mapped } from "../../kernel/fields/codec";
import { part, property } from "../../kernel/fields/property";
import { devices, plainText, whole, type DeviceList } from "./field.model";

const mappingName = z.string().regex(/^[A-Za-z][\w-]+$/, "write the name of a resource mapping of the datacenter");
const pciAddress = "(?:[a-f0-9]{4,}:)?[a-f0-9]{2}:[a-f0-9]{2}(?:\\.[a-f0-9])?";
const hexId = z.string().regex(/^0x[0-9a-fA-F]{4}$/, "write four hexadecimal digits such as 0x10de");

const exactlyOne = (device: { mapping?: unknown; host?: unknown }, ctx: z.core.$RefinementCtx) => {
  if ((device.mapping === undefined) === (device.host === undefined))
    ctx.addIssue({ code: "custom", message: "write either mapping (a resource mapping's name) or host" });
};

const pciSchema = z
  .strictObject({
    /** Name of a PCI mapping of the datacenter. Proxmox: `mapping`. */
    mapping: mappingName.optional(),
    /** Address on the host such as `0000:01:00.0`, several with `;`; root@pam with a password only. Proxmox: `host`. */
    host: z
      .string()
      .regex(new RegExp(`^${pciAddress}(?:;${pciAddress})*$`), "write a PCI address such as 0000:01:00.0")
      .optional(),
    /** Present it as PCI Express; needs `machine: "q35"`. Default false. Proxmox: `pcie`. */
    pcie: z.boolean().optional(),
    /** The guest's primary display. Default false. Proxmox: `x-vga`. */
    primaryGpu: z.boolean().optional(),
    /** Show the device's ROM to the guest. Default true. Proxmox: `rombar`. */
    romBar: z.boolean().optional(),
    /** ROM file in /usr/share/kvm of the node. Proxmox: `romfile`. */
    romFile: plainText("write a file name").optional(),
    /** Type of the mediated device to make, such as `nvidia-63`. Proxmox: `mdev`. */
    mdev: z
      .string()
      .regex(/^[^/.:,=]+$/, "write the type of a mediated device such as nvidia-63")
      .optional(),
    /** Intel's integrated graphics in legacy mode. Default false. Proxmox: `legacy-igd`. */
    legacyIgd: z.boolean().optional(),
    /** Driver on the host: `vfio`, or `keep` the one that it has. Default `vfio`. Proxmox: `driver`. */
    driver: z.enum(["vfio", "keep"], "write vfio or keep").optional(),
    /** Vendor id that the guest sees. Proxmox: `vendor-id`. */
    vendorId: hexId.optional(),
    /** Device id that the guest sees. Proxmox: `device-id`. */
    deviceId: hexId.optional(),
    /** Subsystem vendor id that the guest sees. Proxmox: `sub-vendor-id`. */
    subVendorId: hexId.optional(),
    /** Subsystem device id that the guest sees. Proxmox: `sub-device-id`. */
    subDeviceId: hexId.optional(),
  })
  .superRefine(exactlyOne);

const usbSchema = z
  .strictObject({
    /** Name of a USB mapping of the datacenter. Proxmox: `mapping`. */
    mapping: mappingName.optional(),
    /**
     * `spice`, or a device of the host: vendor and product (`1234:5678`) or bus and port (`1-2.4`), for which root@pam
     * with a password is needed. Proxmox: `host`.
     */
    host: z
      .string()
      .regex(
        /^(?:(?:0x)?[0-9a-f]{4}:(?:0x)?[0-9a-f]{4}|\d+-\d+(?:\.\d+)*|spice)$/i,
        "write spice, vendor and product such as 1234:5678, or bus and port such as 1-2",
      )
      .optional(),
    /** A USB 3 device; without meaning for Linux and Windows 8 or newer. Default false. Proxmox: `usb3`. */
    usb3: z.boolean().optional(),
  })
  .superRefine(exactlyOne);

const virtiofsSchema = z.strictObject({
  /** Name of a directory mapping of the datacenter; the guest mounts it by this name. Proxmox: `dirid`. */
  mapping: mappingName,
  /** Caching. Default `auto`. Proxmox: `cache`. */
  cache: z.enum(["auto", "always", "metadata", "never"], "write auto, always, metadata or never").optional(),
  /** Honour direct I/O of the guest. Default false. Proxmox: `direct-io`. */
  directIo: z.boolean().optional(),
  /** Extended attributes. Default false. Proxmox: `expose-xattr`. */
  exposeXattr: z.boolean().optional(),
  /** POSIX ACLs; not for Windows. Default false. Proxmox: `expose-acl`. */
  exposeAcl: z.boolean().optional(),
});

const serialPort = z
  .string()
  .regex(/^(?:socket|\/dev\/.+)$/, "write socket, or a device of the host such as /dev/ttyS0");

const rngSchema = z.strictObject({
  /** Source on the host: `/dev/urandom`, `/dev/random` or `/dev/hwrng` (needs `Mapping.Use` on it). */
  source: z.enum(["/dev/urandom", "/dev/random", "/dev/hwrng"], "write /dev/urandom, /dev/random or /dev/hwrng"),
  /** Bytes that the guest gets per period; 0 = no limit. Default 1024. Proxmox: `max_bytes`. */
  maxBytes: whole("bytes", 0, 1_000_000_000).optional(),
  /** Length of a period in milliseconds. Default 1000. Proxmox: `period`. */
  periodMs: whole("milliseconds", 1, 1_000_000_000).optional(),
});

const watchdogSchema = z.strictObject({
  /** Device that the guest sees. Proxmox: `model`. */
  model: z.enum(["i6300esb", "ib700"], "write i6300esb or ib700"),
  /** What happens when the guest stops answering it. Default: nothing. Proxmox: `action`. */
  action: z
    .enum(["reset", "shutdown", "poweroff", "pause", "debug", "none"], "write reset, shutdown, poweroff, pause or none")
    .optional(),
});

const sharedMemorySchema = z.strictObject({
  /** Size in MiB. Proxmox: `size`. */
  sizeMiB: whole("MiB", 1, 1_048_576),
  /** Name of the file on the host. Default: the VMID. Proxmox: `name`. */
  name: z
    .string()
    .regex(/^[a-zA-Z0-9-]+$/, "write letters, digits and hyphens")
    .optional(),
});

/** Devices of a guest beside its disks and networks. */
export const deviceShape = {
  /** PCI devices of the host, in the order of their numbers. Proxmox: `hostpci0`-`hostpci15`. */
  pci: z.array(pciSchema).max(16, "at most 16 PCI devices").optional(),
  /** USB devices, in the order of their numbers. Hot-plugged where `hotplug` has `usb`. Proxmox: `usb0`-`usb13`. */
  usb: z.array(usbSchema).max(14, "at most 14 USB devices").optional(),
  /** Directories of the host shared with the guest. Proxmox: `virtiofs0`-`virtiofs9`. */
  virtiofs: z.array(virtiofsSchema).max(10, "at most 10 directories").optional(),
  /** First serial port: `socket` for a console. Proxmox: `serial0`. With several ports write `serials`. */
  serial: z.literal("socket", "write socket").optional(),
  /**
   * Serial ports: `socket`, or a device of the host such as `/dev/ttyS0` (root@pam with a password only).
   * Proxmox: `serial0`-`serial3`.
   */
  serials: z.array(serialPort).max(4, "at most 4 serial ports").optional(),
  /** Source of random numbers for the guest. Proxmox: `rng0`. */
  rng: rngSchema.optional(),
  /** Hardware watchdog. Proxmox: `watchdog`. */
  watchdog: watchdogSchema.optional(),
  /** USB tablet as pointer. Default true. Hot-plugged where `hotplug` has `usb`. Proxmox: `tablet`. */
  tablet: z.boolean().optional(),
  /** Memory shared between VMs; root@pam with a password only. Proxmox: `ivshmem`. */
  sharedMemory: sharedMemorySchema.optional(),
};

export const deviceFields = {
  serial: word("serial0", "reboot"),
  rng: property("rng0", "reboot", {
    primary: "source",
    bare: false,
    parts: {
      source: part("source"),
      maxBytes: part("max_bytes", "number", 1024),
      periodMs: part("period", "number", 1000),
    },
  }),
  watchdog: property("watchdog", "reboot", {
    primary: "model",
    parts: { model: part("model"), action: part("action") },
  }),
  tablet: flag("tablet", "hot-plug", true),
  sharedMemory: property("ivshmem", "reboot", {
    primary: "size",
    bare: false,
    parts: { sizeMiB: part("size", "number"), name: part("name") },
  }),
} satisfies Record<string, Mapped>;

const hostOrMapping = { primary: "host", exclusive: ["host", "mapping"] };

export const hostDevices = {
  pci: devices("hostpci", "reboot", (key, effect) =>
    property(key, effect, {
      ...hostOrMapping,
      parts: {
        mapping: part("mapping"),
        host: part("host"),
        pcie: part("pcie", "flag", false),
        primaryGpu: part("x-vga", "flag", false),
        romBar: part("rombar", "flag", true),
        romFile: part("romfile"),
        mdev: part("mdev"),
        legacyIgd: part("legacy-igd", "flag", false),
        driver: part("driver", "text", "vfio"),
        vendorId: part("vendor-id"),
        deviceId: part("device-id"),
        subVendorId: part("sub-vendor-id"),
        subDeviceId: part("sub-device-id"),
      },
    }),
  ),
  usb: devices("usb", "hot-plug", (key, effect) =>
    property(key, effect, {
      ...hostOrMapping,
      bare: false,
      parts: { mapping: part("mapping"), host: part("host"), usb3: part("usb3", "flag", false) },
    }),
  ),
  virtiofs: devices("virtiofs", "reboot", (key, effect) =>
    property(key, effect, {
      primary: "dirid",
      parts: {
        mapping: part("dirid"),
        cache: part("cache", "text", "auto"),
        directIo: part("direct-io", "flag", false),
        exposeXattr: part("expose-xattr", "flag", false),
        exposeAcl: part("expose-acl", "flag", false),
      },
    }),
  ),
  serials: devices("serial", "reboot", word),
} satisfies Record<string, DeviceList>;
