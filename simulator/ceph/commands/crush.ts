import type { CrushMap, CrushRule, CrushType } from "../../world/crush.js";
import type { Ceph } from "../ceph.js";
import {
  addBucket,
  bucketById,
  bucketNamed,
  crushTypes,
  isDevice,
  parentOf,
  placeOsd,
  removeItem,
  replicatedRule,
  setClass,
  setWeight,
  typeId,
  weightOf,
  classView,
} from "../crush.js";
import { changeMap, pools } from "../osdmap.js";
import { remap } from "../peering.js";
import { hole, list, ok, optional, refused, shown, text, type Answer, type Args, type Commands } from "./command.js";

const mapOf = (ceph: Ceph) => ceph.cluster.osdmap.crush;

/** A change of the CRUSH map: data may belong elsewhere now. */
function changed(ceph: Ceph, answer: Answer): Answer {
  changeMap(ceph.cluster, ceph.now);
  remap(ceph.cluster, ceph.now);
  return answer;
}

function ruleJson(ceph: Ceph, rule: CrushRule): Record<string, unknown> {
  const bucket = bucketNamed(mapOf(ceph), rule.root);
  const shadow = rule.deviceClass === undefined ? undefined : bucket?.shadows[rule.deviceClass];
  const item = shadow ?? bucket?.id ?? -1;
  const item_name = rule.deviceClass === undefined ? rule.root : `${rule.root}~${rule.deviceClass}`;
  const isDomain = rule.failureDomain !== "osd";
  const op = `${isDomain ? "chooseleaf" : "choose"}_${rule.mode}`;
  return {
    ...{ rule_id: rule.id, rule_name: rule.name, type: rule.kind === "erasure" ? 3 : 1 },
    steps: [
      ...(rule.mode === "indep"
        ? [
            { op: "set_chooseleaf_tries", num: 5 },
            { op: "set_choose_tries", num: 100 },
          ]
        : []),
      ...[{ op: "take", item, item_name }, { op, num: 0, type: rule.failureDomain }, { op: "emit" }],
    ],
  };
}

const freeRuleId = (ceph: Ceph): number => {
  const used = mapOf(ceph).rules.map(({ id }) => id);
  let id = 0;
  while (used.includes(id)) id++;
  return id;
};

function createRule(ceph: Ceph, name: string, root: string, type: string, deviceClass: string | undefined): Answer {
  const map = mapOf(ceph);
  if (map.rules.some((rule) => rule.name === name)) return ok(`rule ${name} already exists`);
  if (!bucketNamed(map, root)) return refused("ENOENT", `root item ${root} does not exist`);
  const failureDomain = crushTypes.find((each) => each === type);
  if (failureDomain === undefined) return refused("EINVAL", `unknown type ${type}`);
  if (deviceClass !== undefined && !map.classNames.includes(deviceClass))
    return refused("EINVAL", `device class ${deviceClass} does not exist`);
  map.rules.push(replicatedRule(freeRuleId(ceph), name, root, failureDomain, deviceClass));
  map.version++;
  changeMap(ceph.cluster, ceph.now);
  return ok();
}

/** The rule of an erasure-coded pool, made from its profile; a text when the profile does not fit. */
export function createErasureRule(
  ceph: Ceph,
  name: string,
  profile: Readonly<Record<string, string>>,
): CrushRule | string {
  const map = mapOf(ceph);
  const known = map.rules.find((rule) => rule.name === name);
  if (known) return known;
  const deviceClass = profile["crush-device-class"];
  if (deviceClass && !map.classNames.includes(deviceClass)) return `device class ${deviceClass} does not exist`;
  const rule: CrushRule = {
    ...{ id: freeRuleId(ceph), name, kind: "erasure", root: profile["crush-root"] ?? "default", mode: "indep" },
    failureDomain: (profile["crush-failure-domain"] ?? "host") as CrushType | "osd",
    ...(deviceClass ? { deviceClass } : {}),
  };
  map.rules.push(rule);
  map.version++;
  return rule;
}

function removeRule(ceph: Ceph, name: string): Answer {
  const map = mapOf(ceph);
  const rule = map.rules.find((each) => each.name === name);
  if (!rule) return ok(`rule ${name} does not exist`);
  if (pools(ceph.cluster).some((pool) => pool.rule === rule.id))
    return refused("EBUSY", `crush rule ${name} (${rule.id}) is in use`);
  map.rules = map.rules.filter((each) => each !== rule);
  map.version++;
  changeMap(ceph.cluster, ceph.now);
  return ok();
}

