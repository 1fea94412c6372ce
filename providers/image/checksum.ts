/** Checksum algorithms that Proxmox verifies, by the length of their hexadecimal digest; the strongest last. */
const algorithms: Readonly<Record<string, number>> = {
  md5: 32,
  sha1: 40,
  sha224: 56,
  sha256: 64,
  sha384: 96,
  sha512: 128,
};

export interface Checksum {
  readonly algorithm: string;
  readonly digest: string;
}

/** Reads `sha256:<hex>`, or the bare digest whose length tells the algorithm; undefined when it is neither. */
export function parseChecksum(text: string): Checksum | undefined {
  const [, named, digest = ""] = /^(?:(\w+):)?([0-9a-f]+)$/i.exec(text.trim()) ?? [];
  const algorithm = (named ?? algorithmOf(digest))?.toLowerCase();
  if (algorithm === undefined || algorithms[algorithm] !== digest.length) return undefined;
  return { algorithm, digest: digest.toLowerCase() };
}

/** The algorithm whose digests have this length. */
export const algorithmOf = (digest: string): string | undefined =>
  Object.keys(algorithms).find((name) => algorithms[name] === digest.length);

export const showChecksum = ({ algorithm, digest }: Checksum): string => `${algorithm}:${digest}`;

export const checksumHint =
  'write "sha256:" and the 64 hexadecimal digits of the publisher\'s SHA256SUMS, or { url: "https://…/SHA256SUMS" }';
