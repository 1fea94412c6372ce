import { z } from "zod";
import type { ConnectOptions } from "../../../pve";
import { failureOf, referenceInConfig, sourceNames, type SecretReference, type SourceName } from "../../../secrets";
import { rebuiltForm } from "../identity/cluster-identity";
import { textOrFile } from "./text-or-file";
import { address, fingerprint } from "./address-fields";
import { auditContradictions, auditShape, auditSettings, type AuditSettings } from "./audit-config";
import { unknownKeys, type ConfigSource } from "./config-keys";
import { isDuration, milliseconds } from "../call/duration";
import { moment } from "../call/moment";
import { futureOrder } from "./rotation-order";
import { problemsOf, type Problem } from "../state/problems";
import {
  memberSsh,
  nodeOptions,
  nodesContradictions,
  nodesProblems,
  nodesShape,
  type NodeAccess,
  type NodesConfig,
} from "./nodes-config";
import {
  sshConfigured,
  sshContradictions,
  sshEnvironment,
  sshLists,
  sshLoginProblems,
  sshObjects,
  sshOptions,
  sshProblems,
  sshSecrets,
  sshShape,
  type SshBasics,
} from "./ssh-config";

const tokenId = z.string().superRefine((text, ctx) => {
  const wrong = (message: string) => ctx.addIssue({ code: "custom", message });
  if (/^[^\s:/@]+@[A-Za-z][\w.-]*![\w.-]+=/.test(text))
    wrong("write user@realm!name alone: what follows the = is the secret, which belongs into tokenSecret");
  else if (!/^[^\s:/@]+@[A-Za-z][\w.-]*![\w.-]+$/.test(text)) wrong("write user@realm!name");
});

/** A list, which the schema finds to be something else, or text that is no JSON although it begins like it. */
const listOf = (example: string) => ({
  error: ({ input }: { input?: unknown }) =>
    input === undefined ? undefined : `write a list: JSON such as ["${example}"], or values with commas between them`,
});

const rebuiltAdvice = "write OLD=NEW, as the error has it that asks for it: eight pairs of hexadecimal digits each";

const atOnce = z.string().regex(/^[1-9]\d{0,2}$/, "write how many at once, from 1 to 999");

const configSchema = z
  .strictObject({
    endpoints: z.array(address, listOf("https://192.168.3.5:8006")).min(1, "name at least one address"),
    username: z
      .string()
      .regex(/^[^\s:/@]+@[A-Za-z][\w.-]*$/, "write user and realm, such as root@pam")
      .optional(),
    password: z.string().min(1).optional(),
    tokenId: tokenId.optional(),
    tokenSecret: z.string().min(1).optional(),
    fingerprints: z.array(fingerprint, listOf("12:34:…:EF")).optional(),
    ca: z.string().min(1).optional(),
    insecure: z.enum(["true", "false"], "write true or false").optional(),
    vmids: z
      .string()
      .regex(/^\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*$/, "write a range such as 2000-2999")
      .optional(),
    parallelPerNode: atOnce.optional(),
    parallelPerStorage: atOnce.optional(),
    previewTimeout: z.string().refine(isDuration, 'write a number with a unit, such as "5s"').optional(),
    rotate: moment().optional(),
    rebuilt: z.array(z.string().regex(rebuiltForm, rebuiltAdvice), listOf("9F:86:D0:81:88:4C:7D:65=A1:…")).optional(),
    ...sshShape,
    ...nodesShape,
    secretSources: z
      .array(z.enum(sourceNames, `write one of ${sourceNames.join(", ")}`))
      .min(1, "name at least one source")
      .optional(),
    infisicalProjectId: z
      .string()
      .regex(/^[\w-]{1,60}$/, "write the project's id, as the address of its page has it")
      .optional(),
    infisicalEnvironment: z.string().optional(),
    infisicalPath: z.string().startsWith("/", "write a folder such as /pve").optional(),
    ...auditShape,
    infisicalUrl: z
      .string()
      .regex(
        /^(?:https:\/\/[^/\s@]+|http:\/\/(?:127\.0\.0\.1|localhost)(?::\d+)?)\/?$/,
        "write an address such as https://app.infisical.com, without a path",
      )
      .optional(),
  })
  .superRefine((config, ctx) => {
    const wrong = (path: string, message: string) => ctx.addIssue({ code: "custom", path: [path], message });
    // A secret in a store may hold the id as well.
    if (config.tokenId === undefined && config.tokenSecret !== undefined && !referenceInConfig(config.tokenSecret))
      wrong("tokenId", bothOfToken);
    if ((config.infisicalProjectId === undefined) !== (config.infisicalEnvironment === undefined))
      wrong(
        config.infisicalProjectId === undefined ? "infisicalProjectId" : "infisicalEnvironment",
        "is required: Infisical needs both its project and its environment",
      );
  });

