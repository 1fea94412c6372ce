import { startSimulator, type Simulator } from "../../simulator/index.js";
import { pauseAfter } from "./pauses.js";
import { findRoute } from "../../simulator/router.js";
import { differences, normalise, normaliseText } from "./normalise.js";
import { readScenario, type Exchange } from "./recording.js";
import { ReplayClient, type Received } from "./replay-client.js";

/** How one exchange came out. */
export interface Outcome {
  readonly exchange: Exchange;
  readonly received: Received;
  /** Where the answers differ; empty when they are equal. */
  readonly differences: readonly string[];
}

/** The result of one scenario. */
export interface Replay {
  readonly name: string;
  readonly outcomes: readonly Outcome[];
  /** Endpoints that answered equally at least once, as `METHOD /path/{template}`. */
  readonly routes: readonly string[];
}

/** The world in which a scenario begins. */
function seedOf(scenario: string): string {
  const number = Number(scenario.slice(0, 2));
  if (number === 20) return "conformance:3";
  return number > 20 && number < 30 ? "conformance-cluster" : "conformance";
}

/** Replays a scenario against a fresh simulator. */
export async function replay(prefix: string): Promise<Replay> {
  const { name, exchanges } = readScenario(prefix);
  const simulator = await startSimulator({ seed: seedOf(name), clock: "manual", token: false });
  const session = new ReplaySession(simulator);
  const outcomes: Outcome[] = [];
  const routes = new Set<string>();
  try {
    for (let at = 0; at < exchanges.length;) {
      const first = exchanges[at];
      if (!first) break;
      let end = at + 1;
      while (first.par !== undefined && exchanges[end]?.par === first.par) end++;
      // sent at the same moment: who wins is chance, so those that won are sent first
      const group = exchanges.slice(at, end).sort((one, other) => one.status - other.status);
      for (const exchange of group) session.waitAsRecorded(exchange);
      const done = await Promise.all(group.map((exchange) => session.play(exchange)));
      outcomes.push(...done);
      for (const outcome of done) {
        const { method, path } = outcome.exchange;
        const route = outcome.differences.length === 0 ? findRoute(method, path.replace(/\/+/g, "/")) : undefined;
        if (route?.handler && ![401, 501].includes(outcome.received.status)) routes.add(route.key);
      }
      session.passTime(group, pauseAfter(name, group));
      at = end;
    }
  } finally {
    session.close();
    await simulator.close();
  }
  return { name, outcomes, routes: [...routes].sort() };
}

/** Sends the exchanges of one scenario and remembers what the simulator calls the recorded things. */
class ReplaySession {
  private readonly client: ReplayClient;
  /** Simulated UPIDs, digests, secrets by recorded ones. */
  private readonly names = new Map<string, string>();
  /** Seconds by which the simulated time is ahead of the recorded one. */
  private timeShift = 0;

  constructor(private readonly simulator: Simulator) {
    this.client = new ReplayClient(simulator);
  }

  close(): void {
    this.client.close();
  }

  async play(exchange: Exchange): Promise<Outcome> {
    if (exchange.method === "EVENT")
      return { exchange, received: { status: 0, reason: "", body: "" }, differences: this.event(exchange) };
    const params: Record<string, string | string[]> = {};
    for (const [key, value] of Object.entries(exchange.params)) {
      params[key] = Array.isArray(value)
        ? value.map((one) => this.translate(one))
        : await this.translateTicket(exchange, this.translateTime(key, value));
    }
    const received = await this.client.send(exchange, this.translate(exchange.path), params);
    this.learn(exchange.body, received.body);
    return { exchange, received, differences: this.compare(exchange, received) };
  }

