import { z } from "zod";
import type { Model } from "../kernel/resource-kind";
import { namedBy } from "../kernel/named.model";
import { sensitivePaths } from "../kernel/secrets/sensitive";
import type { Mapped } from "../kernel/fields/codec";
import { effectsOf } from "../kernel/fields/effects";
import { sameIn } from "../kernel/fields/mapping";
import { heldOf, kinds, storageOfType } from "./storage-types.model";

/** Definitions of storages, by their type. */
export const storageSchema = z.discriminatedUnion(
  "type",
  [
    storageOfType("dir"),
    storageOfType("btrfs"),
    storageOfType("nfs"),
    storageOfType("cifs"),
    storageOfType("cephfs"),
    storageOfType("rbd"),
    storageOfType("lvm"),
    storageOfType("lvmthin"),
    storageOfType("zfspool"),
    storageOfType("zfs"),
    storageOfType("iscsi"),
    storageOfType("iscsidirect"),
    storageOfType("pbs"),
    storageOfType("esxi"),
  ],
  `write one of ${Object.keys(kinds).join(", ")}`,
);

export type StorageInputs = z.infer<typeof storageSchema>;

export const storageModel: Model = {
  schema: storageSchema,
  // Where the types differ, the gravest: `refine` knows the type.
  effects: effectsOf(storageSchema, {
    path: "replace",
    pool: "replace",
    blockSize: "replace",
    snapshotAsVolumeChain: "replace",
  }),
  sensitive: sensitivePaths(storageSchema),
  defaults: namedBy("storageId"),
  transition: (inputs, was) =>
    inputs["adopt"] === true
      ? movedFields(inputs, was).map((path) => ({
          path,
          message: "would make the definition anew, and adopt only takes over what is there; leave adopt out",
        }))
      : [],
  same: sameIn(storageSchema),
};

/** Fields with another value than before that make the definition anew under its name. */
export function movedFields(inputs: object, was: object): string[] {
  const [values, before] = [inputs, was] as [Record<string, unknown>, Record<string, unknown>];
  if (values["storageId"] !== before["storageId"]) return [];
  const held = heldOf(String(values["type"]));
  const fixed = Object.keys(held).filter((name) => held[name]?.effect === "replace");
  return ["type", ...fixed].filter((name) => {
    const field = held[name];
    if (values[name] === undefined || values[name] === before[name]) return false;
    return !(field && before[name] === undefined && isUnset(field, values[name]));
  });
}

/** Is the value what Proxmox does where nothing is written? */
export const isUnset = (field: Mapped, value: unknown): boolean =>
  value !== undefined && field.same(field.write(value), undefined);
