import type { Monitor } from "../../world/ceph.js";
import type { Ceph } from "../ceph.js";
import { machine } from "../daemon-metadata.js";
import { changeMonmap } from "../monmap.js";
import { quorumOf, ranked } from "../monitor-quorum.js";
import {
  colonStamp,
  hole,
  list,
  ok,
  optional,
  refused,
  seconds,
  shown,
  text,
  zulu,
  type Answer,
  type Commands,
} from "./command.js";

const features = [
  ...["kraken", "luminous", "mimic", "osdmap-prune", "nautilus", "octopus", "pacific", "elector-pinging", "quincy"],
  ...["reef", "squid", "tentacle", "cephx_auth_aes256k", "nvmeof_beacon_diff"],
];

export const addressVector = (address: string): string => `[v2:${address}:3300/0,v1:${address}:6789/0]`;

function monEntry(mon: Monitor, rank: number): unknown {
  const addr = `${mon.address}:6789/0`;
  const addrvec = [
    { type: "v2", addr: `${mon.address}:3300`, nonce: 0 },
    { type: "v1", addr: `${mon.address}:6789`, nonce: 0 },
  ];
  return {
    ...{ rank, name: mon.name, public_addrs: { addrvec }, addr, public_addr: addr, priority: 0, weight: 0 },
    ...{ time_added: colonStamp(mon.added), crush_location: [] },
  };
}

/** The monitor map as `mon dump` and `quorum_status` show it. */
export function monmapJson(ceph: Ceph): Record<string, unknown> {
  const { monmap, fsid, created } = ceph.cluster;
  const cipher = { name: "aes256k", value: 2 };
  return {
    ...{ epoch: monmap.epoch, auth_epoch: 0, auth_service_cipher: cipher, auth_allowed_ciphers: [cipher] },
    ...{ auth_preferred_cipher: cipher, fsid, modified: zulu(monmap.modified), created: zulu(created) },
    ...{ min_mon_release: 20, min_mon_release_name: "tentacle", election_strategy: 1, disallowed_leaders: "" },
    ...{ stretch_mode: false, tiebreaker_mon: "", removed_ranks: "", features: { persistent: features, optional: [] } },
    mons: ranked(ceph).map(monEntry),
  };
}

/** Ranks and names of the monitors in quorum. */
export function quorumRanks(ceph: Ceph): { rank: number; name: string }[] {
  const { members } = quorumOf(ceph);
  return ranked(ceph).flatMap(({ name }, rank) => (members.some((mon) => mon.name === name) ? [{ rank, name }] : []));
}

function quorumStatus(ceph: Ceph): Answer {
  const inQuorum = quorumRanks(ceph);
  const { monmap } = ceph.cluster;
  return shown({
    election_epoch: monmap.electionEpoch,
    quorum: inQuorum.map(({ rank }) => rank),
    quorum_names: inQuorum.map(({ name }) => name),
    quorum_leader_name: inQuorum[0]?.name ?? "",
    quorum_age: seconds(ceph.now - monmap.quorumSince),
    features: { quorum_con: "4541880224203014143", quorum_mon: features },
    monmap: monmapJson(ceph),
  });
}

/** Whether the others would still be a majority: of as many as there are then (`mon ok-to-*` in src/mon/Monitor.cc). */
function okToStop(ceph: Ceph, ids: readonly string[]): Answer {
  if (ids.length === 0) return refused("EINVAL", "unrecognized command");
  const known = ranked(ceph);
  const unknown = ids.filter((id) => !known.some(({ name }) => name === id));
  const left = quorumRanks(ceph).filter(({ name }) => !ids.includes(name));
  if (unknown.length === ids.length) return ok(`invalid mon(s) specified: [${unknown.join(",")}]`);
  const names = left.map(({ name }) => name).join(",");
  if (left.length > known.length / 2)
    return ok(`quorum should be preserved (${names}) after stopping [${ids.join(",")}]`);
  return refused("EBUSY", `not enough monitors would be available (${names}) after stopping mons [${ids.join(",")}]`);
}

