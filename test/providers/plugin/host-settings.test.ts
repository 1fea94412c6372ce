import assert from "node:assert/strict";
import { eventually } from "../../support/eventually";
import { Lab, labWorld, type AnyLab } from "../../support/lab";
import type { Properties } from "../../support/plugin";

describe("settings of a node", function () {
  let lab: AnyLab;
  before(async () => {
    // pve1 is what the stack signs in to; pve2 is as the installer has left it.
    lab = await Lab.here({ seed: labWorld("empty:2") }, ({ nodes, password }) => ({
      "proxmox:endpoints": [nodes[0]!.url],
      "proxmox:nodes": { pve2: { endpoint: nodes[1]!.url, fingerprint: nodes[1]!.fingerprint, password } },
    }));
  });
  after(() => lab.close());

  const world = (node: string) => lab.sim.world.nodes[node]!;
  const writes = (part = "") =>
    lab.sim.requests.filter(({ method, path }) => method !== "GET" && path.includes(part)).length;
  const told = (name: string, part: string | RegExp) =>
    eventually(`${String(part)} in the row of ${name}`, () =>
      lab.plugin.engine.messages.some(({ urn, message }) => urn.endsWith(`::${name}`) && message.match(part) !== null),
    );
  const preview = async (kind: string, name: string, args: Properties): Promise<string[]> => {
    const news = { ...lab.inputs(kind, name, args), __preview: true };
    const { inputs } = await lab.plugin.check(kind, {}, news);
    return (inputs["__problems"] as string[] | undefined) ?? [];
  };
  const update = async (
    kind: string,
    made: { id: string; properties: Properties; inputs: Properties },
    args: Properties,
  ) => {
    const { inputs, failures } = await lab.plugin.check(kind, made.inputs, { ...made.inputs, ...args });
    assert.deepEqual(failures, []);
    const { properties } = await lab.plugin.update(kind, made.id, made.properties, inputs);
    return { id: made.id, properties, inputs };
  };

  describe("the time zone", () => {
    it("takes the place of what is there, drifts, and stays when the resource is deleted", async () => {
      for (const node of ["pve1", "pve2"]) {
        assert.deepEqual(await preview("TimeZone", `tz-${node}`, { node, timeZone: "Europe/Berlin" }), []);
        await told(`tz-${node}`, `node ${node} has time zone UTC; this takes its place`);
        const made = await lab.create("TimeZone", `tz-${node}`, { node, timeZone: "Europe/Berlin" });
        assert.equal(world(node).timezone, "Europe/Berlin");
        world(node).timezone = "UTC";
        const read = await lab.plugin.read("TimeZone", made.id, made.properties);
        assert.equal(read.properties["timeZone"], "UTC");
        await lab.plugin.update("TimeZone", made.id, read.properties, made.inputs);
        const before = writes();
        await lab.plugin.update("TimeZone", made.id, made.properties, made.inputs);
        await lab.plugin.delete("TimeZone", made.id, made.properties);
        assert.equal(writes(), before);
        assert.equal(world(node).timezone, "Europe/Berlin");
        await told(`tz-${node}`, `node ${node} keeps its time zone; it is no longer managed`);
      }
    });

    it("is refused where Proxmox would refuse it, with what was meant", async () => {
      const problems = (timeZone: string) => preview("TimeZone", "tz-bad", { node: "pve1", timeZone });
      assert.match((await problems("europe/berlin")).join(), /did you mean "Europe\/Berlin"/);
      assert.match((await problems("CET")).join(), /^timeZone: write area and city/);
      assert.match((await problems("Europe/Atlantis")).join(), /^timeZone: there is no such time zone/);
      assert.match((await problems("../../etc/passwd")).join(), /^timeZone: write area and city/);
    });
  });

  describe("options", () => {
    const config = (node: string) =>
      Object.values(lab.sim.world.clusters).find(({ nodeConfigs }) => nodeConfigs[node])?.nodeConfigs[node] ?? {};

    it("are only those that are set; one that is set no more goes back, the others stay", async () => {
      lab.sim.world.clusters["pve1"]!.nodeConfigs["pve1"] = { "ballooning-target": "70", description: "by hand" };
      const args = {
        node: "pve1",
        description: "rack 3\nrow 2",
        startAllOnBootDelay: 30,
        wakeOnLan: { macAddress: "00:11:22:33:44:55", bindInterface: "vmbr0" },
        location: { latitude: 48.2, longitude: 16.3 },
        acme: { domains: ["a.example.com", "b.example.com"] },
        acmeDomains: [{ domain: "c.example.com" }, { domain: "d.example.com", alias: "_x.example.com" }],
      };
      assert.deepEqual(await preview("NodeOptions", "options", args), []);
      await told("options", 'node pve1 has description "by hand"; this takes their place');
      const made = await lab.create("NodeOptions", "options", args);
      assert.deepEqual(config("pve1"), {
        "ballooning-target": "70",
        description: "rack 3\nrow 2",
        "startall-onboot-delay": "30",
        wakeonlan: "00:11:22:33:44:55,bind-interface=vmbr0",
        location: "latitude=48.2,longitude=16.3",
        acme: "domains=a.example.com;b.example.com",
        acmedomain0: "c.example.com",
        acmedomain1: "d.example.com,alias=_x.example.com",
      });
      const read = await lab.plugin.read("NodeOptions", made.id, made.properties);
      assert.equal((await lab.plugin.diff("NodeOptions", made.id, read.properties, made.inputs)).changes, "none");
      const before = writes("/config");
      await update("NodeOptions", { ...made, properties: read.properties }, {});
      assert.equal(writes("/config"), before);

      const next = await update("NodeOptions", made, {
        ...{ description: undefined, wakeOnLan: { macAddress: "00:11:22:33:44:66" } },
        acmeDomains: [{ domain: "d.example.com" }],
      });
      assert.equal(writes("/config"), before + 1);
      const after = config("pve1");
      assert.deepEqual(
        [
          after["description"],
          after["wakeonlan"],
          after["acmedomain0"],
          after["acmedomain1"],
          after["ballooning-target"],
        ],
        [undefined, "00:11:22:33:44:66", "d.example.com", undefined, "70"],
      );
      lab.sim.world.clusters["pve1"]!.nodeConfigs["pve1"]["startall-onboot-delay"] = "5";
      const drifted = await lab.plugin.read("NodeOptions", next.id, next.properties);
      assert.equal(drifted.properties["startAllOnBootDelay"], 5);
      assert.equal((await lab.plugin.diff("NodeOptions", next.id, drifted.properties, next.inputs)).changes, "some");
      const seen = await lab.plugin.read("NodeOptions", "pve1", lab.inputs("NodeOptions", "seen", {}));
      assert.deepEqual(
        [seen.properties["wakeOnLan"], seen.properties["ballooningTarget"], seen.properties["acmeDomains"]],
        [
          { macAddress: "00:11:22:33:44:66", broadcastAddress: "255.255.255.255" },
          70,
          [{ domain: "d.example.com", plugin: "standalone" }],
        ],
      );
      await lab.plugin.delete("NodeOptions", next.id, next.properties);
      assert.equal(config("pve1")["location"], "latitude=48.2,longitude=16.3");
    });

    it("send the digest of what was read, and look again when it has changed", async () => {
      lab.sim.simulation.faults.add({
        route: "PUT /nodes/{node}/config",
        count: 1,
        effect: { kind: "reset", handled: true },
      });
      const before = writes("/config");
      await lab.create("NodeOptions", "other", { node: "pve2", description: "two" });
      assert.equal(writes("/config"), before + 1);
      assert.equal(config("pve2")["description"], "two");
      await update("NodeOptions", await lab.create("NodeOptions", "other", { node: "pve2", description: "two" }), {
        description: "three",
      });
      const sent = lab.sim.requests
        .filter(({ method, path }) => method === "PUT" && path.endsWith("pve2/config"))
        .at(-1);
      assert.match(JSON.stringify(sent), /digest/);
    });

    it("are refused when Proxmox has no such values", async () => {
      const problems = await preview("NodeOptions", "options-bad", {
        node: "pve1",
        startAllOnBootDelay: 301,
        wakeOnLan: { macAddress: "01:11:22:33:44:55" },
        acmeDomains: [{ domain: "x.example.com" }, { domain: "X.example.com" }],
        acme: { domains: ["nodomain"] },
      });
      assert.deepEqual(problems.map((text) => text.split(":")[0]).sort(), [
        "acme.domains[0]",
        "acmeDomains[1].domain",
        "node",
        "startAllOnBootDelay",
        "wakeOnLan.macAddress",
      ]);
    });
  });

  describe("lines of /etc/hosts", () => {
    const foreign = "127.0.0.1 localhost\n10.11.0.11 pve1.example.test pve1\n# by hand\n";
    const entries = [
      { address: "10.11.0.11", names: ["pve1.example.test", "pve1"] },
      { address: "10.11.0.12", names: ["pve2.example.test", "pve2"] },
    ];
    const hosts = (node = "pve1") => world(node).network.hosts;

    it("stand in a block of their own, two of them beside each other, and go without a trace", async () => {
      world("pve1").network.hosts = foreign;
      const made = await lab.create("HostsEntries", "cluster", { node: "pve1", entries });
      const second = await lab.create("HostsEntries", "more", {
        node: "pve1",
        entries: [{ address: "10.9.0.1", names: ["nas"] }],
      });
      assert.match(
        hosts(),
        /^127\.0\.0\.1 localhost\n10.*\n# by hand\n# BEGIN pulumi-proxmox-cluster cluster [0-9a-f]{24}\n/,
      );
      assert.match(
        hosts(),
        /\n10\.11\.0\.12 pve2\.example\.test pve2\n# END pulumi-proxmox-cluster cluster\n# BEGIN .* more /,
      );
      const before = writes("/hosts");
      const read = await lab.plugin.read("HostsEntries", made.id, made.properties);
      assert.equal((await lab.plugin.diff("HostsEntries", made.id, read.properties, made.inputs)).changes, "none");
      await lab.plugin.update("HostsEntries", made.id, read.properties, made.inputs);
      assert.equal(writes("/hosts"), before);

      world("pve1").network.hosts = hosts().replace("10.11.0.12 pve2.example.test pve2\n", "") + "10.8.0.1 later\n";
      const drifted = await lab.plugin.read("HostsEntries", made.id, made.properties);
      assert.equal((drifted.properties["entries"] as unknown[]).length, 1);
      await lab.plugin.update("HostsEntries", made.id, drifted.properties, made.inputs);
      assert.match(hosts(), /10\.11\.0\.12 pve2\.example\.test pve2\n# END/);
      const seen = await lab.plugin.read("HostsEntries", "pve1/more", lab.inputs("HostsEntries", "seen", {}));
      assert.deepEqual(seen.properties["entries"], [{ address: "10.9.0.1", names: ["nas"] }]);
      await lab.plugin.delete("HostsEntries", made.id, made.properties);
      await lab.plugin.delete("HostsEntries", second.id, second.properties);
      assert.equal(hosts(), `${foreign}10.8.0.1 later\n`);
      assert.equal((await lab.plugin.read("HostsEntries", made.id, made.properties)).id, "");
      await lab.plugin.delete("HostsEntries", made.id, made.properties);
    });

    it("take the node's own name off 127.0.1.1, which the preview shows", async () => {
      world("pve2").network.hosts = "127.0.0.1 localhost\n127.0.1.1 pve2.example.test pve2\n10.9.0.1 nas\n";
      assert.deepEqual(await preview("HostsEntries", "own", { node: "pve2", entries }), []);
      await told("own", /loses line 2, 127\.0\.1\.1 pve2\.example\.test pve2/);
      await lab.create("HostsEntries", "own", { node: "pve2", entries });
      assert.match(hosts("pve2"), /^127\.0\.0\.1 localhost\n10\.9\.0\.1 nas\n# BEGIN /);
    });

    it("are refused beside lines that say something else, unless those are to give way", async () => {
      world("pve1").network.hosts = "127.0.0.1 localhost\n10.0.0.9 pve1 gw\n";
      const args = { node: "pve1", block: "contradicted", entries };
      assert.match(
        (await preview("HostsEntries", "contradicted", args)).join(),
        /^entries: \/etc\/hosts has another address for it already \(line 2, 10\.0\.0\.9 pve1\).*override: true/,
      );
      await assert.rejects(lab.create("HostsEntries", "contradicted", args), /override: true/);
      assert.equal(hosts(), "127.0.0.1 localhost\n10.0.0.9 pve1 gw\n");
      await lab.create("HostsEntries", "contradicted", { ...args, override: true });
      assert.match(hosts(), /^127\.0\.0\.1 localhost\n10\.0\.0\.9 gw\n# BEGIN /);
    });

    it("are not written beside lines that the API would refuse, or into a block of somebody else", async () => {
      world("pve1").network.hosts = "127.0.0.1 localhost # mine\n";
      assert.match(
        (await preview("HostsEntries", "refused", { node: "pve1", entries })).join(),
        /as long as line 1 has a comment behind its names/,
      );
      const block =
        "# BEGIN pulumi-proxmox-cluster shared 000000000000000000000000\n# END pulumi-proxmox-cluster shared\n";
      world("pve1").network.hosts = block;
      const args = { node: "pve1", block: "shared", entries };
      await assert.rejects(lab.create("HostsEntries", "foreign", args), /another resource or stack has made/);
      assert.equal(hosts(), block);
      world("pve1").network.hosts = block.replace(/# END.*\n/, "");
      assert.match((await preview("HostsEntries", "foreign", args)).join(), /do not belong together/);
    });

    it("are written once when the answer is lost, and again when the file has changed meanwhile", async () => {
      world("pve1").network.hosts = foreign;
      const { faults } = lab.sim.simulation;
      faults.add({ route: "POST /nodes/{node}/hosts", count: 1, effect: { kind: "reset", handled: true } });
      const before = writes("/hosts");
      const made = await lab.create("HostsEntries", "lost", { node: "pve1", entries });
      assert.equal(writes("/hosts"), before + 1);
      faults.add({
        route: "POST /nodes/{node}/hosts",
        count: 1,
        effect: {
          kind: "status",
          status: 500,
          reason: "detected modified configuration - file changed by other user? Try again.",
        },
      });
      await lab.plugin.update("HostsEntries", made.id, made.properties, {
        ...made.inputs,
        entries: entries.slice(0, 1),
      });
      assert.doesNotMatch(hosts(), /pve2/);
    });

    it("name each name once, and once in the program", async () => {
      const twice = [...entries, { address: "10.11.0.13", names: ["PVE1"] }];
      assert.match(
        (await preview("HostsEntries", "twice", { node: "pve1", entries: twice })).join(),
        /^entries\[2\]\.names\[0\]: has the address 10\.11\.0\.11 already/,
      );
      assert.match(
        (await preview("HostsEntries", "again", { node: "pve1", block: "lost", entries })).join(),
        /block: the lines of block "lost" of pve1 are set by lost already/,
      );
    });
  });

  describe("repositories", () => {
    const apt = (node = "pve1") => world(node).apt ?? [];
    const entry = (component: string) =>
      apt()
        .flatMap(({ repositories }) => repositories)
        .filter(({ Components }) => Components.includes(component))
        .map(({ Enabled }) => Enabled);

    it("are added, switched where they are there, and disabled when the resource is deleted", async () => {
      const off = await lab.create("AptRepository", "enterprise", {
        node: "pve1",
        handle: "enterprise",
        enabled: false,
      });
      assert.deepEqual(entry("pve-enterprise"), [0]);
      const made = await lab.create("AptRepository", "free", { node: "pve1", handle: "no-subscription" });
      assert.deepEqual(entry("pve-no-subscription"), [1]);
      const before = writes("/apt");
      await lab.plugin.update("AptRepository", made.id, made.properties, made.inputs);
      assert.equal(writes("/apt"), before);

      // Somebody has switched it off: it is switched on again, and not written once more.
      apt().find(({ path }) => path.endsWith("/proxmox.sources"))!.repositories[0]!.Enabled = 0;
      const read = await lab.plugin.read("AptRepository", made.id, made.properties);
      assert.equal((await lab.plugin.diff("AptRepository", made.id, read.properties, made.inputs)).changes, "some");
      const on = await update("AptRepository", { ...made, properties: read.properties }, {});
      assert.deepEqual(entry("pve-no-subscription"), [1]);
      const sent = lab.sim.requests
        .filter(({ method, path }) => method === "POST" && path.endsWith("/apt/repositories"))
        .at(-1);
      assert.match(JSON.stringify(sent), /"digest":"[0-9a-f]{64}"/);

      await lab.plugin.delete("AptRepository", on.id, on.properties);
      assert.deepEqual(entry("pve-no-subscription"), [0]);
      await told("free", "repository no-subscription of node pve1 is disabled; its entry stays in the file");
      await lab.plugin.delete("AptRepository", off.id, off.properties);
      await told("enterprise", "repository enterprise of node pve1 stays disabled");
    });

    it("that are there twice are switched off both, and are the node's own where it is no member", async () => {
      const file = apt().find(({ path }) => path.endsWith("/pve-enterprise.sources"))!;
      file.repositories = [file.repositories[0]!, structuredClone(file.repositories[0]!)];
      file.repositories.forEach((one) => (one.Enabled = 1));
      const made = await lab.create("AptRepository", "enterprise", {
        node: "pve1",
        handle: "enterprise",
        enabled: false,
      });
      assert.deepEqual(entry("pve-enterprise"), [0, 0]);
      assert.equal((await lab.plugin.read("AptRepository", made.id, made.properties)).properties["enabled"], false);
      const seen = await lab.plugin.read("AptRepository", "pve2/enterprise", lab.inputs("AptRepository", "seen", {}));
      assert.equal(seen.properties["enabled"], true);
      await assert.rejects(
        lab.plugin.read("AptRepository", "pve2", lab.inputs("AptRepository", "seen", {})),
        /write it as pve1\/no-subscription/,
      );
      await lab.create("AptRepository", "test-2", { node: "pve2", handle: "test" });
      assert.match(JSON.stringify(apt("pve2")), /pve-test/);
    });

    it("are read once for the checks of all that are described on a node, and again when one has changed", async () => {
      const reads = (from: number) =>
        lab.sim.requests
          .slice(from)
          .filter(({ method, path }) => method === "GET" && /\/pve1\/apt\/repositories/.test(path));
      const from = lab.sim.requests.length;
      for (const handle of ["test", "ceph-squid-test", "ceph-squid-no-subscription"])
        assert.deepEqual(await preview("AptRepository", `shared-${handle}`, { node: "pve1", handle }), []);
      // One at most: they may have been read a moment ago.
      assert.ok(reads(from).length <= 1, `${reads(from).length} reads`);
      await lab.create("AptRepository", "shared-test", { node: "pve1", handle: "test" });
      const changed = lab.sim.requests.length;
      await preview("AptRepository", "shared-later", { node: "pve1", handle: "ceph-squid-enterprise", enabled: false });
      assert.equal(reads(changed).length, 1);
    });

    it("of enterprise without a subscription are warned of, and unknown ones are refused", async () => {
      assert.deepEqual(await preview("AptRepository", "enterprise-2", { node: "pve2", handle: "enterprise" }), []);
      await told("enterprise-2", /no active subscription \(notfound\)/);
      assert.match(
        (await preview("AptRepository", "old", { node: "pve1", handle: "ceph-reef-test" })).join(),
        /^handle: there is no repository ceph-reef-test on node pve1; there are enterprise,/,
      );
      assert.match(
        (await preview("AptRepository", "wrong", { node: "pve1", handle: "nope" })).join(),
        /^handle: write enterprise/,
      );
    });

    it("that share an entry with others are not switched off with them", async () => {
      const file = apt("pve2").find(({ path }) => path.endsWith("/proxmox.sources"))!;
      file.repositories[0]!.Components = ["pve-test", "pve-no-subscription"];
      await assert.rejects(
        lab.create("AptRepository", "mixed", { node: "pve2", handle: "no-subscription", enabled: false }),
        /in one entry with others \(pve-test, pve-no-subscription\)/,
      );
      assert.equal(file.repositories[0]!.Enabled, 1);
    });
  });
});
