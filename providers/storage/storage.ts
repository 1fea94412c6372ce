import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { StorageArgs } from "./arguments.generated";

/**
 * The definition of a storage, for all nodes of the cluster or for some. Deleting the resource deletes the definition
 * and never any data, and is refused while guests have volumes there. Where the data is (`path`, `server`, `pool`, …)
 * cannot be changed: such a change removes the definition and makes it anew.
 *
 * ```ts
 * const nas = new Storage("nas", {
 *   type: "nfs", server: "192.168.3.20", export: "/srv/proxmox",
 *   content: ["images", "import", "backup"], pruneBackups: { keepLast: 3, keepWeekly: 4 },
 * });
 * const image = new CloudImage("debian", { image: "debian-12", node: "foxtrot", storage: nas.storageId });
 * ```
 *
 * An existing definition is taken over with `adopt: true`; what is not written stays as it is:
 *
 * ```ts
 * new Storage("local", { type: "dir", path: "/var/lib/vz", content: ["iso", "vztmpl", "import"], adopt: true });
 * ```
 */
export class Storage extends ProxmoxResource {
  /** Name of the storage; what disks, images and templates take. */
  declare readonly storageId: pulumi.Output<string>;

  /** An existing definition by its name, only read and never changed. */
  static get(name: string, storageId: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): Storage {
    return new Storage(name, {} as StorageArgs, { ...opts, id: pulumi.output(storageId) });
  }

  constructor(name: string, args: StorageArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      {
        kind: "Storage",
        outputs: ["storageId"],
        sensitive: ["password", "keyring", "encryptionKey", "masterPublicKey"],
      },
      name,
      args,
      opts,
    );
  }
}
