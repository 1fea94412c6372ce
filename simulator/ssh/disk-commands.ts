import { deviceAt, holdingOf, partitionPath, type BlockDevice } from "../disks/block-devices.js";
import { volumeGroups } from "../disks/lvm.js";
import type { NodeState } from "../world/world.js";
import type { Shell } from "./node-shell.js";
import type { Ended } from "./ssh-record.js";

/** Device files that every machine has. */
const always = ["/dev/null", "/dev/zero", "/dev/kvm", "/dev/net/tun", "/dev/urandom", "/dev/sg0", "/dev/nvme0"];

/** `readlink -e -- FILE` (coreutils): the name without links, and exit code 1 without a word where any part is missing. */
export function readlink({ node }: Shell, args: readonly string[]): Ended | undefined {
  const [option, dashes, path = "", ...more] = args;
  const name = /^\/sys\/class\/block\/([^/]+)$/.exec(path)?.[1];
  if (option === "-e" && dashes === "--" && name !== undefined && more.length === 0) return placeOf(node, name);
  const controller = option === "-e" && dashes === "--" && more.length === 0 ? controllerAt(node, path) : undefined;
  if (controller) return controller;
  if (option !== "-e" || dashes !== "--" || !path.startsWith("/dev/") || more.length > 0) return undefined;
  const target = deviceAt(node, path)?.path ?? (always.includes(path) ? path : undefined);
  return target === undefined ? { code: 1 } : { code: 0, stdout: `${target}\n` };
}

/** Each disk has a controller of its own, whose address tells which disk it is. */
const controllerOf = (node: NodeState, { disk }: BlockDevice): string =>
  `/sys/devices/pci0000:40/0000:40:01.1/0000:${(0x41 + node.hardware.disks.indexOf(disk)).toString(16)}:00.0/nvme`;

/** What leads to a namespace that several controllers may lead to. */
const subsystemOf = (node: NodeState, { disk }: BlockDevice): string =>
  `/sys/devices/virtual/nvme-subsystem/nvme-subsys${node.hardware.disks.indexOf(disk)}`;

const controllerName = (name: string): string => name.replace(/n\d+$/, "");

function placeOf(node: NodeState, name: string): Ended {
  const device = deviceAt(node, `/dev/${name}`);
  if (!device) return { code: 1 };
  // one port of the chipset's own controller for each
  if (device.disk.type !== "nvme") {
    const port = node.hardware.disks.indexOf(device.disk);
    const target = `ata${port + 1}/host${port}/target${port}:0:0/${port}:0:0:0`;
    return { code: 0, stdout: `/sys/devices/pci0000:00/0000:00:17.0/${target}/block/${name}\n` };
  }
  if (device.disk.multipath) return { code: 0, stdout: `${subsystemOf(node, device)}/${name}\n` };
  return { code: 0, stdout: `${controllerOf(node, device)}/${controllerName(name)}/${name}\n` };
}

/** The disk whose controller has a PCI address. */
const behind = (node: NodeState, address: string): BlockDevice | undefined =>
  node.hardware.disks
    .filter(({ dead, type }) => !dead && type === "nvme")
    .flatMap(({ devpath }) => deviceAt(node, devpath) ?? [])
    .find((device) => controllerOf(node, device).includes(`/${address}/`));

/** A guest that runs has the device: vfio-pci drives it, and not the node's own driver. */
const isGiven = ({ simulation, node }: Shell, address: string): boolean =>
  Object.values(simulation.clusterOf(node).guests).some(
    ({ node: on, running, config }) =>
      on === node.name &&
      running !== undefined &&
      Object.entries(config).some(([key, value]) => /^hostpci\d+$/.test(key) && value.startsWith(address)),
  );

/** `readlink -e -- /sys/bus/pci/devices/ADDRESS/driver`. */
export function driverOf(shell: Shell, args: readonly string[]): Ended | undefined {
  const address = /^-e -- \/sys\/bus\/pci\/devices\/([0-9a-f:.]+)\/driver$/.exec(args.join(" "))?.[1];
  if (address === undefined) return undefined;
  if (!behind(shell.node, address)) return { code: 1 };
  return { code: 0, stdout: `/sys/bus/pci/drivers/${isGiven(shell, address) ? "vfio-pci" : "nvme"}\n` };
}

/** `sh -c "cat FILE"` of what the kernel tells of NVMe. */
export function nvmeFact(shell: Shell, args: readonly string[]): Ended | undefined {
  const [flag, line = "", ...more] = args;
  if (flag !== "-c" || more.length > 0) return undefined;
  if (line === "cat /sys/module/nvme_core/parameters/multipath")
    return { code: 0, stdout: shell.node.hardware.noNvmeMultipath ? "N\n" : "Y\n" };
  const address = /^cat \/sys\/bus\/pci\/devices\/([0-9a-f:.]+)\/nvme\/nvme\*\/state$/.exec(line)?.[1];
  if (address === undefined) return undefined;
  return behind(shell.node, address) && !isGiven(shell, address) ? { code: 0, stdout: "live\n" } : { code: 1 };
}

