import assert from "node:assert/strict";
import type { Simulator, World } from "../../../simulator";
import { bareConfig, bareWorld } from "../../support/bare-nodes";
import { eventually } from "../../support/eventually";
import { image as testImage, Lab, type AnyLab } from "../../support/lab";
import type { CallFailure, Properties } from "../../support/plugin";

const names = ["foxtrot", "golf", "hotel"];
const address = (at: number) => `192.168.3.${5 + at}`;
const nodes = names.map((name, at) => ({ name, links: { 0: address(at) } }));
const image = { url: testImage.url, checksum: testImage.checksum };
const matrix: Properties = { name: "Matrix", nodes };

describe("a cluster", function () {
  let lab: AnyLab;
  afterEach(() => lab.close());

  const start = async (
    change: (world: World) => void = () => undefined,
    config: (sim: Simulator) => object = () => ({}),
  ): Promise<void> => {
    const world = bareWorld();
    change(world);
    lab = await Lab.here({ seed: world }, (sim) => ({ ...bareConfig(sim), ...config(sim) }));
  };
  const corosync = () => lab.sim.simulation.clusterOf(lab.sim.world.nodes["foxtrot"]!).corosync;
  const writes = () => lab.sim.requests.filter(({ method, path }) => method !== "GET" && path !== "/access/ticket");
  const preview = async (args: Properties, olds: Properties = {}): Promise<string[]> => {
    const found = await lab.plugin.check("Cluster", olds, { ...lab.inputs("Cluster", "c", args), __preview: true });
    return (found.inputs["__problems"] as string[] | undefined) ?? [];
  };
  const told = (part: string | RegExp) =>
    eventually(`${String(part)} in the row`, () =>
      lab.plugin.engine.messages.some(({ message }) => message.match(part) !== null),
    );

  it("is formed of bare nodes, one after the other, and at rest afterwards", async () => {
    await start();
    const onHotel = () => lab.problems("CloudImage", { ...image, node: "hotel", storage: "local" });
    assert.match((await onHotel()).join(), /there is no node "hotel"; the cluster has foxtrot/);
    assert.deepEqual(await preview(matrix), []);
    // What is to be put on a node that is about to join is no problem of the preview.
    assert.deepEqual(await onHotel(), []);
    await told(/makes cluster Matrix on foxtrot; golf, hotel join, one after the other; longest way between nodes/);
    assert.deepEqual(writes(), []);
    const made = await lab.create("Cluster", "c", matrix);
    assert.equal(made.id, "Matrix");
    assert.deepEqual(Object.keys(corosync()!.nodes), names);
    assert.deepEqual(
      writes().map(({ node, method, path }) => `${node} ${method} ${path}`),
      ["foxtrot POST /cluster/config", "golf POST /cluster/config/join", "hotel POST /cluster/config/join"],
    );
    assert.equal(made.properties["ca"], lab.sim.ca);
    assert.deepEqual(
      made.properties["fingerprints"],
      Object.fromEntries(lab.sim.nodes.map(({ name, fingerprint }) => [name, fingerprint])),
    );
    const before = writes().length;
    const read = await lab.plugin.read("Cluster", made.id, made.properties);
    assert.deepEqual(read.properties["nodes"], nodes);
    assert.equal((await lab.plugin.diff("Cluster", made.id, read.properties, made.inputs)).changes, "none");
    assert.equal(writes().length, before);
  });

  it("is taken over as it is when it was made by hand, and a later node joins it alone", async () => {
    await start();
    const { world, simulation } = lab.sim;
    const two = { ...matrix, nodes: nodes.slice(0, 2), twoNode: true };
    await lab.create("Cluster", "c", two);
    await lab.plugin.close();
    // Another stack that has seen nothing of it.
    const later = await Lab.hereOn(lab.sim, bareConfig(lab.sim));
    lab = Object.assign(Object.create(Lab.prototype) as Lab, lab, { plugin: later.plugin });
    const before = writes().length;
    assert.deepEqual(await preview(two), []);
    await told(/takes over cluster Matrix as it is/);
    const made = await lab.create("Cluster", "c", two);
    assert.equal(writes().length, before);
    assert.equal((await lab.plugin.diff("Cluster", made.id, made.properties, made.inputs)).changes, "none");

    // Described otherwise than it is, it is refused, not changed.
    const other = {
      ...two,
      nodes: [
        { ...nodes[0], links: { 0: "192.168.3.9" } },
        { ...nodes[1], votes: 3 },
      ],
    };
    assert.deepEqual(await lab.problems("Cluster", other).then((all) => all.filter((one) => !one.startsWith("name"))), [
      "nodes[0].links.0: is 192.168.3.5; describe the member as it is",
      "nodes[1].votes: is 1; describe the member as it is",
    ]);

    // What another member has is told before anything is done, together with what hotel lacks.
    const asked = lab.sim.requests.length;
    const taken = { name: "hotel", nodeId: 2, links: { 0: address(1) } };
    assert.deepEqual(
      (await preview({ ...two, nodes: [nodes[0], taken] })).filter((one) => /^nodes\[1\]/.test(one)),
      [
        "nodes[1].nodeId: is that of golf; write one that is free",
        "nodes[1].links.0: is an address of golf",
        "nodes[1].links.0: hotel does not have the address 192.168.3.6; it has 192.168.3.7. If a resource of the program gives it to the node, name that one in dependsOn of the cluster",
      ],
    );
    const done = lab.sim.requests.slice(asked).filter(({ path }) => path !== "/access/ticket");
    assert.deepEqual([...new Set(done.map(({ method }) => method))], ["GET"]);

    assert.deepEqual(await preview(matrix, made.inputs), []);
    await told(/: hotel joins, one after the other/);
    const inputs = lab.inputs("Cluster", "c", matrix);
    const diff = await lab.plugin.diff("Cluster", made.id, made.properties, inputs);
    assert.equal(diff.changes, "some");
    await told(/join: nodes\[2\] \(hotel\)/);
    await lab.plugin.update("Cluster", made.id, made.properties, inputs);
    assert.deepEqual(Object.keys(corosync()!.nodes), names);
    assert.deepEqual(
      writes()
        .slice(before)
        .map(({ node, path }) => `${node} ${path}`),
      ["hotel /cluster/config/join"],
    );
    assert.equal(new Set(Object.values(world.nodes).map(({ cluster }) => cluster)).size, 1);
    assert.equal(simulation.isQuorate(world.nodes["hotel"]!), true);

    // What this version does not do is said while nothing is done.
    const refused = await preview(
      { name: "Other", nodes: [{ ...nodes[0], nodeId: 9 }, nodes[1]], twoNode: true },
      {
        ...made.properties,
        ...matrix,
        nodes: nodes.map((node, at) => ({ ...node, nodeId: at + 1 })),
      },
    );
    for (const part of [
      /^name: a cluster cannot be renamed; write Matrix/m,
      /^nodes\[0\].nodeId: is 1: the number of a member cannot be changed/m,
    ])
      assert.match(refused.join("\n"), part);
    const seen = await lab.plugin.read("Cluster", "Matrix", lab.inputs("Cluster", "seen", {}));
    assert.equal(seen.properties["ca"], lab.sim.ca);
    await assert.rejects(
      lab.plugin.read("Cluster", "Nexus", lab.inputs("Cluster", "seen", {})),
      /there is no cluster Nexus where proxmox:endpoints lead: that is Matrix/,
    );
    const soFar = lab.sim.requests.length;
    await lab.plugin.delete("Cluster", made.id, made.properties);
    assert.equal(lab.sim.requests.length, soFar);
    await told("cluster Matrix is left as it is; it is no longer managed");
  });

  it("is not begun while anything speaks against it, which is told all at once", async () => {
    await start();
    const { world } = lab.sim;
    const fresh = structuredClone({ nodes: world.nodes, clusters: world.clusters });
    const golf = () => world.nodes["golf"]!;
    const reset = (): void => {
      for (const name of names) Object.assign(world.nodes[name]!, structuredClone(fresh.nodes[name]!));
      for (const name of names) for (const key of ["clockOffset", "proxmox"] as const) delete world.nodes[name]![key];
      Object.assign(world.clusters, structuredClone(fresh.clusters));
    };
    const guest = { node: "golf", type: "qemu", pending: {}, pendingDelete: {}, snapshots: {} };
    const wrong: Record<string, readonly [() => void, RegExp]> = {
      "guests on a joiner": [
        () =>
          void ((world.clusters["golf"]!.guests as Record<string, unknown>)["100"] = {
            ...guest,
            vmid: 100,
            config: {},
          }),
        /^nodes\[1\]: golf has guests \(VM 100\).*: move them away/m,
      ],
      "another storage of the same name": [
        () => void (world.clusters["golf"]!.storages["local-lvm"] = { type: "dir", path: "/srv/x", content: "images" }),
        /^nodes\[1\]: storage local-lvm of golf \(.*type dir\) is another one in the cluster \(.*type lvmthin/m,
      ],
      "a clock that is wrong": [
        () => void (golf().clockOffset = 30),
        /the clock of golf is \d+(\.\d)? s or more before that of/,
      ],
      "a name that leads to the loopback": [
        () => void (golf().network.hosts = "127.0.0.1 localhost\n127.0.1.1 golf.lab golf\n"),
        /^nodes\[1\]: the name golf leads to 127\.0\.1\.1 on the node itself; write its address into its \/etc\/hosts/m,
      ],
      "a name of another that leads elsewhere": [
        () => void (golf().network.hosts += "192.168.3.77 hotel\n"),
        /^nodes\[1\]: \/etc\/hosts of golf leads hotel to 192\.168\.3\.77, and its address is 192\.168\.3\.7/m,
      ],
      "a node in another cluster": [
        () =>
          void (world.clusters["golf"]!.corosync = {
            ...{ name: "Other", configVersion: 1, totem: {} },
            nodes: { golf: { nodeid: 1, votes: 1, links: { 0: address(1) } } },
          }),
        /^nodes\[1\]: golf is a member of cluster Other; nothing is taken out of another cluster/m,
      ],
      "another major version of Proxmox": [
        () => void (golf().proxmox = 8),
        /^nodes\[1\]: golf has Proxmox VE 8\.4, and foxtrot 9\.2: upgrade first; members have one major version$/m,
      ],
      "a link that does not carry": [
        () => void (world.wiring!.ports["golf/enp4s0"]!.native = 77),
        /nodes\[1\]\.links\.0: (nothing comes back from foxtrot to 192\.168\.3\.6 of golf)|golf cannot be looked at/,
      ],
    };
    for (const [what, [break_, words]] of Object.entries(wrong)) {
      const native = world.wiring!.ports["golf/enp4s0"]!.native;
      break_();
      const found = (await preview(matrix)).join("\n");
      assert.match(found, words, `${what}: ${found}`);
      if (native === undefined) delete world.wiring!.ports["golf/enp4s0"]!.native;
      else world.wiring!.ports["golf/enp4s0"]!.native = native;
      reset();
    }
    // Also when it comes about between preview and up, and then nothing at all has been done.
    wrong["guests on a joiner"]![0]();
    golf().clockOffset = 30;
    await assert.rejects(
      lab.plugin.create("Cluster", lab.inputs("Cluster", "c", matrix)),
      /nothing was changed:\n(?=[^]*golf has guests)(?=[^]*the clock of golf)/,
    );
    reset();
    const missing = { ...nodes[1], links: { 0: "192.168.3.99" } };
    const several = (
      await preview({ name: "Matrix", nodes: [nodes[0], missing, { name: "india", links: { 0: "10.0.0.1" } }] })
    ).join("\n");
    assert.match(several, /^nodes\[1\].links.0: golf does not have the address 192.168.3.99; it has 192.168.3.6/m);
    assert.match(several, /^nodes\[2\]: india cannot be looked at: nothing says how node india is reached by itself/m);
    assert.match(
      (await preview({ ...matrix, nodes: [nodes[1], nodes[0], nodes[2]] })).join("\n"),
      /^nodes\[0\].name: proxmox:endpoints lead to foxtrot/m,
    );
    const schema: readonly (readonly [Properties, RegExp])[] = [
      [{ name: "a-name-of-16-char", nodes }, /^name: may have 15 characters/m],
      [{ name: "1x", nodes }, /^name: write letters, digits and -, with a letter first/m],
      [{ name: "Matrix", nodes: nodes.slice(0, 2) }, /^nodes: two nodes: when one is away/m],
      [{ name: "Matrix", nodes: [nodes[0], nodes[0], nodes[2]] }, /^nodes\[1\].name: is named twice/m],
      [
        { name: "Matrix", nodes: [...nodes.slice(0, 2), { name: "hotel", links: { 0: address(1) } }] },
        /^nodes\[2\].links.0: is that of link 0 of golf too/m,
      ],
      [
        { name: "Matrix", nodes: nodes.map((node) => ({ ...node, nodeId: 4 })) },
        /^nodes\[1\].nodeId: is that of foxtrot too/m,
      ],
      [
        { name: "Matrix", nodes: [nodes[0], { name: "golf", links: { 1: address(1) } }, nodes[2]] },
        /^nodes\[1\].links: has link 1, and foxtrot has 0/m,
      ],
      [{ ...matrix, linkPriorities: { 3: 10 } }, /^linkPriorities.3: no node has a link of this number/m],
    ];
    for (const [args, words] of schema) assert.match((await preview(args)).join("\n"), words);
    assert.deepEqual(writes(), []);
  });

  it("needs root@pam with a password, and endpoints of the first node alone, which the preview says", async () => {
    await start(undefined, ({ nodes: [foxtrot, golf] }) => ({
      "proxmox:username": undefined,
      "proxmox:password": undefined,
      "proxmox:endpoints": [foxtrot!.url, golf!.url],
      "proxmox:fingerprints": [foxtrot!.fingerprint, golf!.fingerprint],
    }));
    const found = (await preview(matrix)).join("\n");
    assert.match(found, /making a cluster and joining nodes is for root@pam with a password alone/);
    assert.match(found, /^config proxmox:endpoints: lead to golf too, which is no member of the cluster/m);
  });

  it("waits for the certificate of a node that keeps the old one, and goes through all that a join is", async () => {
    const world = bareWorld();
    const sim = { seed: world, clock: "auto", speed: 20 } as const;
    lab = await Lab.here(sim, bareConfig);
    const made = await lab.create("Cluster", "c", matrix);
    assert.deepEqual(Object.keys(made.properties["fingerprints"] as object).sort(), names);
    for (const { name, fingerprint } of lab.sim.nodes)
      assert.equal((made.properties["fingerprints"] as Record<string, string>)[name], fingerprint, name);
  });

  it("stops when quorum is lost on the way, says so, and goes on when it is back", async () => {
    let lose = true;
    const seed = bareWorld();
    lab = await Lab.here(
      {
        seed,
        onRequest: ({ node, method }) => {
          const joined = corosync()?.nodes["golf"] !== undefined;
          if (!lose || !joined || node !== "foxtrot" || method !== "GET") return;
          lose = false;
          lab.sim.simulation.faults.add({ effect: { kind: "no-quorum" } });
        },
      },
      bareConfig,
    );
    const inputs = lab.inputs("Cluster", "c", { ...matrix, timeouts: { create: "4s" } });
    const failed = await lab.plugin.create("Cluster", inputs).then(
      () => assert.fail("made without quorum"),
      (error: unknown) => error as CallFailure,
    );
    assert.match(failed.message, /took longer than 4s|golf to be a member of Matrix|Out of time/);
    assert.deepEqual(Object.keys(corosync()!.nodes), ["foxtrot", "golf"], "hotel is not asked without quorum");
    // A preview now says what is wrong, and an up changes nothing.
    const { id, properties } = failed.partial!;
    assert.match((await preview(matrix, inputs)).join("\n"), /cluster Matrix has no quorum: bring nodes back/);
    await assert.rejects(lab.plugin.update("Cluster", id, properties, inputs), /Matrix has no quorum/);
    lab.sim.simulation.faults.clear();
    await lab.plugin.update("Cluster", id, properties, lab.inputs("Cluster", "c", matrix));
    assert.deepEqual(Object.keys(corosync()!.nodes), names);
  });
});
