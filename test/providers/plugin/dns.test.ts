import assert from "node:assert/strict";
import { eventually } from "../../support/eventually";
import { Lab, labWorld, type AnyLab } from "../../support/lab";
import { secretValue } from "../../support/secret-values";

describe("the name servers of a node", function () {
  let lab: AnyLab;
  const password = secretValue("the password of root on pve2");
  before(async () => {
    const world = labWorld("empty:2");
    world.clusters["pve2"]!.access.passwords["root@pam"] = password;
    // pve1 is what the stack signs in to; pve2 is as the installer has left it.
    lab = await Lab.here({ seed: world }, ({ nodes }) => ({
      "proxmox:endpoints": [nodes[0]!.url],
      "proxmox:nodes": { pve2: { endpoint: nodes[1]!.url, fingerprint: nodes[1]!.fingerprint, password } },
    }));
  });
  after(() => lab.close());

  const dnsOf = (node: string) => lab.sim.world.nodes[node]!.network.dns;
  const args = (node: string, ...servers: string[]) => ({ node, servers, searchDomain: "lab.test" });
  const writes = () => lab.sim.requests.filter(({ method }) => method === "PUT").length;
  const told = (name: string, part: string | RegExp) =>
    eventually(`${String(part)} in the row of ${name}`, () =>
      lab.plugin.engine.messages.some(({ urn, message }) => urn.endsWith(`::${name}`) && message.match(part) !== null),
    );

  it("take the place of what is there, which the preview shows, on a member and on a node by itself", async () => {
    for (const node of ["pve1", "pve2"]) {
      const { inputs, failures } = await lab.plugin.check(
        "Dns",
        {},
        { ...lab.inputs("Dns", node, args(node, "10.11.0.2")), __preview: true },
      );
      assert.deepEqual(failures, []);
      assert.equal(inputs["__problems"], undefined);
      await told(node, `node ${node} has 10.11.0.1, search domain example.test; this takes their place`);
      assert.equal(dnsOf(node)["dns1"], "10.11.0.1");
      const made = await lab.create("Dns", node, args(node, "10.11.0.2", "fd00::1"));
      assert.equal(made.id, node);
      assert.deepEqual(dnsOf(node), { search: "lab.test", dns1: "10.11.0.2", dns2: "fd00::1" });
      assert.deepEqual(made.properties["servers"], ["10.11.0.2", "fd00::1"]);
    }
    const puts = lab.sim.requests.filter(({ method }) => method === "PUT");
    assert.deepEqual(
      puts.map(({ node, user }) => [node, user]),
      [
        ["pve1", lab.sim.token.id],
        ["pve2", "root@pam"],
      ],
    );
  });

  it("are at rest when they are as wanted, and written back when somebody changed them", async () => {
    const made = await lab.create("Dns", "pve1", args("pve1", "10.11.0.3"));
    const before = writes();
    await lab.plugin.update("Dns", made.id, made.properties, made.inputs);
    assert.equal(writes(), before);
    lab.sim.world.nodes["pve1"]!.network.dns = { search: "other.test", dns1: "10.11.0.9", dns2: "10.11.0.3" };
    const read = await lab.plugin.read("Dns", made.id, made.properties);
    assert.deepEqual(read.properties["servers"], ["10.11.0.9", "10.11.0.3"]);
    assert.equal((await lab.plugin.diff("Dns", made.id, read.properties, made.inputs)).changes, "some");
    await lab.plugin.update("Dns", made.id, read.properties, made.inputs);
    assert.deepEqual(dnsOf("pve1"), { search: "lab.test", dns1: "10.11.0.3" });
    lab.sim.world.nodes["pve1"]!.network.dns = { dns1: "10.11.0.3" };
    const bare = await lab.plugin.read("Dns", made.id, made.properties);
    assert.equal(bare.properties["searchDomain"], undefined);
    assert.equal((await lab.plugin.diff("Dns", made.id, bare.properties, made.inputs)).changes, "some");
  });

  it("stay when the resource is deleted, also of a node that is gone; only read by get", async () => {
    const made = await lab.create("Dns", "pve1", args("pve1", "10.11.0.3"));
    const before = lab.sim.requests.length;
    await lab.plugin.delete("Dns", made.id, made.properties);
    assert.equal(lab.sim.requests.length, before);
    assert.equal(dnsOf("pve1")["dns1"], "10.11.0.3");
    await told("pve1", "node pve1 keeps its name servers; they are no longer managed");
    const gone = { ...made.properties, node: "pve9" };
    await assert.rejects(lab.plugin.read("Dns", "pve9", gone), /there is no node pve9; there are pve1, pve2/);
    await lab.plugin.delete("Dns", "pve9", gone);

    const seen = await lab.plugin.read("Dns", "pve2", lab.inputs("Dns", "seen", {}));
    assert.deepEqual(seen.properties["servers"], ["10.11.0.2", "fd00::1"]);
    assert.equal(seen.properties["node"], "pve2");
  });

  it("are refused for a node that there is not, and twice for one", async () => {
    assert.match(
      (await lab.problems("Dns", args("pve22", "10.11.0.1"))).join(),
      /^node: there is no node pve22; .*did you mean "pve2"/,
    );
    // Another name than those before, for a node that they have.
    assert.deepEqual(await lab.problems("Dns", args("pve1", "10.11.0.1")), [
      "node: the name servers of pve1 are set by pve1 already; keep one of the two",
    ]);
  });

  it("whose answer was lost are looked for, and not written twice", async () => {
    const before = writes();
    const { faults } = lab.sim.simulation;
    faults.add({ route: "PUT /nodes/{node}/dns", count: 1, effect: { kind: "reset", handled: true } });
    await lab.create("Dns", "pve1", args("pve1", "10.11.0.4"));
    assert.deepEqual(dnsOf("pve1"), { search: "lab.test", dns1: "10.11.0.4" });
    assert.equal(writes(), before + 1);
    assert.equal(faults.struck["reset"], 1);
  });
});
