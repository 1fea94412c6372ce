import fs from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { startSimulator, seedWorld, type Simulator, type World } from "../../simulator/index.js";
import { servedCertificate } from "../../simulator/http/served-certificate.js";
import type { Exchange } from "./recording.js";
import { ReplaySession, type Outcome } from "./replay-session.js";

/** What `context.json` says of the excerpts: places are `FILE:LINE`. */
interface Context {
  readonly order: readonly string[];
  readonly asked: Readonly<Record<string, readonly [number, string][]>>;
  readonly auth: Readonly<Record<string, readonly [number, string][]>>;
  readonly passwords: Readonly<Record<string, string>>;
  readonly events: Readonly<Record<string, string>>;
  readonly missing: readonly Missing[];
  readonly poll: readonly string[];
  readonly marks: { readonly racy: Readonly<Record<string, string>>; readonly lab: Readonly<Record<string, string>> };
}

/** A request that was made but not recorded: sent, not compared. */
interface Missing {
  readonly before: string;
  readonly asked?: string;
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly file?: string;
  readonly size?: number;
  readonly upid?: string;
  readonly running?: boolean;
}

/** How one file of excerpts came out. */
export interface ExcerptsReplay {
  readonly file: string;
  readonly outcomes: readonly Outcome[];
  /** Lines whose answers show the recorded machine or a race, by number. */
  readonly marked: ReadonlySet<number>;
}

const folder = path.join(__dirname, "..", "..", "..", "test", "recorded", "excerpts");
const patience = 60_000;

/** The world of the excerpts: `pve` as world.json of the scenarios, but without storage.cfg; three more for the cluster. */
function excerptsWorld(): World {
  const world = seedWorld("conformance:3");
  const alone = seedWorld("conformance");
  Object.assign(world.nodes, alone.nodes);
  Object.assign(world.clusters, alone.clusters);
  Object.assign(world.wiring?.ports ?? {}, alone.wiring?.ports);
  for (const cluster of Object.values(world.clusters)) cluster.storages = {};
  for (const { network, ...node } of Object.values(world.nodes)) {
    // 03:9 shows two empty lines at the end
    network.interfaces = network.interfaces.replace(/\nsource /, "\n\nsource ");
    for (const store of Object.keys(node.volumes)) delete node.volumes[store];
  }
  return world;
}

/** The files of excerpts, without ending. */
export function excerptNames(): string[] {
  const files = fs.readdirSync(folder).filter((file) => file.endsWith(".jsonl.gz"));
  return files.map((file) => file.replace(/\.jsonl\.gz$/, ""));
}

/** Replays the recorded excerpts in the order of their recording. */
export async function replayExcerpts(): Promise<ExcerptsReplay[]> {
  const context = JSON.parse(fs.readFileSync(path.join(folder, "context.json"), "utf8")) as Context;
  const simulator = await startSimulator({ seed: excerptsWorld(), clock: "manual", token: false });
  const run = new ExcerptsRun(simulator, context);
  try {
    const replays: ExcerptsReplay[] = [];
    for (const number of context.order) replays.push(await run.file(number));
    return replays;
  } finally {
    run.close();
    await simulator.close();
  }
}

class ExcerptsRun {
  private readonly session: ReplaySession;

  constructor(
    private readonly simulator: Simulator,
    private readonly context: Context,
  ) {
    this.session = new ReplaySession(simulator, { passwords: context.passwords });
  }

  close(): void {
    this.session.close();
  }

  async file(number: string): Promise<ExcerptsReplay> {
    const name = excerptNames().find((file) => file.startsWith(`${number}-`));
    if (name === undefined) throw new Error(`no excerpts ${number}`);
    const lines = gunzipSync(fs.readFileSync(path.join(folder, `${name}.jsonl.gz`)))
      .toString("utf8")
      .trim()
      .split("\n");
    const outcomes: Outcome[] = [];
    for (const [index, line] of lines.entries()) outcomes.push(await this.line(number, index + 1, line));
    const { racy, lab } = this.context.marks;
    const places = [...Object.keys(racy), ...Object.keys(lab)].map((place) => place.split(":"));
    const marked = new Set(places.filter(([file]) => file === number).map(([, n]) => Number(n)));
    return { file: name, outcomes, marked };
  }

