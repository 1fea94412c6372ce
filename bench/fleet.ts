import path from "node:path";
import { projectRoot } from "../cli/project";
import { startSimulator, type Simulator, type SimulatorOptions } from "../simulator";
import { image, labWorld, stackConfig, stackCredentials } from "../test/support/lab";
import { measureCpu, type Cpu } from "./cpu-time";
import { TestStack, type CommandResult } from "../test/support/stack";

/** What one command took. */
export interface Measured {
  readonly seconds: number;
  readonly cpu: Cpu;
  /** Requests that the cluster got. */
  readonly calls: number;
}

/** What the suite has every command write down, and nobody else does. */
const unwritten = { PROXMOX_REQUEST_LOG: "", PROXMOX_AUDIT_FILE: "" };

/** A stack of equal VMs on a simulated node that is large enough for all of them. */
export class MeasuredFleet {
  private constructor(
    readonly sim: Simulator,
    readonly stack: TestStack,
    private readonly options: { readonly full: boolean; readonly started: boolean },
  ) {}

  static async create(
    simulator: SimulatorOptions,
    options: { readonly full: boolean; readonly started: boolean },
    env: Record<string, string> = {},
  ): Promise<MeasuredFleet> {
    const world = labWorld();
    const sim = await startSimulator({ seed: world, ...simulator });
    const project = path.join(projectRoot, "bench", "fleet");
    const stack = await TestStack.create({
      project,
      deadlineMs: 1_800_000,
      env: { ...stackCredentials(sim), ...unwritten, ...env },
    });
    const fleet = new MeasuredFleet(sim, stack, options);
    fleet.resize(0);
    succeeded(await stack.up());
    for (const { volumes } of Object.values(sim.world.nodes))
      for (const held of Object.values(volumes))
        for (const [name, volume] of Object.entries(held))
          // A full image: then a clone takes as long as in the field.
          if (/^base-\d+-disk-0/.test(name)) volume.data = volume.size;
    return fleet;
  }

  resize(vms: number, tags = "bench"): void {
    this.stack.configure({
      ...stackConfig(this.sim),
      "proxmox:vmids": "2000-9999",
      "fleet:vms": String(vms),
      "fleet:tags": tags,
      "fleet:full": String(this.options.full),
      "fleet:started": String(this.options.started),
      "fleet:imageUrl": image.url,
      "fleet:imageChecksum": image.checksum,
    });
  }

  /** Runs a command and tells what it took; `BENCH_ROUTES` in the environment prints its requests by route. */
  async measure(run: () => Promise<CommandResult>): Promise<Measured> {
    const from = this.sim.requests.length;
    const start = performance.now();
    const { result, cpu } = await measureCpu(this.stack, run);
    const seconds = (performance.now() - start) / 1000;
    succeeded(result);
    const requests = this.sim.requests.slice(from);
    if (process.env["BENCH_ROUTES"] !== undefined) {
      const byRoute = new Map<string, number>();
      for (const { route = "" } of requests) byRoute.set(route, (byRoute.get(route) ?? 0) + 1);
      for (const [route, count] of [...byRoute].sort((a, b) => b[1] - a[1]))
        process.stderr.write(`${count} ${route}\n`);
    }
    return { seconds, cpu, calls: requests.length };
  }

  async close(): Promise<void> {
    await this.stack.close();
    await this.sim.close();
  }
}

export function succeeded({ code, stdout, stderr }: CommandResult): void {
  if (code !== 0) throw new Error(`a command failed:\n${stdout}${stderr}`);
}
