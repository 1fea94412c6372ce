import path from "node:path";
import { projectRoot } from "../cli/project";
import { startSimulator } from "../simulator";
import { bareMatrixStack } from "../test/support/bare-matrix";
import { bareWorld } from "../test/support/bare-nodes";
import { Publisher } from "../test/support/publisher";
import { TestStack } from "../test/support/stack";
import { measureCpu } from "./cpu-time";
import { MeasuredFleet, succeeded } from "./fleet";
import { result, type Result } from "./result";

const rounds = 7;

/** Previews of large and of small programs, in turns with those of two boxes that do nothing. */
export const previews = async (): Promise<Result[]> => [...(await matrixPreview()), ...(await fleetPreview(100))];

/** CPU time says more than time on a machine that others use too. */
async function fleetPreview(vms: number): Promise<Result[]> {
  const fleet = await MeasuredFleet.create({}, { full: false, started: false });
  fleet.resize(vms);
  const tiny = await tinyStack(fleet.stack.folder);
  try {
    const best = { fleet: Infinity, tiny: Infinity };
    for (let round = 0; round < rounds; round++)
      for (const [name, stack] of [
        ["tiny", tiny],
        ["fleet", fleet.stack],
      ] as const) {
        const { result: command, cpu } = await measureCpu(stack, () => stack.preview());
        succeeded(command);
        best[name] = Math.min(best[name], cpu.total);
      }
    return [
      result(`CPU of a preview of ${vms} VMs to that of the smallest dynamic program`, best.fleet / best.tiny, 2.5),
      result(`CPU seconds of a preview of ${vms} VMs`, best.fleet),
      result("CPU seconds of a preview of the smallest dynamic program", best.tiny),
    ];
  } finally {
    await tiny.close();
    await fleet.close();
  }
}

const tinyStack = (folder: string): Promise<TestStack> =>
  TestStack.create({ project: path.join(projectRoot, "test", "fixtures", "tiny"), env: { TINY_WORLD: folder } });

/**
 * The best of several previews of the whole of matrix, Ceph included: before there is anything of it but bare machines, and when
 * all of it is there and nothing is to be done, as in every review.
 */
async function matrixPreview(): Promise<Result[]> {
  const sim = await startSimulator({ seed: bareWorld(), clock: "auto", speed: 20 });
  const publisher = await Publisher.start(sim.world);
  const matrix = await bareMatrixStack(sim, publisher);
  const tiny = await tinyStack(matrix.folder);
  try {
    const best = { tiny: Infinity, bare: Infinity, matrix: Infinity };
    const turns = async (names: readonly ["tiny", "bare" | "matrix"]): Promise<void> => {
      for (let round = 0; round < rounds; round++)
        for (const name of names) {
          const start = performance.now();
          succeeded(await (name === "tiny" ? tiny : matrix).preview());
          best[name] = Math.min(best[name], (performance.now() - start) / 1000);
        }
    };
    await turns(["tiny", "bare"]);
    const made = await matrix.up();
    succeeded(made);
    await turns(["tiny", "matrix"]);
    return [
      result(
        `preview of all of matrix (${made.changeSummary["create"]} resources) to that of the smallest dynamic program`,
        best.matrix / best.tiny,
        1.5,
      ),
      result("seconds of the preview of matrix", best.matrix),
      result("seconds of the first preview of matrix, from bare machines", best.bare),
      result("seconds of the preview of the smallest dynamic program", best.tiny),
    ];
  } finally {
    await tiny.close();
    await matrix.close();
    await publisher.close();
    await sim.close();
  }
}
