import assert from "node:assert/strict";
import { startSimulator, type Simulator, type World } from "../../simulator";
import { addRepository, changeRepository } from "../../simulator/apt/apt-files.js";
import { bareConfig, bareWorld, rootOf } from "../support/bare-nodes";
import { DescribedStack, type Described } from "../support/described";
import { counts, ok } from "../support/results";
import { writesTo } from "../support/writes";

const nodes = [
  { name: "foxtrot", octet: 5 },
  { name: "golf", octet: 6 },
  { name: "hotel", octet: 7 },
];

/** The simulator's clock runs faster than ours, and so does the timer that would put the old network back. */
const restoreAfter = "20m";

/** One node: its repositories, then its networks, then its names. */
function node(name: string, octet: number, before: readonly string[], vlanIds: readonly number[]): Described[] {
  const of = (kind: Described["kind"], own: string, args: object, options?: Record<string, unknown>): Described => ({
    ...{ kind, name: `${name}-${own}`, args: { node: name, ...args } },
    ...(options ? { options } : {}),
  });
  const network = (kind: Described["kind"], own: string, args: object, options?: Record<string, unknown>): Described =>
    of(
      kind,
      own,
      { name: own, restoreAfter, ...(kind === "NetworkPort" ? {} : { adopt: true }), ...args },
      { ...options, dependsOn: before },
    );
  const fast = (bridge: string, port: string, net: number, others: readonly number[]) =>
    network("Bridge", bridge, {
      ...{ ports: [port], address: `192.168.${net}.${octet}/24`, mtu: 9000 },
      ...(others.length === 0 ? {} : { peers: others.map((other) => `192.168.${net}.${other}`), jumbo: true }),
    });
  // Those whose networks are there already.
  const others = nodes.map((one) => one.octet).filter((one) => one < octet);
  return [
    of("AptRepository", "enterprise", { handle: "enterprise", enabled: false }),
    of("AptRepository", "no-subscription", { handle: "no-subscription" }),
    of("HostsEntries", "hosts", {
      block: "matrix",
      entries: nodes.map((one) => ({
        address: `192.168.3.${one.octet}`,
        names: [`${one.name}.matrix.spaceships.work`, one.name],
      })),
    }),
    of("TimeZone", "time-zone", { timeZone: "Europe/Berlin" }),
    of("Dns", "dns", { servers: ["192.168.3.1"], searchDomain: "matrix.spaceships.work" }),
    network("NetworkPort", "enp4s0", { autostart: true }),
    network("NetworkPort", "enp5s0f0np0", { autostart: true, mtu: 9000 }),
    network("NetworkPort", "enp5s0f1np1", { autostart: true, mtu: 9000 }),
    network(
      "Bridge",
      "vmbr0",
      {
        ...{ ports: ["enp4s0"], address: `192.168.3.${octet}/24`, gateway: "192.168.3.1" },
        ...{ vlanAware: true, vlanIds, comment: "MGMT" },
      },
      { retainOnDelete: true },
    ),
    fast("vmbr1", "enp5s0f0np0", 5, others),
    fast("vmbr2", "enp5s0f1np1", 7, others),
    network("Vlan", "vlan9", { parent: "vmbr0", vlanId: 9, address: `192.168.8.${octet}/24` }),
  ];
}

const isNetwork = ({ kind }: Described) => ["Bridge", "NetworkPort", "Vlan"].includes(kind);

/**
 * The networks of one node after those of another: the engine works at a few resources at a time, and what it cannot take
 * on at once is of a second reload. `vlanIds`: of golf's first bridge.
 */
function program(vlanIds: readonly number[] = [9]): Described[] {
  const perNode = nodes.reduce<Described[]>((all, { name, octet }, at) => {
    const previous = all.filter((one) => isNetwork(one) && one.args["node"] === nodes[at - 1]?.name);
    const after = previous.map((one) => one.name);
    return [...all, ...node(name, octet, after, name === "golf" ? vlanIds : [9])];
  }, []);
  return [
    ...perNode,
    {
      kind: "Cluster",
      name: "Matrix",
      args: {
        nodes: nodes.map(({ name, octet }) => ({ name, links: { 0: `192.168.8.${octet}` } })),
      },
      options: { dependsOn: perNode.map(({ name }) => name) },
    },
    {
      kind: "DatacenterOptions",
      name: "options",
      args: { keyboard: "en-us", migration: { type: "insecure", network: "192.168.5.0/24" } },
      options: { dependsOn: ["Matrix"] },
    },
    {
      kind: "Provider",
      name: "members",
      args: {
        "proxmox:endpoints": ["$MEMBER"],
        "proxmox:tokenId": "$TOKEN_ID",
        "proxmox:ca": "@Matrix.ca",
      },
    },
    { kind: "Pool", name: "web", args: {}, options: { provider: "members" } },
  ];
}

