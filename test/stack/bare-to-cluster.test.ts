import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { projectRoot } from "../../cli/project";
import { startSimulator, type Simulator } from "../../simulator";
import { bareConfig, bareWorld, rootOf } from "../support/bare-nodes";
import { DescribedStack, type Described } from "../support/described";
import { counts, ok } from "../support/results";

const nodes = [
  { name: "foxtrot", octet: 5 },
  { name: "golf", octet: 6 },
  { name: "hotel", octet: 7 },
];

/** The simulator's clock runs faster than ours, and so does the timer that would put the old network back. */
const restoreAfter = "20m";

/** One node: its repositories, then its networks, then its names. */
function node(
  name: string,
  octet: number,
  before: readonly string[],
  adopt: boolean,
  vlanIds: readonly number[],
): Described[] {
  const of = (kind: Described["kind"], own: string, args: object, options?: Record<string, unknown>): Described => ({
    ...{ kind, name: `${name}-${own}`, args: { node: name, ...args } },
    ...(options ? { options } : {}),
  });
  const network = (kind: Described["kind"], own: string, args: object, options?: Record<string, unknown>): Described =>
    of(
      kind,
      own,
      { name: own, restoreAfter, ...(adopt && kind !== "NetworkPort" ? { adopt } : {}), ...args },
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
        ...{ adopt: true, ports: ["enp4s0"], address: `192.168.3.${octet}/24`, gateway: "192.168.3.1" },
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
 * on at once is of a second reload. `adopt`: all of it is there already. `vlanIds`: of golf's first bridge.
 */
function program({ adopt = false, vlanIds = [9] }: { adopt?: boolean; vlanIds?: readonly number[] } = {}): Described[] {
  const perNode = nodes.reduce<Described[]>((all, { name, octet }, at) => {
    const previous = all.filter((one) => isNetwork(one) && one.args["node"] === nodes[at - 1]?.name);
    const after = previous.map((one) => one.name);
    return [...all, ...node(name, octet, after, adopt, name === "golf" ? vlanIds : [9])];
  }, []);
  return [
    ...perNode,
    {
      kind: "Cluster",
      name: "Matrix",
      args: {
        nodes: nodes.map(({ name, octet }) => ({ name, links: { 0: `192.168.8.${octet}` } })),
        linkPriorities: { 0: 10 },
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
    { kind: "Pool", name: "web", args: adopt ? { adopt } : {}, options: { provider: "members" } },
  ];
}

/** With the stack itself and its identity. */
const all = program().length + 2;

describe("matrix from three bare nodes, with the real engine", function () {
  let sim: Simulator;
  let lab: DescribedStack;
  const stacks: DescribedStack[] = [];
  const open = async (resources: readonly Described[]): Promise<DescribedStack> => {
    const config = bareConfig(sim);
    const named = Object.entries(config["proxmox:nodes"] as Record<string, object>).map(([name, one]) => [
      name,
      { ...one, password: `secret:ROOT_${name}` },
    ]);
    const made = await DescribedStack.create(
      sim,
      resources,
      { ...config, "proxmox:nodes": Object.fromEntries(named) as object },
      {
        ...Object.fromEntries(nodes.map(({ name }) => [`ROOT_${name}`, rootOf(name)])),
        MEMBER: sim.nodes[1]!.url,
        TOKEN_ID: sim.token.id,
      },
    );
    stacks.push(made);
    return made;
  };
  before(async () => {
    sim = await startSimulator({ seed: bareWorld(), clock: "auto", speed: 20 });
    lab = await open(program());
  });
  after(async () => {
    for (const { stack } of stacks) await stack.close();
    await sim.close();
  });

  const writes = (from = 0) =>
    sim.requests
      .slice(from)
      .filter(({ method, path: at }) => method !== "GET" && at !== "/access/ticket")
      .map(({ method, path: at }) => `${method} ${at}`);
  const reloads = (from = 0) => writes(from).filter((one) => /^PUT \/nodes\/[^/]+\/network$/.test(one));
  const golden = (octet: number): string =>
    fs
      .readFileSync(path.join(projectRoot, "test", "fixtures", "networks", "matrix.interfaces"), "utf8")
      .replaceAll("{octet}", String(octet));
  const interfaces = () => nodes.map(({ name }) => sim.world.nodes[name]!.network.interfaces);

  it("shows all of it in the preview, and writes nothing", async () => {
    const { stdout, changeSummary } = ok(await lab.stack.preview());
    assert.deepEqual(changeSummary, { create: all });
    assert.match(
      stdout,
      /makes cluster Matrix on foxtrot; golf, hotel join, one after the other; links whose addresses are still to come are looked at before it is made/,
    );
    assert.match(stdout, /hotel-vlan9: VLAN vlan9 of hotel; reload: its network, once for all changes/);
    assert.deepEqual(writes(), []);
  });

  it("goes up in one go: one reload per node, the documented file, a quorate cluster on its own network", async () => {
    assert.deepEqual(counts(ok(await lab.stack.up())), { create: all });
    assert.deepEqual(
      writes().filter(
        (one) => /\/network$|cluster\/config/.test(one) && one.startsWith("P") && !/POST.*\/network$/.test(one),
      ),
      [
        ...nodes.map(({ name }) => `PUT /nodes/${name}/network`),
        ...["POST /cluster/config", "POST /cluster/config/join", "POST /cluster/config/join"],
      ],
    );
    assert.deepEqual(
      interfaces(),
      nodes.map(({ octet }) => golden(octet)),
    );
    const { corosync, options } = sim.simulation.clusterOf(sim.world.nodes["foxtrot"]!);
    assert.deepEqual(
      Object.entries(corosync!.nodes).map(([name, { links }]) => [name, links["0"]]),
      nodes.map(({ name, octet }) => [name, `192.168.8.${octet}`]),
    );
    const state = ((await lab.stack.export()).resources ?? []).find(({ urn }) => urn.endsWith("::Matrix"));
    assert.equal(state?.outputs?.["ca"], sim.ca);
    // A member that the config knows by its old certificate alone: the Provider trusts it by the authority that the cluster has told.
    assert.ok(sim.simulation.clusterOf(sim.world.nodes["golf"]!).pools["web"]);
    assert.match(String(options["migration"]), /192\.168\.5\.0\/24/);
    for (const { name } of nodes) {
      const { timezone, network, timers } = sim.world.nodes[name]!;
      assert.equal(sim.simulation.isQuorate(sim.world.nodes[name]!), true, name);
      assert.deepEqual([timezone, timers ?? {}], ["Europe/Berlin", {}]);
      assert.match(network.hosts, /^192\.168\.3\.7 hotel\.matrix\.spaceships\.work hotel$/m);
    }
  });

  it("has nothing to do in the next up and in refresh, by what was read of members now", async () => {
    const from = sim.requests.length;
    for (const result of [await lab.stack.up(), await lab.stack.refresh()])
      assert.deepEqual(counts(ok(result)), { same: all });
    assert.deepEqual(writes(from), []);
  });

  it("shows a later change of one network of one node, and makes it behind the cluster's back as before", async () => {
    lab.describe(program({ vlanIds: [9, 30] }));
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

  it("is taken over by a stack that has never seen it, which writes down nothing but its own block of /etc/hosts", async () => {
    // As by hand: the lines of /etc/hosts without anybody's marks.
    for (const { network } of Object.values(sim.world.nodes)) network.hosts = network.hosts.replace(/^#.*\n/gm, "");
    const from = sim.requests.length;
    const other = await open(program({ adopt: true, vlanIds: [9, 30] }));
    const { stdout } = ok(await other.stack.preview());
    assert.doesNotMatch(stdout, /reload/);
    assert.match(stdout, /takes over cluster Matrix as it is/);
    assert.deepEqual(writes(from), []);
    ok(await other.stack.up());
    const hosts = nodes.map(({ name }) => `POST /nodes/${name}/hosts`);
    assert.deepEqual(writes(from).sort(), hosts.sort());
    assert.deepEqual(counts(ok(await other.stack.up())), { same: all });
  });
});
