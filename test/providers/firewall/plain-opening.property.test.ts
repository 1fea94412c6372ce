import assert from "node:assert/strict";
import fc from "fast-check";
import type { FilterPicture, NodeFilter } from "../../../providers/firewall/lockout/filter-picture";
import { enters, leaves, type FirstPacket } from "../../../providers/firewall/lockout/packet-verdict";
import { onlyOpens } from "../../../providers/firewall/lockout/plain-opening";
import type { Rule } from "../../../providers/firewall/rule.model";

type Entry = FilterPicture["rules"][number];

const plain: fc.Arbitrary<Rule> = fc
  .record({
    direction: fc.constantFrom("in" as const, "in" as const, "out" as const),
    action: fc.constantFrom("ACCEPT" as const, "DROP" as const, "REJECT" as const),
    protocol: fc.constantFrom("tcp", "udp"),
    source: fc.constantFrom(undefined, undefined, "192.0.2.0/24", "us", "+them"),
    enabled: fc.constantFrom(undefined, undefined, false),
  })
  .map(({ source, enabled, ...rule }) => ({
    ...rule,
    ...(source === undefined ? {} : { source }),
    ...(enabled === undefined ? {} : { enabled }),
  }));
const rule: fc.Arbitrary<Rule> = fc.oneof({ weight: 5, arbitrary: plain }, fc.constant({ group: "ways" }));
const entries = (list: readonly Rule[]): Entry[] => list.map((one) => ({ rule: one, broken: false }));
const policy = fc.constantFrom({}, { policy_in: "ACCEPT" }, { policy_in: "DROP", policy_out: "DROP" });
/** How a list becomes another one, item by item. */
const edit = fc.array(
  fc.oneof(fc.constantFrom("keep" as const, "keep" as const, "keep" as const, "drop" as const), plain),
  {
    maxLength: 9,
  },
);

describe("what plainly only opens", () => {
  it("lets in and out all that was let in and out before, whatever the rules of the node say that are not known", () => {
    const node: NodeFilter = {
      ...{ name: "pve1", options: {}, rules: [], cards: [], links: new Map(), address: "10.0.0.1" },
    };
    const seen = { opens: 0, other: 0 };
    fc.assert(
      fc.property(
        fc.record({ own: fc.array(rule, { maxLength: 3 }), old: fc.array(rule, { maxLength: 5 }), edit }),
        fc.record({
          group: fc.array(plain, { maxLength: 2 }),
          groupAfter: fc.option(fc.array(plain, { maxLength: 2 }), { freq: 3 }),
        }),
        fc.tuple(policy, policy),
        fc.constantFrom("192.0.2.7", "198.51.100.1"),
        fc.constantFrom("tcp" as const, "udp" as const),
        (lists, groups, [policyBefore, policyAfter], source, protocol) => {
          const left = [...lists.old];
          const now: Rule[] = [];
          for (const step of lists.edit) {
            if (typeof step !== "string") now.push(step);
            else {
              const next = left.shift();
              if (next && step === "keep") now.push(next);
            }
          }
          now.push(...left);
          const picture = (
            rules: readonly Rule[],
            group: readonly Rule[],
            options: Record<string, string>,
          ): FilterPicture => ({
            ...{ options: { enable: "1", ...options }, rules: entries(rules) },
            groups: new Map([["ways", entries(group)]]),
            aliases: new Map([["us", "192.0.2.7"]]),
            sets: new Map([["them", [{ cidr: "198.51.100.0/24" }]]]),
            ...{ sdnSets: new Set<string>(), nodes: [{ ...node, rules: entries(lists.own) }] },
          });
          const before = picture(lists.old, groups.group, policyBefore);
          const after = picture(now, groups.groupAfter ?? groups.group, policyAfter);
          if (!onlyOpens(before, after)) return void seen.other++;
          seen.opens++;
          const packet: FirstPacket = { source, destination: "10.0.0.1", protocol, port: 8006, sourcePort: 40_000 };
          const back: FirstPacket = { ...packet, source: "10.0.0.1", destination: source };
          for (const [passes, one] of [
            [enters, packet],
            [leaves, back],
          ] as const)
            assert.ok(
              !passes(before, before.nodes[0]!, one) || passes(after, after.nodes[0]!, one),
              JSON.stringify([before.rules, after.rules, lists.own, one]),
            );
        },
      ),
      { numRuns: 3000, seed: 20261130 },
    );
    assert.ok(seen.opens > 200 && seen.other > 200, JSON.stringify(seen));
  });

  it("is a rule more that lets in, or one less that keeps out, and not their opposites, nor what others may name", () => {
    const accept: Rule = { direction: "in", action: "ACCEPT", protocol: "tcp" };
    const drop: Rule = { direction: "in", action: "DROP", protocol: "udp" };
    const of = (rules: readonly Rule[], more: Partial<FilterPicture> = {}): FilterPicture => ({
      ...{ options: { enable: "1" }, rules: entries(rules), groups: new Map(), aliases: new Map(), sets: new Map() },
      ...{ sdnSets: new Set<string>(), nodes: [], ...more },
    });
    const on = of([accept, drop]);
    for (const after of [of([accept]), of([accept, accept, drop]), of([accept, drop, { ...accept, protocol: "udp" }])])
      assert.ok(onlyOpens(on, after));
    assert.ok(onlyOpens(on, of([], { options: {} })), "nothing filters then");
    assert.ok(onlyOpens(on, of([accept, drop], { options: { enable: "1", policy_in: "ACCEPT" } })));
    for (const [before, after] of [
      [on, of([drop])],
      [on, of([drop, accept])],
      [on, of([accept, drop, { ...drop, protocol: "tcp" }])],
      [on, of([{ group: "web" }, accept, drop])],
      [on, of([accept, drop], { sets: new Map([["management", [{ cidr: "192.0.2.7" }]]]) })],
      [of([accept], { options: {} }), of([accept])],
    ] as const)
      assert.ok(!onlyOpens(before, after), JSON.stringify(after.rules));
  });
});
