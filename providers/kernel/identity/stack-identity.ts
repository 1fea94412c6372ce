import * as pulumi from "../program/sdk";
import { kindsToCome, usesCluster } from "../program/coming-kinds";
import { providerText } from "../program/text";

/**
 * A random id that the stack keeps in its state from its first `up` on. What the stack makes is marked with a hash of
 * it, so that a later run knows its own objects, also when the run that made them could not record them.
 */
class StackIdentity extends pulumi.CustomResource {
  declare readonly value: pulumi.Output<string>;
  /** Key of the hashes that the state keeps of secrets; encrypted in the state. */
  declare readonly hashKey: pulumi.Output<string>;
  constructor() {
    super(
      "pulumi-nodejs:dynamic/proxmox:StackIdentity",
      "stack-identity",
      {
        ...{ value: undefined, hashKey: undefined, __kinds: kindsToCome() },
        ...(pulumi.runtime.isDryRun() ? { __preview: usesCluster() } : {}),
        __provider: providerText("StackIdentity"),
      },
      { additionalSecretOutputs: ["hashKey"] },
    );
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
export const stackId = (): pulumi.Input<string> =>
  pulumi.runtime.isDryRun() ? (identity(), unknown) : identity().value;

/** The stack's key for hashes of secrets; not known before its first `up`. */
export const hashKey = (): pulumi.Output<string> => pulumi.secret(identity().hashKey);

function identity(): StackIdentity {
  const stack = pulumi.runtime.getStackResource() ?? withoutStack;
  let known = identities.get(stack);
  if (!known) identities.set(stack, (known = new StackIdentity()));
  return known;
}
