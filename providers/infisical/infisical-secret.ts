import type * as pulumi from "@pulumi/pulumi";
import type { SecretReference } from "../../secrets/reference";
import { ProxmoxResource } from "../kernel/program/resource";
import type { InfisicalSecretArgs } from "./arguments.generated";

/**
 * A secret in Infisical, written by this stack: a value that the program has by reference from elsewhere, or one that the
 * provider makes itself and tells nobody but the store. The state holds its place, version and a keyed hash.
 *
 * The end of its comment says whose it is. One that is there already is taken over only with `adopt`. Where somebody has
 * changed its value since this stack wrote it, an `up` with another one is refused; after `pulumi refresh`, which shows
 * that as a change without any value, the next `up` writes the program's.
 *
 * ```ts
 * const db = new InfisicalSecret("DB_PASSWORD", { path: "/web", createFolders: true, generate: { length: 40 } });
 * new Vm("db", { source: { clone: { template: "debian-12" } }, cloudInit: { user: "admin", password: db.reference } });
 * ```
 *
 * Needs a machine identity that reads secrets and their values, and creates, edits and deletes them. `destroy` deletes the
 * secret while its value is the one that was written; folders stay.
 */
export class InfisicalSecret extends ProxmoxResource {
  /** What arguments that hold secrets take: the value is looked up when it is needed. */
  declare readonly reference: pulumi.Output<SecretReference>;
  /** Version that was written, or seen by the last refresh. */
  declare readonly version: pulumi.Output<number>;

  constructor(name: string, args: InfisicalSecretArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      {
        kind: "InfisicalSecret",
        outputs: ["reference", "version"],
        sensitive: ["value"],
        secretOutputs: ["__hash", "__key"],
        marked: true,
      },
      name,
      args,
      opts,
    );
  }
}
