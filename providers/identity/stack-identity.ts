import * as pulumi from "@pulumi/pulumi";
import { providerText } from "../text";

/**
 * A random id that the stack keeps in its state from its first `up` on. What the stack makes is marked with a hash of
 * it, so that a later run knows its own objects, also when the run that made them could not record them.
 */
class StackIdentity extends pulumi.CustomResource {
  declare readonly value: pulumi.Output<string>;
  constructor() {
    super("pulumi-nodejs:dynamic/proxmox:StackIdentity", "stack-identity", {
      value: undefined,
      __provider: providerText("StackIdentity"),
    });
  }
}

const identities = new WeakMap<object, StackIdentity>();
const withoutStack = {};

/** How Pulumi writes a value that is not known yet. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * The id of the stack whose program is running; the resource behind it is registered when first asked for. A preview
 * makes nothing that would need the id: it does not wait for it, so that every resource is checked at once and the
 * mistakes of all of them are told together.
 */
export function stackId(): pulumi.Input<string> {
  const stack = pulumi.runtime.getStackResource() ?? withoutStack;
  let identity = identities.get(stack);
  if (!identity) identities.set(stack, (identity = new StackIdentity()));
  return pulumi.runtime.isDryRun() ? unknown : identity.value;
}