const bothOfToken = "a token needs both its id and its secret";

/** What is secret, and missing: a preview goes on without it, for a review may have none. */
function missingSecrets(given: Partial<Record<keyof Config, unknown>>, env: NodeJS.ProcessEnv): Problem[] {
  const { tokenId: id, tokenSecret, username, password } = given;
  if (id !== undefined && tokenSecret === undefined) return [{ path: "tokenSecret", message: bothOfToken }];
  if (tokenSecret !== undefined || (username !== undefined && password !== undefined)) return [];
  const message = "no credentials: set tokenId and tokenSecret, or username and password";
  return [
    { path: "username", message },
    ...sshLoginProblems(given, env).map(({ key, message }) => ({ path: key, message })),
  ];
}

/** Read live from the environment where the config leaves them out, so that they need not be in the state. */
const environment: Readonly<Record<string, string>> = {
  endpoints: "PROXMOX_ENDPOINTS",
  username: "PROXMOX_USERNAME",
  password: "PROXMOX_PASSWORD",
  tokenId: "PROXMOX_TOKEN_ID",
  tokenSecret: "PROXMOX_TOKEN_SECRET",
  auditFile: "PROXMOX_AUDIT_FILE",
  rebuilt: "PROXMOX_REBUILT",
  ...sshEnvironment,
};
/** The variables that stand in for keys of the config. */
export const configVariables: readonly string[] = Object.values(environment);
const lists = new Set(["endpoints", "fingerprints", "rebuilt", "secretSources", ...sshLists]);
const objects = new Set(["nodes", ...sshObjects]);
/** May name a secret instead: `secret:NAME`. */
const sensitive = ["password", "tokenSecret", ...sshSecrets] as const;
const keys = Object.keys(configSchema.shape);
export const configKeys: readonly string[] = keys;

/** Where the stack's secrets are. */
export interface SecretSettings {
  /** Sources in the order in which they are asked. */
  readonly order: readonly SourceName[];
  readonly infisical: {
    readonly url?: string | undefined;
    readonly projectId?: string | undefined;
    readonly environment?: string | undefined;
    readonly path?: string | undefined;
  };
  /** Longest wait for a source in a preview. */
  readonly previewTimeoutMs: number;
  /** A value of the stack's config. */
  get(key: string): string | undefined;
}

export interface ClusterOptions {
  readonly api: ConnectOptions;
  /** Undefined when SSH is not configured: everything that needs it then says so. */
  readonly ssh: SshBasics | undefined;
  /** The same cluster as root@pam with a ticket; undefined where the config has none. */
  readonly root: ConnectOptions | undefined;
  /** How a node of `proxmox:nodes` is reached by itself. */
  node(name: string): Promise<NodeAccess>;
  /** SSH to a node of `proxmox:nodes` that is a member of the cluster. */
  memberSsh(name: string): SshBasics | undefined;
}

/** The stack's config as options of a connection, and everything that is wrong with it. */
export interface ClusterConfig {
  /** Undefined when the config cannot be used, or has no credentials. Reveals the secrets that the config names. */
  readonly options?: (reveal: (reference: SecretReference) => Promise<string>) => Promise<ClusterOptions>;
  readonly secrets: SecretSettings;
  /** Names in `proxmox:nodes`. */
  readonly nodes: readonly string[];
  /** Those of them whose own endpoint is one of the cluster's too. */
  readonly nodesAtEndpoints: readonly string[];
  /** Does the config have what root@pam signs in with? A token is not root, not even root's own. */
  readonly root: boolean;
  /** Does it say that root@pam is to sign in, whether or not there is a password? */
  readonly rootNamed: boolean;
  /** Does the stack sign in with a token? */
  readonly token: boolean;
  /** Whom the config names: a token's id, or a user. */
  readonly user?: string;
  /** API tokens that were made before this moment are to be rotated. */
  readonly rotate?: string;
  /** Clusters that were made anew, `OLD=NEW` by their identities. */
  readonly rebuilt?: readonly string[];
  /** Undefined where no trail of changes is kept. */
  readonly audit?: AuditSettings;
  /** VMIDs that this stack may give out. */
  readonly vmids?: string;
  /** Longest wait for the cluster in a check: a preview must not hang where it is out of reach, as in a review. */
  readonly previewTimeoutMs: number;
  /** What is to be set right; of some of it, only a new `up` is stopped, for what is there can still be looked after. */
  readonly problems: readonly Problem[];
  /** Secrets that the config needs and does not have: a preview goes on without them and says so, nothing else does. */
  readonly missingSecrets: readonly Problem[];
  /** The same where SSH is set up and nobody can log in: everything else can be looked up, and is. */
  readonly missingLogin: readonly Problem[];
  /** Keys of other programs under our name. */
  readonly strangeKeys: readonly string[];
}

