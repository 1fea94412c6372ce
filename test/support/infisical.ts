import { randomUUID } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { errorNames, invalid, refusal, type Answer, textOf } from "./infisical-answers";
import { InfisicalFolders, type Folder, type Permissions, type Projects } from "./infisical-folders";
import { secretUuid, secretValue } from "./secret-values";

interface StubOptions {
  /** Project id -> slug of the environment -> path -> secrets. */
  readonly projects: Projects;
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
  /** Carried out, and the answer lost. */
  | { readonly lost: true }
  /** A policy there makes a request for approval of each change. */
  | { readonly approval: true }
  | { readonly delayMs: number };

/** What may fail: a log-in, a list, the question for one secret, a change of one, a new folder. */
type Asked = "login" | "list" | "read" | "write" | "folder";

const listQuery = new Set([
  ...["workspaceId", "environment", "secretPath", "expandSecretReferences", "include_imports", "recursive"],
  ...["viewSecretValue", "tagSlugs"],
]);
const flags = ["expandSecretReferences", "include_imports", "recursive", "viewSecretValue"];

const readQuery = new Set([
  ...["secretName", "workspaceId", "environment", "secretPath", "expandSecretReferences", "includeImports"],
  "viewSecretValue",
]);
const placeKeys = ["workspaceId", "environment", "secretPath"];
const bodies: Readonly<Record<string, readonly string[]>> = {
  POST: [...placeKeys, "secretValue", "secretComment"],
  PATCH: [...placeKeys, "secretValue", "secretComment"],
  DELETE: placeKeys,
  folder: ["name", "path", "workspaceId", "environment"],
};

/**
 * The part of Infisical's HTTP API that is used: log-in by universal auth, the list of a folder, one secret to read and to
 * change, and new folders. Real HTTP on the loopback for the real SDK; what it should not be asked is an error of the
 * test. Refusals and their order are those of the routers (secret-router.ts, secret-folder-router.ts) and services
 * (secret-v2-bridge-service.ts, secret-folder-service.ts).
 */
export class InfisicalStub {
  readonly clientId = secretUuid("Infisical's client id");
  readonly clientSecret = secretValue("Infisical's client secret");
  readonly projects: Projects;
  readonly folders: InfisicalFolders;
  /** What the identity may do; everything, unless a test says otherwise. */
  readonly may: Permissions;
  /** Requests a minute, counted from the start; the one after them is refused. */
  limit = Infinity;
  /** Told of each request before anything is done, and again when its answer is about to be sent. */
  onRequest: (what: string, moment: "asked" | "done") => void = () => undefined;
  /** What was asked, in order: "login", "list project environment path", "create project environment path name". */
  readonly asked: string[] = [];
  /** Requests that the real server does not know, or that the SDK does not make. */
  readonly unexpected: string[] = [];
  url = "";
  /** Seconds that a token is good for. */
  tokenSeconds = 7200;
  readonly #server = http.createServer((request, response) => void this.#serve(request, response));
  readonly #tokens = new Map<string, number>();
  readonly #faults: { readonly path: Asked; fault: Fault; count: number }[] = [];
  #count = 0;
  #now = Date.now;

