import { createHash } from "node:crypto";
import { runCeph } from "../ceph/command-line.js";
import { runRados } from "../ceph/rados-program.js";
import { runCephVolume, runMonitorProgram, runPveceph, runSystemctl } from "../ceph/programs.js";
import { nodeAccounts } from "../linux/account-shell.js";
import * as accounts from "./shadow-utils.js";
import { visudo } from "./visudo.js";
import { cfgtool, cmapctl } from "../cluster/corosync-programs.js";
import { endLocal, isMounted, startLocal } from "../cluster/local-mode.js";
import { clusterService } from "../cluster/cluster-service.js";
import { connects, qdevicePrograms, qdeviceUnit, removeNodeStore } from "../qnetd/node-programs.js";
import { restartProxy } from "../node/restart-proxy.js";
import type { Simulation } from "../simulation.js";
import { FileError } from "./file-error.js";
import { fileOf } from "./file-system.js";
import { linkKeys, readlinkOfKeys } from "./key-link.js";
import { firewallUnit, iptables, nft, pveFirewall } from "./firewall-commands.js";
import { ifreload, ip, networkLock, ping } from "./network-commands.js";
import { aptGet, dpkgQuery } from "./package-commands.js";
import { runScript } from "./script.js";
import { hardLink, statMode, statTimes, testFile, touch } from "./file-tests.js";
import type { Shell } from "./node-shell.js";
import { findConfigs } from "./guest-configs.js";
import { driverOf, findLinks, lsblk, nvmeFact, readlink } from "./disk-commands.js";
import { compareVolume, diskLocked, lvremove, pvremove, pvs, readScript, vgremove } from "./lvm-commands.js";
import { isRunning, runService } from "./transient-services.js";
import { grepConfigs, logrotate } from "../logrotate/logrotate.js";
import { sysctl } from "./kernel-parameters.js";
import { shellWords } from "./words.js";
import type { Ended } from "./ssh-record.js";
import { armTimer, isTimerActive, resumeTimers as resume, showTimer, startService, stopUnits } from "./timers.js";

type Command = (shell: Shell, args: readonly string[]) => Ended;

