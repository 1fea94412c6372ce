import { z } from "zod";
import type { Model } from "../define";
import type { Effects } from "../runtime/changes";
import { sensitivePaths } from "../sensitive";
import { diskSchema } from "./disk.model";
import { guestEffects, guestShape, sameGuestValue, withName } from "./vm.model";

export const templateSchema = z.strictObject({
  ...guestShape,
  /** Node that holds the template. A change replaces. */
  node: z.string().min(1, "name the node that holds the template"),
  /** Volume id of the disk image, such as a CloudImage's `volumeId`. A change replaces; clones of the old one live on. */
  image: z.string().regex(/^[^:]+:.+$/, "write a volume id such as local:import/debian-12.qcow2"),
  /** The boot disk; the image's own size when `sizeGiB` is left out. Its slot, storage and format replace. */
  disk: diskSchema,
});

export type TemplateInputs = z.infer<typeof templateSchema>;
/** As the program writes them: secrets may be references. */
export type TemplateArguments = z.input<typeof templateSchema>;

const effects: Effects = {
  ...guestEffects,
  node: "replace",
  image: "replace",
  disk: "live",
  "disk.slot": "replace",
  "disk.storage": "replace",
  "disk.format": "replace",
};

// A template never runs: whatever can be changed is changed at once, and seen by later clones only.
for (const [field, effect] of Object.entries(effects))
  if (effect === "reboot" || effect === "hot-plug") (effects as Record<string, string>)[field] = "live";

export const templateModel: Model = {
  schema: templateSchema,
  effects,
  sensitive: sensitivePaths(templateSchema),
  defaults: withName,
  same: sameGuestValue,
};
