import { adviceFor, isGivenOut, isInSubnet, staticAddressesHere, subnetsHere } from "../checks/served-addresses";
import type { Call } from "../kernel/call/call";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import { nameIn } from "../kernel/state/urn";
import type { Problem } from "../kernel/state/problems";
import { subnetKind } from "./staged-kinds";
import { sdnLife } from "./sdn-life";
import { argumentsInProgram, checkNamed, namesInProgram } from "./sdn-program";
import type { SdnSubnetInputs } from "./sdn-subnet.model";

export const sdnSubnetProvider = (session: Session) =>
  sdnLife<SdnSubnetInputs>(
    {
      kind: subnetKind,
      async inspect(pve, call, inputs, _was, view) {
        const { vnet, snat, dhcpRanges } = inputs;
        const own = namesInProgram(call, "SdnVnet", "vnetId");
        const problems: Problem[] = checkNamed(vnet, "vnet", "vnet", view.config.vnets.keys(), own);
        if (problems.length > 0 || vnet === undefined) return problems;
        const vnetBeside = argumentsInProgram(call, "SdnVnet").find(
          ({ args, resource }) => (args["vnetId"] ?? resource) === vnet,
        );
        const there = view.config.vnets.get(vnet);
        const isAware = vnetBeside ? vnetBeside.args["vlanAware"] === true : there?.["vlanaware"] === "1";
        if (isAware) problems.push({ path: "vnet", message: `vnet ${vnet} is VLAN aware, and has no subnets` });
        const zone = vnetBeside?.args["zone"] ?? there?.["zone"];
        if (typeof zone !== "string") return problems;
        const zoneBeside = argumentsInProgram(call, "SdnZone").find(
          ({ args, resource }) => (args["zoneId"] ?? resource) === zone,
        );
        const type = zoneBeside?.args["type"] ?? view.config.zones.get(zone)?.["type"];
        const dhcp = zoneBeside ? zoneBeside.args["dhcp"] : view.config.zones.get(zone)?.["dhcp"];
        if (snat === true && type !== undefined && type !== "simple" && type !== "evpn")
          problems.push({
            path: "snat",
            message: `has no effect in ${typeof type === "string" ? type : ""} zone ${zone}, where nodes do not route`,
          });
        if (dhcpRanges !== undefined && type !== undefined && dhcp === undefined)
          problems.push({ path: "dhcpRanges", message: `have no effect: zone ${zone} has no dhcp` });
        if (dhcp !== undefined && inputs.cidr?.includes(":") === true && inputs.gateway === undefined)
          problems.push({
            path: "gateway",
            message: `write one: zone ${zone} serves DHCP, and Proxmox leaves out of it a subnet of IPv6 without a gateway`,
          });
        const ipam = zoneBeside ? zoneBeside.args["ipam"] : view.config.zones.get(zone)?.["ipam"];
        if (dhcp !== undefined && typeof ipam === "string") problems.push(...inspectStatic(pve, call, inputs, ipam));
        return problems;
      },
    },
    session,
  );

/** Static addresses of guests that were checked before, among what is given out; guests checked later look by themselves. */
function inspectStatic(pve: Pve, call: Call, inputs: Partial<SdnSubnetInputs>, ipam: string): Problem[] {
  const { vnet, cidr, gateway, dhcpRanges = [] } = inputs;
  if (vnet === undefined || cidr === undefined) return [];
  const subnet = { vnet, cidr, gateway, ranges: dhcpRanges, ipam };
  subnetsHere(pve).set(call.urn, subnet);
  const found = [...staticAddressesHere(pve)].flatMap(([urn, addresses]) =>
    addresses
      .filter((address) => isInSubnet(subnet, address) && isGivenOut(subnet, address.ip))
      .map(({ ip }) => ({ path: "dhcpRanges", message: `${nameIn(urn)}: ${adviceFor(subnet, ip)}` })),
  );
  if (ipam !== "pve") return found;
  for (const { message } of found) call.report.warn(message);
  return [];
}
