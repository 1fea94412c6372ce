import type { CephPool } from "../../world/ceph.js";
import type { Ceph } from "../ceph.js";
import { autoscaleStatus } from "./autoscale-status.js";
import { changeMap, poolNamed, pools } from "../osdmap.js";
import { wantPgs } from "../pg-numbers.js";
import { newPool, removePool, tooManyPgs, defaultSize } from "../pools.js";
import { bytesOf, objectsOf } from "../osd-usage.js";
import { createErasureRule } from "./crush.js";
import {
  errno,
  flag,
  hole,
  ok,
  optional,
  refused,
  shown,
  text,
  type Answer,
  type Args,
  type Commands,
} from "./command.js";
import { pgRange, poolValues, setPoolValue } from "./pool-values.js";

const unknown = (name: string): Answer => refused("ENOENT", `unrecognized pool '${name}'`);

function withPool(ceph: Ceph, args: Args, act: (pool: CephPool) => Answer): Answer {
  const pool = poolNamed(ceph.cluster, text(args, "pool"));
  return pool ? act(pool) : unknown(text(args, "pool"));
}

/** An existing name is no error, and neither is one that begins with a dot, though nothing is made (FACT 12). */
function create(ceph: Ceph, args: Args): Answer {
  const name = text(args, "pool");
  const kind = optional(args, "pool_type") ?? "replicated";
  const known = poolNamed(ceph.cluster, name);
  if (name === "") return refused("EINVAL", "(22) Invalid argument");
  if (kind !== "replicated" && kind !== "erasure") return refused("EINVAL", `unknown pool type '${kind}'`);
  if (known) {
    if (known.kind !== kind) return refused("EINVAL", `pool '${name}' cannot change to type ${kind}`);
    return ok(`pool '${name}' already exists`);
  }
  if (name.startsWith(".")) return ok("pool names beginning with . are not allowed");
  const { osdmap } = ceph.cluster;
  const profileName = optional(args, "erasure_code_profile") ?? "default";
  const wanted = Number(optional(args, "pg_num") ?? 0);
  // without a number it begins with one PG and grows when the autoscaler may (recording 30, n 13)
  const mode = optional(args, "autoscale_mode") ?? ceph.option("mon", "osd_pool_default_pg_autoscale_mode") ?? "on";
  const grows = args["pg_num"] === undefined && mode === "on";
  const byDefault = Number(ceph.option("mon", "osd_pool_default_pg_num") ?? 32);
  const pgNum = wanted > 0 ? wanted : grows ? 1 : byDefault;
  if (pgNum > 65_536) return refused("ERANGE", pgRange);
  let rule = osdmap.crush.rules[0];
  const ruleName =
    optional(args, "rule") ?? (kind === "replicated" ? optional(args, "erasure_code_profile") : undefined);
  if (kind === "erasure") {
    const profile = osdmap.erasureProfiles[profileName];
    if (!profile) return refused("ENOENT", `specified erasure code profile '${profileName}' doesn't exist`);
    const made = createErasureRule(ceph, optional(args, "rule") ?? name, profile);
    if (typeof made === "string") return refused("EINVAL", made);
    rule = made;
  } else if (ruleName !== undefined) {
    rule = osdmap.crush.rules.find((each) => each.name === ruleName);
    if (!rule) return refused("ENOENT", `specified rule ${ruleName} doesn't exist`);
  }
  if (!rule) return refused("ENOENT", "No suitable CRUSH rule exists, check 'osd pool default crush *' config options");
  const size = Number(optional(args, "size") ?? defaultSize(ceph));
  const many = tooManyPgs(ceph, { pgNum, size: kind === "erasure" ? 3 : size, rule });
  if (many !== undefined) return refused("ERANGE", many);
  const profile = kind === "erasure" ? { erasureProfile: profileName } : {};
  const pool = newPool(ceph, { name, pgNum, size, kind, rule: rule.id, ...profile });
  for (const key of ["pg_num_min", "pg_num_max", "target_size_ratio", "target_size_bytes"]) {
    const value = optional(args, key);
    if (value !== undefined) pool.options[key] = Number(value);
  }
  pool.autoscale = mode as CephPool["autoscale"];
  if (flag(args, "bulk")) pool.flags.push("bulk");
  if (grows) wantPgs(ceph.cluster, pool, byDefault, ceph.now);
  return ok(`pool '${name}' created`);
}

