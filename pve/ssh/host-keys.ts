import { createHash, createHmac } from "node:crypto";
import { ProxmoxError } from "../errors";
import { parseHostKeyFingerprint } from "../format/ssh-host";

/** How a node's SSH server proves who it is; without any of these nothing is trusted. */
export interface HostKeyOptions {
  /** `SHA256:…` as `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` prints it; any one of them must match. */
  readonly fingerprints?: readonly string[] | undefined;
  /** Text of a known_hosts file. Entries may name the node, its address, or `[address]:port`. */
  readonly knownHosts?: string | undefined;
  /** Accept any host key. Whoever is in between then gets root on the node. */
  readonly insecure?: boolean | undefined;
}

/** Where a connection goes, under all names that a known_hosts file may have for it. */
export interface HostNames {
  readonly node: string;
  readonly host: string;
  readonly port: number;
}

interface KnownKey {
  readonly type: string;
  readonly key: Buffer;
  readonly revoked: boolean;
}

export const hostKeyFingerprint = (key: Buffer): string =>
  `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;

/** The key's own type, the first string of its wire form: `ssh-ed25519`. */
const hostKeyType = (key: Buffer): string => key.toString("latin1", 4, 4 + key.readUInt32BE(0));

/** The keys that a known_hosts file has for a host (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
function knownKeys(text: string, names: HostNames): KnownKey[] {
  const wanted = [names.node, names.port === 22 ? names.host : `[${names.host}]:${names.port}`];
  return text.split("\n").flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const marker = fields[0]?.startsWith("@") ? fields.shift() : undefined;
    const [patterns, type, key] = fields;
    // Certificates of host authorities are not what a node shows by default.
    if (!patterns || patterns.startsWith("#") || !type || !key || marker === "@cert-authority") return [];
    if (!wanted.some((name) => matches(patterns, name))) return [];
    return [{ type, key: Buffer.from(key, "base64"), revoked: marker === "@revoked" }];
  });
}

function matches(patterns: string, name: string): boolean {
  const list = patterns.split(",");
  if (list.some((pattern) => pattern.startsWith("!") && one(pattern.slice(1), name))) return false;
  return list.some((pattern) => one(pattern, name));
}

function one(pattern: string, name: string): boolean {
  const [, salt, hash] = /^\|1\|([^|]+)\|([^|]+)$/.exec(pattern) ?? [];
  if (salt !== undefined && hash !== undefined)
    return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === hash;
  const source = pattern.toLowerCase().replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${source.replace(/\*/g, ".*").replace(/\?/g, ".")}$`).test(name.toLowerCase());
}

/** Does the file name that very host, with a key that is not revoked? */
export const isKnownHost = ({ knownHosts }: HostKeyOptions, names: HostNames): boolean =>
  knownHosts !== undefined && knownKeys(knownHosts, names).some(({ revoked }) => !revoked);

/** Signature algorithms by type of key: an RSA key signs with any of these, never with SHA-1. */
const signatures: Readonly<Record<string, readonly string[]>> = {
  "ssh-ed25519": ["ssh-ed25519"],
  "ecdsa-sha2-nistp256": ["ecdsa-sha2-nistp256"],
  "ecdsa-sha2-nistp384": ["ecdsa-sha2-nistp384"],
  "ecdsa-sha2-nistp521": ["ecdsa-sha2-nistp521"],
  "ssh-rsa": ["rsa-sha2-512", "rsa-sha2-256"],
};

/** What one connection accepts. */
interface HostKeyCheck {
  /** To ask for: those whose keys are known, so that a server with several keys shows one of them. */
  readonly algorithms: readonly string[];
  /** Undefined: trusted. */
  refusal(key: Buffer): ProxmoxError | undefined;
}

export function hostKeyCheck(options: HostKeyOptions, names: HostNames): HostKeyCheck {
  const all = Object.values(signatures).flat();
  const pins = new Set((options.fingerprints ?? []).map((text) => parsePin(text)));
  const known = options.knownHosts === undefined ? [] : knownKeys(options.knownHosts, names);
  const trusted = known.filter(({ revoked }) => !revoked);
  const place = `node ${names.node} (${names.host}:${names.port})`;
  const refuse = (message: string) => new ProxmoxError({ kind: "untrusted", message, node: names.node });
  const verified = pins.size > 0 || options.knownHosts !== undefined;
  const types = new Set(trusted.flatMap(({ type }) => signatures[type] ?? []));
  return {
    algorithms: types.size > 0 && pins.size === 0 ? all.filter((name) => types.has(name)) : all,
    refusal(key) {
      if (!verified && options.insecure) return undefined;
      const shown = hostKeyFingerprint(key);
      const what = `the host key of ${place} is ${hostKeyType(key)} ${shown}`;
      if (known.some((one) => one.revoked && one.key.equals(key)))
        return refuse(`${what}, which is marked as revoked. Nothing was sent.`);
      if (pins.has(shown) || trusted.some((one) => one.key.equals(key))) return undefined;
      const expected = [...pins, ...trusted.map((one) => hostKeyFingerprint(one.key))];
      if (expected.length > 0)
        return refuse(
          `${what}, expected ${expected.join(" or ")}. Nothing was sent. If the node was installed anew, compare with ` +
            "`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` on it and update the fingerprint.",
        );
      return refuse(
        `${what}, and nothing says that this is right. Nothing was sent. Compare with ` +
          "`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` on the node, then trust that fingerprint.",
      );
    },
  };
}

function parsePin(text: string): string {
  const pin = parseHostKeyFingerprint(text);
  if (pin !== undefined) return pin;
  throw new ProxmoxError({
    kind: "invalid",
    message: `A host key's fingerprint is SHA256: and 43 characters, as \`ssh-keygen -lf\` prints it.`,
  });
}
