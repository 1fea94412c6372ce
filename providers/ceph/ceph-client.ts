import * as pulumi from "../kernel/program/sdk";
import type { SecretReference } from "../../secrets/reference";
import { ProxmoxResource } from "../kernel/program/resource";
import type { CephClientArgs } from "./arguments.generated";

/**
 * A client of Ceph with its key and what it may do. One of this name that may do the same is taken over with its key; one
 * that may do something else is refused. The key is a secret output: the state holds it encrypted. Deleting the resource
 * deletes the key, as long as it may do what this resource has given it.
 *
 * With `writeTo` the keyring stands in Infisical instead, and in no state. Where somebody has changed it there since, nothing is
 * written: the `up` is refused. Deleting the resource deletes the secret, as long as it is what was written.
 *
 * ```ts
 * const backup = new CephClient("backup", {
 *   node: "echo",
 *   caps: { mon: "profile rbd", osd: "profile rbd-read-only pool=vm_ssd" },
 * });
 * export const keyring = backup.keyring;
 * ```
 */
export class CephClient extends ProxmoxResource {
  /** Name of the client, without `client.`. */
  declare readonly name: pulumi.Output<string>;
  /** Its key, a secret. Undefined with `writeTo`. */
  declare readonly key: pulumi.Output<string>;
  /** A keyring file with the key, a secret. Undefined with `writeTo`. */
  declare readonly keyring: pulumi.Output<string>;
  /** The Ceph that it belongs to. */
  declare readonly fsid: pulumi.Output<string>;
  /** With `writeTo`: the secret that holds the keyring; undefined without. */
  declare readonly reference: pulumi.Output<SecretReference | undefined>;
  /** With `writeTo`: version of that secret. */
  declare readonly storedVersion: pulumi.Output<number | undefined>;

  /** A client by its name, as in `echo/backup` with the node that is asked; only read and never changed. */
  static get(name: string, nodeAndName: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): CephClient {
    return new CephClient(name, {} as CephClientArgs, { ...opts, id: pulumi.output(nodeAndName) });
  }

  constructor(name: string, args: CephClientArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      {
        kind: "CephClient",
        outputs: ["name", "key", "keyring", "fsid", "reference", "storedVersion"],
        secretOutputs: ["key", "keyring", "__storedHash", "__storedKey"],
        marked: args.writeTo !== undefined,
      },
      name,
      args,
      opts,
    );
  }
}
