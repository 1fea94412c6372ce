import { z } from "zod";
import type { Model } from "../kernel/resource-kind";
import { effectsOf } from "../kernel/fields/effects";
import { sameIn } from "../kernel/fields/mapping";
import { namedBy } from "../kernel/named.model";
import { sensitivePaths } from "../kernel/secrets/sensitive";
import { realmOfType, realmTypes } from "./realm-fields.model";

/** Realms, by their type. */
const realmSchema = z.discriminatedUnion(
  "type",
  [realmOfType("pam"), realmOfType("pve"), realmOfType("ldap"), realmOfType("ad"), realmOfType("openid")],
  `write one of ${realmTypes.join(", ")}`,
);

export type RealmInputs = z.infer<typeof realmSchema>;

export const realmModel: Model = {
  schema: realmSchema,
  effects: effectsOf(realmSchema),
  sensitive: sensitivePaths(realmSchema),
  defaults: namedBy("realmId"),
  same: sameIn(realmSchema),
};
