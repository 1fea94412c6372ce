import type { CrushBucket, CrushMap } from "../world/crush.js";
import { bucketById, crushTypes, isDevice, weightOf } from "./crush.js";

const tunables = [
  ...["choose_local_tries 0", "choose_local_fallback_tries 0", "choose_total_tries 50", "chooseleaf_descend_once 1"],
  ...["chooseleaf_vary_r 1", "chooseleaf_stable 1", "straw_calc_version 1", "allowed_bucket_algs 54"],
];

const fixed = (weight: number): string => (weight / 0x10000).toFixed(5);

/** The map as `crushtool -d` writes it; buckets come after those that they hold. */
export function crushText(map: CrushMap): string {
  const devices = [...new Set(map.buckets.flatMap(({ items }) => items.map(({ id }) => id)))].filter(isDevice);
  const deviceLine = (id: number): string =>
    `device ${id} osd.${id}${map.classes[id] === undefined ? "" : ` class ${map.classes[id]}`}`;
  const ordered: CrushBucket[] = [];
  const visit = (bucket: CrushBucket): void => {
    for (const { id } of bucket.items) {
      const child = bucketById(map, id);
      if (child) visit(child);
    }
    if (!ordered.includes(bucket)) ordered.push(bucket);
  };
  for (const bucket of map.buckets) visit(bucket);
  const nameOf = (id: number): string => (isDevice(id) ? `osd.${id}` : (bucketById(map, id)?.name ?? ""));
  const bucketLines = (bucket: CrushBucket): string =>
    [
      `${bucket.type} ${bucket.name} {`,
      `\tid ${bucket.id}\t\t# do not change unnecessarily`,
      ...Object.entries(bucket.shadows).map(
        ([name, id]) => `\tid ${id} class ${name}\t\t# do not change unnecessarily`,
      ),
      `\t# weight ${fixed(weightOf(bucket))}`,
      "\talg straw2",
      "\thash 0\t# rjenkins1",
      ...bucket.items.map(({ id, weight }) => `\titem ${nameOf(id)} weight ${fixed(weight)}`),
      "}",
    ].join("\n");
  const rules = map.rules.map((rule) =>
    [
      `rule ${rule.name} {`,
      `\tid ${rule.id}`,
      `\ttype ${rule.kind}`,
      ...(rule.mode === "indep" ? ["\tstep set_chooseleaf_tries 5", "\tstep set_choose_tries 100"] : []),
      `\tstep take ${rule.root}${rule.deviceClass === undefined ? "" : ` class ${rule.deviceClass}`}`,
      `\tstep ${rule.failureDomain === "osd" ? "choose" : "chooseleaf"} ${rule.mode} 0 type ${rule.failureDomain}`,
      "\tstep emit",
      "}",
    ].join("\n"),
  );
  return [
    "# begin crush map",
    ...tunables.map((line) => `tunable ${line}`),
    "\n# devices",
    ...devices.sort((a, b) => a - b).map(deviceLine),
    "\n# types",
    ...crushTypes.map((name, id) => `type ${id} ${name}`),
    "\n# buckets",
    ...ordered.map(bucketLines),
    "\n# rules",
    ...rules,
    "\n# end crush map\n",
  ].join("\n");
}
