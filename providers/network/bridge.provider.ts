import type { Session } from "../kernel/session/session";
import { interfaceLife } from "./interface-life";
import { kinds } from "./interface-kinds";
import type { BridgeInputs } from "./bridge.model";

export const bridgeProvider = (session: Session) =>
  interfaceLife<BridgeInputs>(
    {
      kind: kinds.Bridge,
      timeouts: { create: "15m", update: "15m", delete: "15m", read: "2m" },
    },
    session,
  );
