import { diskLock } from "../api/node/disks-lvm.js";
import { deviceAt, holdingOf, liveDisks, partitionPath, type BlockDevice } from "../disks/block-devices.js";
import { destroyGroup, freeIn, physicalVolumes, volumeCount, volumeGroups } from "../disks/lvm.js";
import { nodeLock } from "../locks.js";
import type { NodeState } from "../world/world.js";
import type { Shell } from "./node-shell.js";
import type { Ended } from "./ssh-record.js";
import type { RunWords } from "./timers.js";

const columns = "pv_name,vg_name,lv_name,lv_tags";

/** `pvs` with columns of volumes: a row for each part of a physical volume, free parts too (lvmreport(7), pvs(8)). */
export function pvs({ node }: Shell, args: readonly string[]): Ended | undefined {
  if (args.join(" ") !== `--reportformat json -o ${columns}`) return undefined;
  const rows = liveDisks(node)
    .flatMap((disk): BlockDevice[] => [
      { disk, path: disk.devpath },
      ...(disk.partitions ?? []).map((partition) => ({ disk, partition, path: partitionPath(disk, partition) })),
    ])
    .filter((device) => holdingOf(device)?.kind === "lvm")
    .flatMap((device) => segmentsOf(node, device));
  return { code: 0, stdout: `${JSON.stringify({ report: [{ pvseg: rows }], log: [] }, null, 2)}\n` };
}

function segmentsOf(node: NodeState, device: BlockDevice): Record<string, string>[] {
  const holding = holdingOf(device);
  const vg = (holding?.kind === "lvm" ? holding.vg : undefined) ?? "";
  const group = volumeGroups(node)[vg];
  const row = (lv: string, tags: Record<string, string> = {}): Record<string, string> => ({
    ...{ pv_name: device.path, vg_name: group ? vg : "", lv_name: lv },
    lv_tags: Object.entries(tags)
      .map((pair) => pair.join("="))
      .join(","),
  });
  if (!group) return [row("")];
  return [
    ...Object.entries(group.volumes ?? {}).map(([lv, { tags }]) => row(lv, tags)),
    ...Object.keys(group.thinPools ?? {}).flatMap((lv) => [row(`[${lv}_tdata]`), row(`[${lv}_tmeta]`)]),
    ...(freeIn(group) > 0 || volumeCount(group) === 0 ? [row("")] : []),
  ];
}

/** `vgremove -- GROUP` without a terminal: with volumes in it, it asks, and gets no answer (vgremove(8)). */
export function vgremove({ node }: Shell, [dashes, vg = "", ...more]: readonly string[]): Ended | undefined {
  if (dashes !== "--" || more.length > 0) return undefined;
  const group = volumeGroups(node)[vg];
  if (!group) return { code: 5, stderr: `  Volume group "${vg}" not found\n  Cannot process volume group ${vg}\n` };
  if (volumeCount(group) > 0)
    return {
      code: 5,
      stderr: `Do you really want to remove volume group "${vg}" containing ${volumeCount(group)} logical volumes? [y/n]:   Volume group "${vg}" not removed\n`,
    };
  const devices = physicalVolumes(node, vg);
  destroyGroup(node, vg);
  // the physical volumes stay, in no group
  for (const { disk, partition } of devices) (partition ?? disk).holds = { kind: "lvm" };
  return { code: 0, stdout: `  Volume group "${vg}" successfully removed\n` };
}

/** `pvremove -- DEVICE`: one that is in a group is refused (pvremove(8)). */
export function pvremove({ node }: Shell, [dashes, path = "", ...more]: readonly string[]): Ended | undefined {
  if (dashes !== "--" || more.length > 0) return undefined;
  const device = deviceAt(node, path);
  const holding = device && holdingOf(device);
  if (!device || holding?.kind !== "lvm") return { code: 5, stderr: `  No PV found on device ${path}.\n` };
  if (holding.vg !== undefined && volumeGroups(node)[holding.vg])
    return {
      code: 5,
      stderr: `  PV ${path} is used by VG ${holding.vg} so please use vgreduce first.\n  (If you are certain you need pvremove, then confirm by using --force twice.)\n`,
    };
  delete (device.partition ?? device.disk).holds;
  return { code: 0, stdout: `  Labels on physical volume "${path}" successfully wiped.\n` };
}

