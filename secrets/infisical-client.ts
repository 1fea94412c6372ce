import type { InfisicalSDK as Sdk } from "@infisical/sdk";
import { explain, isPassing, isStaleToken, type Attempt } from "./infisical-errors";
import { SourceRefused, SourceUnavailable } from "./source";
import { systemTiming, type Timing } from "./timing";
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
  /** Longest time for log-in and question together; the SDK's own retries alone can take a minute. Default 30 s. */
  readonly timeoutMs?: number | undefined;
  readonly clock?: Timing | undefined;
}

const clientIdVariable = "INFISICAL_UNIVERSAL_AUTH_CLIENT_ID";
const clientSecretVariable = "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET";
/** The credentials of the machine identity, which nothing but the environment holds. */
export const infisicalVariables: readonly string[] = [clientIdVariable, clientSecretVariable];

export interface Folder {
  readonly projectId: string;
  readonly environment: string;
  readonly path: string;
}

/** What is said of a place, beside what the stack's config says. */
export interface PlaceGiven {
  readonly projectId?: string | undefined;
  readonly environment?: string | undefined;
  readonly path?: string | undefined;
}

/** Infisical by universal auth: one log-in for all who ask during a run, within a time of our own. */
export class InfisicalClient {
  private readonly site: string;
  private readonly clock: Timing;
  private readonly timeoutMs: number;
  private session: Promise<Sdk> | undefined;
  private current: Sdk | undefined;

  constructor(private readonly options: InfisicalOptions) {
    this.site = (options.url ?? "https://app.infisical.com").replace(/\/+$/, "");
    this.clock = options.clock ?? systemTiming;
    this.timeoutMs = options.timeoutMs ?? 30_000;
  }

  /** The folder that is meant; throws where the stack's config does not say enough. */
  folder(given: PlaceGiven): Folder {
    const { projectId, environment, path } = this.meant(given);
    if (projectId === undefined || environment === undefined)
      throw new SourceRefused(`${this.place(given)}: ${this.unconfigured(given) ?? ""}`);
    return { projectId, environment, path };
  }

  place(given: PlaceGiven): string {
    const { projectId = "(not set)", environment = "(not set)", path } = this.meant(given);
    return `Infisical at ${this.site}, project ${projectId}, environment ${environment}, path ${path}`;
  }

  unconfigured(given: PlaceGiven): string | undefined {
    const { projectId, environment } = this.meant(given);
    const missing = [
      ...(projectId === undefined ? ["proxmox:infisicalProjectId"] : []),
      ...(environment === undefined ? ["proxmox:infisicalEnvironment"] : []),
    ];
    return missing.length === 0 ? undefined : `set ${missing.join(" and ")}`;
  }

  private meant(given: PlaceGiven): Partial<Folder> & { readonly path: string } {
    const projectId = given.projectId ?? this.options.projectId;
    const environment = given.environment ?? this.options.environment;
    return {
      ...(projectId === undefined ? {} : { projectId }),
      ...(environment === undefined ? {} : { environment }),
      path: given.path ?? this.options.path ?? "/",
    };
  }

  /**
   * Asks within the time limit: again while the server is in trouble, where asking twice does no harm, and once with a
   * new log-in.
   */
  async ask<T>(
    where: string,
    step: Exclude<Attempt["step"], "log in">,
    work: (sdk: Sdk) => Promise<T>,
    again = true,
  ): Promise<T> {
    const ended = new AbortController();
    const late = this.clock.sleep(this.timeoutMs, ended.signal);
    try {
      const asked = this.attempts(where, step, work, again, ended.signal).then((answer) => ({ answer }));
      const found = await Promise.race([asked, late]);
      if (!found) throw new SourceUnavailable(`${where} gave no answer within ${this.timeoutMs / 1000} s`);
      return found.answer;
    } finally {
      ended.abort();
    }
  }

  /** Waits between two attempts of a longer piece of work. */
  pause(ms: number): Promise<void> {
    return this.clock.sleep(ms);
  }

  /** The SDK itself tries again on 429 and on network errors, but not on 5xx, and never with a new token. */
  private async attempts<T>(
    where: string,
    step: Attempt["step"],
    work: (sdk: Sdk) => Promise<T>,
    again: boolean,
    ended: AbortSignal,
  ): Promise<T> {
    const attempt: { place: string; step: Attempt["step"] } = { place: where, step: "log in" };
    let renewed = false;
    for (let pauseMs = 500; ; pauseMs = Math.min(pauseMs * 2, 5000)) {
      let client: Sdk | undefined;
      try {
        attempt.step = "log in";
        const logged = (client = this.current = await (this.session ?? this.logIn(where)));
        attempt.step = step;
        return await withoutRedirects(() => work(logged));
      } catch (error) {
        if (error instanceof SourceUnavailable || error instanceof SourceRefused) throw error;
        const asked = attempt.step === step;
        if (asked && isStaleToken(error) && !renewed) {
          renewed = true;
          // Another one may have logged in again already.
          if (client === this.current) this.session = this.current = undefined;
          continue;
        }
        const inTrouble = isPassing(error) && /StatusCode=5|status 5/.test((error as Error).message);
        if (!inTrouble || (asked && !again) || ended.aborted) throw explain(error, attempt, (text) => this.hide(text));
        await this.clock.sleep(pauseMs, ended);
      }
    }
  }

  /** The log-in that all share; one that failed is forgotten, so that the next one who asks tries again. */
  private logIn(where: string): Promise<Sdk> {
    const { env } = this.options;
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
    const shared = (this.session = withoutRedirects(() =>
      new InfisicalSDK({ siteUrl: this.site }).auth().universalAuth.login({ clientId, clientSecret }),
    ));
    shared.catch(() => {
      if (this.session === shared) this.session = undefined;
    });
    return shared;
  }

  private hide(text: string): string {
    const secret = this.options.env[clientSecretVariable];
    return secret ? text.replaceAll(secret, "********") : text;
  }
}
