import { writeCephSources } from "../apt/apt-files.js";
import { majorOf } from "../node/proxmox-version.js";
import { deviceAt } from "../disks/block-devices.js";
import type { Simulation } from "../simulation.js";
import type { NodeState } from "../world/world.js";
import { cephOn, type Ceph } from "./ceph.js";
import type { Ended } from "../ssh/ssh-record.js";
import { lvmList, refusalOf, zap } from "./ceph-volume.js";
import { inventory, inventoryText } from "./inventory.js";
import { batch } from "./osd-steps.js";
import { batchText, batchUsage, foreignVolumes, humanSize, listText } from "./volume-report.js";
import { defaultRelease, releaseOf, releases, versionLine } from "./daemon-metadata.js";
import { settle, settledCeph } from "./settle.js";
import { commandDaemons, daemonsOf, type UnitCommand } from "./units.js";
import { osdVolumes } from "./osd-volumes.js";
import { textOf } from "../errors.js";
import type { Task } from "../world/task.js";
import { wipe } from "../disks/wipe.js";

const hole = (program: string): Ended => ({
  code: 127,
  stderr: `pve-simulator: ${program}: command not found\n`,
  unbuilt: true,
});

/** `--name value` and `--flag` by name, and what is left. */
function optionsOf(
  argv: readonly string[],
  withValue: readonly string[],
): { options: Record<string, string>; rest: string[] } {
  const options: Record<string, string> = {};
  const rest: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? "";
    const [, name, inline] = /^--([a-z-]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (word === "--") continue;
    if (name === undefined) rest.push(word);
    else options[name] = inline ?? (withValue.includes(name) ? (argv[++at] ?? "") : "1");
  }
  return { options, rest };
}

/** Seconds that the packages take. */
export const INSTALL_SECONDS = 40;

/**
 * `pveceph install` (PVE/CLI/pveceph.pm): the repository, then the packages. Without a terminal it does not ask for the
 * release; apt-get, which it calls without `-y`, asks on standard input before it installs anything.
 */
export function runPveceph(
  _simulation: Simulation,
  node: NodeState,
  [verb, ...argv]: readonly string[],
  stdin: string,
): Ended {
  if (verb !== "install") return hole("pveceph");
  const { options, rest } = optionsOf(argv, ["version", "repository", "allow-experimental"]);
  const is8 = majorOf(node) === 8;
  const { version: release = is8 ? "quincy" : defaultRelease, repository = "enterprise" } = options;
  const known = releases[release];
  if (rest.length > 0 || !known || !["enterprise", "no-subscription", "test", "manual"].includes(repository))
    return hole("pveceph");
  // On 8 there are Quincy, Reef and Squid, of which only the last is simulated, and no repositories by hand.
  if (is8 && (release !== "squid" || repository === "manual")) return hole("pveceph");
  // without a subscription the repository refuses; how that shows is not known
  if (repository === "enterprise" && node.subscription === undefined) return hole("pveceph");
  if (repository !== "manual") writeCephSources(node, release, repository);
  if (node.ceph?.version === undefined && !/^y/i.test(stdin))
    return {
      code: 255,
      stdout: "Do you want to continue? [Y/n] Abort.\n",
      stderr: "apt failed during ceph installation (256)\n",
    };
  const own = cephOn(node);
  own.version = known.version;
  own.release = release;
  return { code: 0, stdout: `\ninstalled Ceph ${known.version} ${release} successfully!\n`, seconds: INSTALL_SECONDS };
}

/** `ceph-mon`, which comes with Ceph's own packages alone, as far as it is asked for its version. */
export function runMonitorProgram(node: NodeState, argv: readonly string[]): Ended {
  if (node.ceph?.version === undefined)
    return { code: 127, stderr: "timeout: failed to run command '/usr/bin/ceph-mon': No such file or directory\n" };
  if (argv.length !== 1 || argv[0] !== "--version") return hole("ceph-mon");
  return { code: 0, stdout: `${versionLine(releaseOf(node))}\n` };
}

/** `ceph-volume`, as far as Proxmox and the library use it. */
export function runCephVolume(simulation: Simulation, node: NodeState, argv: readonly string[]): Ended {
  if (node.ceph?.version === undefined) return { code: 127, stderr: "bash: line 1: ceph-volume: command not found\n" };
  const [area, verb, ...words] = argv;
  if (area === "inventory") return runInventory(node, argv.slice(1));
  if (area !== "lvm") return hole("ceph-volume");
  if (verb === "list") return list(node, words);
  if (verb === "batch" && words.includes("--report")) return runBatch(undefined, node, words);
  const ceph = settledCeph(simulation, node);
  if (!ceph) return hole("ceph-volume");
  if (verb === "batch") return runBatch(ceph, node, words);
  if (verb === "zap") return runZap(ceph, node, words);
  if (verb === "activate") return runActivate(ceph, node, words);
  return hole("ceph-volume");
}

