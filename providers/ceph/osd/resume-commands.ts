import { sshOf } from "../../checks/ssh-needed";
import type { Call } from "../../kernel/call/call";
import type { Pve } from "../../kernel/session/pve-session";
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
  readonly device: string;
  readonly perDevice: number;
  readonly deviceClass: string | undefined;
  readonly encrypted: boolean;
}

/** Makes those that a disk has room for, beside the ones that are there, as Proxmox's own request makes all of them. */
export const addMissingOsds = (pve: Pve, call: Call, node: string, missing: MissingOsds): Promise<boolean> => {
  const { device, perDevice, deviceClass, encrypted } = missing;
  const argv = [
    ...["ceph-volume", "lvm", "batch"],
    ...(deviceClass === undefined ? [] : ["--crush-device-class", deviceClass]),
    ...(encrypted ? ["--dmcrypt"] : []),
    ...["--osds-per-device", String(perDevice), "--yes", "--no-auto", "--", device],
  ];
  return underLock(pve, call, node, "making the OSDs that are missing", argv, call.remainingMs());
};
