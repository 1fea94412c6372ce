import type { ApiRequestable } from "proxmox-api";
import { abortable } from "./abortable";
import type { Clock } from "./clock";
import { encodePath, formEncode, toSent, type Params, type SentParams } from "./encode";
import { errorFromReply, ProxmoxError } from "./errors";
import { NodePresence, nodeOf } from "./node-presence";
import { isProxmoxBody, parseReply } from "./reply";
import type { Redactor } from "./redact";
import type { Answer, CallContext, Method, Sender, StreamedBody } from "./sender";
import type { Login } from "./login";
import { multipart, type UploadFile } from "./upload";
import type { Version, VersionGate } from "./version";

/** A whole answer: some have more than `data`. */
interface Reply {
  readonly data: unknown;
  /** Task lists and logs: how many there are in all. */
  readonly total: number | undefined;
  /** Network lists: the difference between staged and applied configuration. */
  readonly changes: string | undefined;
}

interface TransportParts {
  readonly sender: Sender;
  readonly session: Login;
  readonly redactor: Redactor;
  readonly version: VersionGate;
  readonly clock: Clock;
}

const METHODS: Readonly<Record<string, Method>> = { get: "GET", post: "POST", put: "PUT", delete: "DELETE" };

/** proxmox-api's engine over our own HTTP: log-in, failover, errors. */
export class Transport implements ApiRequestable {
  private readonly presence: NodePresence;

  constructor(
    private readonly parts: TransportParts,
    readonly context: CallContext = {},
    presence?: NodePresence,
  ) {
    // Without a caller's signal and deadline: all callers share the answer.
    this.presence =
      presence ??
      new NodePresence(parts.clock, async () => (await this.call("GET", "/cluster/resources", { type: "node" })).data);
  }

  /** The same connection for other calls: with their own signal, deadline or purpose. */
  with(context: CallContext): Transport {
    return new Transport(this.parts, { ...this.context, ...context }, this.presence);
  }

  /** Called by proxmox-api with the verb in lower case and a path whose ids are not encoded. */
  async doRequest(verb: string, path: string, _template: string, params?: Params): Promise<unknown> {
    const method = METHODS[verb];
    if (!method)
      throw new ProxmoxError({ kind: "invalid", message: `'$${verb}' is no call: $get, $post, $put and $delete are.` });
    return (await this.request(method, path.replace(/^\/api2\/json(?=\/|$)/, ""), params)).data;
  }

  /** Which Proxmox VE this is; asked once per connection. Refuses versions before 8.2. */
  version(): Promise<Version> {
    // Without this caller's signal and deadline: all callers share the answer.
    const plain = new Transport(this.parts);
    return this.parts.version.check(async () => (await plain.call("GET", "/version", {})).data);
  }

  /** Any call, with the whole answer. Ids in the path are raw, a "/" within one is `%2F`. */
  async request(method: Method, path: string, params?: Params): Promise<Reply> {
    await this.shared(this.version(), "connecting");
    return this.call(method, encodePath(path), toSent(params));
  }

  /** POST /nodes/{node}/storage/{storage}/upload; returns the task's id. */
  async upload(
    node: string,
    storage: string,
    file: UploadFile,
    fields: { readonly content: string; readonly checksum?: string; readonly "checksum-algorithm"?: string },
  ): Promise<string> {
    await this.shared(this.version(), "connecting");
    const sent = toSent(fields) as Record<string, string>;
    const path = encodePath(`/nodes/${node.replace(/\//g, "%2F")}/storage/${storage.replace(/\//g, "%2F")}/upload`);
    const reply = await this.call("POST", path, { ...sent, filename: file.filename }, multipart(sent, file));
    if (typeof reply.data === "string") return reply.data;
    throw new ProxmoxError({ kind: "protocol", path, method: "POST", message: `POST ${path} started no task.` });
  }

  private shared<T>(promise: Promise<T>, what: string): Promise<T> {
    return abortable(promise, this.context.signal, what);
  }

  private async call(method: Method, path: string, params: SentParams, upload?: StreamedBody): Promise<Reply> {
    const { session, sender } = this.parts;
    const node = nodeOf(path);
    const hopeless = async () => node !== undefined && (await this.shared(this.presence.isOffline(node), path));
    let headers = await this.shared(session.headers(method), "logging in");
    const send = () => sender.send({ method, path, params, headers, upload, hopeless }, this.context);
    let answer = await send();
    // Refused before anything was done: safe to repeat, even a write.
    if (answer.status === 401 && (await this.shared(session.renewAfter401(headers), "logging in"))) {
      headers = await this.shared(session.headers(method), "logging in");
      answer = await send();
    }
    // Who asks without repeating has its own patience with a node that is away, and needs no explanation.
    const away = answer.status >= 595 && this.context.retry !== false && (await hopeless());
    return this.read(method, path, params, answer, away ? node : undefined);
  }

  private read(method: Method, path: string, params: SentParams, answer: Answer, offline: string | undefined): Reply {
    const { redactor } = this.parts;
    const { body, said, errors } = parseReply(answer, redactor);
    if (answer.status !== 200)
      throw errorFromReply({
        method,
        path: redactor.text(path),
        query: method === "GET" || method === "DELETE" ? formEncode(params) : undefined,
        status: answer.status,
        said,
        errors,
        endpoint: answer.endpoint.origin,
        attempt: this.context.attempt,
        foreign: !isProxmoxBody(body),
        offline,
      });
    if (!body || !("data" in body))
      throw new ProxmoxError({
        kind: "protocol",
        method,
        path,
        status: answer.status,
        message: `${method} ${path} at ${answer.endpoint.origin} was answered with something other than {"data": ...}. Is this a Proxmox VE API?`,
      });
    const { data, total, changes } = body;
    // A new token's secret appears once, as `value` (PVE/API2/User.pm generate_token).
    if (/^\/access\/users\/[^/]+\/token\//.test(path)) redactor.add((data as { value?: string } | null)?.value);
    return {
      data,
      total: total === undefined || total === null ? undefined : Number(total),
      changes: typeof changes === "string" ? changes : undefined,
    };
  }
}
