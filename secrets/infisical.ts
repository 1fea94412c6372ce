import type { InfisicalSDK as Sdk } from "@infisical/sdk";
import { systemTiming, type Timing } from "./timing";
import { explain, isPassing, isStaleToken, type Attempt } from "./infisical-errors";
import type { SecretReference } from "./reference";
import { SourceRefused, SourceUnavailable, type SecretSource } from "./source";
import { withoutRedirects } from "./without-redirects";

/** Where the stack's secrets are in Infisical, unless a reference says otherwise. */
export interface InfisicalOptions {
  /** Default: https://app.infisical.com. */
  readonly url?: string | undefined;
  readonly projectId?: string | undefined;
  readonly environment?: string | undefined;
  /** Default: `/`. */
  readonly path?: string | undefined;
  /** Read live: the credentials of the machine identity. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Longest time for log-in and list together; the SDK's own retries alone can take a minute. Default 30 s. */
  readonly timeoutMs?: number | undefined;
  readonly clock?: Timing | undefined;
}

const clientIdVariable = "INFISICAL_UNIVERSAL_AUTH_CLIENT_ID";
const clientSecretVariable = "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET";

interface Folder {
  readonly projectId: string;
  readonly environment: string;
  readonly path: string;
}
type Values = ReadonlyMap<string, string | undefined>;

/** Infisical by universal auth: one log-in, and one list of each folder, for all who ask during a run. */
export function infisicalSource(options: InfisicalOptions): SecretSource {
  const { env, clock = systemTiming, timeoutMs = 30_000 } = options;
  const site = (options.url ?? "https://app.infisical.com").replace(/\/+$/, "");
  const lists = new Map<string, Promise<Values>>();
  let session: Promise<Sdk> | undefined;
  let current: Sdk | undefined;

  const folderOf = (reference: SecretReference): Partial<Folder> & { path: string } => {
    const projectId = reference.projectId ?? options.projectId;
    const environment = reference.environment ?? options.environment;
    return {
      ...(projectId === undefined ? {} : { projectId }),
      ...(environment === undefined ? {} : { environment }),
      path: reference.path ?? options.path ?? "/",
    };
  };
  const place = (reference: SecretReference) => {
    const { projectId = "(not set)", environment = "(not set)", path } = folderOf(reference);
    return `Infisical at ${site}, project ${projectId}, environment ${environment}, path ${path}`;
  };
  const hide = (text: string) => {
    const secret = env[clientSecretVariable];
    return secret ? text.replaceAll(secret, "********") : text;
  };

  /** The log-in that all share; one that failed is forgotten, so that the next one who asks tries again. */
  function logIn(where: string): Promise<Sdk> {
    const [clientId, clientSecret] = [env[clientIdVariable], env[clientSecretVariable]];
    const missing = [clientId ? "" : clientIdVariable, clientSecret ? "" : clientSecretVariable].filter(Boolean);
    if (!clientId || !clientSecret)
      return Promise.reject(
        new SourceUnavailable(
          `${where}: no credentials; set ${missing.join(" and ")} in the environment (universal auth of a machine identity)`,
        ),
      );
    // Sixty milliseconds and sixteen megabytes that only those pay who use it.
    const { InfisicalSDK } = require("@infisical/sdk") as typeof import("@infisical/sdk");
    const attempt = withoutRedirects(() =>
      new InfisicalSDK({ siteUrl: site }).auth().universalAuth.login({ clientId, clientSecret }),
    );
    const shared = (session = attempt);
    shared.catch(() => {
      if (session === shared) session = undefined;
    });
    return shared;
  }

  async function list(folder: Folder, where: string): Promise<Values> {
    const ended = new AbortController();
    const late = clock.sleep(timeoutMs, ended.signal);
    try {
      const found = await Promise.race([attempts(folder, where, ended.signal), late]);
      if (!found) throw new SourceUnavailable(`${where} gave no answer within ${timeoutMs / 1000} s`);
      return found;
    } finally {
      ended.abort();
    }
  }

  /** The SDK itself tries again on 429 and on network errors, but not on 5xx, and never with a new token. */
  async function attempts(folder: Folder, where: string, ended: AbortSignal): Promise<Values> {
    const attempt: { place: string; step: Attempt["step"] } = { place: where, step: "log in" };
    let renewed = false;
    for (let pauseMs = 500; ; pauseMs = Math.min(pauseMs * 2, 5000)) {
      let client: Sdk | undefined;
      try {
        attempt.step = "log in";
        const logged = (client = current = await (session ?? logIn(where)));
        attempt.step = "list";
        return valuesOf(await withoutRedirects(() => read(logged, folder)), where);
      } catch (error) {
        if (error instanceof SourceUnavailable || error instanceof SourceRefused) throw error;
        if (attempt.step === "list" && isStaleToken(error) && !renewed) {
          renewed = true;
          // Another list may have logged in again already.
          if (client === current) session = current = undefined;
          continue;
        }
        const inTrouble = isPassing(error) && /StatusCode=5|status 5/.test((error as Error).message);
        if (!inTrouble || ended.aborted) throw explain(error, attempt, hide);
        await clock.sleep(pauseMs, ended);
      }
    }
  }

  function shared(reference: SecretReference): Promise<Values> {
    const { projectId, environment, path } = folderOf(reference);
    if (projectId === undefined || environment === undefined)
      return Promise.reject(new SourceRefused(`${place(reference)}: ${unconfigured(reference) ?? ""}`));
    const key = JSON.stringify([projectId, environment, path]);
    let found = lists.get(key);
    if (!found) {
      const asked = (found = list({ projectId, environment, path }, place(reference)));
      lists.set(key, found);
      asked.catch(() => {
        if (lists.get(key) === asked) lists.delete(key);
      });
    }
    return found;
  }

  function unconfigured(reference: SecretReference): string | undefined {
    const { projectId, environment } = folderOf(reference);
    const missing = [
      ...(projectId === undefined ? ["proxmox:infisicalProjectId"] : []),
      ...(environment === undefined ? ["proxmox:infisicalEnvironment"] : []),
    ];
    return missing.length === 0 ? undefined : `set ${missing.join(" and ")}`;
  }

  return {
    name: "infisical",
    place,
    unconfigured,
    async find(reference) {
      const values = await shared(reference);
      if (values.has(reference.secretRef) && values.get(reference.secretRef) === undefined)
        throw new SourceRefused(
          `${place(reference)}: the machine identity sees ${reference.secretRef} but not its value; let it read values`,
        );
      return values.get(reference.secretRef) || undefined;
    },
    names: async (reference) => [...(await shared(reference)).keys()],
  };
}

const read = (client: Sdk, { projectId, environment, path }: Folder) =>
  client.secrets().listSecretsWithImports({
    projectId,
    environment,
    secretPath: path,
    recursive: false,
    expandSecretReferences: true,
    viewSecretValue: true,
    // It would hand the secrets to every process that is started from here.
    attachToProcessEnv: false,
  });

/** Personal overrides belong to people: a machine identity has none, but shared ones win in any case. */
function valuesOf(secrets: Awaited<ReturnType<typeof read>>, where: string): Values {
  if (!Array.isArray(secrets)) throw new SourceRefused(`${where}: the answer is no list of secrets`);
  return new Map(
    secrets.map(({ secretKey, secretValue, secretValueHidden }) => [
      secretKey,
      secretValueHidden ? undefined : secretValue,
    ]),
  );
}
