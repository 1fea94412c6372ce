import type * as pulumi from "@pulumi/pulumi";
import { ProxmoxResource } from "../kernel/program/resource";

/** What the cluster's list tells of a node. */
export interface NodeFacts {
  /** Name of the node. */
  readonly name: string;
  /** Whether the cluster reaches it. */
  readonly status: "online" | "offline" | "unknown";
  /** Threads of its CPUs; 0 while nobody knows. */
  readonly cores: number;
  /** Memory that it has, in MiB; 0 while nobody knows. */
  readonly memoryMiB: number;
  /** Memory that is not in use, in MiB. */
  readonly freeMemoryMiB: number;
}

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