  private async line(file: string, n: number, text: string): Promise<Outcome> {
    const place = `${file}:${n}`;
    for (const missing of this.context.missing.filter(({ before }) => before === place))
      await this.makeUp(file, n, missing);
    this.event(this.context.events[place]);
    const recorded = JSON.parse(text) as Omit<Exchange, "n" | "node" | "as"> & { readonly host?: string };
    const as = recorded.host?.startsWith("low") ? "low@pve" : at(this.context.auth, file, n);
    const address = /^([^?]*)\??(.*)$/.exec(recorded.path.replace(/^\/api2\/json/, ""));
    const exchange: Exchange = {
      ...recorded,
      ...{ n, node: at(this.context.asked, file, n), as: as === "low@pve!wrong" ? "wrong-secret:low@pve!t1" : as },
      path: address?.[1] ?? "",
      params: { ...recorded.params, ...Object.fromEntries(new URLSearchParams(address?.[2] ?? "")) },
      body: bodyOf(recorded.body),
    };
    this.session.waitAsRecorded(exchange);
    let outcome = await this.session.play(exchange);
    const until = this.simulator.clock.now() + patience;
    while (this.context.poll.includes(place) && outcome.differences.length > 0 && this.simulator.clock.now() < until) {
      this.simulator.clock.advance(2000);
      outcome = await this.session.play(exchange);
    }
    this.session.passTime([{ ...exchange, wait: true }], 0);
    return outcome;
  }

  /** Sends a request that was not recorded, and learns the UPID of the task that it starts. */
  private async makeUp(file: string, n: number, missing: Missing): Promise<void> {
    const { method, path: where, params, upid, running } = missing;
    const upload =
      missing.file === undefined ? {} : { upload: { name: missing.file, content: "x".repeat(missing.size ?? 1) } };
    const node = missing.asked ?? at(this.context.asked, file, n);
    const body = { data: upid ?? null };
    const peer = Object.values(this.simulator.world.nodes).find(({ address }) => address === params["hostname"]);
    const fingerprint = peer && servedCertificate(this.simulator.simulation, peer.name).fingerprint;
    const exchange: Exchange = {
      n: 0,
      node,
      as: "root@pam",
      method,
      path: where,
      // the recorded one is that of an installation before
      params: fingerprint === undefined ? params : { ...params, fingerprint },
      status: 200,
      reason: "OK",
      body,
      ...upload,
    };
    const { received } = await this.session.play(exchange);
    const started = (received.body as { data?: unknown } | undefined)?.data;
    if (running || typeof started !== "string") return;
    this.simulator.simulation.tasks.finishTask(started);
    if (started.includes(":clusterjoin:")) this.simulator.clock.advance(10_000);
  }

  /** What was done to the machines. */
  private event(text: string | undefined): void {
    const [what = "", ...names] = text?.split(" ") ?? [];
    for (const name of names) {
      const node = this.simulator.world.nodes[name];
      if (!node) continue;
      if (what === "down") node.state = "off";
      if (what === "up" || what === "heal") node.state = "online";
      if (what === "isolate") node.state = "isolated";
      if (what === "wipe") this.wipe(name);
    }
  }

  private wipe(name: string): void {
    const { world } = this.simulator;
    const fresh = excerptsWorld();
    const { nextPid } = world.nodes[name] ?? { nextPid: 0 };
    world.nodes[name] = { ...(fresh.nodes[name] ?? fail(name)), nextPid };
    world.clusters[name] = fresh.clusters[name] ?? fail(name);
    this.session.forget(name);
  }
}

function fail(name: string): never {
  throw new Error(`no node ${name}`);
}

/** The entry that holds at a line: the last one that begins at or before it. */
function at(table: Readonly<Record<string, readonly [number, string][]>>, file: string, n: number): string {
  const entries = table[file] ?? table[""] ?? [];
  return entries.filter(([from]) => from <= n).at(-1)?.[1] ?? "";
}

/** What the daemon sent: the recorder wrote null for an empty body, and its own text came after some bodies. */
function bodyOf(body: unknown): unknown {
  if (body === null) return "";
  if (typeof body !== "string") return body;
  // 20:102, 23:5 and others: no JSON, but what the recorder's script printed next
  if (!body.startsWith("{")) return "";
  for (let end = body.lastIndexOf("}"); end > 0; end = body.lastIndexOf("}", end - 1)) {
    const json = parsed(body.slice(0, end + 1));
    if (json !== undefined) return json;
  }
  return body;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
