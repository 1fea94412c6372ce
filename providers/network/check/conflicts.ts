import { oneSpelling } from "../../../pve/format/cidr";
import { suggestion, type Problem } from "../../kernel/state/problems";
import { idsIn } from "../fields/vlan-ids.model";
import { below, parentOf, portsOf, type InterfaceRow, type Rows } from "../row";
import type { DescribedInterface } from "./described-interfaces";

/** Everything that an interface is checked against. */
interface Surroundings {
  /** The node's interfaces as they are. */
  readonly live: Rows;
  /** What resources of this run describe, on this node and others, without the one that is checked. */
  readonly others: readonly DescribedInterface[];
}

/** What is wrong with an interface beside the others of its node, and those of other nodes. */
export function conflicts(one: DescribedInterface, { live, others }: Surroundings): Problem[] {
  const here = others.filter(({ node }) => node === one.node);
  const twice = here.find(({ name }) => name === one.name);
  if (twice)
    return [
      { path: "name", message: `${one.name} of ${one.node} is described by ${twice.resource} already; keep one` },
    ];
  const rows = overlaid(live, [...here, one]);
  const described = new Map(here.map(({ name, resource }) => [name, resource]));
  const uncertain = new Set(here.flatMap((other) => (other.uncertain ? [other.name] : [])));
  const on: Place = { one, rows, described, uncertain };
  return [
    ...ports(on),
    ...parents(on),
    ...gateways(on),
    ...addresses(on, others),
    ...sizes(on),
    ...methods(one, live.get(one.oldName ?? one.name)),
  ];
}

interface Place {
  readonly one: DescribedInterface;
  /** All of the node as they will be. */
  readonly rows: Rows;
  /** Names of resources by those of their interfaces. */
  readonly described: ReadonlyMap<string, string>;
  /** Those of which not all is known yet. */
  readonly uncertain: ReadonlySet<string>;
}

export function overlaid(live: Rows, declared: readonly DescribedInterface[]): Map<string, InterfaceRow> {
  const rows = new Map(live);
  for (const { oldName } of declared) if (oldName !== undefined) rows.delete(oldName);
  for (const { name, row } of declared) rows.set(name, row);
  return rows;
}

/** What can be done about another interface that is in the way. */
const whose = ({ described }: Place, name: string): string => {
  const resource = described.get(name);
  return resource === undefined ? "take it away there first" : `change one of the two (${resource} describes ${name})`;
};

const portFields: Readonly<Record<string, string>> = {
  bridge_ports: "ports",
  slaves: "ports",
  ovs_ports: "ports",
  ovs_bonds: "ports",
};

function ports(place: Place): Problem[] {
  const { one, rows } = place;
  const field = Object.keys(portFields).find((key) => one.row[key] !== undefined);
  if (field === undefined) return [];
  const list = portsOf(one.row);
  return list.flatMap((port, index) => {
    const wrong = (message: string): Problem[] => [{ path: `ports[${index}]`, message }];
    if (port === one.name) return wrong("an interface is no port of itself; take it out");
    if (port === "lo") return wrong("the loopback interface is no port; take it out");
    const row = rows.get(port);
    const parent = parentOf(port);
    if (row === undefined && (parent === undefined || !rows.has(parent) || one.row["type"] !== "bridge"))
      return wrong(missing(place, port));
    const user = [...rows].find(([name, other]) => name !== one.name && portsOf(other).includes(port))?.[0];
    if (user !== undefined) return wrong(`${port} is a port of ${user}; ${whose(place, user)}`);
    const type = row?.["type"] ?? "vlan";
    const allowed = one.row["type"] === "bridge" ? ["eth", "bond", "vlan", "OVSIntPort"] : ["eth", "OVSPort"];
    if (place.uncertain.has(port)) return [];
    if (!allowed.includes(type) && !(type === "unknown" && one.row["type"] === "bridge"))
      return wrong(`${port} is a ${type}, which cannot be a port of a ${one.row["type"] ?? ""}`);
    const address = row?.["cidr"] ?? row?.["cidr6"];
    if (address !== undefined)
      return wrong(`${port} has the address ${address}, which a port cannot have; give it to ${one.name} instead`);
    return [];
  });
}

