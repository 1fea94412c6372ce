import * as pulumi from "../kernel/program/sdk";
import { mistake } from "../kernel/program/mistake";
import { ProxmoxResource } from "../kernel/program/resource";
import type { ClusterArgs } from "./arguments.generated";

/**
 * A cluster, made of nodes as the installer leaves them: on the first node, which `proxmox:endpoints` lead to, and then
 * the others join it one after the other. How each of those is reached until then stands in `proxmox:nodes`, with its own
 * certificate and its own root's password; that all of it is for root@pam with a password alone, the preview says.
 *
 * A cluster of this name that is there is taken over as it is; nothing is done to any other one, nor taken away to repair
 * something. All that speaks against it is looked up in the preview and again before anything is changed: guests and
 * storages of the same name on nodes that join, names, clocks, addresses of links and, with SSH, whether they reach each
 * other. A node that joins loses its own users, tokens, pools, options and definitions of storages to the cluster's.
 * Interrupted at any moment, the next `up` goes on from there. Members that the program does not name are left alone.
 * A node that is taken off the list leaves, over SSH: it becomes a Proxmox of its own, and what the cluster has of it goes;
 * it stays, which the preview says, while it has guests, Ceph's daemons, replication jobs or HA services, or while the
 * quorum needs it. One whose machine is dead is replaced by another one of its name: `replaces` names the dead one's certificate.
 * Deleting the resource leaves the cluster running, unless `destroyOnDelete` repeats its name: then each node becomes a Proxmox
 * of its own that keeps its copy of the cluster's files, one after the other, over SSH. Links, votes and
 * priorities are changed while the cluster runs, one after the other, and never without another link that carries it. Numbers of
 * members stay. A QDevice, which has to be away while nodes join or leave, is a `ClusterQdevice`.
 *
 * ```ts
 * new Cluster("lab", {
 *   nodes: [
 *     { name: "echo", links: { 0: "10.0.8.5" } },
 *     { name: "foxtrot", links: { 0: "10.0.8.6" } },
 *     { name: "golf", links: { 0: "10.0.8.7" } },
 *   ],
 * });
 * ```
 */
export class Cluster extends ProxmoxResource {
  /** Name of the cluster. */
  declare readonly name: pulumi.Output<string>;
  /** The authority that signs the certificates of all nodes, as PEM: what `proxmox:ca` takes. */
  declare readonly ca: pulumi.Output<string>;
  /** SHA-256 fingerprints of the certificates of the nodes, by their names. */
  declare readonly fingerprints: pulumi.Output<Record<string, string>>;

  /** The cluster that `proxmox:endpoints` lead to, only read and never changed. */
  static get(name: string, cluster: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): Cluster {
    return new Cluster(name, {} as ClusterArgs, { ...opts, id: pulumi.output(cluster) });
  }

  constructor(name: string, args: ClusterArgs, opts?: pulumi.CustomResourceOptions) {
    // Where the other one is deleted before it is replaced, the engine deletes this one with it before the program has described it.
    if (opts?.replaceWith !== undefined && args.destroyOnDelete !== undefined)
      throw mistake(
        `Cluster "${name}": replaceWith: cannot be beside destroyOnDelete: a replacement would take the cluster apart before the program ` +
          "says that it goes on; leave one of them out",
      );
    super({ kind: "Cluster", outputs: ["name", "ca", "fingerprints"], beside: "kind:Cluster" }, name, args, opts);
  }
}
