import { fail } from "../fail.js";
import type { Volumes } from "../world/storage.js";
import type { World } from "../world/world.js";
import { fileUsage, imageUsage } from "./disk-usage.js";
import { isFull } from "./full.js";
import { backingStore, contentDirectory } from "./paths.js";
import { poolNamed } from "../ceph/osdmap.js";
import { rbdSpace } from "../ceph/rbd-images.js";
import { clusterOf, enabledStorage, isEnabled, succeeds } from "./sections.js";
import { storageTypes } from "./storage-types.js";
import type { Storage } from "./types.js";

const noZfs = (command: string) =>
  `open3: exec of ${command} failed: No such file or directory at /usr/share/perl5/PVE/Cmd.pm line 174.\n`;

/** Makes a storage usable on a node as Proxmox does before every use; ends the request when that fails. */
export function activateStorage(world: World, node: string, id: string): void {
  activateSection(world, node, enabledStorage(world, node, id));
}

/** As {@link activateStorage} for a definition that is not (yet) in the world. */
export function activateSection(world: World, node: string, storage: Storage): void {
  const { id, options } = storage;
  const hardware = hardwareOf(world, node);
  const servers = world.storageServers ?? {};
  switch (storage.type) {
    case "dir":
    case "btrfs": {
      const mountPoint = expectedMountPoint(storage);
      if (mountPoint !== undefined && !hardware.mounts?.includes(mountPoint)) {
        fail(
          `unable to activate storage '${id}' - ` +
            `directory is expected to be a mount point but is not mounted: '${mountPoint}'`,
        );
      }
      const isBtrfs = hardware.btrfs?.some((path) => isWithin(String(options.path), path));
      if (storage.type === "btrfs" && !isBtrfs) fail(`'${options.path}' is not a btrfs file system`);
      checkDirectories(storage);
      return;
    }
    case "nfs":
      if (servers.nfs?.[`${options.server}:${options.export}`] === undefined) fail(`storage '${id}' is not online`);
      return;
    case "cifs":
      if (servers.cifs?.[`//${options.server}/${options.share}`] === undefined) fail(`storage '${id}' is not online`);
      return;
    case "esxi":
      if (servers.esxi?.[String(options.server)] === undefined) fail(`storage '${id}' is not online`);
      return;
    case "iscsi":
    case "iscsidirect":
    case "zfs":
      if (servers.iscsi?.[String(options.portal)] === undefined) fail(`storage '${id}' is not online`);
      return;
    case "cephfs":
      if (cephFsSpace(world, node, storage) === undefined) fail(`mount error: exit code 32`);
      return;
    case "lvmthin": {
      const group = hardware.volumeGroups?.[String(options.vgname)];
      if (group?.thinPools?.[String(options.thinpool)] === undefined) {
        fail(`no such logical volume ${options.vgname}/${options.thinpool}`);
      }
      return;
    }
    case "zfspool": {
      const pool = String(options.pool).replace(/\/.*$/, "");
      if (hardware.zfsPools === undefined) {
        fail(
          `could not activate storage '${id}', zfs error: ` +
            noZfs(`zpool import -d /dev/disk/by-id/ -o cachefile=none ${pool}`),
        );
      } else if (hardware.zfsPools[pool] === undefined) {
        fail(`could not activate storage '${id}', zfs error: cannot import '${pool}': no such pool available\n`);
      }
      return;
    }
    case "pbs":
      if (servers.pbs?.[`${options.server}:${options.datastore}`] === undefined) {
        const address = `${options.server}:${options.port ?? 8007}`;
        fail(`${id}: error fetching datastores - 500 Can't connect to ${address} (Connection refused)`);
      }
      return;
    case "lvm":
    case "rbd":
      return;
  }
}

/** Of a file system outside, or of the node's own Ceph while a metadata server serves it. */
function cephFsSpace(
  world: World,
  node: string,
  storage: Storage,
): { total: number; used: number; avail: number } | undefined {
  const { options } = storage;
  const name = String(options["fs-name"] ?? "cephfs");
  const { ceph } = clusterOf(world, node);
  const own = options.monhost === undefined ? ceph?.fs.filesystems.find((system) => system.name === name) : undefined;
  const pool = ceph?.osdmap.pools[own?.dataPools[0] ?? -1];
  if (ceph && own && pool) return own.ranks.length > 0 ? rbdSpace(world, ceph, pool) : undefined;
  const total = world.storageServers?.cephfs?.[name];
  return total === undefined ? undefined : spaceIn(world, node, storage, total);
}

/** A boolean stands for the storage's own path, anything else names the mount point. */
function expectedMountPoint({ options }: Storage): string | undefined {
  const value = options.is_mountpoint;
  if (value === undefined) return undefined;
  if (/^(?:1|on|yes|true)$/i.test(String(value))) return String(options.path);
  return /^(?:0|off|no|false)$/i.test(String(value)) ? undefined : String(value);
}

