import * as pulumi from "./sdk";
import type { SecretReference } from "../../../secrets/reference";
import { sealed, secretKeys } from "./resource";

/** The config of one more cluster, with the same keys as the stack's own: `proxmox:endpoints`, ... */
export interface ProviderArgs {
  /**
   * Addresses of nodes, `https://host:8006`; another one is asked when one is away.
   *
   * - Default: `PROXMOX_ENDPOINTS` of the environment
   * - Change: of the connection only
   */
  readonly "proxmox:endpoints"?: pulumi.Input<string | string[]> | undefined;
  /**
   * User with realm, such as `root@pam`; with `proxmox:password`.
   *
   * - Default: `PROXMOX_USERNAME` of the environment
   * - Change: of the connection only
   */
  readonly "proxmox:username"?: pulumi.Input<string> | undefined;
  /**
   * Password of the user, or a reference to it; encrypted in the state.
   *
   * - Default: `PROXMOX_PASSWORD` of the environment
   * - Change: of the connection only
   */
  readonly "proxmox:password"?: pulumi.Input<string | SecretReference> | undefined;
  /**
   * API token, `user@realm!name`, instead of user and password.
   *
   * - Default: `PROXMOX_TOKEN_ID` of the environment
   * - Change: of the connection only
   */
  readonly "proxmox:tokenId"?: pulumi.Input<string> | undefined;
  /**
   * Secret of the token, or a reference to it; encrypted in the state.
   *
   * - Default: `PROXMOX_TOKEN_SECRET` of the environment
   * - Change: of the connection only
   */
  readonly "proxmox:tokenSecret"?: pulumi.Input<string | SecretReference | undefined>;
  /**
   * Authority that signed the nodes' certificates: its file, or its text in PEM.
   *
   * - Default: the authorities that Node.js trusts
   * - Change: of the connection only
   */
  readonly "proxmox:ca"?: pulumi.Input<string> | undefined;
  /**
   * Or: SHA-256 fingerprints of the certificates themselves.
   *
   * - Default: not set
   * - Change: of the connection only
   */
  readonly "proxmox:fingerprints"?: pulumi.Input<string | string[]> | undefined;
  /**
   * Accept any certificate: whoever sits in between can read the credentials.
   *
   * - Default: false
   * - Change: of the connection only
   */
  readonly "proxmox:insecure"?: pulumi.Input<string | boolean> | undefined;
  /**
   * VMIDs that may be given out, such as `2000-2999`.
   *
   * - Default: those of the datacenter
   * - Change: of the connection only
   */
  readonly "proxmox:vmids"?: pulumi.Input<string> | undefined;
  /**
   * Clones and imports at work at once on one node.
   *
   * - Default: 6
   * - Change: of the connection only
   */
  readonly "proxmox:parallelPerNode"?: pulumi.Input<string | number> | undefined;
  /**
   * The same on one storage that is named as their target; a local one counts for each node by itself.
   *
   * - Default: 6
   * - Change: of the connection only
   */
  readonly "proxmox:parallelPerStorage"?: pulumi.Input<string | number> | undefined;
  /**
   * Longest wait for the cluster in a preview, a number with a unit; without it, inputs are checked offline.
   *
   * - Default: `"5s"`
   * - Change: of the connection only
   */
  readonly "proxmox:previewTimeout"?: pulumi.Input<string> | undefined;
  /**
   * Where secrets are looked up, in this order: `infisical`, `environment`, `config`.
   *
   * - Default: all three, in this order
   * - Change: of the connection only
   */
  readonly "proxmox:secretSources"?: pulumi.Input<string | string[]> | undefined;
  /**
   * Project in Infisical, by its id.
   *
   * - Default: not set: Infisical is not asked
   * - Change: of the connection only
   */
  readonly "proxmox:infisicalProjectId"?: pulumi.Input<string> | undefined;
  /**
   * Environment in Infisical, by its slug.
   *
   * - Default: not set: Infisical is not asked
   * - Change: of the connection only
   */
  readonly "proxmox:infisicalEnvironment"?: pulumi.Input<string> | undefined;
  /**
   * Folder in Infisical.
   *
   * - Default: `"/"`
   * - Change: of the connection only
   */
  readonly "proxmox:infisicalPath"?: pulumi.Input<string> | undefined;
  /**
   * Address of Infisical.
   *
   * - Default: `"https://app.infisical.com"`
   * - Change: of the connection only
   */
  readonly "proxmox:infisicalUrl"?: pulumi.Input<string> | undefined;
  /**
   * File that each change is written to before and after it is made; see docs/audit.md.
   *
   * - Default: `PROXMOX_AUDIT_FILE` of the environment, else no trail is kept
   * - Change: of the connection only
   */
  readonly "proxmox:auditFile"?: pulumi.Input<string> | undefined;
  /**
   * Size from which on the file is put aside, and another one begun.
   *
   * - Default: `"10MiB"`
   * - Change: of the connection only
   */
  readonly "proxmox:auditFileSize"?: pulumi.Input<string> | undefined;
  /**
   * Syslog server that gets a copy of each line: `udp://10.0.0.5:514`.
   *
   * - Default: not set
   * - Change: of the connection only
   */
  readonly "proxmox:auditSyslog"?: pulumi.Input<string> | undefined;
  /**
   * An operator's order: the next `up` rotates every `ApiToken` that was made before this moment, a day or a time with its
   * zone, which must have passed.
   *
   * - Default: `proxmox:rotate` of the stack's config
   * - Change: of the connection only
   */
  readonly "proxmox:rotate"?: pulumi.Input<string> | undefined;
  /**
   * Clusters that were made anew: `OLD=NEW`, by the beginnings of the fingerprints of their authorities, as the error has it that
   * asks for it. What is in the state as of the first is then looked for in the second. Says nothing of any other cluster.
   *
   * - Default: `proxmox:rebuilt` of the stack's config, else `PROXMOX_REBUILT` of the environment
   * - Change: of the connection only
   */
  readonly "proxmox:rebuilt"?: pulumi.Input<string | string[]> | undefined;
  /**
   * User on the nodes.
   *
   * - Default: `root`, or `PROXMOX_SSH_USER` of the environment
   * - Change: of the connection only
   */
  readonly "proxmox:sshUser"?: pulumi.Input<string> | undefined;
  /**
   * Port of the nodes' SSH server.
   *
   * - Default: 22
   * - Change: of the connection only
   */
  readonly "proxmox:sshPort"?: pulumi.Input<string | number> | undefined;
  /**
   * Private key: its text, the path of its file, or a reference; encrypted in the state.
   *
   * - Default: `PROXMOX_SSH_PRIVATE_KEY` of the environment, else an agent
   * - Change: of the connection only
   */
  readonly "proxmox:sshPrivateKey"?: pulumi.Input<string | SecretReference> | undefined;
  /**
   * Passphrase of the private key, or a reference to it; encrypted in the state.
   *
   * - Default: `PROXMOX_SSH_PASSPHRASE` of the environment
   * - Change: of the connection only
   */
  readonly "proxmox:sshPassphrase"?: pulumi.Input<string | SecretReference> | undefined;
  /**
   * Password instead of a key, or a reference to it; encrypted in the state.
   *
   * - Default: `PROXMOX_SSH_PASSWORD` of the environment
   * - Change: of the connection only
   */
  readonly "proxmox:sshPassword"?: pulumi.Input<string | SecretReference> | undefined;
  /**
   * Fingerprints of the nodes' host keys as `ssh-keygen -lf` prints them.
   *
   * - Default: not set
   * - Change: of the connection only
   */
  readonly "proxmox:sshFingerprints"?: pulumi.Input<string | string[]> | undefined;
  /**
   * Or: a known_hosts file, its path or its text.
   *
   * - Default: not set
   * - Change: of the connection only
   */
  readonly "proxmox:sshKnownHosts"?: pulumi.Input<string> | undefined;
  /**
   * Trust any host key.
   *
   * - Default: false
   * - Change: of the connection only
   */
  readonly "proxmox:sshInsecure"?: pulumi.Input<string | boolean> | undefined;
  /**
   * Addresses of nodes, `host` or `host:port` by the node's name, where those that the cluster knows are not to be
   * used.
   *
   * - Default: those that the cluster knows
   * - Change: of the connection only
   */
  readonly "proxmox:sshAddresses"?: pulumi.Input<string | Record<string, string>> | undefined;
  /**
   * Nodes that are no members of the cluster yet, by their names: where each one's own API is, and root's password on it;
   * encrypted in the state.
   *
   * - Default: not set
   * - Change: of the connection only
   */
  readonly "proxmox:nodes"?: pulumi.Input<string | Record<string, NodeAddress>> | undefined;
}

