import { sshOf } from "../../checks/ssh-needed";
import type { Call } from "../../kernel/call/call";
import type { Pve } from "../../kernel/session/pve-session";
import { labelIn, type BluestoreLabel } from "./bluestore-label";
import { segmentsIn, type Segment } from "./unfinished";

/** Commands on a node about what a creation of OSDs that was cut off has left. */
const why = "Proxmox's API tells neither what LVM has on a disk nor removes an OSD that never ran";
const longest = 60_000;
const bounds = (call: Call, most = longest) => ({
  signal: call.signal,
  timeoutMs: Math.max(1000, Math.min(most, call.remainingMs())),
});

/** The lock that Proxmox holds while it makes OSDs or wipes a disk (PVE/Diskmanage.pm). */
const diskLock = "/run/lock/pve-diskmanage.lck";
const held = 75;

/**
 * Runs a command while nothing of Proxmox's changes disks; false where something does. It is never waited for: what was looked at
 * before may be another thing afterwards.
 */
async function underLock(
  pve: Pve,
  call: Call,
  node: string,
  what: string,
  argv: readonly string[],
  most?: number,
): Promise<boolean> {
  const words = ["flock", "--nonblock", "--conflict-exit-code", String(held), diskLock, ...argv];
  const { code, stdout, stderr } = await sshOf(pve, what, why).exec(node, words, bounds(call, most));
  if (code !== 0 && code !== held)
    throw new Error(`${argv.join(" ")} on node ${node} failed (exit code ${code}): ${stderr.trim() || stdout.trim()}`);
  return code === 0;
}

/** Does nothing there change disks any more? What a run that was killed has begun by SSH is no task, and holds the lock. */
export const areDisksFree = (pve: Pve, call: Call, node: string): Promise<boolean> =>
  underLock(pve, call, node, "waiting for what changes disks", ["true"]);