/** The documented machines as a cluster that somebody has made of them, with all that the program describes. */
function madeByHand(): World {
  const world = bareWorld("matrix");
  const lines = nodes.map(({ name, octet }) => `192.168.3.${octet} ${name}.matrix.spaceships.work ${name}\n`);
  for (const node of Object.values(world.nodes)) {
    const { options } = world.clusters[node.cluster]!;
    Object.assign(options, { keyboard: "en-us", migration: "network=192.168.5.0/24,type=insecure" });
    node.rootPassword = rootOf(node.name);
    node.timezone = "Europe/Berlin";
    node.network.hosts = `127.0.0.1 localhost\n${lines.join("")}`;
    addRepository(node, "no-subscription");
    changeRepository(node, "/etc/apt/sources.list.d/pve-enterprise.sources", 0, false);
  }
  return world;
}

/** With the stack itself and its identity. */
const all = program().length + 2;

describe("matrix that was made by hand, taken over with the real engine", function () {
  let sim: Simulator;
  let lab: DescribedStack;
  before(async () => {
    sim = await startSimulator({ seed: madeByHand(), clock: "auto", speed: 20 });
    const config = bareConfig(sim);
    const named = Object.entries(config["proxmox:nodes"] as Record<string, object>).map(([name, one]) => [
      name,
      { ...one, password: `secret:ROOT_${name}` },
    ]);
    lab = await DescribedStack.create(
      sim,
      program(),
      { ...config, "proxmox:nodes": Object.fromEntries(named) as object },
      {
        ...Object.fromEntries(nodes.map(({ name }) => [`ROOT_${name}`, rootOf(name)])),
        MEMBER: sim.nodes[1]!.url,
        TOKEN_ID: sim.token.id,
      },
    );
  });
  after(async () => {
    await lab.stack.close();
    await sim.close();
  });

  const writes = (from = 0) => writesTo(sim, from);
  const reloads = (from = 0) => writes(from).filter((one) => /^PUT \/nodes\/[^/]+\/network$/.test(one));
  const interfaces = () => nodes.map(({ name }) => sim.world.nodes[name]!.network.interfaces);

  it("shows nothing to be done to it in the preview, but what the stack itself marks and adds", async () => {
    const { stdout, changeSummary } = ok(await lab.stack.preview());
    assert.deepEqual(changeSummary, { create: all });
    assert.doesNotMatch(stdout, /reload/);
    assert.match(stdout, /takes over cluster Matrix as it is/);
    assert.deepEqual(writes(), []);
  });

  it("writes down nothing but its own block of /etc/hosts, and is at rest", async () => {
    ok(await lab.stack.up());
    assert.deepEqual(writes().sort(), [...nodes.map(({ name }) => `POST /nodes/${name}/hosts`), "POST /pools"]);
    const state = ((await lab.stack.export()).resources ?? []).find(({ urn }) => urn.endsWith("::Matrix"));
    assert.equal(state?.outputs?.["ca"], sim.ca);
    // A member that the config knows by its old certificate alone: the Provider trusts it by the authority that the cluster has told.
    assert.ok(sim.simulation.clusterOf(sim.world.nodes["golf"]!).pools["web"]);
    const from = sim.requests.length;
    for (const result of [await lab.stack.up(), await lab.stack.refresh()])
      assert.deepEqual(counts(ok(result)), { same: all });
    assert.deepEqual(writes(from), []);
  });

  it("shows a later change of one network of one node, and makes it behind the cluster's back as before", async () => {
    lab.describe(program([9, 30]));
    const { stdout, changeSummary } = ok(await lab.stack.preview());
    assert.deepEqual(changeSummary, { same: all - 1, update: 1 });
    assert.match(stdout, /golf-vmbr0 .*reload: vlanIds/);
    const from = sim.requests.length;
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: all - 1, update: 1 });
    assert.deepEqual(reloads(from), ["PUT /nodes/golf/network"]);
    assert.match(interfaces()[1]!, /bridge-vids 9 30\n/);
    assert.deepEqual(
      sim.sshRecords.filter(({ unbuilt }) => unbuilt),
      [],
    );
  });
});
