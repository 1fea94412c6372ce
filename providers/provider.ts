import * as pulumi from "@pulumi/pulumi";
import { sealed, secretKeys } from "./resource";

/** The config of one more cluster, with the same keys as the stack's own: `proxmox:endpoints`, ... */
export type ProviderArgs = Readonly<Record<`proxmox:${string}`, pulumi.Input<unknown>>>;

/**
 * Another cluster than that of the stack's config, for resources that name it as `provider`. It runs a plugin process
 * of its own.
 *
 * ```ts
 * const lab = new Provider("lab", { "proxmox:endpoints": ["https://10.0.0.5:8006"], "proxmox:tokenId": "…" });
 * new Vm("test", { … }, { provider: lab });
 * ```
 */
export class Provider extends pulumi.ProviderResource {
  constructor(name: string, args: ProviderArgs, opts?: pulumi.ResourceOptions) {
    super("pulumi-nodejs", name, sealed(args, secretKeys), opts);
  }
}
