/** Where a secret may be kept. */
export const sourceNames = ["infisical", "environment", "config"] as const;
export type SourceName = (typeof sourceNames)[number];

/** Where to look for a secret, when it is not where the stack's config says. */
export interface SecretOptions {
  /** The one source to ask. Default: those of `proxmox:secretSources`, in their order. */
  readonly from?: SourceName;
  /** Folder in Infisical, such as `/pve`. Default: `proxmox:infisicalPath`. */
  readonly path?: string;
  /** Environment in Infisical, by its slug. Default: `proxmox:infisicalEnvironment`. */
  readonly environment?: string;
  /** Project in Infisical, by its id. Default: `proxmox:infisicalProjectId`. */
  readonly projectId?: string;
}

/** A secret by its name: what the program, the inputs and the state hold instead of the value. */
export interface SecretReference extends SecretOptions {
  /** Name of the secret. */
  readonly secretRef: string;
}

/**
 * A secret by its name, for every argument that may hold one: the value is looked up when it is needed, by the process
 * that sends it to Proxmox, and never enters the program, the state or a log. A new value shows as a change.
 *
 * ```ts
 * new Vm("web", { …, cloudInit: { user: "admin", password: secret("ADMIN_PASSWORD") } });
 * ```
 */
export function secret(name: string, options: SecretOptions = {}): SecretReference {
  if (name === "") throw new Error("secret(): write the name of the secret");
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { secretRef: name, ...(Object.fromEntries(given) as SecretOptions) };
}

/** What a check adds to a reference: the keyed hash of the value, by which a new value is noticed. */
export interface HashedReference extends SecretReference {
  readonly hash?: string;
}

export const isReference = (value: unknown): value is HashedReference =>
  typeof value === "object" &&
  value !== null &&
  typeof (value as Partial<Record<string, unknown>>)["secretRef"] === "string";

/** The same secret of the same place, whatever its value. */
export function sameReference(a: SecretReference, b: SecretReference): boolean {
  const keys = ["secretRef", "from", "path", "environment", "projectId"] as const;
  return keys.every((key) => a[key] === b[key]);
}

/** How a value of the stack's config names a secret: `secret:NAME`, or a reference as an explicit Provider passes it on. */
export function referenceInConfig(text: string): SecretReference | undefined {
  const [, name] = /^secret:(.+)$/s.exec(text) ?? [];
  if (name !== undefined) return { secretRef: name };
  // The engine writes an object as JSON, its keys sorted.
  if (!/^\{.*"secretRef":.*\}$/s.test(text)) return undefined;
  const parsed: unknown = parsedJson(text);
  return isReference(parsed) ? parsed : undefined;
}

/** A password may look like JSON and be none. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
