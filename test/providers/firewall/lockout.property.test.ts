import assert from "node:assert/strict";
import fc from "fast-check";
import { shutOut } from "../../../providers/firewall/lockout/critical-flows";
import { withChanges, type FilterChange } from "../../../providers/firewall/lockout/filter-change";
import type { FilterPicture, NodeFilter } from "../../../providers/firewall/lockout/filter-picture";
import { enters, leaves, type FirstPacket } from "../../../providers/firewall/lockout/packet-verdict";
import { readPicture } from "../../../providers/firewall/lockout/read-filter-picture";
import { ruleText } from "../../../providers/firewall/rule-meaning";
import type { Rule } from "../../../providers/firewall/rule.model";
import { startSimulator, type Simulator } from "../../../simulator";
import { readFirewalls } from "../../../simulator/firewall/firewall-daemon.js";
import { linkPasses, verdictOf } from "../../../simulator/firewall/packet-verdicts.js";
import { testWorld } from "../../support/lab";
import { pveOf } from "./filter-lab";
import { long } from "../../support/sample";

const addresses = {
  4: ["192.0.2.7", "192.0.2.200", "198.51.100.1", "10.10.0.77", "192.168.3.99"],
  6: ["2001:db8:7::7", "2001:db8:7:8::1", "2001:db8::99"],
} as const;
const networks = [
  ...["192.0.2.0/24", "192.0.2.0/25", "192.0.2.7", "198.51.100.0/24", "10.0.0.0/8", "192.0.2.5-192.0.2.9"],
  ...["2001:db8:7::/48", "2001:db8:7::/64", "2001:DB8:7:0::7", "2001:db8::/32", "2001:db8:7::1-2001:db8:7::f"],
];
/** Where the nodes are, and some of them alone. */
const own = ["192.168.3.0/24", "192.168.3.5", "192.168.3.4-192.168.3.5", "2001:db8::/64", "2001:db8::5", "::/0"];
const names = ["us", "them", "gone"];
const spec = fc.constantFrom(
  undefined,
  undefined,
  ...networks,
  ...names,
  ...names.map((name) => `+${name}`),
  "+management",
  "dc/us",
  "local_network",
);
const service = fc.constantFrom(
  {},
  {},
  { macro: "SSH" },
  { macro: "Ceph" },
  { macro: "Ping" },
  { macro: "PMG" },
  { protocol: "icmp" },
  { protocol: "ipv6-icmp", icmpType: "echo-request" },
  { protocol: "tcp", destinationPort: "1:21,23,8000:8010,60000" },
  { protocol: "tcp" },
  { protocol: "6", destinationPort: "22,8006" },
  { protocol: "tcp", destinationPort: "60000:60050" },
  { protocol: "udp", destinationPort: "5404:5412" },
  { protocol: "udp" },
  { protocol: "tcp", sourcePort: "1024:65535" },
);
const plain = fc
  .record({
    direction: fc.constantFrom("in" as const, "in" as const, "out" as const),
    action: fc.constantFrom("ACCEPT" as const, "DROP" as const, "REJECT" as const),
    service,
    source: spec,
    destination: fc.constantFrom(undefined, undefined, ...own, "10.0.0.0/8", "nodes", "+nodes", "gone"),
    enabled: fc.constantFrom(undefined, undefined, false),
    logLevel: fc.constantFrom(undefined, undefined, "info" as const, "nolog" as const),
  })
  .map(({ service: what, source, destination, enabled, logLevel, ...rule }): Rule => ({
    ...rule,
    ...what,
    ...(source === undefined ? {} : { source }),
    ...(destination === undefined ? {} : { destination }),
    ...(enabled === undefined ? {} : { enabled }),
    ...(logLevel === undefined ? {} : { logLevel }),
  }));
