import type { ConfigOption } from "../../world/ceph.js";
import type { Ceph } from "../ceph.js";
import { hole, ok, optional, refused, shown, text, type Answer, type Args, type Commands } from "./command.js";

interface Known {
  readonly kind: "uint" | "bool" | "str" | "float" | "size";
  readonly value: string | number | boolean;
  readonly level?: "basic" | "advanced" | "dev";
  readonly fixedAtRuntime?: boolean;
}

/** Options that the simulator knows with type and default; what it does not know it does not answer. */
const options: Readonly<Record<string, Known>> = {
  mon_allow_pool_delete: { kind: "bool", value: false },
  mon_allow_pool_size_one: { kind: "bool", value: false },
  mon_max_pg_per_osd: { kind: "uint", value: 250 },
  mon_osd_down_out_interval: { kind: "uint", value: 600 },
  mon_data_avail_warn: { kind: "uint", value: 30 },
  auth_allow_insecure_global_id_reclaim: { kind: "bool", value: true },
  osd_max_backfills: { kind: "uint", value: 1 },
  osd_recovery_max_active: { kind: "uint", value: 0 },
  osd_mclock_profile: { kind: "str", value: "balanced" },
  osd_mclock_override_recovery_settings: { kind: "bool", value: false },
  osd_mclock_max_capacity_iops_ssd: { kind: "float", value: 21500, level: "basic" },
  osd_mclock_max_capacity_iops_hdd: { kind: "float", value: 315, level: "basic" },
  osd_memory_target: { kind: "size", value: 4294967296, level: "basic" },
  osd_min_pg_log_entries: { kind: "uint", value: 250 },
  osd_max_pg_log_entries: { kind: "uint", value: 10000 },
  osd_scrub_begin_hour: { kind: "uint", value: 0 },
  osd_pool_default_size: { kind: "uint", value: 3 },
  osd_pool_default_min_size: { kind: "uint", value: 0 },
  osd_pool_default_pg_num: { kind: "uint", value: 32 },
  osd_pool_default_pg_autoscale_mode: { kind: "str", value: "on" },
  osd_crush_chooseleaf_type: { kind: "uint", value: 1, fixedAtRuntime: true },
  public_network: { kind: "str", value: "", fixedAtRuntime: true },
  cluster_network: { kind: "str", value: "", fixedAtRuntime: true },
  "mgr/pg_autoscaler/threshold": { kind: "float", value: 3 },
};

/** What is not known but begins like Ceph's options may well exist: that is a hole, not a refusal. */
const families =
  /^(?:osd|mon|mgr|mds|client|rbd|bluestore|bluefs|ms|auth|debug|rgw|rocksdb|public|cluster|err|log|fsid|host)\b|^(?:osd|mon|mgr|mds|client|rbd|bluestore|bluefs|ms|auth|debug|rgw|cluster|public)_|^mgr\//;

const normal = (name: string): string => name.replaceAll(" ", "_");

function checked(value: string, kind: Known["kind"]): string | Answer {
  if (kind === "bool") {
    if (/^(?:true|1|yes|on)$/.test(value)) return "true";
    if (/^(?:false|0|no|off)$/.test(value)) return "false";
    return refused("EINVAL", `error parsing value: Expected option value to be integer, got '${value}'`);
  }
  if (kind === "uint") {
    if (/^-\d+$/.test(value))
      return refused("EINVAL", "error parsing value: strict_sistrtoll: value should not be negative");
    if (!/^\d+$/.test(value))
      return refused("EINVAL", "error parsing value: strict_si_cast: unit prefix not recognized");
    return value;
  }
  if (kind === "size") {
    const [, digits, unit = ""] = /^(\d+)([KMGT]?)i?B?$/.exec(value) ?? [];
    if (digits === undefined)
      return refused("EINVAL", "error parsing value: strict_iecstrtoll: unit prefix not recognized");
    return String(Number(digits) * 1024 ** " KMGT".indexOf(unit || " "));
  }
  if (kind === "float") {
    if (!/^-?\d+(?:\.\d+)?$/.test(value))
      return refused("EINVAL", `error parsing value: strict_strtod: expected double, got: '${value}'`);
    return Number(value).toFixed(6);
  }
  return value;
}

