import { connect, type ConnectOptions } from "../../pve";
import type { SimulatedNode } from "../../simulator";

/** `apt-get update` of a node, as its web interface starts it; throws with apt's words where a repository does not let it in. */
export async function refreshLists(
  { name, url, fingerprint }: SimulatedNode,
  credentials: ConnectOptions["credentials"],
): Promise<void> {
  const { tasks, transport, close } = connect({ endpoints: [url], tls: { fingerprints: [fingerprint] }, credentials });
  try {
    await tasks.run(async () => (await transport.request("POST", `/nodes/${name}/apt/update`)).data);
  } finally {
    close();
  }
}
