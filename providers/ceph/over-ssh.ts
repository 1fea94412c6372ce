import { wire } from "../../pve";
import { sshOf, sshProblem } from "../checks/ssh-needed";
import type { Call } from "../kernel/call/call";
import type { Pve } from "../kernel/session/pve-session";
import type { Problem } from "../kernel/state/problems";

/**
 * What goes to Ceph by SSH, because Proxmox's API does not offer it: the installation of packages, the identity of OSDs
 * (their uuids, in the cluster and on the disks), what stands on a disk that is to be wiped, the rules that place data, and whether OSDs may go, of which the API
 * repeats half an answer; of pools their compression, a single copy, profiles of erasure coding, and the names of the
 * objects in them; rules, modules of managers, clients, options, and the end of a CephFS. All of it is read as JSON but for the installation.
 */
const why = "Proxmox's API neither installs Ceph nor tells which OSD is which";

export const sshProblems = (pve: Pve, what: string): Problem[] => sshProblem(pve, "", why, what);

/** How long Ceph may take to answer: without a quorum it never does. */
const connectSeconds = 10;
const bounds = (call: Call, longest: number) => ({
  signal: call.signal,
  timeoutMs: Math.max(1000, Math.min(longest, call.remainingMs())),
});

/** The release of the packages that a node has. */
export interface Installed {
  /** `20.2.1` */
  readonly version: string;
  /** `tentacle` */
  readonly release: string;
}

/** Not the program `ceph`: that one every node has, for its storages. */
const monitorProgram = "/usr/bin/ceph-mon";

/** What is installed on a node; undefined when the node says that there is no such program. */
export async function installedOn(pve: Pve, call: Call, node: string): Promise<Installed | undefined> {
  const ssh = sshOf(pve, "looking for Ceph's packages", why);
  const { code, stdout, stderr } = await ssh.exec(node, [monitorProgram, "--version"], bounds(call, 60_000));
  // What timeout(1) and shells say of a command that is not there.
  if (code === 127) return undefined;
  const [, version, release] = /^ceph version (\S+) \([^)]*\) (\w+) \(/.exec(stdout) ?? [];
  if (code !== 0 || version === undefined || release === undefined)
    throw new Error(
      `${monitorProgram} on node ${node} did not tell its version (exit code ${code}): ${stdout}${stderr}`,
    );
  return { version, release };
}

/**
 * Installs the packages. pveceph asks for a release only at a terminal; apt-get, which it calls without `-y`, asks on
 * standard input in any case.
 */
export async function install(
  pve: Pve,
  call: Call,
  node: string,
  release: string | undefined,
  repository: string | undefined,
): Promise<void> {
  const argv = [
    ...["env", "DEBIAN_FRONTEND=noninteractive", "pveceph", "install"],
    ...(release === undefined ? [] : ["--version", release]),
    ...(repository === undefined ? [] : ["--repository", repository]),
  ];
  const stdin = "y\n".repeat(16);
  await sshOf(pve, "installing Ceph", why).run(node, argv, { ...bounds(call, call.remainingMs()), stdin });
}

async function json(pve: Pve, call: Call, node: string, argv: readonly string[]): Promise<unknown> {
  const text = await sshOf(pve, `asking ${argv.slice(0, 3).join(" ")}`, why).run(node, argv, bounds(call, 60_000));
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Error(`${argv.join(" ")} on node ${node} answered no JSON: ${text.slice(0, 200)}`);
  }
}

const ceph = (pve: Pve, call: Call, node: string, ...words: readonly string[]): Promise<unknown> =>
  json(pve, call, node, ["ceph", ...words, "--format", "json", "--connect-timeout", String(connectSeconds)]);

export const osdDump = async (pve: Pve, call: Call, node: string) =>
  wire.object(await ceph(pve, call, node, "osd", "dump"));

/** What the daemons have told of themselves: also where they run. */
export const osdMetadata = async (pve: Pve, call: Call, node: string) =>
  wire.list(await ceph(pve, call, node, "osd", "metadata"));

/** Where OSDs stand in CRUSH, which the monitors tell also where no manager answers. */
export const osdTree = async (pve: Pve, call: Call, node: string) =>
  wire.object(await ceph(pve, call, node, "osd", "tree"));

export const osdUsage = async (pve: Pve, call: Call, node: string) =>
  wire.object(await ceph(pve, call, node, "osd", "df", "tree"));

export const crushRules = async (pve: Pve, call: Call, node: string) =>
  wire.list(await ceph(pve, call, node, "osd", "crush", "rule", "dump"));

export const clusterStatus = async (pve: Pve, call: Call, node: string) =>
  wire.object(await ceph(pve, call, node, "status"));

