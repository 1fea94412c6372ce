import assert from "node:assert/strict";
import { layered, switchesIn } from "../../components/layers.plan";
import { onEachNode, refusal } from "../../components/node-layers.plan";
import { expanded } from "../../components/node-variables.plan";

describe("layers of a description", () => {
  it("win over those before: defaults, what stacks share, the stack, the node", () => {
    const all = {
      defaults: { mtu: 1500, vlanAware: false, comment: "library" },
      shared: { vlanAware: true, comment: "shared", ports: ["eno1", "eno2"] },
      stack: { comment: "stack", ports: ["eno3"], address: "10.0.0.1/24" },
      node: { comment: "node", address: null },
    };
    assert.deepEqual(layered(all), { mtu: 1500, vlanAware: true, comment: "node", ports: ["eno3"] });
    const { node: _, ...withoutNode } = all;
    assert.deepEqual(layered(withoutNode), {
      ...{ mtu: 1500, vlanAware: true, comment: "stack", ports: ["eno3"], address: "10.0.0.1/24" },
    });
    assert.deepEqual(layered({ defaults: all.defaults, shared: all.shared }), { mtu: 1500, ...all.shared });
    // Every pair, in both directions, deep inside.
    const names = ["defaults", "shared", "stack", "node"] as const;
    names.forEach((before, at) =>
      names
        .slice(at + 1)
        .forEach((after) =>
          assert.deepEqual(
            layered({ [after]: { a: { b: after } }, [before]: { a: { b: before, c: 1 } } }),
            { a: { b: after, c: 1 } },
            `${before} < ${after}`,
          ),
        ),
    );
  });

  it("leave what only the engine knows as it is, and change none of the descriptions", () => {
    class Later {}
    const later = new Later();
    const stack = Object.freeze({ a: Object.freeze({ b: 1 }), later });
    const found = layered({ stack, node: { a: { c: 2 } } }) as { later: unknown };
    assert.deepEqual(found, { a: { b: 1, c: 2 }, later });
    assert.equal(found.later, later);
  });

  it("set no safety switch for several stacks at once, wherever it stands; switched off is no problem", () => {
    const shared = {
      bridges: { vmbr0: { unguarded: true, adopt: true }, vmbr1: { unguarded: false } },
      upgrade: { reboot: true, allowRemove: ["x"] },
      osds: [{ removal: { acceptDataLoss: ["u"] } }, { wipe: true }],
      cluster: { destroyOnDelete: "matrix", twoNode: true },
      vm: { allowReboot: true, force: null },
      ha: { rules: { pair: { allowMoves: true } }, resources: { web: { allowStop: true, allowMoves: false } } },
    };
    assert.deepEqual(
      switchesIn(shared, "shared").map((problem) => problem.split(":")[0]),
      [
        ...["shared.bridges.vmbr0.unguarded", "shared.bridges.vmbr0.adopt", "shared.upgrade.reboot"],
        ...["shared.upgrade.allowRemove", "shared.osds[0].removal", "shared.osds[1].wipe"],
        ...["shared.cluster.destroyOnDelete", "shared.cluster.twoNode", "shared.vm.allowReboot"],
        ...["shared.ha.rules.pair.allowMoves", "shared.ha.resources.web.allowStop"],
      ],
    );
    assert.match(
      switchesIn(shared, "shared")[0]!,
      /unguarded cannot be set for several stacks at once; write it in the stack/,
    );
  });
});

describe("variables of a node", () => {
  const place = { node: "golf", variables: { hostOctet: 6, site: "lab" }, path: "network" };

  it("stand in texts at any depth, beside its name", () => {
    const problems: string[] = [];
    assert.deepEqual(
      expanded({ a: ["192.168.3.{{hostOctet}}/24", 9, true], b: { c: "{{name}}.{{ site }}" } }, place, problems),
      { a: ["192.168.3.6/24", 9, true], b: { c: "golf.lab" } },
    );
    assert.deepEqual(problems, []);
  });

  it("are errors where they are not set, each with its place and what there is; and so are other braces", () => {
    const problems: string[] = [];
    expanded({ a: "{{octet}}", b: ["{{hostOctet}", "{{ 1 }}"] }, place, problems);
    assert.deepEqual(problems, [
      "network.a: {{octet}} is not set for node golf; write it in nodes.golf.variables (there: name, hostOctet, site)",
      "network.b[0]: has braces that mean nothing; write {{name}} or a variable of the nodes",
      "network.b[1]: has braces that mean nothing; write {{name}} or a variable of the nodes",
    ]);
  });

  it("are each node's own, and all that is wrong is told at once", () => {
    const problems: string[] = [];
    const nodes = { foxtrot: { variables: { n: 5 } }, golf: { network: { mtu: 9000 } } };
    const found = onEachNode(
      { part: "network", nodes, shared: { unguarded: true }, stack: { a: "10.0.0.{{n}}" } },
      problems,
    );
    assert.deepEqual(found["foxtrot"], { unguarded: true, a: "10.0.0.5" });
    assert.equal(problems.length, 2);
    assert.match(
      refusal("X", "x", problems)!,
      /^X "x" has 2 problems; nothing of it was touched:\n {2}shared\.network\.unguarded.*\n {2}network\.a: \{\{n\}\} is not set for node golf/,
    );
    assert.equal(refusal("X", "x", []), undefined);
    const none: string[] = [];
    onEachNode({ part: "network", nodes: {} }, none);
    assert.deepEqual(none, ["nodes: name at least one"]);
  });
});
