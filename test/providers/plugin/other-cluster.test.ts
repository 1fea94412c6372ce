import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../../simulator";
import { identityOf } from "../../../providers/kernel/identity/cluster-identity";
import { Lab, labWorld, sshConfig, type AnyLab } from "../../support/lab";
import type { CallFailure, Properties } from "../../support/plugin";

const refusal = /another cluster answers than the one that this resource is in/;
const asks = "GET /nodes/localhost/certificates/info";

interface Made {
  readonly kind: string;
  readonly id: string;
  readonly properties: Properties;
  readonly inputs: Properties;
}

describe("a resource of another cluster than the one that answers, through the plugin", () => {
  let sim: Simulator;
  let other: Simulator;
  const labs: AnyLab[] = [];

  beforeEach(async () => {
    [sim, other] = await Promise.all([startSimulator({ seed: labWorld() }), startSimulator({ seed: labWorld() })]);
  });
  afterEach(async () => {
    for (const lab of labs.splice(0)) await lab.close();
    await Promise.all([sim.close(), other.close()]);
  });

  const identity = (of: Simulator): string => identityOf(of.ca);
  const requests = (of: Simulator): string[] => of.requests.map(({ method, path }) => `${method} ${path}`);
  const writes = (of: Simulator): string[] => requests(of).filter((one) => !one.startsWith("GET "));
  /** A later run of the stack, on this cluster. */
  const run = async (on: Simulator, config: Properties = {}, env: Record<string, string> = {}): Promise<AnyLab> => {
    const lab = await Lab.hereOn(on, { ...sshConfig(on), ...config }, labs[0]?.stackId, env);
    labs.push(lab);
    return lab;
  };

  /** One of each sort: of the cluster, of a node by the API, by SSH, a guest, and what stays when it is deleted. */
  async function make(lab: AnyLab): Promise<Made[]> {
    const described: readonly [string, string, Properties][] = [
      ["Pool", "team", {}],
      ["Role", "Operators", { privileges: ["VM.Audit"] }],
      ["Vm", "blank", { vmid: 3001, source: { empty: true }, started: false }],
      ["Snippet", "notes", { node: "pve1", storage: "local", content: "#cloud-config\n" }],
      ["Sysctl", "forward", { node: "pve1", values: { "net.ipv4.ip_forward": "1" } }],
      ["HostsEntries", "hosts", { node: "pve1", entries: [{ address: "10.9.9.9", names: ["nas"] }] }],
      ["TimeZone", "zone", { node: "pve1", timeZone: "Europe/Berlin" }],
      ["DatacenterOptions", "datacenter", { keyboard: "de" }],
    ];
    const made: Made[] = [];
    for (const [kind, name, args] of described) made.push({ kind, ...(await lab.create(kind, name, args)) });
    return made;
  }

  it("is neither read nor changed nor deleted, and that one is asked once who it is", async () => {
    const made = await make(await run(sim));
    for (const { kind, properties } of made) assert.equal(properties["__cluster"], identity(sim), kind);
    const later = await run(other);
    await Promise.all(
      made.flatMap(({ kind, id, properties, inputs }) => [
        assert.rejects(later.plugin.read(kind, id, properties), refusal, `reading ${kind}`),
        assert.rejects(later.plugin.diff(kind, id, properties, inputs), refusal, `comparing ${kind}`),
        assert.rejects(later.plugin.update(kind, id, properties, inputs), refusal, `updating ${kind}`),
        assert.rejects(later.plugin.delete(kind, id, properties), refusal, `deleting ${kind}`),
      ]),
    );
    assert.deepEqual(writes(other), []);
    const others = requests(other).filter((one) => !/GET \/(?:version|cluster\/status)$/.test(one) && one !== asks);
    assert.deepEqual(others, [], "nothing of the resources was looked at");
    assert.equal(requests(other).filter((one) => one === asks).length, 1);
  });

  it("is not taken for the one of the same name that is there", async () => {
    const lab = await run(sim);
    const pool = await lab.create("Pool", "team", { comment: "ours" });
    const later = await run(other);
    const theirs = await later.create("Pool", "team", { comment: "theirs" });
    assert.notEqual(theirs.properties["__cluster"], pool.properties["__cluster"]);
    await assert.rejects(later.plugin.read("Pool", pool.id, pool.properties), refusal);
    await assert.rejects(later.plugin.delete("Pool", pool.id, pool.properties), refusal);
    assert.equal((await later.plugin.read("Pool", theirs.id, theirs.properties)).properties["comment"], "theirs");
  });

  it("is there again, without a difference, where the config is put back", async () => {
    const made = await make(await run(sim));
    const back = await run(sim);
    const from = sim.requests.length;
    for (const { kind, id, properties, inputs } of made) {
      assert.equal((await back.plugin.diff(kind, id, properties, inputs)).changes, "none", kind);
      const { properties: read } = await back.plugin.read(kind, id, properties);
      assert.equal(read["__cluster"], identity(sim), kind);
    }
    assert.deepEqual(
      sim.requests.slice(from).filter(({ method }) => method !== "GET"),
      [],
    );
    assert.equal(
      requests(sim)
        .slice(from)
        .filter((one) => one === asks).length,
      1,
    );
  });

  for (const [how, given] of [
    ["by the config", (word: string) => run(other, { "proxmox:rebuilt": word })],
    ["by the environment", (word: string) => run(other, {}, { PROXMOX_REBUILT: word })],
  ] as const)
    it(`is gone where somebody says ${how} that its cluster was made anew, and known there when it is not`, async () => {
      const made = await make(await run(sim));
      const theirs = await (await run(other)).create("Pool", "team", {});
      const later = await given(`${identity(sim)}=${identity(other)}`);
      for (const { kind, id, properties } of made) {
        if (kind === "TimeZone" || kind === "DatacenterOptions") continue;
        const read = await later.plugin.read(kind, id, properties);
        if (kind !== "Pool") assert.equal(read.id, "", kind);
        // It was made by hand there meanwhile: the state learns where.
        else assert.deepEqual([read.id, read.properties["__cluster"]], [theirs.id, identity(other)]);
      }
    });

  it("is refused where somebody says it of another cluster", async () => {
    const { id, properties } = await (await run(sim)).create("Pool", "team", {});
    const third = Array.from({ length: 8 }, () => "AB").join(":");
    const later = await run(other, {
      "proxmox:rebuilt": [`${identity(sim)}=${third}`, `${identity(other)}=${identity(sim)}`],
    });
    await assert.rejects(later.plugin.read("Pool", id, properties), refusal);
  });

  it("is no other one for a cluster that was renamed, or whose nodes got other certificates", async () => {
    const lab = await run(sim);
    const { id, properties } = await lab.create("Pool", "team", {});
    const node = sim.world.nodes["pve1"];
    assert.ok(node);
    const corosync = Object.values(sim.world.clusters)[0]?.corosync;
    if (corosync) corosync.name = "renamed";
    sim.simulation.renewCertificate(node);
    const served = sim.nodes.map(({ fingerprint }) => fingerprint);
    const later = await run(sim, { "proxmox:fingerprints": served });
    assert.equal((await later.plugin.read("Pool", id, properties)).id, id);
  });

  it("is neither gone nor deleted where nobody says which cluster answers", async () => {
    const { id, properties } = await (await run(sim)).create("Pool", "team", {});
    const later = await run(other);
    other.simulation.faults.add({
      route: "GET /nodes/{node}/certificates/info",
      effect: { kind: "status", status: 500, reason: "no files" },
    });
    await assert.rejects(later.plugin.read("Pool", id, properties), /no files/);
    await assert.rejects(later.plugin.delete("Pool", id, properties), /no files/);
    // What is made knows nothing that could be another one.
    const made = await later.create("Pool", "web", {});
    assert.equal(made.properties["__cluster"], undefined);
    assert.equal((await later.plugin.read("Pool", made.id, made.properties)).id, made.id);
  });

  it("of which an earlier release has written the state is read as before, and learns its cluster", async () => {
    const lab = await run(sim);
    const { id, properties, inputs } = await lab.create("Pool", "team", {});
    const { __cluster, ...old } = properties;
    const later = await run(sim);
    assert.equal((await later.plugin.diff("Pool", id, old, inputs)).changes, "none");
    assert.equal((await later.plugin.read("Pool", id, old)).properties["__cluster"], __cluster);
    assert.equal((await later.plugin.update("Pool", id, old, inputs)).properties["__cluster"], __cluster);
    await later.plugin.delete("Pool", id, old);
    // Nothing is known of it, and so what is not there is gone, as ever.
    assert.equal((await later.plugin.read("Pool", id, old)).id, "");
  });

  it("is remembered of a creation that failed, so that no other cluster finishes it", async () => {
    const lab = await run(sim);
    sim.simulation.faults.add({
      route: "GET /pools*",
      after: 2,
      effect: { kind: "status", status: 500, reason: "no quorum" },
    });
    const { inputs } = await lab.plugin.check("Pool", {}, lab.inputs("Pool", "team", {}));
    const { partial } = await lab.plugin.create("Pool", inputs).then(
      () => assert.fail("was made"),
      (error: CallFailure) => error,
    );
    assert.equal(partial?.properties["__cluster"], identity(sim));
    const later = await run(other);
    await assert.rejects(later.plugin.update("Pool", partial?.id ?? "", partial?.properties ?? {}, inputs), refusal);
    assert.deepEqual(writes(other), []);
  });

  it("costs one read for a process that makes, and none for a check", async () => {
    const lab = await run(sim);
    const checked = await lab.plugin.check("Pool", {}, lab.inputs("Pool", "team", {}));
    assert.deepEqual(checked.failures, []);
    assert.ok(!requests(sim).includes(asks));
    await make(lab);
    assert.equal(requests(sim).filter((one) => one === asks).length, 1);
  });
});
