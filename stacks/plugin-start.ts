import * as pulumi from "../providers/kernel/program/sdk";
import { mayCome } from "../providers/kernel/program/coming-kinds";
import { stackId } from "../providers/kernel/identity/stack-identity";

/** A registration takes some turns until it is sent; waiting for more costs nothing. */
const turns = 8;

/** What every cluster here is made of, in the order in which the engine asks: described only after the plugin was started. */
const ofEveryCluster = [
  ...["AptRepository", "Vlan", "Bridge", "NetworkPort", "HostsEntries", "Cluster", "DatacenterOptions"],
  ...["CloudImage", "Template", "Vm"],
];

/**
 * Sends the first resource ahead, for which the engine starts the plugin: that takes as long as it does to describe a
 * whole cluster, and nothing is sent before that is done. In previews alone, where nothing is recorded: a program that
 * fails over its config leaves no resource. The cluster is not asked ahead: nothing tells yet that a resource is of it.
 */
export async function pluginStarts(): Promise<void> {
  if (!pulumi.runtime.isDryRun()) return;
  mayCome(...ofEveryCluster);
  void stackId();
  const stack = pulumi.runtime.getStackResource();
  // Before the engine knows the stack it is told of nothing in it.
  await new Promise<unknown>((resolve) => void pulumi.output(stack?.urn).apply(resolve));
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}
