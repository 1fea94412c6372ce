import { z } from "zod";
import { isAddress } from "../../pve/format/address";
import { oneSpelling } from "../../pve/format/cidr";
import type { Model } from "../kernel/resource-kind";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import { effectsOf } from "../kernel/fields/effects";
import { fingerprint } from "../kernel/session/address-fields";
import { fields, optional, required } from "../kernel/fields/field";
import { namedBy } from "../kernel/named.model";
import type { OwnEffect } from "../kernel/state/changes";
import type { Problem } from "../kernel/state/problems";

const nodeName = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
const linkNumber = z.string().regex(/^[0-7]$/, "links have the numbers 0 to 7");
const whole = (min: number, max: number) =>
  z.number().int("write a whole number").min(min, `at least ${min}`).max(max, `at most ${max}`);

const memberSchema = fields({
  name: required("Name of the node.", z.string().regex(nodeName, "write the node's name, as `hostname` prints it"), {
    proxmox: "the node's own name",
  }),
  links: optional(
    'Its addresses for corosync by the number of the link: `{ 0: "10.0.8.5", 1: "10.0.9.5" }`. All nodes have the same ' +
      "links. Of a cluster that runs they are changed one after the other, over SSH: a new one comes before an old one goes, " +
      "and an address is changed while another link carries the cluster.",
    z.record(linkNumber, z.string().refine(isAddress, "write an IPv4 or IPv6 address that the node has")),
    { proxmox: "`link0` … `link7`", default: "link 0, with the address that its name leads to" },
  ),
  votes: optional("Votes that it has. Those of a member are changed over SSH.", whole(1, 255), {
    key: "votes",
    unset: 1,
  }),
  nodeId: optional("Its number for corosync. That of a member is not changed.", whole(1, 1_000_000), {
    key: "nodeid",
    default: "the lowest that is free and that no other node of the program names",
  }),
  replaces: optional(
    "Replaces a machine of this name that is dead: the SHA-256 fingerprint of its certificate, as the output " +
      "`fingerprints` tells it. While the cluster knows the node by that one, and it is offline, what the cluster has of it " +
      "goes, as with a node that leaves, and then the machine that `proxmox:nodes` has under this name joins. It may stay there afterwards.",
    fingerprint.clone(),
    { default: "nothing is replaced" },
  ),
});

const membersSchema = z
  .array(memberSchema)
  .min(1, "name at least the node that the cluster is made on")
  .max(32, "more than 32 nodes are beyond what corosync was made for")
  .superRefine((nodes, ctx) => {
    const wrong = (path: (string | number)[], message: string) => ctx.addIssue({ code: "custom", path, message });
    const said = new Map<string, string>();
    const once = (key: string, owner: string, path: (string | number)[], message: (owner: string) => string): void => {
      const before = said.get(key);
      if (before !== undefined) wrong(path, message(before));
      else said.set(key, owner);
    };
    const numbers = Object.keys(nodes[0]?.links ?? { 0: "" }).sort();
    nodes.forEach(({ name, links, nodeId }, at) => {
      once(`node ${name.toLowerCase()}`, name, [at, "name"], () => "is named twice; name each node once");
      if (nodeId !== undefined)
        once(`id ${nodeId}`, name, [at, "nodeId"], (owner) => `is that of ${owner} too; give each node its own`);
      for (const [number, address] of Object.entries(links ?? {}))
        once(
          `address ${oneSpelling(address)}`,
          `link ${number} of ${name}`,
          [at, "links", number],
          (owner) => `is that of ${owner} too; every link of every node has its own address`,
        );
      const own = Object.keys(links ?? { 0: "" }).sort();
      if (own.join() !== numbers.join())
        wrong(
          [at, "links"],
          `has link ${own.join(", ") || "none"}, and ${nodes[0]?.name ?? ""} has ${numbers.join(", ") || "none"}: all nodes have the same links`,
        );
    });
  });

