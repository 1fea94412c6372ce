import fs from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";

/** One recorded exchange; the format is described in test/recorded/conformance/README.md. */
export interface Exchange {
  readonly n: number;
  readonly node: string;
  readonly as: string | null;
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string | string[]>>;
  readonly upload?: {
    readonly name?: string;
    readonly size?: number;
    readonly content?: string;
    readonly [key: string]: unknown;
  };
  readonly "content-type"?: string;
  readonly raw?: string;
  readonly status: number;
  readonly reason: string;
  readonly body: unknown;
  readonly wait?: boolean;
  readonly par?: number;
  readonly ms?: readonly [number, number];
}

const folder = path.join(__dirname, "..", "..", "..", "test", "recorded", "conformance");

/** The names of all recorded scenarios, such as `01-auth`. */
export function scenarioNames(): string[] {
  const files = fs.readdirSync(folder).filter((name) => name.endsWith(".jsonl.gz"));
  return files.map((name) => name.replace(/\.jsonl\.gz$/, "")).sort();
}

/** The scenario whose name starts with `prefix`. */
export function readScenario(prefix: string): { name: string; exchanges: Exchange[] } {
  const name = scenarioNames().find((scenario) => scenario.startsWith(prefix));
  if (name === undefined) throw new Error(`no scenario '${prefix}'; there are: ${scenarioNames().join(", ")}`);
  const text = gunzipSync(fs.readFileSync(path.join(folder, `${name}.jsonl.gz`))).toString("utf8");
  const exchanges = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Exchange);
  if (Number(name.slice(0, 2)) < 40) return { name, exchanges };
  // The later recorder wrote paths as it sent them; a slash within a segment stays escaped.
  const decoded = (text: string): string => decodeURIComponent(text.replace(/%2F/gi, "%252F"));
  return { name, exchanges: exchanges.map((one) => ({ ...one, path: decoded(one.path) })) };
}
