import path from "node:path";
import { projectRoot } from "../../cli/project";
import type { Simulator } from "../../simulator";
import { bareConfig, matrixNodes, rootOf } from "./bare-nodes";
import { debianMirror, terraformKey } from "./matrix-stack";
import { nowhere } from "./nowhere";
import type { Publisher } from "./publisher";
import { TestStack } from "./stack";

/** Serial numbers of all disks, by node and name. */
const serials = (sim: Simulator): Record<string, Record<string, string>> =>
  Object.fromEntries(
    matrixNodes.map((node) => [
      node,
      Object.fromEntries(
        (sim.world.nodes[node]?.hardware.disks ?? []).map(({ devpath, serial = "" }) => [
          path.basename(devpath),
          serial,
        ]),
      ),
    ]),
  );

/** Config of the stack matrix for three bare machines; passwords of root by reference. */
function bareMatrixConfig(sim: Simulator, publisher: Publisher): Record<string, unknown> {
  const { "proxmox:password": _, "proxmox:tokenSecret": __, "proxmox:nodes": nodes, ...config } = bareConfig(sim);
  const named = Object.entries(nodes as Record<string, object>).map(([name, one]) => [
    name,
    { ...one, password: `secret:ROOT_${name}` },
  ]);
  return {
    ...config,
    "proxmox:nodes": Object.fromEntries(named) as object,
    "proxmox:vmids": "2000-2999",
    "pulumi-proxmox-cluster:osdSerials": serials(sim),
    "pulumi-proxmox-cluster:imageMirror": publisher.origin,
    "pulumi-proxmox-cluster:terraformKeys": [terraformKey],
    // The simulator's clock runs faster than ours, and so does the timer that would put the old network back.
    "pulumi-proxmox-cluster:restoreAfter": "20m",
  };
}

/** This repository's own program with its stack matrix, on three machines as the installer leaves them. */
export function bareMatrixStack(
  sim: Simulator,
  publisher: Publisher,
  project = projectRoot,
  config: Record<string, unknown> = {},
): Promise<TestStack> {
  debianMirror(publisher);
  return TestStack.create({
    ...{ project, stack: "matrix" },
    env: {
      PROXMOX_PASSWORD: rootOf(matrixNodes[0] ?? ""),
      PROXMOX_TOKEN_SECRET: sim.token.secret,
      ...Object.fromEntries(matrixNodes.map((name) => [`ROOT_${name}`, rootOf(name)])),
    },
    config: { ...bareMatrixConfig(sim, publisher), ...config },
  });
}

/** The same where nobody is: what its config names is somewhere else, and the environment has neither passwords nor a token. */
export async function unreachedMatrixStack(sim: Simulator, publisher: Publisher): Promise<TestStack> {
  debianMirror(publisher);
  return TestStack.create({
    ...{ project: projectRoot, stack: "matrix" },
    config: await nowhere(bareMatrixConfig(sim, publisher)),
  });
}
