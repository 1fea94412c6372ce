import { die, paramError } from "../../errors.js";
import type { Call, Routes } from "../../call.js";
import { isIn, isIpv4, partsOfSubnet } from "../../sdn/subnet-addresses.js";
import { addAddress, addSubnet, isBuiltIn, removeAddress, removeSubnet } from "../../sdn/ipam.js";
import { changeSection, checkSection } from "../../sdn/options.js";
import { checkRanges, parseRange } from "../../sdn/ranges.js";
import { withSdnLock } from "../../sdn/sdn.js";
import type { Sdn, SdnSection } from "../../world/sdn.js";
import { checkSections, optionsIn, rowOf, rowsOf, type StagedKind } from "./sections.js";
import { accessibleVnet } from "./vnets.js";
import { assertQuorum } from "../qemu/vm-call.js";

const subnets: StagedKind = {
  kind: "subnets",
  route: "POST /cluster/sdn/vnets/{vnet}/subnets",
  key: "subnet",
  missing: (id) => `sdn subnet '${id}' does not exist`,
  beside: (id, section) => {
    const ranges = (section?.["dhcp-range"] ?? []) as readonly string[];
    const shown = ranges.map((range) => {
      const { first, last } = parseRange(range);
      return { "start-address": first, "end-address": last };
    });
    return { id, ...partsOfSubnet(id), "dhcp-range": shown };
  },
};

/** What on_update_hook in PVE/Network/SDN/SubnetPlugin.pm checks, and then does in the IPAM at once. */
function updateSubnet(sdn: Sdn, id: string, subnet: SdnSection, before?: SdnSection): void {
  const { zone, cidr, mask } = partsOfSubnet(id);
  const gateway = subnet["gateway"] as string | undefined;
  if (sdn.vnets[String(subnet["vnet"])]?.["vlanaware"] === "1")
    throw paramError({ vnet: "you can't add a subnet on a vlanaware vnet" });
  const isPoint = mask === "32" && gateway !== undefined && isIpv4(gateway);
  if (gateway !== undefined && !isIn(cidr, gateway) && !isPoint)
    throw paramError({ gateway: `${gateway} is not in subnet ${cidr}` });
  checkRanges(cidr, (subnet["dhcp-range"] ?? []) as string[]);
  if (!isBuiltIn(sdn, sdn.zones[zone])) return;
  if (!before) addSubnet(sdn, id);
  if (isPoint) return;
  const old = before?.["gateway"] as string | undefined;
  if (gateway !== undefined && gateway !== old) addAddress(sdn, id, gateway, { gateway: 1 });
  if (old !== undefined && old !== gateway) removeAddress(sdn, id, old);
}

const path = "/cluster/sdn/vnets/{vnet}/subnets";

const whose = (call: Call) => rowsOf(call, subnets);

export const subnetRoutes: Routes = {
  [`GET ${path}`]: (call) => {
    accessibleVnet(call, "SDN.Audit", "SDN.Allocate");
    return [...whose(call).values()].filter((row) => row["vnet"] === call.text("vnet"));
  },
  [`GET ${path}/{subnet}`]: (call) => {
    accessibleVnet(call, "SDN.Audit", "SDN.Allocate");
    const row = rowOf(call, subnets, call.text("subnet"));
    if (row["vnet"] !== call.text("vnet")) throw paramError({ vnet: "wrong vnet" });
    return row;
  },
  [`POST ${path}`]: async (call) => {
    const vnet = accessibleVnet(call, "SDN.Allocate");
    assertQuorum(call);
    const id = `${String(vnet["zone"])}-${call.text("subnet").replace("/", "-")}`;
    await withSdnLock(call, "create sdn subnet object failed", (sdn) => {
      const subnet = checkSection("subnets", "subnet", optionsIn(call, "subnet"), true);
      if (sdn.subnets[id]) throw die(`sdn subnet object ID '${id}' already defined`);
      updateSubnet(sdn, id, subnet);
      sdn.subnets[id] = subnet;
    });
  },
  [`PUT ${path}/{subnet}`]: async (call) => {
    accessibleVnet(call, "SDN.Allocate");
    const id = call.text("subnet");
    await withSdnLock(call, "update sdn subnet object failed", (sdn) => {
      const before = sdn.subnets[id];
      if (!before) throw die(subnets.missing(id));
      checkSections(call, sdn.subnets);
      const subnet = structuredClone(before);
      changeSection("subnets", subnet, optionsIn(call, "subnet"), call.list("delete"));
      updateSubnet(sdn, id, subnet, before);
      sdn.subnets[id] = subnet;
    });
  },
  [`DELETE ${path}/{subnet}`]: async (call) => {
    accessibleVnet(call, "SDN.Allocate");
    const id = call.text("subnet");
    await withSdnLock(call, "delete sdn subnet object failed", (sdn) => {
      if (isBuiltIn(sdn, sdn.zones[partsOfSubnet(id).zone])) removeSubnet(sdn, id);
      delete sdn.subnets[id];
    });
  },
};
