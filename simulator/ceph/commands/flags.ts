import type { OsdFlag } from "../../world/ceph.js";
import type { Ceph } from "../ceph.js";
import { changeMap } from "../osdmap.js";
import { list, ok, refused, text, type Answer, type Args, type Commands } from "./command.js";

const settable: readonly OsdFlag[] = [
  ...(["noup", "nodown", "noout", "noin", "nobackfill", "norebalance", "norecover", "noscrub"] as const),
  ...(["nodeep-scrub", "notieragent", "nosnaptrim"] as const),
];
const ofGroups: readonly string[] = ["noup", "nodown", "noin", "noout"];

function change(ceph: Ceph, key: string, on: boolean): Answer {
  const { osdmap } = ceph.cluster;
  const word = on ? "set" : "unset";
  if (key === "noautoscale") return ok(`noautoscale is ${word}`);
  const flags: OsdFlag[] = key === "pause" ? ["pauserd", "pausewr"] : settable.filter((each) => each === key);
  if (flags.length === 0) return refused("EINVAL", `unrecognized flag '${key}'`);
  const others = osdmap.flags.filter((each) => !flags.includes(each));
  osdmap.flags = on ? [...others, ...flags] : others;
  changeMap(ceph.cluster, ceph.now);
  return ok(`${flags.join(",")} is ${word}`);
}

/** Flags of single OSDs, hosts and device classes. */
function changeGroup(ceph: Ceph, args: Args, on: boolean): Answer {
  const { osdmap } = ceph.cluster;
  const flags = text(args, "flags").split(/[,\s]+/);
  const bad = flags.find((each) => !ofGroups.includes(each));
  if (bad !== undefined)
    return refused("EINVAL", `unrecognized flag '${bad}', must be one of {noup,nodown,noin,noout}`);
  const said: string[] = [];
  for (const who of list(args, "who")) {
    const id = /^(?:osd\.)?(\d+)$/.exec(who)?.[1];
    const isGroup = osdmap.crush.buckets.some(({ name }) => name === who) || osdmap.crush.classNames.includes(who);
    if (id === undefined && !isGroup)
      return refused("EINVAL", `unable to parse osd id or crush node or device class: "${who}". `);
    if (id !== undefined && !osdmap.osds[id]) {
      said.push(`osd.${id} does not exist. `);
      continue;
    }
    const key = id === undefined ? who : `osd.${id}`;
    const others = (osdmap.groupFlags[key] ?? []).filter((each) => !flags.includes(each));
    const now = on ? [...others, ...(flags as OsdFlag[])] : others;
    if (now.length > 0) osdmap.groupFlags[key] = now;
    else delete osdmap.groupFlags[key];
  }
  changeMap(ceph.cluster, ceph.now);
  return ok(said.join(""));
}

export const flagCommands: Commands = {
  "osd set": { args: "key", run: (ceph, args) => change(ceph, text(args, "key"), true) },
  "osd unset": { args: "key", run: (ceph, args) => change(ceph, text(args, "key"), false) },
  "osd set-group": { args: "flags who*", run: (ceph, args) => changeGroup(ceph, args, true) },
  "osd unset-group": { args: "flags who*", run: (ceph, args) => changeGroup(ceph, args, false) },
  ...Object.fromEntries(
    (
      [
        ["osd set-full-ratio", "fullRatio"],
        ["osd set-backfillfull-ratio", "backfillfullRatio"],
        ["osd set-nearfull-ratio", "nearfullRatio"],
      ] as const
    ).map(([name, key]) => [
      name,
      {
        args: "ratio",
        run: (ceph: Ceph, args: Args) => {
          ceph.cluster.osdmap[key] = Number(text(args, "ratio"));
          changeMap(ceph.cluster, ceph.now);
          return ok(`${name} ${text(args, "ratio")}`);
        },
      },
    ]),
  ),
};
