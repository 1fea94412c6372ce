import * as pulumi from "@pulumi/pulumi";
import { stackId } from "./identity/stack-identity";
import { providerText } from "./text";

/** How a class of resources is registered with the engine. */
export interface Shell {
  /** Name of the class, unique in the package: `pulumi-nodejs:dynamic/proxmox:<kind>`; the state remembers it. */
  readonly kind: string;
  /** Outputs that are not inputs; they are registered as undefined so that they exist as properties. */
  readonly outputs: readonly string[];
  /** Inputs that are secret whatever the program says, as paths: `cloudInit.password`. */
  readonly sensitive?: readonly string[];
  /** Marks what it makes as owned by this stack. */
  readonly marked?: boolean;
}

/**
 * A resource whose provider runs in Pulumi's own dynamic-provider process. Only one line of text is serialised; see
 * {@link providerText}. Resources have no connection argument: they belong to the cluster of the stack's config, or to
 * that of the {@link Provider} given as `provider`.
 */
export abstract class ProxmoxResource extends pulumi.CustomResource {
  protected constructor(shell: Shell, name: string, args: object, opts?: pulumi.CustomResourceOptions) {
    const type = `pulumi-nodejs:dynamic/proxmox:${shell.kind}`;
    const computed = Object.fromEntries(shell.outputs.map((key) => [key, undefined]));
    const props = {
      ...computed,
      ...sealed(args as Record<string, unknown>, shell.sensitive ?? []),
      __urn: ownUrn(name, type, opts?.parent),
      ...(shell.marked ? { __stack: stackId() } : {}),
      ...(pulumi.runtime.isDryRun() ? { __preview: true, __problems: undefined } : {}),
      __provider: providerText(shell.kind),
    };
    warnOfClearSecrets();
    super(type, name, props, opts);
    if (pulumi.runtime.isDryRun()) reportProblems(this);
  }
}

/**
 * The engine stops at the first resource whose check fails. In a preview the provider therefore hands its problems to
 * the program, which reports those of all resources and fails in the end.
 */
function reportProblems(resource: ProxmoxResource): void {
  const { __problems } = resource as unknown as { __problems?: pulumi.Output<string[] | undefined> };
  __problems?.apply((problems) => {
    if (problems === undefined) return;
    // What the language host knows as: the program failed and has said why.
    process.exitCode = 32;
    for (const problem of problems) void pulumi.log.error(problem, resource);
  });
}

/** There in every version of the SDK, but not in its declarations. */
const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret(key: string): boolean };
const secretKeys = ["password", "tokenSecret", "sshPrivateKey", "sshPassphrase", "sshPassword"];
const warned = new Set<string>();

/** The engine stores the stack's config with the provider, and encrypts only what was set as a secret. */
function warnOfClearSecrets(): void {
  for (const key of secretKeys.map((name) => `proxmox:${name}`)) {
    if (!pulumi.runtime.getConfig(key) || isConfigSecret(key) || warned.has(key)) continue;
    warned.add(key);
    void pulumi.log.warn(
      `${key} stands in clear in the config and in the state; run: pulumi config set --secret ${key}`,
    );
  }
}

/**
 * The resource's own URN as an input: the methods of a dynamic provider are not told it. The promise is passed instead
 * of the output, because the output depends on the parent component, which waits for all its children: a deadlock.
 */
function ownUrn(name: string, type: string, parent: pulumi.Resource | undefined): pulumi.Output<string> {
  const urn = pulumi.createUrn(name, type, parent) as pulumi.Output<string> & { promise(): Promise<string> };
  return pulumi.output(urn.promise());
}

/** Sensitive inputs are secrets in the state even when the program passes them in clear. */
export function sealed(args: Record<string, unknown>, paths: readonly string[]): Record<string, unknown> {
  const out = { ...args };
  for (const path of paths) {
    const [key, ...rest] = path.split(".") as [string, ...string[]];
    if (out[key] !== undefined) out[key] = seal(out[key], rest);
  }
  return out;
}

function seal(value: unknown, path: readonly string[]): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return pulumi.secret(value);
  const within = (object: unknown): unknown => {
    if (object === null || typeof object !== "object" || !(key in object)) return object;
    return { ...object, [key]: seal((object as Record<string, unknown>)[key], rest) };
  };
  return isPlain(value) ? within(value) : (pulumi.output(value) as pulumi.Output<unknown>).apply(within);
}

const isPlain = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  !pulumi.Output.isInstance(value) &&
  !("then" in value && typeof value.then === "function");
