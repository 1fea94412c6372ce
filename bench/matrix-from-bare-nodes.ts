import fs from "node:fs";
import path from "node:path";
import { firstTime, standbyTime } from "../simulator/ceph/managers.js";
import { joinTime } from "../simulator/ceph/monitor-quorum.js";
import { bootTime } from "../simulator/ceph/osd-processes.js";
import { peeringTime } from "../simulator/ceph/peering.js";
import { INSTALL_SECONDS } from "../simulator/ceph/programs";
import { PROXY_RESTART_TIME } from "../simulator/node/restart-proxy";
import { BOOT_TIME } from "../simulator/qemu/guest-system";
import { startSimulator } from "../simulator";
import { bareMatrixStack } from "../test/support/bare-matrix";
import { bareWorld } from "../test/support/bare-nodes";
import { Publisher } from "../test/support/publisher";
import type { TestStack } from "../test/support/stack";
import { measureCpu } from "./cpu-time";
import { succeeded } from "./fleet";
import { peakOfPlugin } from "./memory-use";
import { result, type Result } from "./result";
import { TaskTimes } from "./task-times";

/** Simulated seconds per second: none are spared, for what the client itself needs is not scaled. */
const speed = Number(process.env["BENCH_SPEED"] ?? 1);
const joins = 2;
const cephNodes = 3;
const pools = 2;
/** Seconds of apt over SSH for sudo: what it would do, before and after the lists are refreshed, and the installation. */
const SUDO_SECONDS = 1 + 1 + 4;

/**
 * What takes simulated time between bare machines and running VMs, in the safe order. `serial`: one after the other,
 * whatever the node; else nodes work at the same time, each at one thing after the other.
 */
const stages: readonly { readonly tasks: readonly string[]; readonly serial?: true }[] = [
  // For sudo and, while monitors come, for the dashboard's package.
  { tasks: ["aptupdate"] },
  // One node after the other, so that a mistake shows on the first one.
  { tasks: ["srvreload"], serial: true },
  { tasks: ["clustercreate", "clusterjoin"], serial: true },
  // Proxmox takes one monitor at a time.
  { tasks: ["cephcreatemon"], serial: true },
  { tasks: ["cephcreatemgr"] },
  { tasks: ["cephcreateosd"] },
  { tasks: ["cephcreatepool"], serial: true },
  { tasks: ["download", "imgcopy", "qmcreate", "qmtemplate"] },
  { tasks: ["qmclone", "qmconfig", "resize", "qmstart"] },
];

/** Three bare machines to the whole of matrix with one `up`, from its first write to its last look. */
export async function matrix(): Promise<Result[]> {
  let first: number | undefined;
  let last = 0;
  const sim = await startSimulator({
    ...{ seed: bareWorld(), clock: "auto", speed },
    onRequest({ method, path: at }) {
      last = performance.now();
      if (method !== "GET" && at !== "/access/ticket") first ??= last;
    },
  });
  const publisher = await Publisher.start(sim.world);
  const stack = await bareMatrixStack(sim, publisher);
  try {
    const times = new TaskTimes(sim);
    const start = performance.now();
    let cpu = 0;
    const memory = await peakOfPlugin(stack, async () => {
      const measured = await measureCpu(stack, () => stack.up());
      cpu = measured.cpu.total;
      return measured.result;
    });
    const wall = (performance.now() - start) / 1000;
    if (first === undefined) throw new Error("nothing was made");
    const lasted = (last - first) / 1000;
    const unknown = times.types().filter((type) => !stages.some(({ tasks }) => tasks.includes(type)));
    if (unknown.length > 0) throw new Error(`no stage of the path has the tasks ${unknown.join(", ")}`);
    const spans: [string, number][] = stages.map(({ tasks, serial }) => [
      tasks.join(", "),
      serial ? times.sum(...tasks) : times.onSlowestNode(...tasks),
    ]);
    spans.push(
      ["pveproxy of joined nodes", joins * PROXY_RESTART_TIME],
      ["Ceph's packages", INSTALL_SECONDS * 1000],
      ["sudo", SUDO_SECONDS * 1000],
    );
    spans.push(
      ["monitors that join", (cephNodes - 1) * joinTime],
      ["the first manager, and the others", firstTime + standbyTime],
      ["the last OSDs' boot", bootTime],
      ["placement groups of pools that become active", pools * peeringTime],
      ["the guests' boot", BOOT_TIME],
    );
    const ideal = spans.reduce((sum, [, ms]) => sum + ms, 0) / 1000 / speed;
    const parts = spans.map(([what, ms]) => `${(ms / 1000).toFixed(1)} s ${what}`).join("; ");
    const bytes = stateBytes(stack);
    process.stdout.write(`the command ${wall.toFixed(1)} s, CPU ${cpu.toFixed(1)} s\nthe path: ${parts}\n\n`);
    const from = sim.requests.length;
    succeeded(await stack.up());
    return [
      result(`matrix from bare machines to its path (${ideal.toFixed(1)} s)`, lasted / ideal, 1.15),
      result("matrix: MB of the plugin", memory, 250),
      result("matrix: KB of state in total", bytes / 1000),
      result("matrix: requests of its up", from),
      result("matrix: requests of an up without changes", sim.requests.length - from),
    ];
  } finally {
    await stack.close();
    await publisher.close();
    await sim.close();
  }
}

const stateBytes = ({ folder, name }: TestStack): number =>
  fs.statSync(path.join(folder, "state", ".pulumi", "stacks", "pulumi-proxmox-cluster", `${name}.json`)).size;
