import { call, object, text, type Args, type KindCalls } from "../calls";
import { oneOf, right, type Need } from "../need";
import type { PathValues } from "../permissions";

interface At {
  readonly path: string;
  readonly params: PathValues;
  /** What Proxmox's code asks for beside the condition of the contract. */
  readonly reads?: Need;
  readonly writes?: Need;
}

/** Where the calls for a place are: a guest may be a VM or a container. */
function placesOf(place: Args): At[] {
  const node = text(place["node"]);
  if (node !== undefined) return [{ path: "/nodes/{node}/firewall", params: { node } }];
  if (place["guest"] !== undefined) {
    const vmid = text(place["guest"]);
    const params = vmid === undefined ? {} : { vmid };
    return ["qemu", "lxc"].map((type) => ({ path: `/nodes/{node}/${type}/{vmid}/firewall`, params }));
  }
  const vnet = text(place["vnet"]);
  if (vnet === undefined) return [{ path: "/cluster/firewall", params: {} }];
  return [
    {
      path: "/cluster/sdn/vnets/{vnet}/firewall",
      params: { vnet },
      reads: oneOf("/sdn/zones", "SDN.Audit", "SDN.Allocate"),
      writes: right("/sdn/zones", "SDN.Allocate"),
    },
  ];
}

const reads = ({ path, params, reads: need }: At, ...ends: readonly string[]) =>
  ends.map((end) => call(`GET ${path}${end}`, params, ...(need ? [need] : [])));
const writes = ({ path, params, writes: need }: At, ...given: readonly string[]) =>
  given.map((one) => {
    const [method = "", end = ""] = one.split(" ");
    return call(`${method} ${path}${end}`, params, ...(need ? [need] : []));
  });

const guests = [call("GET /cluster/resources", {}, right("/vms", "VM.Audit"))];
const nodesSeen = [call("GET /cluster/resources", {}, right("/nodes", "Sys.Audit"))];

/** Who names a thing, before it is removed: rules everywhere. */
const users = [
  ...guests,
  ...nodesSeen,
  ...[
    "/cluster/firewall",
    "/nodes/{node}/firewall",
    "/nodes/{node}/qemu/{vmid}/firewall",
    "/nodes/{node}/lxc/{vmid}/firewall",
  ].map((path) => call(`GET ${path}/rules`)),
  ...["/cluster/firewall", "/nodes/{node}/qemu/{vmid}/firewall", "/nodes/{node}/lxc/{vmid}/firewall"].flatMap(
    (path) => [call(`GET ${path}/ipset`), call(`GET ${path}/ipset/{name}`)],
  ),
  call("GET /cluster/firewall/groups"),
  call("GET /cluster/firewall/groups/{group}"),
];

const looksFor = (place: Args) => [
  ...(place["guest"] === undefined ? [] : guests),
  ...(place["node"] === undefined ? [] : nodesSeen),
];

const names = [call("GET /cluster/firewall/macros"), call("GET /cluster/firewall/refs")];

/** A run notes on a node what it is about to make, so that the next one knows it for its own. */
const noted = call("GET /nodes");

/** Calls for what is at a place, with what its paths end in. */
const at =
  (looks: readonly string[], changes: readonly string[], named: boolean): KindCalls =>
  (args) => {
    const place = object(args["place"]);
    const places = placesOf(place);
    const look = [...looksFor(place), ...places.flatMap((one) => reads(one, ...looks))];
    const sent = places.flatMap((one) => writes(one, ...changes));
    return {
      look,
      make: named ? [noted, ...sent] : sent,
      change: () => sent,
      remove: [...sent, ...(named ? users : [])],
    };
  };

/** All that decides what reaches the nodes: who would be shut out is worked out before a change. */
const reaching = [
  ...["options", "rules", "aliases", "ipset", "ipset/{name}", "groups", "groups/{group}", "refs"].map((end) =>
    call(`GET /cluster/firewall/${end}`),
  ),
  ...nodesSeen,
  call("GET /cluster/status"),
  call("GET /cluster/config/nodes"),
  call("GET /nodes/{node}/firewall/options"),
  call("GET /nodes/{node}/firewall/rules"),
  call("GET /nodes/{node}/network", {}, right("/nodes", "Sys.Audit")),
  call("GET /nodes/{node}/ceph/cfg/raw"),
];

/** With those looks where the nodes' own traffic is concerned. */
const guarded =
  (kind: KindCalls): KindCalls =>
  (args, name) => {
    const { guest, vnet } = object(args["place"]);
    const base = kind(args, name);
    return guest === undefined && vnet === undefined ? { ...base, look: [...base.look, ...reaching] } : base;
  };

const ruleWrites = ["POST /rules", "PUT /rules/{pos}", "DELETE /rules/{pos}"];
const groupPath = "/cluster/firewall/groups";

const plainKinds: Readonly<Record<string, KindCalls>> = {
  FirewallAlias: at(["/aliases"], ["POST /aliases", "PUT /aliases/{name}", "DELETE /aliases/{name}"], true),
  FirewallGroup: () => {
    const sent = [
      call(`POST ${groupPath}`),
      call(`DELETE ${groupPath}/{group}`),
      call(`POST ${groupPath}/{group}`),
      call(`PUT ${groupPath}/{group}/{pos}`),
      call(`DELETE ${groupPath}/{group}/{pos}`),
    ];
    return {
      look: [call(`GET ${groupPath}`), call(`GET ${groupPath}/{group}`), ...names],
      make: [noted, ...sent],
      change: () => sent,
      remove: [...sent, ...users],
    };
  },
  FirewallIpSet: at(
    ["/ipset", "/ipset/{name}"],
    [
      "POST /ipset",
      "DELETE /ipset/{name}",
      "POST /ipset/{name}",
      "PUT /ipset/{name}/{cidr}",
      "DELETE /ipset/{name}/{cidr}",
    ],
    true,
  ),
  FirewallOptions: at(["/options"], ["PUT /options"], false),
  FirewallRules: (args, name) => {
    const place = object(args["place"]);
    const group = place["group"] !== undefined;
    const base = at(
      group ? [] : ["/rules", ...(place["guest"] === undefined ? [] : ["/refs"])],
      group ? [] : ruleWrites,
      false,
    )(args, name);
    if (!group) return { ...base, look: [...base.look, ...names] };
    const whole = plainKinds["FirewallGroup"]?.(args, name) ?? base;
    return { ...whole, remove: whole.make };
  },
};

export const firewallKinds: Readonly<Record<string, KindCalls>> = Object.fromEntries(
  Object.entries(plainKinds).map(([kind, calls]) => [kind, guarded(calls)]),
);
