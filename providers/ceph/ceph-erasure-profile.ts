import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { CephErasureProfileArgs } from "./arguments.generated";

/**
 * How objects are cut into pieces, for pools with `erasureCoding: { profile }`. A profile that is there as described is
 * taken over; one that is there otherwise is never overwritten: data of its pools could not be read any more. Deleting the
 * resource deletes the profile, unless a pool uses it.
 *
 * ```ts
 * const wide = new CephErasureProfile("wide", { node: "echo", k: 4, m: 2, deviceClass: "hdd" });
 * new CephPool("archive", { node: "echo", erasureCoding: { k: 4, m: 2, profile: wide.name } });
 * ```
 */
export class CephErasureProfile extends ProxmoxResource {
  /** Name of the profile. */
  declare readonly name: pulumi.Output<string>;
  /** The Ceph that it belongs to. */
  declare readonly fsid: pulumi.Output<string>;

  /** A profile by its name, as in `echo/default` with the node that is asked; only read and never changed. */
  static get(name: string, nodeAndName: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): CephErasureProfile {
    return new CephErasureProfile(name, {} as CephErasureProfileArgs, { ...opts, id: pulumi.output(nodeAndName) });
  }

  constructor(name: string, args: CephErasureProfileArgs, opts?: pulumi.CustomResourceOptions) {
    super({ kind: "CephErasureProfile", outputs: ["name", "fsid"] }, name, args, opts);
  }
}