const commands: Readonly<Record<string, Command>> = {
  timeout(shell, [option, kill = "", seconds = "", ...argv]) {
    if (option !== "-k" || !/^\d+$/.test(kill) || !/^\d+$/.test(seconds) || argv.length === 0)
      return { code: 125, stderr: "timeout: missing operand\nTry 'timeout --help' for more information.\n" };
    const ended = runCommand(shell, argv);
    return (ended.seconds ?? 0) <= Number(seconds) ? ended : { code: 124, seconds: Number(seconds) };
  },

  /** Variables make no difference to what is simulated. */
  env(shell, args) {
    const first = args.findIndex((word) => !/^[A-Z_]+=/.test(word));
    return first < 0 ? hole("env") : runCommand(shell, args.slice(first));
  },

  // What sshd tells of who is connected.
  printenv({ simulation, node }, args) {
    if (args.join() !== "SSH_CONNECTION") return hole("printenv");
    const client = simulation.world.wiring?.client.address.split("/")[0] ?? "127.0.0.1";
    return { code: 0, stdout: `${client} 40022 ${node.address} 22\n` };
  },

  echo: (_shell, args) => ({ code: 0, stdout: `${args.join(" ")}\n` }),
  ifreload: (shell, args) => ifreload(shell, args) ?? hole("ifreload"),
  flock: (shell, args) => networkLock(shell, args) ?? diskLocked(shell, args, runCommand) ?? hole("flock"),
  test: (shell, args) =>
    testFile(shell, args, (file) => ofCluster.includes(file) || accounts.isProgram(nodeAccounts(shell), file)) ??
    hole("test"),
  grep(shell, args) {
    const configs = grepConfigs(shell, args);
    if (configs) return configs;
    const { files } = shell;
    const [quiet, fixed, dashes, text = "", file = "", ...more] = args;
    if ([quiet, fixed, dashes].join(" ") !== "--quiet --fixed-strings --" || more.length > 0) return hole("grep");
    const found = files.read(file);
    if (!found) return { code: 2, stderr: `grep: ${file}: No such file or directory\n` };
    return { code: Buffer.from(found.content, "base64").toString("utf8").includes(text) ? 0 : 1 };
  },
  readlink: (shell, args) =>
    readlinkOfKeys(shell, args) ?? driverOf(shell, args) ?? readlink(shell, args) ?? hole("readlink"),
  ln: (shell, args) => linkKeys(shell, args) ?? hardLink(shell, args) ?? hole("ln"),
  mountpoint: ({ node }, args) =>
    args.join(" ") === "-q /etc/pve" ? { code: isMounted(node) ? 0 : 32 } : hole("mountpoint"),
  lsblk: (shell, args) => lsblk(shell, args) ?? hole("lsblk"),
  getent: (shell, args) => accounts.getent(nodeAccounts(shell), args) ?? hole("getent"),
  findmnt: (shell, args) => accounts.findmnt(nodeAccounts(shell), args) ?? hole("findmnt"),
  useradd: (shell, args) => accounts.useradd(nodeAccounts(shell), args) ?? hole("useradd"),
  usermod: (shell, args) => accounts.usermod(nodeAccounts(shell), args) ?? hole("usermod"),
  gpasswd: (shell, args) => accounts.gpasswd(nodeAccounts(shell), args) ?? hole("gpasswd"),
  userdel: (shell, args) => accounts.userdel(nodeAccounts(shell), args) ?? hole("userdel"),
  ps: (shell, args) => accounts.ps(nodeAccounts(shell), args) ?? hole("ps"),
  stat: (shell, args) =>
    statTimes(shell, args) ?? statMode(shell, args) ?? accounts.stat(nodeAccounts(shell), args) ?? hole("stat"),
  install: (shell, args) => accounts.install(nodeAccounts(shell), args) ?? hole("install"),
  runuser: (shell, args) =>
    accounts.runuser(nodeAccounts(shell), args, (argv) => runCommand(shell, argv)) ?? hole("runuser"),
  cmp(shell, args) {
    const compared = compareVolume(shell, args);
    if (compared) return compared;
    const { files } = shell;
    const [silent, dashes, one = "", other = "", ...more] = args;
    if (silent !== "-s" || dashes !== "--" || more.length > 0) return hole("cmp");
    const [left, right] = [files.read(one), files.read(other)];
    if (!left || !right) return { code: 2 };
    return { code: left.content === right.content ? 0 : 1 };
  },
  // Time passes by the simulator's clock alone.
  sleep: (_shell, args) => (/^\d+$/.test(args.join(" ")) ? { code: 0, seconds: Number(args[0]) } : hole("sleep")),
  touch: (shell, args) => touch(shell, args) ?? hole("touch"),
  rmdir({ files }, [dashes, directory = "", ...more]) {
    if (dashes !== "--" || more.length > 0) return hole("rmdir");
    return files.removeLock(directory)
      ? { code: 0 }
      : { code: 1, stderr: `rmdir: failed to remove '${directory}': No such file or directory\n` };
  },
  dd: (shell, args) => accounts.dd(nodeAccounts(shell), args) ?? hole("dd"),
  chmod: (shell, args) => accounts.chmod(nodeAccounts(shell), args) ?? hole("chmod"),
  mkdir: (shell, args) => accounts.mkdir(nodeAccounts(shell), args) ?? hole("mkdir"),
  tee: (shell, args) => accounts.tee(nodeAccounts(shell), args) ?? hole("tee"),
  visudo: (shell, args) => visudo(nodeAccounts(shell), args) ?? hole("visudo"),
  pmxcfs: ({ simulation, node }, args) => (args.join() === "-l" ? startLocal(simulation, node) : hole("pmxcfs")),
  killall: ({ node }, args) =>
    /^--quiet (?:--wait|--signal KILL) --ns 1 pmxcfs$/.test(args.join(" ")) ? endLocal(node) : hole("killall"),
  pvecm: ({ simulation, node }, args) =>
    clusterService(simulation, node, ["pvecm", ...args].join(" ")) ?? hole("pvecm"),
  "corosync-cmapctl": (shell, args) => cmapctl(shell, args) ?? hole("corosync-cmapctl"),
  "corosync-cfgtool": (shell, args) => cfgtool(shell, args) ?? hole("corosync-cfgtool"),
  // Of rings that corosync remembers nothing is simulated.
  find: (shell, args) =>
    args.join(" ") === "/var/lib/corosync -type f -delete"
      ? { code: 0 }
      : (findConfigs(shell, args) ?? findLinks(shell, args) ?? hole("find")),
  ...Object.fromEntries(
    Object.entries(qdevicePrograms).map(([name, program]) => [
      name,
      (shell: Shell, args: readonly string[]) => program(shell, args) ?? hole(name),
    ]),
  ),
  iptables: (shell, args) => iptables(shell, "iptables", args) ?? hole("iptables"),
  ip6tables: (shell, args) => iptables(shell, "ip6tables", args) ?? hole("ip6tables"),
  nft: (shell, args) => nft(shell, args) ?? hole("nft"),
  "pve-firewall": (shell, args) => pveFirewall(shell, args) ?? hole("pve-firewall"),
  ip: (shell, args) => ip(shell, args) ?? hole("ip"),
  ping: (shell, args) => ping(shell, args) ?? hole("ping"),
  "apt-get": (shell, args) => aptGet(shell, args) ?? hole("apt-get"),
  "dpkg-query": (shell, args) => dpkgQuery(shell, args) ?? hole("dpkg-query"),
  sysctl: (shell, args) => sysctl(shell, args) ?? hole("sysctl"),
  logrotate: (shell, args) => logrotate(shell, args) ?? hole("logrotate"),
  "systemd-run": (shell, args) =>
    armTimer(shell, args, runCommand) ?? runService(shell, args, runCommand) ?? hole("systemd-run"),
  sh: runShell,
  bash: (shell, args) => connects(shell, args) ?? runShell(shell, args),

  cat({ files }, args) {
    const names = args.filter((arg) => arg !== "--");
    if (names.length === 0 || names.some((name) => name.startsWith("-"))) return hole("cat");
    const found = names.map((name) => files.read(name));
    const missing = names.filter((_, at) => !found[at]);
    return {
      code: missing.length > 0 ? 1 : 0,
      stdout: found.map((file) => Buffer.from(file?.content ?? "", "base64").toString("utf8")).join(""),
      stderr: missing.map((name) => `cat: ${name}: No such file or directory\n`).join(""),
    };
  },

  cp({ files }, args) {
    const options = args.filter((arg) => /^(?:-[apf]+|--preserve|--force|--)$/.test(arg));
    const [from = "", to = "", ...more] = args.filter((arg) => !options.includes(arg));
    if (to === "" || more.length > 0 || [from, to].some((name) => name.startsWith("-"))) return hole("cp");
    const found = files.read(from);
    if (!found) return { code: 1, stderr: `cp: cannot stat '${from}': No such file or directory\n` };
    files.write(to, found);
    return { code: 0 };
  },

  rm(shell, args) {
    const { files } = shell;
    const store = removeNodeStore(shell, args);
    if (store) return store;
    const [option, dashes, directory = "", ...more] = args;
    if (option === "-r" && dashes === "--" && more.length === 0 && /^\/etc\/pve\/nodes\/[^/]+$/.test(directory)) {
      files.removeNodeDirectory(directory);
      return { code: 0 };
    }
    const names = args.filter((arg) => arg !== "-f" && arg !== "--");
    if (names.length === 0 || names.some((name) => name.startsWith("-"))) return hole("rm");
    const missing = names.filter((name) => !files.read(name));
    // One may be another one's other half, and go with it.
    for (const name of names) if (files.read(name)) files.remove(name);
    if (missing.length === 0 || args.includes("-f")) return { code: 0 };
    return {
      code: 1,
      stderr: missing.map((name) => `rm: cannot remove '${name}': No such file or directory\n`).join(""),
    };
  },

  ceph: ({ simulation, node }, args) => runCeph(simulation, node, args),
  rados: ({ simulation, node }, args) => runRados(simulation, node, args),
  "ceph-mon": ({ node }, args) => runMonitorProgram(node, args),
  pveceph: ({ simulation, node, stdin }, args) => runPveceph(simulation, node, args, stdin),
  pvs: (shell, args) => pvs(shell, args) ?? hole("pvs"),
  lvremove: (shell, args) => lvremove(shell, args) ?? hole("lvremove"),
  vgremove: (shell, args) => vgremove(shell, args) ?? hole("vgremove"),
  pvremove: (shell, args) => pvremove(shell, args) ?? hole("pvremove"),
  "ceph-volume": ({ simulation, node }, args) => runCephVolume(simulation, node, args),
  systemctl: (shell, args) => systemctl(shell, args) ?? runSystemctl(shell.simulation, shell.node, args),

  wget({ files, stdin }, args) {
    const [quiet, ...rest] = args;
    const verify = rest[0] !== "--no-check-certificate";
    const [output = "", input, ...more] = verify ? rest : rest.slice(1);
    const target = /^--output-document=(.+)$/.exec(output)?.[1];
    if (quiet !== "--no-verbose" || target === undefined || input !== "--input-file=-" || more.length > 0)
      return hole("wget");
    const url = stdin.trim();
    const found = files.fetch(url, verify);
    if (!found) return { code: 8, stderr: `${url}:\n2026-01-01 00:00:00 ERROR 404: Not Found.\n` };
    files.write(target, found);
    return { code: 0 };
  },

  xz({ files }, [option, dashes, file = "", ...more]) {
    if (option !== "--decompress" || dashes !== "--" || more.length > 0) return hole("xz");
    const packed = files.read(file);
    if (!packed) return { code: 1, stderr: `xz: ${file}: No such file or directory\n` };
    const { web } = packed;
    if (web?.compression !== "xz" || !web.unpacked)
      return { code: 1, stderr: `xz: ${file}: File format not recognized\n` };
    if (!file.endsWith(".xz")) return { code: 2, stderr: `xz: ${file}: Filename has an unknown suffix, skipping\n` };
    files.write(file.slice(0, -3), fileOf(web.unpacked, file));
    files.remove(file);
    return { code: 0 };
  },

  /** `sync -- FILE...`: nothing here is ever lost between memory and disk. */
  sync: (_shell, args) => (args[0] === "--" && args.length > 1 ? { code: 0 } : hole("sync")),

  mv({ files }, args) {
    const [dashes, from = "", to = "", ...more] = args[0] === "-T" ? args.slice(1) : args;
    if (dashes !== "--" || more.length > 0) return hole("mv");
    files.rename(from, to);
    return { code: 0 };
  },

  sha224sum: (shell, args) => digest(shell, "sha224", args),
  sha384sum: (shell, args) => digest(shell, "sha384", args),
  sha1sum: (shell, args) => digest(shell, "sha1", args),
  md5sum: (shell, args) => digest(shell, "md5", args),
  sha256sum: (shell, args) => digest(shell, "sha256", args),
  sha512sum: (shell, args) => digest(shell, "sha512", args),
};

