import type { World } from "../../simulator";
import type { ScriptedCommand } from "../../simulator/world/storage";

/** The world has copies of what an image's system was in the seed: all of them get the same outcomes. */
export function scriptCommands(world: World, outcomes: ScriptedCommand[]): void {
  for (const os of systems(world)) os.commands = outcomes;
}

/** Every operating system in a world, wherever it lies. */
function* systems(value: unknown): Generator<{ commands?: ScriptedCommand[] }> {
  if (value === null || typeof value !== "object") return;
  for (const [key, inner] of Object.entries(value))
    if (key === "os" && inner !== null && typeof inner === "object") yield inner as { commands?: ScriptedCommand[] };
    else yield* systems(inner);
}
