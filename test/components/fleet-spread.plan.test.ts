import assert from "node:assert/strict";
import fc from "fast-check";
import { planFleet, rotated, type FleetDescription } from "../../components/fleet.plan";

const vm = { source: { clone: { template: 9000 } }, networks: [{ bridge: "vmbr0" }] };
const table = (csv: string, more: Partial<FleetDescription> = {}) => planFleet({ vm, table: { csv }, ...more });
const problems = (fleet: Partial<FleetDescription>) => planFleet({ vm, ...fleet }).problems;

describe("spreading a fleet over nodes", () => {
  const nodes = ["pve1", "pve2", "pve3"];

  it("takes the nodes in turn, leaves VMs with a node of their own, and lets Proxmox's load decide on request", () => {
    const placed = table("name,node\na,\nb,\nc,pve9\nd,", { nodes }).machines.map(({ over }) => over);
    assert.deepEqual(placed, [
      { nodes: ["pve1", "pve2", "pve3"] },
      { nodes: ["pve2", "pve3", "pve1"] },
      { node: "pve9" },
      { nodes: ["pve1", "pve2", "pve3"] },
    ]);
    assert.deepEqual(table("name\na", { nodes, spread: "most-free-memory" }).machines[0]?.over, {
      nodes,
      placement: "most-free-memory",
    });
    assert.match(problems({ names: ["a"], spread: "round-robin" })[0] ?? "", /needs the nodes to spread over/);
    assert.match(
      problems({ names: ["a"], spread: "fixed", nodes })[0] ?? "",
      /with spread fixed each VM names its own/,
    );
  });

  it("never moves or changes a VM when others come or go", () => {
    const anyNames = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/), { minLength: 1, maxLength: 12 });
    const anyNodes = fc.uniqueArray(fc.stringMatching(/^n[0-9]$/), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(anyNames, anyNodes, fc.nat(), fc.boolean(), (all, on, at, insert) => {
        const gone = all[at % all.length];
        const fewer = all.filter((name) => name !== gone);
        const [before, after] = insert ? [fewer, all] : [all, fewer];
        const described = (list: readonly string[]) =>
          new Map(
            table(["name", ...list].join("\n"), { nodes: on }).machines.map(({ name, over }) => {
              // The order of the nodes is of no account once the VM exists.
              const { nodes: allowed, ...rest } = over as { nodes: string[] };
              return [name, { ...rest, allowed: [...allowed].sort() }];
            }),
          );
        const [was, is] = [described(before), described(after)];
        for (const [name, machine] of is) if (was.has(name)) assert.deepEqual(machine, was.get(name));
        assert.equal(is.size, after.length);
      }),
    );
  });

  it("is even: no node is first choice more than once more often than another", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 6 }), (count, size) => {
        const on = Array.from({ length: size }, (_, i) => `n${i}`);
        const first = Array.from({ length: count }, (_, i) => rotated(on, i)[0]);
        const times = on.map((node) => first.filter((one) => one === node).length);
        assert.ok(Math.max(...times) - Math.min(...times) <= 1);
      }),
    );
  });
});