/** `lvremove --yes -- GROUP/VOLUME`: one that is open is refused (lvremove(8)); the group stays. */
export function lvremove(
  { simulation, node }: Shell,
  [yes, dashes, name = "", ...more]: readonly string[],
): Ended | undefined {
  const [vg = "", lv = "", ...rest] = name.split("/");
  if (yes !== "--yes" || dashes !== "--" || more.length > 0 || rest.length > 0) return undefined;
  const volumes = volumeGroups(node)[vg]?.volumes ?? {};
  const volume = volumes[lv];
  if (!volume) return { code: 5, stderr: `  Failed to find logical volume "${name}"\n` };
  // a volume for database or log is open as long as its OSD runs, too
  if (node.ceph?.osds[volume.tags?.["ceph.osd_id"] ?? ""]?.running === true)
    return { code: 5, stderr: `  Logical volume ${name} in use.\n` };
  const [device] = physicalVolumes(node, vg);
  if (device) (device.disk.erased ??= []).push({ time: simulation.clock.now(), by: `lvremove ${lv}` });
  delete volumes[lv];
  return { code: 0, stdout: `  Logical volume "${lv}" successfully removed.\n` };
}

/** `cmp --bytes=1048576 -- /dev/GROUP/VOLUME /dev/zero`: 0 where both are the same, 1 where not, 2 where one cannot be read (cmp(1)). */
export function compareVolume(
  { node }: Shell,
  [bytes, dashes, path = "", zero, ...more]: readonly string[],
): Ended | undefined {
  const [, vg = "", lv = ""] = /^\/dev\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  if (bytes !== "--bytes=1048576" || dashes !== "--" || zero !== "/dev/zero" || more.length > 0 || lv === "")
    return undefined;
  const volume = volumeGroups(node)[vg]?.volumes?.[lv];
  if (!volume || physicalVolumes(node, vg).some(({ disk }) => disk.dead))
    return { code: 2, stderr: `cmp: ${path}: No such file or directory\n` };
  return volume.written === true ? { code: 1, stdout: `${path} /dev/zero differ: byte 1, line 1\n` } : { code: 0 };
}

/** The label on a volume as `ceph-bluestore-tool show-label` prints it; undefined where it finds none, as on what is encrypted. */
function labelText(node: NodeState, name: string): string | undefined {
  const [vg = "", lv = ""] = name.split("/");
  const volume = volumeGroups(node)[vg]?.volumes?.[lv];
  if (!volume?.label || volume.tags?.["ceph.encrypted"] === "1") return undefined;
  if (physicalVolumes(node, vg).some(({ disk }) => disk.dead)) return undefined;
  return `${JSON.stringify({ [`/dev/${name}`]: { ...volume.label, size: volume.size } }, null, 4)}\n`;
}

const labelKeys = /"(?:osd_uuid|ceph_fsid|whoami|ready)":/;

/** Scripts of `sh -c` that only read. */
export function readScript({ node }: Shell, args: readonly string[]): Ended | undefined {
  const [flag, script, name, volume = "", ...more] = args;
  if (flag !== "-c" || name !== "sh" || more.length > 0) return undefined;
  if (script !== `ceph-bluestore-tool show-label --dev "/dev/$1" | grep -E '"(osd_uuid|ceph_fsid|whoami|ready)":'`)
    return undefined;
  const lines = (labelText(node, volume) ?? "").split("\n").filter((line) => labelKeys.test(line));
  return lines.length === 0 ? { code: 1 } : { code: 0, stdout: `${lines.join("\n")}\n` };
}

