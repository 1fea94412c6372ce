import { isRecord } from "./layers.plan";

type Args = Readonly<Record<string, unknown>>;

/** High availability of a cluster, as it was written. */
interface HaDescription {
  readonly resources?: Readonly<Record<string, Args>> | undefined;
  readonly rules?: Readonly<Record<string, Args>> | undefined;
}

/** A VMID in the place of a name. */
const vmidPattern = /^[1-9][0-9]{2,8}$/;

/** What is wrong with it. Each resource is about a VM of the stack, the one that its key is the VMID of, or the one that it names. */
export function planHa(ha: HaDescription | undefined, vms: Readonly<Record<string, Args>>, problems: string[]): void {
  const there = Object.keys(vms).join(", ") || "none";
  const { resources = {}, rules = {}, ...rest } = ha ?? {};
  for (const key of Object.keys(rest)) problems.push(`ha.${key}: there is no such part; there are resources, rules`);
  for (const [name, described] of Object.entries(resources)) {
    const at = `ha.resources.${name}`;
    problems.push(...twoDecide(name, described, vms));
    if (Object.hasOwn(vms, name)) {
      if (described["vmid"] !== undefined)
        problems.push(`${at}.vmid: ${name} is one of vms, which has its VMID; leave vmid out, or write another name`);
    } else if (described["vmid"] === undefined && !vmidPattern.test(name))
      problems.push(`${at}: is none of vms; there are ${there}; write vmid for another VM`);
  }
  for (const [rule, described] of Object.entries(rules)) problems.push(...ruleProblems(rule, described, resources));
}

/** Under HA it is HA that starts and stops a VM: what its description says of that must not be the contrary. */
function twoDecide(name: string, { state, vmid = Number(name) }: Args, vms: Readonly<Record<string, Args>>): string[] {
  const vm = !Object.hasOwn(vms, name) ? Object.keys(vms).find((one) => vms[one]?.["vmid"] === vmid) : name;
  const started = vm === undefined ? undefined : vms[vm]?.["started"];
  const runs = state === "started" ? true : state === "stopped" || state === "disabled" ? false : undefined;
  if (vm === undefined || runs === undefined || started !== !runs) return [];
  return [
    `vms.${vm}.started: is ${String(started)}, and ha.resources.${name}.state "${String(state)}" ${runs ? "starts" : "stops"} it: under HA it is ` +
      `HA that decides; leave started out, or write state: "${runs ? "stopped" : "started"}" there`,
  ];
}

function ruleProblems(rule: string, described: Args, resources: Readonly<Record<string, Args>>): string[] {
  const at = `ha.rules.${rule}`;
  const { vms, resources: others } = described;
  const wrong = [
    ...(vms === undefined || Array.isArray(vms) ? [] : [`${at}.vms: write a list of names of ha.resources`]),
    ...(others === undefined || Array.isArray(others)
      ? []
      : [`${at}.resources: write a list of sids: ["vm:100", "ct:101"]`]),
  ];
  const named: unknown[] = Array.isArray(vms) ? vms : [];
  const known = Object.keys(resources).join(", ") || "none";
  for (const vm of named)
    if (typeof vm !== "string" || !isRecord(resources[vm]))
      wrong.push(
        `${at}.vms: ${String(vm)} is none of ha.resources; there are ${known}; describe it there, or write its sid in resources`,
      );
  const other: unknown[] = Array.isArray(others) ? others : [];
  if (wrong.length === 0 && named.length + other.length === 0)
    wrong.push(`${at}: names no guest; write vms, names of ha.resources`);
  return wrong;
}