/** With JSON it succeeds also when it is not safe: the ids have to be read. */
export const safeToDestroy = async (pve: Pve, call: Call, node: string, ids: readonly number[]) =>
  wire.object(await ceph(pve, call, node, "osd", "safe-to-destroy", ...ids.map(String)));

/** Volumes of OSDs on a node's disks, by OSD id. */
export const volumesOf = async (pve: Pve, call: Call, node: string) =>
  wire.object(await json(pve, call, node, ["ceph-volume", "lvm", "list", "--format", "json"]));

/** The device that a path leads to; undefined when it leads nowhere. */
export async function resolved(pve: Pve, call: Call, node: string, path: string): Promise<string | undefined> {
  const ssh = sshOf(pve, "following links to disks", why);
  const { code, stdout, stderr } = await ssh.exec(node, ["readlink", "-e", "--", path], bounds(call, 60_000));
  if (code === 1) return undefined;
  if (code !== 0) throw new Error(`readlink -e ${path} on node ${node} failed (exit code ${code}): ${stderr}`);
  return stdout.trim();
}

/** What a file of the kernel says, or the one that a pattern leads to; undefined where there is none. */
export async function fact(pve: Pve, call: Call, node: string, pattern: string): Promise<string | undefined> {
  const ssh = sshOf(pve, "asking the kernel about controllers", why);
  const { code, stdout } = await ssh.exec(node, ["sh", "-c", `cat ${pattern}`], bounds(call, 60_000));
  return code === 0 ? stdout.trim() : undefined;
}

/** Names of the links in a directory, and not in those below it. */
export async function linksIn(pve: Pve, call: Call, node: string, directory: string): Promise<string[]> {
  const ssh = sshOf(pve, "looking for the controllers of a disk", why);
  const argv = ["find", directory, "-mindepth", "1", "-maxdepth", "1", "-type", "l"];
  const listed = await ssh.run(node, argv, bounds(call, 60_000));
  return listed.split("\n").flatMap((line) => {
    const name = line.startsWith(`${directory}/`) ? line.slice(directory.length + 1) : "";
    return name === "" ? [] : [name];
  });
}

/** A disk with all that is made of it. */
export const blockDevices = (pve: Pve, call: Call, node: string, devpath: string) =>
  json(pve, call, node, ["lsblk", "--json", "--paths", "--output", "NAME,TYPE,MOUNTPOINTS", devpath]);

/** Removes the volume with this uuid, and its group where nothing else is in that. */
export async function zapVolume(pve: Pve, call: Call, node: string, uuid: string): Promise<void> {
  const ssh = sshOf(pve, "removing what is left of an OSD", why);
  const argv = ["ceph-volume", "lvm", "zap", "--destroy", "--osd-fsid", uuid];
  await ssh.run(node, argv, bounds(call, call.remainingMs()));
}

/** A class can only be given to OSDs that have none. */
export async function setDeviceClass(
  pve: Pve,
  call: Call,
  node: string,
  ids: readonly number[],
  deviceClass: string,
): Promise<void> {
  const ssh = sshOf(pve, "changing a device class", why);
  const osds = ids.map((id) => `osd.${id}`);
  const change = (...words: readonly string[]): Promise<string> =>
    ssh.run(node, ["ceph", ...words, "--connect-timeout", String(connectSeconds)], bounds(call, 60_000));
  await change("osd", "crush", "rm-device-class", ...osds);
  await change("osd", "crush", "set-device-class", deviceClass, ...osds);
}

const send = async (pve: Pve, call: Call, node: string, what: string, ...words: readonly string[]): Promise<void> => {
  const argv = ["ceph", ...words, "--connect-timeout", String(connectSeconds)];
  await sshOf(pve, what, why).run(node, argv, bounds(call, 60_000));
};

/** Proxmox's API sets some values of a pool, and neither its compression nor a single copy. */
export const setPoolValue = (
  ...[pve, call, node, pool, key, value]: [Pve, Call, string, string, string, string]
): Promise<void> => {
  const sure = key === "size" && value === "1" ? ["--yes-i-really-mean-it"] : [];
  return send(pve, call, node, `setting ${key} of pool ${pool}`, "osd", "pool", "set", pool, key, value, ...sure);
};

export const erasureProfile = async (pve: Pve, call: Call, node: string, name: string) =>
  wire.object(await ceph(pve, call, node, "osd", "erasure-code-profile", "get", name));

/** Names of the objects of a pool, in all namespaces: the API only counts them, and late. */
export async function objectNames(pve: Pve, call: Call, node: string, pool: string): Promise<string[]> {
  const argv = ["rados", "--pool", pool, "--all", "ls", "--format", "json"];
  const answer = await json(pve, call, node, argv);
  if (!Array.isArray(answer)) throw new Error(`rados ls of pool ${pool} answered no list; nothing was changed`);
  return wire.list(answer).map((row) => {
    const name = wire.string(row["name"]);
    if (name === undefined) throw new Error(`rados ls of pool ${pool} named an object that has no name`);
    return name;
  });
}

