import type { Session } from "../kernel/session/session";
import {
  describeSettings,
  dnsModel,
  fromApi,
  sameSettings,
  toApi,
  type DnsInputs,
  type DnsSettings,
} from "./dns.model";
import { nodeSettings } from "./node-settings";

/** Without name servers a node finds neither packages nor other nodes. */
export const dnsProvider = (session: Session) =>
  nodeSettings<DnsInputs, Partial<DnsSettings>, DnsSettings>(session, {
    kind: "Dns",
    model: dnsModel,
    ...{ what: "name servers", number: "plural" },
    timeouts: { create: "2m", update: "2m", delete: "1m", read: "2m" },
    read: async (pve, node) => fromApi(await pve.api.nodes.$(node).dns.$get()),
    inputs: ({ servers, searchDomain }) => ({ servers, searchDomain }) as Partial<DnsInputs>,
    change: (live, wanted) => (sameSettings(wanted, live) ? undefined : wanted),
    send: (pve, node, change) => pve.api.nodes.$(node).dns.$put(toApi(change)),
    givesWay: (live, { servers, searchDomain }) =>
      servers !== undefined && searchDomain !== undefined && sameSettings({ servers, searchDomain }, live)
        ? undefined
        : describeSettings(live),
    describe: describeSettings,
  });