/** `sh FILE`, `sh -c TEXT` and the same with `-e`. */
function runShell(shell: Shell, args: readonly string[]): Ended {
  const read = readScript(shell, args) ?? nvmeFact(shell, args);
  if (read) return read;
  const [, flags = "", word = ""] = /^(?:-(e?c?) )?(.*)$/s.exec(args.join(" ")) ?? [];
  const plain = args.filter((arg) => !/^-e?c?$/.test(arg));
  if (plain.length !== 1 || word !== plain[0]) return hole("sh");
  const text = flags.endsWith("c") ? word : textOf(shell, word);
  if (text === undefined) return { code: 2, stderr: `sh: 0: cannot open ${word}: No such file\n` };
  return runScript(shell, flags.startsWith("e") ? `set -e\n${text}` : text, runCommand) ?? hole("sh");
}

function textOf({ files }: Shell, name: string): string | undefined {
  const file = files.read(name);
  return file && Buffer.from(file.content, "base64").toString("utf8");
}

/** A program by its path: those of the system by their names, others are scripts. */
function runPath(shell: Shell, name: string, args: readonly string[]): Ended {
  const program = /^\/(?:usr\/)?s?bin\/([^/]+)$/.exec(name)?.[1];
  if (program !== undefined) return runCommand(shell, [program, ...args]);
  const file = shell.files.read(name);
  if (!file) return { code: 127, stderr: `bash: line 1: ${name}: No such file or directory\n` };
  if ((file.mode & 0o111) === 0) return { code: 126, stderr: `bash: line 1: ${name}: Permission denied\n` };
  const text = Buffer.from(file.content, "base64").toString("utf8");
  if (args.length > 0 || !/^#!\/(?:usr\/)?bin\/(?:ba)?sh(?: -e)?\n/.test(text)) return hole(name);
  return runShell(shell, [...(text.startsWith("#!") && /^#!\S+ -e\n/.test(text) ? ["-e"] : []), name]);
}

/** `systemctl` for timers that were armed here, and for pveproxy; undefined for the units of Ceph. */
function systemctl(shell: Shell, args: readonly string[]): Ended | undefined {
  const { simulation, node } = shell;
  const timed =
    firewallUnit(shell, args) ??
    qdeviceUnit(shell, args) ??
    clusterService(simulation, node, ["systemctl", ...args].join(" ")) ??
    showTimer(shell, args) ??
    isTimerActive(shell, args) ??
    stopUnits(shell, args, runCommand) ??
    startService(shell, args, runCommand);
  if (timed) return timed;
  const [verb = "", unit = "", ...more] = args;
  if (more.length > 0) return undefined;
  const job = unit.replace(/\.service$/, "");
  if (verb === "is-active" && isRunning(shell, job)) return { code: 0, stdout: "active\n" };
  // what was collected is as unknown as what never was there
  if (verb === "is-active" && !/^(?:ceph|pve)/.test(job)) return { code: 4, stdout: "inactive\n" };
  if (!/^pveproxy(?:\.service)?$/.test(unit) || !/^(?:reload|restart|reload-or-restart)$/.test(verb)) return undefined;
  restartProxy(simulation, node);
  return { code: 0, seconds: 1 };
}

function digest({ files }: Shell, algorithm: string, args: readonly string[]): Ended {
  const [file = ""] = args.filter((arg) => arg !== "--");
  const found = files.read(file);
  if (!found) return { code: 1, stderr: `${algorithm}sum: ${file}: No such file or directory\n` };
  const bytes = Buffer.from(found.content, "base64");
  const hex = found.web?.checksums?.[algorithm] ?? createHash(algorithm).update(bytes).digest("hex");
  return { code: 0, stdout: `${hex}  ${file}\n` };
}

/** Programs of every node that a cluster is taken apart with. */
const ofCluster = ["/usr/bin/pmxcfs", "/usr/bin/killall", "/usr/bin/timeout", "/usr/bin/mountpoint"];

const hole = (name: string): Ended => ({
  code: 127,
  stderr: `pve-simulator: ${name}: command not found\n`,
  unbuilt: true,
});

/** Runs a command that is one of the few that a node is ever asked for; any other one is missing, and counted. */
function runCommand(shell: Shell, [name = "", ...args]: readonly string[]): Ended {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command && !name.startsWith("/")) return hole(name);
  try {
    if (!command) return runPath(shell, name, args);
    return command(shell, args);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return { code: 1, stderr: `${name}: ${error.message}\n` };
  }
}

export function runLine(shell: Shell, line: string): Ended {
  const words = shellWords(line);
  return words ? runCommand(shell, words) : hole(line.split(/\s/)[0] ?? "");
}

/** Lets the timers fire that the world was saved with. */
export function resumeTimers(simulation: Simulation): void {
  resume(simulation, runCommand);
}
