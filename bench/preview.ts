import path from "node:path";
import { projectRoot } from "../cli/project";
import { startSimulator } from "../simulator";
import { labWorld } from "../test/support/lab";
import { matrixStack } from "../test/support/matrix-stack";
import { Publisher } from "../test/support/publisher";
import { TestStack } from "../test/support/stack";
import { succeeded } from "./fleet";
import { result, type Result } from "./result";

const rounds = 7;

/** The best of several previews of the matrix cluster, in turns with those of two boxes that do nothing. */
export async function previews(): Promise<Result[]> {
  const sim = await startSimulator({ seed: labWorld("matrix") });
  const publisher = await Publisher.start(sim.world);
  const matrix = await matrixStack(sim, publisher);
  const tiny = await TestStack.create({
    project: path.join(projectRoot, "test", "fixtures", "tiny"),
    env: { TINY_WORLD: matrix.folder },
  });
  try {
    const best = { matrix: Infinity, tiny: Infinity };
    for (let round = 0; round < rounds; round++)
      for (const [name, stack] of [
        ["tiny", tiny],
        ["matrix", matrix],
      ] as const) {
        const start = performance.now();
        succeeded(await stack.preview());
        best[name] = Math.min(best[name], (performance.now() - start) / 1000);
      }
    return [
      result("preview of matrix to that of the smallest dynamic program", best.matrix / best.tiny, 1.25),
      result("seconds of the preview of matrix", best.matrix),
      result("seconds of the preview of the smallest dynamic program", best.tiny),
    ];
  } finally {
    await tiny.close();
    await matrix.close();
    await publisher.close();
    await sim.close();
  }
}
