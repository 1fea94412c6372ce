import { die, paramError, Unbuilt } from "../../errors.js";
import type { Call, Routes } from "../../call.js";
import { changeSection, checkSection } from "../../sdn/options.js";
import { sdnOf, withSdnLock } from "../../sdn/sdn.js";
import type { Sdn, SdnSection } from "../../world/sdn.js";
import { assertQuorum } from "../qemu/vm-call.js";
import { checkSections, optionsIn, rowOf, rowsOf, type StagedKind } from "./sections.js";

const vnets: StagedKind = {
  kind: "vnets",
  route: "POST /cluster/sdn/vnets",
  key: "vnet",
  missing: (id) => `sdn vnet '${id}' does not exist`,
};

/** The vnet as it is configured, for who has one of the privileges on it ($check_vnet_access). */
export function accessibleVnet(call: Call, ...privileges: string[]): SdnSection {
  const id = call.text("vnet");
  const vnet = sdnOf(call.cluster).vnets[id];
  if (!vnet) throw die(vnets.missing(id));
  call.rights.checkAny(`/sdn/zones/${String(vnet["zone"])}/${id}`, ...privileges);
  return vnet;
}

const maximum = 4096;

/** What the type of the zone asks of a tag (vnet_update_hook of the plugins). */
function checkTag(sdn: Sdn, id: string, vnet: SdnSection): void {
  const zone = String(vnet["zone"]);
  const type = sdn.zones[zone]?.type;
  if (type === undefined)
    throw die("cannot lookup undefined type! at /usr/share/perl5/PVE/API2/Network/SDN/Vnets.pm line 326.");
  const tag = vnet["tag"] === undefined ? undefined : Number(vnet["tag"]);
  const others = Object.entries(sdn.vnets).filter(([other]) => other !== id);
  const wrong = (text: string) => paramError({ tag: text });
  const sameZone = others.find(([, other]) => other["zone"] === zone && Number(other["tag"]) === tag);
  switch (type) {
    case "simple":
      if (tag !== undefined) throw wrong("vlan tag is not allowed on simple zone");
      return;
    case "vlan":
      if (tag === undefined) throw wrong("missing vlan tag");
      if (tag > maximum) throw wrong("vlan tag max value is 4096");
      if (sameZone) throw wrong(`tag ${tag} already exist in vnet ${sameZone[0]}`);
      return;
    case "qinq": {
      if (tag !== undefined && tag > maximum) throw wrong("VLAN tag maximal value is 4096");
      if (tag !== undefined && sameZone) throw wrong(`tag ${tag} already exist in zone ${zone} vnet ${sameZone[0]}`);
      const tagless = others.find(([, other]) => other["zone"] === zone && other["tag"] === undefined);
      if (tag === undefined && tagless) throw wrong(`tag-less vnet already exists in zone ${zone} vnet ${tagless[0]}`);
      return;
    }
    case "vxlan":
    case "evpn": {
      if (tag === undefined) throw wrong("missing vxlan tag");
      if (type === "evpn" && vnet["vlanaware"] === "1")
        throw paramError({ "vlan-aware": "vlan-aware option can't be enabled with evpn" });
      const taken = others.find(([, other]) => {
        const their = sdn.zones[String(other["zone"])]?.type;
        return (their === "vxlan" || their === "evpn") && Number(other["tag"]) === tag;
      });
      if (taken) throw wrong(`vxlan tag ${tag} already exist in vnet ${taken[0]} in zone ${String(taken[1]["zone"])} `);
      return;
    }
    default:
      throw new Unbuilt(`SDN zones of type ${type}`);
  }
}

const hasSubnets = (sdn: Sdn, vnet: string): boolean =>
  Object.values(sdn.subnets).some((subnet) => subnet["vnet"] === vnet);

function checkAware(sdn: Sdn, id: string, vnet: SdnSection): void {
  if (vnet["vlanaware"] !== undefined && vnet["vlanaware"] !== "0" && hasSubnets(sdn, id))
    throw paramError({ vlanaware: "vlanaware vnet is not compatible with subnets" });
}

export const vnetRoutes: Routes = {
  "GET /cluster/sdn/vnets": (call) =>
    [...rowsOf(call, vnets)]
      .filter(([id, row]) => {
        const { zone, pending } = row as { zone?: string; pending?: { zone?: string } };
        return call.rights.hasAny(`/sdn/zones/${zone ?? pending?.zone ?? ""}/${id}`, "SDN.Audit", "SDN.Allocate");
      })
      .map(([, row]) => row),
  "GET /cluster/sdn/vnets/{vnet}": (call) => {
    accessibleVnet(call, "SDN.Audit", "SDN.Allocate");
    return rowOf(call, vnets, call.text("vnet"));
  },
  "POST /cluster/sdn/vnets": async (call) => {
    const id = call.text("vnet");
    assertQuorum(call);
    await withSdnLock(call, "create sdn vnet object failed", (sdn) => {
      const vnet = checkSection("vnets", "vnet", optionsIn(call, "vnet"), true);
      if (sdn.vnets[id]) throw die(`sdn vnet object ID '${id}' already defined`);
      checkTag(sdn, id, vnet);
      checkAware(sdn, id, vnet);
      sdn.vnets[id] = vnet;
    });
  },
  "PUT /cluster/sdn/vnets/{vnet}": async (call) => {
    accessibleVnet(call, "SDN.Allocate");
    const id = call.text("vnet");
    await withSdnLock(call, "update sdn vnet object failed", (sdn) => {
      checkSections(call, sdn.vnets);
      const before = sdn.vnets[id];
      const vnet = structuredClone(before ?? { type: "vnet" });
      changeSection("vnets", vnet, optionsIn(call, "vnet"), call.list("delete"));
      if (hasSubnets(sdn, id) && vnet["zone"] !== before?.["zone"])
        throw paramError({ zone: "can't change zone if subnets exist" });
      checkTag(sdn, id, vnet);
      checkAware(sdn, id, vnet);
      sdn.vnets[id] = vnet;
    });
  },
  "DELETE /cluster/sdn/vnets/{vnet}": async (call) => {
    accessibleVnet(call, "SDN.Allocate");
    const id = call.text("vnet");
    await withSdnLock(call, "delete sdn vnet object failed", (sdn) => {
      if (hasSubnets(sdn, id)) throw paramError({ vnet: "Can't delete vnet if subnets exists" });
      delete sdn.vnets[id];
    });
  },
};
