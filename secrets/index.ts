/** Secret references and the places where secrets are kept. */
export type { Timing } from "./timing";
export { configSource } from "./stack-config";
export { environmentSource } from "./environment";
export { keyedHash } from "./hash";
export { infisical, infisicalSource } from "./infisical";
export type { InfisicalOptions } from "./infisical-client";
export { isThere, type SecretPlace, type SecretSeen, type SecretStore, type StoredSecret } from "./infisical-store";
export * from "./reference";
export { failureOf, SecretNotFound, SourceRefused, SourceUnavailable, type SecretSource } from "./source";
