import { deviceAt, holdingOf, partitionPath, type BlockDevice } from "../disks/block-devices.js";
import { volumeGroups } from "../disks/lvm.js";
import type { NodeState } from "../world/world.js";
import type { Shell } from "./node-shell.js";
import type { Ended } from "./ssh-record.js";

/** Device files that every machine has. */
const always = ["/dev/null", "/dev/zero", "/dev/kvm", "/dev/net/tun", "/dev/urandom"];

/** `readlink -e -- FILE` (coreutils): the name without links, and exit code 1 without a word where any part is missing. */
export function readlink({ node }: Shell, args: readonly string[]): Ended | undefined {
  const [option, dashes, path = "", ...more] = args;
  const name = /^\/sys\/class\/block\/([^/]+)$/.exec(path)?.[1];
  if (option === "-e" && dashes === "--" && name !== undefined && more.length === 0) return placeOf(node, name);
  if (option !== "-e" || dashes !== "--" || !path.startsWith("/dev/") || more.length > 0) return undefined;
  const target = deviceAt(node, path)?.path ?? (always.includes(path) ? path : undefined);
  return target === undefined ? { code: 1 } : { code: 0, stdout: `${target}\n` };
}

/** Each disk has a controller of its own, whose address tells which disk it is. */
function placeOf(node: NodeState, name: string): Ended {
  const device = deviceAt(node, `/dev/${name}`);
  if (!device) return { code: 1 };
  if (device.disk.multipath) return { code: 0, stdout: `/sys/devices/virtual/nvme-subsystem/nvme-subsys0/${name}\n` };
  const address = `0000:${(0x41 + node.hardware.disks.indexOf(device.disk)).toString(16)}:00.0`;
  return {
    code: 0,
    stdout: `/sys/devices/pci0000:40/0000:40:01.1/${address}/nvme/${name.replace(/n\d+$/, "")}/${name}\n`,
  };
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
