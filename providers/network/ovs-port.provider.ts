import type { Session } from "../kernel/session/session";
import { interfaceLife } from "./interface-life";
import { kinds } from "./interface-kinds";
import type { OvsPortInputs } from "./ovs-port.model";

export const ovsPortProvider = (session: Session) =>
  interfaceLife<OvsPortInputs>(
    {
      kind: kinds.OvsPort,
      timeouts: { create: "15m", update: "15m", delete: "15m", read: "2m" },
    },
    session,
  );
