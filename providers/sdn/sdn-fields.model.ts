import { z } from "zod";
import { isAddress } from "../../pve/format/address";
import { oneSpelling } from "../../pve/format/cidr";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import { word, type Mapped } from "../kernel/fields/codec";
import { optional, required } from "../kernel/fields/field";
import type { OwnEffect } from "../kernel/state/changes";

/** What a change does beside what it may do to any object. */
export const ownSdnEffects: readonly OwnEffect[] = [
  { name: "reload", meaning: "reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`" },
];

/** The name of an object; zones and vnets are also parts of names of interfaces, hence so short. */
export const sdnName = (meaning: string, key: string, longest: number, form = /^[A-Za-z][A-Za-z0-9]*[A-Za-z0-9]$/) =>
  required(
    `${meaning} 2 to ${longest} letters and digits, a letter first. A change replaces, the old one first.`,
    z
      .string()
      .max(longest, `write at most ${longest} characters`)
      .regex(form, "write 2 letters or digits at least, a letter first"),
    { key, effect: "replace", default: "the resource's name" },
  );

export const sdnText = () => z.string().min(1, "write a text that is not empty");

export const ipAddress = () => z.string().refine(isAddress, "write an IP address");

/** Addresses have several spellings. */
export const addressWord = (key: string): Mapped => ({
  ...word(key, "reload"),
  same: (wanted, live) => live !== undefined && oneSpelling(wanted) === oneSpelling(live),
});

export const adopt = (noun: string) => ({
  adopt: optional(
    `Take over the ${noun} of this name, which must exist. Only read when the resource is created.`,
    z.boolean(),
    { effect: "none", unset: false },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
});

/** The type of an object, which decides what else may be written. */
export const ofType = <T extends string>(type: T, meaning: string) => ({
  type: required(`${meaning} A change replaces.`, z.literal(type), { key: "type", effect: "replace" }),
});
