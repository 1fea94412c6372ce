import { connect, Ssh, type Connection } from "../../../pve";
import { Memory } from "../../../providers/kernel/session/memory";
import { Pve } from "../../../providers/kernel/session/pve-session";
import type { Simulator } from "../../../simulator";

/** The cluster of a simulator as a provider sees it; `clock`: the simulator's own, so that pauses take no time. */
export function pveOf(
  sim: Simulator,
  clock?: Parameters<typeof connect>[0]["clock"],
): { readonly pve: Pve; readonly connection: Connection; readonly ssh: Ssh; close(): void } {
  const connection = connect({
    endpoints: sim.nodes.map(({ url }) => url),
    credentials: { tokenId: sim.token.id, secret: sim.token.secret },
    tls: { fingerprints: sim.nodes.map(({ fingerprint }) => fingerprint) },
    ...(clock ? { clock } : {}),
  });
  const ssh = new Ssh({
    password: sim.password,
    hostKeys: { fingerprints: sim.nodes.map((node) => node.ssh.fingerprint) },
    lookUp: async (name) => `127.0.0.1:${sim.nodes.find((node) => node.name === name)?.ssh.port ?? 0}`,
  });
  const lifeline = {
    signal: new AbortController().signal,
    hold: <T>(work: () => Promise<T>) => work(),
    assertEngine: async () => undefined,
    whenRecorded: () => undefined,
  };
  const pve = new Pve(connection, {
    ...{ connection, lifeline, ssh, user: "root@pam", vmids: undefined, memory: new Memory() },
  });
  return {
    ...{ pve, connection, ssh },
    close() {
      connection.close();
      ssh.close();
    },
  };
}
