import * as pulumi from "@pulumi/pulumi";
import { mistake } from "../providers/kernel/program/mistake";
import { doggos } from "./doggos";
import { matrix } from "./matrix";
import { nexus } from "./nexus";
import { pluginStarts } from "./plugin-start";

/** The clusters that this program describes; `proxmox:cluster` picks one, else the stack's name does. */
const clusters: Readonly<Record<string, () => Record<string, unknown>>> = { doggos, matrix, nexus };

async function cluster(): Promise<Record<string, unknown>> {
  const wanted = new pulumi.Config("proxmox").get("cluster") ?? pulumi.getStack();
  const describe = clusters[wanted];
  if (!describe)
    throw mistake(`no cluster "${wanted}"; set proxmox:cluster to one of: ${Object.keys(clusters).sort().join(", ")}`);
  await pluginStarts();
  return describe();
}

export = cluster;
