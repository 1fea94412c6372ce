import { die } from "../errors.js";
import { splitList } from "../formats/list.js";
import type { Cluster } from "../world/world.js";
import { haIn, haOf } from "./ha-files.js";

const options = ["comment", "failback", "group", "max_relocate", "max_restart", "state"];
const numbers = new Set(["failback", "max_relocate", "max_restart"]);

/** `parse_sid` in PVE/HA/Config.pm: a VMID alone stands for what has it. */
export function parseSid(cluster: Cluster, sid: string): { sid: string; type: string; name: string } {
  if (/^\d+$/.test(sid)) {
    const guest = cluster.guests[sid];
    if (!guest) throw die(`unable to detect SID from VMID - VM/CT ${sid} does not exist`);
    const type = guest.type === "lxc" ? "ct" : "vm";
    return { sid: `${type}:${sid}`, type, name: sid };
  }
  const [, type, name] = /^(\S+):(\S+)$/.exec(sid) ?? [];
  if (type === undefined || name === undefined) throw die(`unable to parse service id '${sid}'`);
  return { sid, type, name };
}

/** `exists` of PVE/HA/Resources/PVEVM.pm and PVECT.pm. */
export function assertGuest(cluster: Cluster, type: string, name: string): void {
  if (type !== "vm" && type !== "ct") throw die(`unknown section type '${type}'`);
  if (!/^[1-9][0-9]+$/.test(name)) throw die("invalid VMID");
  const guest = cluster.guests[name];
  if (!guest) throw die(`resource '${type}:${name}' does not exist in cluster`);
  const isOne = type === "vm" ? guest.type === "qemu" : guest.type === "lxc";
  if (!isOne) throw die(`resource '${type}:${name}' - guest with ID ${name} is not a ${type === "vm" ? "VM" : "CT"}`);
}

/** `check_config` of the section. */
export function checkedOptions(given: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => {
      if (!options.includes(key)) throw die(`unexpected property '${key}'`);
      if (/[\n\r]/.test(value)) throw die("property contains a line feed");
      return [key, numbers.has(key) ? String(Number(value)) : value];
    }),
  );
}

export function addResource(cluster: Cluster, sid: string, given: Readonly<Record<string, string>>): void {
  const { resources } = haIn(cluster);
  if (resources[sid]) throw die(`resource ID '${sid}' already defined`);
  resources[sid] = { ...given };
}

export function updateResource(
  cluster: Cluster,
  sid: string,
  given: Readonly<Record<string, string>>,
  deleted = "",
): void {
  const resource = haOf(cluster).resources[sid];
  if (!resource) throw die(`no such resource '${sid}'`);
  const changed = { ...resource, ...checkedOptions(given) };
  for (const key of splitList(deleted)) {
    if (!options.includes(key)) throw die(`no such option '${key}'`);
    delete changed[key];
  }
  haIn(cluster).resources[sid] = changed;
}

/** `delete_service_from_config`: `purge` takes it out of the rules too, and a rule that named nothing else goes. */
export function removeResource(cluster: Cluster, sid: string, purge: boolean): void {
  const ha = haIn(cluster);
  delete ha.resources[sid];
  if (!purge) return;
  for (const [id, rule] of Object.entries(ha.rules)) {
    rule.resources = rule.resources.filter((one) => one !== sid);
    if (rule.resources.length === 0) delete ha.rules[id];
  }
}

/** A service in error state is disabled first (`check_service_state` in PVE/API2/HA/Resources.pm). */
export function checkServiceState(cluster: Cluster, sid: string, wanted?: string): void {
  const { resources, manager } = haOf(cluster);
  const isManaged = resources[sid] !== undefined && resources[sid]["state"] !== "ignored";
  if (!isManaged || manager?.services[sid]?.state !== "error" || wanted === "disabled") return;
  throw die(`service '${sid}' in error state, must be disabled and fixed first`);
}

/** Is it in resources.cfg, whatever its state (`service_is_configured`)? */
export const isConfigured = (cluster: Cluster, sid: string): boolean => haOf(cluster).resources[sid] !== undefined;

/** Is the guest under the HA manager (`vm_is_ha_managed`)? One that is ignored is not. */
export function isHaManaged(cluster: Cluster, vmid: number): boolean {
  const { resources } = haOf(cluster);
  return ["vm", "ct"].some((type) => {
    const resource = resources[`${type}:${vmid}`];
    return resource !== undefined && resource["state"] !== "ignored";
  });
}

/** `ha` of a guest's status (`get_service_status`). */
export function serviceStatus(cluster: Cluster, vmid: number): { managed: number; state?: string | null } {
  const { resources, manager } = haOf(cluster);
  const resource = resources[`vm:${vmid}`];
  if (resource === undefined || resource["state"] === "ignored") return { managed: 0 };
  return { managed: 1, state: manager?.services[`vm:${vmid}`]?.state ?? null };
}

/** `hastate` in the list of all guests: what the manager says, or as long as it says nothing, what was asked for. */
export function listedState(
  cluster: Cluster | undefined,
  type: "qemu" | "lxc",
  vmid: number,
): { hastate?: string | null } {
  if (!cluster?.ha) return {};
  const sid = `${type === "lxc" ? "ct" : "vm"}:${vmid}`;
  const service = cluster.ha.manager?.services[sid];
  if (service) return { hastate: service.state };
  const resource = cluster.ha.resources[sid];
  return resource ? { hastate: resource["state"] ?? null } : {};
}
