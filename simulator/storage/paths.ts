import { fail } from "../fail.js";
import { clusterOf, storageOf } from "./sections.js";
import { storageTypes } from "./storage-types.js";
import type { ContentType, Storage } from "./types.js";
import { parseVolumeName, volidParts } from "./volume-names.js";
import type { World } from "../world/world.js";

const subdirectories: Partial<Record<ContentType, string>> = {
  images: "images",
  rootdir: "private",
  iso: "template/iso",
  vztmpl: "template/cache",
  backup: "dump",
  snippets: "snippets",
  import: "import",
};

/** The directory of a content type on a storage of files. */
export function contentDirectory(storage: Storage, content: ContentType): string {
  const path = storage.options.path;
  if (path === undefined || path === "") return fail("storage definition has no path");
  const subdirectory = subdirectories[content] ?? fail(`unknown vtype '${content}'`);
  return `${path}/${storage.contentDirs?.[content] ?? subdirectory}`;
}

/** The path of a volume as Proxmox shows it. */
export function volumePath(storage: Storage, volname: string): string {
  const { content, name, vmid, format } = parseVolumeName(storage, volname);
  const { options } = storage;
  switch (storage.type) {
    case "lvm":
    case "lvmthin":
      return `/dev/${options.vgname}/${name}`;
    case "zfspool":
    case "zfs":
      return format === "subvol"
        ? `${options.mountpoint ?? `/${options.pool}`}/${name}`
        : `/dev/zvol/${options.pool}/${name}`;
    case "rbd":
      return rbdPath(storage, name);
    default: {
      const directory = contentDirectory(storage, content);
      return content === "images" ? `${directory}/${vmid}/${name}` : `${directory}/${name}`;
    }
  }
}

function rbdPath({ id, options }: Storage, name: string): string {
  const image = [options.pool ?? "rbd", options.namespace, name].filter((part) => part !== undefined).join("/");
  if (options.krbd) return `/dev/rbd-pve/00000000-0000-0000-0000-000000000000/${image}`;
  const user = options.username ?? "admin";
  if (options.monhost === undefined) {
    return `rbd:${image}:conf=/etc/pve/ceph.conf:id=${user}:keyring=/etc/pve/priv/ceph/${id}.keyring`;
  }
  const monitors = String(options.monhost).replace(/[ ,]+/g, ";").replaceAll(":", "\\:");
  return `rbd:${image}:mon_host=${monitors}:auth_supported=none`;
}

/** The path of the file or device behind a volume id. */
export function pathOf(world: World, node: string, volid: string): string {
  const { storage, name } = volidParts(volid);
  return volumePath(storageOf(clusterOf(world, node), storage), name);
}

/** Where the volumes of a storage are: storages on the same path, volume group or pool share one. */
export function backingStore({ id, type, options }: Storage): string {
  switch (type) {
    case "lvm":
      return `lvm:${options.vgname}`;
    case "lvmthin":
      return `lvmthin:${options.vgname}/${options.thinpool}`;
    case "zfspool":
    case "zfs":
      return `zfs:${options.pool}`;
    case "rbd":
      return `rbd:${options.pool ?? "rbd"}${options.namespace === undefined ? "" : `/${options.namespace}`}`;
    case "nfs":
      return `nfs:${options.server}:${options.export}`;
    case "cifs":
      return `cifs://${options.server}/${options.share}`;
    case "cephfs":
      return `cephfs:${options["fs-name"] ?? "cephfs"}${options.subdir ?? ""}`;
    case "pbs":
      return `pbs:${options.server}:${options.datastore}`;
    case "dir":
    case "btrfs":
      return String(options.path);
    case "iscsi":
    case "iscsidirect":
    case "esxi":
      return `${type}:${id}`;
  }
}

/** The name under which the world keeps a volume: without the base that a linked clone's id starts with. */
export function storedName(storage: Storage, volname: string): string {
  const { content, name, vmid } = parseVolumeName(storage, volname);
  if (!storageTypes[storage.type].files) return name;
  return content === "images" ? `${vmid}/${name}` : `${content}/${name}`;
}
