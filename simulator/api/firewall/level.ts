import { withQuorum } from "../../config-lock.js";
import type { Call } from "../../call.js";
import { die } from "../../errors.js";
import type { FirewallConf, RuleEnv } from "../../firewall/firewall-conf.js";
import {
  clusterFile,
  guestFile,
  hostFile,
  removeFile,
  textOfFile,
  vnetFile,
  writeFile,
} from "../../firewall/firewall-files.js";
import { loadCluster, loadConf } from "../../firewall/load-firewall.js";
import { printConf } from "../../firewall/print-firewall.js";
import { filesChanged } from "../../firewall/firewall-daemon.js";
import type { Scope } from "../../firewall/verify-rule.js";
import { sdnSets } from "../../firewall/sdn-sets.js";
import { runningSdn } from "../../sdn/sdn.js";

/** Where a configuration of the firewall belongs: the whole cluster, a node, a guest, or a virtual network. */
export interface Level {
  /** Template of the endpoints. */
  readonly path: string;
  readonly env: RuleEnv;
  /** The file's name below /etc/pve. */
  file(call: Call): string;
  /** What its lock is called (cfs_lock_firewall). */
  lock(call: Call): string;
  /** What the contract leaves to the call itself. */
  check?(call: Call, write: boolean): void;
}

export const clusterLevel: Level = {
  path: "/cluster/firewall",
  env: "cluster",
  file: () => clusterFile,
  lock: () => "cluster",
};

export const nodeLevel: Level = {
  path: "/nodes/{node}/firewall",
  env: "host",
  file: (call) => hostFile(call.node.name),
  lock: (call) => `host-${call.node.name}`,
};

export const guestLevels: readonly Level[] = (["qemu", "lxc"] as const).map((type) => ({
  path: `/nodes/{node}/${type}/{vmid}/firewall`,
  env: type === "qemu" ? "vm" : "ct",
  file: (call: Call) => guestFile(call.text("vmid")),
  lock: (call: Call) => `vm-${call.text("vmid")}`,
}));

export const vnetLevel: Level = {
  path: "/cluster/sdn/vnets/{vnet}/firewall",
  env: "vnet",
  file: (call) => vnetFile(call.text("vnet")),
  lock: (call) => `vnet-${call.text("vnet")}`,
  // only what was applied is a vnet here (check_vnet_access in PVE/API2/Firewall/Helpers.pm)
  check(call, write) {
    const id = call.text("vnet");
    const vnet = runningSdn(call.cluster).vnets[id];
    if (!vnet) throw die("invalid vnet specified at /usr/share/perl5/PVE/API2/Firewall/Helpers.pm line 54.");
    const path = `/sdn/zones/${String(vnet["zone"])}/${id}`;
    call.rights.checkAny(path, ...(write ? ["SDN.Allocate"] : ["SDN.Audit", "SDN.Allocate"]));
  },
};

/** What the node's clock says, in seconds. */
const secondsOf = (call: Call): number => call.clock.seconds() + (call.node.clockOffset ?? 0);

/** A level's file and the cluster's, as they are read for one call. */
interface Loaded {
  readonly conf: FirewallConf;
  readonly cluster: FirewallConf;
  /** Where rules of the level itself look names up: those of the cluster's own have no other file. */
  readonly scope: Scope;
}

export function load(call: Call, level: Level): Loaded {
  const texts = call.cluster.firewallFiles ?? {};
  const cluster = loadCluster(call.cluster, texts, secondsOf(call));
  if (level.env === "cluster") return { conf: cluster, cluster, scope: { cluster: undefined, own: cluster } };
  const conf = loadConf(texts, level.file(call), level.env, cluster, secondsOf(call));
  return { conf, cluster, scope: { cluster, own: conf } };
}

/** For a new or changed rule only the sets of SDN count that the caller may see (get_allowed_vnets, get_allowed_vms). */
export function scopeForWriting(call: Call, { cluster, own }: Scope): Scope {
  const sdn = visibleSdnSets(call);
  return cluster ? { cluster: { ...cluster, sdn }, own } : { cluster, ...(own ? { own: { ...own, sdn } } : { own }) };
}

export function visibleSdnSets(call: Call): NonNullable<FirewallConf["sdn"]> {
  const { rights } = call;
  return sdnSets(call.cluster, {
    vnet: (zone, vnet) => rights.hasAny(`/sdn/zones/${zone}/${vnet}`, "SDN.Audit", "SDN.Allocate"),
    guest: (vmid) => rights.has(`/vms/${vmid}`, "VM.Audit"),
  });
}

/** Changes a level's file under its lock. */
export async function change<T>(call: Call, level: Level, run: (loaded: Loaded) => T): Promise<T> {
  level.check?.(call, true);
  await withQuorum(call, level.lock(call), "", "firewall");
  const loaded = load(call, level);
  const result = run(loaded);
  save(call, level.file(call), loaded.conf);
  return result;
}

export function save(call: Call, name: string, conf: FirewallConf): void {
  const text = printConf(conf);
  if (text === (textOfFile(call.cluster, name) ?? "")) return;
  // without a text there is no file
  if (text === "") removeFile(call.cluster, name);
  else writeFile(call.cluster, name, text, call.simulation.clock.seconds() + (call.node.clockOffset ?? 0));
  filesChanged(call.simulation, call.cluster);
}
