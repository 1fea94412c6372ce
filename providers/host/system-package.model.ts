import { z } from "zod";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import type { Model } from "../kernel/resource-kind";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { noneTwice, packageField, parsePackage } from "./packages/debian-names.model";

export const systemPackageSchema = fields({
  node: required("Name of the node. A change replaces.", z.string().min(1), { effect: "replace" }),
  packages: required(
    "Packages that are to be there, by their names, such as `htop`; with a version behind an equals sign, as `htop=3.4.1-5`, in " +
      "this version. Without one any version will do: what is there is not upgraded. One that is taken out stays installed.",
    z
      .array(packageField())
      .min(1, "name at least one package")
      .superRefine(noneTwice((item) => parsePackage(item).name)),
    { effect: "live" },
  ),
  removeOnDelete: optional(
    "Remove the packages with the resource: those of them that it has installed itself.",
    z.boolean(),
    { effect: "live", unset: false },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "none" }),
});

export type SystemPackageInputs = z.infer<typeof systemPackageSchema>;

export const systemPackageModel: Model = {
  schema: systemPackageSchema,
  effects: effectsOf(systemPackageSchema),
  sensitive: [],
  same: (path, wanted, live) =>
    path === "packages" && Array.isArray(wanted) && Array.isArray(live)
      ? [...(wanted as string[])].sort().join() === [...(live as string[])].sort().join()
      : Object.is(wanted, live),
};
