import { call, text, type Args, type ApiCall, type Calls, type KindCalls } from "../calls";
import { oneOf, right } from "../need";

/** Where the nodes' SSH servers are, unless `proxmox:sshAddresses` says so. */
export const sshAddress = (): ApiCall => call("GET /cluster/status");
/** All that goes over SSH needs no right in Proxmox but to find the node. */
export const overSsh: KindCalls = () => ({ look: [sshAddress()], make: [], change: () => [], remove: [] });

/** What a node has in any case: read, written, and left as it is. */
const settings =
  (read: string, write: string, ...more: readonly string[]): KindCalls =>
  ({ node }) => {
    const params = { node: text(node) };
    const written = [write, ...more].map((endpoint) => call(endpoint, params));
    return { look: [call(read, params)], make: written, change: () => written, remove: written };
  };

const aptRepository: KindCalls = (args, name) => {
  const base = settings(
    "GET /nodes/{node}/apt/repositories",
    "PUT /nodes/{node}/apt/repositories",
    "POST /nodes/{node}/apt/repositories",
    "GET /nodes/{node}/version",
    "GET /nodes/{node}/subscription",
  )(args, name);
  return base;
};

/** Which ones let nobody in is told before the lists are refreshed, and when that has failed. */
const repositories = (node: Args[string]): ApiCall[] =>
  ["GET /nodes/{node}/apt/repositories", "GET /nodes/{node}/subscription"].map((one) =>
    call(one, { node: text(node) }),
  );

const aptUpgrade: KindCalls = ({ node, reboot, shutdownGuests }) => {
  const params = { node: text(node) };
  const work = [
    call("GET /nodes/{node}/apt/update", params),
    call("POST /nodes/{node}/apt/update", params),
    call("GET /nodes/{node}/apt/versions", params),
    call("GET /nodes/{node}/status", params),
    ...(reboot === true ? [call("POST /nodes/{node}/status", params), call("GET /nodes/{node}/qemu", params)] : []),
    ...(shutdownGuests === true ? [call("POST /nodes/{node}/qemu/{vmid}/status/shutdown")] : []),
  ];
  return {
    look: [sshAddress(), call("GET /nodes/{node}/apt/versions", params), ...repositories(node)],
    make: work,
    change: () => work,
    remove: [],
  };
};

/** Over SSH; but the package lists are refreshed by Proxmox, and which kernel a removal must leave is told by it. */
const systemPackage: KindCalls = ({ node, removeOnDelete }) => {
  const params = { node: text(node) };
  const refresh = [call("POST /nodes/{node}/apt/update", params)];
  const kernels = removeOnDelete === true ? [call("GET /nodes/{node}/apt/versions", params)] : [];
  return { look: [sshAddress(), ...repositories(node)], make: refresh, change: () => refresh, remove: kernels };
};

/** Names of ports and bonds, which are no bridges: everybody is told of them who may look at the node. */
const isPort = /^(?:en|eth|bond)[a-z0-9]*\d/;

/** Networks of a node are staged together, and applied by one reload. */
const network =
  (isBridge: boolean): KindCalls =>
  ({ node, name: given, bridge, parent }: Args, name): Calls => {
    const iface = text(given) ?? name;
    const params = { node: text(node), iface };
    // Bridges are listed to those alone who may use them or see them: this one, and the one that it stands on.
    const below = [text(bridge), text(parent)].filter((one) => one !== undefined && !isPort.test(one));
    const seen = [...(isBridge ? [iface ?? "*"] : []), ...below].map((one) =>
      oneOf(`/sdn/zones/localnetwork/${one}`, "SDN.Audit", "SDN.Use"),
    );
    const reload = [
      call("PUT /nodes/{node}/network", params),
      call("DELETE /nodes/{node}/network", params),
      call("GET /nodes/{node}/tasks/{upid}/status"),
      call("GET /cluster/status"),
    ];
    return {
      look: [call("GET /nodes/{node}/network", params, ...seen)],
      make: [call("POST /nodes/{node}/network", params), call("PUT /nodes/{node}/network/{iface}", params), ...reload],
      change: () => [call("PUT /nodes/{node}/network/{iface}", params), ...reload],
      remove: [
        call("DELETE /nodes/{node}/network/{iface}", params),
        call("PUT /nodes/{node}/network/{iface}", params),
        ...reload,
      ],
    };
  };

export const nodeKinds: Readonly<Record<string, KindCalls>> = {
  AptRepository: aptRepository,
  AptUpgrade: aptUpgrade,
  Bond: network(false),
  Bridge: network(true),
  Dns: settings("GET /nodes/{node}/dns", "PUT /nodes/{node}/dns"),
  HostsEntries: settings("GET /nodes/{node}/hosts", "POST /nodes/{node}/hosts"),
  NetworkPort: network(false),
  LogRotation: overSsh,
  NodeOptions: settings("GET /nodes/{node}/config", "PUT /nodes/{node}/config"),
  OvsBond: network(false),
  OvsBridge: network(true),
  OvsPort: network(false),
  Sysctl: overSsh,
  SystemPackage: systemPackage,
  TimeZone: settings("GET /nodes/{node}/time", "PUT /nodes/{node}/time"),
  Vlan: network(false),
};

/** What is of the whole cluster. */
export const clusterKinds: Readonly<Record<string, KindCalls>> = {
  Cluster: () => {
    const form = ["POST /cluster/config", "POST /cluster/config/join", "DELETE /cluster/config/nodes/{node}"].map(
      (endpoint) => call(endpoint),
    );
    const look = ["GET /cluster/status", "GET /cluster/config/nodes", "GET /cluster/config/join"].map((endpoint) =>
      call(endpoint),
    );
    return { look, make: form, change: () => form, remove: [] };
  },
  /** The rest goes over SSH. */
  ClusterQdevice: () => {
    const look = [
      ...["GET /cluster/status", "GET /cluster/config/nodes", "GET /cluster/config/totem"],
      ...["GET /cluster/config/qdevice", "GET /nodes"],
    ].map((endpoint) => call(endpoint));
    return { look, make: [], change: () => [], remove: [] };
  },
  DatacenterOptions: () => {
    const write = [call("PUT /cluster/options")];
    // Others are told two of them.
    const look = [call("GET /cluster/options", {}, right("/", "Sys.Audit"))];
    return { look, make: write, change: () => write, remove: write };
  },
  Nodes: () => ({
    look: [call("GET /cluster/resources", {}, right("/nodes/*", "Sys.Audit"))],
    ...{ make: [], change: () => [], remove: [] },
  }),
};
