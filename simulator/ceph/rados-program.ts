import type { Simulation } from "../simulation.js";
import type { Ended } from "../ssh/ssh-record.js";
import type { NodeState } from "../world/world.js";
import { settledCeph } from "./settle.js";
import { isLost } from "./monitor-quorum.js";
import { poolNamed } from "./osdmap.js";
import { objectNames } from "./rbd-images.js";

/**
 * `rados --pool P --all ls --format json`: a list of objects with namespace and name (src/tools/rados/rados.cc). An unknown
 * pool is an error in its words there. Nothing else of the program is known here.
 */
export function runRados(simulation: Simulation, node: NodeState, argv: readonly string[]): Ended {
  const [option, name = "", ...rest] = argv;
  if (option !== "--pool" || rest.join(" ") !== "--all ls --format json")
    return { code: 127, stderr: "pve-simulator: rados: command not found\n", unbuilt: true };
  const ceph = settledCeph(simulation, node);
  if (!ceph || isLost(ceph)) return { code: 1, seconds: Infinity };
  const pool = poolNamed(ceph.cluster, name);
  if (!pool) return { code: 1, stderr: `error opening pool ${name}: (2) No such file or directory\n` };
  return { code: 0, stdout: JSON.stringify(objectNames(simulation.world, ceph.cluster, pool)) };
}
