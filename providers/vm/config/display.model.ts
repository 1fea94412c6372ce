import { z } from "zod";
import { word, type Mapped } from "../../kernel/fields/codec";
import { part, property, type Properties } from "../../kernel/fields/property";
import { whole } from "./field.model";

const displays = [
  ...["std", "virtio", "virtio-gl", "qxl", "qxl2", "qxl3", "qxl4", "vmware", "cirrus", "none"],
  ...["serial0", "serial1", "serial2", "serial3"],
] as const;

const vgaSchema = z.strictObject({
  /** Kind of display: `std`, `virtio`, `qxl`, `serial0`, `none`, ... Proxmox: `type`. */
  type: z.enum(displays, `write one of ${displays.join(", ")}`),
  /** Video memory in MiB, 4 to 512. Default: by the type. Proxmox: `memory`. */
  memoryMiB: whole("video memory in MiB", 4, 512).optional(),
  /** `vnc`: a clipboard shared through the console. Default: SPICE's, with a SPICE display. Proxmox: `clipboard`. */
  clipboard: z.enum(["vnc"], "write vnc").optional(),
});

const audioSchema = z.strictObject({
  /** Sound device. Proxmox: `device`. */
  device: z.enum(["ich9-intel-hda", "intel-hda", "AC97"], "write ich9-intel-hda, intel-hda or AC97"),
  /** Where the sound goes: `spice` or `none`. Default `spice`. Proxmox: `driver`. */
  driver: z.enum(["spice", "none"], "write spice or none").optional(),
});

const spiceSchema = z.strictObject({
  /** Share folders through SPICE. Default false. Proxmox: `foldersharing`. */
  folderSharing: z.boolean().optional(),
  /** Compress what looks like video: `off`, `all` or `filter`. Default `off`. Proxmox: `videostreaming`. */
  videoStreaming: z.enum(["off", "all", "filter"], "write off, all or filter").optional(),
});

const keyboards = [
  ...["de", "de-ch", "da", "en-gb", "en-us", "es", "fi", "fr", "fr-be", "fr-ca", "fr-ch", "hu", "is", "it", "ja"],
  ...["lt", "mk", "nl", "no", "pl", "pt", "pt-br", "sv", "sl", "tr"],
] as const;

/** Display, sound and keyboard of a guest. */
export const displayShape = {
  /**
   * Display such as `std`, `virtio`, `serial0`, `none`, with options as Proxmox writes them, or an object such as
   * `{ type: "virtio", memoryMiB: 64 }`. Default `std`. Proxmox: `vga`.
   */
  vga: z
    .union(
      [z.string().regex(/^[\w=-]+(?:,[\w-]+=[^,]+)*$/, "write a display such as std, virtio or serial0"), vgaSchema],
      'write a display such as std, or an object such as { type: "virtio", memoryMiB: 64 }',
    )
    .optional(),
  /** Sound device. Default: none. Proxmox: `audio0`. */
  audio: audioSchema.optional(),
  /** What SPICE offers beyond the display; root@pam with a password only. Proxmox: `spice_enhancements`. */
  spice: spiceSchema.optional(),
  /** Keyboard layout of the console. Default: the datacenter's. Proxmox: `keyboard`. */
  keyboard: z.enum(keyboards, `write one of ${keyboards.join(", ")}`).optional(),
};

const vgaForm: Properties = {
  primary: "type",
  parts: { type: part("type", "text", "std"), memoryMiB: part("memory", "number"), clipboard: part("clipboard") },
};

export const displayFields = {
  vga: property("vga", "reboot", vgaForm),
  audio: property("audio0", "reboot", {
    primary: "device",
    bare: false,
    parts: { device: part("device"), driver: part("driver", "text", "spice") },
  }),
  spice: property("spice_enhancements", "reboot", {
    primary: "foldersharing",
    bare: false,
    parts: {
      folderSharing: part("foldersharing", "flag", false),
      videoStreaming: part("videostreaming", "text", "off"),
    },
  }),
  keyboard: word("keyboard", "reboot"),
} satisfies Record<string, Mapped>;
