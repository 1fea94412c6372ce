import * as pulumi from "@pulumi/pulumi";
import { mistake } from "../providers/kernel/program/mistake";
import { doggos } from "./doggos";
import { matrix } from "./matrix";
import { nexus } from "./nexus";

/** The clusters that this program describes; `proxmox:cluster` picks one, else the stack's name does. */
const clusters: Readonly<Record<string, () => Record<string, unknown>>> = { doggos, matrix, nexus };

const wanted = new pulumi.Config("proxmox").get("cluster") ?? pulumi.getStack();
const cluster = clusters[wanted];
if (!cluster)
  throw mistake(`no cluster "${wanted}"; set proxmox:cluster to one of: ${Object.keys(clusters).sort().join(", ")}`);

export = cluster();
