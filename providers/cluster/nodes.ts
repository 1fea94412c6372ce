import type * as pulumi from "@pulumi/pulumi";
import { ProxmoxResource } from "../resource";
import type { NodeFacts } from "./nodes.model";

/**
 * The nodes of the cluster as they are, only read.
 *
 * ```ts
 * const online = Nodes.get("nodes").nodes.apply((nodes) => nodes.filter(({ status }) => status === "online"));
 * ```
 */
export class Nodes extends ProxmoxResource {
  /** Every node of the cluster, sorted by name. */
  declare readonly nodes: pulumi.Output<NodeFacts[]>;

  /** Looks at the cluster, in every preview and up. */
  static get(name: string, opts?: pulumi.CustomResourceOptions): Nodes {
    return new Nodes(name, { ...opts, id: "nodes" });
  }

  private constructor(name: string, opts: pulumi.CustomResourceOptions) {
    super({ kind: "Nodes", outputs: ["nodes"] }, name, {}, opts);
  }
}
