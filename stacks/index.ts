import * as pulumi from "../providers/kernel/program/sdk";
import { leaveOutLeakTraces } from "../providers/kernel/program/leak-traces";
import { mistake } from "../providers/kernel/program/mistake";
import { pluginStarts } from "./plugin-start";

type Describe = () => Record<string, unknown>;

const load = <M>(path: string): M => require(path) as M;

/**
 * The clusters that this program describes; `proxmox:cluster` picks one, else the stack's name does. What describes one,
 * and the library with it, is loaded while the plugin starts.
 */
const clusters: Readonly<Record<string, () => Describe>> = {
  doggos: () => load<typeof import("./doggos")>("./doggos").doggos,
  matrix: () => load<typeof import("./matrix")>("./matrix").matrix,
  nexus: () => load<typeof import("./nexus")>("./nexus").nexus,
};

async function cluster(): Promise<Record<string, unknown>> {
  const wanted = new pulumi.Config("proxmox").get("cluster") ?? pulumi.getStack();
  const describe = clusters[wanted];
  if (!describe)
    throw mistake(`no cluster "${wanted}"; set proxmox:cluster to one of: ${Object.keys(clusters).sort().join(", ")}`);
  leaveOutLeakTraces();
  await pluginStarts();
  return describe()();
}

export = cluster;