/** `flock --nonblock --conflict-exit-code CODE FILE COMMAND`, of the lock that Proxmox's own changes of disks hold. */
export function diskLocked(shell: Shell, args: readonly string[], run: RunWords): Ended | undefined {
  const [nonblock, conflict, code = "", file = "", ...argv] = args;
  if (nonblock !== "--nonblock" || conflict !== "--conflict-exit-code" || file !== diskLock || argv.length === 0)
    return undefined;
  const { locks } = shell.simulation.tasks;
  if (locks.isHeld(nodeLock(shell.node.name, file))) return { code: Number(code) };
  if (argv.join() === "true") return { code: 0 };
  const [sh, flag, script = "", name, ...words] = argv;
  if ((sh !== "sh" && sh !== "bash") || flag !== "-c" || name !== sh) return run(shell, argv);
  return scripts[script]?.(shell, words, run);
}

/** What a script about a label begins with: it goes on only where the label is read, and names the OSD. */
const readLabel =
  'label=$(ceph-bluestore-tool show-label --dev "/dev/$1") || exit 3; ' +
  'case $label in *"\\"osd_uuid\\": \\"$2\\""*) ;; *) exit 3;; esac; ';

const batchLines = "^(--> | stderr: purged osd\\.|Running command: .*(osd new|vgcreate) )";

/** What the words of a script do one after the other, as long as each ends well. */
const scripts: Readonly<Record<string, (shell: Shell, words: readonly string[], run: RunWords) => Ended | undefined>> =
  {
    'cmp --bytes=1048576 -- "/dev/$1" /dev/zero && exec lvremove --yes -- "$1"'(shell, [volume = ""]) {
      const compared = compareVolume(shell, ["--bytes=1048576", "--", `/dev/${volume}`, "/dev/zero"]);
      return compared?.code === 0 ? lvremove(shell, ["--yes", "--", volume]) : compared;
    },
    [`umask 077; set -o pipefail; log=$1; shift; : >>"$log" || exit 3; "$@" 2>&1 | { grep --line-buffered -E '${batchLines}' >>"$log"; cat >/dev/null; }`](
      shell,
      [log = "", ...words],
      run,
    ) {
      const { code, stdout = "", stderr = "", ...rest } = run(shell, words);
      const before = shell.files.read(log);
      const kept = (stdout + stderr).split("\n").filter((line) => new RegExp(batchLines).test(line));
      const text =
        Buffer.from(before?.content ?? "", "base64").toString("utf8") + kept.map((line) => `${line}\n`).join("");
      shell.files.write(log, { content: Buffer.from(text).toString("base64"), mode: 0o600 });
      return { code, ...rest };
    },
    'vgremove -- "$1" && exec pvremove -- "$2"'(shell, [vg = "", device = ""]) {
      const removed = vgremove(shell, ["--", vg]);
      return removed?.code === 0 ? pvremove(shell, ["--", device]) : removed;
    },
    [readLabel + 'case $label in *\'"ready"\'*|*\'"whoami"\'*) exit 3;; esac; exec lvremove --yes -- "$1"'](
      shell,
      [volume = "", uuid],
    ) {
      const label = labelText(shell.node, volume);
      if (!label?.includes(`"osd_uuid": "${uuid}"`) || /"(?:ready|whoami)"/.test(label)) return { code: 3 };
      return lvremove(shell, ["--yes", "--", volume]);
    },
    [readLabel +
      'case $label in *"\\"whoami\\": \\"$3\\""*) ;; *) exit 3;; esac; case $label in *\'"ready": "ready"\'*) ;; *) exit 3;; esac; ' +
      'exec ceph-volume lvm activate "$3" "$2"'](shell, [volume = "", uuid = "", id = ""], run) {
      const label = labelText(shell.node, volume);
      const fits = [`"osd_uuid": "${uuid}"`, `"whoami": "${id}"`, '"ready": "ready"'].every((part) =>
        label?.includes(part),
      );
      return fits ? run(shell, ["ceph-volume", "lvm", "activate", id, uuid]) : { code: 3 };
    },
  };