/** The ports that there are, those that nothing uses first. */
function missing({ one, rows }: Place, port: string): string {
  const used = new Set([...rows].flatMap(([, row]) => portsOf(row)));
  const kinds = [...rows].filter(([name, { type = "" }]) => name !== one.name && /^(?:eth|bond|vlan)$/.test(type));
  const names = kinds.map(([name]) => name).sort();
  const free = names.filter((name) => !used.has(name));
  return (
    `there is no interface ${port} on ${one.node}${suggestion(port, names)}; there are ${names.join(", ") || "none"}` +
    (free.length > 0 && free.length < names.length ? `, of which ${free.join(", ")} are free` : "")
  );
}

function parents(place: Place): Problem[] {
  const { one, rows } = place;
  const { type } = one.row;
  const bridge = one.row["ovs_bridge"];
  if (bridge !== undefined && (type === "OVSIntPort" || type === "OVSBond")) {
    const found = rows.get(bridge)?.["type"];
    if (found === "OVSBridge") return [];
    const names = [...rows].filter(([, row]) => row["type"] === "OVSBridge").map(([name]) => name);
    return [
      {
        path: "bridge",
        message:
          found === undefined
            ? `there is no bridge ${bridge} on ${one.node}${suggestion(bridge, names)}; bridges of Open vSwitch there: ${names.join(", ") || "none"}`
            : `${bridge} is a ${found} and no bridge of Open vSwitch`,
      },
    ];
  }
  if (type !== "vlan") return [];
  return vlan(place);
}

function vlan({ one, rows }: Place): Problem[] {
  const { "vlan-raw-device": parent, "vlan-id": id } = one.row;
  if (parent === undefined) return [];
  const wrong = (path: string, message: string): Problem[] => [{ path, message }];
  const row = rows.get(parent);
  const [, above, tagged] = /^([^.]+)\.(\d+)$/.exec(one.name) ?? [];
  const numbered = tagged ?? /^vlan(\d+)$/.exec(one.name)?.[1];
  const problems: Problem[] = [];
  if (above !== undefined && above !== parent)
    problems.push(...wrong("name", `says ${above}, and parent ${parent}; Proxmox goes by the name: make them agree`));
  if (numbered !== undefined && id !== undefined && Number(numbered) !== Number(id))
    problems.push(
      ...wrong("name", `says VLAN ${numbered}, and vlanId ${id}; Proxmox goes by the name: make them agree`),
    );
  if (parent === one.name) return [...problems, ...wrong("parent", "an interface is no VLAN over itself")];
  if (row === undefined) {
    const names = [...rows].filter(([, { type = "" }]) => /^(?:eth|bond|bridge)$/.test(type)).map(([name]) => name);
    return [
      ...problems,
      ...wrong(
        "parent",
        `there is no interface ${parent} on ${one.node}${suggestion(parent, names)}; there are ${names.sort().join(", ")}`,
      ),
    ];
  }
  const type = row["type"] ?? "";
  if (!["eth", "bond", "bridge", "vlan"].includes(type))
    return [
      ...problems,
      ...wrong(
        "parent",
        `${parent} is a ${type}; ${type.startsWith("OVS") ? "over Open vSwitch an OvsPort with vlanTag is a VLAN" : "write a card, a bond or a bridge"}`,
      ),
    ];
  const same = [...rows].find(
    ([name, other]) =>
      name !== one.name && other["vlan-raw-device"] === parent && Number(other["vlan-id"]) === Number(id),
  );
  if (same) problems.push(...wrong("vlanId", `VLAN ${id} of ${parent} is ${same[0]} already; write another id`));
  if (
    row["bridge_vlan_aware"] !== undefined &&
    id !== undefined &&
    !idsIn(row["bridge_vids"] ?? "2-4094").has(Number(id))
  )
    problems.push(
      ...wrong("vlanId", `${parent} lets ${row["bridge_vids"] ?? "2-4094"} pass, and not ${id}; add it to its vlanIds`),
    );
  return problems;
}

