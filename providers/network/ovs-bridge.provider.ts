import type { Session } from "../kernel/session/session";
import { interfaceLife } from "./interface-life";
import { kinds } from "./interface-kinds";
import type { OvsBridgeInputs } from "./ovs-bridge.model";

export const ovsBridgeProvider = (session: Session) =>
  interfaceLife<OvsBridgeInputs>(
    {
      kind: kinds.OvsBridge,
      timeouts: { create: "15m", update: "15m", delete: "15m", read: "2m" },
    },
    session,
  );
