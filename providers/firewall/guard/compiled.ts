import type { Ssh } from "../../../pve";
import { isAway } from "../../kernel/way-back/node-timer";
import { readFile } from "./node-switch";

const patienceMs = 20_000;

/** Why a node does not filter by what was written yet. */
export interface NotCompiled {
  readonly words: string;
  /** The node did not answer. */
  readonly away: boolean;
}

export const still = (words: string): NotCompiled => ({ words, away: false });

/** The file of the cluster, which a node may not have got yet. */
export async function notArrived(
  ssh: Ssh,
  node: string,
  file: string,
  content: Buffer,
  signal: AbortSignal,
): Promise<NotCompiled | undefined> {
  return (await readFile(ssh, node, file, signal)).equals(content)
    ? undefined
    : still(`${node} has not got the new ${file} yet`);
}

/**
 * Why the filter of a node is not yet what its files say: pve-firewall reads them every ten seconds
 * (PVE/Service/pve_firewall.pm), and `pve-firewall status` compares what they compile to with what the kernel has, if the daemon
 * runs: of a stopped one it never tells of pending changes. Undefined: it is.
 */
export async function notCompiled(ssh: Ssh, node: string, signal: AbortSignal): Promise<NotCompiled | undefined> {
  const { code, stdout, stderr } = await ssh.exec(node, ["pve-firewall", "status"], {
    signal,
    timeoutMs: patienceMs,
  });
  if (code !== 0) return still(`pve-firewall status on ${node} says ${stderr.trim().split("\n").at(-1) ?? ""}`);
  if (!/^Status: \w+\/running\b/m.test(stdout)) return still(`pve-firewall of ${node} does not run`);
  if (!/\(pending changes\)/.test(stdout)) return undefined;
  return still(`pve-firewall of ${node} has not taken over the new rules`);
}

/** What a look tells, or that the node does not answer. */
export async function unlessAway(
  node: string,
  signal: AbortSignal,
  looked: () => Promise<NotCompiled | undefined>,
): Promise<NotCompiled | undefined> {
  try {
    return await looked();
  } catch (error) {
    signal.throwIfAborted();
    if (!isAway(error)) throw error;
    return { words: `${node} does not answer a new connection: ${(error as Error).message}`, away: true };
  }
}
