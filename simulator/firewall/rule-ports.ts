import { die } from "../errors.js";
import { icmpTypes, icmpv6Types } from "./icmp-types.js";
import { portOfService } from "./service-ports.js";

/** A rule names at most so many ports, a range counting for two. */
const mostPorts = 15;
const highest = 65_535;

/**
 * Checks a list of ports, ranges and names of services, which may be types of ICMP for `dport`
 * (parse_port_name_number_or_range); true when it is more than one.
 */
export function checkPorts(text: string, maybeIcmp: boolean): boolean {
  const elements = text.split(",");
  if (elements.at(-1) === "") throw die("extraneous commas in list");
  let [count, icmp] = [0, false];
  for (const item of elements) {
    const [, first, last] = /^(\d+):(\d+)$/.exec(item) ?? [];
    if (first !== undefined && last !== undefined) {
      count += 2;
      for (const port of [first, last]) if (Number(port) > highest) throw die(`invalid port '${port}'`);
      if (Number(first) > Number(last))
        throw die(`backwards range '${first}:${last}' not allowed, did you mean '${last}:${first}'?`);
    } else if (/^\d+$/.test(item)) {
      count++;
      if (Number(item) > highest) throw die(`invalid port '${item}'`);
    } else if (maybeIcmp && (icmpTypes.has(item) || icmpv6Types.has(item))) icmp = true;
    else if (portOfService(item) === undefined) throw die(`invalid port '${item}'`);
  }
  if (icmp && count > 0) throw die("ICMP ports not allowed in port range");
  if (count > mostPorts) throw die(`too many entries in port list (> ${mostPorts} numbers)`);
  return elements.length > 1;
}
