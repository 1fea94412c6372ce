import type { SecretSource } from "./source";

/** Environment variables of the machine that runs Pulumi, read when they are needed. */
export function environmentSource(env: Readonly<Record<string, string | undefined>>): SecretSource {
  return {
    name: "environment",
    place: () => "environment variables",
    find: async ({ secretRef }) => env[secretRef] || undefined,
    names: async () => Object.keys(env),
  };
}