export function readConfig(source: ConfigSource, env: NodeJS.ProcessEnv): ClusterConfig {
  const given: Record<string, unknown> = {};
  for (const key of keys) {
    const value = source.get(`proxmox:${key}`) || env[environment[key] ?? ""];
    if (value !== undefined && value !== "") given[key] = read(key, value);
  }
  // What was pasted into the wrong key may be a secret, whatever the key's name: none of the values is shown.
  const problems: Problem[] = problemsOf(configSchema, given, keys).map(at);
  // What is there counts, whatever else is wrong with it: all of it is told at once.
  const missing = missingSecrets(given, env).map(at);
  const { misspelt, strange: strangeKeys } = unknownKeys(source, keys);
  const get = (key: string) => plain(source.get(key));
  const broken = () => {
    const secrets: SecretSettings = { order: sourceNames, infisical: {}, previewTimeoutMs: 0, get };
    const none = { nodes: [], nodesAtEndpoints: [], root: false, rootNamed: false, token: false };
    const lacking = { missingSecrets: missing, missingLogin: [] };
    return { problems: [...misspelt, ...problems], previewTimeoutMs: 5000, secrets, strangeKeys, ...none, ...lacking };
  };
  if (problems.length > 0) return broken();
  // Once in a process: zod's compiling of the schema would not pay.
  const config = configSchema.parse(given, { jitless: true });
  // Where the credentials are missing it is told with them.
  const missingLogin = missing.length > 0 ? [] : sshLoginProblems(config, env);
  for (const { key, message } of [...caProblems(config), ...sshProblems(config)])
    problems.push(at({ path: key, message }));
  problems.push(...nodesProblems(config, sshConfigured(config)).map(at));
  if (problems.length > 0) return broken();
  const previewTimeoutMs = config.previewTimeout ? milliseconds(config.previewTimeout) : 5000;
  const options = async (reveal: (reference: SecretReference) => Promise<string>): Promise<ClusterOptions> => {
    const known = await revealed(config, reveal);
    const cluster = { api: toOptions(known), ssh: sshOptions(known, env) };
    return {
      ...cluster,
      root: asRoot(cluster.api, known),
      node: (name) => nodeOptions(name, (config.nodes as NodesConfig)[name]!, cluster, reveal),
      memberSsh: (name) => memberSsh(name, (config.nodes as NodesConfig)[name]!, cluster.ssh, reveal),
    };
  };
  return {
    ...(missing.length > 0 ? {} : { options }),
    missingSecrets: missing,
    missingLogin: missingLogin.map(({ key, message }) => at({ path: key, message })),
    rootNamed: config.username === "root@pam",
    nodes: Object.keys(config.nodes ?? {}),
    nodesAtEndpoints: atEndpoints(config),
    root: config.username === "root@pam" && config.password !== undefined,
    token: config.tokenSecret !== undefined,
    ...(config.vmids ? { vmids: config.vmids } : {}),
    ...(config.rotate ? { rotate: config.rotate } : {}),
    ...(config.rebuilt ? { rebuilt: config.rebuilt } : {}),
    ...named(config),
    previewTimeoutMs,
    problems: [...misspelt, ...contradictions(config).map(at)],
    strangeKeys,
    secrets: {
      order: config.secretSources ?? sourceNames,
      infisical: {
        url: config.infisicalUrl,
        projectId: config.infisicalProjectId,
        environment: config.infisicalEnvironment,
        path: config.infisicalPath,
      },
      previewTimeoutMs,
      get,
    },
  };
}

function named(config: Config): Pick<ClusterConfig, "user" | "audit"> {
  const user = config.tokenId ?? config.username;
  const audit = auditSettings(config);
  return { ...(user === undefined ? {} : { user }), ...(audit === undefined ? {} : { audit }) };
}

const at = ({ path, message }: Problem): Problem => ({ path: `config proxmox:${path}`, message });