function list(node: NodeState, words: readonly string[]): Ended {
  const { options, rest } = optionsOf(words, ["format"]);
  const { format = "pretty" } = options;
  // of a device or a volume what it lists is not built
  if (!["json", "pretty"].includes(format) || rest.length > 1 || rest.some((word) => !/^\d+$/.test(word)))
    return hole("ceph-volume");
  const listed = lvmList(node, rest[0]);
  const stderr = rest.length === 0 ? foreignVolumes(node) : "";
  if (format === "json") return { code: 0, stdout: `${JSON.stringify(listed, null, 4)}\n`, stderr };
  if (Object.keys(listed).length === 0) return { code: 1, stderr: `${stderr}No valid Ceph lvm devices found\n` };
  return { code: 0, stdout: listText(listed), stderr };
}

function runInventory(node: NodeState, words: readonly string[]): Ended {
  const { options, rest } = optionsOf(words, ["format"]);
  const { format = "plain" } = options;
  const rows = inventory(node, rest[0]);
  // what it says of one device to people is not recorded
  if (!rows || rest.length > 1 || !(format === "json" || (format === "plain" && rest.length === 0)))
    return hole("ceph-volume");
  if (format === "plain") return { code: 0, stdout: inventoryText(rows) };
  return { code: 0, stdout: `${JSON.stringify(rest.length === 1 ? rows[0] : rows)}\n` };
}

/** What a group on a whole device would have (`vg_free` of util/device.py): extents of 4 MiB, one less where the device holds them exactly. */
function sizeAsGroup(size: number): number {
  const extent = 4 * 2 ** 20;
  const whole = Math.floor(size / extent) * extent;
  return whole === size ? whole - extent : whole;
}

/** `lvm batch`; with `--report` it makes nothing, and asks Ceph nothing. */
function runBatch(ceph: Ceph | undefined, node: NodeState, words: readonly string[]): Ended {
  const { options, rest } = optionsOf(words, [
    "osds-per-device",
    "crush-device-class",
    "osd-ids",
    "format",
    "block-db-size",
  ]);
  const understood = ["osds-per-device", "crush-device-class", "dmcrypt", "yes", "no-auto", "report", "format"];
  const [path = ""] = rest;
  if (rest.length !== 1 || Object.keys(options).some((name) => !understood.includes(name))) return hole("ceph-volume");
  const device = deviceAt(node, path);
  if (!device)
    return {
      code: 2,
      stderr: `${batchUsage}ceph-volume lvm batch: error: Unable to proceed with non-existing device: ${path}\n`,
    };
  const count = Number(options["osds-per-device"] ?? 1);
  const refusal = refusalOf(node, device, count);
  const passed = "--> passed data devices: 1 physical, 0 LVM\n";
  const plain = options["format"] === undefined;
  // how a report tells people of nothing, and what it tells of encryption, is not recorded
  if (options["report"] !== undefined && ((refusal?.code === 0 && plain) || options["dmcrypt"] !== undefined))
    return hole("ceph-volume");
  if (refusal)
    return {
      code: refusal.code,
      stdout: options["report"] !== undefined && refusal.code === 0 ? "[]" : "",
      stderr: `${refusal.code === 0 ? passed : ""}${refusal.text}\n`,
    };
  if (options["report"]) {
    const data_size = humanSize(sizeAsGroup(device.disk.size) / count);
    const report = Array.from({ length: count }, () => ({ data: path, data_size, encryption: "None" }));
    return { code: 0, stdout: plain ? batchText(path, data_size, count) : JSON.stringify(report), stderr: passed };
  }
  if (!ceph) return hole("ceph-volume");
  const deviceClass = options["crush-device-class"];
  const lines: string[] = [];
  const wish = {
    encrypted: options["dmcrypt"] !== undefined,
    ...(deviceClass === undefined ? {} : { deviceClass }),
  };
  let seconds = 0;
  const all = (more = ""): string => `${passed}${[...lines, ...(more === "" ? [] : [more])].join("\n")}\n`;
  const own = { type: "ceph-volume", log: lines } as unknown as Task;
  const worker = ceph.simulation.faults.wrapWorker(own, function* () {
    yield* batch(ceph, node, device, count, wish, (line) => lines.push(line));
  });
  try {
    for (const step of worker({ task: own })) seconds += step / 1000;
  } catch (error) {
    // with its machine: what it has done stays, and nobody is there that would say how it ended
    if (textOf(error) === "unexpected status") return { code: 255, stderr: all(), seconds };
    return {
      code: 1,
      stderr: all(textOf(error).startsWith("-->") ? textOf(error) : `-->  RuntimeError: ${textOf(error)}`),
      seconds,
    };
  }
  return { code: 0, stderr: all(), seconds };
}

/**
 * `lvm activate ID UUID` (`_activate` of objectstore/lvm.py): it makes no file system, and opens what is encrypted with the key that the
 * monitors keep; a label without what an OSD needs ends it.
 */
