import type * as pulumi from "@pulumi/pulumi";

/** What the option says of each resource and component of this library, where it says anything. */
const retention = new WeakMap<pulumi.Resource, boolean | undefined>();

/**
 * Does `retainOnDelete` hold for a resource? The engine takes it from the parent where the resource says nothing itself. Undefined
 * where a component of the program's own is above it, of whose options nothing is known here.
 */
export function retentionOf(opts: pulumi.ResourceOptions | undefined): boolean | undefined {
  if (opts?.retainOnDelete !== undefined) return opts.retainOnDelete;
  return opts?.parent === undefined ? false : retention.get(opts.parent);
}

/** To be called of each that may be the parent of others. */
export const noteRetention = (resource: pulumi.Resource, opts: pulumi.ResourceOptions | undefined): void =>
  void retention.set(resource, retentionOf(opts));
