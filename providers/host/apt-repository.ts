import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { AptRepositoryArgs } from "./arguments.generated";

/**
 * One of Proxmox's own package repositories on a node, by its handle: enabled, or with `enabled: false` disabled. In which
 * file and form it is written, Proxmox decides. An entry that is there already is switched, not written once more. An
 * enterprise repository without a subscription is warned of. Deleting the resource disables the repository; its entry
 * stays in the file.
 *
 * ```ts
 * new AptRepository("enterprise", { node: "echo", handle: "enterprise", enabled: false });
 * new AptRepository("no-subscription", { node: "echo", handle: "no-subscription" });
 * ```
 */
export class AptRepository extends ProxmoxResource {
  /** Name of the node. */
  declare readonly node: pulumi.Output<string>;
  /** Proxmox's name for the repository. */
  declare readonly handle: pulumi.Output<string>;
  /** Whether packages come from it. */
  declare readonly enabled: pulumi.Output<boolean | undefined>;

  /** A repository of a node as it is, by `node/handle`, only read and never changed. */
  static get(name: string, id: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): AptRepository {
    return new AptRepository(name, {} as AptRepositoryArgs, { ...opts, id: pulumi.output(id) });
  }

  constructor(name: string, args: AptRepositoryArgs, opts?: pulumi.CustomResourceOptions) {
    super({ kind: "AptRepository", outputs: ["node", "handle", "enabled"] }, name, args, opts);
  }
}
