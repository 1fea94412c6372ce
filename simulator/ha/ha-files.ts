import { digestOf } from "../random.js";
import type { Ha, HaRule } from "../world/ha.js";
import type { Cluster } from "../world/world.js";

/** What is in /etc/pve/ha; nothing where no file is there. */
export const haOf = (cluster: Cluster): Ha => cluster.ha ?? { resources: {}, rules: {}, commands: [], active: {} };

/** The same to be changed. */
export const haIn = (cluster: Cluster): Ha => (cluster.ha ??= haOf(cluster));

const section = (type: string, id: string, lines: readonly string[]): string =>
  `${type}: ${id}\n${lines.map((line) => `\t${line}\n`).join("")}\n`;

/** resources.cfg as Proxmox writes it (recording 13-cluster-ops has its digest). */
const resourcesText = ({ resources }: Ha): string =>
  Object.entries(resources)
    .map(([sid, options]) => {
      const [type = "", name = ""] = sid.split(":");
      const keys = Object.keys(options).sort();
      return section(
        type,
        name,
        keys.map((key) => `${key} ${options[key]}`),
      );
    })
    .join("");

/** The options of a rule as they stand in the file and in an answer. */
export function ruleTexts(rule: HaRule): Record<string, string> {
  const { nodes, strict, affinity, disable, comment, resources } = rule;
  return {
    ...(affinity === undefined ? {} : { affinity }),
    ...(nodes === undefined ? {} : { nodes: nodesText(nodes) }),
    resources: [...resources].sort().join(","),
    ...(comment === undefined ? {} : { comment }),
    ...(disable ? { disable: "1" } : {}),
    ...(strict === undefined ? {} : { strict: strict ? "1" : "0" }),
  };
}

const nodesText = (nodes: Readonly<Record<string, number>>): string =>
  Object.keys(nodes)
    .sort()
    .map((node) => (nodes[node] ? `${node}:${nodes[node]}` : node))
    .join(",");

/** rules.cfg: what is needed first, then the rest (recording 13-cluster-ops has its digest). */
const rulesText = ({ rules }: Ha): string =>
  Object.entries(rules)
    .map(([id, rule]) =>
      section(
        rule.type,
        id,
        Object.entries(ruleTexts(rule)).map(([key, value]) => (key === "disable" ? key : `${key} ${value}`)),
      ),
    )
    .join("");

export const resourcesDigest = (ha: Ha): string => digestOf(resourcesText(ha));
export const rulesDigest = (ha: Ha): string => digestOf(rulesText(ha));
