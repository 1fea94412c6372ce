import assert from "node:assert/strict";
import type { ClusterFirewallArgs } from "../../components/cluster-firewall";
import { ComponentOnMocks } from "../support/component-on-mocks";
import { orderOf } from "../support/dependency-graph";

const ssh = { direction: "in", action: "ACCEPT", macro: "SSH" } as const;

describe("the firewall of a cluster, alone", () => {
  const mocks = new ComponentOnMocks(
    () => require("../../components/cluster-firewall") as typeof import("../../components/cluster-firewall"),
  );

  /** What the program has said of it. */
  const props = (kind: string, name: string): Record<string, unknown> => {
    const found =
      mocks.registered.find((one) => one.kind === kind && one.name === name) ?? assert.fail(`no ${kind} ${name}`);
    return Object.fromEntries(Object.entries(found.props).filter(([key]) => !key.startsWith("__")));
  };
  const called = () =>
    mocks.registered
      .filter(({ kind }) => kind !== "StackIdentity")
      .map(({ kind, name }) => `${kind} ${name}`)
      .sort();
  const refused = (args: ClusterFirewallArgs): string => {
    try {
      new mocks.module.ClusterFirewall("matrix", args);
    } catch (error) {
      assert.deepEqual(mocks.registered, []);
      return (error as Error).message;
    }
    return assert.fail("was not refused");
  };

  it("makes what is described and nothing else, each with its name and its place", () => {
    new mocks.module.ClusterFirewall("matrix", {
      firewall: { aliases: { lan: { cidr: "10.0.0.0/24", comment: "the LAN" } } },
    });
    assert.deepEqual(called(), ["ClusterFirewall matrix", "FirewallAlias lan"]);
    assert.deepEqual(props("FirewallAlias", "lan"), {
      ...{ alias: "lan", cidr: "10.0.0.0/24", comment: "the LAN", place: { datacenter: true } },
    });
    mocks.forget();
    new mocks.module.ClusterFirewall("matrix", { nodes: { pve1: { firewall: { rules: [ssh] } }, pve2: {} } });
    assert.deepEqual(called(), ["ClusterFirewall matrix", "FirewallRules pve1-firewall"]);
    mocks.forget();
    new mocks.module.ClusterFirewall("matrix", {
      nodes: { pve1: {} },
      firewall: { rules: [], foreign: "keep", options: { ndp: true } },
    });
    assert.deepEqual(called(), ["ClusterFirewall matrix", "FirewallOptions matrix", "FirewallRules matrix"]);
    const { rules, foreign, place } = props("FirewallRules", "matrix");
    assert.deepEqual([rules, foreign, place], [[], "keep", { datacenter: true }]);
  });

  it("gives every node what all have, with its variables, unless the node says otherwise", () => {
    const source = "10.0.{{octet}}.0/24";
    new mocks.module.ClusterFirewall("matrix", {
      nodes: {
        pve1: { variables: { octet: 1 } },
        pve2: { variables: { octet: 2 }, firewall: { options: { ndp: false }, restoreAfter: "2m" } },
        pve3: { variables: { octet: 3 }, firewall: { rules: null as never } },
      },
      firewall: {
        restoreAfter: "90s",
        node: { rules: [{ ...ssh, source }], options: { ndp: true, noSmurfs: true } },
        groups: { web: { rules: [ssh], restoreAfter: "3m" }, db: {} },
      },
    });
    const one = (name: string) => props("FirewallRules", `${name}-firewall`);
    assert.deepEqual(one("pve1"), {
      ...{ place: { node: "pve1" }, rules: [{ ...ssh, source: "10.0.1.0/24" }], restoreAfter: "90s" },
    });
    assert.deepEqual([one("pve2")["rules"], one("pve2")["restoreAfter"]], [[{ ...ssh, source: "10.0.2.0/24" }], "2m"]);
    const { ndp, noSmurfs } = props("FirewallOptions", "pve2-firewall");
    assert.deepEqual([ndp, noSmurfs], [false, true]);
    assert.ok(!called().includes("FirewallRules pve3-firewall"));
    assert.deepEqual(
      ["web", "db"].map((name) => props("FirewallGroup", name)["restoreAfter"]),
      ["3m", "90s"],
    );
  });

  it("waits for what a text names, in whatever spelling, and not for what only looks like it", async () => {
    new mocks.module.ClusterFirewall("matrix", {
      firewall: {
        aliases: { lan: { cidr: "10.0.0.0/24" }, web: { cidr: "10.1.0.0/24" } },
        ipSets: {
          lan: { entries: [{ cidr: "10.2.0.0/24" }] },
          both: { entries: [{ cidr: "10.3.0.1" }, { cidr: "dc/Web" }] },
        },
        groups: {
          web: { rules: [{ ...ssh, source: "+LAN" }] },
          out: { rules: [{ direction: "out", action: "DROP", destination: "lan" }] },
          guests: { rules: [{ ...ssh, source: "guest/lan", destination: "+sdn/lan-all" }] },
        },
        rules: [{ group: "web" }],
      },
    });
    const { assertAfter, assertApart } = await orderOf(mocks.registered);
    assertAfter(/^FirewallIpSet both/, /^FirewallAlias web/);
    assertApart(/^FirewallIpSet both/, /^FirewallAlias lan/);
    assertAfter(/^FirewallGroup web/, /^FirewallIpSet lan/);
    assertApart(/^FirewallGroup web/, /^FirewallAlias /);
    assertAfter(/^FirewallGroup out/, /^FirewallAlias lan/);
    assertApart(/^FirewallGroup out/, /^FirewallIpSet /);
    assertApart(/^FirewallGroup guests/, /^Firewall(Alias|IpSet) /);
    assertAfter(/^FirewallRules matrix/, /^FirewallGroup web/);
    assertApart(/^FirewallRules matrix/, /^FirewallGroup (out|guests)/);
  });

  it("is refused with all that is wrong, before anything is registered", () => {
    const text = refused({
      nodes: { pve1: { firewall: { aliases: {} } as never } },
      shared: { unguarded: true, node: { lockout: "accept" }, lockout: "refuse" },
      firewall: { foreign: "keep", sets: {}, node: { rules: [{ ...ssh, source: "{{lan}}" }] } } as never,
    });
    for (const part of [
      /^ClusterFirewall "matrix" has \d+ problems; nothing of it was touched:$/m,
      /shared\.firewall\.unguarded: unguarded cannot be set for several stacks at once/,
      /shared\.firewall\.node\.lockout: lockout cannot be set for several stacks at once/,
      /firewall\.sets: there is no such part; there are aliases, ipSets/,
      /nodes\.pve1\.firewall\.aliases: there is no such part; there are options, rules, foreign/,
      /firewall\.foreign: is about rules of others beside rules/,
      /firewall\.rules\[0\]\.source: \{\{lan\}\} is not set for node pve1/,
    ])
      assert.match(text, part);
    assert.doesNotMatch(text, /shared\.firewall\.lockout/);
    assert.match(refused({ firewall: { node: { options: { ndp: true } } } }), /nodes: name at least one/);
  });
});
