import type { Shell } from "./node-shell.js";
import type { Ended } from "./ssh-record.js";
import { splitOptions } from "./systemd-options.js";
import type { RunWords } from "./timers.js";

/**
 * `systemd-run --wait` with a name and the environment: the command belongs to the node, and goes on although whoever
 * waits for it has gone. Undefined for anything else.
 */
export function runService(shell: Shell, args: readonly string[], run: RunWords): Ended | undefined {
  const { simulation, node, files } = shell;
  let [unit, output, waits] = ["", "", false];
  const env: Record<string, string> = {};
  const { options, command } = splitOptions(args);
  for (const { name, value } of options) {
    const [, key = "", set = ""] = /^([A-Z_]+)=(.*)$/s.exec(value) ?? [];
    if (name === "wait") waits = true;
    else if (name === "unit") unit = value.replace(/\.service$/, "");
    else if (name === "setenv" && key !== "") env[key] = set;
    else if (name === "property" && value.startsWith("StandardOutput=truncate:")) output = value.slice(24);
    else if (!["collect", "quiet"].includes(name) && value !== "StandardError=inherit") return undefined;
  }
  if (!waits || unit === "" || output === "" || command.length === 0) return undefined;
  if (isRunning(shell, unit))
    return {
      code: 1,
      stderr: `Failed to start transient service unit: Unit ${unit}.service was already loaded or has a fragment file.\n`,
    };
  const ended = run({ ...shell, env, stdin: "" }, command);
  const said = `${ended.stdout ?? ""}${ended.stderr ?? ""}`;
  if (!ended.unbuilt) files.write(output, { content: Buffer.from(said).toString("base64"), mode: 0o644 });
  const { seconds = 0 } = ended;
  node.jobs = { ...node.jobs, [unit]: simulation.clock.now() + Math.min(seconds, 1e9) * 1000 };
  return { code: ended.code, seconds, ...(ended.unbuilt ? { unbuilt: true } : {}) };
}

/** Whether such a command is still under way. */
export function isRunning({ simulation, node }: Shell, unit: string): boolean {
  const until = node.jobs?.[unit];
  return until !== undefined && !simulation.clock.reached(until);
}
