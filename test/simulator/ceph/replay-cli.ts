// node dist/test/simulator/ceph/replay-cli.js 20 [45 ...]   what differs in a recording of commands, or in some lines
import { replayCommands } from "./command-replay.js";

const [name = "50", ...numbers] = process.argv.slice(2);
const outcomes = replayCommands(name);
const different = outcomes.filter(({ differences }) => differences.length > 0);
for (const { line, received, differences } of different) {
  if (numbers.length > 0 && !numbers.includes(String(line.n))) continue;
  if (numbers.length > 0) console.log(JSON.stringify({ line, received }, null, 1).slice(0, 6000));
  console.log(`#${line.n} ${line.cmd} ${JSON.stringify(line.args ?? {})} ${line.format}`);
  for (const each of differences.slice(0, 4)) console.log(`    ${each.slice(0, 300)}`);
}
const equal = outcomes.length - different.length;
console.log(`${name}: ${equal} of ${outcomes.length} equal (${((100 * equal) / outcomes.length).toFixed(1)} %)`);