interface Placing {
  readonly root: string;
  readonly failureDomain: string;
  readonly deviceClass: string | undefined;
}

/** A rule of the name that is there would be left as it is, without an error. */
export const createRule = (
  ...[pve, call, node, name, { root, failureDomain, deviceClass }]: [Pve, Call, string, string, Placing]
): Promise<void> => {
  const last = deviceClass === undefined ? [] : [deviceClass];
  const verb = ["osd", "crush", "rule", "create-replicated", name, root, failureDomain, ...last];
  return send(pve, call, node, `making rule ${name}`, ...verb);
};

export const removeRule = (pve: Pve, call: Call, node: string, name: string): Promise<void> =>
  send(pve, call, node, `removing rule ${name}`, "osd", "crush", "rule", "rm", name);

export async function erasureProfileNames(pve: Pve, call: Call, node: string): Promise<string[]> {
  const answer = await ceph(pve, call, node, "osd", "erasure-code-profile", "ls");
  if (!Array.isArray(answer)) throw new Error("ceph osd erasure-code-profile ls answered no list");
  return wire.strings(answer);
}

/** Never with --force, which overwrites. */
export const setErasureProfile = (
  ...[pve, call, node, name, values]: [Pve, Call, string, string, readonly string[]]
): Promise<void> =>
  send(pve, call, node, `making profile ${name}`, "osd", "erasure-code-profile", "set", name, ...values);

export const removeErasureProfile = (pve: Pve, call: Call, node: string, name: string): Promise<void> =>
  send(pve, call, node, `removing profile ${name}`, "osd", "erasure-code-profile", "rm", name);

/** Never with --force, which enables what no manager has. */
export const switchModule = (
  ...[pve, call, node, name, verb]: [Pve, Call, string, string, "enable" | "disable"]
): Promise<void> => send(pve, call, node, `${verb} module ${name}`, "mgr", "module", verb, name);

/** A client with its key and caps; undefined when the monitors say that there is none. */
export async function readClient(
  pve: Pve,
  call: Call,
  node: string,
  name: string,
): Promise<wire.WireObject | undefined> {
  const argv = ["ceph", "auth", "get", `client.${name}`, "--format", "json"];
  const ssh = sshOf(pve, `looking for client ${name}`, why);
  const words = [...argv, "--connect-timeout", String(connectSeconds)];
  const { code, stdout, stderr } = await ssh.exec(node, words, bounds(call, 60_000));
  if (code === 2 && stderr.includes(`failed to find client.${name} in keyring`)) return undefined;
  // What it printed may hold the key.
  if (code !== 0) throw new Error(`${argv.join(" ")} on node ${node} failed (exit code ${code}): ${stderr}`);
  let answer: unknown;
  try {
    answer = JSON.parse(stdout);
  } catch {
    throw new Error(`${argv.join(" ")} on node ${node} answered no JSON`);
  }
  const [entry] = wire.list(answer);
  if (entry?.["entity"] !== `client.${name}`) throw new Error(`${argv.join(" ")} told of another client`);
  return entry;
}

/** The key is made by the monitors, and read by {@link readClient}: here it is thrown away. */
export const makeClient = (
  ...[pve, call, node, name, caps]: [Pve, Call, string, string, readonly string[]]
): Promise<void> => send(pve, call, node, `making client ${name}`, "auth", "get-or-create", `client.${name}`, ...caps);

export const changeCaps = (
  ...[pve, call, node, name, caps]: [Pve, Call, string, string, readonly string[]]
): Promise<void> =>
  send(pve, call, node, `changing what client ${name} may do`, "auth", "caps", `client.${name}`, ...caps);

export const removeClient = (pve: Pve, call: Call, node: string, name: string): Promise<void> =>
  send(pve, call, node, `removing client ${name}`, "auth", "rm", `client.${name}`);

export const setOption = (
  ...[pve, call, node, section, name, value]: [Pve, Call, string, string, string, string]
): Promise<void> => send(pve, call, node, `setting ${section} ${name}`, "config", "set", section, name, value);

export const unsetOption = (pve: Pve, call: Call, node: string, section: string, name: string): Promise<void> =>
  send(pve, call, node, `unsetting ${section} ${name}`, "config", "rm", section, name);

/** No metadata server serves it any more: only then Ceph removes it. */
export const failFileSystem = (pve: Pve, call: Call, node: string, name: string): Promise<void> =>
  send(pve, call, node, `ending CephFS ${name}`, "fs", "fail", name);

export const removeFileSystem = (pve: Pve, call: Call, node: string, name: string): Promise<void> =>
  send(pve, call, node, `removing CephFS ${name}`, "fs", "rm", name, "--yes-i-really-mean-it");
