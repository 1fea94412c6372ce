import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { HaResourceArgs } from "./arguments.generated";

/**
 * A VM under Proxmox's high availability: its manager starts the VM again where it fails, and on another node when its own
 * does. A node that loses the others while VMs under HA run on it is reset by its watchdog. The preview says whether HA
 * starts, stops or moves VMs by a change; stopping one that runs needs `allowStop`, moving needs `allowMoves`. The deletion
 * takes the VM out of HA and leaves it as it is; rules that name it go on naming it. Under HA the power state is HA's:
 * leave `started` of the `Vm` out.
 *
 * ```ts
 * const web = new Vm("web", { nodes: ["pve1", "pve2"], source: { clone: { template: "debian-12" } } });
 * const ha = new HaResource("web", { vmid: web.vmid, state: "started" });
 * new HaRule("web", { type: "node-affinity", resources: [ha.sid], nodes: [{ node: "pve1", priority: 2 }, { node: "pve2" }] });
 * ```
 */
export class HaResource extends ProxmoxResource {
  /** The VM. */
  declare readonly vmid: pulumi.Output<number>;
  /** As HA calls it: `vm:100`; what `resources` of a rule takes. */
  declare readonly sid: pulumi.Output<string>;
  /** What HA does with it, where the program says so. */
  declare readonly state: pulumi.Output<string | undefined>;

  /** The HA resource of a VM, by its VMID: only read and never changed. */
  static get(name: string, vmid: pulumi.Input<number | string>, opts?: pulumi.CustomResourceOptions): HaResource {
    return new HaResource(name, {} as HaResourceArgs, { ...opts, id: pulumi.output(vmid).apply(String) });
  }

  constructor(name: string, args: HaResourceArgs, opts?: pulumi.CustomResourceOptions) {
    super({ kind: "HaResource", outputs: ["sid"] }, name, args, opts);
  }
}
