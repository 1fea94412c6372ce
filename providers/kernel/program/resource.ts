import * as pulumi from "./sdk";
import { isReference, referenceInConfig } from "../../../secrets/reference";
import { hashKey, stackId } from "../identity/stack-identity";
import { beside } from "./beside";
import { comes } from "./coming-kinds";
import { withoutLeakTraces } from "./leak-traces";
import { mistake } from "./mistake";
import { noteRetention, retentionOf } from "./retention";
import { providerText } from "./text";

/** How a class of resources is registered with the engine. */
interface Shell {
  /** Name of the class, unique in the package: `pulumi-nodejs:dynamic/proxmox:<kind>`; the state remembers it. */
  readonly kind: string;
  /** Outputs that are not inputs; they are registered as undefined so that they exist as properties. */
  readonly outputs: readonly string[];
  /**
   * Inputs that may hold a secret, as paths: `cloudInit.password`, `disks[].key`, `values.*`. They are encrypted in the
   * state whatever the program says, and may be references. The schema declares the same fields with `sensitiveText`.
   */
  readonly sensitive?: readonly string[];
  /** Outputs that tell something of a secret, such as the hash of a file: encrypted in the state too. */
  readonly secretOutputs?: readonly string[];
  /**
   * Two of them cannot be there at once, and a second one would take over what there is and lose it with the deletion of the
   * first: the old one goes before, also where `--replace` asks for it, of which a provider is told nothing.
   */
  readonly oldGoesFirst?: boolean;
  /** Its provider says beforehand whether what is replaced goes or stays (`retainOnDelete`), which the engine tells it nowhere. */
  readonly saysRetained?: boolean;
  /** Marks what it makes as owned by this stack. */
  readonly marked?: boolean;
  /** Its inputs have a keyed hash in any case, not only of references. */
  readonly keyed?: boolean;
  /** It is checked together with others of the program that have the same value of this argument; see {@link beside}. */
  readonly beside?: string;
}

/**
 * A resource whose provider runs in Pulumi's own dynamic-provider process. Only one line of text is serialised; see
 * {@link providerText}. Resources have no connection argument: they belong to the cluster of the stack's config, or to
 * that of the {@link Provider} given as `provider`.
 */
