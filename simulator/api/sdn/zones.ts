import { die, paramError } from "../../errors.js";
import type { Call, Routes } from "../../call.js";
import { randomMac } from "../../random.js";
import { changeSection, checkSection } from "../../sdn/options.js";
import { withSdnLock } from "../../sdn/sdn.js";
import { partsOfSubnet } from "../../sdn/subnet-addresses.js";
import type { Sdn, SdnSection } from "../../world/sdn.js";
import { assertQuorum } from "../qemu/vm-call.js";
import { checkSections, optionsIn, rowOf, rowsOf, type StagedKind } from "./sections.js";

const zones: StagedKind = {
  kind: "zones",
  route: "POST /cluster/sdn/zones",
  key: "zone",
  missing: (id) => `sdn '${id}' does not exist`,
};

const plugin = (file: string, line: number): string =>
  ` at /usr/share/perl5/PVE/Network/SDN/Zones/${file}.pm line ${line}.`;

/** What must be there, and what belongs together (create and update in PVE/API2/Network/SDN/Zones.pm). */
function checkReferences(sdn: Sdn, given: Readonly<Record<string, string | string[]>>): void {
  for (const key of ["dns", "reversedns"] as const) {
    const server = given[key];
    if (typeof server === "string" && !sdn.dns[server]) throw paramError({ [key]: `${server} don't exist` });
  }
  if (given["dnszone"] !== undefined && given["dns"] === undefined) throw paramError({ dnszone: "missing dns server" });
  const ipam = given["ipam"];
  if (typeof ipam === "string" && ipam !== "pve" && !sdn.ipams[ipam])
    throw paramError({ ipam: `${ipam} not existing` });
}

/** The plugins' own rules (on_update_hook). */
function checkZone(call: Call, sdn: Sdn, id: string, zone: SdnSection): void {
  if (zone.type === "vxlan" && (zone["peers"] === undefined) === (zone["fabric"] === undefined)) {
    const text = "must have exactly one of peers / fabric defined";
    throw paramError({ peers: text, fabric: text });
  }
  if (zone.type !== "evpn") return;
  const controller = String(zone["controller"]);
  const found = sdn.controllers[controller];
  if (!found) throw die(`controller ${controller} don't exist${plugin("EvpnPlugin", 354)}`);
  if (found.type !== "evpn") throw die(`${controller} is not a evpn controller type${plugin("EvpnPlugin", 356)}`);
  const other = Object.keys(sdn.zones).find(
    (name) => name !== id && sdn.zones[name]?.["vrf-vxlan"] === zone["vrf-vxlan"],
  );
  if (other !== undefined)
    throw die(`vrf-vxlan ${String(zone["vrf-vxlan"])} is already declared in ${other}${plugin("EvpnPlugin", 366)}`);
  zone["mac"] ??= randomMac(call.world, call.cluster.options["mac_prefix"]);
}

export const zoneRoutes: Routes = {
  "GET /cluster/sdn/zones": (call) => {
    const type = call.params["type"];
    return [...rowsOf(call, zones)]
      .filter(([id]) => call.rights.hasAny(`/sdn/zones/${id}`, "SDN.Audit", "SDN.Allocate"))
      .map(([, row]) => row)
      .filter((row) => type === undefined || row["type"] === type);
  },
  "GET /cluster/sdn/zones/{zone}": (call) => rowOf(call, zones, call.text("zone")),
  "POST /cluster/sdn/zones": async (call) => {
    const id = call.text("zone");
    const section = checkSection("zones", call.text("type"), optionsIn(call, "zone"), true);
    assertQuorum(call);
    await withSdnLock(call, "create sdn zone object failed", (sdn) => {
      if (sdn.zones[id]) throw die(`sdn zone object ID '${id}' already defined`);
      checkReferences(sdn, section);
      checkZone(call, sdn, id, section);
      sdn.zones[id] = section;
    });
  },
  "PUT /cluster/sdn/zones/{zone}": (call) =>
    withSdnLock(call, "update sdn zone object failed", (sdn) => {
      const id = call.text("zone");
      checkSections(call, sdn.zones);
      const before = sdn.zones[id];
      if (!before) throw die(`sdn '${id}' does not exist`);
      const given = optionsIn(call, "zone");
      const zone = structuredClone(before);
      changeSection("zones", zone, given, call.list("delete"));
      const hasSubnets = Object.keys(sdn.subnets).some((subnet) => partsOfSubnet(subnet).zone === id);
      if (zone["ipam"] !== before["ipam"] && hasSubnets)
        throw paramError({ ipam: "can't change ipam if a subnet is already defined in this zone" });
      checkReferences(sdn, given);
      checkZone(call, sdn, id, zone);
      sdn.zones[id] = zone;
    }),
  "DELETE /cluster/sdn/zones/{zone}": (call) =>
    withSdnLock(call, "delete sdn zone object failed", (sdn) => {
      const id = call.text("zone");
      if (!sdn.zones[id]) throw die(`sdn '${id}' does not exist`);
      const vnet = Object.keys(sdn.vnets).find((name) => sdn.vnets[name]?.["zone"] === id);
      if (vnet !== undefined) throw die(`zone ${id} is used by vnet ${vnet}${plugin("Plugin", 149)}`);
      delete sdn.zones[id];
    }),
};
