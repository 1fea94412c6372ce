import type { SecretSource } from "./source";

/** The stack's config under `secrets:`, where Pulumi encrypts it: `pulumi config set --secret secrets:NAME`. */
export function configSource(get: (key: string) => string | undefined): SecretSource {
  return {
    name: "config",
    place: () => "Pulumi config secrets:*",
    find: async ({ secretRef }) => get(`secrets:${secretRef}`) || undefined,
    // The plugin can ask for a key, but not for all keys.
    names: async () => [],
  };
}
