import { liveMembers, liveNodes } from "../corosync.js";
import { deviceOf } from "../qnetd/votes.js";
import { FileError } from "../ssh/file-error.js";
import type { QuorumDevice } from "../world/qnetd.js";
import type { Corosync, CorosyncNode } from "../world/world.js";

interface Section {
  readonly values: Record<string, string>;
  readonly sections: [string, Section][];
}

/** `parse_conf` in PVE/Corosync.pm: comments and line ends mean nothing, a key ends with a colon, values are one word. */
function parse(text: string): Section {
  const words = text.replace(/#.*$/gm, "").split(/\s+/).filter(Boolean);
  const root: Section = { values: {}, sections: [] };
  const open: Section[] = [root];
  for (let at = 0; at < words.length; at++) {
    const [word = "", next] = [words[at], words[at + 1]];
    const section = open.at(-1) ?? root;
    if (next === "{") {
      const inner: Section = { values: {}, sections: [] };
      section.sections.push([word, inner]);
      open.push(inner);
      at++;
    } else if (word === "}") open.pop();
    else {
      if (!word.endsWith(":") || next === undefined) throw unbuilt(`'${word}'`);
      section.values[word.slice(0, -1)] = next;
      at++;
    }
  }
  return root;
}

/** What is not simulated of that file is an error here, and no silence. */
const unbuilt = (what: string) => new FileError("failure", `the simulator keeps no ${what} of corosync.conf`);

const all = ({ sections }: Section, name: string): Section[] =>
  sections.filter(([one]) => one === name).map(([, inner]) => inner);

function memberIn({ values }: Section): [string, CorosyncNode] {
  const { name, nodeid, quorum_votes: votes = "0", ...rest } = values;
  const links: Record<string, string> = {};
  for (const [key, address] of Object.entries(rest)) {
    const number = /^ring([0-7])_addr$/.exec(key)?.[1];
    if (number === undefined) throw unbuilt(`node.${key}`);
    links[number] = address;
  }
  if (name === undefined || nodeid === undefined) throw unbuilt("node without name or nodeid");
  if (Object.keys(links).length === 0) throw unbuilt("node without a link");
  return [name, { nodeid: Number(nodeid), votes: Number(votes), links }];
}

function deviceIn(root: Section): QuorumDevice | undefined {
  for (const { values, sections } of all(root, "quorum"))
    for (const name of [...Object.keys(values), ...sections.map(([one]) => one)])
      if (name !== "provider" && name !== "device") throw unbuilt(`quorum.${name}`);
  const [device] = all(root, "quorum").flatMap((quorum) => all(quorum, "device"));
  if (!device) return undefined;
  const { model = "", votes, ...more } = device.values;
  const [net] = all(device, "net");
  const strange = [...Object.keys(more), ...device.sections.map(([name]) => name).filter((name) => name !== "net")];
  if (strange[0] !== undefined) throw unbuilt(`quorum.device.${strange[0]}`);
  return { model, ...(votes === undefined ? {} : { votes: Number(votes) }), net: { ...net?.values } };
}

/** Of a node that corosync knows already it takes no other address for a link that goes on (`check_things_have_not_changed` in totemconfig.c). */
function hasMoved(was: Readonly<Record<string, CorosyncNode>>, is: Readonly<Record<string, CorosyncNode>>): boolean {
  const numbers = (nodes: typeof was) => new Set(Object.values(nodes).flatMap(({ links }) => Object.keys(links)));
  const [before, after] = [numbers(was), numbers(is)];
  return Object.values(is).some(({ nodeid, links }) => {
    const old = Object.values(was).find((one) => one.nodeid === nodeid);
    return [...after].some((number) => {
      const [from, to] = [old?.links[number], links[number]];
      return before.has(number) && from !== undefined && to !== undefined && from !== to;
    });
  });
}

/**
 * What is moved to /etc/pve/corosync.conf: pmxcfs hands it to corosync unless its version is lower than what corosync has
 * (`dcdb_sync_corosync_conf` in dcdb.c), and corosync takes it as a whole or goes on as it was.
 */
export function writeCorosyncConf(corosync: Corosync, text: string): void {
  const root = parse(text);
  const [list, totem] = [all(root, "nodelist")[0], all(root, "totem")[0]];
  const { config_version: version, cluster_name: name = "", ...rest } = totem?.values ?? {};
  if (!list || !totem || !/^\d+$/.test(version ?? "")) throw unbuilt("lack of a nodelist or a config_version");
  const device = deviceIn(root);
  const live = deviceOf(corosync);
  const before = {
    ...(live ? { device: live } : {}),
    configVersion: corosync.refused?.configVersion ?? corosync.configVersion,
    members: liveMembers(corosync),
    nodes: liveNodes(corosync),
  };
  corosync.nodes = Object.fromEntries(all(list, "node").map(memberIn));
  if (device) corosync.device = device;
  else delete corosync.device;
  corosync.configVersion = Number(version);
  corosync.text = { text, version: corosync.configVersion };
  corosync.totem = {
    ...rest,
    cluster_name: name,
    interface: Object.fromEntries(all(totem, "interface").map(({ values }) => [values["linknumber"] ?? "0", values])),
  };
  const ids = Object.values(corosync.nodes).map(({ nodeid }) => nodeid);
  const isTwice = new Set(ids).size !== ids.length;
  if (isTwice || corosync.configVersion < before.configVersion || hasMoved(before.nodes, corosync.nodes))
    corosync.refused = before;
  else delete corosync.refused;
}