function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory.replace(/\/$/, "")}/`);
}

/** Content `none` has no directory (`unknown vtype`), and no two types may share one. */
function checkDirectories(storage: Storage): void {
  const seen = new Set<string>();
  for (const content of [...storage.content].sort()) {
    const directory = contentDirectory(storage, content);
    if (seen.has(directory)) fail(`storage '${storage.id}' uses directory ${directory} for multiple content types`);
    seen.add(directory);
  }
}

function hardwareOf(world: World, node: string) {
  return world.nodes[node]?.hardware.storage ?? {};
}

export interface StorageStatus {
  type: string;
  total: number;
  avail: number;
  used: number;
  shared: 0 | 1;
  content: string;
  active: 0 | 1;
  enabled: 0 | 1;
}

/** What `GET /nodes/{node}/storage/{storage}/status` says: zeros for what cannot be activated. */
export function storageStatus(world: World, node: string, storage: Storage): StorageStatus {
  const enabled = isEnabled(storage, node);
  const active = enabled && succeeds(() => activateSection(world, node, storage));
  const measured = active ? spaceOf(world, node, storage) : undefined;
  const space = measured && isFull(storage.id, node) ? { ...measured, used: measured.total, avail: 0 } : measured;
  return {
    type: storage.type,
    total: space?.total ?? 0,
    avail: space?.avail ?? 0,
    used: space?.used ?? 0,
    shared: storage.options.shared ? 1 : 0,
    content: storage.content.join(","),
    active: space ? 1 : 0,
    enabled: enabled ? 1 : 0,
  };
}

/** Undefined when the storage turns out not to be there (thick LVM and rbd are not looked at before). */
function spaceOf(
  world: World,
  node: string,
  storage: Storage,
): { total: number; used: number; avail: number } | undefined {
  const { options } = storage;
  const { volumeGroups, zfsPools } = hardwareOf(world, node);
  const servers = world.storageServers ?? {};
  const of = (total: number | undefined) => (total === undefined ? undefined : spaceIn(world, node, storage, total));
  switch (storage.type) {
    case "dir":
    case "btrfs": {
      const { hardware, volumes } = world.nodes[node] ?? {};
      if (!hardware) return undefined;
      const { rootTotal, rootUsed, rootAvailable } = hardware;
      const downloads = downloadsIn(volumes?.[backingStore(storage)] ?? {});
      return { total: rootTotal, used: rootUsed + downloads, avail: Math.max(0, rootAvailable - downloads) };
    }
    case "nfs":
      return of(servers.nfs?.[`${options.server}:${options.export}`]);
    case "cifs":
      return of(servers.cifs?.[`//${options.server}/${options.share}`]);
    case "cephfs":
      return cephFsSpace(world, node, storage);
    case "rbd": {
      const { ceph } = clusterOf(world, node);
      const pool = ceph && poolNamed(ceph, String(options["data-pool"] ?? options.pool ?? "rbd"));
      if (ceph && pool && options.monhost === undefined) return rbdSpace(world, ceph, pool);
      return of(servers.rbd?.[String(options["data-pool"] ?? options.pool ?? "rbd")]);
    }
    case "lvm":
      return of(volumeGroups?.[String(options.vgname)]?.size);
    case "lvmthin":
      return of(volumeGroups?.[String(options.vgname)]?.thinPools?.[String(options.thinpool)]);
    case "zfspool":
      return of(zfsPools?.[String(options.pool).replace(/\/.*$/, "")]);
    case "pbs":
      return of(servers.pbs?.[`${options.server}:${options.datastore}`]);
    case "iscsi":
    case "iscsidirect":
    case "zfs":
    case "esxi":
      return { total: 0, used: 0, avail: 0 };
  }
}

/** Images are sparse, and what they take of the root file system is part of its recorded use; large files are not. */
function downloadsIn(volumes: Volumes): number {
  return Object.entries(volumes).reduce(
    (sum, [name, volume]) => (/^(?:import|iso|vztmpl)\//.test(name) ? sum + fileUsage(volume) : sum),
    0,
  );
}

function spaceIn(world: World, node: string, storage: Storage, total: number) {
  const stores = storageTypes[storage.type].shared ? world.shared : (world.nodes[node]?.volumes ?? {});
  const used = usedIn(stores[backingStore(storage)] ?? {});
  return { total, used, avail: Math.max(0, total - used) };
}

function usedIn(volumes: Volumes): number {
  return Object.values(volumes).reduce((sum, volume) => sum + imageUsage(volume), 0);
}

/** `formats` and the older `format` of `GET /nodes/{node}/storage?format=1`. */
export function storageFormats(storage: Storage) {
  const { formats, selectExisting } = storageTypes[storage.type];
  const chosen = String(storage.options.format ?? formats.default);
  return {
    formats: { supported: [...formats.allowed].sort(), default: chosen },
    format: [Object.fromEntries(formats.allowed.map((format) => [format, 1])), chosen],
    ...(selectExisting ? { select_existing: 1 } : {}),
  };
}
