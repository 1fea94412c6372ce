import { z } from "zod";
import { referenceInConfig } from "../../../secrets";
import { parseHostKeyFingerprint, parseSshAddress, type SshOptions } from "../../../pve";
import { textOrFile } from "./text-or-file";

/** Config keys of SSH; all of them are optional, and without any of them nothing goes over SSH. */
export const sshShape = {
  /** User on the nodes. Default root, which is also what storages and /etc/pve need. */
  sshUser: z
    .string()
    .regex(/^[a-z_][a-z0-9_.-]*$/i, "write a Linux user name")
    .optional(),
  /** Port of the nodes' sshd. Default 22. */
  sshPort: z
    .string()
    .refine((text) => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535, "write a port such as 22")
    .optional(),
  /** Private key: its text, or the path of its file. */
  sshPrivateKey: z.string().min(1).optional(),
  /** Passphrase of the private key. */
  sshPassphrase: z.string().min(1).optional(),
  sshPassword: z.string().min(1).optional(),
  /** Fingerprints of the nodes' host keys as `ssh-keygen -lf` prints them. */
  sshFingerprints: z
    .array(
      z
        .string()
        .refine(
          (text) => parseHostKeyFingerprint(text) !== undefined,
          "write a fingerprint as `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` prints it: SHA256:…",
        ),
    )
    .min(1, "name at least one fingerprint")
    .optional(),
  /** A known_hosts file: its path, or its text. */
  sshKnownHosts: z.string().min(1).optional(),
  /** `true`: trust any host key. */
  sshInsecure: z.enum(["true", "false"], "write true or false").optional(),
  /** Addresses of nodes, `host` or `host:port`, where the ones that the cluster knows are not the right ones. */
  sshAddresses: z
    .record(
      z.string(),
      z.string().refine((text) => parseSshAddress(text) !== undefined, "write host or host:port"),
      'write JSON such as {"pve1": "10.0.0.5:22"}',
    )
    .optional(),
};

export type SshConfig = z.infer<z.ZodObject<typeof sshShape>>;

/** What was given, right or wrong. */
type SomeOfSsh = Partial<Record<keyof SshConfig, unknown>>;

export const sshEnvironment: Readonly<Record<string, string>> = {
  sshUser: "PROXMOX_SSH_USER",
  sshPrivateKey: "PROXMOX_SSH_PRIVATE_KEY",
  sshPassphrase: "PROXMOX_SSH_PASSPHRASE",
  sshPassword: "PROXMOX_SSH_PASSWORD",
};

export const sshLists = ["sshFingerprints"];
export const sshObjects = ["sshAddresses"];
export const sshSecrets = ["sshPrivateKey", "sshPassphrase", "sshPassword"] as const;

/** Connection options that do not depend on the cluster. */
export type SshBasics = Omit<SshOptions, "lookUp" | "redact" | "warn">;

/** What contradicts itself: any host key, and only these. The narrower one counts until that is settled. */
export function sshContradictions(config: SshConfig): { key: string; message: string }[] {
  const pins = (["sshFingerprints", "sshKnownHosts"] as const).filter((key) => config[key] !== undefined);
  if (config.sshInsecure !== "true" || pins.length === 0) return [];
  const message = `contradicts ${pins.join(" and ")}: it would trust any host key; remove sshInsecure`;
  return [{ key: "sshInsecure", message }];
}

/** Is there anything to log in with? Nothing to say when SSH is not configured at all. */
export function sshLoginProblems(config: SomeOfSsh, env: NodeJS.ProcessEnv): { key: string; message: string }[] {
  if (!sshConfigured(config)) return [];
  if (config.sshPrivateKey !== undefined || config.sshPassword !== undefined || env["SSH_AUTH_SOCK"]) return [];
  const message =
    "there is no way to log in: set it (or PROXMOX_SSH_PRIVATE_KEY), start an ssh-agent, or set sshPassword";
  return [{ key: "sshPrivateKey", message }];
}

/** What else SSH lacks to be used; nothing when it is not configured at all. */
export function sshProblems(config: SshConfig): { key: string; message: string }[] {
  if (!sshConfigured(config)) return [];
  const problems: { key: string; message: string }[] = [];
  if (config.sshFingerprints === undefined && config.sshKnownHosts === undefined && config.sshInsecure !== "true")
    problems.push({
      key: "sshFingerprints",
      message:
        "nothing says which host keys to trust: set sshFingerprints (`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` " +
        "on each node) or sshKnownHosts",
    });
  for (const [key, marker] of [
    ["sshPrivateKey", "-----BEGIN"],
    ["sshKnownHosts", " "],
  ] as const) {
    const text = config[key];
    if (text === undefined || referenceInConfig(text)) continue;
    if (textOrFile(text, marker) === undefined)
      // A key that was pasted without its first line must not be shown.
      problems.push({ key, message: unreadable });
  }
  return problems;
}

const unreadable = "is neither the text itself nor the path of a file that can be read";

/** What a reference leads to is known only here. */
function readable(key: string, value: string, marker: string): string {
  const text = textOrFile(value, marker);
  if (text === undefined) throw new Error(`config proxmox:${key}: ${unreadable}`);
  return text;
}

/** Undefined when SSH is not configured. */
export function sshOptions(config: SshConfig, env: NodeJS.ProcessEnv): SshBasics | undefined {
  if (!sshConfigured(config)) return undefined;
  const { sshPrivateKey, sshKnownHosts } = config;
  return {
    user: config.sshUser,
    port: config.sshPort === undefined ? undefined : Number(config.sshPort),
    privateKey: sshPrivateKey === undefined ? undefined : readable("sshPrivateKey", sshPrivateKey, "-----BEGIN"),
    passphrase: config.sshPassphrase,
    password: config.sshPassword,
    agent: env["SSH_AUTH_SOCK"] || undefined,
    addresses: config.sshAddresses,
    hostKeys: {
      fingerprints: config.sshFingerprints,
      knownHosts: sshKnownHosts === undefined ? undefined : readable("sshKnownHosts", sshKnownHosts, " "),
      insecure: config.sshInsecure === "true",
    },
  };
}

/** A user, a port or addresses alone ask for nothing. */
export const sshConfigured = (config: SomeOfSsh): boolean =>
  [...sshSecrets, "sshFingerprints", "sshKnownHosts", "sshInsecure"].some(
    (key) => config[key as keyof SshConfig] !== undefined,
  );
