import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { CephMdsArgs } from "./arguments.generated";

/**
 * The metadata server of a node, which CephFS needs; a second one takes over when the first fails. One that the node has is
 * taken over. One that a file system needs is not removed.
 *
 * ```ts
 * for (const node of ["echo", "fox"]) new CephMds(node, { node });
 * ```
 */
export class CephMds extends ProxmoxResource {
  /** Name of the node, and of its metadata server. */
  declare readonly node: pulumi.Output<string>;
  /** `up:active`, `up:standby`, … */
  declare readonly state: pulumi.Output<string>;

  /** The metadata server of a node, only read and never changed. */
  static get(name: string, node: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): CephMds {
    return new CephMds(name, {} as CephMdsArgs, { ...opts, id: pulumi.output(node) });
  }

  constructor(name: string, args: CephMdsArgs, opts?: pulumi.CustomResourceOptions) {
    super({ kind: "CephMds", outputs: ["node", "state"] }, name, args, opts);
  }
}
