// node dist/test/simulator/replay-cli.js 02 [45 ...]   differences of a scenario, or of the exchanges numbered
import { excuses } from "./excuses.js";
import { replay } from "./replay.js";
import { scenarioNames } from "./recording.js";

async function main(): Promise<void> {
  const [prefix, ...numbers] = process.argv.slice(2);
  if (prefix === undefined || prefix === "all") {
    for (const name of scenarioNames()) await show(name, [], false);
    return;
  }
  await show(prefix, numbers.map(Number), true);
}

async function show(prefix: string, numbers: readonly number[], verbose: boolean): Promise<void> {
  const { name, outcomes } = await replay(prefix);
  const excused = excuses(name);
  let different = 0;
  for (const { exchange, received, differences } of outcomes) {
    const wanted = numbers.includes(exchange.n);
    if (wanted) console.log(JSON.stringify({ recorded: exchange, received }, null, 1));
    if (differences.length === 0 || (excused.has(exchange.n) && !wanted)) continue;
    different++;
    if (!verbose || (numbers.length > 0 && !wanted)) continue;
    const params = JSON.stringify(exchange.params);
    console.log(`#${exchange.n} ${exchange.as ?? "-"} ${exchange.method} ${exchange.path} ${params.slice(0, 300)}`);
    for (const line of differences.slice(0, 8))
      console.log(`    ${line.length > 500 ? `${line.slice(0, 500)}...` : line}`);
    if (differences.length > 8) console.log(`    ... and ${differences.length - 8} more`);
  }
  const equal = outcomes.filter((outcome) => outcome.differences.length === 0).length;
  const percent = ((100 * equal) / outcomes.length).toFixed(1);
  console.log(
    `${name}: ${equal} of ${outcomes.length} equal (${percent} %), ${excused.size} excused, ${different} different`,
  );
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
