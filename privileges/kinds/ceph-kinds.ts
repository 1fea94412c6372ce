import { call, text, type ApiCall, type Args, type KindCalls } from "../calls";
import { oneOf, right } from "../need";
import { sshAddress } from "./node-kinds";

/** Ceph asks for rights on the root of all, whatever is done in it. */
const ceph =
  (look: readonly string[], write: readonly string[] = [], remove: readonly string[] = []): KindCalls =>
  ({ node, name: given, pool }: Args, name) => {
    const of = text(node);
    const params = {
      node: of,
      name: text(given) ?? text(pool) ?? name,
      monid: of,
      id: of,
      storage: text(pool) ?? name,
    };
    const calls = (endpoints: readonly string[]) => endpoints.map((endpoint) => call(endpoint, params));
    return {
      look: [sshAddress(), ...calls(look)],
      make: calls(write),
      change: () => calls(write),
      remove: calls(remove),
    };
  };

const on = (path: string) => `/nodes/{node}/ceph${path}`;
const conf = `GET ${on("/cfg/raw")}`;
const safety = `GET ${on("/cmd-safety")}`;

const [crush, fs, osds, pools, rules, status] = ["/crush", "/fs", "/osd", "/pool", "/rules", "/status"].map(
  (path) => `GET ${on(path)}`,
) as [string, string, string, string, string, string];

/** Storages are listed to those alone who may see them: what uses a pool or a file system is looked for among all. */
const storagesSeen = (): ApiCall =>
  Object.assign(call("GET /storage"), { shows: right("/storage", "Datastore.Audit") });
const guestConfigs = (): ApiCall[] => ["qemu", "lxc"].map((type) => call(`GET /nodes/{node}/${type}/{vmid}/config`));

const withStorages: KindCalls = (args, name) => {
  const calls = ceph(
    [pools, `GET ${on("/pool/{name}/status")}`, rules, osds, crush, conf, `GET ${on("/cfg/value")}`, status],
    [`POST ${on("/pool")}`, `PUT ${on("/pool/{name}")}`],
    [`DELETE ${on("/pool/{name}")}`, fs],
  )(args, name);
  const remove = [...calls.remove, storagesSeen(), ...guestConfigs()];
  if (args["addStorages"] !== true) return { ...calls, remove };
  const storage = text(args["name"]) ?? name;
  const seen = oneOf(`/storage/${storage ?? "*"}`, "Datastore.Audit", "Datastore.AllocateSpace");
  const look = [...calls.look, call("GET /storage", {}, seen)];
  const added = [
    call(`POST ${on("/pool")}`, { node: text(args["node"]) }, right("/storage", "Datastore.Allocate")),
    call("POST /storage"),
  ];
  return {
    look,
    make: [...calls.make, ...added],
    change: (fields) => [...calls.change(fields), ...added],
    remove: [...remove, call("DELETE /storage/{storage}", { storage })],
  };
};

const fileSystem: KindCalls = (args, name) => {
  const calls = ceph(
    [fs, `GET ${on("/mds")}`, pools, conf],
    [`POST ${on("/fs/{name}")}`, status],
    [`DELETE ${on("/pool/{name}")}`],
  )(args, name);
  return { ...calls, remove: [...calls.remove, storagesSeen()] };
};

/** What root@pam is asked to do beside the user of the stack: no role has a part in it. */
const asRoot = (endpoints: readonly string[]): ApiCall[] => endpoints.map((endpoint) => ({ endpoint, need: "root" }));

const osd: KindCalls = (args, name) => {
  const calls = ceph(
    [osds, "GET /nodes/{node}/disks/list"],
    ["GET /nodes/{node}/tasks"],
    [
      ...["in", "out"].map((step) => `POST ${on(`/osd/{osdid}/${step}`)}`),
      ...[`POST ${on("/stop")}`, safety, "GET /nodes/{node}/tasks"],
    ],
  )(args, name);
  // Which guests use the disk without a storage, before anything is written on it: in the preview too.
  const guests = asRoot([
    ...["qemu", "lxc"].flatMap((type) => [`GET /nodes/{node}/${type}`, `GET /nodes/{node}/${type}/{vmid}/config`]),
    ...["GET /cluster/mapping/pci", "GET /nodes/{node}/hardware/pci"],
  ]);
  const made = asRoot(["PUT /nodes/{node}/disks/wipedisk", `POST ${on("/osd")}`]);
  return {
    look: [...calls.look, ...guests],
    make: [...calls.make, ...made],
    change: (fields) => [...calls.change(fields), ...calls.remove, ...made],
    remove: [...calls.remove, ...asRoot([`DELETE ${on("/osd/{osdid}")}`])],
  };
};

export const cephKinds: Readonly<Record<string, KindCalls>> = {
  CephClient: ceph([conf, rules]),
  CephConfig: ceph([conf], [`POST ${on("/init")}`]),
  CephCrushRule: ceph([conf, rules, crush, osds], [], [pools]),
  CephErasureProfile: ceph([conf, rules]),
  CephFlag: ceph(
    ["GET /cluster/ceph/flags/{flag}"],
    ["PUT /cluster/ceph/flags/{flag}"],
    ["PUT /cluster/ceph/flags/{flag}"],
  ),
  CephFs: fileSystem,
  CephInstall: ceph([], [conf]),
  CephManager: ceph([`GET ${on("/mgr")}`], [`POST ${on("/mgr/{id}")}`], [`DELETE ${on("/mgr/{id}")}`]),
  CephManagerModule: ceph([status, conf, rules]),
  CephMds: ceph([`GET ${on("/mds")}`], [`POST ${on("/mds/{name}")}`], [`DELETE ${on("/mds/{name}")}`, safety]),
  CephMonitor: ceph(
    [`GET ${on("/mon")}`, conf],
    [`POST ${on("/mon/{monid}")}`, `GET ${on("/mgr")}`],
    [`DELETE ${on("/mon/{monid}")}`, safety],
  ),
  CephOptions: ceph([`GET ${on("/cfg/db")}`, conf]),
  CephOsd: osd,
  CephPool: withStorages,
};
