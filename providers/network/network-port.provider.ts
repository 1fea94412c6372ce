import type { Session } from "../kernel/session/session";
import { interfaceLife } from "./interface-life";
import { kinds } from "./interface-kinds";
import type { NetworkPortInputs } from "./network-port.model";

export const networkPortProvider = (session: Session) =>
  interfaceLife<NetworkPortInputs>(
    {
      kind: kinds.NetworkPort,
      timeouts: { create: "15m", update: "15m", delete: "15m", read: "2m" },
    },
    session,
  );
