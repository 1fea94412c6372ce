import { checkNode } from "../checks/nodes";
import type { Session } from "../kernel/session/session";
import type { Problem } from "../kernel/state/problems";
import { controllerKind } from "./staged-kinds";
import { sdnLife } from "./sdn-life";
import { argumentsInProgram } from "./sdn-program";
import type { SdnControllerInputs } from "./sdn-controller.model";

export const sdnControllerProvider = (session: Session) =>
  sdnLife<SdnControllerInputs>(
    {
      kind: controllerKind,
      async inspect(pve, call, inputs, _was, view) {
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
        }
        return problems;
      },
    },
    session,
  );
