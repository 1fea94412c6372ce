import { die, textOf } from "../../errors.js";
import type { Call, Handler, Routes } from "../../call.js";
import { addressesOfMac, addAddress, isBuiltIn, removeAddress, subnetWith } from "../../sdn/ipam.js";
import { isIpv4 } from "../../sdn/subnet-addresses.js";
import { changeSection, checkSection } from "../../sdn/options.js";
import { runningSdn, sdnOf, withSdnLock } from "../../sdn/sdn.js";
import type { SdnSection } from "../../world/sdn.js";
import { assertQuorum } from "../qemu/vm-call.js";
import { checkSections, digestOfSections, optionsIn, typed } from "./sections.js";

/** IPAM and DNS servers: nothing of them is staged, a change is one at once. */
function serverRoutes(kind: "ipams" | "dns", key: string, failed: Record<string, string>): Record<string, Handler> {
  const path = `/cluster/sdn/${kind}`;
  const route = `POST ${path}`;
  const sections = (call: Call): Record<string, SdnSection> => sdnOf(call.cluster)[kind];
  /** The built-in one is in every list, whatever the file says (scenario 43, line 162). */
  const all = (call: Call): Record<string, SdnSection> =>
    kind === "ipams" ? { pve: { type: "pve" }, ...sections(call) } : sections(call);
  const row = (call: Call, id: string) => {
    const section = all(call)[id];
    if (!section) throw die(`sdn '${id}' does not exist`);
    return { ...typed(route, section), [key]: id, digest: digestOfSections(sections(call)) };
  };
  /** Proxmox asks the server before it writes anything down. */
  const checkAnswer = (call: Call, section: SdnSection): void => {
    const url = String(section["url"] ?? "");
    if (section.type === "pve" || call.world.sdnServers?.some((known) => url.startsWith(known))) return;
    const { host } = new URL(url);
    const refused = `Invalid response from server: 500 Can't connect to ${host} (Connection refused)`;
    throw die(`${kind === "dns" ? "dns api error" : `Can't connect to ${section.type} api`}: ${refused}`);
  };
  return {
    [`GET ${path}`]: (call) =>
      Object.keys(all(call))
        .sort()
        .filter((id) => call.rights.hasAny(`${path.replace("/cluster", "")}/${id}`, "SDN.Audit", "SDN.Allocate"))
        .map((id) => row(call, id))
        .filter((one) => call.params["type"] === undefined || one["type"] === call.params["type"]),
    [`GET ${path}/{${key}}`]: (call) => row(call, call.text(key)),
    [`POST ${path}`]: async (call) => {
      const id = call.text(key);
      const section = checkSection(kind, call.text("type"), optionsIn(call, key), true);
      assertQuorum(call);
      await withSdnLock(call, failed["create"] ?? "", (sdn) => {
        if (sdn[kind][id]) throw die(`sdn ${key} object ID '${id}' already defined`);
        checkAnswer(call, section);
        sdn[kind][id] = section;
      });
    },
    [`PUT ${path}/{${key}}`]: (call) =>
      withSdnLock(call, failed["update"] ?? "", (sdn) => {
        const id = call.text(key);
        checkSections(call, sdn[kind]);
        const before = all(call)[id];
        if (!before) throw die(`sdn '${id}' does not exist`);
        const section = structuredClone(before);
        changeSection(kind, section, optionsIn(call, key), call.list("delete"));
        checkAnswer(call, section);
        sdn[kind][id] = section;
      }),
    [`DELETE ${path}/{${key}}`]: (call) =>
      withSdnLock(call, failed["delete"] ?? "", (sdn) => {
        const id = call.text(key);
        if (!all(call)[id]) throw die(`sdn '${id}' does not exist`);
        delete sdn[kind][id];
      }),
  };
}

/** What the built-in IPAM knows of zones that serve DHCP and were applied (ipamindex in PVE/API2/Network/SDN/Ipams.pm). */
const ipamStatus: Handler = (call) => {
  if (call.text("ipam") !== "pve")
    throw die("Currently only PVE IPAM is supported! at /usr/share/perl5/PVE/API2/Network/SDN/Ipams.pm line 319.");
  const { zones, vnets } = runningSdn(call.cluster);
  return Object.entries(sdnOf(call.cluster).addresses).flatMap(([zone, networks]) => {
    const section = zones[zone];
    if (section?.["ipam"] !== "pve" || section["dhcp"] === undefined) return [];
    const own = Object.keys(vnets).filter((vnet) => vnets[vnet]?.["zone"] === zone);
    return Object.entries(networks).flatMap(([cidr, entries]) => {
      const [network = ""] = cidr.split("/");
      const vnet = own.find((id) => subnetWith(call.cluster, id, network) !== undefined);
      if (vnet === undefined) return [];
      if (!call.rights.hasAny(`/sdn/zones/${zone}/${vnet}`, "SDN.Audit", "SDN.Allocate")) return [];
      return Object.entries(entries).map(([ip, { vmid, mac, hostname, gateway }]) => ({
        ...{ zone, vnet, subnet: cidr, ip },
        ...(gateway ? { gateway } : {}),
        ...(mac === undefined ? {} : { mac }),
        ...(vmid === undefined ? {} : { vmid, hostname: hostname ?? null }),
      }));
    });
  });
};

/** The applied subnet of the vnet that has the address (find_ip_subnet); without the built-in IPAM nothing is done. */
function placeOf(call: Call, ip = call.text("ip")): { subnet: string; ip: string } | undefined {
  const sdn = sdnOf(call.cluster);
  const vnet = call.text("vnet");
  const subnet = ip === "" ? undefined : subnetWith(call.cluster, vnet, ip);
  if (subnet === undefined)
    throw die(`can't find any subnet for ip ${ip} at /usr/share/perl5/PVE/Network/SDN/Subnets.pm line 115.`);
  return isBuiltIn(sdn, sdn.zones[String(sdn.vnets[vnet]?.["zone"])]) ? { subnet, ip } : undefined;
}

const ips = "/cluster/sdn/vnets/{vnet}/ips";

/** Entries of the IPAM by hand (PVE/API2/Network/SDN/Ips.pm): not staged, and under no lock of SDN. */
const ipRoutes: Record<string, Handler> = {
  [`POST ${ips}`]: (call) => {
    const place = placeOf(call);
    const mac = call.params["mac"];
    if (place) addAddress(sdnOf(call.cluster), place.subnet, place.ip, mac === undefined ? {} : { mac });
  },
  [`DELETE ${ips}`]: (call) => {
    const place = placeOf(call);
    try {
      if (place) removeAddress(sdnOf(call.cluster), place.subnet, place.ip);
    } catch (error) {
      throw die(`${textOf(error)}\n`);
    }
  },
  [`PUT ${ips}`]: (call) => {
    const sdn = sdnOf(call.cluster);
    const [mac, vmid] = [call.params["mac"], call.int("vmid")];
    const old =
      mac === undefined
        ? undefined
        : addressesOfMac(call.cluster, call.text("vnet"), mac).find(({ ip }) => isIpv4(ip) === isIpv4(call.text("ip")));
    // A device without an address has none to give up: that is looked for in the subnets too.
    if (!old) placeOf(call, "");
    const entry = { ...(mac === undefined ? {} : { mac }), ...(vmid === undefined ? {} : { vmid }) };
    if (old) removeAddress(sdn, old.subnet, old.ip);
    try {
      const place = placeOf(call);
      if (place) addAddress(sdn, place.subnet, place.ip, entry);
    } catch (error) {
      if (old) addAddress(sdn, old.subnet, old.ip, entry);
      throw die(`${textOf(error)}\n`);
    }
  },
};

export const ipamRoutes = {
  ...serverRoutes("ipams", "ipam", {
    create: "create sdn ipam object failed",
    update: "update sdn ipam object failed",
    // sic: scenario 43, line 161
    delete: "delete sdn zone object failed",
  }),
  ...serverRoutes("dns", "dns", {
    create: "create sdn dns object failed",
    update: "update sdn dns object failed",
    delete: "delete sdn dns object failed",
  }),
  "GET /cluster/sdn/ipams/{ipam}/status": ipamStatus,
  ...ipRoutes,
} as Routes;
