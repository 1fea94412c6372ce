import { isDeepStrictEqual } from "node:util";
import { checkNode } from "../checks/nodes";
import type { Call } from "../kernel/call/call";
import type { Session } from "../kernel/session/session";
import type { Problem } from "../kernel/state/problems";
import { inspectRouting, warnOfInterfaces, warnOfRouting } from "./inspect-routing";
import { controllerKind } from "./staged-kinds";
import { sdnLife } from "./sdn-life";
import { argumentsInProgram } from "./sdn-program";
import type { SdnView } from "./sdn-view";
import type { SdnControllerInputs } from "./sdn-controller.model";

export const sdnControllerProvider = (session: Session) =>
  sdnLife<SdnControllerInputs>(
    {
      kind: controllerKind,
      async inspect(pve, call, inputs, was, view) {
        const problems: Problem[] = [];
        const { controllerId } = inputs;
        if (inputs.type === "evpn") {
          const others = [
            ...[...view.config.controllers].filter(([, { type }]) => type === "evpn").map(([name]) => name),
            ...argumentsInProgram(call, "SdnController").flatMap(({ args, resource }) => {
              const own = args["controllerId"] ?? resource;
              return args["type"] === "evpn" && typeof own === "string" ? [own] : [];
            }),
          ].filter((name) => name !== controllerId);
          if (others[0] !== undefined)
            problems.push({
              path: "type",
              message: `a cluster has one EVPN controller, and this one has ${others[0]}`,
            });
        } else if ((inputs.type === "bgp" || inputs.type === "isis") && inputs.node !== undefined) {
          const picture = await pve.picture();
          problems.push(...checkNode(picture, inputs.node, "node"));
          const isOnline = picture.nodes.some(({ node, status }) => node === inputs.node && status === "online");
          if (isOnline && !isDeepStrictEqual(was, inputs)) {
            problems.push(...(await inspectRouting(pve, [inputs.node], "node")));
            await warnOfInterfaces(pve, call, inputs.node, inputs);
          }
        }
        if (inputs.type === "bgp") problems.push(...otherOfNode(call, inputs, view));
        if (inputs.type === "evpn" && !isDeepStrictEqual(was, inputs)) await warnOfRouting(pve, call);
        return problems;
      },
    },
    session,
  );

/** Proxmox takes a second BGP controller of a node, gives both one router, and uses the number of either. */
function otherOfNode(
  call: Call,
  { controllerId, node }: Partial<SdnControllerInputs> & { node?: string },
  view: SdnView,
) {
  const there = [...view.config.controllers].flatMap(([name, texts]) =>
    texts["type"] === "bgp" && texts["node"] === node ? [name] : [],
  );
  const described = argumentsInProgram(call, "SdnController").flatMap(({ args, resource }) => {
    const own = args["controllerId"] ?? resource;
    return args["type"] === "bgp" && args["node"] === node && typeof own === "string" ? [own] : [];
  });
  const other = node === undefined ? undefined : [...there, ...described].find((name) => name !== controllerId);
  if (other === undefined) return [];
  return [{ path: "node", message: `${node} has BGP controller ${other} already, and a node has one router` }];
}
