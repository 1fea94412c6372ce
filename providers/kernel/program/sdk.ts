// What a program needs of Pulumi's SDK, loaded file by file. The SDK's index loads the Automation API and the serialiser of
// closures besides, with npm's own libraries: three times as many modules as all of this, for nothing that is used here.
import * as config from "@pulumi/pulumi/runtime/config";
import { isDryRun } from "@pulumi/pulumi/runtime/settings";
import { getStackResource } from "@pulumi/pulumi/runtime/stack";

export { Config } from "@pulumi/pulumi/config";
export { RunError } from "@pulumi/pulumi/errors";
export * as log from "@pulumi/pulumi/log";
export { getStack } from "@pulumi/pulumi/metadata";
export { all, interpolate, Output, output, secret } from "@pulumi/pulumi/output";
export type { Input, Inputs, Unwrap } from "@pulumi/pulumi/output";
export {
  ComponentResource,
  createUrn,
  CustomResource,
  ProviderResource,
  Resource,
  rootStackResource,
} from "@pulumi/pulumi/resource";
export type { ComponentResourceOptions, CustomResourceOptions, ResourceOptions } from "@pulumi/pulumi/resource";

/** There in every version of the SDK, but not in its declarations. */
const { isConfigSecret } = config as unknown as { isConfigSecret(key: string): boolean };

export const runtime = { allConfig: config.allConfig, getStackResource, isConfigSecret, isDryRun };