/** Namespaces with several controllers, by the directory of their subsystem. */
const sharedAt = (node: NodeState, directory: string): BlockDevice | undefined =>
  node.hardware.disks
    .filter(({ multipath, dead }) => multipath && !dead)
    .flatMap(({ devpath }) => deviceAt(node, devpath) ?? [])
    .find((device) => subsystemOf(node, device) === directory);

/** A subsystem has a link to each of its controllers (`nvme_init_subsystem` of the kernel's drivers/nvme/host/core.c). */
function controllerAt(node: NodeState, path: string): Ended | undefined {
  const [, directory = "", name = ""] = /^(\/sys\/devices\/virtual\/nvme-subsystem\/[^/]+)\/([^/]+)$/.exec(path) ?? [];
  if (directory === "") return undefined;
  const device = sharedAt(node, directory);
  if (!device || controllerName(device.path.replace("/dev/", "")) !== name) return { code: 1 };
  return { code: 0, stdout: `${controllerOf(node, device)}/${name}\n` };
}

/** `find DIRECTORY -mindepth 1 -maxdepth 1 -type l` (findutils), of the subsystems of NVMe. */
export function findLinks({ node }: Shell, args: readonly string[]): Ended | undefined {
  const [directory = "", ...options] = args;
  if (!directory.startsWith("/sys/devices/virtual/nvme-subsystem/")) return undefined;
  if (options.join(" ") !== "-mindepth 1 -maxdepth 1 -type l") return undefined;
  const device = sharedAt(node, directory);
  if (!device) return { code: 1, stderr: `find: ‘${directory}’: No such file or directory\n` };
  const names = ["subsystem", controllerName(device.path.replace("/dev/", ""))];
  return { code: 0, stdout: names.map((name) => `${directory}/${name}\n`).join("") };
}

interface Row {
  readonly name: string;
  readonly type: string;
  readonly mountpoints: (string | null)[];
  readonly children?: Row[];
}

/** device-mapper doubles the dashes of names. */
const mapped = (vg: string, lv: string): string =>
  `/dev/mapper/${vg.replaceAll("-", "--")}-${lv.replaceAll("-", "--")}`;

const below = (rows: Row[]): { children?: Row[] } => (rows.length > 0 ? { children: rows } : {});

/** Volumes that are active on a physical volume; a thin pool is made of two hidden ones. */
function volumesOn(node: NodeState, device: BlockDevice): Row[] {
  const holding = holdingOf(device);
  const vg = holding?.kind === "lvm" ? holding.vg : undefined;
  const group = vg === undefined ? undefined : volumeGroups(node)[vg];
  if (vg === undefined || !group) return [];
  const row = (lv: string, children: Row[] = []): Row => ({
    ...{ name: mapped(vg, lv), type: "lvm", mountpoints: [null] },
    ...below(children),
  });
  return [
    ...Object.keys(group.volumes ?? {}).map((lv) => row(lv)),
    ...Object.keys(group.thinPools ?? {}).flatMap((lv) => [
      row(`${lv}_tmeta`, [row(lv)]),
      row(`${lv}_tdata`, [row(lv)]),
    ]),
  ];
}

function rowOf(node: NodeState, device: BlockDevice): Row {
  const holding = holdingOf(device);
  const { disk, partition, path } = device;
  const parts = partition
    ? []
    : (disk.partitions ?? []).map((each) => rowOf(node, { disk, partition: each, path: partitionPath(disk, each) }));
  return {
    name: path,
    type: partition ? "part" : "disk",
    mountpoints: [(holding?.kind === "filesystem" ? holding.mounted : undefined) ?? null],
    ...below([...parts, ...volumesOn(node, device)]),
  };
}

/** `lsblk --json --paths --output NAME,TYPE,MOUNTPOINTS DEVICE` (util-linux). */
export function lsblk({ node }: Shell, args: readonly string[]): Ended | undefined {
  const [json, paths, output, columns, name = "", ...more] = args;
  if ([json, paths, output].join(" ") !== "--json --paths --output" || columns !== "NAME,TYPE,MOUNTPOINTS")
    return undefined;
  if (name === "" || more.length > 0) return undefined;
  const device = deviceAt(node, name);
  if (!device) return { code: 32, stderr: `lsblk: ${name}: not a block device\n` };
  return { code: 0, stdout: `${JSON.stringify({ blockdevices: [rowOf(node, device)] }, null, 3)}\n` };
}
