import type { RawParams, RawValue } from "./verify.js";

/** One answered request, in the form that is written to the log. */
export interface RequestRecord {
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, RawValue>>;
  readonly status: number;
  readonly reason: string;
  readonly user?: string;
  readonly node: string;
  /** `METHOD /path/{template}` of the contract, when there is one. */
  readonly route?: string;
  /** The endpoint is not built. */
  readonly unbuilt?: boolean;
}

const secret =
  /^(password|confirmation-password|cipassword|secret|otp|keys|key|apitoken|value|vncticket|client-key|keyring|tfa-challenge|encryption-key|master-pubkey|bind-password)$/;

/** The parameters with secret values masked. */
export function masked(params: RawParams): Record<string, RawValue> {
  return Object.fromEntries(Object.entries(params).map(([key, value]) => [key, secret.test(key) ? "********" : value]));
}
