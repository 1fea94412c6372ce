import { threeNodes } from "./three-nodes";
import type { World } from "../../simulator";

const nodes = ["foxtrot", "golf", "hotel"];

/** Three nodes with VMs that have no disks, which take no time to move: on which node, and whether it runs. */
export function haWorld(vms: Readonly<Record<number, { readonly node: string; readonly running: boolean }>>): World {
  const world = threeNodes();
  const [cluster] = Object.values(world.clusters);
  if (!cluster) throw new Error("a world without a cluster");
  cluster.guests = {};
  for (const [key, { node, running }] of Object.entries(vms)) {
    const vmid = Number(key);
    cluster.guests[key] = {
      ...{ vmid, type: "qemu", node, pending: {}, pendingDelete: {}, snapshots: {} },
      config: { name: `vm${vmid}`, memory: "512", smbios1: `uuid=00000000-0000-4000-8000-000000000${vmid}` },
      ...(running ? { running: { pid: vmid, since: world.time, booting: world.time } } : {}),
    };
  }
  return world;
}

/** Five VMs by their place in a list of choices: the third one is stopped. */
export const fiveVms = (): World =>
  haWorld(Object.fromEntries([0, 1, 2, 3, 4].map((i) => [100 + i, { node: nodes[i % 3] ?? "", running: i !== 2 }])));