function gateways(place: Place): Problem[] {
  const { one, rows } = place;
  return ["", "6"].flatMap((suffix) => {
    if (one.row[`gateway${suffix}`] === undefined) return [];
    const other = [...rows].find(([name, row]) => name !== one.name && row[`gateway${suffix}`] !== undefined)?.[0];
    if (other === undefined) return [];
    const message = `${other} has the node's gateway for IPv${suffix || "4"} already, and there is one; ${whose(place, other)}`;
    return [{ path: `gateway${suffix}`, message }];
  });
}

function addresses(place: Place, others: readonly DescribedInterface[]): Problem[] {
  const { one, rows } = place;
  const own = (row: InterfaceRow, key: string): string | undefined =>
    row[key] === undefined ? undefined : oneSpelling((row[key] ?? "").split("/")[0] ?? "");
  return ["", "6"].flatMap((suffix) => {
    const key = `cidr${suffix}`;
    const address = own(one.row, key);
    if (address === undefined) return [];
    const here = [...rows].find(([name, row]) => name !== one.name && own(row, key) === address)?.[0];
    const wrong = (message: string): Problem[] => [{ path: `address${suffix}`, message }];
    if (here !== undefined)
      return wrong(`${address} is the address of ${here} on the same node; ${whose(place, here)}`);
    const there = others.find(
      ({ node, row, nodeLocal }) => node !== one.node && !nodeLocal && !one.nodeLocal && own(row, key) === address,
    );
    return there
      ? wrong(
          `${address} is that of ${there.name} on ${there.node} too (${there.resource}); write another one, or ` +
            "nodeLocal: true where the network does not leave the node",
        )
      : [];
  });
}

const usual = 1500;

/** What an interface takes at most; undefined where it goes by what stands on it. */
const sizeOf = (row: InterfaceRow | undefined): number | undefined =>
  row?.["mtu"] === undefined ? (row?.["type"] === "bond" ? undefined : usual) : Number(row["mtu"]);

function sizes(place: Place): Problem[] {
  const { one, rows } = place;
  const mtu = one.row["mtu"] === undefined ? undefined : Number(one.row["mtu"]);
  const problems: Problem[] = [];
  const wrong = (message: string): void => void problems.push({ path: "mtu", message });
  if (mtu !== undefined)
    for (const name of below(one.name, one.row)) {
      const most = sizeOf(rows.get(name) ?? rows.get(parentOf(name) ?? ""));
      if (rows.has(name) && !place.uncertain.has(name) && most !== undefined && mtu > most)
        wrong(
          `${mtu} is above the ${most} of ${name}, which it stands on; raise that as well (NetworkPort, Bond or Bridge), or ` +
            "write less",
        );
    }
  // Of what stands on it only what is described: the other may be about to change.
  const most = sizeOf(one.row);
  for (const [name, row] of rows) {
    if (!place.described.has(name) || most === undefined || !below(name, row).includes(one.name)) continue;
    if (row["mtu"] !== undefined && Number(row["mtu"]) > most)
      wrong(`${most} is below the ${row["mtu"]} of ${name}, which stands on it; write at least that`);
  }
  return problems;
}

/** Proxmox's API knows fixed addresses alone: any change of one that asks for its address would end that. */
function methods({ row, name }: DescribedInterface, live: InterfaceRow | undefined): Problem[] {
  return ["", "6"].flatMap((suffix) => {
    const method = live?.[`method${suffix}`];
    const wanted = row[`cidr${suffix}`];
    if (method === undefined || /^(?:manual|static|loopback)$/.test(method) || wanted !== undefined) return [];
    return [
      {
        path: `address${suffix}`,
        message: `${name} gets its IPv${suffix || "4"} address by ${method}, which Proxmox's API cannot keep; write the address here`,
      },
    ];
  });
}
