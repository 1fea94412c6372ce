import { call, object, text, type Calls, type KindCalls } from "../calls";
import { right } from "../need";

/** What its storages and its pool need besides (`assert_param_permission_create` and `_update` in PVE/API2/Backup.pm). */
const backupJob: KindCalls = ({ jobId, storage, pool: backedUp, fleecing }, name): Calls => {
  const params = { id: text(jobId) ?? name };
  const target = text(storage) ?? "*";
  const nearby = text(object(fleecing)["storage"]);
  const also = [
    right(`/storage/${target}`, "Datastore.Allocate"),
    ...(text(backedUp) === undefined ? [] : [right(`/pool/${text(backedUp)}`, "VM.Backup")]),
    ...(nearby === undefined ? [] : [right(`/storage/${nearby}`, "Datastore.AllocateSpace")]),
  ];
  return {
    look: [
      call("GET /cluster/backup"),
      call("GET /cluster/backup/{id}", params),
      ...(text(backedUp) === undefined ? [] : [call("GET /pools", {}, right(`/pool/${text(backedUp)}`, "Pool.Audit"))]),
      call("GET /nodes/{node}/storage/{storage}/prunebackups", { storage: target }),
      call("GET /nodes/{node}/vzdump/defaults"),
    ],
    make: [call("POST /cluster/backup", {}, ...also)],
    change: () => [call("PUT /cluster/backup/{id}", params, ...also)],
    remove: [call("DELETE /cluster/backup/{id}", params)],
  };
};

export const backupKinds: Readonly<Record<string, KindCalls>> = { BackupJob: backupJob };
