import { startSimulator } from "../simulator";
import { bootTime } from "../simulator/ceph/osd-processes.js";
import { CephMachines, cephNodes } from "../test/support/ceph-lab";
import { DescribedStack, type Described } from "../test/support/described";
import { sshConfig } from "../test/support/lab";
import { measureCpu } from "./cpu-time";
import { succeeded } from "./fleet";
import { result, type Result } from "./result";
import { TaskTimes } from "./task-times";

/** Simulated seconds per second: none are spared, for what the client itself needs is not scaled. */
const speed = 1;
const serials: Readonly<Record<string, string>> = { foxtrot: "INVENTED5", golf: "INVENTED6", hotel: "INVENTED7" };

/** Two disks of each host, with two OSDs each. */
const osds = cephNodes.flatMap((node) =>
  [1, 2].map((disk): Described => ({
    kind: "CephOsd",
    name: `${node}-${disk}`,
    args: { node, serial: `${serials[node]}${disk}`, osdsPerDevice: 2, deviceClass: "nvme" },
  })),
);

/**
 * Twelve OSDs on six disks of three hosts whose monitors and managers run, with one `up`: from the first write to the last look.
 * Its ideal is what takes simulated time on the host that has the longest way: Proxmox makes OSDs of a node one disk after the
 * other, and the last of them boots.
 */
export async function osdCreation(): Promise<Result[]> {
  let first: number | undefined;
  let last = 0;
  const sim = await startSimulator({
    ...{ seed: await CephMachines.daemonsWorld(), clock: "auto", speed },
    onRequest({ method, path }) {
      last = performance.now();
      if (method === "POST" && path.endsWith("/ceph/osd")) first ??= last;
    },
  });
  try {
    const config = { ...sshConfig(sim), "proxmox:username": "root@pam", "proxmox:password": sim.password };
    const { stack } = await DescribedStack.create(sim, osds, config);
    try {
      const times = new TaskTimes(sim);
      const { sshRecords } = sim.simulation;
      const push = sshRecords.push.bind(sshRecords);
      sshRecords.push = (...records) => {
        last = performance.now();
        return push(...records);
      };
      const before = { requests: sim.requests.length, commands: sshRecords.length };
      const start = performance.now();
      const { result: up, cpu } = await measureCpu(stack, () => stack.up());
      const wall = (performance.now() - start) / 1000;
      succeeded(up);
      const { osdmap } = Object.values(sim.world.clusters)[0]?.ceph ?? {};
      const made = Object.values(osdmap?.osds ?? {}).filter((osd) => osd.up);
      if (first === undefined || made.length !== 12) throw new Error(`${made.length} OSDs are up, not 12`);
      const ideal = (times.onSlowestNode("cephcreateosd") + bootTime) / 1000 / speed;
      const text = `the command ${wall.toFixed(1)} s, CPU ${cpu.total.toFixed(1)} s`;
      process.stdout.write(`${text}\n\n`);
      return [
        result(`12 OSDs made to their path (${ideal.toFixed(1)} s)`, (last - first) / 1000 / ideal, 1.15),
        result("requests of their up", sim.requests.length - before.requests),
        result("commands by SSH of their up", sshRecords.length - before.commands),
      ];
    } finally {
      await stack.close();
    }
  } finally {
    await sim.close();
  }
}
