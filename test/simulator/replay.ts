import { startSimulator } from "../../simulator/index.js";
import { pauseAfter } from "./pauses.js";
import { findRoute } from "../../simulator/api/index.js";
import { readScenario } from "./recording.js";
import { ReplaySession, type Outcome, type Recorder } from "./replay-session.js";

/** The result of one scenario. */
interface Replay {
  readonly name: string;
  readonly outcomes: readonly Outcome[];
  /** Endpoints that answered equally at least once, as `METHOD /path/{template}`. */
  readonly routes: readonly string[];
}

/** The world in which a scenario begins. */
function seedOf(scenario: string): string {
  const number = Number(scenario.slice(0, 2));
  if (number === 20) return "conformance:3";
  if (number === 41) return "conformance-host";
  if (number === 44 || number === 47) return "conformance:3-links";
  return number > 20 && number < 30 ? "conformance-cluster" : "conformance";
}

/** What another recorder did otherwise, some time later. */
function recorderOf(scenario: string): Recorder {
  return {
    newestSecrets: Number(scenario.slice(0, 2)) >= 40,
    ...(scenario.startsWith("45") ? { passwords: { "u1@pve": "new-password" } } : {}),
  };
}

/** Replays a scenario against a fresh simulator. */
export async function replay(prefix: string): Promise<Replay> {
  const { name, exchanges } = readScenario(prefix);
  const simulator = await startSimulator({ seed: seedOf(name), clock: "manual", token: false });
  const session = new ReplaySession(simulator, recorderOf(name));
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
