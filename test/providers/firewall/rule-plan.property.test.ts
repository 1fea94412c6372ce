import assert from "node:assert/strict";
import fc from "fast-check";
import { sameRules } from "../../../providers/firewall/rule-meaning";
import { nextStep, withForeign, type RuleStep } from "../../../providers/firewall/rule-plan";
import type { LiveRule } from "../../../providers/firewall/rule-row";
import type { Rule } from "../../../providers/firewall/rule.model";

const ports = [1, 2, 3, 4];
const rule = fc.record({
  action: fc.constantFrom("ACCEPT" as const, "DROP" as const),
  port: fc.constantFrom(...ports, undefined),
  enabled: fc.constantFrom(true, true, false),
  comment: fc.constantFrom(undefined, "a", "b"),
});
const rules = fc.array(rule, { maxLength: 7 }).map((all) =>
  all.map(({ action, port, enabled, comment }): Rule => ({
    ...{ direction: "in", action },
    ...(port === undefined ? {} : { protocol: "tcp", destinationPort: port }),
    ...(enabled ? {} : { enabled }),
    ...(comment === undefined ? {} : { comment }),
  })),
);

/** What a packet to a port meets. */
const verdict = (list: readonly Rule[], port: number): string =>
  list.find((one) => one.enabled !== false && (one.destinationPort === undefined || one.destinationPort === port))
    ?.action ?? "policy";

const live = (list: readonly Rule[]): LiveRule[] => list.map((one, pos) => ({ pos, rule: one, broken: false }));

/** As Proxmox carries it out: a new rule goes to the top, and `moveto` puts it before what is there. */
function carryOut(list: readonly Rule[], step: RuleStep): Rule[] {
  const next = [...list];
  if (step.do === "add") return [{ ...step.rule, enabled: false }, ...next];
  const old = next[step.pos] as Rule;
  if (step.do === "remove") next.splice(step.pos, 1);
  else if (step.do === "move") {
    next.splice(step.pos, 1);
    next.splice(step.before > step.pos ? step.before - 1 : step.before, 0, old);
  } else if (step.do === "note") {
    const { comment: _, ...bare } = old;
    next[step.pos] = step.rule.comment === undefined ? bare : { ...bare, comment: step.rule.comment };
  } else next[step.pos] = { ...old, enabled: step.do === "enable" };
  return next;
}

describe("the way from one list of rules to another", function () {
  it("ends at the wanted list, and treats no packet otherwise than the old one or the new one does", () => {
    fc.assert(
      fc.property(rules, rules, (old, wanted) => {
        let list: Rule[] = [...old];
        for (let steps = 0; ; steps++) {
          assert.ok(steps < 100, "the way has no end");
          const step = nextStep(live(list), wanted);
          if (!step) break;
          list = carryOut(list, step);
          for (const port of [...ports, 5])
            assert.ok(
              [verdict(old, port), verdict(wanted, port)].includes(verdict(list, port)),
              `port ${port} meets ${verdict(list, port)} on the way`,
            );
        }
        assert.ok(sameRules(list, wanted));
      }),
      { numRuns: 300 },
    );
  });

  it("goes on from wherever another run was ended", () => {
    fc.assert(
      fc.property(rules, rules, rules, fc.nat(20), (old, first, second, ended) => {
        let list: Rule[] = [...old];
        for (let steps = 0; steps < ended; steps++) {
          const step = nextStep(live(list), first);
          if (!step) break;
          list = carryOut(list, step);
        }
        for (let steps = 0; ; steps++) {
          assert.ok(steps < 100, "the way has no end");
          const step = nextStep(live(list), second);
          if (!step) break;
          list = carryOut(list, step);
        }
        assert.ok(sameRules(list, second));
      }),
    );
  });

  it("keeps rules of others below its own, in their order", () => {
    fc.assert(
      fc.property(rules, rules, rules, (was, foreign, wanted) => {
        const target = withForeign(live([...was, ...foreign]), wanted, was);
        assert.deepEqual(target.slice(0, wanted.length), wanted);
        const kept = target.slice(wanted.length);
        // A subsequence of what others have written.
        let at = 0;
        const all = [...was, ...foreign];
        for (const one of kept) {
          while (at < all.length && all[at] !== one) at++;
          assert.ok(at < all.length);
          at++;
        }
      }),
    );
  });
});