/** What LVM has on the physical volumes of a node. */
export async function segmentsOn(pve: Pve, call: Call, node: string): Promise<Segment[]> {
  const argv = ["pvs", "--reportformat", "json", "-o", "pv_name,vg_name,lv_name,lv_tags"];
  const text = await sshOf(pve, "looking at what LVM has on the disks", why).run(node, argv, bounds(call));
  try {
    return segmentsIn(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Error(`pvs on node ${node} answered no JSON: ${text.slice(0, 200)}`, { cause: error });
  }
}

/**
 * The first 4 KiB are the label of BlueStore, or the head of LUKS, from the first moment of either, and LVM fills them with zeroes
 * when it makes a volume. What others may have put there (btrfs, ZFS, md) begins further on, but within this.
 */
const blankBytes = 2 ** 20;

/** Has nothing ever been written to a volume? False also where it cannot be read. */
export async function isBlank(pve: Pve, call: Call, node: string, volume: string): Promise<boolean> {
  const argv = ["cmp", `--bytes=${blankBytes}`, "--", `/dev/${volume}`, "/dev/zero"];
  const ssh = sshOf(pve, "looking whether anything was written to a volume", why);
  return (await ssh.exec(node, argv, bounds(call))).code === 0;
}

/** The label on a volume; undefined where there is none that can be read, as within LUKS. Of what it holds the key stays on the node. */
export async function readLabel(
  pve: Pve,
  call: Call,
  node: string,
  volume: string,
): Promise<BluestoreLabel | undefined> {
  const script = `ceph-bluestore-tool show-label --dev "/dev/$1" | grep -E '"(osd_uuid|ceph_fsid|whoami|ready)":'`;
  const ssh = sshOf(pve, "looking at the label of a volume", why);
  const { code, stdout } = await ssh.exec(node, ["sh", "-c", script, "sh", volume], bounds(call));
  return code === 0 ? labelIn(stdout) : undefined;
}

/** What a script about a label begins with: it ends where that cannot be read, or names another OSD. */
const ownLabel =
  'label=$(ceph-bluestore-tool show-label --dev "/dev/$1") || exit 3; ' +
  'case $label in *"\\"osd_uuid\\": \\"$2\\""*) ;; *) exit 3;; esac; ';

/** Removes the volume of an OSD whose file system was only begun: looked at and removed while the lock is held. */
export const removeHalfVolume = (
  pve: Pve,
  call: Call,
  node: string,
  volume: string,
  uuid: string,
): Promise<boolean> => {
  const script = `${ownLabel}case $label in *'"ready"'*|*'"whoami"'*) exit 3;; esac; exec lvremove --yes -- "$1"`;
  return underLock(pve, call, node, "removing a file system that was only begun", [
    "sh",
    "-c",
    script,
    "sh",
    volume,
    uuid,
  ]);
};

interface Startable {
  readonly id: number;
  readonly uuid: string;
  readonly volume: string;
  readonly encrypted: boolean;
}

/** Starts an OSD whose file system is whole. It makes none, and destroys nothing. */
export const activateOsd = (
  pve: Pve,
  call: Call,
  node: string,
  { id, uuid, volume, encrypted }: Startable,
): Promise<boolean> => {
  const script =
    `${ownLabel}case $label in *"\\"whoami\\": \\"$3\\""*) ;; *) exit 3;; esac; ` +
    `case $label in *'"ready": "ready"'*) ;; *) exit 3;; esac; exec ceph-volume lvm activate "$3" "$2"`;
  const argv = encrypted
    ? ["ceph-volume", "lvm", "activate", String(id), uuid]
    : ["sh", "-c", script, "sh", volume, uuid, String(id)];
  return underLock(pve, call, node, `starting osd.${id}`, argv, call.remainingMs());
};

/** Removes an OSD that has never been in from Ceph, with its keys. Ceph itself refuses any other. */
export const purgeNewOsd = (pve: Pve, call: Call, node: string, id: number): Promise<boolean> =>
  underLock(pve, call, node, `removing osd.${id}`, [
    ...["ceph", "osd", "purge-new", `osd.${id}`, "--yes-i-really-mean-it", "--connect-timeout", "10"],
  ]);

/** Looked at and removed while the lock is held. LVM itself refuses a volume that is open. */
export const removeBlankVolume = (pve: Pve, call: Call, node: string, volume: string): Promise<boolean> => {
  const script = `cmp --bytes=${blankBytes} -- "/dev/$1" /dev/zero && exec lvremove --yes -- "$1"`;
  return underLock(pve, call, node, "removing an unused volume", ["sh", "-c", script, "sh", volume]);
};

/**
 * LVM itself refuses a group that holds anything, for it would ask and gets no answer, and a physical volume that is in a group. In
 * one, for of a physical volume in no group nothing tells whose it is.
 */
export const removeGroup = (pve: Pve, call: Call, node: string, vg: string, device: string): Promise<boolean> => {
  const script = 'vgremove -- "$1" && exec pvremove -- "$2"';
  return underLock(pve, call, node, "removing an empty group", ["sh", "-c", script, "sh", vg, device]);
};

/** Does systemd run this OSD, or is about to? Its volumes are brought by a unit of their own at boot. */
export async function isDaemonActive(pve: Pve, call: Call, node: string, id: number, uuid: string): Promise<boolean> {
  const ssh = sshOf(pve, `looking for the daemon of osd.${id}`, why);
  for (const unit of [`ceph-osd@${id}.service`, `ceph-volume@lvm-${id}-${uuid}.service`]) {
    const { stdout, stderr } = await ssh.exec(node, ["systemctl", "is-active", unit], bounds(call));
    const state = stdout.trim();
    if (/^(?:inactive|failed)$/.test(state)) continue;
    if (/^(?:active|activating|reloading|deactivating|maintenance|refreshing)$/.test(state)) return true;
    throw new Error(`systemctl on node ${node} does not tell whether ${unit} runs: ${stdout}${stderr}`);
  }
  return false;
}

interface MissingOsds {
  /** The file on the node to which what ceph-volume says is added. */
  readonly log: string;
  readonly device: string;
  readonly perDevice: number;
  readonly deviceClass: string | undefined;
  readonly encrypted: boolean;
}

/**
 * What it says is kept line by line while it runs: whoever is killed, the next run reads it. Only what that needs, and how it ended: programs that it calls have
 * printed keys in some releases. The exit code is that of the program, which is not begun where nothing can be kept, and never ended by
 * a full disk in its midst.
 */
const logged =
  'umask 077; set -o pipefail; log=$1; shift; : >>"$log" || exit 3; "$@" 2>&1 | ' +
  `{ grep --line-buffered -E '^(--> | stderr: purged osd\\.|Running command: .*(osd new|vgcreate) )' >>"$log"; cat >/dev/null; }`;

/** Makes those that a disk has room for, beside the ones that are there, as Proxmox's own request makes all of them. */
export const addMissingOsds = (pve: Pve, call: Call, node: string, missing: MissingOsds): Promise<boolean> => {
  const { log, device, perDevice, deviceClass, encrypted } = missing;
  const argv = [
    ...["ceph-volume", "lvm", "batch"],
    ...(deviceClass === undefined ? [] : ["--crush-device-class", deviceClass]),
    ...(encrypted ? ["--dmcrypt"] : []),
    ...["--osds-per-device", String(perDevice), "--yes", "--no-auto", "--", device],
  ];
  const words = ["bash", "-c", logged, "bash", log, ...argv];
  return underLock(pve, call, node, "making the OSDs that are missing", words, call.remainingMs());
};
