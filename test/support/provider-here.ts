import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { createReporter } from "../../providers/kernel/process/progress";
import { createSession, type Session } from "../../providers/kernel/session/session";
import { registry } from "../../providers/registry";
import { connect } from "../../pve";
import type { Clock } from "../../pve/clock";
import { provenTrail } from "./audit-trail";
import type { EngineMessage } from "./fake-engine";
import { CallFailure, flatConfig, type Plugin, type Properties } from "./plugin";
import { currentTest, scanText } from "./secret-scan";

/** What the engine asks of a plugin. */
export type ProviderCalls = Pick<Plugin, "check" | "configure" | "create" | "delete" | "diff" | "read" | "update"> & {
  readonly engine: { readonly messages: EngineMessage[] };
  close(): Promise<void>;
};

interface Provider {
  check(
    olds: Properties,
    news: Properties,
  ): Promise<{ inputs: Properties; failures?: { property: string; reason: string }[] }>;
  configure(request: { config: { get(key: string): string | undefined } }): Promise<void>;
  create(inputs: Properties): Promise<{ id: string; outs: Properties }>;
  delete(id: string, properties: Properties): Promise<void>;
  diff(
    id: string,
    olds: Properties,
    news: Properties,
  ): Promise<{ changes?: boolean; replaces?: string[]; deleteBeforeReplace?: boolean }>;
  read(id: string, properties: Properties): Promise<{ id?: string; props?: Properties; inputs?: Properties }>;
  update(id: string, olds: Properties, news: Properties): Promise<{ outs?: Properties }>;
}

/** As long as a plugin waits for the engine to have recorded its answer. */
const recordedAfterMs = 10_000;

/** Nothing is loaded ahead: what it would save is the start of a process. */
const kinds = registry(async () => undefined);

/**
 * The providers of one run in the test's own process, with a memory of their own: half of what a test through the
 * plugin costs is the plugin's start. What the plugin itself does, from its protocol to its end, is seen in the tests
 * that start it.
 */
export class ProviderHere implements ProviderCalls {
  readonly engine: { readonly messages: EngineMessage[] } = { messages: [] };
  private readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-test-trail-"));
  private readonly ending = new AbortController();
  private readonly providers = new Map<string, Promise<Provider>>();
  private readonly session: Session;
  private readonly unrecorded = new Map<() => Promise<void>, NodeJS.Timeout>();
  private readonly last = new Set<Promise<unknown>>();
  private flat: Readonly<Record<string, string>> = {};

  constructor(env: Readonly<Record<string, string>> = {}, clock?: Clock) {
    const send = (message: Omit<EngineMessage, "severity"> & { readonly severity: "info" | "warning" }) =>
      void this.engine.messages.push(message);
    this.session = createSession({
      lifeline: {
        signal: this.ending.signal,
        hold: (work) => work(),
        assertEngine: async () => this.ending.signal.throwIfAborted(),
        whenRecorded: (work) =>
          void this.unrecorded.set(
            work,
            setTimeout(() => this.recorded(work), recordedAfterMs),
          ),
      },
      reporter: (urn) => createReporter(urn, send, () => performance.now(), false),
      env: { ...process.env, PROXMOX_AUDIT_FILE: this.trail, ...env },
      ...(clock ? { open: (options) => connect({ ...options, clock }) } : {}),
    });
  }

  private get trail(): string {
    return path.join(this.folder, "trail.jsonl");
  }

  private recorded(work: () => Promise<void>): void {
    clearTimeout(this.unrecorded.get(work));
    this.unrecorded.delete(work);
    this.last.add(work());
  }

  async configure(config: Properties): Promise<void> {
    this.flat = flatConfig(config);
  }

  /** Made and configured when it is first asked, as by the SDK. */
  private provider(kind: string): Promise<Provider> {
    let found = this.providers.get(kind);
    if (!found) {
      found = (async () => {
        const make = kinds[kind];
        if (!make) throw new Error(`there is no provider of ${kind}`);
        const provider = make(this.session) as Provider;
        await provider.configure({ config: { get: (key) => this.flat[key] } });
        return provider;
      })();
      this.providers.set(kind, found);
    }
    return found;
  }

  async check(kind: string, olds: Properties, news: Properties) {
    const { inputs, failures = [] } = await answered((await this.provider(kind)).check(sent(olds), sent(news)));
    return { inputs: sent(inputs), failures };
  }

  async diff(kind: string, id: string, olds: Properties, news: Properties) {
    const told = await answered((await this.provider(kind)).diff(id, sent(olds), sent(news)));
    const changes =
      told.changes === undefined ? ("unknown" as const) : told.changes ? ("some" as const) : ("none" as const);
    return { changes, replaces: told.replaces ?? [], deleteBeforeReplace: told.deleteBeforeReplace ?? false };
  }

  async create(kind: string, properties: Properties) {
    const { id, outs } = await answered((await this.provider(kind)).create(sent(properties)));
    return { id, properties: sent(outs) };
  }

  async read(kind: string, id: string, properties: Properties) {
    const {
      id: found = "",
      props = {},
      inputs,
    } = await answered((await this.provider(kind)).read(id, sent(properties)));
    return { id: found, properties: sent(props), ...(inputs ? { inputs: sent(inputs) } : {}) };
  }

  async update(kind: string, id: string, olds: Properties, news: Properties) {
    const { outs = {} } = await answered((await this.provider(kind)).update(id, sent(olds), sent(news)));
    return { properties: sent(outs) };
  }

  async delete(kind: string, id: string, properties: Properties): Promise<void> {
    await answered((await this.provider(kind)).delete(id, sent(properties)));
  }

  /** Ends as a plugin does after an operation: what waits to be recorded is, and nothing is done any more. */
  async close(): Promise<void> {
    for (const work of [...this.unrecorded.keys()]) this.recorded(work);
    await Promise.allSettled(this.last);
    this.ending.abort(new Error("the operation has ended"));
    const what = `providers of "${currentTest()}"`;
    try {
      provenTrail(this.trail, what);
    } finally {
      fs.rmSync(this.folder, { recursive: true, force: true });
    }
    scanText(JSON.stringify(this.engine.messages), `what ${what} have said`);
  }
}

/** As on the wire: another object each time, without what is undefined, its keys in the order of the alphabet. */
const sent = (properties: Properties): Properties =>
  JSON.parse(
    JSON.stringify(properties, (_, value: unknown) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
        : value,
    ),
  ) as Properties;

async function answered<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const { message, id, properties, reasons } = error as Error & {
      readonly id?: string;
      readonly properties?: Properties;
      readonly reasons?: readonly string[];
    };
    const partial = id ? { id, properties: sent(properties ?? {}), reasons: reasons ?? [] } : undefined;
    throw new CallFailure(message, 2, partial);
  }
}
