import { call, text, type Args, type KindCalls } from "../calls";
import { right } from "../need";
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

const withStorages: KindCalls = (args, name) => {
  const calls = ceph(
    [...["", "/{name}/status"].map((path) => `GET ${on(`/pool${path}`)}`), `GET ${on("/rules")}`, `GET ${on("/osd")}`],
    [`POST ${on("/pool")}`, `PUT ${on("/pool/{name}")}`],
    [`DELETE ${on("/pool/{name}")}`, "GET /storage"],
  )(args, name);
  if (args["addStorages"] !== true) return calls;
  const storages = [call(`POST ${on("/pool")}`, { node: text(args["node"]) }, right("/storage", "Datastore.Allocate"))];
  return { ...calls, make: [...calls.make, ...storages], remove: [...calls.remove, ...storages] };
};

export const cephKinds: Readonly<Record<string, KindCalls>> = {
  CephClient: ceph([conf]),
  CephConfig: ceph([conf], [`POST ${on("/init")}`]),
  CephCrushRule: ceph([conf, `GET ${on("/rules")}`, `GET ${on("/crush")}`]),
  CephErasureProfile: ceph([conf]),
  CephFlag: ceph(
    ["GET /cluster/ceph/flags/{flag}"],
    ["PUT /cluster/ceph/flags/{flag}"],
    ["PUT /cluster/ceph/flags/{flag}"],
  ),
  CephFs: ceph(
    [`GET ${on("/fs")}`, `GET ${on("/mds")}`, `GET ${on("/pool")}`, "GET /storage"],
    [`POST ${on("/fs/{name}")}`],
    [`DELETE ${on("/pool/{name}")}`, "DELETE /storage/{storage}"],
  ),
  CephInstall: ceph([]),
  CephManager: ceph([`GET ${on("/mgr")}`], [`POST ${on("/mgr/{id}")}`], [`DELETE ${on("/mgr/{id}")}`]),
  CephManagerModule: ceph([`GET ${on("/status")}`]),
  CephMds: ceph([`GET ${on("/mds")}`], [`POST ${on("/mds/{name}")}`], [`DELETE ${on("/mds/{name}")}`, safety]),
  CephMonitor: ceph(
    [`GET ${on("/mon")}`, conf],
    [`POST ${on("/mon/{monid}")}`],
    [`DELETE ${on("/mon/{monid}")}`, safety],
  ),
  CephOptions: ceph([`GET ${on("/cfg/db")}`, `GET ${on("/cfg/value")}`]),
  CephOsd: ceph(
    [`GET ${on("/osd")}`, "GET /nodes/{node}/disks/list"],
    [`POST ${on("/osd")}`],
    [`POST ${on("/osd/{osdid}/out")}`, safety, `DELETE ${on("/osd/{osdid}")}`],
  ),
  CephPool: withStorages,
};
