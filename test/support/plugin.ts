import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { projectRoot } from "../../cli/project";
import { FakeEngine } from "./fake-engine";
import { provenTrail } from "./audit-trail";
import { testEnvironment } from "./environment";
import { killMarked, marker, signal } from "./processes";
import { currentTest, scanText } from "./secret-scan";

export type Properties = Record<string, unknown>;

interface PluginOptions {
  /** The project's folder: the plugin resolves the library from there. */
  readonly project?: string;
  /** The text that stands in `__provider` for a kind of resource. */
  readonly text: (kind: string) => string;
  readonly env?: Record<string, string>;
}

/** As the engine hands it to a plugin: what is no text goes in as JSON. */
export const flatConfig = (config: Properties): Record<string, string> =>
  Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );

/** How a call failed; with `partial` the object exists and the engine records it. */
export class CallFailure extends Error {
  constructor(
    message: string,
    readonly code: number,
    readonly partial?: { readonly id: string; readonly properties: Properties; readonly reasons: readonly string[] },
  ) {
    super(message);
  }
}

/** Starts Pulumi's own plugin for dynamic resources as the engine starts it. */
export async function startPlugin(options: PluginOptions): Promise<Plugin> {
  const engine = await FakeEngine.listen();
  const project = options.project ?? projectRoot;
  const id = randomUUID();
  const what = `a plugin of "${currentTest()}"`;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-test-trail-"));
  const trail = path.join(folder, "trail.jsonl");
  const child = spawn(process.execPath, [require.resolve("@pulumi/pulumi/cmd/dynamic-provider"), engine.address], {
    cwd: project,
    env: {
      ...process.env,
      ...testEnvironment(),
      PULUMI_PROJECT: path.basename(project),
      PULUMI_NODEJS_PROJECT: path.basename(project),
      [marker]: id,
      PROXMOX_AUDIT_FILE: trail,
      ...options.env,
    },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const output = { text: "" };
  const exited = once(child, "exit").then(([code]) => code as number | null);
  const stop = async (): Promise<void> => {
    engine.close();
    await killMarked(id);
    try {
      provenTrail(trail, what);
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  };
  const port = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        output.text += chunk;
        const line = /^(\d+)\n/m.exec(output.text);
        if (line?.[1]) resolve(line[1]);
      });
    exited.then((code) => reject(new Error(`the plugin ended with ${code} at once:\n${output.text}`)), reject);
  });
  try {
    return new Plugin(`127.0.0.1:${await port}`, child.pid ?? 0, exited, engine, output, options.text, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A running plugin: each method is one call of the engine, with plain objects for properties. */
export class Plugin {
  /**
   * A call without an answer would hang the engine: it fails after so many milliseconds. One kind is this client's own: a
   * partial state of more than some 64 kB comes in a trailer that Node.js does not take and says nothing of. The engine
   * does (test/stack/guest-config.test.ts).
   */
  callDeadline = 300_000;
  readonly #client: ResourceProviderClient;

  constructor(
    address: string,
    readonly pid: number,
    readonly exited: Promise<number | null>,
    /** What the plugin tells the engine, and the way to make the engine vanish. */
    readonly engine: FakeEngine,
    private readonly written: { readonly text: string },
    private readonly text: (kind: string) => string,
    private readonly stop: () => Promise<void>,
  ) {
    this.#client = new ResourceProviderClient(address, grpc.credentials.createInsecure());
  }

  /** The plugin's standard output and standard error, its port included. */
  get output(): string {
    return this.written.text;
  }

  /** Gives the plugin the stack's configuration by full key. */
  async configure(config: Properties): Promise<void> {
    const request = new messages.ConfigureRequest();
    request.setArgs(struct(flatConfig(config)));
    await this.#call<messages.ConfigureResponse>((...rest) => this.#client.configure(request, ...rest));
  }

  async check(
    kind: string,
    olds: Properties,
    news: Properties,
  ): Promise<{ inputs: Properties; failures: { property: string; reason: string }[] }> {
    const request = new messages.CheckRequest();
    // The first check of a resource has no old inputs at all, not even the text.
    request.setOlds(Object.keys(olds).length === 0 ? new Struct() : this.#withText(kind, olds));
    request.setNews(this.#withText(kind, news));
    const response = await this.#call<messages.CheckResponse>((...rest) => this.#client.check(request, ...rest));
    return {
      inputs: plain(response.getInputs()),
      failures: response.getFailuresList().map((one) => ({ property: one.getProperty(), reason: one.getReason() })),
    };
  }

  async diff(
    kind: string,
    id: string,
    olds: Properties,
    news: Properties,
  ): Promise<{ changes: "unknown" | "none" | "some"; replaces: string[]; deleteBeforeReplace: boolean }> {
    const request = new messages.DiffRequest();
    request.setId(id);
    request.setOlds(this.#withText(kind, olds));
    request.setNews(this.#withText(kind, news));
    const response = await this.#call<messages.DiffResponse>((...rest) => this.#client.diff(request, ...rest));
    return {
      changes: (["unknown", "none", "some"] as const)[response.getChanges()],
      replaces: response.getReplacesList(),
      deleteBeforeReplace: response.getDeletebeforereplace(),
    };
  }

  async create(kind: string, properties: Properties): Promise<{ id: string; properties: Properties }> {
    const request = new messages.CreateRequest();
    request.setProperties(this.#withText(kind, properties));
    const response = await this.#call<messages.CreateResponse>((...rest) => this.#client.create(request, ...rest));
    return { id: response.getId(), properties: plain(response.getProperties()) };
  }

  /** `inputs` is absent where the provider returned none; an empty `id` says that the object is gone. */
  async read(
    kind: string,
    id: string,
    properties: Properties,
  ): Promise<{ id: string; properties: Properties; inputs?: Properties }> {
    const request = new messages.ReadRequest();
    request.setId(id);
    request.setProperties(this.#withText(kind, properties));
    const response = await this.#call<messages.ReadResponse>((...rest) => this.#client.read(request, ...rest));
    const inputs = response.hasInputs() ? { inputs: plain(response.getInputs()) } : {};
    return { id: response.getId(), properties: plain(response.getProperties()), ...inputs };
  }

  async update(kind: string, id: string, olds: Properties, news: Properties): Promise<{ properties: Properties }> {
    const request = new messages.UpdateRequest();
    request.setId(id);
    request.setOlds(this.#withText(kind, olds));
    request.setNews(this.#withText(kind, news));
    const response = await this.#call<messages.UpdateResponse>((...rest) => this.#client.update(request, ...rest));
    return { properties: plain(response.getProperties()) };
  }

  async delete(kind: string, id: string, properties: Properties): Promise<void> {
    const request = new messages.DeleteRequest();
    request.setId(id);
    request.setProperties(this.#withText(kind, properties));
    await this.#call<unknown>((...rest) => this.#client.delete(request, ...rest));
  }

  signal(name: NodeJS.Signals): void {
    signal(this.pid, name);
  }

  /** Ends the plugin and the engine that it talks to. */
  async close(): Promise<void> {
    this.#client.close();
    await this.stop();
    scanText(`${this.output}\n${JSON.stringify(this.engine.messages)}`, `what a plugin has said in "${currentTest()}"`);
  }

  #withText(kind: string, properties: Properties): Struct {
    return struct({ __provider: this.text(kind), ...properties });
  }

  #call<T>(
    send: (metadata: grpc.Metadata, options: Partial<grpc.CallOptions>, reply: Reply<T>) => unknown,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      send(new grpc.Metadata(), { deadline: Date.now() + this.callDeadline }, (error, response) => {
        if (error) reject(failure(error));
        else resolve(response);
      });
    });
  }
}

type Reply<T> = (error: grpc.ServiceError | null, response: T) => void;

function failure(error: grpc.ServiceError): CallFailure {
  const [packed] = error.metadata.get("grpc-status-details-bin");
  if (packed === undefined) return new CallFailure(error.details, error.code);
  const [detail] = Status.deserializeBinary(Buffer.from(packed as Buffer)).getDetailsList();
  if (!detail) return new CallFailure(error.details, error.code);
  const init = messages.ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
  return new CallFailure(error.details, error.code, {
    id: init.getId(),
    properties: plain(init.getProperties()),
    reasons: init.getReasonsList(),
  });
}

/** As on the wire: a property that is undefined is left out, as the SDK leaves it out of a registration. */
function struct(properties: Properties): Struct {
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(properties)) as Record<string, JavaScriptValue>);
}

function plain(value: Struct | undefined): Properties {
  return value?.toJavaScript() ?? {};
}
