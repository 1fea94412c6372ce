import type { Simulation } from "../simulation.js";
import type { NodeState } from "../world/world.js";
import type { Shell } from "./node-shell.js";
import type { Ended } from "./ssh-record.js";
import { splitOptions } from "./systemd-options.js";
import { FileSystem } from "./file-system.js";

/** How a timer runs its command: given by the table of commands, which this file would otherwise go round in a circle with. */
export type RunWords = (shell: Shell, words: readonly string[]) => Ended;

type ArmedTimer = NonNullable<NodeState["timers"]>[string];

/** systemd's own, where the timer says nothing: it may fire that much later (systemd.timer(5), AccuracySec=). */
const defaultAccuracy = 60;

/** So often within so many seconds a unit is started that says nothing else (systemd-system.conf(5), DefaultStartLimit…). */
const defaultLimit = { interval: 10, burst: 5 };
/** Seconds (systemd.service(5), RestartSec=). */
const defaultRestart = 0.1;

/** Seconds of `60`, `60s`, `2min`, `1h`. */
function seconds(text: string): number | undefined {
  const [, number, unit = "s"] = /^(\d+)\s*(s|sec|m|min|h)?$/.exec(text) ?? [];
  if (number === undefined) return undefined;
  return Number(number) * (unit === "h" ? 3600 : unit.startsWith("m") ? 60 : 1);
}

/**
 * Whether a unit may be started once more: within `interval` no more than `burst` times, by whomever; an interval of 0 means
 * that there is no limit (systemd.unit(5), StartLimitIntervalSec=).
 */
function mayStart({ limit, starts }: NonNullable<ArmedTimer["restart"]>, now: number): boolean {
  if (limit.interval === 0) return true;
  while (starts[0] !== undefined && now - starts[0] >= limit.interval * 1000) starts.shift();
  if (starts.length >= limit.burst) return false;
  starts.push(now);
  return true;
}

/** `systemd-run` as far as it arms a timer; undefined for anything else. */
export function armTimer(shell: Shell, args: readonly string[], run: RunWords): Ended | undefined {
  const { simulation, node } = shell;
  let [unit, delay, accuracy]: [string | undefined, number | undefined, number | undefined] = [
    undefined,
    undefined,
    defaultAccuracy,
  ];
  let [description, again]: [string | undefined, number | undefined] = [undefined, undefined];
  const limit = { ...defaultLimit };
  let restarts = false;
  const { options, command } = splitOptions(args);
  for (const { name, value } of options) {
    if (name === "on-active") delay = seconds(value);
    else if (name === "unit") unit = value.replace(/\.(?:timer|service)$/, "");
    else if (name === "timer-property" && value.startsWith("AccuracySec=")) accuracy = seconds(value.slice(12));
    else if (name === "description") description = value;
    else if (name === "property" && value.startsWith("RestartSec=")) again = seconds(value.slice(11));
    else if (name === "property" && /^StartLimitBurst=\d+$/.test(value)) limit.burst = Number(value.slice(16));
    else if (name === "property" && value.startsWith("StartLimitIntervalSec=")) {
      const interval = seconds(value.slice(22));
      if (interval === undefined) return undefined;
      limit.interval = interval;
    } else if (name === "property" && value === "Restart=on-failure") restarts = true;
    else if (!["collect", "quiet"].includes(name)) return undefined;
  }
  if (!unit || delay === undefined || accuracy === undefined || command.length === 0) return undefined;
  const there = node.timers?.[unit];
  if (there) {
    const kind = isTimerThere(there, simulation.clock.now()) ? "timer" : "service";
    return {
      code: 1,
      stderr: `Failed to start transient timer unit: Unit ${unit}.${kind} was already loaded or has a fragment file.\n`,
    };
  }
  const timer = {
    ...{ at: simulation.clock.now() + (delay + accuracy) * 1000, command },
    ...(description === undefined ? {} : { description }),
    ...(restarts ? { restart: { seconds: again ?? defaultRestart, limit, starts: [] } } : {}),
  };
  node.timers = { ...node.timers, [unit]: timer };
  scheduleTimer(simulation, node, unit, run);
  return { code: 0, stderr: `Running timer as unit: ${unit}.timer\nWill run service as unit: ${unit}.service\n` };
}

/** Lets a timer of the node fire when its time has come, whoever is connected by then. */
function scheduleTimer(simulation: Simulation, node: NodeState, unit: string, run: RunWords): void {
  const timer = node.timers?.[unit];
  if (!timer) return;
  const { at } = timer;
  simulation.clock.schedule(at - simulation.clock.now(), () => {
    // stopped, armed anew, or the machine has gone off meanwhile
    if (node.timers?.[unit] !== timer || timer.at !== at) return;
    serve(simulation, node, unit, run);
  });
}

/**
 * Whether the timer itself is there still. Its service goes through a failed state before each restart (service_enter_dead of
 * systemd's service.c), which ends a timer that has elapsed (timer_trigger_notify and timer_enter_waiting of timer.c); the
 * service goes on without it. One that was started by hand before leaves the timer waiting.
 */
const isTimerThere = (timer: ArmedTimer, now: number): boolean =>
  !timer.running || (timer.due !== undefined && now < timer.due);

