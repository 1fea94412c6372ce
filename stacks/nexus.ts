import * as pulumi from "../providers/kernel/program/sdk";
import { ProxmoxCluster } from "../index";
import { assertKnown, type Fact } from "./facts";

/** Two hosts, each by itself until told otherwise; nothing but their names is known. */
const nodes = ["alpha", "bravo"] as const;

const unknown: readonly Fact[] = [
  { keys: ["proxmox:endpoints"], find: "the address of the web interface of alpha, https://…:8006" },
  {
    keys: ["proxmox:fingerprints", "proxmox:ca"],
    find: "pvenode cert info on alpha prints the fingerprint of its certificate",
  },
  ...(["endpoint", "fingerprint", "password"] as const).map((field): Fact => ({
    keys: [`proxmox:nodes.bravo.${field}`],
    find: {
      endpoint: "the address of the web interface of bravo, https://…:8006",
      fingerprint: "pvenode cert info on bravo",
      password: "its root's, by reference: secret:NAME",
    }[field],
  })),
  {
    keys: ["pulumi-proxmox-cluster:subscription"],
    find: "true where pvesubscription get says active on both hosts, else false: packages then come without one",
  },
];

export function nexus(): Record<string, unknown> {
  assertKnown("nexus", unknown);
  const config = new pulumi.Config();
  const subscription = config.requireBoolean("subscription");
  const timeZone = config.get("timeZone");
  const cluster = new ProxmoxCluster("nexus", {
    nodes: Object.fromEntries(nodes.map((node) => [node, {}])),
    host: {
      // Without a subscription Ceph's enterprise repository, which the installer leaves on, goes off as well.
      repositories: { enterprise: subscription, "no-subscription": !subscription },
      ...(timeZone === undefined ? {} : { timeZone }),
    },
  });
  return { nodes: Object.keys(cluster.nodes) };
}