  /**
   * Lets time pass before a request where the recorder had waited without saying so (polling is not recorded): a task
   * that is over in the answer is over.
   */
  waitAsRecorded({ method, path, body }: Exchange): void {
    const upid = /^\/nodes\/[^/]+\/tasks\/(UPID:[^/]+)\/(?:status|log)$/.exec(path)?.[1];
    const data = (body as { data?: unknown } | null)?.data;
    if (method !== "GET" || upid === undefined || typeof data !== "object" || data === null) return;
    const lines = Array.isArray(data) ? (data as { t?: string }[]) : [];
    const over = Array.isArray(data) ? /^TASK /.test(lines.at(-1)?.t ?? "") : "exitstatus" in data;
    if (over) this.simulator.simulation.tasks.finishTask(this.names.get(upid) ?? "");
  }

  /** Lets the simulator's time pass as it did between two recorded requests. */
  passTime(group: readonly Exchange[], pause: number): void {
    const { clock, simulation } = this.simulator;
    for (const exchange of group) {
      const data = (exchange.body as { data?: unknown } | null)?.data;
      if (!exchange.wait || typeof data !== "string") continue;
      simulation.tasks.finishTask(this.names.get(data) ?? "");
      if (/:(qmstop|qmshutdown|qmreboot|qmsuspend):/.test(data)) clock.advance(1500);
    }
    clock.advance(50 + pause);
  }

  /** What was done to the machines between two requests. */
  private event(exchange: Exchange): string[] {
    const [, name = "", what = ""] =
      /^(?:pveproxy on )?(\S+) is (stopped|started|powered off|powered on again)\b/.exec(exchange.path) ?? [];
    const node = this.simulator.world.nodes[name];
    if (!node) return [`event not replayed: ${exchange.path}`];
    node.state = what === "stopped" ? "stopped" : what === "powered off" ? "off" : "online";
    return [];
  }

  /** Moments in parameters, moved by as much as the replay differs from the recording. */
  private translateTime(key: string, text: string): string {
    if ((key !== "since" && key !== "until") || !/^1[78]\d{8}$/.test(text)) return text;
    return String(Number(text) + this.timeShift);
  }

  private translate(text: string): string {
    for (const [recorded, simulated] of this.names)
      if (text.includes(recorded)) text = text.replaceAll(recorded, simulated);
    return text;
  }

  /** A recorded ticket lost its signature: one of the same user takes its place. */
  private async translateTicket(exchange: Exchange, text: string): Promise<string> {
    const user = /^PVE:([^:]+):[0-9A-F]{8}::<signature>$/.exec(text)?.[1];
    return user === undefined ? this.translate(text) : (await this.client.session(exchange.node, user)).ticket;
  }

  /** Learns the simulator's names from two answers that have them in the same place. */
  private learn(recorded: unknown, received: unknown): void {
    if (typeof recorded === "string" && typeof received === "string") {
      const same = recorded !== received && normaliseText(recorded) === normaliseText(received);
      if (same && recorded.startsWith("UPID:")) this.timeShift = startOf(received) - startOf(recorded);
      if (same && /^UPID:|^[0-9a-f-]{36}$|^[0-9a-f]{40}$/.test(recorded)) this.names.set(recorded, received);
      return;
    }
    if (typeof recorded !== "object" || typeof received !== "object" || recorded === null || received === null) return;
    // The recorder went on with the first secret when a token got a new one.
    const { "full-tokenid": token, info, value } = received as Record<string, unknown>;
    if (typeof token === "string" && typeof value === "string" && info) this.client.secrets.set(token, value);
    for (const [key, sub] of Object.entries(recorded)) this.learn(sub, (received as Record<string, unknown>)[key]);
  }

  private compare(exchange: Exchange, received: Received): string[] {
    const lines: string[] = [];
    if (exchange.status !== received.status)
      lines.push(`status: recorded ${exchange.status}, replayed ${received.status}`);
    const [recordedReason, receivedReason] = [exchange.reason, received.reason].map(normaliseText);
    if (recordedReason !== receivedReason) lines.push(`reason: recorded ${recordedReason}, replayed ${receivedReason}`);
    const { path } = exchange;
    return [...lines, ...differences(normalise(exchange.body, path), normalise(received.body, path))];
  }
}

/** When a task began, from its UPID. */
function startOf(upid: string): number {
  return parseInt(upid.split(":")[4] ?? "", 16);
}