const card = fc.constantFrom(undefined, undefined, undefined, "vmbr0", "vmbr9");
const rule: fc.Arbitrary<Rule> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(plain, card).map(([one, name]) => ({ ...one, ...(name ? { interface: name } : {}) })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom("ways", "none"), card)
      .map(([group, name]) => ({ group, ...(name ? { interface: name } : {}) })),
  },
);
const entries = fc.uniqueArray(
  fc.record({ cidr: fc.constantFrom(...networks.filter((one) => !one.includes("-")), "us"), noMatch: fc.boolean() }),
  { selector: ({ cidr }) => cidr, maxLength: 3 },
);
const policy = fc.constantFrom(undefined, "ACCEPT" as const, "DROP" as const, "REJECT" as const);
const world = fc.record({
  enable: fc.constantFrom(true, true, true, false),
  policyIn: policy,
  policyOut: policy,
  nodeOff: fc.constantFrom(false, false, false, true),
  datacenter: fc.array(rule, { maxLength: 5 }),
  node: fc.array(rule, { maxLength: 3 }),
  group: fc.array(plain, { maxLength: 3 }),
  aliases: fc.record({
    us: fc.constantFrom("192.0.2.7", "192.0.2.0/24", "2001:db8:7::/64"),
    nodes: fc.constantFrom("192.168.3.0/24", "192.168.3.5", "2001:db8::/64"),
    them: fc.constant("198.51.100.0/24"),
    local_network: fc.constantFrom(undefined, undefined, "192.0.2.0/25"),
  }),
  management: fc.option(entries),
  blacklist: fc.option(entries, { freq: 4 }),
  us: entries,
  them: entries,
  nodes: fc
    .subarray(own.filter((one) => !one.includes("-") && one !== "::/0"))
    .map((list) => list.map((cidr) => ({ cidr, noMatch: false }))),
  /** What is no matter of who is let in. */
  beside: fc.subarray(["log_level_in: info", "log_level_out: debug", "nosmurfs: 0", "tcpflags: 1", "ndp: 0"]),
  logLimit: fc.constantFrom(undefined, "enable=1,burst=1,rate=1/minute", "enable=0"),
});
type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

const datacenter = { datacenter: true } as const;
/** A node has one of each family, with the same end. */
const sixOf = (address: string): string => `2001:db8::${address.split(".").at(-1) ?? ""}`;

/** The same by our picture. */
function pictureOf(base: FilterPicture, name: string, w: World): FilterPicture {
  const set = (of: string, list: World["us"] | null): FilterChange[] =>
    list === null ? [] : [{ kind: "set", set: of, entries: list }];
  const changes: FilterChange[] = [
    {
      ...{ kind: "options", place: datacenter, reset: [] },
      wanted: {
        enable: w.enable,
        ...(w.policyIn ? { policyIn: w.policyIn } : {}),
        ...(w.policyOut ? { policyOut: w.policyOut } : {}),
      },
    },
    { kind: "options", place: { node: name }, wanted: { enable: !w.nodeOff }, reset: [] },
    { kind: "rules", place: datacenter, rules: w.datacenter, was: [], keepForeign: false },
    { kind: "rules", place: { node: name }, rules: w.node, was: [], keepForeign: false },
    { kind: "group", group: "ways", rules: w.group },
    ...Object.entries(w.aliases).map(([alias, cidr]): FilterChange => ({ kind: "alias", alias, cidr })),
    ...[
      ...set("management", w.management),
      ...set("blacklist", w.blacklist),
      ...set("us", w.us),
      ...set("nodes", w.nodes),
      ...set("them", w.them),
    ],
  ];
  return withChanges(base, changes);
}

