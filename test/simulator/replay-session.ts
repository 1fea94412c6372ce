import type { Simulator } from "../../simulator/index.js";
import { parseTotp, totpCode } from "../../simulator/access/totp.js";
import { startCorosync, stopCorosync } from "../../simulator/cluster/corosync-daemon.js";
import { conformanceNode } from "../../simulator/seeds/conformance.js";
import { differences, normalise, normaliseText } from "./normalise.js";
import type { Exchange } from "./recording.js";
import { ReplayClient, type Received } from "./replay-client.js";

/** How one exchange came out. */
export interface Outcome {
  readonly exchange: Exchange;
  readonly received: Received;
  /** Where the answers differ; empty when they are equal. */
  readonly differences: readonly string[];
}

/** How the recorder of a scenario worked. */
export interface Recorder {
  /** Passwords at the first use of a user, where they are not those of the README. */
  readonly passwords?: Readonly<Record<string, string>>;
  /** A token went on with its newest secret. */
  readonly newestSecrets?: boolean;
}

/** Sends the exchanges of one scenario and remembers what the simulator calls the recorded things. */
export class ReplaySession {
  private readonly client: ReplayClient;
  /** Simulated UPIDs, digests, secrets by recorded ones. */
  private readonly names = new Map<string, string>();
  /** Seconds by which the simulated time is ahead of the recorded one. */
  private timeShift = 0;
  /** The address of the last second factor that was added. */
  private totp = "";

  constructor(
    private readonly simulator: Simulator,
    private readonly recorder: Recorder = {},
  ) {
    this.client = new ReplayClient(simulator, recorder.passwords);
  }

  close(): void {
    this.client.close();
  }

  /** Forgets the sessions with a node that was installed anew. */
  forget(node: string): void {
    this.client.forget(node);
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
    this.renewCode(exchange, params);
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
    if (method === "GET" && path === "/cluster/status") this.finishJoins();
    if (method !== "GET" || upid === undefined || typeof data !== "object" || data === null) return;
    const lines = Array.isArray(data) ? (data as { t?: string }[]) : [];
    const over = Array.isArray(data) ? /^TASK /.test(lines.at(-1)?.t ?? "") : "exitstatus" in data;
    if (over) this.simulator.simulation.tasks.finishTask(this.names.get(upid) ?? "");
  }

  private finishJoins(): void {
    const { clock, simulation, world } = this.simulator;
    const tasks = Object.values(world.nodes).flatMap((node) => node.tasks);
    // until pveproxy serves the new certificate, unless the join hangs
    for (const { type, upid, status } of tasks) {
      if (type !== "clusterjoin" || status !== undefined) continue;
      for (let left = 60; left > 0 && simulation.tasks.isActive(upid); left--) clock.advance(1000);
      clock.advance(10_000);
    }
  }

  /** Lets the simulator's time pass as it did between two recorded requests. */
  passTime(group: readonly Exchange[], pause: number): void {
    const { clock, simulation } = this.simulator;
    for (const exchange of group) {
      const data = (exchange.body as { data?: unknown } | null)?.data;
      if (!exchange.wait || typeof data !== "string") continue;
      simulation.tasks.finishTask(this.names.get(data) ?? "");
      // and until pveproxy serves the new certificate
      if (data.includes(":clusterjoin:")) clock.advance(10_000);
      if (/:(qmstop|qmshutdown|qmreboot|qmsuspend):/.test(data)) clock.advance(1500);
    }
    clock.advance(50 + pause);
  }

  /** What was done to the machines between two requests. */
  private event(exchange: Exchange): string[] {
    if (/^waited until pveproxy of \S+ served its new certificate$/.test(exchange.path)) this.finishJoins();
    if (/^(?:waited until|end:)/.test(exchange.path)) return [];
    if (this.corosyncEvent(exchange.path)) return [];
    const [, name = "", what = ""] =
      /^(?:pveproxy on )?(\S+) (?:is|has) (stopped|started|powered off|powered on again|reinstalled|joined again)\b/.exec(
        exchange.path,
      ) ?? [];
    const { simulation, world } = this.simulator;
    const node = world.nodes[name];
    if (!node) return [`event not replayed: ${exchange.path}`];
    if (what === "reinstalled") conformanceNode(world, { name, address: node.address });
    if (what === "reinstalled") simulation.renewCertificate(simulation.node(name));
    if (what === "joined again") this.finishJoins();
    if (what === "reinstalled" || what === "joined again") return [];
    node.state = what === "stopped" ? "stopped" : what === "powered off" ? "off" : "online";
    return [];
  }

  /** Corosync and its links. */
  private corosyncEvent(text: string): boolean {
    const { simulation } = this.simulator;
    const [, what, names = ""] = /^corosync is (stopped|started) on ([^:]+):/.exec(text) ?? [];
    for (const name of names.split(" and ").filter(Boolean)) {
      if (what === "stopped") stopCorosync(simulation, simulation.node(name));
      else startCorosync(simulation.node(name));
    }
    const [, node, change] = /^(\S+): (its second link .* is taken down|link up again)$/.exec(text) ?? [];
    const port = node === undefined ? undefined : simulation.node(node).network.ports[1];
    if (port) port.up = change === "link up again";
    return names !== "" || port !== undefined;
  }

  /** Moments in parameters, moved by as much as the replay differs from the recording. */
  private translateTime(key: string, text: string): string {
    if ((key !== "since" && key !== "until") || !/^1[78]\d{8}$/.test(text)) return text;
    return String(Number(text) + this.timeShift);
  }

  /** A code of a second factor that was right is one of another time here. */
  private renewCode({ status }: Exchange, params: Record<string, string | string[]>): void {
    const { totp, password } = params;
    if (status !== 200) return;
    if (typeof totp === "string") this.totp = totp;
    const seconds = Math.floor(this.simulator.clock.now() / 1000);
    const code = () => totpCode(parseTotp(this.totp), Math.floor(seconds / 30));
    if (typeof totp === "string") params["value"] = code();
    else if (typeof password === "string" && password.startsWith("totp:")) params["password"] = `totp:${code()}`;
  }

  private translate(text: string): string {
    for (const [recorded, simulated] of this.names)
      text = text.replaceAll(recorded, simulated).replaceAll(recorded.toLowerCase(), simulated.toLowerCase());
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
      if (
        same &&
        /^UPID:|^PVE:!tfa!|^[0-9a-f-]{36}$|^[0-9a-f]{40}$|^[0-9a-f]{64}$|^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/.test(
          recorded,
        )
      )
        this.names.set(recorded, received);
      return;
    }
    if (typeof recorded !== "object" || typeof received !== "object" || recorded === null || received === null) return;
    // The first recorder went on with the first secret when a token got a new one.
    const { "full-tokenid": token, info, value } = received as Record<string, unknown>;
    if (typeof token === "string" && typeof value === "string" && (info || this.recorder.newestSecrets))
      this.client.secrets.set(token, value);
    for (const [key, sub] of Object.entries(recorded)) this.learn(sub, counterpart(received, key, sub));
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

/** What stands in the same place of a reply: in a list, the item of the same name, for their order is chance. */
function counterpart(received: object, key: string, recorded: unknown): unknown {
  const nameOf = (item: unknown): unknown => {
    const { id, name } = (item ?? {}) as { id?: unknown; name?: unknown };
    return id ?? name;
  };
  const name = nameOf(recorded);
  if (!Array.isArray(received) || name === undefined) return (received as Record<string, unknown>)[key];
  return received.find((item) => nameOf(item) === name) as unknown;
}
