import type { Session } from "../kernel/session/session";
import { interfaceLife } from "./interface-life";
import { kinds } from "./interface-kinds";
import type { OvsBondInputs } from "./ovs-bond.model";

export const ovsBondProvider = (session: Session) =>
  interfaceLife<OvsBondInputs>(
    {
      kind: kinds.OvsBond,
      timeouts: { create: "15m", update: "15m", delete: "15m", read: "2m" },
    },
    session,
  );
