import { guestsUsing } from "../checks/guests-using";
import { makes } from "../checks/made-here";
import type { Call } from "../kernel/call/call";
import { sees } from "../kernel/session/own-sight";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import type { Problem } from "../kernel/state/problems";
import { vnetKind } from "./staged-kinds";
import { sdnLife } from "./sdn-life";
import { argumentsInProgram, checkNamed, namesInProgram } from "./sdn-program";
import type { SdnView } from "./sdn-view";
import type { SdnVnetInputs } from "./sdn-vnet.model";
import { highestVlan } from "./sdn-zone.model";

export const sdnVnetProvider = (session: Session) =>
  sdnLife<SdnVnetInputs>(
    {
      kind: vnetKind,
      inspect: inspectVnet,
      async inUse(pve, call, id) {
        call.report.progress(`looking whether guests use ${id}`);
        if (!(await sees(pve, "/vms", "VM.Audit")))
          return `whether guests use vnet ${id} cannot be seen: it takes the privilege VM.Audit on /vms; it was not deleted`;
        const guests = await guestsUsing(
          pve,
          (slot, value) => /^net\d+$/.test(slot) && value.split(",").includes(`bridge=${id}`),
        );
        return guests.length === 0
          ? undefined
          : `vnet ${id} is used by ${guests.join("; ")}; it was not deleted. Move their devices to another bridge first`;
      },
    },
    session,
  );

async function inspectVnet(
  pve: Pve,
  call: Call,
  inputs: Partial<SdnVnetInputs>,
  was: Partial<SdnVnetInputs> | undefined,
  view: SdnView,
): Promise<Problem[]> {
  const { vnetId, zone, tag, vlanAware } = inputs;
  if (vnetId !== undefined) makes(pve, "bridge", vnetId);
  const problems = checkNamed(
    zone,
    "zone",
    "zone",
    view.config.zones.keys(),
    namesInProgram(call, "SdnZone", "zoneId"),
  );
  if (problems.length > 0 || zone === undefined) return problems;
  const described = argumentsInProgram(call, "SdnZone").find(
    ({ args, resource }) => (args["zoneId"] ?? resource) === zone,
  );
  const type = described?.args["type"] ?? view.config.zones.get(zone)?.["type"];
  const wrong = (path: string, message: string): void => void problems.push({ path, message });
  const isVlan = type === "vlan" || type === "qinq";
  if (type === "simple" && tag !== undefined) wrong("tag", `zone ${zone} is a simple one, whose vnets have no tag`);
  if (isVlan && tag === undefined && type === "vlan") wrong("tag", `zone ${zone} is a VLAN zone; write the VLAN id`);
  if (isVlan && tag !== undefined && tag > highestVlan)
    wrong("tag", `is no VLAN id: write 1 to ${highestVlan}. Proxmox takes it, and no guest would reach another`);
  if ((type === "vxlan" || type === "evpn") && tag === undefined)
    wrong("tag", `zone ${zone} is a ${String(type).toUpperCase()} zone; write the VXLAN id`);
  if ((type === "vxlan" || type === "evpn") && tag !== undefined) {
    const router = routerWith(call, view, tag);
    if (router !== undefined) wrong("tag", `is the VXLAN id of zone ${router}'s router (vrfVxlan); write another`);
  }
  if (type === "evpn" && vlanAware === true) wrong("vlanAware", "is not possible in an EVPN zone");
  const subnets = [...view.config.subnets.values()].filter((subnet) => subnet["vnet"] === vnetId);
  if (was !== undefined && was.zone !== undefined && was.zone !== zone && subnets.length > 0)
    wrong("zone", "cannot be changed while the vnet has subnets; take them out of the program first");
  return problems;
}

/** The zone whose router has the VXLAN id: a node has each of them once, of which Proxmox does not ask. */
function routerWith(call: Call, { config }: SdnView, tag: number): string | undefined {
  const described = argumentsInProgram(call, "SdnZone");
  const name = ({ args, resource }: (typeof described)[number]) =>
    typeof args["zoneId"] === "string" ? args["zoneId"] : resource;
  const here = described.find(({ args }) => args["type"] === "evpn" && args["vrfVxlan"] === tag);
  if (here) return name(here);
  const own = new Set(described.map(name));
  return [...config.zones].find(([zone, texts]) => texts["vrf-vxlan"] === String(tag) && !own.has(zone))?.[0];
}
