import { call, text, type KindCalls } from "../calls";
import { right } from "../need";

/** All of it, by every change: what is staged by anybody, and what each node then has. */
const whole = [
  call("GET /cluster/sdn"),
  call("GET /cluster/sdn/controllers", {}, right("/sdn/controllers", "SDN.Audit")),
  call("GET /cluster/sdn/zones", {}, right("/sdn/zones", "SDN.Audit")),
  call("GET /cluster/sdn/vnets"),
  call("GET /cluster/sdn/fabrics/all", {}, right("/sdn/fabrics", "SDN.Audit")),
  call("GET /cluster/sdn/vnets/{vnet}/subnets"),
];

const nodes = right("/nodes", "Sys.Audit");

const applied = [
  call("POST /cluster/sdn/lock"),
  call("DELETE /cluster/sdn/lock"),
  call("PUT /cluster/sdn"),
  call("GET /nodes"),
  call("GET /nodes/{node}/network", {}, nodes),
  call("GET /nodes/{node}/tasks", {}, nodes),
  call("GET /nodes/{node}/tasks/{upid}/status", {}, nodes),
  call("GET /nodes/{node}/sdn/zones"),
  call("GET /nodes/{node}/sdn/zones/{zone}/content"),
  call("GET /nodes/{node}/sdn/zones/{zone}/bridges"),
  call("GET /nodes/{node}/apt/versions"),
];

/** Objects that are staged and applied: whoever puts back what was there may have to write any of them. */
const staged =
  (collection: string, item: string, ...more: readonly ReturnType<typeof call>[]): KindCalls =>
  () => {
    const path = `/cluster/sdn/${collection}`;
    const at = (method: string) => call(`${method} ${path}/{${item}}`, {}, right("/sdn/zones", "SDN.Allocate"));
    const made = call(`POST ${path}`, {}, right("/sdn/zones", "SDN.Allocate"));
    return {
      look: [...whole, ...more],
      make: [made, at("PUT"), at("DELETE"), ...applied],
      change: () => [at("PUT"), made, at("DELETE"), ...applied],
      remove: [at("DELETE"), made, at("PUT"), ...applied],
    };
  };

/** Entries of servers: not staged. */
const server =
  (collection: "ipams" | "dns", item: string): KindCalls =>
  (args, name) => {
    const path = `/cluster/sdn/${collection}`;
    const params = { [item]: text(args[`${item}Id`]) ?? name };
    const look = [
      call(`GET ${path}`, {}, right(path.replace("/cluster", ""), "SDN.Audit")),
      call(`GET ${path}/{${item}}`, params),
    ];
    return {
      look,
      make: [call(`POST ${path}`, params)],
      change: () => [call(`PUT ${path}/{${item}}`, params)],
      remove: [call(`DELETE ${path}/{${item}}`, params), ...whole],
    };
  };

export const sdnKinds: Readonly<Record<string, KindCalls>> = {
  SdnController: staged(
    "controllers",
    "controller",
    call("GET /cluster/resources", {}, nodes),
    call("GET /nodes"),
    call("GET /nodes/{node}/apt/versions"),
    call("GET /nodes/{node}/network", {}, nodes),
  ),
  SdnDns: server("dns", "dns"),
  SdnIpam: server("ipams", "ipam"),
  SdnSubnet: staged("vnets/{vnet}/subnets", "subnet"),
  SdnVnet: (args, name) => {
    const base = staged("vnets", "vnet")(args, name);
    const guests = [
      call("GET /cluster/resources", {}, right("/vms", "VM.Audit")),
      call("GET /nodes/{node}/qemu/{vmid}/config", {}, right("/vms", "VM.Audit")),
      call("GET /nodes/{node}/lxc/{vmid}/config", {}, right("/vms", "VM.Audit")),
    ];
    return { ...base, remove: [...base.remove, ...guests] };
  },
  SdnZone: staged(
    "zones",
    "zone",
    call("GET /cluster/resources", {}, nodes),
    call("GET /nodes"),
    call("GET /nodes/{node}/apt/versions"),
    call("GET /nodes/{node}/network", {}, nodes),
    call("GET /cluster/sdn/ipams", {}, right("/sdn/ipams", "SDN.Audit")),
    call("GET /cluster/sdn/dns", {}, right("/sdn/dns", "SDN.Audit")),
    call("GET /cluster/sdn/fabrics/fabric", {}, right("/sdn/fabrics", "SDN.Audit")),
  ),
};
