import { mediaByName } from "../simulator/storage/media";
import { VmLab } from "../test/simulator/qemu/vm-lab";
import { DEFAULT_LIMITS } from "../pve/limits";
import { result, type Result } from "./result";

/** How many full clones are at work at once. */
const widths = [1, 2, 3, 4, 6, 8, 12];
const sizes = [50, 200];
const rows = Object.keys(mediaByName).length * sizes.length;
/** Simulated milliseconds from a clone's end to the next one's begin: it must be noticed, and asked for. */
const gap = 500;
/** Simulated milliseconds of a start. */
const startTime = 1500;
const GiB = 2 ** 30;

/**
 * Simulated seconds from the first clone to the last VM's start on each kind of medium, by the number of clones at once.
 * Time is simulated altogether and nothing of the client is in it: the same on every machine.
 */
export async function limits(): Promise<Result[]> {
  const results: Result[] = [];
  const lines = [["clones of 4 GiB", "VMs", ...widths.map(String)]];
  const ratios = new Map(widths.map((width) => [width, 0]));
  for (const medium of Object.keys(mediaByName) as (keyof typeof mediaByName)[])
    for (const vms of sizes) {
      const seconds = new Map<number, number>();
      for (const width of widths) seconds.set(width, await lastStart(medium, vms, width));
      const best = Math.min(...seconds.values());
      for (const [width, taken] of seconds) ratios.set(width, (ratios.get(width) ?? 0) + taken / best / rows);
      lines.push([medium, String(vms), ...[...seconds.values()].map((taken) => taken.toFixed(0))]);
    }
  lines.push(["mean of the ratios to the best", "", ...[...ratios.values()].map((ratio) => ratio.toFixed(2))]);
  process.stdout.write(`${lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n")}\n`);
  const least = Math.min(...ratios.values());
  for (const limit of ["node", "storage"] as const)
    results.push(
      result(
        `full clones with the default limit per ${limit}, ${DEFAULT_LIMITS[limit]}, to the best limit, mean of all media`,
        (ratios.get(DEFAULT_LIMITS[limit]) ?? Infinity) / least,
        1.02,
      ),
    );
  return results;
}

async function lastStart(medium: keyof typeof mediaByName, vms: number, width: number): Promise<number> {
  const lab = new VmLab("manual", "empty:1");
  await lab.create(100, { scsi0: "local-lvm:4" });
  for (const volume of Object.values(lab.node.volumes["lvmthin:pve/data"] ?? {})) volume.data = 4 * GiB;
  if ((await lab.run("POST", "/100/template")) !== "OK") throw new Error("no template");
  lab.cluster.media = { "local-lvm": mediaByName[medium] };
  const { clock, tasks } = lab.simulation;
  const begun = clock.now();
  const cloning = new Map<string, number>();
  let next = 0;
  let starting = 0;
  let due = 0;
  const asked: true[] = [];
  const failed: string[] = [];
  const clone = async (): Promise<void> => {
    const vmid = 101 + next++;
    cloning.set(await lab.get<string>("POST", "/100/clone", { newid: vmid, full: 1 }), vmid);
  };
  while (next < Math.min(width, vms)) await clone();
  while (cloning.size > 0 || due > 0 || starting > 0) {
    if (!clock.runNext()) throw new Error("time stands still");
    for (const [upid, vmid] of cloning)
      if (!tasks.isActive(upid)) {
        if (lab.task(upid).status !== "OK") failed.push(`${vmid}: ${lab.task(upid).status}`);
        cloning.delete(upid);
        starting++;
        clock.schedule(gap + startTime, () => starting--);
        if (next + due < vms) {
          due++;
          clock.schedule(gap, () => asked.push(true));
        }
      }
    while (asked.pop()) {
      due--;
      await clone();
    }
  }
  if (failed.length > 0) throw new Error(failed.join("\n"));
  return (clock.now() - begun) / 1000;
}