function okToRemove(ceph: Ceph, id: string): Answer {
  const known = ranked(ceph);
  if (!known.some(({ name }) => name === id)) return ok(`mon.${id} does not exist`);
  const left = quorumRanks(ceph).filter(({ name }) => name !== id);
  if (left.length > (known.length - 1) / 2) return ok(`safe to remove mon.${id}`);
  return refused("EBUSY", `removing mon.${id} would break quorum`);
}

function okToAdd(ceph: Ceph): Answer {
  const now = quorumRanks(ceph).length;
  if (now > (ranked(ceph).length + 1) / 2) return ok("adding another mon that is not yet online will not break quorum");
  return refused("EBUSY", "adding a monitor may break quorum (until that monitor starts)");
}

/** The daemon of a removed monitor exits by itself (FACT 19). */
export function removeMonitor(ceph: Ceph, name: string): Answer {
  const { monmap } = ceph.cluster;
  if (!monmap.mons.some((mon) => mon.name === name))
    return ok(`mon.${name} does not exist or has already been removed`);
  if (monmap.mons.length === 1) return refused("EINVAL", `error: refusing removal of last monitor ${name}`);
  monmap.mons = monmap.mons.filter((mon) => mon.name !== name);
  changeMonmap(ceph);
  const daemon = ceph.daemon("mons", name)?.daemon;
  if (daemon) Object.assign(daemon, { running: false, since: ceph.now });
  return ok();
}

function addMonitor(ceph: Ceph, name: string, address: string): Answer {
  const { monmap } = ceph.cluster;
  if (!/^\d+(?:\.\d+){3}$/.test(address)) return refused("EINVAL", `addr ${address}does not parse`);
  const same = monmap.mons.find((mon) => mon.name === name);
  if (same?.address === address) return ok(`mon.${name} at ${addressVector(address)} already exists`);
  if (same) return refused("EEXIST", `mon.${name} already exists at address ${addressVector(same.address)}`);
  const other = monmap.mons.find((mon) => mon.address === address);
  if (other) return refused("EEXIST", `mon.${other.name} already exists at address v1:${address}:6789/0`);
  monmap.mons.push({ name, node: name, address, added: ceph.now });
  changeMonmap(ceph);
  return ok(
    `adding mon.${name}(addrs ${addressVector(address)} priority 0 weight 0 crush_location {} added ${stampOf(ceph)})`,
  );
}

const stampOf = (ceph: Ceph): string => zulu(ceph.now).replace("Z", "+0000");

function statPlain(ceph: Ceph): string {
  const { monmap } = ceph.cluster;
  const inQuorum = quorumRanks(ceph);
  const mons = ranked(ceph).map(({ name, address }) => `${name}=${addressVector(address)}`);
  const [leader] = inQuorum;
  return (
    `e${monmap.epoch}: ${mons.length} mons at {${mons.join(",")}} removed_ranks: {} disallowed_leaders: {}, ` +
    `election epoch ${monmap.electionEpoch}, leader ${leader?.rank} ${leader?.name}, ` +
    `quorum ${inQuorum.map(({ rank }) => rank).join(",")} ${inQuorum.map(({ name }) => name).join(",")}\n`
  );
}

export function monMetadata(ceph: Ceph): Record<string, string>[] {
  return ranked(ceph).flatMap(({ name, node: on, address, added }) => {
    const node = ceph.nodeNamed(on);
    if (!node || !ceph.daemon("mons", name)) return [];
    const about = machine(node);
    return [
      {
        ...{ name, addrs: addressVector(address), ...about, ceph_version_when_created: about["ceph_version"] ?? "" },
        ...{ compression_algorithms: "none, snappy, zlib, zstd, lz4", created_at: zulu(added) },
        ...{ device_ids: "", device_paths: "", devices: "" },
      },
    ];
  });
}

