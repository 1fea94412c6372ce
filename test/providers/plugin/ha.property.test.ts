import assert from "node:assert/strict";
import fc from "fast-check";
import { eventually } from "../../support/eventually";
import { fiveVms } from "../../support/ha-world";
import { guestsOf, Lab } from "../../support/lab";
import type { Properties } from "../../support/plugin";
import { long } from "../../support/sample";

const nodes = ["foxtrot", "golf", "hotel"];

interface Step {
  readonly kind: "HaResource" | "HaRule";
  readonly which: number;
  readonly remove: boolean;
  readonly allow: boolean;
  readonly state: "started" | "stopped" | "disabled" | "ignored" | undefined;
  readonly failback: boolean;
  readonly placing: boolean;
  readonly positive: boolean;
  readonly strict: boolean;
  readonly vms: readonly number[];
  readonly nodes: readonly number[];
  readonly priority: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom("HaResource", "HaRule"),
  which: fc.nat(4),
  remove: fc.nat(3).map((n) => n === 0),
  allow: fc.boolean(),
  state: fc.constantFrom("started", "started", "stopped", "disabled", "ignored", undefined),
  failback: fc.boolean(),
  placing: fc.boolean(),
  positive: fc.boolean(),
  strict: fc.boolean(),
  vms: fc.uniqueArray(fc.nat(4), { minLength: 1, maxLength: 3 }),
  nodes: fc.uniqueArray(fc.nat(2), { minLength: 1, maxLength: 2 }),
  priority: fc.nat(2),
});

/** What a program describes by a step. */
function described(step: Step): { name: string; args: Properties } {
  const allow = { allowMoves: step.allow, allowStop: step.allow };
  if (step.kind === "HaResource") {
    const vmid = 100 + step.which;
    return {
      name: `ha-${vmid}`,
      args: { vmid, failback: step.failback, ...(step.state === undefined ? {} : { state: step.state }), ...allow },
    };
  }
  const resources = step.vms.map((i) => `vm:${100 + i}`);
  const name = `r${step.placing ? "-at" : "-with"}-${step.which % 3}`;
  const placed = step.nodes.map((i, at) => ({ node: nodes[i], ...(at === 0 ? { priority: step.priority } : {}) }));
  const what = step.placing
    ? { type: "node-affinity", nodes: placed, strict: step.strict }
    : { type: "resource-affinity", affinity: step.positive ? "positive" : "negative" };
  return { name, args: { ...what, resources, allowMoves: step.allow } };
}

describe("changes of HA at random, through Pulumi's plugin", function () {
  let changes = 0;

  it("start, stop and move no guest that the preview has not named, nor what is not allowed", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 12 }), async (steps) => {
        const lab = await Lab.start({ seed: fiveVms() });
        try {
          const made = new Map<string, { kind: string; id: string; properties: Properties; inputs: Properties }>();
          for (const one of steps) {
            const changed = await change(lab, made, one);
            changes += changed;
          }
        } finally {
          await lab.close();
        }
      }),
      { numRuns: long ? 100 : 4, seed: 41 },
    );
    assert.ok(changes > 0, "HA has changed no guest at all");
  });
});

type Made = Map<string, { kind: string; id: string; properties: Properties; inputs: Properties }>;

/** How many guests it has changed. */
async function change(lab: Lab, made: Made, one: Step): Promise<number> {
  const { kind } = one;
  const { name, args } = described(one);
  const there = made.get(name);
  // A deletion goes by what was described last.
  const allow = one.remove ? there?.inputs["allowMoves"] === true : one.allow;
  const before = standing(lab);
  const from = lab.plugin.engine.messages.length;
  try {
    if (one.remove) {
      if (!there) return 0;
      await lab.plugin.delete(kind, there.id, there.properties);
      made.delete(name);
    } else {
      const { inputs, failures } = await lab.plugin.check(kind, there?.inputs ?? {}, lab.inputs(kind, name, args));
      if (failures.length > 0) {
        assert.deepEqual(standing(lab), before, "a change that was refused");
        return 0;
      }
      const done = there
        ? { id: there.id, ...(await lab.plugin.update(kind, there.id, there.properties, inputs)) }
        : await lab.plugin.create(kind, inputs);
      made.set(name, { kind, id: done.id, properties: done.properties, inputs });
    }
  } catch (error) {
    assert.ok(error instanceof Error);
    // What Proxmox or a look directly before the change refuses has done nothing.
    assert.deepEqual(standing(lab), before, error.message);
    return 0;
  }
  const after = standing(lab);
  let changed = 0;
  for (const [sid, now] of Object.entries(after)) {
    const was = before[sid];
    if (was === undefined || (now.node === was.node && now.running === was.running)) continue;
    changed++;
    const what = `${kind} ${name} ${JSON.stringify(args)}: ${sid} ${JSON.stringify(was)} -> ${JSON.stringify(now)}`;
    if (was.running) assert.ok(allow, `not allowed: ${what}`);
    if (one.remove) {
      assert.equal(now.running, was.running, what);
      continue;
    }
    const verb =
      now.node !== was.node ? (was.running ? "moves" : "(?:moves|starts)") : now.running ? "starts" : "stops";
    const said = new RegExp(`HA .*${verb}.*${sid}\\b`);
    await eventually(`the preview of ${what}`, () =>
      lab.plugin.engine.messages.slice(from).some(({ message }) => said.test(message)),
    );
  }
  return changed;
}

function standing(lab: Lab): Record<string, { node: string; running: boolean }> {
  const rows = Object.values(guestsOf(lab.sim)).map(({ vmid, node, running }) => [
    `vm:${vmid}`,
    { node, running: running !== undefined },
  ]);
  return Object.fromEntries(rows) as Record<string, { node: string; running: boolean }>;
}
