import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { CephManagerModuleArgs } from "./arguments.generated";

/**
 * A module of Ceph's managers, enabled as long as the resource is there: `prometheus` (figures on port 9283), `dashboard`
 * (needs the package `ceph-mgr-dashboard` on each node with a manager: `SystemPackage`). One that is enabled already is
 * taken over; deleting the resource disables it, and nothing that it has stored.
 *
 * ```ts
 * const prometheus = new CephManagerModule("prometheus", { node: "echo" });
 * export const figures = prometheus.url;
 * ```
 */
export class CephManagerModule extends ProxmoxResource {
  /** Name of the module. */
  declare readonly name: pulumi.Output<string>;
  /** Where it answers, for those that do; another manager that becomes active answers elsewhere. */
  declare readonly url: pulumi.Output<string | undefined>;
  /** The Ceph that it belongs to. */
  declare readonly fsid: pulumi.Output<string>;

  /** A module that is enabled, as in `echo/prometheus` with the node that is asked; only read and never changed. */
  static get(name: string, nodeAndName: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): CephManagerModule {
    return new CephManagerModule(name, {} as CephManagerModuleArgs, { ...opts, id: pulumi.output(nodeAndName) });
  }

  constructor(name: string, args: CephManagerModuleArgs, opts?: pulumi.CustomResourceOptions) {
    super({ kind: "CephManagerModule", outputs: ["name", "url", "fsid"] }, name, args, opts);
  }
}
