import { z } from "zod";
import { fields, optional, required } from "../kernel/fields/field";

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

/** Where a resource writes what it has made: a place in the store, for what no state is to hold. */
export const writtenTo = () =>
  fields({
    secretName: required("Name of the secret.", storedName(), {}),
    path: optional("Folder in Infisical: `/pve`.", storedFolder(), { default: "`proxmox:infisicalPath`" }),
    environment: optional("Environment in Infisical, by its slug.", storedEnvironment(), {
      default: "`proxmox:infisicalEnvironment`",
    }),
    projectId: optional("Project in Infisical, by its id.", storedProject(), {
      default: "`proxmox:infisicalProjectId`",
    }),
    createFolders: optional("Make the folder when it is missing; it stays on `destroy`.", z.boolean(), {
      unset: false,
    }),
    adopt: optional("Write over a secret of this name that is somebody else's.", z.boolean(), { unset: false }),
  });

export type WrittenTo = z.infer<ReturnType<typeof writtenTo>>;
