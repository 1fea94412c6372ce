import type { Cluster } from "../world/world.js";
import { emptyConf, type FirewallConf, type RuleEnv } from "./firewall-conf.js";
import { clusterFile } from "./firewall-files.js";
import { parseConf } from "./parse-firewall.js";
import { sdnSets } from "./sdn-sets.js";

/** FirewallTexts of files by their name, as they are or as they were read at some moment. */
type FirewallTexts = Readonly<Record<string, string>>;

type Warn = (text: string) => void;

/** What cluster.fw says (load_clusterfw_conf). `seconds`: what the node's clock says. */
export function loadCluster(cluster: Cluster, texts: FirewallTexts, seconds: number, warn?: Warn): FirewallConf {
  const sdn = sdnSets(cluster);
  const text = texts[clusterFile];
  if (text === undefined) return { ...emptyConf(), sdn };
  return parseConf(text, { env: "cluster", seconds, sdn }, prefixed(clusterFile, warn));
}

/** What the file of a node, a guest or a vnet says. */
export function loadConf(
  texts: FirewallTexts,
  name: string,
  env: RuleEnv,
  cluster: FirewallConf,
  seconds: number,
  warn?: Warn,
): FirewallConf {
  const text = texts[name];
  return text === undefined ? emptyConf() : parseConf(text, { env, cluster, seconds }, prefixed(name, warn));
}

const prefixed = (name: string, warn: Warn | undefined): Warn | undefined =>
  warn && ((text) => warn(`/etc/pve/${name} ${text}`));