export abstract class ProxmoxResource extends pulumi.CustomResource {
  protected constructor(shell: Shell, name: string, args: object, given?: pulumi.CustomResourceOptions) {
    const opts = shell.oldGoesFirst && given?.id === undefined ? { deleteBeforeReplace: true, ...given } : given;
    const type = `pulumi-nodejs:dynamic/proxmox:${shell.kind}`;
    const computed = Object.fromEntries(shell.outputs.map((key) => [key, undefined]));
    const props = {
      ...computed,
      ...sealed(args as Record<string, unknown>, shell.sensitive ?? []),
      __urn: ownUrn(name, type, opts?.parent),
      // What is only looked up carries nobody's mark.
      ...(shell.marked && opts?.id === undefined ? { __stack: stackId() } : {}),
      ...(shell.keyed || holdsReference(args, shell.sensitive ?? []) ? { __hashKey: hashKey() } : {}),
      ...(shell.beside !== undefined && opts?.id === undefined
        ? { __beside: beside(shell.kind, name, args, shell.beside) }
        : {}),
      // Nothing else tells a check that the old object will be gone.
      ...(opts?.deleteBeforeReplace ? { __oldGoesFirst: true } : {}),
      ...(shell.saysRetained ? { __retained: retentionOf(opts) } : {}),
      ...(pulumi.runtime.isDryRun() ? { __preview: true, __problems: undefined } : {}),
      __provider: providerText(shell.kind),
    };
    warnOfClearSecrets();
    if (opts?.import !== undefined)
      throw mistake(
        `${shell.kind} "${name}": import: dynamic resources cannot be imported; write ${insteadOfImport(shell)}`,
      );
    if (opts?.replaceOnChanges?.length)
      void pulumi.log.warn(
        `${shell.kind} "${name}": replaceOnChanges has no effect on dynamic resources; to replace it, run pulumi up --replace with its URN`,
      );
    // The engine's own properties: the SDK would drop them, and the resource would be another one than was meant.
    for (const key of ["id", "urn"])
      if (key in args) throw mistake(`${shell.kind} "${name}": ${key}: there is no such property`);
    const secretOutputs = [...(shell.secretOutputs ?? []), ...(opts?.additionalSecretOutputs ?? [])];
    const withTraces = withoutLeakTraces();
    try {
      super(type, name, props, secretOutputs.length > 0 ? { ...opts, additionalSecretOutputs: secretOutputs } : opts);
    } finally {
      withTraces();
    }
    noteRetention(this, opts);
    // The plugin gets ready for the cluster of the stack's config, and for no other.
    if (opts?.provider === undefined && this.getProvider(type) === undefined) comes(shell.kind);
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

const adoptable = [
  ...["Acl", "Group", "Pool", "Realm", "Role", "Storage", "SystemUser", "Template", "User", "Vm"],
  ...["InfisicalSecret", "SdnController", "SdnDns", "SdnIpam", "SdnSubnet", "SdnVnet", "SdnZone"],
  ...["BackupJob", "FirewallAlias", "FirewallGroup", "FirewallIpSet", "HaResource", "HaRule"],
  ...["Bridge", "Bond", "LogRotation", "Vlan", "OvsBridge", "OvsBond", "OvsPort"],
];

const insteadOfImport = ({ kind }: Shell): string =>
  adoptable.includes(kind) ? "adopt: true in its arguments instead" : "it without that option";

/** The id by which a look-up finds a guest: a number is its VMID, a text its name. */
export const lookupId = (guest: pulumi.Input<number | string>): pulumi.Output<string> =>
  pulumi.output(guest).apply((given) => (typeof given === "number" ? String(given) : `name:${given}`));

const { isConfigSecret, allConfig } = pulumi.runtime;
/** Config that the state must not hold in clear. */
export const secretKeys = ["password", "tokenSecret", "sshPrivateKey", "sshPassphrase", "sshPassword", "nodes"].map(
  (name) => `proxmox:${name}`,
);
const warned = new Set<string>();

/** Whether a value of the config tells a secret. A reference tells none, nor does the path of a key's file. */
export function tellsSecret(key: string, value: string): boolean {
  if (!secretKeys.includes(key) && !key.startsWith("secrets:")) return false;
  if (value === "" || referenceInConfig(value)) return false;
  if (key === "proxmox:nodes") return !passwordsAreReferences(value);
  // No private key is so short, or stands in one line.
  return key !== "proxmox:sshPrivateKey" || !/^(?!.*-----BEGIN).{1,255}$/.test(value);
}

/** Whether the nodes of a config name their passwords as secrets instead of telling them. */
function passwordsAreReferences(nodes: string): boolean {
  let known: unknown;
  try {
    known = JSON.parse(nodes);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return false;
  }
  return Object.values(known ?? {}).every((node: unknown) => {
    const password = (node as { password?: unknown } | null)?.password;
    return isReference(password) || (typeof password === "string" && referenceInConfig(password) !== undefined);
  });
}

/** The engine stores the stack's config with the provider, and encrypts only what was set as a secret. */
function warnOfClearSecrets(): void {
  for (const [key, value] of Object.entries(allConfig())) {
    if (!tellsSecret(key, value) || isConfigSecret(key) || warned.has(key)) continue;
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

/** `disks[].key` -> disks, [], key. */
const steps = (path: string): string[] => path.replace(/\[\]/g, ".[]").split(".");

/** Sensitive inputs are secrets in the state even when the program passes them in clear. */
export function sealed(args: Record<string, unknown>, paths: readonly string[]): Record<string, unknown> {
  return paths.reduce((out, path) => at(out, steps(path), seal) as Record<string, unknown>, { ...args });
}

/** A reference tells nothing: it may be seen, and its change too. */
const seal = (value: unknown): unknown => (isPlainReference(value) ? value : pulumi.secret(value));

/** A copy with what is at the path changed; through outputs, lists (`[]`) and maps (`*`). */
function at(value: unknown, path: readonly string[], change: (found: unknown) => unknown): unknown {
  const [key, ...rest] = path;
  if (value === undefined || value === null) return value;
  if (key === undefined) return change(value);
  if (!isPlain(value))
    return (pulumi.output(value) as pulumi.Output<unknown>).apply((known) => at(known, path, change));
  if (Array.isArray(value)) return key === "[]" ? value.map((item) => at(item, rest, change)) : (value as unknown);
  if (typeof value !== "object") return value;
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.map(([name, inner]) => [name, key === "*" || key === name ? at(inner, rest, change) : inner] as const),
  );
}

/** Is there a reference at one of the paths, or an output that may hold one? */
const holdsReference = (args: object, paths: readonly string[]): boolean =>
  paths.some((path) => leadsToReference(args, steps(path)));

function leadsToReference(value: unknown, path: readonly string[]): boolean {
  const [key, ...rest] = path;
  if (!isPlain(value)) return true;
  if (value === null || typeof value !== "object") return false;
  // Data at such a path, user data for example, may hold references at any depth.
  if (key === undefined) return isReference(value) || Object.values(value).some((one) => leadsToReference(one, []));
  return Object.entries(value).some(
    ([name, inner]) =>
      (Array.isArray(value) ? key === "[]" : key === "*" || key === name) && leadsToReference(inner, rest),
  );
}

const isPlain = (value: unknown): boolean =>
  typeof value !== "object" ||
  value === null ||
  (!pulumi.Output.isInstance(value) && !("then" in value && typeof value.then === "function"));

const isPlainReference = (value: unknown): boolean => isPlain(value) && isReference(value);
