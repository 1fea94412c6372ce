/** Secret references and the places where secrets are kept. */
export type { Timing } from "./timing";
export { configSource } from "./stack-config";
export { environmentSource } from "./environment";
export { keyedHash } from "./hash";
export { infisicalSource, type InfisicalOptions } from "./infisical";
export * from "./reference";
export { failureOf, SecretNotFound, SourceRefused, SourceUnavailable, type SecretSource } from "./source";