/** The same as Proxmox's files. */
function filesOf(name: string, w: World): Record<string, string> {
  const sets = Object.entries({
    ...{ management: w.management, blacklist: w.blacklist, us: w.us, them: w.them, nodes: w.nodes },
  });
  const lines = [
    ...["[OPTIONS]", "", `enable: ${w.enable ? 1 : 0}`],
    ...(w.policyIn ? [`policy_in: ${w.policyIn}`] : []),
    ...(w.policyOut ? [`policy_out: ${w.policyOut}`] : []),
    ...(w.logLimit ? [`log_ratelimit: ${w.logLimit}`] : []),
    ...["", "[ALIASES]", ""],
    ...Object.entries(w.aliases).flatMap(([alias, cidr]) => (cidr === undefined ? [] : [`${alias} ${cidr}`])),
    ...sets.flatMap(([set, list]) =>
      list === null
        ? []
        : ["", `[IPSET ${set}]`, "", ...list.map(({ cidr, noMatch }) => `${noMatch ? "!" : ""}${cidr}`)],
    ),
    ...["", "[RULES]", "", ...w.datacenter.map(ruleText)],
    ...["", "[group ways]", "", ...w.group.map(ruleText), ""],
  ];
  const options = ["[OPTIONS]", "", `enable: ${w.nodeOff ? 0 : 1}`, ...w.beside];
  const host = [...options, "", "[RULES]", "", ...w.node.map(ruleText), ""];
  return { "firewall/cluster.fw": lines.join("\n"), [`nodes/${name}/host.fw`]: host.join("\n") };
}

