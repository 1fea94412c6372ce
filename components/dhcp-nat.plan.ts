import { addressAfter, inNetworkOf, networkOf, parseCidr } from "../pve/format/cidr";
import { isRecord } from "./layers.plan";

type Args = Readonly<Record<string, unknown>>;

/** A network as it is to be made: arguments of its vnet and of its subnet. */
interface PlannedNetwork {
  readonly name: string;
  readonly vnet: Args;
  readonly subnet: Args;
}

/** What is an argument of the vnet; everything else is one of the subnet, which refuses what it does not know. */
const ofVnet: ReadonlySet<string> = new Set(["alias", "isolatePorts"]);

/** Below this there is nothing to halve: the network, its gateway, one address and the broadcast. */
const longestPrefix = 29;

/** The networks of a zone, with a gateway and a range where none is written. */
export function planNetworks(zone: string, networks: unknown, problems: string[]): PlannedNetwork[] {
  const all = Object.entries(isRecord(networks) ? networks : {});
  if (all.length === 0) problems.push("networks: name at least one");
  const before: (readonly [string, string])[] = [];
  return all.map(([name, described]) => {
    const args = isRecord(described) ? described : {};
    const [vnet, subnet] = [true, false].map((wanted) =>
      Object.fromEntries(Object.entries(args).filter(([key]) => ofVnet.has(key) === wanted)),
    );
    const cidr = args["cidr"];
    if (typeof cidr !== "string" || networkOf(cidr) !== cidr) {
      problems.push(`networks.${name}.cidr: write a network with its prefix as plain text, such as 10.80.0.0/24`);
      return { name, vnet: {}, subnet: {} };
    }
    for (const [other, its] of before)
      if (overlap(cidr, its)) problems.push(`networks.${name}.cidr: ${cidr} overlaps ${its} of ${other}`);
    before.push([name, cidr]);
    return {
      name,
      vnet: { ...vnet, vnetId: name, zone },
      subnet: { vnet: name, snat: true, ...usual(name, cidr, subnet ?? {}, problems), ...subnet },
    };
  });
}

/** The first address is the gateway; DHCP gives out the upper half, so that the lower one is free for fixed addresses. */
function usual(name: string, cidr: string, subnet: Args, problems: string[]): Args {
  const { address, family, prefix } = parseCidr(cidr)!;
  const at = (places: number): string => String(addressAfter(address, places));
  const gateway = { gateway: at(1) };
  if (subnet["dhcpRanges"] !== undefined) return gateway;
  if (family === 6 || prefix > longestPrefix) {
    const why = family === 6 ? "a network of IPv6 has no usual range" : `${cidr} is too small for a range and a rest`;
    problems.push(`networks.${name}.dhcpRanges: ${why}: write the addresses that DHCP gives out`);
    return gateway;
  }
  const size = 2 ** (32 - prefix);
  return { ...gateway, dhcpRanges: [{ start: at(size / 2), end: at(size - 2) }] };
}

function overlap(one: string, other: string): boolean {
  const [a, b] = [parseCidr(one)!, parseCidr(other)!];
  return inNetworkOf(a, b.address) || inNetworkOf(b, a.address);
}