/** `osd/class:nvme` in section and mask. */
function target(who: string): { section: string; mask: string } | Answer {
  const [section = "", ...masks] = who.split("/");
  if (!/^(?:global|(?:mon|mgr|osd|mds|client)(?:\..*)?)$/.test(section))
    return refused("EINVAL", `unrecognized config target '${who}'`);
  return { section: section.replace(/\.$/, ""), mask: masks.join("/") };
}

const isAnswer = (value: unknown): value is Answer => typeof value === "object" && value !== null && "rc" in value;

function set(ceph: Ceph, args: Args): Answer {
  const { config } = ceph.cluster;
  const raw = text(args, "name");
  const name = normal(raw);
  const known = options[name];
  const place = target(text(args, "who"));
  if (isAnswer(place)) return place;
  if (!known && args["force"] !== true)
    return families.test(name) && !/-/.test(raw) && !/nosuch/.test(raw)
      ? hole
      : refused("EINVAL", `unrecognized config option '${raw}'`);
  const value = known ? checked(text(args, "value"), known.kind) : text(args, "value");
  if (isAnswer(value)) return value;
  // mClock takes it back at once unless it was told not to (FACT 15)
  const isMclock =
    /^osd_(?:max_backfills|recovery_max_active)$/.test(name) && place.section === "osd" && place.mask === "";
  if (isMclock && ceph.configured("osd", "osd_mclock_override_recovery_settings") !== "true") {
    ceph.cluster.configVersion += 2;
    return ok("");
  }
  const found = config.find((each) => each.section === place.section && each.mask === place.mask && each.name === name);
  if (found) found.value = value;
  else config.push({ ...place, name, value });
  ceph.cluster.configVersion++;
  return ok("");
}

function remove(ceph: Ceph, args: Args): Answer {
  const place = target(text(args, "who"));
  if (isAnswer(place)) return place;
  const name = normal(text(args, "name"));
  const isIt = (each: ConfigOption): boolean =>
    each.section === place.section && each.mask === place.mask && each.name === name;
  if (ceph.cluster.config.some(isIt)) ceph.cluster.configVersion++;
  ceph.cluster.config = ceph.cluster.config.filter((each) => !isIt(each));
  return ok("");
}

const typed = (kind: Known["kind"] | undefined, value: string): unknown => {
  if (kind === "bool") return value === "true";
  return kind === "uint" || kind === "size" || kind === "float" ? Number(value) : value;
};

function get(ceph: Ceph, args: Args): Answer {
  const who = text(args, "who");
  if (!/^(?:global|(?:mon|mgr|osd|mds|client)(?:\.\S*)?)$/.test(who))
    return refused("EINVAL", `unrecognized entity '${who}'`);
  const key = optional(args, "key");
  const section = who.replace(/\.$/, "");
  if (key === undefined) {
    const set = applicable(ceph, section);
    return shown(
      Object.fromEntries(
        set.map(({ name, value, section: of }) => [
          name,
          { value, section: of, mask: {}, can_update_at_runtime: true },
        ]),
      ),
    );
  }
  const name = normal(key);
  const known = options[name];
  if (!known)
    return families.test(name) && !/nosuch/.test(name) ? hole : refused("ENOENT", `unrecognized key '${key}'`);
  const value = applicable(ceph, section).findLast((each) => each.name === name)?.value ?? String(known.value);
  if (known.kind === "str") return { rc: 0, plain: `${value}\n` };
  return shown(typed(known.kind, value), `${value}\n`);
}

/** Options that hold for an entity, the least special first. */
function applicable(ceph: Ceph, entity: string): ConfigOption[] {
  const kind = entity.split(".")[0] ?? entity;
  const id = Number(entity.split(".")[1]);
  const deviceClass = ceph.cluster.osdmap.crush.classes[id];
  const host = ceph.cluster.osdmap.osds[id]?.node;
  const fits = ({ mask }: ConfigOption): boolean =>
    mask === "" || mask === `class:${deviceClass}` || mask === `host:${host}`;
  return [...new Set(["global", kind, entity])].flatMap((section) =>
    ceph.cluster.config.filter((each) => each.section === section && fits(each)),
  );
}

