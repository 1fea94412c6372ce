import * as pulumi from "../providers/kernel/program/sdk";
import { Component } from "../providers/kernel/program/component";
import { CloudImage, type CloudImageArgs } from "../providers/image/cloud-image";
import { Template, type TemplateArgs } from "../providers/vm/template";
import { child, dependencies, type Transform } from "./child";

/** Changes of the parts before they are made; each is called once for a node. */
export interface NodeTemplatesTransforms {
  /**
   * Of images.
   *
   * - Default: as they are
   * - Change: that of the CloudImage
   */
  readonly image?: Transform<CloudImageArgs>;
  /**
   * Of templates.
   *
   * - Default: as they are
   * - Change: that of the Template
   */
  readonly template?: Transform<TemplateArgs>;
}

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
  /**
   * Changes parts before they are made.
   *
   * - Default: none
   * - Change: that of the part
   */
  readonly transform?: NodeTemplatesTransforms;
}

/**
 * The same template on each of several nodes, for clusters whose template storage is local to each node: a VM can be
 * cloned there only from a template on its own node.
 *
 * ```ts
 * const debian = new NodeTemplates("debian-12", {
 *   nodes: ["pve1", "pve2"],
 *   image: { image: "debian-12", storage: "local" },
 *   template: { disk: { storage: "local-lvm" }, networks: [{ bridge: "vmbr0" }] },
 * });
 * new Vm("web-1", { node: "pve2", source: { clone: { template: debian.templates["pve2"]!.vmid, full: false } } });
 * ```
 */
export class NodeTemplates extends Component {
  /** The template of each node, by the node's name. */
  readonly templates: Readonly<Record<string, Template>>;
  /** The image that it is made of, by the node's name. */
  readonly images: Readonly<Record<string, CloudImage>>;

  constructor(name: string, args: NodeTemplatesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("proxmox:index:NodeTemplates", name, {}, opts);
    const { transform = {} } = args;
    const templates: Record<string, Template> = {};
    const images: Record<string, CloudImage> = {};
    const options = { parent: this, dependsOn: dependencies(opts) };
    for (const node of args.nodes) {
      const own = `${name}-${node}`;
      const image = child(CloudImage, own, { ...args.image, node }, options, transform.image);
      images[node] = image;
      const described = { ...args.template, node, imageVolumeId: image.volumeId };
      templates[node] = child(Template, own, described, options, transform.template);
    }
    this.templates = templates;
    this.images = images;
    this.registerOutputs({
      vmids: Object.fromEntries(Object.entries(templates).map(([node, { vmid }]) => [node, vmid])),
    });
  }
}
