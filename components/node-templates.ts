import * as pulumi from "@pulumi/pulumi";
import { Component } from "../providers/kernel/program/component";
import { CloudImage, type CloudImageArgs } from "../providers/image/cloud-image";
import { Template, type TemplateArgs } from "../providers/vm/template";
import { dependencies } from "./child";

/** Inputs of {@link NodeTemplates}. */
export interface NodeTemplatesArgs {
  /**
   * Nodes that get a template of their own. A node added later gets one then; the others stay as they are.
   *
   * - Change: makes or deletes exactly the templates of the nodes that come or go
   */
  readonly nodes: readonly string[];
  /**
   * The image, downloaded by each node.
   *
   * - Change: that of each CloudImage
   */
  readonly image: Omit<CloudImageArgs, "node">;
  /**
   * The template's hardware and cloud-init; its name in Proxmox is `<name>-<node>`.
   *
   * - Change: that of each Template
   */
  readonly template: Omit<TemplateArgs, "node" | "image" | "imageVolumeId" | "name" | "vmid">;
}

/**
 * The same template on each of several nodes, for clusters whose template storage is local to each node: a VM can be
 * cloned there only from a template on its own node.
 */
export class NodeTemplates extends Component {
  /** The template of each node, by the node's name. */
  readonly templates: Readonly<Record<string, Template>>;

  constructor(name: string, args: NodeTemplatesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("proxmox:index:NodeTemplates", name, {}, opts);
    const templates: Record<string, Template> = {};
    const options = { parent: this, dependsOn: dependencies(opts) };
    for (const node of args.nodes) {
      const image = new CloudImage(`${name}-${node}`, { ...args.image, node }, options);
      templates[node] = new Template(
        `${name}-${node}`,
        { ...args.template, node, imageVolumeId: image.volumeId },
        options,
      );
    }
    this.templates = templates;
    this.registerOutputs({
      vmids: Object.fromEntries(Object.entries(templates).map(([node, { vmid }]) => [node, vmid])),
    });
  }
}
