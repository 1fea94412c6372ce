import { paramError } from "../errors.js";
import { isIn, valueOf } from "./subnet-addresses.js";

/** `start-address=10.0.0.1,end-address=10.0.0.9`. */
export function parseRange(text: string): { first: string; last: string } {
  const parts = Object.fromEntries(text.split(",").map((part) => part.split("=") as [string, string]));
  return { first: parts["start-address"] ?? "", last: parts["end-address"] ?? "" };
}

/** What is wrong with ranges of DHCP (validate_dhcp_ranges in PVE/Network/SDN/SubnetPlugin.pm). */
export function checkRanges(cidr: string, ranges: readonly string[]): void {
  const done: { from: bigint; to: bigint }[] = [];
  const wrong = (text: string) => paramError({ "dhcp-range": text });
  for (const { first, last } of ranges.map(parseRange)) {
    const [from, to] = [valueOf(first), valueOf(last)];
    if (from > to) throw wrong(`start-address ${first} must be smaller than end-address ${last}`);
    if (!isIn(cidr, first)) throw wrong(`start-address ${first} is not in subnet ${cidr}`);
    if (!isIn(cidr, last)) throw wrong(`end-address ${last} is not in subnet ${cidr}`);
    if (done.some((other) => from <= other.to && other.from <= to)) throw wrong("dhcp ranges must not overlap");
    done.push({ from, to });
  }
}
