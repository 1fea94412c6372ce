import { createHash, generateKeyPair, randomBytes, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { publicHalf } from "../../pve";

/** A pair of keys in OpenSSH's formats. */
export interface SshKeyPair {
  /** One line, as a `.pub` file has it. */
  readonly publicKey: string;
  /** Text of the file that `ssh -i` takes, without a passphrase. */
  readonly privateKey: string;
  /** `SHA256:…` as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
}

export type KeySort = { readonly type: "ed25519" } | { readonly type: "rsa"; readonly bits: number };

const generate = promisify(generateKeyPair);

/** Made anew; the private half is nowhere but in what is returned. */
export async function makeKeyPair(sort: KeySort, comment: string): Promise<SshKeyPair> {
  const { privateKey } =
    sort.type === "rsa"
      ? await generate("rsa", { modulusLength: sort.bits, publicExponent: 65_537 })
      : await generate("ed25519");
  const { type, shown, hidden } = partsOf(privateKey);
  const blob = Buffer.concat([text(type), ...shown]);
  const check = randomBytes(4);
  const inner = Buffer.concat([check, check, text(type), ...hidden, text(comment)]);
  // PROTOCOL.key of OpenSSH: filled up with 1, 2, 3, … to the block size of the cipher, which is 8 for none.
  const padding = Buffer.from(Array.from({ length: (8 - (inner.length % 8)) % 8 }, (_, i) => i + 1));
  const whole = Buffer.concat([
    ...[Buffer.from("openssh-key-v1\0"), text("none"), text("none"), text(""), number(1), bytes(blob)],
    bytes(Buffer.concat([inner, padding])),
  ]);
  const lines = whole.toString("base64").match(/.{1,70}/g) ?? [];
  return {
    publicKey: publicLine(type, blob, comment),
    privateKey: ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join("\n"),
    fingerprint: fingerprintOf(blob),
  };
}

/** The pair that a private key of OpenSSH's format is half of; undefined for any other text. */
export function pairOf(privateKey: string): SshKeyPair | undefined {
  const half = publicHalf(privateKey);
  if (half === undefined) return undefined;
  const { type, blob, comment } = half;
  return { publicKey: publicLine(type, blob, comment), privateKey, fingerprint: fingerprintOf(blob) };
}

const publicLine = (type: string, blob: Buffer, comment: string): string =>
  `${type} ${blob.toString("base64")}${comment === "" ? "" : ` ${comment}`}`;

const fingerprintOf = (blob: Buffer): string =>
  `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;

/** The fields of both halves in the order of OpenSSH's formats. */
function partsOf(key: KeyObject): { type: string; shown: Buffer[]; hidden: Buffer[] } {
  const jwk = key.export({ format: "jwk" });
  const part = (name: "x" | "d" | "n" | "e" | "p" | "q" | "qi"): Buffer =>
    Buffer.from(jwk[name] as string, "base64url");
  if (jwk.kty === "OKP") {
    const [seed, open] = [part("d"), part("x")];
    return { type: "ssh-ed25519", shown: [bytes(open)], hidden: [bytes(open), bytes(Buffer.concat([seed, open]))] };
  }
  const [n, e] = [mpint(part("n")), mpint(part("e"))];
  return {
    type: "ssh-rsa",
    shown: [e, n],
    hidden: [n, e, ...[part("d"), part("qi"), part("p"), part("q")].map(mpint)],
  };
}

function number(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(value);
  return buffer;
}

const bytes = (content: Buffer): Buffer => Buffer.concat([number(content.length), content]);
const text = (content: string): Buffer => bytes(Buffer.from(content));

/** A number without a sign: no zeros before it, but one where its first bit would be read as a sign (RFC 4251). */
function mpint(value: Buffer): Buffer {
  const first = value.findIndex((byte) => byte !== 0);
  const plain = first < 0 ? Buffer.alloc(0) : value.subarray(first);
  return bytes(((plain[0] ?? 0) & 0x80) === 0 ? plain : Buffer.concat([Buffer.from([0]), plain]));
}
