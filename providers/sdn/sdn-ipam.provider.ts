import { wire } from "../../pve";
import { named } from "../kernel/named";
import type { Session } from "../kernel/session/session";
import { clusterSdn } from "./sdn-commit";
import { ipamFields, sdnIpamModel, type SdnIpamInputs } from "./sdn-ipam.model";
import { serverChange, serverInputs, serverTable } from "./sdn-servers";

interface IpamOutputs {
  readonly ipamId: string;
  readonly type: string;
}

const table = serverTable("ipams", "ipam");
const fieldsOf = (type: string) => ipamFields[type] ?? {};

export const sdnIpamProvider = (session: Session) =>
  named<SdnIpamInputs, IpamOutputs, wire.WireObject>(
    {
      kind: "SdnIpam",
      noun: "IPAM",
      name: "ipamId",
      model: sdnIpamModel,
      outputs: ["ipamId", "type"],
      timeouts: { create: "15m", update: "15m", delete: "15m", read: "2m" },
      // Not that of what is staged, which is waited for inside.
      lock: "cluster:sdn-servers.cfg",
      oldGoesFirst: () => true,
      list: table.list,
      read: table.read,
      at: ({ ipamId, type }) => ({ ipamId, type }),
      live: (row, at, wanted) => {
        const type = wire.string(row["type"]) ?? at.type;
        const inputs = { ...serverInputs(fieldsOf(type), row, wanted), type, ipamId: at.ipamId };
        return { inputs: inputs as Partial<SdnIpamInputs>, outputs: { ...at, type } };
      },
      create: (pve, inputs) => table.create(pve, inputs.ipamId, inputs.type, fieldsOf(inputs.type), inputs),
      change: (row, inputs, was) => serverChange(fieldsOf(inputs.type), row, inputs, was),
      update: (pve, name, sent) => table.update(pve, name, sent as Record<string, string>),
      remove: (pve, name) => table.remove(pve, name),
      stays: (row) => (row["ipam"] === "pve" ? "IPAM pve stays: every cluster has it" : undefined),
      async inUse(pve, name) {
        const { running, config } = await clusterSdn(pve).view(pve, true);
        const zones = new Set(
          [...running.zones, ...config.zones].filter(([, zone]) => zone["ipam"] === name).map(([id]) => id),
        );
        return zones.size === 0
          ? undefined
          : `IPAM ${name} is used by zone ${[...zones].join(", ")}; it was not deleted`;
      },
      differences: ({ type }, row) =>
        type === undefined || row["type"] === type ? [] : [`type is ${wire.string(row["type"]) ?? "unknown"}`],
      detail: (row) => wire.string(row["type"]) ?? "",
    },
    session,
  );
