/** What the public half of a private key is. */
interface PublicHalf {
  /** `ssh-ed25519`, `ssh-rsa`. */
  readonly type: string;
  /** As SSH sends it, and as a `.pub` file has it in Base64. */
  readonly blob: Buffer;
  readonly comment: string;
}

/** The public half of a private key in OpenSSH's format without a passphrase; undefined for any other text. */
export function publicHalf(privateKey: string): PublicHalf | undefined {
  const { utils } = require("ssh2") as typeof import("ssh2");
  const key = utils.parseKey(privateKey);
  if (key instanceof Error || Array.isArray(key) || !key.isPrivateKey()) return undefined;
  return { type: key.type, blob: key.getPublicSSH(), comment: key.comment };
}
