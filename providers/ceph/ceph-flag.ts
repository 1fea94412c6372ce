import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { CephFlagArgs } from "./arguments.generated";

/**
 * A flag of the whole Ceph cluster, set as long as the resource is there: `noout` during maintenance, for example. One that
 * is set already is taken over, and deleting the resource unsets it.
 *
 * ```ts
 * new CephFlag("noout");
 * ```
 */
export class CephFlag extends ProxmoxResource {
  /** The flag. */
  declare readonly flag: pulumi.Output<string>;

  /** A flag that is set, only read and never changed. */
  static get(name: string, flag: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): CephFlag {
    return new CephFlag(name, {}, { ...opts, id: pulumi.output(flag) });
  }

  constructor(name: string, args: CephFlagArgs = {}, opts?: pulumi.CustomResourceOptions) {
    super({ kind: "CephFlag", outputs: ["flag"] }, name, args, opts);
  }
}
