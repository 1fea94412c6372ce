import { z } from "zod";
import { word } from "../../kernel/fields/codec";
import { fields, optional, required } from "../../kernel/fields/field";
import { part, partsIn, property } from "../../kernel/fields/property";
import { whole } from "./field.model";

const displays = [
  ...["std", "virtio", "virtio-gl", "qxl", "qxl2", "qxl3", "qxl4", "vmware", "cirrus", "none"],
  ...["serial0", "serial1", "serial2", "serial3"],
] as const;

const vgaSchema = fields({
  type: required(
    "Kind of display: `std`, `virtio`, `qxl`, `serial0`, `none`, ...",
    z.enum(displays, `write one of ${displays.join(", ")}`),
    part("type", "text", "std"),
  ),
  memoryMiB: optional("Video memory in MiB, 4 to 512.", whole("video memory in MiB", 4, 512), {
    ...part("memory", "number"),
    default: "by the type",
  }),
  clipboard: optional("`vnc`: a clipboard shared through the console.", z.enum(["vnc"], "write vnc"), {
    ...part("clipboard"),
    default: "SPICE's, with a SPICE display",
  }),
});

const audioSchema = fields({
  device: required(
    "Sound device.",
    z.enum(["ich9-intel-hda", "intel-hda", "AC97"], "write ich9-intel-hda, intel-hda or AC97"),
    part("device"),
  ),
  driver: optional(
    "Where the sound goes: `spice` or `none`.",
    z.enum(["spice", "none"], "write spice or none"),
    part("driver", "text", "spice"),
  ),
});

const spiceSchema = fields({
  folderSharing: optional("Share folders through SPICE.", z.boolean(), part("foldersharing", "flag", false)),
  videoStreaming: optional(
    "Compress what looks like video: `off`, `all` or `filter`.",
    z.enum(["off", "all", "filter"], "write off, all or filter"),
    part("videostreaming", "text", "off"),
  ),
});

const keyboards = [
  ...["de", "de-ch", "da", "en-gb", "en-us", "es", "fi", "fr", "fr-be", "fr-ca", "fr-ch", "hu", "is", "it", "ja"],
  ...["lt", "mk", "nl", "no", "pl", "pt", "pt-br", "sv", "sl", "tr"],
] as const;

/** Display, sound and keyboard of a guest. */
export const displayShape = {
  vga: optional(
    "Display such as `std`, `virtio`, `serial0`, `none`, with options as Proxmox writes them, or an object " +
      'such as `{ type: "virtio", memoryMiB: 64 }`.',
    z.union(
      [z.string().regex(/^[\w=-]+(?:,[\w-]+=[^,]+)*$/, "write a display such as std, virtio or serial0"), vgaSchema],
      'write a display such as std, or an object such as { type: "virtio", memoryMiB: 64 }',
    ),
    {
      ...property("vga", "reboot", {
        primary: "type",
        parts: partsIn(vgaSchema),
      }),
      unset: "std",
    },
  ),
  audio: optional("Sound device.", audioSchema, {
    ...property("audio0", "reboot", {
      primary: "device",
      bare: false,
      parts: partsIn(audioSchema),
    }),
    default: "none",
  }),
  spice: optional(
    "What SPICE offers beyond the display; root@pam with a password only.",
    spiceSchema,
    property("spice_enhancements", "reboot", {
      primary: "foldersharing",
      bare: false,
      parts: partsIn(spiceSchema),
    }),
  ),
  keyboard: optional("Keyboard layout of the console.", z.enum(keyboards, `write one of ${keyboards.join(", ")}`), {
    ...word("keyboard", "reboot"),
    default: "the datacenter's",
  }),
};
