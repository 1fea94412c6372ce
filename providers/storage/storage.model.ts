import { z } from "zod";
import type { Model } from "../kernel/define";
import { sensitivePaths } from "../kernel/secrets/sensitive";
import { sameStorageValue } from "./storage-fields.model";
import { kinds, storageOfType } from "./storage-types.model";

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

/** What a user may write. */
export type StorageArguments = z.input<typeof storageSchema>;
export type StorageInputs = z.infer<typeof storageSchema>;

const replacing = [
  ...["storageId", "type", "path", "server", "export", "share", "volumeGroup", "base", "thinPool", "pool", "portal"],
  ...["target", "datastore", "iscsiProvider", "blockSize", "snapshotAsVolumeChain"],
];
const live = [...new Set(Object.values(kinds).flatMap((shape) => Object.keys(shape)))].filter(
  (field) => !replacing.includes(field),
);

export const storageModel: Model = {
  schema: storageSchema,
  effects: {
    ...Object.fromEntries([...live, "nodes", "disabled", "timeouts"].map((field) => [field, "live" as const])),
    ...Object.fromEntries(replacing.map((field) => [field, "replace" as const])),
    adopt: "none",
  },
  sensitive: sensitivePaths(storageSchema),
  /** The resource's own name is the storage's, unless the program says otherwise. */
  defaults: (inputs, urn) => {
    const own = urn.split("::").at(-1);
    return inputs["storageId"] === undefined && own ? { ...inputs, storageId: own } : inputs;
  },
  transition: (inputs, was) =>
    inputs["adopt"] === true
      ? movedFields(inputs, was).map((path) => ({
          path,
          message: "would make the definition anew, and adopt only takes over what is there; leave adopt out",
        }))
      : [],
  same: sameStorageValue,
};

/** What is fixed for some types only: those of these types can be changed where they are. */
export const liveFor: Readonly<Record<string, readonly string[]>> = {
  blockSize: ["zfspool"],
  snapshotAsVolumeChain: ["lvm"],
};

/** Fields that tell where the data is: an existing definition that differs in them is another storage. */
export const placeFields = replacing.filter((field) => field !== "storageId" && liveFor[field] === undefined);

/** Fields with another value than before that make the definition anew under its name. */
export function movedFields(inputs: object, was: object): string[] {
  const [values, before] = [inputs, was] as [Record<string, unknown>, Record<string, unknown>];
  if (values["storageId"] !== before["storageId"]) return [];
  return placeFields.filter((field) => values[field] !== undefined && values[field] !== before[field]);
}
