import type { Session } from "../kernel/session/session";
import { interfaceLife } from "./interface-life";
import { kinds } from "./interface-kinds";
import type { VlanInputs } from "./vlan.model";

export const vlanProvider = (session: Session) =>
  interfaceLife<VlanInputs>(
    {
      kind: kinds.Vlan,
      timeouts: { create: "15m", update: "15m", delete: "15m", read: "2m" },
    },
    session,
  );