function renameRule(ceph: Ceph, from: string, to: string): Answer {
  const { rules } = mapOf(ceph);
  const rule = rules.find(({ name }) => name === from);
  if (!rule) return refused("ENOENT", `source rule name '${from}' does not exist`);
  if (rules.some(({ name }) => name === to)) return refused("EEXIST", `destination rule name '${to}' already exists`);
  rule.name = to;
  changeMap(ceph.cluster, ceph.now);
  return ok();
}

const osdId = (word: string): number | undefined => {
  const digits = /^(?:osd\.)?(\d+)$/.exec(word)?.[1];
  return digits === undefined ? undefined : Number(digits);
};

function setClasses(ceph: Ceph, name: string, words: readonly string[]): Answer {
  const map = mapOf(ceph);
  const done: number[] = [];
  const said: string[] = [];
  for (const word of words) {
    const id = osdId(word);
    if (id === undefined || !ceph.cluster.osdmap.osds[id]) {
      said.push(`osd.${id ?? word} does not exist. `);
      continue;
    }
    const current = map.classes[id];
    if (current === name) {
      const none = `set-device-class item id ${id} name 'osd.${id}' device_class '${name}': no change. `;
      said.push(`osd.${id} already set to class ${name}. ${none}`);
      continue;
    }
    if (current !== undefined)
      return refused(
        "EBUSY",
        `osd.${id} has already bound to class '${current}', can not reset class to '${name}'; ` +
          "use 'ceph osd crush rm-device-class <id>' to remove old class first",
      );
    setClass(map, id, name);
    done.push(id);
  }
  return changed(ceph, ok(`${said.join("")}set osd(s) ${done.join(",")} to class '${name}'`));
}

/** The ids of its copies of the buckets are free again (recording 50, n 75). */
function forgetClass(map: CrushMap, name: string): void {
  map.classNames = map.classNames.filter((each) => each !== name);
  for (const bucket of map.buckets) delete bucket.shadows[name];
}

function removeClasses(ceph: Ceph, words: readonly string[]): Answer {
  const map = mapOf(ceph);
  const done: number[] = [];
  const said: string[] = [];
  for (const word of words) {
    const id = osdId(word);
    if (id === undefined || !ceph.cluster.osdmap.osds[id]) said.push(`osd.${id ?? word} does not exist. `);
    else if (map.classes[id] === undefined) said.push(`osd.${id} belongs to no class, `);
    else {
      const gone = map.classes[id];
      setClass(map, id, undefined);
      done.push(id);
      // a class that nothing has and no rule names goes with its last device
      const isUsed = Object.values(map.classes).includes(gone) || map.rules.some((rule) => rule.deviceClass === gone);
      if (!isUsed) forgetClass(map, gone);
    }
  }
  return changed(ceph, ok(`${said.join("")}done removing class of osd(s): ${done.join(",")}`));
}

function removeFromMap(ceph: Ceph, name: string): Answer {
  const map = mapOf(ceph);
  const id = /^osd\.(\d+)$/.test(name) ? osdId(name) : bucketNamed(map, name)?.id;
  const inMap = id !== undefined && (isDevice(id) ? parentOf(map, id) !== undefined : true);
  if (id === undefined || !inMap) return ok(`device '${name}' does not appear in the crush map`);
  if ((bucketById(map, id)?.items.length ?? 0) > 0) return refused("ENOTEMPTY", "(39) Directory not empty");
  removeItem(map, id);
  if (isDevice(id)) delete map.classes[id];
  else map.buckets = map.buckets.filter((bucket) => bucket.id !== id);
  return changed(ceph, ok(`removed item id ${id} name '${name}' from crush map`));
}

function move(ceph: Ceph, name: string, places: readonly string[]): Answer {
  const map = mapOf(ceph);
  const id = osdId(name) ?? bucketNamed(map, name)?.id;
  if (id === undefined) return refused("ENOENT", `item ${name} does not exist`);
  const [, target = ""] = (places[0] ?? "").split("=");
  const bucket = bucketNamed(map, target);
  if (!bucket) return hole;
  const own = bucketById(map, id);
  const weight = own ? weightOf(own) : (parentOf(map, id)?.items.find((item) => item.id === id)?.weight ?? 0);
  removeItem(map, id);
  bucket.items.push({ id, weight });
  setWeight(map, id, weight);
  map.version++;
  return changed(ceph, ok(`moved item id ${id} name '${name}' to location {${places.join(",")}} in crush map`));
}

