import { commandDaemons, daemonsOf } from "../ceph/units.js";
import { bringsFile } from "../logrotate/packaged-files.js";
import { candidate, packagesOf } from "../packages/node-packages.js";
import { planInstall, planRemove, planUpgrade, type Plan } from "../packages/plan.js";
import { compareVersions } from "../packages/debian-versions.js";
import type { NodeState } from "../world/world.js";
import type { Shell } from "./node-shell.js";
import type { Ended } from "./ssh-record.js";

interface Options {
  simulate: boolean;
  yes: boolean;
  noRemove: boolean;
  onlyUpgrade: boolean;
  settings: Record<string, string>;
  words: string[];
}

function optionsOf(args: readonly string[]): Options | undefined {
  const found: Options = { simulate: false, yes: false, noRemove: false, onlyUpgrade: false, settings: {}, words: [] };
  let plain = false;
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? "";
    if (plain || !word.startsWith("-")) found.words.push(word);
    else if (word === "--") plain = true;
    else if (word === "-s") found.simulate = true;
    else if (word === "-y") found.yes = true;
    else if (word === "-q" || word === "-qq") continue;
    else if (word === "--no-remove") found.noRemove = true;
    else if (word === "--only-upgrade") found.onlyUpgrade = true;
    else if (word === "-o") {
      const [, key = "", value = ""] = /^([\w:-]+)=(.*)$/.exec(args[++at] ?? "") ?? [];
      found.settings[key.toLowerCase()] = value;
    } else return undefined;
  }
  return found;
}

/** `apt-get install`, `remove` and `dist-upgrade`; undefined for anything else. */
export function aptGet(shell: Shell, args: readonly string[]): Ended | undefined {
  const { node } = shell;
  const options = optionsOf(args);
  const [verb = "", ...names] = options?.words ?? [];
  if (!options) return undefined;
  const plan =
    verb === "dist-upgrade" && names.length === 0
      ? planUpgrade(node)
      : verb === "install"
        ? planInstall(node, names, options.onlyUpgrade)
        : verb === "remove"
          ? planRemove(node, names)
          : undefined;
  if (!plan) return undefined;
  if (plan.errors.length > 0) return failure(...plan.errors);
  if (options.noRemove && plan.remove.size > 0)
    return failure("E: Packages need to be removed but remove is disabled.");
  const said = [...plan.notes, ...summary(node, plan)];
  if (options.simulate) return { code: 0, stdout: lines([...said, ...steps(node, plan)]), seconds: 1 };
  return carryOut(shell, options, plan, said);
}

const lines = (list: readonly string[]): string => list.map((line) => `${line}\n`).join("");
const failure = (...errors: string[]): Ended => ({ code: 100, stderr: lines(errors), seconds: 1 });

function summary(node: NodeState, plan: Plan): string[] {
  const { installed } = packagesOf(node);
  const upgraded = [...plan.install.keys()].filter((name) => installed[name] !== undefined).length;
  const added = plan.install.size - upgraded;
  return [`${upgraded} upgraded, ${added} newly installed, ${plan.remove.size} to remove and 0 not upgraded.`];
}

/** The lines of a simulation: `Remv`, `Inst` with the old version in brackets, `Conf`. */
function steps(node: NodeState, plan: Plan): string[] {
  const { installed } = packagesOf(node);
  const of = ({ name, version }: { name: string; version: string }): string =>
    `${name}${installed[name] === undefined ? "" : ` [${installed[name]}]`} (${version} Debian:13.2/stable [amd64])`;
  return [
    ...[...plan.remove].map((name) => `Remv ${name} [${installed[name] ?? ""}]`),
    ...[...plan.install.values()].map((one) => `Inst ${of(one)}`),
    ...[...plan.install.values()].map(({ name, version }) => `Conf ${name} (${version} Debian:13.2/stable [amd64])`),
  ];
}