function dumpPlain(ceph: Ceph): string {
  const { monmap, fsid, created } = ceph.cluster;
  const plus = (milliseconds: number): string => zulu(milliseconds).replace("Z", "+0000");
  return [
    ...[`epoch ${monmap.epoch}`, `fsid ${fsid}`, `last_changed ${plus(monmap.modified)}`, `created ${plus(created)}`],
    ...["min_mon_release 20 (tentacle)", "election_strategy: 1"],
    ...ranked(ceph).map(({ name, address }, rank) => `${rank}: ${addressVector(address)} mon.${name}`),
    ...["auth_epoch 0", "auth_service_cipher aes256k", "auth_allowed_ciphers aes256k", "auth_preferred_cipher aes256k"],
  ]
    .map((line) => `${line}\n`)
    .join("");
}

export const monitorCommands: Commands = {
  "mon dump": {
    run: (ceph) =>
      shown(
        { ...monmapJson(ceph), quorum: quorumRanks(ceph).map(({ rank }) => rank) },
        dumpPlain(ceph),
        `dumped monmap epoch ${ceph.cluster.monmap.epoch}`,
      ),
  },
  quorum_status: { run: quorumStatus },
  "mon stat": {
    run: (ceph) => {
      const quorum = quorumRanks(ceph);
      const num_mons = ranked(ceph).length;
      const { epoch } = ceph.cluster.monmap;
      const leader = quorum[0]?.name ?? "";
      return shown({ epoch, min_mon_release_name: "tentacle", num_mons, leader, quorum }, statPlain(ceph));
    },
  },
  "mon metadata": {
    args: "id?",
    run: (ceph, args) => {
      const all = monMetadata(ceph);
      const id = optional(args, "id");
      if (id === undefined) return shown(all);
      const found = all.find(({ name }) => name === id);
      if (!found) return refused("ENOENT", `mon.${id} does not exist`);
      const { name: _, ...rest } = found;
      return shown(rest);
    },
  },
  "mon ok-to-stop": { args: "ids*", run: (ceph, args) => okToStop(ceph, list(args, "ids")) },
  "mon ok-to-rm": { args: "id", run: (ceph, args) => okToRemove(ceph, text(args, "id")) },
  "mon ok-to-add-offline": { run: okToAdd },
  "mon remove": { args: "name", run: (ceph, args) => removeMonitor(ceph, text(args, "name")) },
  "mon rm": { args: "name", run: (ceph, args) => removeMonitor(ceph, text(args, "name")) },
  "mon add": { args: "name addr", run: (ceph, args) => addMonitor(ceph, text(args, "name"), text(args, "addr")) },
  "mon set election_strategy": {
    args: "strategy",
    run: (_ceph, args) =>
      ["classic", "disallow", "connectivity"].includes(text(args, "strategy"))
        ? hole
        : refused("EINVAL", "(22) Invalid argument"),
  },
  "mon feature ls": {
    run: () =>
      shown({
        all: { supported: features, persistent: features },
        monmap: { persistent: features, optional: [], required: features },
      }),
  },
  "mon scrub": { run: () => ok("") },
  "mon getmap": {
    run: (ceph) => ({
      ...{ rc: 0, plain: `<monmap of ${ranked(ceph).length} monitors>` },
      status: `got monmap epoch ${ceph.cluster.monmap.epoch}`,
    }),
  },
  "mon versions": {
    run: (ceph) => {
      const counts: Record<string, number> = {};
      for (const { ceph_version: line = "" } of monMetadata(ceph)) counts[line] = (counts[line] ?? 0) + 1;
      return shown(counts, `${JSON.stringify(counts, null, 4)}\n`);
    },
  },
  "time-sync-status": {
    run: (ceph) => {
      const skews = ceph.simulation.faults.standing("clock-skew");
      const entries = quorumRanks(ceph).map(({ name }) => {
        const skew = skews.find(({ monitor }) => monitor === name)?.seconds ?? 0;
        return [name, { skew, latency: 0, health: skew > 0 ? "HEALTH_WARN" : "HEALTH_OK" }] as const;
      });
      const timechecks = { epoch: ceph.cluster.monmap.electionEpoch, round: 2, round_status: "finished" };
      return shown({ time_skew_status: Object.fromEntries(entries), timechecks });
    },
  },
  "mon enable-msgr2": { run: () => ok("all monitors have already enabled msrg2") },
};