function atEndpoints({ endpoints, nodes = {} }: Config): string[] {
  const bare = (endpoint: string): string => endpoint.toLowerCase().replace(/\/$/, "");
  const all = new Set(endpoints.map(bare));
  return Object.entries(nodes).flatMap(([name, { endpoint }]) => (all.has(bare(endpoint)) ? [name] : []));
}

/** `insecure` trusts any certificate: beside what says which one to trust, one of them is not meant. */
function contradictions(config: Config): Problem[] {
  const pins = (["fingerprints", "ca"] as const).filter((key) => config[key] !== undefined);
  const message = `contradicts ${pins.join(" and ")}: it would trust any certificate; remove insecure`;
  return [
    ...(config.insecure === "true" && pins.length > 0 ? [{ path: "insecure", message }] : []),
    ...futureOrder(config.rotate),
    ...auditContradictions(config),
    ...sshContradictions(config).map(({ key, message }) => ({ path: key, message })),
    ...nodesContradictions(config),
  ];
}

const pem = "-----BEGIN";

function caProblems({ ca }: Config): { key: string; message: string }[] {
  const key = "ca";
  const text = ca === undefined ? undefined : textOrFile(ca, pem);
  if (ca !== undefined && text === undefined)
    return [
      {
        key,
        message: `is neither the text of a certificate nor the path of a file that can be read (from ${process.cwd()})`,
      },
    ];
  return text === undefined || text.includes(`${pem} CERTIFICATE-----`)
    ? []
    : [{ key, message: "holds no certificate: write the path of a PEM file, on a node /etc/pve/pve-root-ca.pem" }];
}

/** Numbers and flags as the stack's config would hold them. */
const plain = (value: unknown): string | undefined =>
  typeof value === "number" || typeof value === "boolean" ? String(value) : (value as string | undefined);

function read(key: string, value: unknown): unknown {
  if (typeof value === "object") return value;
  const text = plain(value) as string;
  if (lists.has(key)) return readList(text);
  return objects.has(key) ? readObject(text) : text;
}

/** What is no JSON is left as it is, for the schema to refuse. */
function readObject(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return text;
  }
}

/** A list in a config value: JSON as Pulumi stores it, or separated by commas. */
const readList = (text: string): unknown =>
  text.trim().startsWith("[") ? readObject(text) : text.split(",").map((item) => item.trim());

type Config = z.infer<typeof configSchema>;

async function revealed(config: Config, reveal: (reference: SecretReference) => Promise<string>): Promise<Config> {
  const out = { ...config };
  for (const key of sensitive) {
    const reference = referenceInConfig(config[key] ?? "");
    if (!reference) continue;
    try {
      out[key] = await reveal(reference);
    } catch (error) {
      throw failureOf(`config proxmox:${key}`, error);
    }
  }
  return withTokenOf(out);
}

/** What an ApiToken has written to a store says its id too: only with that one its value is of any use. */
function withTokenOf(config: Config): Config {
  const [, id, value] = /^([^\s:/@=]+@[A-Za-z][\w.-]*![\w.-]+)=(\S+)$/.exec(config.tokenSecret ?? "") ?? [];
  if (id !== undefined && value !== undefined) return { ...config, tokenId: id, tokenSecret: value };
  if (config.tokenSecret !== undefined && config.tokenId === undefined)
    throw new Error("config proxmox:tokenId: the secret holds no token with its id (user@realm!name=value); set it");
  return config;
}

function toOptions(config: Config): ConnectOptions {
  const { username, password, tokenId, tokenSecret, parallelPerNode, parallelPerStorage } = config;
  return {
    endpoints: config.endpoints,
    limits: {
      ...(parallelPerNode === undefined ? {} : { node: Number(parallelPerNode) }),
      ...(parallelPerStorage === undefined ? {} : { storage: Number(parallelPerStorage) }),
    },
    credentials:
      tokenId !== undefined && tokenSecret !== undefined
        ? { tokenId, secret: tokenSecret }
        : { username: username as string, password: password as string },
    // A pin or an authority is never overridden.
    tls: {
      ...(config.fingerprints ? { fingerprints: config.fingerprints } : {}),
      ...(config.ca === undefined ? {} : { ca: textOrFile(config.ca, pem) }),
      insecure: config.insecure === "true",
    },
  };
}

function asRoot(api: ConnectOptions, { username, password }: Config): ConnectOptions | undefined {
  return username === "root@pam" && password !== undefined
    ? { ...api, credentials: { username, password } }
    : undefined;
}
