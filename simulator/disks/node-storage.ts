import type { Call } from "../call.js";
import { die } from "../errors.js";
import { sections } from "../storage/sections.js";
import { createStorage, deleteStorage, updateStorage, type StorageParameters } from "../storage/storage-cfg.js";
import type { StorageConfig } from "../world/storage.js";

type Log = (line: string) => void;

/** `create_or_update` (PVE/API2/Storage/Config.pm): the node is added to a storage that is of the same kind. */
export function checkNodeStorage(call: Call, wanted: StorageParameters, verify: readonly string[]): void {
  const id = String(wanted["storage"]);
  const existing = sections(call.cluster)[id];
  if (!existing) return;
  const nodes = existing["nodes"]?.split(",");
  if (!nodes || nodes.includes(call.node.name))
    throw die(`Storage ID '${id}' already exists on node ${call.node.name}`);
  for (const key of ["type", ...verify]) {
    if (String(wanted[key]) !== existing[key])
      throw die(`Option '${key}' (${wanted[key]}) does not match existing storage configuration '${existing[key]}'`);
  }
}

export function addNodeStorage(call: Call, wanted: StorageParameters, log: Log): void {
  const id = String(wanted["storage"]);
  const existing = sections(call.cluster)[id];
  if (!existing) return void createStorage(call.world, call.node.name, { ...wanted, nodes: call.node.name });
  const nodes = [...(existing["nodes"]?.split(",") ?? []), call.node.name].sort().join(",");
  updateStorage(call.world, call.node.name, { storage: id, nodes });
  log(`Added '${call.node.name}' to nodes for storage '${id}'`);
}

/** `cleanup_storages_for_node`: what was for this node alone goes. */
export function cleanUpStorages(call: Call, matches: (section: StorageConfig) => boolean): void {
  for (const [id, section] of Object.entries(sections(call.cluster))) {
    if (!matches(section)) continue;
    const all = Object.keys(call.cluster.corosync?.nodes ?? { [call.node.name]: true });
    const nodes = section["nodes"]?.split(",") ?? all;
    if (!nodes.includes(call.node.name)) continue;
    const others = nodes.filter((name) => name !== call.node.name).sort();
    if (others.length === 0) deleteStorage(call.world, call.node.name, id);
    else updateStorage(call.world, call.node.name, { storage: id, nodes: others.join(",") });
  }
}