describe("what the check of lock-outs says of a packet", function () {
  let sim: Simulator;
  let base: FilterPicture;
  before(async () => {
    const seed = testWorld("matrix");
    for (const { address, network } of Object.values(seed.nodes))
      network.interfaces = network.interfaces.replace(
        "\nauto vmbr1\n",
        `\niface vmbr0 inet6 static\n\taddress ${sixOf(address)}/64\n\tgateway 2001:db8::1\n$&`,
      );
    sim = await startSimulator({ seed });
    const { pve, close } = pveOf(sim);
    base = await readPicture(pve);
    close();
  });
  after(() => sim.close());

  it("is what the packet filter does with it", () => {
    const [first] = base.nodes;
    assert.ok(first?.address !== undefined && first.cards.length > 0, "there is no node to look at");
    const own: NodeFilter = first;
    const addressesOf = { 4: first.address, 6: sixOf(first.address) } as const;
    assert.ok(own.cards.some(({ addresses: here }) => here.includes(`${addressesOf[6]}/64`)));
    const cluster = sim.world.clusters[sim.world.nodes[own.name]!.cluster]!;
    const seen = { 4: { accept: 0, not: 0 }, 6: { accept: 0, not: 0 } };
    fc.assert(
      fc.property(
        world,
        fc
          .constantFrom(4 as const, 4 as const, 6 as const)
          .chain((family) => fc.constantFrom(...addresses[family].map((outside) => [family, outside] as const))),
        fc.constantFrom(
          ...([8006, 22, 3128, 5950, 60000, 60050, 60051, 3300, 6789, 7000, 443] as const).map((port) => ({
            protocol: "tcp" as const,
            port,
          })),
          ...([5404, 5405, 5406] as const).map((port) => ({ protocol: "udp" as const, port })),
        ),
        (w, [family, outside], what) => {
          const address = addressesOf[family];
          cluster.firewallFiles = filesOf(own.name, w);
          readFirewalls(sim.world, sim.clock.seconds());
          const picture = pictureOf(base, own.name, w);
          const node = picture.nodes.find(({ name }) => name === own.name)!;
          const traffic = { ...what, sourcePort: 45_678 };
          const inwards: FirstPacket = { source: outside, destination: address, ...traffic };
          const filter = verdictOf(
            sim.world,
            { kind: "outside", address: outside },
            { kind: "node", node: own.name, address },
            traffic,
          );
          assert.equal(
            enters(picture, node, inwards),
            filter === "accept",
            `${outside} to port ${what.port} (${filter}):\n${cluster.firewallFiles["firewall/cluster.fw"] ?? ""}`,
          );
          seen[family][filter === "accept" ? "accept" : "not"]++;
        },
      ),
      { numRuns: long ? 1000 : 250 },
    );
    for (const { accept, not } of Object.values(seen)) assert.ok(accept > 20 && not > 20, JSON.stringify(seen));
  });

  it("is what becomes of it between two nodes, on the way out of one and into the other", () => {
    const [from, to] = base.nodes;
    assert.ok(from?.address !== undefined && to?.address !== undefined, "there are no two nodes");
    const ends = [from.address, to.address] as const;
    const cluster = sim.world.clusters[sim.world.nodes[from.name]!.cluster]!;
    fc.assert(
      fc.property(
        world,
        fc.constantFrom(
          ...([8006, 22, 60000, 60050, 6789, 6800] as const).map((port) => ({ protocol: "tcp" as const, port })),
          ...([5404, 5405, 5406] as const).map((port) => ({ protocol: "udp" as const, port })),
        ),
        fc.constantFrom(4, 4, 6),
        (w, what, family) => {
          const [source, destination] = family === 4 ? ends : ([sixOf(ends[0]), sixOf(ends[1])] as const);
          cluster.firewallFiles = filesOf(to.name, w);
          readFirewalls(sim.world, sim.clock.seconds());
          const picture = pictureOf(base, to.name, w);
          const at = (name: string): NodeFilter => picture.nodes.find((one) => one.name === name)!;
          const packet: FirstPacket = { source, destination, ...what, sourcePort: 45_678 };
          const filter = verdictOf(
            sim.world,
            { kind: "node", node: from.name, address: source },
            { kind: "node", node: to.name, address: destination },
            { ...what, sourcePort: 45_678 },
          );
          const passes = leaves(picture, at(from.name), packet) && enters(picture, at(to.name), packet);
          assert.equal(
            passes,
            filter === "accept",
            `${what.protocol} ${what.port} (${filter}):\n${cluster.firewallFiles["firewall/cluster.fw"] ?? ""}\n${cluster.firewallFiles[`nodes/${to.name}/host.fw`] ?? ""}`,
          );
        },
      ),
      { numRuns: long ? 800 : 200 },
    );
  });

  it("is what becomes of a link of corosync whose connection nobody knows yet", () => {
    const off = { ...base, options: {} };
    const [from, to] = base.nodes;
    const [own, other] = [from?.links.get(0), to?.links.get(0)];
    assert.ok(from && to && own !== undefined && other !== undefined, "there is no link");
    const cluster = sim.world.clusters[sim.world.nodes[from.name]!.cluster]!;
    const seen = { cut: 0, open: 0 };
    const cutting = (["in", "out"] as const).map((direction): Rule => ({ direction, action: "DROP", protocol: "udp" }));
    fc.assert(
      fc.property(world, fc.constantFrom(from, to), fc.subarray(cutting), (random, node, last) => {
        const w = { ...random, datacenter: [...random.datacenter.slice(0, 2), ...last] };
        cluster.firewallFiles = filesOf(node.name, w);
        readFirewalls(sim.world, sim.clock.seconds());
        const { cut } = shutOut(off, pictureOf(base, node.name, w), { addresses: [], ssh: false, ceph: undefined });
        const isCut = cut.some((line) =>
          line.startsWith(`node ${from.name} no longer reaches corosync's link 0 of ${to.name} (`),
        );
        const ends = [from, to].map(({ name }) => sim.world.nodes[name]!);
        const passes = linkPasses(sim.world, { node: ends[0]!, address: own }, { node: ends[1]!, address: other });
        assert.equal(isCut, !passes, `${cut.join("\n")}\n${JSON.stringify(cluster.firewallFiles)}`);
        seen[isCut ? "cut" : "open"]++;
      }),
      { numRuns: long ? 600 : 150 },
    );
    assert.ok(seen.cut > 5 && seen.open > 50, JSON.stringify(seen));
  });
});
