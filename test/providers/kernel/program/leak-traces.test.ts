import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { projectRoot } from "../../../../cli/project";

/** A program as Pulumi runs it, with mapped traces, but on mocks: of 20 VMs the one of number 13 is refused. */
const program = `
require("source-map-support/register");
const pulumi = require("@pulumi/pulumi");
pulumi.runtime.setMocks({
  newResource: ({ name, inputs }) => {
    if (name === "vm-13") throw new Error("refused");
    return { id: name, state: inputs };
  },
  call: () => ({}),
});
const { Resource } = require("@pulumi/pulumi/resource");
const { Vm, Fleet } = require("pulumi-proxmox-cluster");
const told = {};
let [formatted, all] = [0, 0];
const mapped = Error.prepareStackTrace;
Error.prepareStackTrace = (error, frames) => { formatted++; all++; return mapped(error, frames); };
if (process.env.LEAVE_OUT) require("./dist/providers/kernel/program/leak-traces").leaveOutLeakTraces();
const ours = Error.prepareStackTrace;
const [places, traces] = [[], []];
const { stackTrace } = Resource;
// One frame more: this function's own.
Resource.stackTrace = (skip) => { const trace = stackTrace.call(Resource, skip + 1); places.push(trace[0]); traces.push(trace); return trace; };
function describedInTheProgram(number, opts) {
  return new Vm("vm-" + number, { source: { empty: true } }, opts);
}
function componentInTheProgram(number, count = 0) {
  return new Fleet("fleet-" + number, { count, names: "f-{n}", vm: { source: { empty: true } } });
}
async function later() {
  await describedInTheProgram(0);
  await null;
  throw new Error("thrown later");
}
const failing = { transformations: [function transformedInTheProgram() { throw new Error("thrown inside"); }] };
const caught = { transformations: [function caughtInTheProgram() { told.caught = new Error("seen inside").stack; }] };
process.on("unhandledRejection", (error) => { if (/refused/.test(error.message)) told.refused = error.stack; });
describedInTheProgram(30);
told.without = traces.at(-1).filter((frame) => frame === undefined).length;
(async () => {
  await later().catch((error) => { told.later = error.stack; });
  try { describedInTheProgram(1, failing); } catch (error) { told.inside = error.stack; }
  told.restored = Error.prepareStackTrace === ours;
  describedInTheProgram(2, caught);
  formatted = 0;
  for (let number = 3; number < 23; number++) describedInTheProgram(number);
  told.formatted = formatted;
  formatted = 0;
  for (let number = 0; number < 20; number++) componentInTheProgram(number);
  told.ofComponents = formatted;
  const before = places.length;
  componentInTheProgram(20, 2);
  told.ofChildren = places.length - before;
  told.places = places.map((place) => place?.uri.split("/").pop());
})();
process.on("exit", () => { told.all = all; console.log(JSON.stringify(told)); process.exitCode = 0; });
`;

interface Told {
  /** Traces of the whole program, its end included. */
  readonly all: number;
  readonly formatted: number;
  readonly ofComponents: number;
  /** Frames of a trace that have no place in a file: what runs the program, beside the text that is run. */
  readonly without: number;
  /** Resources that a component of two VMs registers. */
  readonly ofChildren: number;
  /** Files in which the SDK takes the resources to be made. */
  readonly places: readonly string[];
  readonly restored: boolean;
  readonly refused: string;
  readonly later: string;
  readonly inside: string;
  readonly caught: string;
}

const run = (env: Record<string, string> = {}): Told =>
  JSON.parse(
    execFileSync(process.execPath, ["-e", program], {
      cwd: projectRoot,
      env: { ...process.env, ...env },
      encoding: "utf8",
    }),
  ) as Told;

describe("traces of a program with many resources", () => {
  let told: Told;
  before(() => {
    told = run();
  });

  it("are left out of what is registered later too, where the program says so, and no others", () => {
    const without = run({ LEAVE_OUT: "1" });
    assert.ok(without.all < told.all / 2, `${without.all} traces instead of ${told.all}`);
    assert.deepEqual([without.places, without.restored], [told.places.map(() => "%5Beval%5D"), true]);
    assert.match(without.refused, /refused[^]*at describedInTheProgram/);
    assert.match(without.later, /thrown later\n\s+at later /);
    assert.match(without.inside, /thrown inside\n\s+at .*transformedInTheProgram[^]*at describedInTheProgram/);
    assert.match(without.caught, /seen inside\n\s+at .*caughtInTheProgram[^]*at describedInTheProgram/);
  });

  it("are not written down for each promise of the SDK", () => {
    // Where they are made is mapped once; what else is left is not made in the constructor.
    assert.ok(told.formatted <= 5, `${told.formatted} traces of 20 VMs`);
    assert.ok(told.ofComponents <= 20 * 4, `${told.ofComponents} traces of 20 components`);
  });

  it("lead past the library to the place in the program where a resource, or the component that makes it, is made", () => {
    assert.equal(told.ofChildren, 3);
    assert.deepEqual([...new Set(told.places)], ["stack-identity.ts", "%5Beval%5D"]);
    assert.ok(told.without <= 2, `${told.without} frames of what runs the program`);
  });

  it("lead to the program where a resource is refused", () => {
    assert.match(told.refused, /refused[^]*at describedInTheProgram/);
  });

  it("are whole in errors of the program: thrown later, inside of a constructor, or only looked at there", () => {
    assert.match(told.later, /thrown later\n\s+at later /);
    assert.match(told.inside, /thrown inside\n\s+at .*transformedInTheProgram[^]*at describedInTheProgram/);
    assert.match(told.caught, /seen inside\n\s+at .*caughtInTheProgram[^]*at describedInTheProgram/);
    assert.ok(told.restored, "another formatter was left behind");
  });

  it("are all there for who looks for leaks", () => {
    assert.ok(run({ PULUMI_DEBUG_PROMISE_LEAKS: "1" }).formatted > 20 * 40);
  });
});
