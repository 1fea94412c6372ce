/** Every call of the providers that changes something, by `METHOD /path/{template}` of Proxmox's schema. */
export const mutatingCalls: readonly string[] = [
  // Guests, templates and golden images.
  "POST /nodes/{node}/qemu",
  "DELETE /nodes/{node}/qemu/{vmid}",
  "POST /nodes/{node}/qemu/{vmid}/clone",
  "POST /nodes/{node}/qemu/{vmid}/config",
  "PUT /nodes/{node}/qemu/{vmid}/config",
  "PUT /nodes/{node}/qemu/{vmid}/cloudinit",
  "PUT /nodes/{node}/qemu/{vmid}/resize",
  "POST /nodes/{node}/qemu/{vmid}/move_disk",
  "POST /nodes/{node}/qemu/{vmid}/migrate",
  "POST /nodes/{node}/qemu/{vmid}/template",
  "POST /nodes/{node}/qemu/{vmid}/status/start",
  "POST /nodes/{node}/qemu/{vmid}/status/shutdown",
  "POST /nodes/{node}/qemu/{vmid}/status/reboot",
  "POST /nodes/{node}/qemu/{vmid}/agent/exec",
  "POST /nodes/{node}/qemu/{vmid}/agent/file-write",
  // Images, snippets, storages, pools.
  "POST /nodes/{node}/storage/{storage}/download-url",
  "POST /nodes/{node}/storage/{storage}/upload",
  "DELETE /nodes/{node}/storage/{storage}/content/{volume}",
  "POST /storage",
  "PUT /storage/{storage}",
  "DELETE /storage/{storage}",
  "POST /pools",
  "PUT /pools",
  "DELETE /pools",
  // Hosts.
  "POST /nodes/{node}/apt/repositories",
  "PUT /nodes/{node}/apt/repositories",
  "POST /nodes/{node}/apt/update",
  "POST /nodes/{node}/hosts",
  "POST /nodes/{node}/status",
  "PUT /nodes/{node}/config",
  "PUT /nodes/{node}/dns",
  "PUT /nodes/{node}/time",
  // Networks.
  "POST /nodes/{node}/network",
  "PUT /nodes/{node}/network",
  "DELETE /nodes/{node}/network",
  "PUT /nodes/{node}/network/{iface}",
  "DELETE /nodes/{node}/network/{iface}",
  // The cluster.
  "POST /cluster/config",
  "POST /cluster/config/join",
  "DELETE /cluster/config/nodes/{node}",
  "PUT /cluster/options",
  "POST /nodes/{node}/services/{service}/restart",
  // Access.
  "PUT /access/acl",
  "PUT /access/password",
  "POST /access/groups",
  "PUT /access/groups/{groupid}",
  "DELETE /access/groups/{groupid}",
  "POST /access/roles",
  "PUT /access/roles/{roleid}",
  "DELETE /access/roles/{roleid}",
  "POST /access/users",
  "PUT /access/users/{userid}",
  "DELETE /access/users/{userid}",
  "POST /access/users/{userid}/token/{tokenid}",
  "PUT /access/users/{userid}/token/{tokenid}",
  "DELETE /access/users/{userid}/token/{tokenid}",
  "POST /access/domains",
  "PUT /access/domains/{realm}",
  "DELETE /access/domains/{realm}",
  "POST /access/domains/{realm}/sync",
  // Ceph.
  "POST /nodes/{node}/ceph/init",
  "POST /nodes/{node}/ceph/mon/{monid}",
  "DELETE /nodes/{node}/ceph/mon/{monid}",
  "POST /nodes/{node}/ceph/mgr/{id}",
  "DELETE /nodes/{node}/ceph/mgr/{id}",
  "POST /nodes/{node}/ceph/mds/{name}",
  "DELETE /nodes/{node}/ceph/mds/{name}",
  "POST /nodes/{node}/ceph/osd",
  "DELETE /nodes/{node}/ceph/osd/{osdid}",
  // Not POST …/osd/{osdid}/in: of two programs that set out OSDs in one moment, whether one gets that far is chance.
  "POST /nodes/{node}/ceph/osd/{osdid}/out",
  "POST /nodes/{node}/ceph/stop",
  "POST /nodes/{node}/ceph/pool",
  "PUT /nodes/{node}/ceph/pool/{name}",
  "DELETE /nodes/{node}/ceph/pool/{name}",
  "POST /nodes/{node}/ceph/fs/{name}",
  "PUT /cluster/ceph/flags/{flag}",
  "PUT /nodes/{node}/disks/wipedisk",
  // SDN.
  "PUT /cluster/sdn",
  "POST /cluster/sdn/lock",
  "DELETE /cluster/sdn/lock",
  ...["zones/{zone}", "vnets/{vnet}", "vnets/{vnet}/subnets/{subnet}", "controllers/{controller}"].flatMap(ofSdn),
  ...["ipams/{ipam}", "dns/{dns}"].flatMap(ofSdn),
  "POST /cluster/sdn/vnets/{vnet}/ips",
  "PUT /cluster/sdn/vnets/{vnet}/ips",
  // The firewall.
  "PUT /cluster/firewall/options",
  "PUT /nodes/{node}/firewall/options",
  "PUT /nodes/{node}/qemu/{vmid}/firewall/options",
  ...["/cluster", "/nodes/{node}", "/nodes/{node}/qemu/{vmid}"].flatMap((place) => [
    `POST ${place}/firewall/rules`,
    `PUT ${place}/firewall/rules/{pos}`,
    `DELETE ${place}/firewall/rules/{pos}`,
  ]),
  ...["/cluster", "/nodes/{node}/qemu/{vmid}"].flatMap((place) => [
    `POST ${place}/firewall/aliases`,
    `PUT ${place}/firewall/aliases/{name}`,
    `DELETE ${place}/firewall/aliases/{name}`,
    `POST ${place}/firewall/ipset`,
    `DELETE ${place}/firewall/ipset/{name}`,
    `POST ${place}/firewall/ipset/{name}`,
    `PUT ${place}/firewall/ipset/{name}/{cidr}`,
    `DELETE ${place}/firewall/ipset/{name}/{cidr}`,
  ]),
  "POST /cluster/firewall/groups",
  "DELETE /cluster/firewall/groups/{group}",
  "POST /cluster/firewall/groups/{group}",
  "PUT /cluster/firewall/groups/{group}/{pos}",
  "DELETE /cluster/firewall/groups/{group}/{pos}",
];

/** An object of the SDN's configuration: made in its list, changed and deleted by its name. */
function ofSdn(object: string): string[] {
  const at = `/cluster/sdn/${object}`;
  return [`POST ${at.slice(0, at.lastIndexOf("/"))}`, `PUT ${at}`, `DELETE ${at}`];
}

/** What answers which template a path belongs to; of several, that which spells out most of it. */
export function templateFinder(templates: readonly string[]): (method: string, path: string) => string | undefined {
  const patterns = templates.map((template) => {
    const [method = "", path = ""] = template.split(" ");
    // A volume's id and a network hold a slash themselves, and end the path.
    const text = path.replace(/\{(volume|cidr|subnet)\}$/, "(?:.+)").replace(/\{[^}]+\}/g, "[^/]+");
    return { template, method, pattern: new RegExp(`^${text}$`), spelled: path.replace(/\{[^}]+\}/g, "").length };
  });
  patterns.sort((one, other) => other.spelled - one.spelled);
  return (method, path) => patterns.find((one) => one.method === method && one.pattern.test(path))?.template;
}
