import { Ssh } from "../../pve";
import type { Simulator } from "../../simulator";
import { newKey } from "../support/sshd";

const key = newKey();

/** SSH to the simulated nodes by their names, as somebody whose key all of them know. */
export function sshToNodes(sim: Simulator): Ssh {
  // A node has host keys from when they are asked for.
  const fingerprints = sim.nodes.map((node) => node.ssh.fingerprint);
  for (const { name } of sim.nodes) sim.simulation.node(name).ssh!.authorizedKeys = [key.public];
  return new Ssh({
    privateKey: key.private,
    hostKeys: { fingerprints },
    lookUp: async (host) => `127.0.0.1:${sim.nodes.find(({ name }) => name === host)!.ssh.port}`,
  });
}