/** How a node is reached while it is no member of the cluster. */
export interface NodeAddress {
  /** Its own API, `https://host:8006`. */
  readonly endpoint: string;
  /** SHA-256 fingerprint of the certificate that it has then. */
  readonly fingerprint?: string | undefined;
  /** Password of root@pam on it, or a reference to it. */
  readonly password: pulumi.Input<string> | SecretReference;
  /** Its SSH server, `host` or `host:port`, also later; the host of its endpoint unless given. */
  readonly ssh?: string | undefined;
  /** Fingerprint of its host key as `ssh-keygen -lf` prints it. */
  readonly sshFingerprint?: string | undefined;
}

/**
 * Another cluster than that of the stack's config, for resources that name it as `provider`. It runs a plugin process
 * of its own.
 *
 * ```ts
 * const lab = new Provider("lab", { "proxmox:endpoints": ["https://10.0.0.5:8006"], "proxmox:tokenId": "automation@pve!pulumi" });
 * new Vm("test", { source: { clone: { template: "debian-12" } } }, { provider: lab });
 * ```
 */
export class Provider extends pulumi.ProviderResource {
  constructor(name: string, args: ProviderArgs, opts?: pulumi.ResourceOptions) {
    // Said for the whole stack: nobody has to hand it on in the program.
    const config = new pulumi.Config("proxmox");
    const said = (["rotate", "rebuilt"] as const).flatMap((key) => {
      const value = args[`proxmox:${key}`] ?? (config.get(key) || undefined);
      return value === undefined ? [] : [[`proxmox:${key}`, value] as const];
    });
    super("pulumi-nodejs", name, sealed({ ...args, ...Object.fromEntries(said) }, secretKeys), opts);
  }
}