const sections = ["global", "mon", "mgr", "osd", "mds", "client"];
const order = (section: string): string => `${sections.indexOf(section.split(".")[0] ?? "")}${section}`;

export function configDump(ceph: Ceph): Record<string, unknown>[] {
  return [...ceph.cluster.config]
    .sort((a, b) => (order(a.section) + a.mask + a.name < order(b.section) + b.mask + b.name ? -1 : 1))
    .map(({ section, mask, name, value }) => ({
      ...{ section, name, value, level: options[name]?.level ?? "advanced" },
      ...{ can_update_at_runtime: options[name]?.fixedAtRuntime !== true, mask },
    }));
}

/** Columns as wide as what is in them; of one option, whose mask is empty, the mask is as wide as its head. */
function dumpPlain(ceph: Ceph): string {
  const heads = ["WHO", "MASK", "LEVEL", "OPTION", "VALUE", "RO"];
  const rows = configDump(ceph).map((row) => [
    ...["section", "mask", "level", "name", "value"].map((key) => String(row[key])),
    row["can_update_at_runtime"] === true ? "" : "*",
  ]);
  const widths = heads.map((head, at) => Math.max(head.length, ...rows.map((row) => (row[at] ?? "").length)));
  return [heads, ...rows]
    .map((row) => `${row.map((cell, at) => (at === 5 ? cell.padEnd(2) : cell.padEnd(widths[at] ?? 0))).join("  ")}\n`)
    .join("");
}

/** The database of options stands among the keys as well. */
const allKeys = (ceph: Ceph): Record<string, string> => ({
  ...ceph.cluster.configKeys,
  ...Object.fromEntries(
    ceph.cluster.config.map(({ section, mask, name, value }) => [
      `config/${section}/${mask === "" ? "" : `${mask}/`}${name}`,
      value,
    ]),
  ),
});

export const configurationCommands: Commands = {
  "config set": { args: "who name value force!", run: set },
  "config rm": { args: "who name", run: remove },
  "config get": { args: "who key?", run: get },
  "config dump": { run: (ceph) => shown(configDump(ceph), dumpPlain(ceph)) },
  "config generate-minimal-conf": {
    run: (ceph) => {
      const mons = ceph.cluster.monmap.mons.map(({ address }) => `[v2:${address}:3300/0,v1:${address}:6789/0]`);
      const { fsid } = ceph.cluster;
      return {
        rc: 0,
        plain: `# minimal ceph.conf for ${fsid}\n[global]\n\tfsid = ${fsid}\n\tmon_host = ${mons.join(" ")}\n`,
      };
    },
  },
  "config-key set": {
    args: "key val?",
    run: (ceph, args) => {
      ceph.cluster.configKeys[text(args, "key")] = optional(args, "val") ?? "";
      return ok(`set ${text(args, "key")}`);
    },
  },
  "config-key get": {
    args: "key",
    run: (ceph, args) => {
      const value = ceph.cluster.configKeys[text(args, "key")];
      return value === undefined ? refused("ENOENT", "") : { rc: 0, plain: value };
    },
  },
  "config-key exists": {
    args: "key",
    run: (ceph, args) => {
      const key = text(args, "key");
      return key in ceph.cluster.configKeys
        ? ok(`key '${key}' exists`)
        : refused("ENOENT", `key '${key}' doesn't exist`);
    },
  },
  "config-key rm": {
    args: "key",
    run: (ceph, args) => {
      delete ceph.cluster.configKeys[text(args, "key")];
      return ok("key deleted");
    },
  },
  "config-key ls": { run: (ceph) => shown(Object.keys(ceph.cluster.configKeys).sort()) },
  "config-key dump": {
    args: "key?",
    run: (ceph, args) => {
      const prefix = optional(args, "key") ?? "";
      return shown(Object.fromEntries(Object.entries(allKeys(ceph)).filter(([key]) => key.startsWith(prefix))));
    },
  },
};
