import assert from "node:assert/strict";
import { identityOf } from "../../providers/kernel/identity/cluster-identity";
import type { Simulator } from "../../simulator";
import type { Properties } from "./plugin";

/** What is on this machine or in a store of secrets, and in no cluster. */
const inNone = ["EnvironmentFile", "InfisicalSecret", "SshKey"];

/** What was read of a state that knows no cluster yet, without the one thing that is added to it. */
export function withoutCluster(
  kind: string,
  { __cluster, __provider: _, ...read }: Properties,
  sim: Simulator,
): Properties {
  assert.equal(__cluster, inNone.includes(kind) ? undefined : identityOf(sim.ca));
  return read;
}
