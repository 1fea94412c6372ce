import { die, Unbuilt } from "../../errors.js";
import type { Call, Routes } from "../../call.js";
import { digestOf } from "../../random.js";
import { sdnOf, withSdnLock } from "../../sdn/sdn.js";
import { isIn } from "../../sdn/subnet-addresses.js";
import type { SdnFabric, SdnSection } from "../../world/sdn.js";
import { optionsIn, typed } from "./sections.js";

const path = "/cluster/sdn/fabrics";
const fabricRoute = `POST ${path}/fabric`;
const nodeRoute = `POST ${path}/node/{fabric_id}`;

const fabricsOf = (call: Call): Record<string, SdnFabric> => sdnOf(call.cluster).fabrics;

function fabricOf(call: Call, id: string): SdnFabric {
  const fabric = fabricsOf(call)[id];
  if (!fabric) throw die(`fabric '${id}' does not exist in configuration`);
  return fabric;
}

/** Intervals are numbers, which the published schema leaves to each protocol. */
const fabricRow = (id: string, { options }: SdnFabric) => {
  const intervals = Object.entries(options).filter(([key]) => key.endsWith("_interval"));
  return {
    ...typed(fabricRoute, options),
    ...Object.fromEntries(intervals.map(([key, value]) => [key, Number(value)])),
    id,
  };
};

const nodeRow = (fabric: string, id: string, { type: _, ...section }: SdnSection) => ({
  ...typed(nodeRoute, section),
  fabric_id: fabric,
  node_id: id,
});

/** Fabrics are configuration only: no routing daemon is simulated. */
export const fabricRoutes: Routes = {
  [`GET ${path}/fabric`]: (call) => Object.entries(fabricsOf(call)).map(([id, fabric]) => fabricRow(id, fabric)),
  [`GET ${path}/fabric/{id}`]: (call) => {
    const id = call.text("id");
    // where there is none at all, nothing is missed (scenario 30, line 72; scenario 43, line 273)
    if (Object.keys(fabricsOf(call)).length === 0) return { digest: "" };
    return { ...fabricRow(id, fabricOf(call, id)), digest: digest(call) };
  },
  [`POST ${path}/fabric`]: (call) =>
    withSdnLock(call, "adding fabric failed", ({ fabrics }) => {
      const id = call.text("id");
      const { id: _, ...options } = optionsIn(call) as Record<string, string>;
      if (fabrics[id]) throw die(`fabric '${id}' already exists in configuration`);
      if (options["ip_prefix"] === undefined && options["ip6_prefix"] === undefined)
        throw die(`fabric '${id}' does not have an IP prefix configured`);
      fabrics[id] = { options, nodes: {} };
      return "";
    }),
  [`PUT ${path}/fabric/{id}`]: (call) =>
    withSdnLock(call, "updating fabric failed", () => {
      const { id: _, ...options } = optionsIn(call) as Record<string, string>;
      const fabric = fabricOf(call, call.text("id"));
      for (const key of call.list("delete")) delete fabric.options[key];
      Object.assign(fabric.options, options);
      return "";
    }),
  [`DELETE ${path}/fabric/{id}`]: (call) =>
    withSdnLock(call, "deleting fabric failed", ({ fabrics }) => {
      fabricOf(call, call.text("id"));
      delete fabrics[call.text("id")];
      return "";
    }),
  [`GET ${path}/all`]: (call) => {
    if (call.flag("pending")) throw new Unbuilt("pending fabrics");
    const running = call.flag("running");
    const all = running ? (sdnOf(call.cluster).running?.fabrics ?? {}) : fabricsOf(call);
    // What runs has no digest.
    const file = running ? {} : { digest: digest(call) };
    const shown = Object.entries(all).filter(([id]) =>
      call.rights.hasAny(`/sdn/fabrics/${id}`, "SDN.Audit", "SDN.Allocate"),
    );
    return {
      fabrics: shown.map(([id, fabric]) => ({ ...fabricRow(id, fabric), ...file })),
      nodes: shown.flatMap(([id, { nodes }]) =>
        Object.entries(nodes)
          .filter(([node]) => call.rights.hasAny(`/nodes/${node}`, "Sys.Audit", "Sys.Modify"))
          .map(([node, section]) => ({ ...nodeRow(id, node, section), ...file })),
      ),
    };
  },
  [`GET ${path}/node`]: (call) => Object.keys(fabricsOf(call)).flatMap((id) => nodesOf(call, id)),
  [`GET ${path}/node/{fabric_id}`]: (call) => nodesOf(call, call.text("fabric_id")),
  [`GET ${path}/node/{fabric_id}/{node_id}`]: (call) => {
    const [fabric, node] = [call.text("fabric_id"), call.text("node_id")];
    const section = fabricsOf(call)[fabric]?.nodes[node];
    return section ? { ...nodeRow(fabric, node, section), digest: digest(call) } : { digest: "" };
  },
  [`POST ${path}/node/{fabric_id}`]: (call) =>
    withSdnLock(call, "adding node failed", () => {
      const [id, node] = [call.text("fabric_id"), call.text("node_id")];
      const fabric = fabricOf(call, id);
      const prefix = fabric.options["ip_prefix"];
      const ip = call.params["ip"];
      if (fabric.nodes[node]) throw die(`node '${node}' already exists in config for fabric ${id}`);
      if (prefix !== undefined && ip === undefined)
        throw die(`node '${id}_${node}' does not have an IP configured for this fabric prefix ${prefix}`);
      if (prefix !== undefined && ip !== undefined && !isIn(prefix, ip))
        throw die(`node IP ${ip} is outside the IP prefix ${prefix} of the fabric`);
      const { fabric_id: _, node_id: __, ...options } = optionsIn(call);
      fabric.nodes[node] = { type: String(options["protocol"]), ...options };
      return "";
    }),
};

const digest = (call: Call): string => digestOf(fabricsOf(call));

const nodesOf = (call: Call, id: string) =>
  Object.entries(fabricsOf(call)[id]?.nodes ?? {}).map(([node, section]) => ({
    ...nodeRow(id, node, section),
    digest: digest(call),
  }));