function carryOut({ simulation, node, env = {} }: Shell, options: Options, plan: Plan, said: string[]): Ended {
  const packages = packagesOf(node);
  if (plan.install.size + plan.remove.size === 0) return { code: 0, stdout: lines(said), seconds: 1 };
  // without -y it asks, and nobody answers
  if (!options.yes) return { code: 1, stdout: lines([...said, "Do you want to continue? [Y/n] Abort."]) };
  const now = simulation.clock.now();
  const { until = 0, by = "" } = packages.locked ?? {};
  const waits = Math.max(0, until - now) / 1000;
  if (waits > Number(options.settings["dpkg::lock::timeout"] ?? 0))
    return failure(
      `E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 4711 (${by})`,
      "E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?",
    );
  const wanted = [...plan.install.values()];
  const older = wanted.filter(({ name, version }) => compareVersions(version, packages.installed[name] ?? "") < 0);
  if (older.some(({ name }) => packages.installed[name] !== undefined))
    return failure("E: Packages were downgraded and -y was used without --allow-downgrades.");
  // debconf waits for an answer that nobody gives
  if (wanted.some(({ asks }) => asks) && env["DEBIAN_FRONTEND"] !== "noninteractive")
    return { code: 0, seconds: Infinity };
  const changed = wanted.find(({ changedConfig, name }) => changedConfig && packages.installed[name] !== undefined);
  if (changed && !/^--force-conf(?:old|new|def)$/.test(options.settings["dpkg::options::"] ?? ""))
    return failure(
      `dpkg: error processing package ${changed.name} (--configure):`,
      " end of file on stdin at conffile prompt",
      "E: Sub-process /usr/bin/dpkg returned an error code (1)",
    );
  for (const name of plan.remove) delete packages.installed[name];
  for (const { name, version } of wanted) packages.installed[name] = version;
  // its postinst: deb-systemd-invoke try-restart ceph-mgr.target (debian/ceph-mgr-dashboard.postinst)
  if (plan.install.has("ceph-mgr-dashboard"))
    commandDaemons(daemonsOf(node, "ceph-mgr.target")?.filter(({ running }) => running) ?? [], "restart", now);
  const seconds = waits + 2 + 2 * (plan.install.size + plan.remove.size);
  packages.locked = { until: now + seconds * 1000, by: "apt-get" };
  return { code: 0, stdout: lines(said), seconds };
}

/** `dpkg-query -S FILE` for a file of logrotate's. */
function owner(file: string): Ended {
  const brings = bringsFile(file);
  if (brings === undefined) return { code: 1, stderr: `dpkg-query: no path found matching pattern ${file}\n` };
  return { code: 0, stdout: `${brings}: ${file}\n` };
}

/** `dpkg-query -W -f=FORMAT NAME …` with name, version and status; undefined for anything else. */
export function dpkgQuery({ node }: Shell, args: readonly string[]): Ended | undefined {
  const [show, format = "", ...rest] = args;
  if (show === "-S" && rest.length === 0 && /^\/etc\/logrotate\.(?:conf|d\/[\w-]+)$/.test(format)) return owner(format);
  const text = /^(?:-f|--showformat)=(.*)$/s.exec(format)?.[1];
  const names = rest.filter((word) => word !== "--");
  if (show !== "-W" || text === undefined || names.length === 0 || names.some((name) => name.startsWith("-")))
    return undefined;
  if (/\$\{(?!Package\}|Version\}|db:Status-Status\})/.test(text)) return undefined;
  const { installed } = packagesOf(node);
  const row = (name: string, version: string): string =>
    text
      .replaceAll("${Package}", name)
      .replaceAll("${Version}", version)
      .replaceAll("${db:Status-Status}", version === "" ? "not-installed" : "installed")
      .replaceAll("\\n", "\n");
  // dpkg has a row for what it has only heard of
  const known = (name: string): boolean => installed[name] !== undefined || candidate(node, name) !== undefined;
  const missing = names.filter((name) => !known(name));
  return {
    code: missing.length > 0 ? 1 : 0,
    stdout: names
      .filter(known)
      .map((name) => row(name, installed[name] ?? ""))
      .join(""),
    stderr: lines(missing.map((name) => `dpkg-query: no packages found matching ${name}`)),
  };
}