/** Runs the service of a timer; one that failed is begun again where it says so. */
function serve(
  simulation: Simulation,
  node: NodeState,
  unit: string,
  run: RunWords,
  kind: "timer" | "exec" = "timer",
): void {
  const timer = node.timers?.[unit];
  if (!timer) return;
  const now = simulation.clock.now();
  // A start that the limit refuses is a failure that is not repeated, and the unit is collected.
  if (timer.restart && !mayStart(timer.restart, now)) {
    stopTimer(node, unit);
    simulation.keeper?.changed();
    return;
  }
  const files = new FileSystem(simulation, node);
  const ended = run({ files, stdin: "", simulation, node }, timer.command);
  simulation.noteSsh(node, kind, timer.command.join(" "), ended);
  // It may have ended its own units.
  if (node.timers?.[unit] !== timer) return;
  if (!timer.running) timer.due = timer.at;
  if (ended.code !== 0 && timer.restart) {
    timer.running = true;
    timer.at = now + timer.restart.seconds * 1000;
    scheduleTimer(simulation, node, unit, run);
  } else if (timer.due !== undefined && now < timer.due) {
    if (timer.running) waitAgain(simulation, node, unit, run);
  } else stopTimer(node, unit);
  simulation.keeper?.changed();
}

/** The service has ended before its timer was to start it. */
function waitAgain(simulation: Simulation, node: NodeState, unit: string, run: RunWords): void {
  const timer = node.timers?.[unit];
  if (timer?.due === undefined) return;
  timer.at = timer.due;
  delete timer.running;
  scheduleTimer(simulation, node, unit, run);
}

/** What systemd says of the units of one timer. */
function stateOf(node: NodeState, name: string, now: number): "active" | "activating" | "inactive" {
  const [, unit = "", kind] = /^([^/]+)\.(timer|service)$/.exec(name) ?? [];
  const timer = node.timers?.[unit];
  if (!timer) return "inactive";
  if (kind === "timer") return isTimerThere(timer, now) ? "active" : "inactive";
  return timer.running ? "activating" : "inactive";
}

/** `systemctl is-active UNIT.timer`; undefined for anything else. */
export function isTimerActive({ simulation, node }: Shell, args: readonly string[]): Ended | undefined {
  const [verb, name = "", ...more] = args;
  if (verb !== "is-active" || !name.endsWith(".timer") || more.length > 0) return undefined;
  const state = stateOf(node, name, simulation.clock.now());
  return { code: state === "active" ? 0 : 3, stdout: `${state}\n` };
}

/** `systemctl stop` of a timer, its service, or both, each of which it goes on after; undefined for anything else. */
export function stopUnits({ simulation, node }: Shell, args: readonly string[], run: RunWords): Ended | undefined {
  const [verb, ...names] = args;
  const units = names.map((name) => /^([^/]+)\.(timer|service)$/.exec(name));
  const isOurs = units.some((unit) => unit?.[2] === "timer" || node.timers?.[unit?.[1] ?? ""] !== undefined);
  if (verb !== "stop" || names.length === 0 || !units.every((unit) => unit) || !isOurs) return undefined;
  let stderr = "";
  for (const [name, unit = "", kind] of units.flatMap((one) => (one ? [one] : []))) {
    const timer = node.timers?.[unit];
    const now = simulation.clock.now();
    const isThere = timer && (kind === "service" || isTimerThere(timer, now));
    if (!isThere) stderr += `Failed to stop ${name}: Unit ${name} not loaded.\n`;
    else if (kind === "timer" && timer.running) delete timer.due;
    else if (kind === "timer") stopTimer(node, unit);
    else if (timer.running && isTimerThere(timer, now)) waitAgain(simulation, node, unit, run);
    else if (timer.running) stopTimer(node, unit);
  }
  return stderr === "" ? { code: 0 } : { code: 5, stderr };
}

/** `systemctl show --property=ActiveState,Description` of a timer, and of its service as well; undefined for anything else. */
export function showTimer({ simulation, node }: Shell, args: readonly string[]): Ended | undefined {
  const [verb = "", property = "", ...names] = args;
  const units = names.map((name) => /^([^/]+)\.(?:timer|service)$/.exec(name)?.[1]);
  const isOurs = units.length > 0 && units.every((unit) => unit !== undefined) && /\.timer$/.test(names[0] ?? "");
  if (verb !== "show" || property !== "--property=ActiveState,Description" || !isOurs) return undefined;
  const blocks = names.map((name, at) => {
    const state = stateOf(node, name, simulation.clock.now());
    const timer = node.timers?.[units[at] ?? ""];
    // A unit that is not loaded has its own name for a description.
    const isLoaded = timer !== undefined && (state !== "inactive" || name.endsWith(".service"));
    return `ActiveState=${state}\nDescription=${isLoaded ? (timer.description ?? timer.command.join(" ")) : name}\n`;
  });
  return { code: 0, stdout: blocks.join("\n") };
}

/** `systemctl start --no-block UNIT.service` of a timer, which goes on beside it; undefined for anything else. */
export function startService(shell: Shell, args: readonly string[], run: RunWords): Ended | undefined {
  const [verb = "", option = "", name = "", ...more] = args;
  const unit = /^([^/]+)\.service$/.exec(name)?.[1];
  if (verb !== "start" || option !== "--no-block" || unit === undefined || more.length > 0) return undefined;
  const { simulation, node } = shell;
  const timer = node.timers?.[unit];
  if (!timer) return { code: 5, stderr: `Failed to start ${name}: Unit ${name} not found.\n` };
  // One that waits to be begun again is begun at once.
  serve(simulation, node, unit, run, "exec");
  return { code: 0 };
}

/** Timers that the world was saved with. */
export function resumeTimers(simulation: Simulation, run: RunWords): void {
  for (const node of Object.values(simulation.world.nodes))
    for (const unit of Object.keys(node.timers ?? {})) scheduleTimer(simulation, node, unit, run);
}

function stopTimer(node: NodeState, unit: string): void {
  const { [unit]: _, ...others } = node.timers ?? {};
  if (Object.keys(others).length > 0) node.timers = others;
  else delete node.timers;
}
