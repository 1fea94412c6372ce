import assert from "node:assert/strict";
import type { Guest } from "../../../pve";
import { motionOf, outcomeOf } from "../../../providers/ha/guest-motion";
import type { Pve } from "../../../providers/kernel/session/pve-session";

/** What Proxmox answers, as a session has it. */
const answering = (preconditions: unknown, rules: readonly unknown[]): Pve =>
  ({
    api: {
      nodes: { $: () => ({ qemu: { $: () => ({ migrate: { $get: async () => preconditions } }) } }) },
      cluster: { ha: { rules: { $get: async () => rules } } },
    },
  }) as unknown as Pve;

const guests = [
  { vmid: 100, node: "pve1", type: "qemu", name: "web" },
  { vmid: 101, node: "pve1", type: "qemu", name: "db" },
  { vmid: 102, node: "pve2", type: "lxc", name: "dns" },
] as Guest[];

describe("what HA makes of a move", () => {
  it("is nothing to releases that know no rules, nor to a guest that HA does not have", async () => {
    const pve = answering({ allowed_nodes: ["pve2"], not_allowed_nodes: { pve2: {} } }, []);
    const motion = await motionOf(pve, { vmid: 100, node: "pve1" });
    assert.deepEqual(motion, { sid: "vm:100", together: [], blocked: new Map() });
    assert.deepEqual(await outcomeOf(pve, motion, { node: "pve2" }, guests), { problems: [], says: undefined });
  });

  it("is prevented by a node affinity too, of which releases after 9.1 tell", async () => {
    const against = { pve2: { "blocking-ha-resources": [{ sid: "vm:100", cause: "node-affinity" }] }, pve3: {} };
    const place = { rule: "place", type: "node-affinity", resources: "vm:101", nodes: "pve1,pve3" };
    const other = { rule: "other", type: "node-affinity", resources: "ct:102", nodes: "pve2" };
    const pve = answering({ "dependent-ha-resources": ["vm:101"], not_allowed_nodes: against }, [place, other]);
    const motion = await motionOf(pve, { vmid: 100, node: "pve1" });
    const { problems } = await outcomeOf(pve, motion, { node: "pve2", allowMoves: true }, guests);
    assert.deepEqual(problems, [
      {
        path: "node",
        message:
          "HA does not move vm:100 (web) to pve2: it is kept to other nodes by the rule place; write another node, or change that first",
      },
    ]);
    const open = await outcomeOf(pve, motion, { nodes: ["pve2", "pve3"], allowMoves: true }, guests);
    assert.deepEqual(open, { problems: [], says: "HA moves vm:101 (db) from pve1 to pve3 along" });
  });

  it("names rules that are heeded, and containers as they are called", async () => {
    const rule = { type: "resource-affinity", affinity: "positive" };
    const rules = [
      { ...rule, rule: "pair", resources: "vm:100,ct:102" },
      { ...rule, rule: "off", resources: "vm:100,ct:102", disable: 1 },
      { ...rule, rule: "apart", affinity: "negative", resources: "vm:100,vm:103" },
    ];
    const pve = answering({ "dependent-ha-resources": ["ct:102"], not_allowed_nodes: {} }, rules);
    const motion = await motionOf(pve, { vmid: 100, node: "pve1" });
    const { problems } = await outcomeOf(pve, motion, { node: "pve3" }, guests);
    assert.deepEqual(problems, [
      {
        path: "allowMoves",
        message:
          "HA would move ct:102 (dns) from pve2 to pve3 along, as vm:100 (web) and they are kept together by the rule pair; write allowMoves: true if it is to",
      },
    ]);
  });
});
