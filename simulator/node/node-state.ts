import { condition } from "../faults.js";
import type { NodeState } from "../world/world.js";

/** Whether a node is up, as others find it: a fault may take it for off. */
export function nodeState({ name, state }: NodeState): NodeState["state"] {
  return condition("node-down", (fault) => fault.node === name) ? "off" : state;
}