const shape = {
  name: required(
    "Name of the cluster; it cannot be changed.",
    z
      .string()
      .max(15, "may have 15 characters")
      .regex(/^[a-z](?:[a-z0-9-]*[a-z0-9])?$/i, "write letters, digits and -, with a letter first and no - at the end"),
    { key: "clustername", effect: "live", default: "the resource's name" },
  ),
  nodes: required(
    "The nodes. The cluster is made on the first one, and the others join it one after the other, in this order. A " +
      "node that is added later joins then. One that is taken off the list leaves: it becomes a Proxmox of its own, and what " +
      "the cluster has of it goes, unless guests, Ceph's daemons, replication jobs, HA services or the quorum keep it.",
    membersSchema,
    { effect: "live" },
  ),
  linkPriorities: optional(
    "Priorities of links by their numbers, 0 to 255: of those that work, corosync takes the one with the highest. " +
      "Those of a cluster that runs are changed over SSH.",
    z.record(linkNumber, whole(0, 255)),
    { effect: "live", proxmox: "`priority` of `link0` … `link7`", default: "0" },
  ),
  twoNode: optional(
    "Says that two nodes are meant: when one of them is away, the other one cannot be changed. Not needed beside a " +
      "`ClusterQdevice` of the same program, which helps against that.",
    z.boolean(),
    { effect: "live", unset: false },
  ),
  destroyOnDelete: optional(
    "Its name once more: then a deletion takes the cluster apart, over SSH. Each node becomes a Proxmox of its own that keeps the " +
      "users, storages, options and certificates of the cluster, and can join again. It is refused while there are guests, HA " +
      "services, replication jobs, Ceph's daemons or a QDevice, while a node is away, or the program does not name a member. " +
      "All nodes stand in `proxmox:nodes`. A replacement takes nothing apart.",
    z.string(),
    { effect: "live", default: "a deletion leaves the cluster running" },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
};

const clusterSchema = fields(shape).superRefine(({ name, nodes, linkPriorities, destroyOnDelete }, ctx) => {
  if (destroyOnDelete !== undefined && destroyOnDelete !== name)
    ctx.addIssue({
      code: "custom",
      path: ["destroyOnDelete"],
      message: `is not the name of the cluster: write ${JSON.stringify(name)} to let a deletion take it apart, or leave it out`,
    });
  const used = new Set(nodes.flatMap(({ links }) => Object.keys(links ?? { 0: "" })));
  for (const number of Object.keys(linkPriorities ?? {}))
    if (!used.has(number))
      ctx.addIssue({ code: "custom", path: ["linkPriorities", number], message: "no node has a link of this number" });
});

export type ClusterInputs = z.infer<typeof clusterSchema>;
export type MemberInputs = ClusterInputs["nodes"][number];

/** What a change does to a cluster, beside what it may do to any object. */
const ownClusterEffects: readonly OwnEffect[] = [
  { name: "leave", meaning: "leave, of a node that is taken out" },
  { name: "links", meaning: "links, of corosync while the cluster runs" },
  { name: "join", meaning: "join, of a node that is there" },
];

export const clusterModel: Model = {
  schema: clusterSchema,
  effects: effectsOf(clusterSchema),
  ownEffects: ownClusterEffects,
  sensitive: [],
  defaults: namedBy("name"),
  transition: (inputs, was) => refusedChanges(inputs, was),
  same: (_path, wanted, live) =>
    typeof wanted === "string" && typeof live === "string"
      ? oneSpelling(wanted) === oneSpelling(live)
      : wanted === live,
};

/** What is not done to a cluster that is there: told while nothing has been done yet. */
function refusedChanges(inputs: Partial<ClusterInputs>, was: Partial<ClusterInputs>): Problem[] {
  const problems: Problem[] = [];
  if (inputs.name !== undefined && was.name !== undefined && inputs.name !== was.name)
    problems.push({ path: "name", message: `a cluster cannot be renamed; write ${was.name}` });
  const before = new Map((was.nodes ?? []).map((node) => [node.name, node]));
  inputs.nodes?.forEach(({ name, nodeId, replaces }, at) => {
    const old = before.get(name);
    // Another machine may have another number.
    const isAnother = replaces !== undefined && replaces !== old?.replaces;
    if (isAnother || nodeId === undefined || old?.nodeId === undefined || nodeId === old.nodeId) return;
    problems.push({
      path: `nodes[${at}].nodeId`,
      message: `is ${old.nodeId}: the number of a member cannot be changed; take the node out, and let it join again`,
    });
  });
  return problems;
}

/** How a member is another one than described; what is not described is not compared. */
export function differencesOf(wanted: MemberInputs, there: Omit<MemberInputs, "name">): Problem[] {
  const problems: Problem[] = [];
  for (const [number, address] of Object.entries(wanted.links ?? {})) {
    const live = there.links?.[number];
    if (there.links === undefined || (live !== undefined && oneSpelling(live) === oneSpelling(address))) continue;
    problems.push({ path: `links.${number}`, message: `is ${live ?? "not there"}` });
  }
  for (const key of ["votes", "nodeId"] as const)
    if (wanted[key] !== undefined && there[key] !== undefined && wanted[key] !== there[key])
      problems.push({ path: key, message: `is ${there[key]}` });
  return problems;
}
