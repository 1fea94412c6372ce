import type { Session } from "../kernel/session/session";
import { interfaceLife } from "./interface-life";
import { kinds } from "./interface-kinds";
import type { BondInputs } from "./bond.model";

export const bondProvider = (session: Session) =>
  interfaceLife<BondInputs>(
    {
      kind: kinds.Bond,
      timeouts: { create: "15m", update: "15m", delete: "15m", read: "2m" },
    },
    session,
  );