  private constructor(private readonly options: StubOptions) {
    this.projects = structuredClone(options.projects);
    this.folders = new InfisicalFolders(this.projects);
    this.may = this.folders.may;
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

  /** A stack's config for one of its projects. */
  config(project: string, environment = "prod"): Record<string, string> {
    return {
      "proxmox:infisicalUrl": this.url,
      "proxmox:infisicalProjectId": project,
      "proxmox:infisicalEnvironment": environment,
    };
  }

  /** The next requests of a kind fail like this. */
  fail(path: Asked, fault: Fault, count = 1): void {
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

  /** Changes that were asked for since the last time: "create", "update", "delete", "folder". */
  changes(): string[] {
    const changing = /^(?:create|update|delete|folder)(?= )/;
    const asked = this.asked.splice(0);
    return asked.flatMap((what) => changing.exec(what) ?? []);
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
    const asked = this.asked.length;
    const answer = await this.#answer(request, Buffer.concat(chunks).toString());
    if (answer === undefined) return;
    this.onRequest(this.asked[asked] ?? "", "done");
    if (answer.lost) return void request.socket.destroy();
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
      if (fault) return typeof fault === "string" ? undefined : fault;
      if ([...url.searchParams].length > 0) return unknown(`a query ${url.search}`);
      if (request.headers["content-type"] !== "application/json") return unknown("no JSON");
      if (request.headers.authorization !== undefined) return unknown("a header Authorization");
      return this.#logIn(JSON.parse(body) as Record<string, unknown>, unknown);
    }
    const named = /^(GET|POST|PATCH|DELETE) \/api\/v3\/secrets\/raw\/([^/]+)$/.exec(route);
    if (named) return this.#one(request, named[1] ?? "", decodeURIComponent(named[2] ?? ""), url, body, unknown);
    if (route === "POST /api/v1/folders") return this.#folder(request, body, unknown);
    if (route !== "GET /api/v3/secrets/raw") return unknown("no such route");
    this.asked.push(
      `list ${["workspaceId", "environment", "secretPath"].map((key) => url.searchParams.get(key)).join(" ")}`,
    );
    const fault = await this.#fault("list");
    if (fault) return typeof fault === "string" ? undefined : fault;
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
    const [project, environment, path] = placeKeys.map((key) => query.get(key));
    if (!project || !environment) return refusal(400, "BadRequest", "Missing workspace id or environment");
    const refused = this.#refuseProject(project);
    if (refused) return refused;
    const folders = this.projects[project]?.[environment];
    if (!folders) return refusal(404, "NotFound", `Environment with slug '${environment}' not found`);
    // Without `recursive`, a folder that does not exist is empty.
    const at = path ?? "/";
    const hide = query.get("viewSecretValue") === "false" || !this.may.readValue;
    const view = (of: { project: string; environment: string; path: string }, folder: Folder) =>
      Object.keys(folder).map((key) => this.folders.view(of, key, hide));
    const imported =
      query.get("include_imports") === "true" ? (this.options.imports ?? {})[`${project}/${environment}${at}`] : [];
    const imports = (imported ?? []).map((place) => {
      const [, ofProject = "", ofEnvironment = "", secretPath = "/"] = /^([^/]+)\/([^/]+)(\/.*)$/.exec(place) ?? [];
      const folder = this.projects[ofProject]?.[ofEnvironment]?.[secretPath] ?? {};
      return {
        secretPath,
        environment: ofEnvironment,
        folderId: randomUUID(),
        secrets: view({ project: ofProject, environment: ofEnvironment, path: secretPath }, folder),
      };
    });
    return { status: 200, body: { secrets: view({ project, environment, path: at }, folders[at] ?? {}), imports } };
  }

  /** One secret: read by name, or changed. */
  async #one(
    ...[request, method, name, url, body, unknown]: [
      http.IncomingMessage,
      string,
      string,
      URL,
      string,
      (what: string) => Answer,
    ]
  ): Promise<Answer | undefined> {
    const given =
      method === "GET"
        ? Object.fromEntries(url.searchParams)
        : (JSON.parse(body === "" ? "{}" : body) as Record<string, unknown>);
    const [project, environment, path] = placeKeys.map((key) => textOf(given[key]));
    const verb = { GET: "read", POST: "create", PATCH: "update", DELETE: "delete" }[method] ?? "";
    const what = `${verb} ${project} ${environment} ${path} ${name}`;
    this.asked.push(what);
    this.onRequest(what, "asked");
    const fault = await this.#fault(method === "GET" ? "read" : "write");
    if (fault && fault !== "lost" && fault !== "approval") return fault === "hang" ? undefined : fault;
    const foreign = Object.keys(given).filter(
      (key) => !(method === "GET" ? readQuery : new Set(bodies[method])).has(key),
    );
    if (foreign.length > 0) return unknown(`with ${foreign.join(", ")}`);
    const refused =
      this.#refuseToken(request.headers.authorization) ??
      this.#refuseRate() ??
      this.#refuseForm(method, name, given) ??
      this.#refuseProject(project ?? "");
    if (refused) return refused;
    if (fault === "approval") return { status: 200, body: { approval: { id: randomUUID(), slug: "abc" } } };
    const answer = this.folders.answer(
      verb,
      { project: project ?? "", environment: environment ?? "", path: path ?? "" },
      name,
      given,
    );
    return fault === "lost" ? { ...answer, lost: true } : answer;
  }

