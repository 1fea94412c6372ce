import type { Simulation } from "../simulation.js";
import type { NodeState } from "../world/world.js";
import type { Shell } from "./node-shell.js";
import type { Ended } from "./ssh-record.js";
import { FileSystem } from "./file-system.js";

/** How a timer runs its command: given by the table of commands, which this file would otherwise go round in a circle with. */
export type RunWords = (shell: Shell, words: readonly string[]) => Ended;

/** systemd's own, where the timer says nothing: it may fire that much later (systemd.timer(5), AccuracySec=). */
const defaultAccuracy = 60;

/** Seconds of `60`, `60s`, `2min`. */
function seconds(text: string): number | undefined {
  const [, number, unit = "s"] = /^(\d+)\s*(s|sec|m|min)?$/.exec(text) ?? [];
  if (number === undefined) return undefined;
  return Number(number) * (unit.startsWith("m") ? 60 : 1);
}

/** `systemd-run` as far as it arms a timer; undefined for anything else. */
export function armTimer(shell: Shell, args: readonly string[], run: RunWords): Ended | undefined {
  const { simulation, node } = shell;
  let [unit, delay, accuracy]: [string | undefined, number | undefined, number | undefined] = [
    undefined,
    undefined,
    defaultAccuracy,
  ];
  let at = 0;
  for (; args[at]?.startsWith("-"); at++) {
    const word = args[at] ?? "";
    if (word === "--") {
      at++;
      break;
    }
    const [, name = "", value = ""] = /^--([a-z-]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === "on-active") delay = seconds(value);
    else if (name === "unit") unit = value.replace(/\.(?:timer|service)$/, "");
    else if (name === "timer-property" && value.startsWith("AccuracySec=")) accuracy = seconds(value.slice(12));
    else if (!["collect", "quiet", "description"].includes(name)) return undefined;
  }
  const command = args.slice(at);
  if (!unit || delay === undefined || accuracy === undefined || command.length === 0) return undefined;
  if (node.timers?.[unit])
    return {
      code: 1,
      stderr: `Failed to start transient timer unit: Unit ${unit}.timer was already loaded or has a fragment file.\n`,
    };
  node.timers = { ...node.timers, [unit]: { at: simulation.clock.now() + (delay + accuracy) * 1000, command } };
  scheduleTimer(simulation, node, unit, run);
  return { code: 0, stderr: `Running timer as unit: ${unit}.timer\nWill run service as unit: ${unit}.service\n` };
}

/** Lets a timer of the node fire when its time has come, whoever is connected by then. */
function scheduleTimer(simulation: Simulation, node: NodeState, unit: string, run: RunWords): void {
  const timer = node.timers?.[unit];
  if (!timer) return;
  simulation.clock.schedule(timer.at - simulation.clock.now(), () => {
    // stopped, armed anew, or the machine has gone off meanwhile
    if (node.timers?.[unit] !== timer) return;
    stopTimer(node, unit);
    const files = new FileSystem(simulation, node);
    const ended = run({ files, stdin: "", simulation, node }, timer.command);
    simulation.noteSsh(node, "timer", timer.command.join(" "), ended);
    simulation.keeper?.changed();
  });
}

/** Timers that the world was saved with. */
export function resumeTimers(simulation: Simulation, run: RunWords): void {
  for (const node of Object.values(simulation.world.nodes))
    for (const unit of Object.keys(node.timers ?? {})) scheduleTimer(simulation, node, unit, run);
}

/** Whether there was one. */
export function stopTimer(node: NodeState, unit: string): boolean {
  const { [unit]: found, ...others } = node.timers ?? {};
  if (Object.keys(others).length > 0) node.timers = others;
  else delete node.timers;
  return found !== undefined;
}
