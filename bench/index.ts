// `npm run bench [-- part ...]`: the library's ratios. Prints tables, writes out/bench.json, fails when a bar is missed.
import fs from "node:fs";
import path from "node:path";
import { projectRoot } from "../cli/project";
import { editor } from "./editor";
import { osdCreation } from "./osd-creation";
import { formation } from "./three-nodes-formation";
import { life } from "./life";
import { limits } from "./limits";
import { matrix } from "./matrix-from-bare-nodes";
import { memory } from "./memory-use";
import { previews } from "./preview";
import { table, type Result } from "./result";

const parts: Readonly<Record<string, () => Promise<Result[]>>> = {
  editor,
  preview: previews,
  limits,
  fleet1: () => life(1),
  fleet50: () => life(50),
  fleet200: () => life(200),
  formation,
  ceph: osdCreation,
  matrix,
  memory,
};

/** `fleet` stands for all sizes of it. */
const isWanted = (part: string, wanted: readonly string[]): boolean =>
  wanted.length === 0 || wanted.some((name) => part === name || part.replace(/\d+$/, "") === name);

async function main(wanted: readonly string[]): Promise<number> {
  const unknown = wanted.filter((name) => !Object.keys(parts).some((part) => isWanted(part, [name])));
  if (unknown.length > 0) throw new Error(`no part ${unknown.join(", ")}; there are: ${Object.keys(parts).join(", ")}`);
  // Programs and plugins start as they do for users.
  process.env["PROXMOX_TEST_EAGER"] = "1";
  const out = path.join(projectRoot, "out");
  fs.mkdirSync(out, { recursive: true });
  const results: Result[] = [];
  for (const [name, run] of Object.entries(parts))
    if (isWanted(name, wanted)) {
      process.stderr.write(`${name} ...\n`);
      results.push(...(await run()));
    }
  fs.writeFileSync(path.join(out, "bench.json"), `${JSON.stringify(results, null, 2)}\n`);
  process.stdout.write(`${table(results)}\n`);
  const missed = results.filter(({ ok }) => !ok);
  for (const { name, value, bar } of missed) process.stdout.write(`MISSED ${name}: ${value} instead of ${bar}\n`);
  return missed.length > 0 ? 1 : 0;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
