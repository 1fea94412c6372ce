import type { World } from "../../simulator";
import { image, labWorld } from "./lab";

/**
 * Three nodes with storages of every kind that templates live on: `local-lvm` (LVM-thin), `files` (a directory) and
 * `tank` (ZFS) are local to each node, `only-hotel` to one of them; `ceph` and `shared` are the same on all.
 */
export function threeNodes(): World {
  const world = labWorld("matrix");
  world.storageServers = { rbd: { ceph: 10 ** 12 } };
  for (const { hardware } of Object.values(world.nodes))
    hardware.storage = { ...hardware.storage, zfsPools: { tank: 10 ** 12 } };
  for (const { storages } of Object.values(world.clusters)) {
    storages["files"] = { type: "dir", path: "/srv/files", content: "images" };
    storages["tank"] = { type: "zfspool", pool: "tank", content: "images" };
    storages["only-hotel"] = { type: "dir", path: "/srv/hotel", content: "images", nodes: "hotel" };
    storages["ceph"] = { type: "rbd", pool: "ceph", content: "images" };
    storages["shared"] = { type: "dir", path: "/srv/shared", shared: "1", content: "images,import,iso" };
  }
  return world;
}

/** The test image on a node's local storage. */
export const imageOn = (node: string) => ({ url: image.url, checksum: image.checksum, node, storage: "local" });