function remove(ceph: Ceph, args: Args): Answer {
  const name = text(args, "pool");
  const pool = poolNamed(ceph.cluster, name);
  if (!pool) return ok(`pool '${name}' does not exist`);
  if (optional(args, "pool2") !== name || !flag(args, "yes_i_really_really_mean_it"))
    return refused(
      "EPERM",
      `WARNING: this will *PERMANENTLY DESTROY* all data stored in pool ${name}.  If you are *ABSOLUTELY CERTAIN* that is what you want, pass the pool name *twice*, followed by --yes-i-really-really-mean-it.`,
    );
  const users = ceph.cluster.fs.filesystems.filter(
    (fs) => fs.metadataPool === pool.id || fs.dataPools.includes(pool.id),
  );
  if (users.length > 0) return refused("EBUSY", `pool '${name}' is in use by CephFS`);
  if (ceph.option("mon", "mon_allow_pool_delete") !== "true")
    return refused(
      "EPERM",
      "pool deletion is disabled; you must first set the mon_allow_pool_delete config option to true before you can destroy a pool",
    );
  if (pool.flags.includes("nodelete"))
    return refused("EPERM", "pool deletion is disabled; you must unset nodelete flag for the pool first");
  removePool(ceph, pool);
  // the rule that was made for it goes with it (FACT 16)
  const { crush } = ceph.cluster.osdmap;
  if (pool.kind === "erasure" && !pools(ceph.cluster).some(({ rule }) => rule === pool.rule))
    crush.rules = crush.rules.filter(({ id }) => id !== pool.rule);
  return ok(`pool '${name}' removed`);
}

function get(ceph: Ceph, args: Args): Answer {
  const [name, variable] = [text(args, "pool"), text(args, "var")];
  const pool = poolNamed(ceph.cluster, name);
  if (!pool) return unknown(name);
  const all = poolValues(ceph, pool);
  const plainOf = (key: string): string => `${key}: ${key === "use_gmt_hitset" ? 1 : String(all[key])}\n`;
  if (variable === "all") {
    // as text the greatest number of PGs comes last (recording 10)
    const keys = Object.keys(all).sort((a, b) => Number(a === "pg_num_max") - Number(b === "pg_num_max"));
    return shown({ pool: name, pool_id: pool.id, ...all }, keys.map(plainOf).join(""));
  }
  if (Object.hasOwn(all, variable))
    return shown({ pool: name, pool_id: pool.id, [variable]: all[variable] }, plainOf(variable));
  if (variable === "erasure_code_profile" || variable === "allow_ec_overwrites")
    return refused("EACCES", `pool '${name}' is not a erasure pool: variable not applicable`);
  const settable = [
    "target_size_ratio",
    "target_size_bytes",
    "pg_num_min",
    "pg_num_max",
    "compression_mode",
    "compression_algorithm",
    "pg_autoscale_bias",
    "compression_required_ratio",
  ];
  if (settable.includes(variable)) return refused("ENOENT", `option '${variable}' is not set on pool '${name}'`);
  return refused("EINVAL", `pool '${name}': invalid variable: '${variable}'`);
}

