import { inNetworkOf, parseAddress, parseCidr } from "../../../pve/format/cidr";
import type { Problem } from "../../kernel/state/problems";

type Values = Readonly<Record<string, unknown>>;

/** What is wrong with the arguments beside each other; `isWritten`: also where the value is not known yet. */
export function contradictions(inputs: Values, isWritten: (name: string) => boolean): Problem[] {
  return [...gateways(inputs, isWritten), ...vlanAwareness(inputs, isWritten), ...bonds(inputs), ...guards(inputs)];
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

function gateways(inputs: Values, isWritten: (name: string) => boolean): Problem[] {
  return ["", "6"].flatMap((suffix) => {
    const gateway = parseAddress(text(inputs[`gateway${suffix}`]) ?? "");
    if (!gateway) return [];
    const path = `gateway${suffix}`;
    const own = parseCidr(text(inputs[`address${suffix}`]) ?? "");
    // One that is taken over has its address already.
    if (!own && (isWritten(`address${suffix}`) || inputs["adopt"] === true)) return [];
    if (!own) return [{ path, message: `needs an address of the interface's own: write address${suffix} too` }];
    if (own.address.toString() === gateway.toString())
      return [{ path, message: "is the interface's own address; write that of the router" }];
    const near = inNetworkOf(own, gateway) || own.prefix === (own.family === 4 ? 32 : 128);
    return near || gateway.range() === "linkLocal"
      ? []
      : [{ path, message: `is not in the network of ${text(inputs[`address${suffix}`])}; write an address that is` }];
  });
}

function vlanAwareness({ vlanIds, vlanAware }: Values, isWritten: (name: string) => boolean): Problem[] {
  const off = vlanAware === false || !isWritten("vlanAware");
  return vlanIds !== undefined && off
    ? [{ path: "vlanIds", message: "are of a VLAN-aware bridge: write vlanAware: true too" }]
    : [];
}

function bonds({ mode = "balance-rr", ports, primary, hashPolicy, bridge }: Values): Problem[] {
  if (bridge !== undefined) return [];
  const problems: Problem[] = [];
  if (primary !== undefined && mode !== "active-backup")
    problems.push({ path: "primary", message: `is of mode active-backup alone, and this is ${String(mode)}` });
  else if (primary !== undefined && Array.isArray(ports) && !ports.includes(primary))
    problems.push({ path: "primary", message: `is none of the ports; write one of ${ports.join(", ")}` });
  if (hashPolicy !== undefined && mode !== "balance-xor" && mode !== "802.3ad")
    problems.push({ path: "hashPolicy", message: `is of modes balance-xor and 802.3ad, and this is ${String(mode)}` });
  return problems;
}

function guards({ jumbo, peers, mtu, unguarded, restoreAfter }: Values): Problem[] {
  const problems: Problem[] = [];
  if (jumbo === true && peers === undefined)
    problems.push({ path: "jumbo", message: "needs somebody who answers: name peers" });
  if (jumbo === true && typeof mtu === "number" && mtu <= 1500)
    problems.push({ path: "jumbo", message: `is of an mtu above 1500, and this is ${mtu}` });
  if (unguarded === true && (peers !== undefined || restoreAfter !== undefined))
    problems.push({
      path: "unguarded",
      message: `nothing is looked at then: leave ${peers !== undefined ? "peers" : "restoreAfter"} out, or unguarded`,
    });
  return problems;
}