function runActivate(ceph: Ceph, node: NodeState, words: readonly string[]): Ended {
  const [id = "", uuid = "", ...more] = words;
  if (!/^\d+$/.test(id) || uuid === "" || more.length > 0) return hole("ceph-volume");
  const found = osdVolumes(node).filter(
    ({ volume: { tags = {} }, device }) =>
      tags["ceph.osd_id"] === id && tags["ceph.osd_fsid"] === uuid && device?.disk.dead !== true,
  );
  const block = found.find(({ volume }) => volume.tags?.["ceph.type"] === "block");
  if (!block) return { code: 1, stderr: `-->  RuntimeError: could not find osd.${id} with osd_fsid ${uuid}\n` };
  const path = `/var/lib/ceph/osd/ceph-${id}`;
  const prime = `ceph-bluestore-tool --cluster=ceph prime-osd-dir --dev /dev/${block.vg}/${block.lv} --path ${path}`;
  const said = `Running command: /usr/bin/${prime} --no-mon-config\n`;
  if (block.volume.label?.["whoami"] !== id)
    return { code: 1, stderr: `${said}-->  RuntimeError: Command failed with exit code 1: ${prime}\n` };
  cephOn(node).osds[id] = { running: true, enabled: true, since: ceph.now };
  settle(ceph);
  const started = `--> ceph-volume lvm activate successful for osd ID: ${id}\n`;
  return { code: 0, stderr: `${said}Running command: /usr/bin/systemctl start ceph-osd@${id}\n${started}`, seconds: 2 };
}

function runZap(ceph: Ceph, node: NodeState, words: readonly string[]): Ended {
  const { options, rest } = optionsOf(words, ["osd-id", "osd-fsid"]);
  const destroy = options["destroy"] !== undefined;
  const id = options["osd-id"];
  const uuid = options["osd-fsid"];
  if (id === undefined && uuid !== undefined) {
    // by the uuid alone it does not look whether the process runs (devices/lvm/zap.py); what LVM says of a volume in use
    // is not known
    const found = osdVolumes(node).filter(
      ({ volume, device }) => volume.tags?.["ceph.osd_fsid"] === uuid && !device?.disk.dead,
    );
    if (
      rest.length > 0 ||
      found.some(
        ({ volume }) =>
          node.ceph?.osds[volume.tags?.["ceph.osd_id"] ?? ""]?.running &&
          ceph.cluster.osdmap.osds[volume.tags?.["ceph.osd_id"] ?? ""]?.uuid === uuid,
      )
    )
      return hole("ceph-volume");
    if (found.length === 0) return { code: 1, stderr: "--> RuntimeError: No OSD were found.\n" };
    const said = zap(ceph, node, found, destroy);
    settle(ceph);
    return { code: 0, stderr: `${said.join("\n")}\n`, seconds: 3 };
  }
  if (id !== undefined) {
    if (node.ceph?.osds[id]?.running)
      return {
        code: 1,
        stderr: `--> OSD ID ${id} is running, stop it with:\n--> systemctl stop ceph-osd@${id}\n--> RuntimeError: Unable to zap devices associated with OSD ID: ${id}\n`,
      };
    const found = osdVolumes(node).filter(({ volume }) => volume.tags?.["ceph.osd_id"] === id);
    if (found.length === 0) return { code: 1, stderr: "--> RuntimeError: No OSD were found.\n" };
    const said = zap(ceph, node, found, destroy);
    settle(ceph);
    return { code: 0, stderr: `${said.join("\n")}\n`, seconds: 3 };
  }
  const device = rest.length === 1 ? deviceAt(node, rest[0] ?? "") : undefined;
  if (!device) return hole("ceph-volume");
  const on = osdVolumes(node).filter((each) => each.device?.disk === device.disk);
  const running = on.find(({ volume }) => node.ceph?.osds[volume.tags?.["ceph.osd_id"] ?? ""]?.running);
  // what it does to a disk of a running OSD is not known
  if (running) return hole("ceph-volume");
  zap(ceph, node, on, destroy);
  wipe(node, device, "ceph-volume", ceph.now);
  settle(ceph);
  return {
    code: 0,
    stderr: `--> Zapping: ${device.path}\n--> Zapping successful for: <Raw Device: ${device.path}>\n`,
    seconds: 3,
  };
}

/** `systemctl` for the units of Ceph. */
export function runSystemctl(simulation: Simulation, node: NodeState, argv: readonly string[]): Ended {
  const [verb = "", unit = "", ...more] = argv;
  // the unit that brings an OSD at boot ends when that runs: no moment of it is modelled
  if (verb === "is-active" && /^ceph-volume@lvm-\d+-[0-9a-f-]{36}\.service$/.test(unit) && more.length === 0)
    return { code: 3, stdout: "inactive\n" };
  const daemons = daemonsOf(node, unit);
  if (!daemons || more.length > 0) return hole("systemctl");
  if (verb === "is-active") {
    const active = daemons.some(({ running }) => running);
    return { code: active ? 0 : 3, stdout: active ? "active\n" : "inactive\n" };
  }
  if (!["start", "stop", "restart"].includes(verb)) return hole("systemctl");
  commandDaemons(daemons, verb as UnitCommand, simulation.clock.now());
  const ceph = settledCeph(simulation, node);
  if (ceph) settle(ceph);
  return { code: 0, seconds: 1 };
}
