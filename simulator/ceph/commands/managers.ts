import type { Ceph } from "../ceph.js";
import { addressOf, featureBits, machine, vector } from "../daemon-metadata.js";
import { modulesAlwaysOn, promote } from "../managers.js";
import { flag, ok, optional, refused, shown, stamp, text, type Answer, type Commands } from "./command.js";

/** Modules that can be switched on and off; others come with packages that Proxmox does not install by itself. */
const modulesToSwitch = [
  ...[
    "alerts",
    "diskprediction_local",
    "feedback",
    "influx",
    "insights",
    "iostat",
    "k8sevents",
    "localpool",
    "mds_autoscaler",
  ],
  ...["mirroring", "nfs", "nvmeof", "osd_perf_query", "osd_support", "prometheus", "selftest", "smb", "snap_schedule"],
  ...["stats", "telegraf", "test_orchestrator", "zabbix"],
];

const releasesWithModules = ["octopus", "pacific", "quincy", "reef", "squid", "tentacle"];

const nodeOf = (ceph: Ceph, name: string): string => ceph.daemon("mgrs", name)?.node.name ?? name;

/** A manager knows what is installed where it runs: the package of the dashboard starts it anew. */
const switchable = (ceph: Ceph, manager: string): string[] => {
  const installed = ceph.daemon("mgrs", manager)?.node.packages?.installed ?? {};
  return [...modulesToSwitch, ...(installed["ceph-mgr-dashboard"] === undefined ? [] : ["dashboard"])].sort();
};

/** What every module says of itself, shortened: names, whether it can run; the options of each are not modelled. */
const modules = (ceph: Ceph, manager: string): unknown[] =>
  [...modulesAlwaysOn, ...switchable(ceph, manager)]
    .sort()
    .map((name) => ({ name, can_run: true, error_string: "", module_options: {} }));

export function mgrDump(ceph: Ceph): Record<string, unknown> {
  const { mgr } = ceph.cluster;
  const active = mgr.active;
  const features = active === undefined ? 0 : featureBits;
  const address = active === undefined ? undefined : addressOf(ceph, nodeOf(ceph, active));
  return {
    ...{
      epoch: mgr.epoch,
      flags: 0,
      active_gid: active === undefined ? 0 : gid(ceph, active),
      active_name: active ?? "",
    },
    active_addrs: address === undefined ? { addrvec: [] } : vector(address, 6834, 1),
    active_addr: address === undefined ? "(unrecognized address family 0)/0" : `${address}:6835/1`,
    ...{ active_change: stamp(mgr.activeSince), active_mgr_features: features, available: active !== undefined },
    standbys: mgr.standbys.map((name) => ({
      ...{ gid: gid(ceph, name), name, mgr_features: featureBits, available_modules: modules(ceph, name) },
    })),
    modules: mgr.modules,
    available_modules: active === undefined ? [] : modules(ceph, active),
    services: services(ceph),
    // the monitors list them by release, also those of long ago
    always_on_modules: Object.fromEntries(releasesWithModules.map((release) => [release, modulesAlwaysOn])),
    force_disabled_modules: {},
    last_failure_osd_epoch: 0,
    active_clients: [],
  };
}

/** A number of its session: the same for as long as it runs. */
function gid(ceph: Ceph, name: string): number {
  const since = ceph.daemon("mgrs", name)?.daemon.since ?? 0;
  return 4000 + (Math.floor(since / 100) % 90_000);
}

function services(ceph: Ceph): Record<string, string> {
  const { active, modules: on } = ceph.cluster.mgr;
  if (active === undefined || !on.includes("prometheus")) return {};
  return { prometheus: `http://${addressOf(ceph, nodeOf(ceph, active))}:9283/` };
}

