import { z } from "zod";

/** A name that every reader can take: as variables of the environment have them. */
export const storedName = () =>
  z
    .string()
    .max(255, "write at most 255 characters")
    .regex(/^[A-Za-z_][A-Za-z0-9_.-]*$/, "write letters, digits, _ . and -, first a letter or _");

/** A folder, from the root. */
export const storedFolder = () =>
  z
    .string()
    .regex(/^\/(?:[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+)*)?$/, "write a folder such as /pve, without a / at its end");

/** Slug of an environment. */
export const storedEnvironment = () =>
  z.string().regex(/^[a-z0-9-]{1,64}$/, "write the environment's slug, such as prod");

export const storedProject = () =>
  z.string().regex(/^[\w-]{1,60}$/, "write the project's id, as the address of its page has it");
