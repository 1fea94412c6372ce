import type { SimulatedNode, Simulator, World } from "../../simulator";
import { addBareMachine } from "../../simulator/seeds/matrix.js";
import { labWorld, pluginConfig } from "./lab";
import { secretValue } from "./secret-values";

/** Each node's own password of root. */
export const rootOf = (name: string): string => secretValue(`the password of root on ${name}`);

/** Nodes as the installer leaves them, each with its own root. */
export function bareWorld(seed = "matrix:bare"): World {
  const world = labWorld(seed);
  for (const { name, cluster } of Object.values(world.nodes))
    world.clusters[cluster]!.access.passwords["root@pam"] = rootOf(name);
  return world;
}

/** How each node but the first is reached by itself, with its SSH. */
const nodesConfig = (nodes: readonly SimulatedNode[]): Record<string, Record<string, string>> =>
  Object.fromEntries(
    nodes.map(({ name, url, fingerprint, ssh }) => [
      name,
      {
        ...{ endpoint: url, fingerprint, password: rootOf(name) },
        ...{ ssh: `127.0.0.1:${ssh.port}`, sshFingerprint: ssh.fingerprint },
      },
    ]),
  );

/** A token for every day and root's password for clusters; the first node is where the cluster is made. */
export const bareConfig = (sim: Simulator): Record<string, unknown> => {
  const [first] = sim.nodes;
  return {
    ...pluginConfig(sim),
    "proxmox:endpoints": [first!.url],
    "proxmox:fingerprints": [first!.fingerprint],
    "proxmox:username": "root@pam",
    "proxmox:password": rootOf(first!.name),
    "proxmox:nodes": nodesConfig(sim.nodes),
  };
};

/** The same with a fourth machine, which is no member yet. */
export function withFourth(): World {
  const world = bareWorld();
  addBareMachine(world, { name: "india", host: 8 });
  world.clusters["india"]!.access.passwords["root@pam"] = rootOf("india");
  return world;
}

export const matrixNodes: readonly string[] = ["foxtrot", "golf", "hotel"];

/** The cluster of those nodes as a program describes it, with its place in the state. */
export const describedMatrix = (...which: readonly string[]) => ({
  name: "Matrix",
  nodes: which.map((name) => ({ name, links: { 0: `192.168.3.${5 + matrixNodes.indexOf(name)}` } })),
  ...(which.length === 2 ? { twoNode: true } : {}),
  __urn: "urn:pulumi:test::lab::x::Matrix",
  __stack: "a stack",
});
