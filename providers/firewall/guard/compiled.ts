import type { Ssh } from "../../../pve";
import { isAway, readFile } from "./node-switch";

const patienceMs = 20_000;

interface NotCompiled {
  readonly words: string;
  /** The node did not answer. */
  readonly away: boolean;
}

const still = (words: string): NotCompiled => ({ words, away: false });

/**
 * Why the filter of a node is not yet what its files say: pve-firewall reads them every ten seconds
 * (PVE/Service/pve_firewall.pm), and `pve-firewall status` compares what they compile to with what the kernel has. Undefined:
 * it is. `content`: the file of the cluster, which a node may not have got yet.
 */
export async function notCompiled(
  ssh: Ssh,
  node: string,
  file: string,
  content: Buffer,
  signal: AbortSignal,
): Promise<NotCompiled | undefined> {
  try {
    const has = await readFile(ssh, node, file, signal);
    if (!has.equals(content)) return still(`${node} has not got the new ${file} yet`);
    const { code, stdout, stderr } = await ssh.exec(node, ["pve-firewall", "status"], {
      signal,
      timeoutMs: patienceMs,
    });
    if (code !== 0) return still(`pve-firewall status on ${node} says ${stderr.trim().split("\n").at(-1) ?? ""}`);
    if (!/\(pending changes\)/.test(stdout)) return undefined;
    return still(`pve-firewall of ${node} has not taken over the new rules`);
  } catch (error) {
    signal.throwIfAborted();
    if (!isAway(error)) throw error;
    return { words: `${node} does not answer a new connection: ${(error as Error).message}`, away: true };
  }
}
