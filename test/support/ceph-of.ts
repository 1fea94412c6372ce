import assert from "node:assert/strict";
import type { Simulator } from "../../simulator";
import type { Ceph } from "../../simulator/ceph/ceph.js";
import { settledCeph } from "../../simulator/ceph/settle.js";

/** The Ceph of the simulated cluster matrix, as it is by now. */
export const cephOf = ({ simulation }: Simulator): Ceph =>
  settledCeph(simulation, simulation.node("foxtrot")) ?? assert.fail("there is no Ceph");
