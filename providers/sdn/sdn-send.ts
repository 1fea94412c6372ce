import type { Connection, Params } from "../../pve";
import type { Texts } from "../kernel/fields/codec";
import { differing, subnetId, type SdnDifference } from "./sdn-view";

const root = "/cluster/sdn";

/** What an object is called where it is made. */
const keys = { controllers: "controller", zones: "zone", vnets: "vnet", subnets: "subnet" } as const;

/** Ranges of DHCP are a parameter each. */
const params = (texts: Texts): Params =>
  Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, key === "dhcp-range" ? text.split(";") : text]));

/**
 * Brings an object of the configuration from one state to another; `zone`: of a subnet's vnet. Nothing is in effect
 * before it is applied, but for the built-in IPAM, which takes subnets and gateways at once.
 */
export async function send(
  { transport }: Pick<Connection, "transport">,
  { collection, id, before, after }: SdnDifference,
  zone: string,
  token: string | undefined,
): Promise<void> {
  const lock = token === undefined ? {} : { "lock-token": token };
  const [vnet = "", ...network] = id.split("/");
  const cidr = network.join("/");
  const path = collection === "subnets" ? `${root}/vnets/${vnet}/subnets` : `${root}/${collection}`;
  const own = collection === "subnets" ? subnetId(zone, cidr) : id;
  if (after === undefined) {
    await transport.request("DELETE", `${path}/${own}`, lock);
    return;
  }
  const { type, vnet: _, ...texts } = after;
  if (before === undefined) {
    const name = { [keys[collection]]: collection === "subnets" ? cidr : id };
    const kind = collection === "vnets" || type === undefined ? {} : { type };
    await transport.request("POST", path, { ...name, ...kind, ...params(texts), ...lock });
    return;
  }
  const changed = differing(before, after).filter((key) => key !== "type" && key !== "vnet");
  const set = Object.fromEntries(changed.flatMap((key) => (after[key] === undefined ? [] : [[key, after[key]]])));
  const gone = changed.filter((key) => after[key] === undefined);
  await transport.request("PUT", `${path}/${own}`, {
    ...params(set),
    ...(gone.length > 0 ? { delete: gone.join(",") } : {}),
    ...lock,
  });
}
