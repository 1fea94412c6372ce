import { startSimulator } from "../simulator";
import { PROXY_RESTART_TIME } from "../simulator/node/restart-proxy";
import { bareConfig, bareWorld, rootOf } from "../test/support/bare-nodes";
import { DescribedStack, type Described } from "../test/support/described";
import { measureCpu } from "./cpu-time";
import { succeeded } from "./fleet";
import { result, type Result } from "./result";
import { TaskTimes } from "./task-times";

/** Simulated seconds per second: none are spared, for what the client itself needs is not scaled. */
const speed = 1;
const names = ["foxtrot", "golf", "hotel"];

const network = (node: string, at: number): Described[] => [
  {
    kind: "Bridge",
    name: `${node}-vmbr0`,
    args: {
      ...{ node, name: "vmbr0", adopt: true, ports: ["enp4s0"], restoreAfter: "20m" },
      ...{ address: `192.168.3.${5 + at}/24`, gateway: "192.168.3.1", vlanAware: true, vlanIds: [9] },
    },
    options: { retainOnDelete: true },
  },
  {
    kind: "Vlan",
    name: `${node}-vlan9`,
    args: { node, name: "vlan9", parent: "vmbr0", vlanId: 9, address: `192.168.8.${5 + at}/24`, restoreAfter: "20m" },
  },
];

/**
 * Three bare nodes to a cluster: their networks with one `up`, then the cluster with another, from the first write to the
 * last look. Its ideal is one after the other what takes simulated time: the task that makes the cluster, and for each
 * joining node its task and the restart of its pveproxy.
 */
export async function formation(): Promise<Result[]> {
  let first: number | undefined;
  let last = 0;
  const sim = await startSimulator({
    ...{ seed: bareWorld(), clock: "auto", speed },
    onRequest({ method, path }) {
      last = performance.now();
      if (method === "POST" && path === "/cluster/config") first ??= last;
    },
  });
  try {
    const networks = names.flatMap(network);
    const roots = Object.fromEntries(names.map((name) => [`ROOT_${name}`, rootOf(name)]));
    const config = bareConfig(sim);
    const own = Object.entries(config["proxmox:nodes"] as Record<string, object>).map(([name, one]) => [
      name,
      { ...one, password: `secret:ROOT_${name}` },
    ]);
    const lab = await DescribedStack.create(
      sim,
      networks,
      { ...config, "proxmox:nodes": Object.fromEntries(own) as object },
      roots,
    );
    const { stack } = lab;
    try {
      const since = (from: number) => sim.requests.slice(from);
      const reloads = (from: number) =>
        names.map((name) =>
          since(from).filter(({ method, path }) => method === "PUT" && path === `/nodes/${name}/network`),
        );
      succeeded(await stack.up());
      const most = Math.max(...reloads(0).map(({ length }) => length));
      const times = new TaskTimes(sim);
      const from = sim.requests.length;
      lab.describe([
        ...networks,
        {
          kind: "Cluster",
          name: "Matrix",
          args: { nodes: names.map((name, at) => ({ name, links: { 0: `192.168.8.${5 + at}` } })) },
        },
      ]);
      const start = performance.now();
      const { result: up, cpu } = await measureCpu(stack, () => stack.up());
      const wall = (performance.now() - start) / 1000;
      succeeded(up);
      if (first === undefined) throw new Error("no cluster was made");
      const ideal = (times.sum("clustercreate", "clusterjoin") + 2 * PROXY_RESTART_TIME) / 1000 / speed;
      const text = `the command ${wall.toFixed(1)} s, CPU ${cpu.total.toFixed(1)} s; ${routes(since(from))}`;
      process.stdout.write(`${text}\n\n`);
      return [
        result(`formation of three nodes to its path (${ideal.toFixed(1)} s)`, (last - first) / 1000 / ideal, 1.15),
        result("reloads per node of the networks' up", most, 1),
        result("reloads of the formation's up", reloads(from).flat().length, 0),
        result("requests of the formation's up", sim.requests.length - from),
      ];
    } finally {
      await stack.close();
    }
  } finally {
    await sim.close();
  }
}

function routes(requests: readonly { readonly method: string; readonly route?: string | undefined }[]): string {
  const count = new Map<string, number>();
  for (const { method, route = "" } of requests) {
    const key = route === "" ? method : route;
    count.set(key, (count.get(key) ?? 0) + 1);
  }
  return [...count]
    .sort((a, b) => b[1] - a[1])
    .map(([route, times]) => `${times} ${route}`)
    .join(", ");
}
