import assert from "node:assert/strict";
import { shutOut, type Viewpoint } from "../../../providers/firewall/lockout/critical-flows";
import { withChanges, type FilterChange } from "../../../providers/firewall/lockout/filter-change";
import type { FilterPicture, NodeFilter } from "../../../providers/firewall/lockout/filter-picture";
import { enters } from "../../../providers/firewall/lockout/packet-verdict";
import type { Rule } from "../../../providers/firewall/rule.model";

const node = (number: number): NodeFilter => ({
  ...{ name: `pve${number}`, options: {}, rules: [], address: `10.0.0.${number}` },
  cards: [
    { name: "vmbr0", addresses: [`10.0.0.${number}/24`], gateway: true },
    { name: "vmbr1", addresses: [`10.1.0.${number}/24`], gateway: false },
  ],
  links: new Map([
    [0, `10.0.0.${number}`],
    [1, `10.1.0.${number}`],
  ]),
});

const off: FilterPicture = {
  ...{ options: {}, rules: [], groups: new Map(), aliases: new Map(), sets: new Map(), sdnSets: new Set(["web-all"]) },
  nodes: [node(1), node(2), node(3)],
};
const us = "192.0.2.7";
const view: Viewpoint = { addresses: [us], ssh: true, ceph: undefined };
const datacenter = { datacenter: true } as const;
const on: FilterChange = { kind: "options", place: datacenter, wanted: { enable: true }, reset: [] };
const rules = (...list: readonly Rule[]): FilterChange => ({
  ...{ kind: "rules", place: datacenter, rules: list, was: [], keepForeign: false },
});
const accept = (more: Partial<Rule>): Rule => ({ direction: "in", action: "ACCEPT", ...more });
const lost = (changes: readonly FilterChange[], seen = view): string[] => [
  ...shutOut(off, withChanges(off, changes), seen).lines,
];

