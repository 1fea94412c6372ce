import { besidesOf, type Beside } from "../../kernel/call/besides";
import type { Call } from "../../kernel/call/call";
import type { Problem } from "../../kernel/state/problems";
import type { ClusterInputs } from "../cluster.model";

/** Two nodes need to be meant, or a QDevice of the same program. */
export function twoNodeProblems(call: Call, { name, nodes, twoNode }: Partial<ClusterInputs>): Problem[] {
  const isUnknown = twoNode === undefined && call.inputs["twoNode"] !== undefined;
  if (nodes?.length !== 2 || twoNode === true || isUnknown) return [];
  const others = besidesOf(call);
  const helps = ({ kind, args, unknown }: Beside): boolean =>
    kind === "ClusterQdevice" && (args["cluster"] === name || unknown.includes("cluster"));
  if (others.some(helps)) return [];
  return [
    {
      path: "nodes",
      message:
        "two nodes: when one is away, the other one has no quorum. Name a third one, describe a ClusterQdevice for it, or write twoNode: true",
    },
  ];
}

/** Neither the node nor the device goes before the other one, where a member is dead for good. */
export const deadBesideQdevice = (names: string): string =>
  `If ${names} is dead for good and never comes back: pvecm delnode ${names} on a node that is there, and run this again (docs/clusters.md)`;

/** What is to be done about a QDevice that must be away. */
export const withoutQdevice =
  "take its ClusterQdevice out of the program with an up of its own (one that was set up by hand: pvecm qdevice remove), and write it again afterwards";
