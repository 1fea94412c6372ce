import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type {
  NodeOptionsAcmeArgs,
  NodeOptionsAcmeDomainArgs,
  NodeOptionsArgs,
  NodeOptionsLocationArgs,
  NodeOptionsWakeOnLanArgs,
} from "./arguments.generated";

const options = [
  "description",
  "wakeOnLan",
  "startAllOnBootDelay",
  "ballooningTarget",
  "location",
  "acme",
  "acmeDomains",
];

/**
 * Options of a node: its notes, how it is woken, when its guests start, its ACME domains. Only those are managed that the
 * program sets: others keep what they have, and one that is taken out of the program goes back to Proxmox's default. What
 * is there gives way on creation, which the preview shows; deleting the resource leaves all of them as they are.
 *
 * The rights that it needs are `Sys.Audit` and `Sys.Modify` on `/`.
 *
 * ```ts
 * new NodeOptions("echo", { node: "echo", description: "rack 3", startAllOnBootDelay: 60 });
 * ```
 */
export class NodeOptions extends ProxmoxResource {
  /** Name of the node. */
  declare readonly node: pulumi.Output<string>;
  /** Notes of the node. */
  declare readonly description: pulumi.Output<string | undefined>;
  /** How the other nodes wake this one. */
  declare readonly wakeOnLan: pulumi.Output<NodeOptionsWakeOnLanArgs | undefined>;
  /** Seconds from the boot until the first guest is started. */
  declare readonly startAllOnBootDelay: pulumi.Output<number | undefined>;
  /** Percent of memory in use from which on guests give memory back. */
  declare readonly ballooningTarget: pulumi.Output<number | undefined>;
  /** Where the node stands. */
  declare readonly location: pulumi.Output<NodeOptionsLocationArgs | undefined>;
  /** Account and domains of the ACME certificate. */
  declare readonly acme: pulumi.Output<NodeOptionsAcmeArgs | undefined>;
  /** Domains of the ACME certificate, each with its plugin. */
  declare readonly acmeDomains: pulumi.Output<NodeOptionsAcmeDomainArgs[] | undefined>;

  /** The options of a node as they are, only read and never changed. */
  static get(name: string, node: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): NodeOptions {
    return new NodeOptions(name, {} as NodeOptionsArgs, { ...opts, id: pulumi.output(node) });
  }

  constructor(name: string, args: NodeOptionsArgs, opts?: pulumi.CustomResourceOptions) {
    super({ kind: "NodeOptions", outputs: ["node", ...options] }, name, args, opts);
  }
}
