import { wire } from "../../pve";
import type { Session } from "../kernel/session/session";
import { nodeSettings } from "./node-settings";
import { timeZoneModel, type TimeZoneInputs } from "./time-zone.model";

export const timeZoneProvider = (session: Session) =>
  nodeSettings<TimeZoneInputs, string | undefined, string>(session, {
    kind: "TimeZone",
    model: timeZoneModel,
    ...{ what: "time zone", number: "singular" },
    timeouts: { create: "2m", update: "2m", delete: "1m", read: "2m" },
    read: async (pve, node) => wire.string((await pve.api.nodes.$(node).time.$get()).timezone),
    inputs: (timeZone) => ({ timeZone }) as Partial<TimeZoneInputs>,
    change: (live, { timeZone }) => (live === timeZone ? undefined : timeZone),
    send: (pve, node, timezone) => pve.api.nodes.$(node).time.$put({ timezone }),
    givesWay: (live, { timeZone }) =>
      timeZone === undefined || live === timeZone ? undefined : `time zone ${live ?? ""}`,
    describe: ({ timeZone }) => `time zone ${timeZone}`,
  });
