// Lists what the simulator has of the Proxmox API: node dist/scripts/simulator-coverage.js [--list]
// An endpoint counts as built when a replayed exchange goes through its handler and answers as recorded.
import { contract } from "../contract/index.js";
import { builtRoutes } from "../simulator/api/index.js";
import { scenarioNames } from "../test/simulator/recording.js";
import { replay } from "../test/simulator/replay.js";

async function main(): Promise<void> {
  const replayed = new Set<string>();
  for (const name of scenarioNames()) {
    const { routes, outcomes } = await replay(name);
    const equal = outcomes.filter(({ differences }) => differences.length === 0).length;
    console.log(`${name}: ${equal} of ${outcomes.length} exchanges equal, ${routes.length} endpoints`);
    for (const route of routes) replayed.add(route);
  }
  const all = Object.keys(contract()).sort();
  const built = all.filter((key) => replayed.has(key));
  const unproven = all.filter((key) => builtRoutes[key] !== undefined && !replayed.has(key));
  const missing = all.filter((key) => builtRoutes[key] === undefined);
  console.log(`\n${all.length} endpoints: ${built.length} built and replayed`);
  console.log(`${unproven.length} answer, but no recording goes through them; ${missing.length} answer 501`);
  if (!process.argv.includes("--list")) return;
  for (const [title, keys] of Object.entries({ built, "not replayed": unproven, "501": missing })) {
    console.log(`\n${title}:\n${keys.map((key) => `  ${key}`).join("\n")}`);
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