function enableApplication(ceph: Ceph, pool: CephPool, app: string, sure: boolean): Answer {
  if (Object.keys(pool.applications).some((each) => each !== app) && !(app in pool.applications) && !sure)
    return refused(
      "EPERM",
      `Are you SURE? Pool '${pool.name}' already has an enabled application; pass --yes-i-really-mean-it to proceed anyway`,
    );
  pool.applications = Object.fromEntries(
    Object.entries({ ...pool.applications, [app]: pool.applications[app] ?? {} }).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  changeMap(ceph.cluster, ceph.now);
  return ok(`enabled application '${app}' on pool '${pool.name}'`);
}

function rename(ceph: Ceph, from: string, to: string): Answer {
  const pool = poolNamed(ceph.cluster, from);
  if (!pool && poolNamed(ceph.cluster, to))
    return ok(`pool '${from}' does not exist; pool '${to}' does -- assuming successful rename`);
  if (!pool) return unknown(from);
  if (poolNamed(ceph.cluster, to)) return refused("EEXIST", `pool '${to}' already exists`);
  pool.name = to;
  changeMap(ceph.cluster, ceph.now);
  return ok(`pool '${from}' renamed to '${to}'`);
}

function setQuota(ceph: Ceph, pool: CephPool, field: string, value: string): Answer {
  const [, digits = "0", unit = ""] = /^(\d+)([KMGT]?)/.exec(value) ?? [];
  const number = Number(digits) * 1024 ** " KMGT".indexOf(unit || " ");
  if (field !== "max_bytes" && field !== "max_objects")
    return refused("EINVAL", `unrecognized field '${field}'; should be 'max_bytes' or 'max_objects'`);
  if (field === "max_bytes") pool.quotaBytes = number;
  else pool.quotaObjects = number;
  changeMap(ceph.cluster, ceph.now);
  return ok(`set-quota ${field} = ${number} for pool ${pool.name}`);
}

export const poolCommands: Commands = {
  "osd pool create": { args: "pool pg_num? pgp_num? pool_type? erasure_code_profile? rule? bulk!", run: create },
  "osd pool delete": { args: "pool pool2? yes_i_really_really_mean_it!", run: remove },
  "osd pool rm": { args: "pool pool2? yes_i_really_really_mean_it!", run: remove },
  "osd pool get": {
    args: "pool var",
    run: (ceph, args) => (args["var"] === undefined ? hole : get(ceph, args)),
  },
  "osd pool set": {
    args: "pool var val yes_i_really_mean_it!",
    run: (ceph, args) => withPool(ceph, args, (pool) => setPoolValue(ceph, pool, args)),
  },
  "osd pool rename": {
    args: "srcpool destpool",
    run: (ceph, args) => rename(ceph, text(args, "srcpool"), text(args, "destpool")),
  },
  "osd pool set-quota": {
    args: "pool field val",
    run: (ceph, args) => withPool(ceph, args, (pool) => setQuota(ceph, pool, text(args, "field"), text(args, "val"))),
  },
  "osd pool get-quota": {
    args: "pool",
    run: (ceph, args) =>
      withPool(ceph, args, (pool) =>
        shown({
          ...{ pool_name: pool.name, pool_id: pool.id, quota_max_objects: pool.quotaObjects },
          ...{ current_num_objects: objectsOf(ceph.cluster, pool), quota_max_bytes: pool.quotaBytes },
          current_num_bytes: bytesOf(ceph.cluster, pool),
        }),
      ),
  },
  "osd pool application enable": {
    args: "pool app yes_i_really_mean_it!",
    run: (ceph, args) =>
      withPool(ceph, args, (pool) =>
        enableApplication(ceph, pool, text(args, "app"), flag(args, "yes_i_really_mean_it")),
      ),
  },
  "osd pool application disable": {
    args: "pool app yes_i_really_mean_it!",
    run: (ceph, args) =>
      withPool(ceph, args, (pool) => {
        const app = text(args, "app");
        if (!flag(args, "yes_i_really_mean_it"))
          return refused(
            "EPERM",
            "Are you SURE? Disabling an application within a pool might result in loss of application functionality; pass --yes-i-really-mean-it to proceed anyway",
          );
        delete pool.applications[app];
        changeMap(ceph.cluster, ceph.now);
        return ok(`disable application '${app}' on pool '${pool.name}'`);
      }),
  },
  "osd pool application get": {
    args: "pool?",
    run: (ceph, args) => {
      if (args["pool"] === undefined)
        return shown(Object.fromEntries(pools(ceph.cluster).map(({ name, applications }) => [name, applications])));
      return withPool(ceph, args, ({ applications }) => shown(applications));
    },
  },
  "osd pool autoscale-status": { module: true, run: autoscaleStatus },
  "osd pool stats": {
    args: "pool_name?",
    manager: true,
    run: (ceph, args) => {
      const name = optional(args, "pool_name");
      const wanted = pools(ceph.cluster).filter((pool) => name === undefined || pool.name === name);
      if (wanted.length === 0) return unknown(name ?? "");
      return shown(
        wanted.map((pool) => ({
          pool_name: pool.name,
          pool_id: pool.id,
          recovery: {},
          recovery_rate: {},
          client_io_rate: {},
        })),
      );
    },
  },
  "osd erasure-code-profile ls": {
    run: (ceph) => {
      const names = Object.keys(ceph.cluster.osdmap.erasureProfiles).sort();
      return shown(names, names.map((name) => `${name}\n`).join(""));
    },
  },
  "osd erasure-code-profile get": {
    args: "name",
    run: (ceph, args) => {
      const profile = ceph.cluster.osdmap.erasureProfiles[text(args, "name")];
      if (!profile) return refused("ENOENT", `unknown erasure code profile '${text(args, "name")}'`);
      return shown(
        profile,
        Object.entries(profile)
          .map(([key, value]) => `${key}=${value}\n`)
          .join(""),
      );
    },
  },
  "osd erasure-code-profile set": { args: "name profile* force! yes_i_really_mean_it!", run: setProfile },
  "osd erasure-code-profile rm": {
    args: "name",
    run: (ceph, args) => {
      const { osdmap } = ceph.cluster;
      const name = text(args, "name");
      if (!osdmap.erasureProfiles[name]) return ok(`erasure-code-profile ${name} does not exist`);
      const user = pools(ceph.cluster).find((pool) => pool.erasureProfile === name);
      if (user) return refused("EBUSY", `${user.name} pool(s) are using the erasure code profile '${name}'`);
      delete osdmap.erasureProfiles[name];
      changeMap(ceph.cluster, ceph.now);
      return ok("");
    },
  },
};

function setProfile(ceph: Ceph, args: Args): Answer {
  const { osdmap } = ceph.cluster;
  const name = text(args, "name");
  const given = Object.fromEntries(
    (Array.isArray(args["profile"]) ? (args["profile"] as string[]) : []).map(
      (word) => word.split("=") as [string, string],
    ),
  );
  const { k = "2", m = "2", plugin = "isa" } = given;
  if (!/^\d+$/.test(k))
    return refused(
      "EINVAL",
      `could not convert k=${k} to int because Expected option value to be integer, got '${k}', set to default 7`,
    );
  if (Number(k) < 2) return refused("EINVAL", `k=${k} must be >= 2`);
  if (Number(m) < 1) return refused("EINVAL", `m=${m} must be >= 1`);
  if (plugin !== "isa" && plugin !== "jerasure") return { ...hole, rc: -errno.EIO };
  const domain = given["crush-failure-domain"] ?? "host";
  const profile: Record<string, string> = {
    ...{ "crush-device-class": given["crush-device-class"] ?? "", "crush-failure-domain": domain },
    ...{ "crush-num-failure-domains": "0", "crush-osds-per-failure-domain": "0" },
    ...{
      "crush-root": given["crush-root"] ?? "default",
      k,
      m,
      plugin,
      technique: given["technique"] ?? "reed_sol_van",
    },
  };
  if (
    !["osd", "host", "chassis", "rack", "row", "datacenter", "zone", "region", "root", "room", "pod", "pdu"].includes(
      domain,
    )
  ) {
    const asGiven = [...Object.entries({ ...given, plugin, technique: "reed_sol_van" })]
      .sort()
      .map((pair) => pair.join("="));
    return refused(
      "EINVAL",
      `erasure-code-profile {${asGiven.join(",")}} contains an invalid failure-domain "${domain}"`,
    );
  }
  const line = (each: Readonly<Record<string, string>>): string =>
    `{${Object.entries(each)
      .map((pair) => pair.join("="))
      .join(",")}}`;
  const known = osdmap.erasureProfiles[name];
  if (known && line(known) === line(profile)) return ok("");
  if (known && !flag(args, "force"))
    return refused(
      "EPERM",
      `will not override erasure code profile ${name} because the existing profile ${line(known)} is different from the proposed profile ${line(profile)}`,
    );
  if (known && !flag(args, "yes_i_really_mean_it"))
    return refused(
      "EPERM",
      "overriding erasure code profile can be DANGEROUS; add --yes-i-really-mean-it to do it anyway",
    );
  osdmap.erasureProfiles[name] = profile;
  changeMap(ceph.cluster, ceph.now);
  return ok("");
}