export function mgrMetadata(ceph: Ceph): Record<string, string>[] {
  const { active, standbys } = ceph.cluster.mgr;
  return [...(active === undefined ? [] : [active]), ...standbys].sort().flatMap((name) => {
    const node = ceph.daemon("mgrs", name)?.node;
    if (!node) return [];
    const addr = addressOf(ceph, node.name);
    return [{ name, addr, addrs: `${addr}:0/1`, ...machine(node) }];
  });
}

function fail(ceph: Ceph, who: string | undefined): Answer {
  const { mgr } = ceph.cluster;
  if (mgr.active === undefined) return ok("Currently no active mgr");
  const name = who ?? mgr.active;
  if (name !== mgr.active && !mgr.standbys.includes(name)) return ok(`Daemon not found '${name}', already failed?`);
  // it starts anew, and is a standby some seconds later
  const daemon = ceph.daemon("mgrs", name)?.daemon;
  if (daemon) daemon.since = ceph.now;
  mgr.epoch++;
  mgr.standbys = mgr.standbys.filter((other) => other !== name);
  if (name === mgr.active) {
    delete mgr.active;
    promote(ceph);
  }
  return ok();
}

function enable(ceph: Ceph, name: string, force: boolean): Answer {
  const { mgr } = ceph.cluster;
  if (mgr.modules.includes(name) || modulesAlwaysOn.includes(name)) return ok(`module '${name}' is already enabled`);
  const managers = [...(mgr.active === undefined ? [] : [mgr.active]), ...mgr.standbys];
  if (!managers.every((one) => switchable(ceph, one).includes(name)) && !force)
    return refused("ENOENT", `all mgr daemons do not support module '${name}', pass --force to force enablement`);
  mgr.modules = [...mgr.modules, name].sort();
  mgr.epoch++;
  return ok();
}

function disable(ceph: Ceph, name: string): Answer {
  const { mgr } = ceph.cluster;
  if (modulesAlwaysOn.includes(name))
    return refused(
      "EPERM",
      `module '${name}' cannot be disabled (always-on), use 'ceph mgr module force disable' command to disable an always-on module`,
    );
  if (!mgr.modules.includes(name)) return ok(`module '${name}' is already disabled`);
  mgr.modules = mgr.modules.filter((other) => other !== name);
  mgr.epoch++;
  return ok();
}

export const managerCommands: Commands = {
  "mgr dump": { run: (ceph) => shown(mgrDump(ceph)) },
  "mgr stat": {
    run: ({ cluster: { mgr } }) => {
      const available = mgr.active !== undefined;
      const stat = { epoch: mgr.epoch, available, active_name: mgr.active ?? "", num_standby: mgr.standbys.length };
      return shown(stat, `${JSON.stringify(stat, null, 4)}\n`);
    },
  },
  "mgr metadata": {
    args: "who?",
    run: (ceph, args) => {
      const all = mgrMetadata(ceph);
      const who = optional(args, "who");
      if (who === undefined) return shown(all);
      const found = all.find(({ name }) => name === who);
      return found ? shown(found) : refused("ENOENT", `mgr.${who} does not exist`);
    },
  },
  "mgr services": { run: (ceph) => shown(services(ceph)) },
  "mgr module ls": {
    run: (ceph) => {
      const { mgr } = ceph.cluster;
      return shown({
        always_on_modules: modulesAlwaysOn,
        force_disabled_modules: [],
        enabled_modules: mgr.modules,
        disabled_modules: switchable(ceph, mgr.active ?? "")
          .filter((name) => !mgr.modules.includes(name))
          .map((name) => ({ name, can_run: true, error_string: "", module_options: {} })),
      });
    },
  },
  "mgr module enable": {
    args: "module force!",
    run: (ceph, args) => enable(ceph, text(args, "module"), flag(args, "force")),
  },
  "mgr module disable": { args: "module", run: (ceph, args) => disable(ceph, text(args, "module")) },
  "mgr fail": { args: "who?", run: (ceph, args) => fail(ceph, optional(args, "who")) },
};
