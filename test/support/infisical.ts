import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { secretUuid, secretValue } from "./secret-values";

/** Secrets of a folder by name; a value that the identity may not see is `hidden`. */
type Folder = Record<string, string | { readonly hidden: true }>;

interface StubOptions {
  /** Project id -> slug of the environment -> path -> secrets. */
  readonly projects: Record<string, Record<string, Record<string, Folder>>>;
  /** Folders that are imported into others: `project/environment/path` -> the same. */
  readonly imports?: Record<string, readonly string[]>;
  /** Projects that exist and that the identity is no member of. */
  readonly foreign?: readonly string[];
}

/** How the next request is answered instead. */
type Fault =
  | { readonly status: 401 | 403 | 404 | 429 | 500 | 502; readonly message?: string }
  | { readonly redirect: string; readonly status: 301 | 302 | 303 | 307 | 308 }
  | { readonly invalid: true }
  | { readonly hang: true }
  | { readonly delayMs: number };

interface Answer {
  readonly status: number;
  readonly location?: string;
  readonly body: unknown;
}

/** Infisical's error handler: every error has these keys, whatever it is. */
const refusal = (status: number, error: string, message: unknown): Answer => ({
  status,
  body: { reqId: `req-${randomBytes(6).toString("hex")}`, statusCode: status, message, error },
});

const listQuery = new Set([
  ...["workspaceId", "environment", "secretPath", "expandSecretReferences", "include_imports", "recursive"],
  ...["viewSecretValue", "tagSlugs"],
]);
const flags = ["expandSecretReferences", "include_imports", "recursive", "viewSecretValue"];

/**
 * The part of Infisical's HTTP API that is used: log-in by universal auth, and the list of a folder. Real HTTP on the
 * loopback for the real SDK; what it should not be asked is an error of the test.
 */
export class InfisicalStub {
  readonly clientId = secretUuid("Infisical's client id");
  readonly clientSecret = secretValue("Infisical's client secret");
  readonly projects: StubOptions["projects"];
  /** What was asked, in order: "login", "list project environment path". */
  readonly asked: string[] = [];
  /** Requests that the real server does not know, or that the SDK does not make. */
  readonly unexpected: string[] = [];
  url = "";
  /** Seconds that a token is good for. */
  tokenSeconds = 7200;
  readonly #server = http.createServer((request, response) => void this.#serve(request, response));
  readonly #tokens = new Map<string, number>();
  readonly #faults: { readonly path: "login" | "list"; fault: Fault; count: number }[] = [];
  #now = Date.now;

  private constructor(private readonly options: StubOptions) {
    this.projects = structuredClone(options.projects);
  }

  static async start(options: StubOptions): Promise<InfisicalStub> {
    const stub = new InfisicalStub(options);
    stub.#server.listen(0, "127.0.0.1");
    await once(stub.#server, "listening");
    stub.url = `http://127.0.0.1:${(stub.#server.address() as AddressInfo).port}`;
    return stub;
  }

  /** The environment of whoever may log in. */
  get credentials(): Record<string, string> {
    return {
      INFISICAL_UNIVERSAL_AUTH_CLIENT_ID: this.clientId,
      INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET: this.clientSecret,
    };
  }

  /** The next requests of a kind fail like this. */
  fail(path: "login" | "list", fault: Fault, count = 1): void {
    this.#faults.push({ path, fault, count });
  }

  /** Every token that was given out runs out, or is revoked. */
  expireTokens(): void {
    for (const token of this.#tokens.keys()) this.#tokens.set(token, 0);
  }
  revokeTokens(): void {
    this.#tokens.clear();
  }

  /** How often something was asked since the last time, and that nothing unknown was. */
  count(): { logins: number; lists: number } {
    if (this.unexpected.length > 0)
      throw new Error(`Infisical was asked what it does not know: ${this.unexpected.join("; ")}`);
    const asked = this.asked.splice(0);
    return {
      logins: asked.filter((what) => what === "login").length,
      lists: asked.filter((what) => what.startsWith("list")).length,
    };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
    this.count();
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const answer = await this.#answer(request, Buffer.concat(chunks).toString());
    if (answer === undefined) return;
    response.writeHead(answer.status, {
      "content-type": "application/json; charset=utf-8",
      ...(answer.location === undefined ? {} : { location: answer.location }),
    });
    response.end(JSON.stringify(answer.body));
  }

  /** Undefined: no answer at all. */
  async #answer(request: http.IncomingMessage, body: string): Promise<Answer | undefined> {
    const url = new URL(request.url ?? "", this.url);
    const route = `${request.method} ${url.pathname}`;
    const unknown = (what: string): Answer => {
      this.unexpected.push(`${route}: ${what}`);
      return refusal(404, "NotFound", `Route ${route} not found`);
    };
    if (route === "POST /api/v1/auth/universal-auth/login") {
      this.asked.push("login");
      const fault = await this.#fault("login");
      if (fault) return fault === "hang" ? undefined : fault;
      if ([...url.searchParams].length > 0) return unknown(`a query ${url.search}`);
      if (request.headers["content-type"] !== "application/json") return unknown("no JSON");
      if (request.headers.authorization !== undefined) return unknown("a header Authorization");
      return this.#logIn(JSON.parse(body) as Record<string, unknown>, unknown);
    }
    if (route !== "GET /api/v3/secrets/raw") return unknown("no such route");
    this.asked.push(
      `list ${["workspaceId", "environment", "secretPath"].map((key) => url.searchParams.get(key)).join(" ")}`,
    );
    const fault = await this.#fault("list");
    if (fault) return fault === "hang" ? undefined : fault;
    if (body !== "") return unknown("a body");
    return this.#refuseToken(request.headers.authorization) ?? this.#list(url.searchParams, unknown);
  }

  #logIn(body: Record<string, unknown>, unknown: (what: string) => Answer): Answer {
    const foreign = Object.keys(body).filter((key) => key !== "clientId" && key !== "clientSecret");
    if (foreign.length > 0) return unknown(`body with ${foreign.join(", ")}`);
    const { clientId, clientSecret } = body;
    if (typeof clientId !== "string" || typeof clientSecret !== "string") return invalid("clientId", "Required");
    if (clientId !== this.clientId || clientSecret !== this.clientSecret)
      return refusal(401, "Unauthorized", "Invalid credentials");
    const accessToken = `eyJ${secretUuid(`Infisical's access token ${randomUUID()}`).replaceAll("-", "")}`;
    this.#tokens.set(accessToken, this.#now() + this.tokenSeconds * 1000);
    const expiresIn = this.tokenSeconds;
    return { status: 200, body: { accessToken, expiresIn, accessTokenMaxTTL: 2_592_000, tokenType: "Bearer" } };
  }

