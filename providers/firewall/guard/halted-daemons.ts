import type { Ssh } from "../../../pve";
import { stepMs } from "../../kernel/way-back/node-timer";
import { daemons, haltedFiles } from "./switch-files";

/** Daemons of a node that a switch has stopped, whose ever, and that nobody has started since. */
export async function haltedOn(ssh: Ssh, node: string, signal?: AbortSignal): Promise<string[]> {
  const found: string[] = [];
  for (const daemon of daemons)
    for (const note of haltedFiles(daemon))
      if (
        !found.includes(daemon) &&
        (await ssh.exec(node, ["test", "-e", note], { signal, timeoutMs: stepMs })).code === 0
      )
        found.push(daemon);
  return found;
}

export async function startDaemon(ssh: Ssh, node: string, daemon: string, signal: AbortSignal): Promise<void> {
  await ssh.run(node, ["systemctl", "start", `${daemon}.service`], { signal, timeoutMs: stepMs });
}

/** It runs, and is known to shut nobody out. */
export async function forgetHalt(
  ssh: Ssh,
  node: string,
  halted: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  await ssh.run(node, ["rm", "-f", "--", ...halted.flatMap(haltedFiles)], { signal, timeoutMs: stepMs });
}

/** Does the daemon that filters run? What does not will read the files some day, and nobody looks then. */
export const runs = async (ssh: Ssh, node: string, daemon: string, signal: AbortSignal): Promise<boolean> =>
  (await ssh.exec(node, ["systemctl", "is-active", "--quiet", `${daemon}.service`], { signal, timeoutMs: stepMs }))
    .code === 0;
