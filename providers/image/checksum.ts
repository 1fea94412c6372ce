/** Checksum algorithms that Proxmox verifies, by the length of their hexadecimal digest. */
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
  const algorithm = (
    named ?? Object.keys(algorithms).find((name) => algorithms[name] === digest.length)
  )?.toLowerCase();
  if (algorithm === undefined || algorithms[algorithm] !== digest.length) return undefined;
  return { algorithm, digest: digest.toLowerCase() };
}

export const checksumHint = `write e.g. "sha256:" and the 64 hexadecimal digits of the publisher's SHA256SUMS`;