function reweight(ceph: Ceph, name: string, weight: number): Answer {
  const id = osdId(name);
  if (id === undefined || !parentOf(mapOf(ceph), id))
    return refused("ENOENT", `device '${name}' does not appear in the crush map`);
  setWeight(mapOf(ceph), id, Math.floor(weight * 0x10000));
  return changed(ceph, ok(`reweighted item id ${id} name '${name}' to ${weight} in crush map`));
}

function dump(ceph: Ceph): Answer {
  const map = mapOf(ceph);
  const bucketJson = (id: number, name: string, source: ReturnType<typeof classView>): unknown => ({
    ...{ id, name, type_id: typeId(source.type), type_name: source.type, weight: weightOf(source) },
    ...{ alg: "straw2", hash: "rjenkins1" },
    items: source.items.map((item, pos) => ({ id: item.id, weight: item.weight, pos })),
  });
  const devices = [...new Set(map.buckets.flatMap(({ items }) => items.map(({ id }) => id)))].filter(isDevice);
  const buckets = map.buckets.flatMap((bucket) => [
    { id: bucket.id, json: bucketJson(bucket.id, bucket.name, bucket) },
    ...Object.entries(bucket.shadows).map(([name, id]) => ({
      id,
      json: bucketJson(id, `${bucket.name}~${name}`, classView(map, bucket, name)),
    })),
  ]);
  return shown({
    devices: devices
      .sort((a, b) => a - b)
      .map((id) => ({ id, name: `osd.${id}`, ...(map.classes[id] === undefined ? {} : { class: map.classes[id] }) })),
    types: crushTypes.map((name, type_id) => ({ type_id, name })),
    buckets: buckets.sort((a, b) => b.id - a.id).map(({ json }) => json),
    rules: map.rules.map((rule) => ruleJson(ceph, rule)),
    tunables: {
      ...{ choose_local_tries: 0, choose_local_fallback_tries: 0, choose_total_tries: 50, chooseleaf_descend_once: 1 },
      ...{ chooseleaf_vary_r: 1, chooseleaf_stable: 1, msr_descents: 100, msr_collision_tries: 100 },
      ...{ straw_calc_version: 1, allowed_bucket_algs: 54, profile: "jewel" },
      ...{ optimal_tunables: 1, legacy_tunables: 0, minimum_required_version: "jewel", require_feature_tunables: 1 },
      ...{ require_feature_tunables2: 1, has_v2_rules: 0, require_feature_tunables3: 1, has_v3_rules: 0 },
      ...{ has_v4_buckets: 1, require_feature_tunables5: 1, has_v5_rules: 0, has_msr_rules: 0 },
    },
    choose_args: {},
  });
}

const ruleDump = (ceph: Ceph, args: Args): Answer => {
  const { rules } = mapOf(ceph);
  const name = optional(args, "name");
  if (name === undefined) return shown(rules.map((rule) => ruleJson(ceph, rule)));
  const rule = rules.find((each) => each.name === name);
  return rule ? shown(ruleJson(ceph, rule)) : refused("ENOENT", `unknown crush rule '${name}'`);
};

