import { z } from "zod";
import { parseHostKeyFingerprint, parseSshAddress, type ConnectOptions } from "../../../pve";
import { failureOf, isReference, referenceInConfig, type SecretReference } from "../../../secrets";
import { address, fingerprint } from "./address-fields";
import type { SshBasics, SshConfig } from "./ssh-config";

const nodeSchema = z.strictObject(
  {
    /** Its own API, `https://host:8006`: asked until it is a member of the cluster. */
    endpoint: address,
    /** SHA-256 fingerprint of the certificate that it has then. */
    fingerprint: fingerprint.optional(),
    /** Password of root@pam on it. */
    password: z.custom<string | SecretReference>(
      (value) => isReference(value) || (typeof value === "string" && value !== ""),
      "write the password, or secret:NAME",
    ),
    /** Where its SSH server is, `host` or `host:port`. Default: the host of its endpoint. */
    ssh: z
      .string()
      .refine((text) => parseSshAddress(text) !== undefined, "write host or host:port")
      .optional(),
    /** Fingerprint of its host key, as `ssh-keygen -lf` prints it. */
    sshFingerprint: z
      .string()
      .refine(
        (text) => parseHostKeyFingerprint(text) !== undefined,
        "write a fingerprint as `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` prints it: SHA256:…",
      )
      .optional(),
  },
  'write an object such as {"endpoint": "https://192.168.3.5:8006", "password": "secret:NAME"}',
);

type NodeConfig = z.infer<typeof nodeSchema>;
export type NodesConfig = Readonly<Record<string, NodeConfig>>;

const example =
  '{"pve2": {"endpoint": "https://192.168.3.6:8006", "fingerprint": "12:34:…:EF", "password": "secret:NAME"}}';

/** Nodes by their names, each with what is needed to reach it while it is no member of the cluster. */
export const nodesShape = {
  nodes: z
    .record(z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i), nodeSchema, {
      error: ({ code }) =>
        code === "invalid_key" ? "write the node's own name, as `hostname` prints it" : `write JSON such as ${example}`,
    })
    .optional(),
};

/** What else of the config concerns them. */
interface Around extends SshConfig {
  readonly nodes?: NodesConfig | undefined;
  readonly insecure?: string | undefined;
}

/** Values that say two things at once; none of them is shown. */
export function nodesContradictions(config: Around): { path: string; message: string }[] {
  const nodes = Object.entries(config.nodes ?? {});
  const said = new Map<string, string>();
  return nodes.flatMap(([name, node]) => {
    const at = (key: string, message: string) => ({ path: `nodes.${name}.${key}`, message });
    const twice = (key: "endpoint" | "fingerprint" | "ssh", what: string) => {
      const value = node[key]?.toLowerCase().replace(/\/$/, "");
      const before = value === undefined ? undefined : said.get(`${key} ${value}`);
      if (value !== undefined && before === undefined) said.set(`${key} ${value}`, name);
      return before === undefined ? [] : [at(key, `is that of ${before} too: two nodes have two ${what}`)];
    };
    const elsewhere = config.sshAddresses?.[name];
    return [
      ...twice("endpoint", "addresses"),
      ...twice("fingerprint", "certificates"),
      ...twice("ssh", "SSH servers"),
      ...(node.fingerprint !== undefined && config.insecure === "true"
        ? [at("fingerprint", "contradicts insecure, which would trust any certificate; remove insecure")]
        : []),
      ...(node.ssh !== undefined && elsewhere !== undefined && elsewhere !== node.ssh
        ? [at("ssh", `contradicts sshAddresses, which has another address for ${name}; keep one of them`)]
        : []),
      ...(node.sshFingerprint !== undefined && config.sshInsecure === "true"
        ? [at("sshFingerprint", "contradicts sshInsecure, which would trust any host key; remove sshInsecure")]
        : []),
    ];
  });
}

/** What is missing for the SSH that a node asks for. */
export function nodesProblems(config: Around, ssh: boolean): { path: string; message: string }[] {
  return Object.entries(config.nodes ?? {}).flatMap(([name, node]) =>
    node.ssh !== undefined && node.sshFingerprint === undefined && !ssh
      ? [
          {
            path: `nodes.${name}.sshFingerprint`,
            message:
              "nothing says which host key to trust: write what `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` prints on the node",
          },
        ]
      : [],
  );
}

/** How one node is reached by itself. */
export interface NodeAccess {
  readonly api: ConnectOptions;
  readonly ssh: SshBasics | undefined;
}

export async function nodeOptions(
  name: string,
  node: NodeConfig,
  cluster: { readonly api: ConnectOptions; readonly ssh: SshBasics | undefined },
  reveal: (reference: SecretReference) => Promise<string>,
): Promise<NodeAccess> {
  const { fingerprint: pin } = node;
  const password = await revealed(name, node.password, reveal);
  return {
    api: {
      endpoints: [node.endpoint],
      credentials: { username: "root@pam", password },
      limits: cluster.api.limits,
      // Its own pin alone: another node's certificate would be another node.
      // What switches the check off never reaches further than a pin of the cluster allows there.
      tls: pin === undefined ? withoutPin(cluster.api.tls) : { fingerprints: [pin] },
    },
    ssh: nodeSsh(name, node, cluster.ssh, password),
  };
}

/** SSH to a node that the cluster has: what the node was reached by before is of no use, and its password maybe gone. */
export const memberSsh = (
  name: string,
  node: NodeConfig,
  all: SshBasics | undefined,
  reveal: (reference: SecretReference) => Promise<string>,
): SshBasics | undefined => {
  const { password } = node;
  const plain = typeof password === "string" && referenceInConfig(password) === undefined;
  return nodeSsh(name, node, all, plain ? password : () => revealed(name, password, reveal));
};

const withoutPin = (tls: ConnectOptions["tls"]): ConnectOptions["tls"] => ({
  ca: tls?.ca,
  insecure: tls?.fingerprints === undefined ? tls?.insecure : undefined,
});

async function revealed(
  name: string,
  value: string | SecretReference,
  reveal: (reference: SecretReference) => Promise<string>,
): Promise<string> {
  const reference = typeof value === "string" ? referenceInConfig(value) : value;
  if (!reference) return value as string;
  try {
    return await reveal(reference);
  } catch (error) {
    throw failureOf(`config proxmox:nodes.${name}.password`, error);
  }
}

/** SSH to one node: the key or password of all nodes, where there is one, else root's own password. */
function nodeSsh(
  name: string,
  node: NodeConfig,
  all: SshBasics | undefined,
  password: SshBasics["password"],
): SshBasics | undefined {
  if (!all && node.sshFingerprint === undefined) return undefined;
  const { sshFingerprint: pin } = node;
  const root = (all?.user ?? "root") === "root";
  return {
    ...all,
    password: all?.password ?? (root ? password : undefined),
    addresses: { [name]: all?.addresses?.[name] ?? node.ssh ?? new URL(node.endpoint).hostname },
    hostKeys: pin === undefined ? (all?.hostKeys ?? {}) : { fingerprints: [pin] },
  };
}
