import assert from "node:assert/strict";
import { shutOut, type Viewpoint } from "../../../providers/firewall/lockout/critical-flows";
import { withChanges, type FilterChange } from "../../../providers/firewall/lockout/filter-change";
import type { FilterPicture, NodeFilter } from "../../../providers/firewall/lockout/filter-picture";
import type { Rule } from "../../../providers/firewall/rule.model";

const node = (number: number): NodeFilter => ({
  ...{ name: `pve${number}`, options: {}, rules: [], address: `10.0.0.${number}` },
  cards: [{ name: "vmbr0", addresses: [`10.0.0.${number}/24`], gateway: true }],
  links: new Map([[0, `10.0.0.${number}`]]),
});
const unread = (number: number): NodeFilter => ({ ...node(number), cards: [], unread: "timed out" });
const allIn: Rule = { direction: "in", action: "ACCEPT" };
const picture = (...nodes: NodeFilter[]): FilterPicture => ({
  ...{ options: { enable: "1" }, rules: [{ rule: allIn, broken: false }], groups: new Map(), aliases: new Map() },
  ...{ sets: new Map(), sdnSets: new Set<string>(), nodes },
});
const view: Viewpoint = { addresses: ["10.0.0.99"], ssh: true, ceph: undefined };
const datacenter = { datacenter: true } as const;
const change = (
  place: FilterChange extends infer C ? (C extends { kind: "rules"; place: infer P } ? P : never) : never,
  ...rules: Rule[]
): FilterChange => ({
  ...{ kind: "rules", place, rules, was: [], keepForeign: false },
});
/** The firewall is turned on, and lets nothing out by itself. */
const on: FilterChange = {
  kind: "options",
  place: datacenter,
  wanted: { enable: true, policyOut: "DROP" },
  reset: [],
};
const cut: Rule[] = [
  { direction: "in", action: "DROP", protocol: "udp", destinationPort: "5405" },
  { direction: "out", action: "DROP", protocol: "udp", destinationPort: "5405" },
  allIn,
];

describe("a cut of corosync where a node cannot be read", function () {
  it("is a cut between all that are read", () => {
    const before = picture(node(1), node(2));
    assert.notDeepEqual(shutOut(before, withChanges(before, [change(datacenter, ...cut)]), view).cut, []);
  });
  it("is a cut when one is not read", () => {
    const before = picture(node(1), unread(2));
    const found = shutOut(before, withChanges(before, [change(datacenter, ...cut)]), view);
    assert.notDeepEqual(found.cut, [], found.lines.join("\n"));
  });
  it("is a cut when two are not read", () => {
    const before = picture(node(1), unread(2), unread(3));
    const found = shutOut(before, withChanges(before, [change(datacenter, ...cut)]), view);
    assert.notDeepEqual(found.cut, [], found.lines.join("\n"));
  });
  it("is beside Ceph of a node whose cards are not read, of which nothing can be told", () => {
    const ceph = { ...view, ceph: { networks: ["10.0.0.0/24"] } };
    const closing = change(
      { node: "pve1" },
      { direction: "in", action: "DROP", protocol: "tcp", destinationPort: "6789" },
    );
    for (const second of [node(2), unread(2)]) {
      const before = picture(node(1), second);
      const found = shutOut(before, withChanges(before, [closing]), ceph);
      const words =
        second.unread === undefined
          ? /pve2 no longer reaches Ceph of pve1/
          : /whether Ceph still passes to and from pve2 cannot be told/;
      assert.match(found.lines.join("\n"), words);
      const opening = withChanges(before, [change({ node: "pve1" }, { ...allIn, protocol: "tcp" })]);
      assert.deepEqual(shutOut(before, opening, ceph).lines, []);
    }
  });
});

describe("nodes that proxmox-firewall filters", function () {
  const nft = (number: number): NodeFilter => ({ ...node(number), options: { nftables: "1" } });
  const lines = (...rules: Rule[]) => {
    const before: FilterPicture = { ...picture(nft(1), nft(2)), options: {}, rules: [] };
    return shutOut(before, withChanges(before, [change(datacenter, ...rules), on]), {
      ...view,
      addresses: ["10.0.0.99"],
    });
  };
  it("let nothing out by themselves, and corosync and the management in before all rules", () => {
    const closed = lines({ direction: "in", action: "DROP" });
    assert.match(closed.lines.join("\n"), /node pve1 no longer reaches the API of pve2/);
    assert.notDeepEqual(closed.cut, []);
    const open = lines(
      { direction: "in", action: "DROP", protocol: "tcp", destinationPort: "8006" },
      { direction: "out", action: "ACCEPT" },
    );
    assert.deepEqual([open.cut, open.lines.filter((one) => !/migration/.test(one))], [[], []]);
  });
});

describe("links of corosync by names", function () {
  const named = (number: number): NodeFilter => ({ ...node(number), links: new Map([[0, `pve${number}.example`]]) });
  const before: FilterPicture = { ...picture(named(1), named(2)), options: {}, rules: [] };
  it("are not cut by a firewall that Proxmox lets them through", () => {
    assert.deepEqual(shutOut(before, withChanges(before, [on]), view).cut, []);
  });
  it("nor by one that lets the nodes' network in", () => {
    const letIn: FilterChange = change(
      datacenter,
      { direction: "in", action: "ACCEPT", protocol: "udp", destinationPort: "5405:5412", source: "10.0.0.0/24" },
      { direction: "out", action: "ACCEPT", protocol: "udp", destinationPort: "5405:5412", destination: "10.0.0.0/24" },
    );
    assert.deepEqual(shutOut(before, withChanges(before, [letIn, on]), view).cut, []);
  });
});
