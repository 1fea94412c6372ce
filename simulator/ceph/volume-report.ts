import type { NodeState } from "../world/world.js";

/** Texts of `ceph-volume lvm` for people, as recording 70 has them. */

interface ListedVolume {
  readonly type: string;
  readonly path: string;
  readonly devices: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/** A word in the midst of a line of `=`; of an odd rest the right side gets more. */
function headed(word: string): string {
  const left = Math.floor((20 - word.length) / 2);
  return word.padStart(word.length + left, "=").padEnd(20, "=");
}

const item = (name: string, value: string): string => `\n      ${name.padEnd(25)} ${value}`;

/** `lvm list` without a format; ids come in the order of their text. */
export function listText(listed: Readonly<Record<string, readonly ListedVolume[]>>): string {
  const parts = Object.entries(listed)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([id, volumes]) => [`\n\n${headed(` osd.${id} `)}`, ...volumes.flatMap(volumeText)]);
  return `${parts.join("")}\n`;
}

function volumeText({ type, path, devices, tags }: ListedVolume): string[] {
  return [
    `\n\n  ${`[${type}]`.padEnd(13)} ${path}\n`,
    ...Object.entries(tags)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([tag, value]) => item((tag.split(".").at(-1) ?? "").replaceAll("_", " "), value)),
    ...(devices.length > 0 ? [item("devices", devices.join())] : []),
  ];
}

/** What it tells of each volume that is not an OSD's while it looks for all of them. */
export const foreignVolumes = (node: NodeState): string =>
  Object.entries(node.hardware.storage?.volumeGroups ?? {})
    .flatMap(([vg, { volumes = {}, thinPools = {} }]) => [
      ...Object.entries(volumes).flatMap(([lv, { tags }]) => (tags?.["ceph.osd_id"] === undefined ? [[vg, lv]] : [])),
      ...Object.keys(thinPools).map((lv) => [vg, lv]),
    ])
    .map(([vg, lv]) => `device is not part of ceph: </dev/${vg}/${lv}>\n`)
    .join("");

/** Two decimals; of what is in the midst of two, the even one. */
function twoDecimals(value: number): string {
  const scaled = value * 100;
  return scaled % 1 === 0.5 ? ((2 * Math.round(scaled / 2)) / 100).toFixed(2) : value.toFixed(2);
}

/** By 1024. */
export function humanSize(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  const unit = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${twoDecimals(bytes / 1024 ** unit)} ${units[unit]}`;
}

/** `lvm batch --report` without a format. */
export function batchText(path: string, dataSize: string, count: number): string {
  const share = `${(100 / count).toFixed(2)}%`;
  const row = (type: string, where: string, size: string, part: string): string =>
    `\n  ${type.padEnd(15)} ${where.padEnd(55)} ${size.padEnd(15)} ${part}`;
  const line = `\n${"-".repeat(100)}`;
  return [
    `\nTotal OSDs: ${count}\n`,
    row("Type", "Path", "LV Size", "% of device"),
    ...Array.from({ length: count }, () => line + row("data", path, dataSize, share)),
    "\n",
  ].join("");
}

const options = [
  "[-h] [--db-devices [DB_DEVICES ...]]",
  "[--wal-devices [WAL_DEVICES ...]] [--auto]",
  "[--no-auto] [--objectstore {bluestore,seastore}]",
  "[--bluestore] [--report] [--yes]",
  "[--format {json,json-pretty,pretty}] [--dmcrypt]",
  "[--with-tpm] [--tpm2-pcrs TPM2_PCRS]",
  "[--crush-device-class CRUSH_DEVICE_CLASS]",
  "[--no-systemd]",
  "[--osds-per-device OSDS_PER_DEVICE]",
  "[--data-slots DATA_SLOTS]",
  "[--data-allocate-fraction DATA_ALLOCATE_FRACTION]",
  "[--block-db-size BLOCK_DB_SIZE]",
  "[--block-db-slots BLOCK_DB_SLOTS]",
  "[--block-wal-size BLOCK_WAL_SIZE]",
  "[--block-wal-slots BLOCK_WAL_SLOTS] [--prepare]",
  "[--osd-ids [OSD_IDS ...]]",
  "[--dmcrypt-format-opts DMCRYPT_FORMAT_OPTS]",
  "[--dmcrypt-open-opts DMCRYPT_OPEN_OPTS]",
  "[DEVICES ...]",
];

/** What `lvm batch` says before a device that it does not take as an argument. */
export const batchUsage = `usage: ceph-volume lvm batch ${options.join(`\n${" ".repeat(29)}`)}\n`;
