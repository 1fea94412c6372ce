import assert from "node:assert/strict";
import { identityOf } from "../../providers/kernel/identity/cluster-identity";
import type { Simulator } from "../../simulator";
import type { Properties } from "./plugin";

/**
 * What was read of a state that knows no cluster yet, without the one thing that is added to it; `sim`: of what is in no
 * cluster, undefined.
 */
export function withoutCluster(
  { __cluster, __provider: _, ...read }: Properties,
  sim: Simulator | undefined,
): Properties {
  assert.equal(__cluster, sim && identityOf(sim.ca));
  return read;
}