describe("whom a firewall shuts out of the nodes", function () {
  it("is whoever talks from outside, where nothing lets him in", () => {
    assert.deepEqual(lost([on]).slice(0, 2), [
      `${us}, from which this program talks, no longer reaches the API of pve1 (10.0.0.1, tcp port 8006)`,
      `${us}, from which this program talks, no longer reaches SSH of pve1 (10.0.0.1, tcp port 22)`,
    ]);
    assert.deepEqual(lost([on], { ...view, ssh: false }).length, 3);
    assert.deepEqual(lost([]), []);
  });

  it("is nobody in the nodes' own network: Proxmox lets the management of it in, and corosync", () => {
    assert.deepEqual(lost([on], { ...view, addresses: ["10.0.0.99"] }), []);
  });

  it("is nobody whom a rule, a set, an alias or a group lets in", () => {
    const ports = { protocol: "tcp", destinationPort: "22,8006" };
    for (const changes of [
      [rules(accept({ ...ports, source: "192.0.2.0/24" }))],
      [rules(accept({ macro: "SSH" }), accept({ protocol: "6", destinationPort: 8006 }))],
      [{ kind: "set", set: "management", entries: [{ cidr: us }] }],
      [{ kind: "alias", alias: "Us", cidr: us }, rules(accept({ ...ports, source: "dc/us" }))],
      [{ kind: "group", group: "Ways", rules: [accept(ports)] }, rules({ group: "ways" })],
      [{ kind: "options", place: datacenter, wanted: { policyIn: "ACCEPT" }, reset: [] }],
      [{ kind: "alias", alias: "local_network", cidr: "192.0.2.0/24" }, rules(accept({ source: "10.0.0.0/16" }))],
    ] satisfies FilterChange[][])
      assert.deepEqual(lost([...changes, on]), [], JSON.stringify(changes));
  });

  it("is whom a rule above keeps out, an exception of a set, a rule that is off or of another card", () => {
    const mine = accept({ protocol: "tcp", destinationPort: "22,8006", source: us });
    for (const changes of [
      [rules({ direction: "in", action: "DROP", source: "192.0.2.0/24" }, mine)],
      [rules({ ...mine, enabled: false })],
      [rules({ ...mine, interface: "vmbr1" })],
      [{ kind: "set", set: "management", entries: [{ cidr: "192.0.2.0/24" }, { cidr: us, noMatch: true }] }],
      [{ kind: "set", set: "blacklist", entries: [{ cidr: us }] }, rules(mine)],
      [rules(accept({ source: "nobody" }))],
      [rules(accept({ source: "+sdn/web-all" }))],
      [{ kind: "group", group: "ways", rules: [mine] }, rules({ group: "ways", interface: "vmbr1" })],
    ] satisfies FilterChange[][])
      assert.equal(lost([...changes, on]).length, 6, JSON.stringify(changes));
  });

  it("is whom an exception of a set keeps out of a node with nftables, however narrow the entry that lets him in", () => {
    const narrow = [{ cidr: "192.0.2.0/24", noMatch: true }, { cidr: us }];
    const byNftables: FilterChange[] = [1, 2, 3].map((number) => ({
      ...{ kind: "options", place: { node: `pve${number}` }, wanted: { nftables: true }, reset: [] },
    }));
    const migration = accept({ protocol: "tcp", source: "10.0.0.0/24" });
    for (const changes of [
      [{ kind: "set", set: "management", entries: narrow }, rules(migration)],
      [
        { kind: "set", set: "us", entries: narrow },
        rules(accept({ protocol: "tcp", destinationPort: "22,8006", source: "+us" }), migration),
      ],
    ] satisfies FilterChange[][]) {
      assert.deepEqual(lost([...changes, on]), [], JSON.stringify(changes));
      assert.equal(lost([...changes, ...byNftables, on]).length, 6, JSON.stringify(changes));
    }
  });

  it("is whom a change shuts out of a node with nftables though the blacklist names him, which only pve-firewall knows", () => {
    const byNftables = (wanted: boolean): FilterChange[] =>
      [1, 2, 3].map((number) => ({
        ...{ kind: "options", place: { node: `pve${number}` }, wanted: { nftables: wanted }, reset: [] },
      }));
    const before: FilterChange[] = [
      { kind: "set", set: "blacklist", entries: [{ cidr: us }] },
      rules(accept({ protocol: "tcp" })),
      on,
    ];
    const closing: FilterChange = { kind: "options", place: datacenter, wanted: { policyIn: "DROP" }, reset: [] };
    for (const [nftables, count] of [
      [true, 6],
      [false, 0],
    ] as const) {
      const open = withChanges(off, [...byNftables(nftables), ...before]);
      const closed = withChanges(open, [rules(accept({ protocol: "tcp", source: "10.0.0.0/24" })), closing]);
      assert.equal(shutOut(open, closed, view).lines.length, count);
    }
  });

  it("is told of the nodes among each other too: migration, corosync and Ceph", () => {
    const dropping = (more: Partial<Rule>): FilterChange[] => [
      rules({ direction: "in", action: "DROP", ...more }),
      { kind: "set", set: "management", entries: [{ cidr: us }] },
      on,
    ];
    assert.match(
      lost(dropping({ protocol: "tcp", destinationPort: "60010:60020" })).join(),
      /node pve1 no longer reaches migration of pve2 \(10\.0\.0\.2, tcp /,
    );
    const corosync = [...dropping({ protocol: "udp" }), { ...rules(), place: { node: "pve1" } }];
    assert.deepEqual(lost(corosync), []);
    const both = [
      rules(
        { direction: "in", action: "DROP", protocol: "udp" },
        { direction: "out", action: "DROP", protocol: "udp" },
      ),
      ...dropping({}).slice(1),
    ];
    assert.match(
      lost(both).join(),
      /node pve1 no longer reaches corosync's link 0 of pve2 \(10\.0\.0\.2, udp port 5405\)/,
    );
    const ceph = { ...view, addresses: [], ceph: { networks: ["10.1.0.0/24"] } };
    assert.match(lost([on], ceph).join(), /node pve1 no longer reaches Ceph of pve2 \(10\.1\.0\.2, tcp /);
    assert.deepEqual(
      lost([rules(accept({ macro: "Ceph" }), accept({ protocol: "tcp", destinationPort: "7300:7568" })), on], ceph),
      [],
    );
  });

  it("is measured by who is let in now", () => {
    const closed = withChanges(off, [on]);
    assert.deepEqual(shutOut(closed, withChanges(closed, [rules(accept({ macro: "Ping" }))]), view).lines, []);
    assert.ok(!enters(closed, off.nodes[0]!, { source: us, destination: "10.0.0.1", protocol: "tcp", port: 8006 }));
    const away: FilterChange = { kind: "options", place: { node: "pve2" }, wanted: { enable: false }, reset: [] };
    assert.ok(!lost([on, away]).join().includes("pve2 (10.0.0.2, tcp port 8006"));
  });
});
