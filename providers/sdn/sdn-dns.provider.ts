import type { wire } from "../../pve";
import { named } from "../kernel/named";
import type { Session } from "../kernel/session/session";
import { clusterSdn } from "./sdn-commit";
import { dnsFields, sdnDnsModel, type SdnDnsInputs } from "./sdn-dns.model";
import { serverChange, serverInputs, serverTable } from "./sdn-servers";

interface DnsOutputs {
  readonly dnsId: string;
}

const table = serverTable("dns", "dns");

export const sdnDnsProvider = (session: Session) =>
  named<SdnDnsInputs, DnsOutputs, wire.WireObject>(
    {
      kind: "SdnDns",
      noun: "SDN DNS server",
      name: "dnsId",
      model: sdnDnsModel,
      outputs: ["dnsId"],
      timeouts: { create: "15m", update: "15m", delete: "15m", read: "2m" },
      // Not that of what is staged, which is waited for inside.
      lock: "cluster:sdn-servers.cfg",
      oldGoesFirst: () => true,
      list: table.list,
      read: table.read,
      at: ({ dnsId }) => ({ dnsId }),
      live: (row, at, wanted) => ({
        inputs: { ...serverInputs(dnsFields, row, wanted), dnsId: at.dnsId },
        outputs: at,
      }),
      create: (pve, inputs) => table.create(pve, inputs.dnsId, inputs.type, dnsFields, inputs),
      change: (row, inputs, was) => serverChange(dnsFields, row, inputs, was),
      update: (pve, name, sent) => table.update(pve, name, sent as Record<string, string>),
      remove: (pve, name) => table.remove(pve, name),
      async inUse(pve, name) {
        const { running, config } = await clusterSdn(pve).view(pve, true);
        const uses = ({ dns, reversedns }: Readonly<Record<string, string>>) => dns === name || reversedns === name;
        const zones = new Set([...running.zones, ...config.zones].filter(([, zone]) => uses(zone)).map(([id]) => id));
        return zones.size === 0
          ? undefined
          : `SDN DNS server ${name} is used by zone ${[...zones].join(", ")}; it was not deleted`;
      },
    },
    session,
  );