export const crushCommands: Commands = {
  "osd crush rule ls": {
    run: (ceph) => {
      const names = mapOf(ceph).rules.map(({ name }) => name);
      return shown(names, names.map((name) => `${name}\n`).join(""));
    },
  },
  "osd crush rule dump": { args: "name?", run: ruleDump },
  "osd crush rule create-replicated": {
    args: "name root type class?",
    run: (ceph, args) =>
      createRule(ceph, text(args, "name"), text(args, "root"), text(args, "type"), optional(args, "class")),
  },
  "osd crush rule create-simple": {
    args: "name root type mode?",
    run: (ceph, args) => createRule(ceph, text(args, "name"), text(args, "root"), text(args, "type"), undefined),
  },
  "osd crush rule create-erasure": {
    args: "name profile?",
    run: (ceph, args) => {
      const name = text(args, "name");
      const profile = ceph.cluster.osdmap.erasureProfiles[optional(args, "profile") ?? "default"];
      if (!profile) return refused("ENOENT", `unknown erasure code profile '${text(args, "profile")}'`);
      if (mapOf(ceph).rules.some((rule) => rule.name === name)) return ok(`rule ${name} already exists`);
      const rule = createErasureRule(ceph, name, profile);
      if (typeof rule === "string") return refused("EINVAL", rule);
      changeMap(ceph.cluster, ceph.now);
      return ok(`created rule ${name} at ${rule.id}`);
    },
  },
  "osd crush rule rm": { args: "name", run: (ceph, args) => removeRule(ceph, text(args, "name")) },
  "osd crush rule rename": {
    args: "srcname dstname",
    run: (ceph, args) => renameRule(ceph, text(args, "srcname"), text(args, "dstname")),
  },
  "osd crush class ls": {
    run: (ceph) => shown(mapOf(ceph).classNames, `${JSON.stringify(mapOf(ceph).classNames)}\n`),
  },
  "osd crush class ls-osd": {
    args: "class",
    run: (ceph, args) => {
      const ids = Object.entries(mapOf(ceph).classes).filter(([, name]) => name === text(args, "class"));
      return shown(ids.map(([id]) => Number(id)));
    },
  },
  "osd crush class create": {
    args: "class",
    run: (ceph, args) => {
      const map = mapOf(ceph);
      const name = text(args, "class");
      if (map.classNames.includes(name)) return ok(`class '${name}' already exists`);
      map.classNames.push(name);
      changeMap(ceph.cluster, ceph.now);
      return ok(`created class ${name} with id ${map.classNames.length - 1} to crush map`);
    },
  },
  "osd crush class rm": {
    args: "class",
    run: (ceph, args) => {
      const map = mapOf(ceph);
      const name = text(args, "class");
      const at = map.classNames.indexOf(name);
      if (at < 0) return ok();
      const users = map.rules.filter(({ deviceClass }) => deviceClass === name).map((rule) => `'${rule.name}'`);
      if (users.length > 0)
        return refused("EBUSY", `class '${name}' still referenced by crush_rule(s): ${users.join(",")}`);
      forgetClass(map, name);
      for (const [id, of] of Object.entries(map.classes)) if (of === name) delete map.classes[id];
      return changed(ceph, ok(`removed class ${name} with id ${at} from crush map`));
    },
  },
  "osd crush get-device-class": {
    args: "ids*",
    run: (ceph, args) => {
      const rows = list(args, "ids").map((word) => ({
        osd: osdId(word) ?? -1,
        device_class: mapOf(ceph).classes[osdId(word) ?? -1] ?? "",
      }));
      return shown(rows, rows.map(({ device_class: name }) => `${name}\n`).join(""));
    },
  },
  "osd crush set-device-class": {
    args: "class ids*",
    run: (ceph, args) => setClasses(ceph, text(args, "class"), list(args, "ids")),
  },
  "osd crush rm-device-class": { args: "ids*", run: (ceph, args) => removeClasses(ceph, list(args, "ids")) },
  "osd crush dump": { run: dump },
  "osd crush remove": { args: "name ancestor?", run: (ceph, args) => removeFromMap(ceph, text(args, "name")) },
  "osd crush rm": { args: "name ancestor?", run: (ceph, args) => removeFromMap(ceph, text(args, "name")) },
  "osd crush add-bucket": {
    args: "name type",
    run: (ceph, args) => {
      const name = text(args, "name");
      const type = crushTypes.find((each) => each === text(args, "type"));
      if (bucketNamed(mapOf(ceph), name)) return ok(`bucket '${name}' already exists`);
      if (type === undefined || type === "osd") return refused("EINVAL", `type '${text(args, "type")}' does not exist`);
      addBucket(mapOf(ceph), name, type);
      return changed(ceph, ok(`added bucket ${name} type ${type} to crush map`));
    },
  },
  "osd crush move": { args: "name args*", run: (ceph, args) => move(ceph, text(args, "name"), list(args, "args")) },
  "osd crush reweight": {
    args: "name weight",
    run: (ceph, args) => reweight(ceph, text(args, "name"), Number(text(args, "weight"))),
  },
  "osd crush create-or-move": {
    args: "id# weight args*",
    run: (ceph, args) => {
      if (typeof args["id"] !== "number") return refused("EINVAL", "bad or missing field 'id'");
      const places = Object.fromEntries(list(args, "args").map((word) => word.split("=") as [string, string]));
      const weight = Math.floor(Number(text(args, "weight")) * 0x10000);
      placeOsd(mapOf(ceph), args["id"], weight, places["host"] ?? "", places["root"]);
      return changed(ceph, ok(`create-or-move updating item name 'osd.${args["id"]}'`));
    },
  },
  "osd crush get-tunable": {
    args: "tunable",
    run: (_ceph, args) =>
      text(args, "tunable") === "straw_calc_version" ? shown({ straw_calc_version: 1 }, "1\n") : hole,
  },
  "osd getcrushmap": { run: (ceph) => ({ rc: 0, plain: "<crush map>", status: String(mapOf(ceph).version) }) },
};
