// node dist/test/simulator/excerpts-cli.js [02 [45 ...]]   the excerpts' figures, or what differs in one file
import { replayExcerpts } from "./excerpts.js";

async function main(): Promise<void> {
  const [prefix, ...numbers] = process.argv.slice(2);
  let [equal, total, fairEqual, fairTotal] = [0, 0, 0, 0];
  for (const { file, outcomes, marked } of await replayExcerpts()) {
    const good = outcomes.filter(({ differences }) => differences.length === 0);
    const fair = outcomes.filter(({ exchange }) => !marked.has(exchange.n));
    const fairGood = good.filter(({ exchange }) => !marked.has(exchange.n));
    equal += good.length;
    total += outcomes.length;
    fairEqual += fairGood.length;
    fairTotal += fair.length;
    if (prefix === undefined || file.startsWith(prefix))
      console.log(`${file}: ${good.length} of ${outcomes.length} equal`);
    if (prefix === undefined || !file.startsWith(prefix)) continue;
    for (const { exchange, received, differences } of outcomes) {
      if (numbers.includes(String(exchange.n))) console.log(JSON.stringify({ recorded: exchange, received }, null, 1));
      if (differences.length === 0) continue;
      console.log(
        `#${exchange.n} ${exchange.as ?? "-"} ${exchange.method} ${exchange.path} ${JSON.stringify(exchange.params).slice(0, 200)}`,
      );
      for (const line of differences.slice(0, 4)) console.log(`    ${line.slice(0, 300)}`);
    }
  }
  console.log(`${equal} of ${total} equal; without marked ones ${fairEqual} of ${fairTotal}`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