  #refuseToken(header: string | undefined): Answer | undefined {
    const [, token] = /^Bearer (\S+)$/.exec(header ?? "") ?? [];
    if (token === undefined) return refusal(401, "Unauthorized", "Token missing");
    const expires = this.#tokens.get(token);
    if (expires === undefined) return refusal(401, "Unauthorized", "You are not allowed to access this resource");
    // A JSON web token that has run out is a 403 there (error-handler.ts, JsonWebTokenError).
    if (expires <= this.#now()) return refusal(403, "TokenError", "Your token has expired. Please re-authenticate.");
    return undefined;
  }

  #list(query: URLSearchParams, unknown: (what: string) => Answer): Answer {
    const foreign = [...query.keys()].filter((key) => !listQuery.has(key));
    if (foreign.length > 0) return unknown(`query with ${foreign.join(", ")}`);
    for (const flag of flags)
      if (query.has(flag) && !["true", "false"].includes(query.get(flag) ?? ""))
        return invalid(flag, "Invalid enum value. Expected 'true' | 'false'");
    const [project, environment, path] = ["workspaceId", "environment", "secretPath"].map((key) => query.get(key));
    if (!project || !environment) return refusal(400, "BadRequest", "Missing workspace id or environment");
    if (this.options.foreign?.includes(project))
      return refusal(403, "PermissionDenied", "You are not a member of this project");
    const environments = this.projects[project];
    if (!environments) return refusal(404, "NotFound", `Project with ID '${project}' not found`);
    const folders = environments[environment];
    if (!folders) return refusal(404, "NotFound", `Environment with slug '${environment}' not found`);
    // Without `recursive`, a folder that does not exist is empty.
    const at = path ?? "/";
    const view = (where: string, folder: Folder) =>
      Object.entries(folder).map(([key, value]) => this.#secret(project, where, key, value, query));
    const imported =
      query.get("include_imports") === "true" ? (this.options.imports ?? {})[`${project}/${environment}${at}`] : [];
    const imports = (imported ?? []).map((place) => {
      const [, ofProject = "", ofEnvironment = "", secretPath = "/"] = /^([^/]+)\/([^/]+)(\/.*)$/.exec(place) ?? [];
      const folder = this.projects[ofProject]?.[ofEnvironment]?.[secretPath] ?? {};
      return { secretPath, environment: ofEnvironment, folderId: randomUUID(), secrets: view(secretPath, folder) };
    });
    return { status: 200, body: { secrets: view(at, folders[at] ?? {}), imports } };
  }

  #secret(workspace: string, secretPath: string, secretKey: string, value: Folder[string], query: URLSearchParams) {
    const hidden = typeof value !== "string" || query.get("viewSecretValue") === "false";
    const id = randomUUID();
    return {
      ...{ id, _id: id, workspace, environment: query.get("environment"), version: 1, type: "shared", secretKey },
      ...{ secretValue: hidden ? "<hidden-by-infisical>" : value, secretValueHidden: hidden, secretComment: "" },
      ...{ secretPath, tags: [], secretMetadata: [], createdAt: new Date(0), updatedAt: new Date(0) },
    };
  }

  async #fault(path: "login" | "list"): Promise<Answer | "hang" | undefined> {
    const next = this.#faults.find((one) => one.path === path && one.count > 0);
    if (!next) return undefined;
    next.count--;
    const { fault } = next;
    if ("hang" in fault) return "hang";
    if ("redirect" in fault) return { status: fault.status, location: fault.redirect, body: {} };
    if ("invalid" in fault) return invalid("environment", "Invalid");
    if ("status" in fault) {
      const message = fault.message ?? "Something went wrong";
      return refusal(fault.status, errorNames[fault.status], message);
    }
    await sleep(fault.delayMs);
    return undefined;
  }
}

const errorNames = {
  401: "Unauthorized",
  403: "PermissionDenied",
  404: "NotFound",
  429: "RateLimitExceeded",
  500: "InternalServerError",
  502: "BadGateway",
} as const;

/** A query or body that does not fit: the message is zod's list of issues, no text. */
const invalid = (path: string, message: string): Answer =>
  refusal(422, "ValidationFailure", [{ code: "custom", path: [path], message }]);
