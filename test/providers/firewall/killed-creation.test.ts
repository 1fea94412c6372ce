import assert from "node:assert/strict";
import { sampled } from "../../support/sample";
import { datacenter, letIn, SwitchLab } from "./switch-lab";

const rule = { direction: "in", action: "ACCEPT", macro: "Web" };
const things = {
  FirewallAlias: { place: datacenter, alias: "lan", cidr: "192.0.2.0/24" },
  FirewallIpSet: {
    place: datacenter,
    ipSet: "office",
    entries: [{ cidr: "192.0.2.7" }, { cidr: "192.0.2.9", noMatch: true }],
  },
  FirewallGroup: { group: "web", rules: [rule, { ...rule, macro: "Ping" }] },
  FirewallRules: { place: datacenter, rules: [rule, { ...rule, macro: "Ping" }] },
  FirewallOptions: { place: datacenter, policyIn: "DROP", ebtables: false },
};

describe("what a run was making of the firewall when it was killed", function () {
  for (const kind of Object.keys(things) as (keyof typeof things)[])
    it(`comes to its end in the next run, at whichever request or command: ${kind}`, async () => {
      const args = things[kind];
      const once = await SwitchLab.start({});
      let moments = 0;
      once.heard = () => void moments++;
      await once.run().create(kind, args);
      const whole = structuredClone(once.files);
      await once.close();
      for (const moment of sampled(
        Array.from({ length: moments }, (_, at) => at + 1),
        Math.ceil(moments / 5),
        2,
      )) {
        const lab = await SwitchLab.start({});
        try {
          const killed = new AbortController();
          let count = 0;
          lab.heard = () => {
            if (++count === moment) killed.abort(new Error("killed"));
          };
          await Promise.allSettled([lab.run(killed.signal).create(kind, args)]);
          lab.heard = () => undefined;
          const next = lab.run();
          assert.equal(await next.problems(kind, args), "", `${moment} of ${moments}`);
          await next.create(kind, args);
          assert.deepEqual(lab.files, whole, `${moment} of ${moments}`);
        } finally {
          await lab.close();
        }
      }
    });

  it("comes to its end also where it has a way back, whoever kills it when, and nobody is shut out meanwhile", async () => {
    const on = { "firewall/cluster.fw": "[OPTIONS]\n\nenable: 1\n\n[RULES]\n\nIN ACCEPT -p tcp -dport 22,8006\n\n" };
    const args = { place: datacenter, rules: [letIn, rule] };
    const once = await SwitchLab.start(on);
    let moments = 0;
    once.heard = () => void moments++;
    await once.run().create("FirewallRules", args);
    const whole = structuredClone(once.files);
    await once.close();
    // Each waits for timers and looks: of so many the neighbours tell little.
    const all = Array.from({ length: Math.ceil(moments / 5) }, (_, at) => 5 * at + 3);
    for (const moment of sampled(all, Math.ceil(all.length / 5), 4)) {
      const lab = await SwitchLab.start(on);
      try {
        const killed = new AbortController();
        let count = 0;
        lab.heard = () => {
          if (++count === moment) killed.abort(new Error("killed"));
          assert.ok(lab.isReached, `${moment} of ${moments}`);
        };
        await Promise.allSettled([lab.run(killed.signal).create("FirewallRules", args)]);
        await lab.run().create("FirewallRules", args);
        assert.deepEqual(lab.files, whole, `${moment} of ${moments}`);
        assert.deepEqual(lab.left, [], `${moment} of ${moments}`);
      } finally {
        await lab.close();
      }
    }
  });

  it("is not taken up when it is somebody else's", async () => {
    const lab = await SwitchLab.start({ "firewall/cluster.fw": "[ALIASES]\n\nlan 198.51.100.1\n\n" });
    try {
      const args = things.FirewallAlias;
      assert.match(
        await lab.run().problems("FirewallAlias", args),
        /alias lan of the datacenter exists already; set adopt: true/,
      );
      await assert.rejects(lab.run().create("FirewallAlias", args), /exists already; set adopt: true/);
      assert.deepEqual([lab.left, lab.notes], [[], []]);
    } finally {
      await lab.close();
    }
  });
});
