import { contract } from "../contract/index.js";
import type { FaultEffect } from "./fault-effects.js";
import { matches, type Fault } from "./faults.js";

/** What a file of faults holds. */
interface FaultFile {
  readonly faults: readonly Fault[];
  /** Seed of the faults' chances. */
  readonly seed?: number;
}

type Check = (value: unknown) => string | undefined;

const isNumber =
  (least: number, most = Infinity): Check =>
  (value) =>
    typeof value === "number" && value >= least && value <= most
      ? undefined
      : `must be a number ${most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`}`;
const isCount: Check = (value) =>
  Number.isInteger(value) && Number(value) >= 0 ? undefined : "must be a whole number of at least 0";
const isText: Check = (value) => (typeof value === "string" && value !== "" ? undefined : "must be a text");
const isFlag: Check = (value) => (typeof value === "boolean" ? undefined : "must be true or false");
const isRoute: Check = (value) => {
  if (typeof value !== "string") return isText(value);
  if (value === "*" || Object.keys(contract()).some((key) => matches(value, key))) return undefined;
  return "matches no endpoint; write it as METHOD /path/{template}, or a prefix of that with * at its end";
};

interface Shape {
  readonly required: Readonly<Record<string, Check>>;
  readonly optional: Readonly<Record<string, Check>>;
}

const moment = { steps: isCount, percent: isNumber(0, 100) };

const effects: Readonly<Record<FaultEffect["kind"], Shape>> = {
  latency: { required: { ms: isNumber(0) }, optional: {} },
  reset: { required: {}, optional: { handled: isFlag } },
  status: { required: { status: isNumber(400, 599), reason: isText }, optional: { handled: isFlag } },
  ticket: { required: {}, optional: {} },
  "task-fail": { required: { text: isText }, optional: moment },
  "task-hang": { required: {}, optional: moment },
  "task-killed": { required: {}, optional: moment },
  "slow-disk": { required: { factor: isNumber(1) }, optional: {} },
  lock: { required: { file: isText }, optional: {} },
  "no-quorum": { required: {}, optional: { node: isText } },
  "node-down": { required: { node: isText }, optional: {} },
  "old-certificate": { required: {}, optional: { node: isText } },
  "storage-full": { required: { storage: isText }, optional: { node: isText } },
  "disks-renamed": { required: {}, optional: { node: isText } },
  "no-worker": { required: {}, optional: {} },
  "vanishing-image": { required: {}, optional: { storage: isText } },
  "silent-agent": { required: {}, optional: { vmid: isCount } },
  "disk-dead": { required: { node: isText, serial: isText }, optional: {} },
  "disk-slow": { required: { node: isText, serial: isText }, optional: {} },
  "osd-flapping": { required: { osd: isCount }, optional: {} },
  "monitor-gone": { required: {}, optional: { monitor: isText } },
  "backfill-stuck": { required: {}, optional: {} },
  "clock-skew": { required: { monitor: isText, seconds: isNumber(0) }, optional: {} },
  "osd-fullness": { required: { ratio: isNumber(0, 1) }, optional: { osd: isCount } },
  lag: { required: { seconds: isNumber(0) }, optional: {} },
};

const fault: Shape = {
  required: { effect: () => undefined },
  optional: {
    ...{ route: isRoute, task: isText, count: isCount, after: isCount, chance: isNumber(0, 1) },
    ...{ from: isNumber(0), to: isNumber(0), comment: isText },
  },
};

/** Reads faults from JSON; throws with one line per mistake. `name` is how messages call the file. */
export function parseFaults(text: string, name: string): FaultFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${name} is no JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  const problems = fileProblems(value);
  if (problems.length > 0) throw new Error(problems.map((problem) => `${name}: ${problem}`).join("\n"));
  return value as FaultFile;
}

function fileProblems(value: unknown): string[] {
  const isList: Check = (list) => (Array.isArray(list) ? undefined : "must be a list");
  const problems = shapeProblems("", value, { required: { faults: isList }, optional: { seed: isCount } });
  const list = isObject(value) && Array.isArray(value["faults"]) ? (value["faults"] as unknown[]) : [];
  return [...problems, ...list.flatMap((item, index) => faultProblems(`faults[${index}]`, item))];
}

function faultProblems(at: string, value: unknown): string[] {
  const problems = shapeProblems(at, value, fault);
  const effect = isObject(value) ? value["effect"] : undefined;
  if (effect === undefined) return problems;
  if (!isObject(effect)) return [...problems, `${at}.effect must be an object`];
  const kind = String(effect["kind"]);
  if (!Object.hasOwn(effects, kind))
    return [...problems, `${at}.effect.kind '${kind}' is unknown; there are: ${Object.keys(effects).join(", ")}`];
  const { kind: _, ...rest } = effect;
  return [...problems, ...shapeProblems(`${at}.effect`, rest, effects[kind as FaultEffect["kind"]])];
}

function shapeProblems(at: string, value: unknown, { required, optional }: Shape): string[] {
  if (!isObject(value)) return [`${at || "the file"} must be an object`];
  const path = (key: string): string => (at === "" ? key : `${at}.${key}`);
  const checks: Record<string, Check> = { ...optional, ...required };
  const missing = Object.keys(required).filter((key) => value[key] === undefined);
  return [
    ...missing.map((key) => `${path(key)} is missing`),
    ...Object.entries(value).flatMap(([key, item]) => {
      const check = Object.hasOwn(checks, key) ? checks[key] : undefined;
      if (!check) return [`${path(key)} is unknown; there are: ${Object.keys(checks).join(", ")}`];
      const problem = check(item);
      return problem === undefined ? [] : [`${path(key)} ${problem}`];
    }),
  ];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
