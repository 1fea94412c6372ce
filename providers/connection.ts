import fs from "node:fs";
import { z } from "zod";
import type { ConnectOptions } from "../pve";
import { failureOf, referenceInConfig, sourceNames, type SecretReference, type SourceName } from "../secrets";
import { isDuration, milliseconds } from "./runtime/duration";
import { problemsOf, type Problem } from "./runtime/problems";
import {
  sshEnvironment,
  sshLists,
  sshObjects,
  sshOptions,
  sshProblems,
  sshSecrets,
  sshShape,
  type SshBasics,
} from "./ssh-config";

/** What `configure` offers: the stack's config, or the arguments of an explicit Provider. */
export interface ConfigSource {
  /** The stack's config is text; a `Provider` hands over what the program wrote, lists and numbers too. */
  get(key: string): unknown;
}

const fingerprint = z
  .string()
  .regex(
    /^(?:[0-9a-f]{2}:){31}[0-9a-f]{2}$/i,
    "write the SHA-256 fingerprint: 32 pairs of hexadecimal digits with colons",
  );
const address = z
  .string()
  .regex(/^https:\/\/[^/\s]+\/?$/, "write an address such as https://192.168.3.5:8006, without a path");

const atOnce = z.string().regex(/^[1-9]\d{0,2}$/, "write how many at once, from 1 to 999");

const configSchema = z
  .strictObject({
    endpoints: z.array(address).min(1, "name at least one address"),
    username: z
      .string()
      .regex(/^[^\s:/@]+@[A-Za-z][\w.-]*$/, "write user and realm, such as root@pam")
      .optional(),
    password: z.string().min(1).optional(),
    tokenId: z
      .string()
      .regex(/^[^\s:/@]+@[A-Za-z][\w.-]*![\w.-]+$/, "write user@realm!name")
      .optional(),
    tokenSecret: z.string().min(1).optional(),
    fingerprints: z.array(fingerprint).optional(),
    ca: z.string().min(1).optional(),
    insecure: z.enum(["true", "false"], "write true or false").optional(),
    vmids: z
      .string()
      .regex(/^\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*$/, "write a range such as 2000-2999")
      .optional(),
    parallelPerNode: atOnce.optional(),
    parallelPerStorage: atOnce.optional(),
    previewTimeout: z.string().refine(isDuration, 'write a number with a unit, such as "5s"').optional(),
    ...sshShape,
    secretSources: z
      .array(z.enum(sourceNames, `write one of ${sourceNames.join(", ")}`))
      .min(1, "name at least one source")
      .optional(),
    infisicalProjectId: z.string().optional(),
    infisicalEnvironment: z.string().optional(),
    infisicalPath: z.string().startsWith("/", "write a folder such as /pve").optional(),
    infisicalUrl: z
      .string()
      .regex(
        /^(?:https:\/\/[^/\s]+|http:\/\/(?:127\.0\.0\.1|localhost)(?::\d+)?)\/?$/,
        "write an address such as https://app.infisical.com, without a path",
      )
      .optional(),
  })
  .superRefine((config, ctx) => {
    const wrong = (path: string, message: string) => ctx.addIssue({ code: "custom", path: [path], message });
    const token = config.tokenId !== undefined || config.tokenSecret !== undefined;
    if (token && (config.tokenId === undefined || config.tokenSecret === undefined))
      wrong(config.tokenId === undefined ? "tokenId" : "tokenSecret", "a token needs both its id and its secret");
    if (!token && (config.username === undefined || config.password === undefined))
      wrong("username", "no credentials: set tokenId and tokenSecret, or username and password");
    if ((config.infisicalProjectId === undefined) !== (config.infisicalEnvironment === undefined))
      wrong(
        config.infisicalProjectId === undefined ? "infisicalProjectId" : "infisicalEnvironment",
        "is required: Infisical needs both its project and its environment",
      );
  });

/** Read live from the environment where the config leaves them out, so that they need not be in the state. */
const environment: Readonly<Record<string, string>> = {
  endpoints: "PROXMOX_ENDPOINTS",
  username: "PROXMOX_USERNAME",
  password: "PROXMOX_PASSWORD",
  tokenId: "PROXMOX_TOKEN_ID",
  tokenSecret: "PROXMOX_TOKEN_SECRET",
  ...sshEnvironment,
};
const lists = new Set(["endpoints", "fingerprints", "secretSources", ...sshLists]);
/** May name a secret instead: `secret:NAME`. */
const sensitive = ["password", "tokenSecret", ...sshSecrets] as const;
const keys = Object.keys(configSchema.shape);

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
}

/** The stack's config as options of a connection, and everything that is wrong with it. */
export interface ClusterConfig {
  /** Undefined when something is wrong with the config. Reveals the secrets that the config names. */
  readonly options?: (reveal: (reference: SecretReference) => Promise<string>) => Promise<ClusterOptions>;
  readonly secrets: SecretSettings;
  /** VMIDs that this stack may give out. */
  readonly vmids?: string;
  /** Longest wait for the cluster in a check: a preview must not hang where it is out of reach, as in a review. */
  readonly previewTimeoutMs: number;
  readonly problems: readonly Problem[];
}

export function readConfig(source: ConfigSource, env: NodeJS.ProcessEnv): ClusterConfig {
  const given: Record<string, unknown> = {};
  for (const key of keys) {
    const value = source.get(`proxmox:${key}`) || env[environment[key] ?? ""];
    if (value !== undefined && value !== "") given[key] = read(key, value);
  }
  const problems = problemsOf(configSchema, given, sensitive).map(({ path, message }) => ({
    path: `config proxmox:${path}`,
    message,
  }));
  const get = (key: string) => plain(source.get(key));
  const broken = () => {
    const secrets: SecretSettings = { order: sourceNames, infisical: {}, previewTimeoutMs: 0, get };
    return { problems, previewTimeoutMs: 5000, secrets };
  };
  if (problems.length > 0) return broken();
  const config = configSchema.parse(given);
  for (const { key, message } of sshProblems(config, env)) problems.push({ path: `config proxmox:${key}`, message });
  if (problems.length > 0) return broken();
  const previewTimeoutMs = config.previewTimeout ? milliseconds(config.previewTimeout) : 5000;
  return {
    options: async (reveal) => {
      const known = await revealed(config, reveal);
      return { api: toOptions(known), ssh: sshOptions(known, env) };
    },
    ...(config.vmids ? { vmids: config.vmids } : {}),
    previewTimeoutMs,
    problems,
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

/** Numbers and flags as the stack's config would hold them. */
const plain = (value: unknown): string | undefined =>
  typeof value === "number" || typeof value === "boolean" ? String(value) : (value as string | undefined);

function read(key: string, value: unknown): unknown {
  if (typeof value === "object") return value;
  const text = plain(value) as string;
  if (lists.has(key)) return readList(text);
  return sshObjects.includes(key) ? readObject(text) : text;
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
  text.trim().startsWith("[") ? (JSON.parse(text) as unknown) : text.split(",").map((item) => item.trim());

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
  return out;
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
    tls:
      config.insecure === "true"
        ? { insecure: true }
        : { ...(config.fingerprints ? { fingerprints: config.fingerprints } : {}), ...readCa(config.ca) },
  };
}

const readCa = (ca: string | undefined): { ca?: string } =>
  ca === undefined ? {} : { ca: ca.includes("-----BEGIN") ? ca : fs.readFileSync(ca, "utf8") };