  async #folder(
    request: http.IncomingMessage,
    body: string,
    unknown: (what: string) => Answer,
  ): Promise<Answer | undefined> {
    const given = JSON.parse(body) as Record<string, unknown>;
    const [name, above, project, environment] = (bodies["folder"] ?? []).map((key) => textOf(given[key]));
    const what = `folder ${project} ${environment} ${above} ${name}`;
    this.asked.push(what);
    this.onRequest(what, "asked");
    const fault = await this.#fault("folder");
    if (fault && fault !== "lost" && fault !== "approval") return fault === "hang" ? undefined : fault;
    const foreign = Object.keys(given).filter((key) => !bodies["folder"]?.includes(key));
    if (foreign.length > 0) return unknown(`with ${foreign.join(", ")}`);
    const refused = this.#refuseToken(request.headers.authorization) ?? this.#refuseRate();
    if (refused) return refused;
    if (!/^[a-zA-Z0-9-_]+$/.test(name ?? ""))
      return invalid("name", "Invalid folder name. Only alphanumeric characters, dashes, and underscores are allowed.");
    const foreignProject = this.#refuseProject(project ?? "");
    if (foreignProject) return foreignProject;
    if (!this.may.createFolder)
      return refusal(403, "PermissionDenied", "You are not allowed to create on secret-folders");
    if (!this.projects[project ?? ""]?.[environment ?? ""])
      return refusal(
        404,
        "NotFound",
        `Environment with slug '${environment}' in project with ID '${project}' not found`,
      );
    this.folders.make(project ?? "", environment ?? "", `${above === "/" ? "" : above}/${name}`);
    const folder = { id: randomUUID(), name, envId: randomUUID(), version: 1 };
    return { status: 200, body: { folder }, ...(fault === "lost" ? { lost: true } : {}) };
  }

  #refuseProject(project: string): Answer | undefined {
    if (this.options.foreign?.includes(project))
      return refusal(403, "PermissionDenied", "You are not a member of this project");
    return this.projects[project] ? undefined : refusal(404, "NotFound", `Project with ID '${project}' not found`);
  }

  /** @fastify/rate-limit with the words of rateLimiter.ts. */
  #refuseRate(): Answer | undefined {
    return ++this.#count > this.limit
      ? refusal(429, "RateLimitExceeded", "Rate limit exceeded. Please try again in 42 seconds")
      : undefined;
  }

  #refuseForm(method: string, name: string, given: Record<string, unknown>): Answer | undefined {
    if (method === "POST" && /[:/]/.test(name))
      return invalid("secretName", "Secret name cannot contain colon or forward slash.");
    if (method === "POST" && typeof given["secretValue"] !== "string") return invalid("secretValue", "Required");
    return typeof given["environment"] === "string" ? undefined : invalid("environment", "Required");
  }

  async #fault(path: Asked): Promise<Answer | "hang" | "lost" | "approval" | undefined> {
    const next = this.#faults.find((one) => one.path === path && one.count > 0);
    if (!next) return undefined;
    next.count--;
    const { fault } = next;
    if ("hang" in fault) return "hang";
    if ("lost" in fault) return "lost";
    if ("approval" in fault) return "approval";
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
