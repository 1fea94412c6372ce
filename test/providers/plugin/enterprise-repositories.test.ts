import assert from "node:assert/strict";
import { eventually } from "../../support/eventually";
import { Lab, labWorld, sshConfig, type AnyLab } from "../../support/lab";
import type { Properties } from "../../support/plugin";

describe("enterprise repositories of nodes without a subscription", function () {
  let lab: AnyLab;
  const args = { node: "pve1" };
  beforeEach(async () => {
    lab = await Lab.here({ seed: labWorld("empty:2") }, (sim) => ({
      ...sshConfig(sim),
      "proxmox:endpoints": [sim.nodes[0]!.url],
      "proxmox:nodes": {
        pve2: { endpoint: sim.nodes[1]!.url, fingerprint: sim.nodes[1]!.fingerprint, password: sim.password },
      },
    }));
    await lab.create("AptRepository", "enterprise", { node: "pve1", handle: "enterprise", enabled: false });
  });
  afterEach(() => lab.close());

  const world = (node: string) => lab.sim.world.nodes[node]!;
  const apt = (node: string) => world(node).apt ?? [];
  const writes = (part: string) =>
    lab.sim.requests.filter(({ method, path }) => method !== "GET" && path.includes(part)).length;
  const preview = async (kind: string, name: string, given: Properties): Promise<string[]> => {
    const { inputs } = await lab.plugin.check(kind, {}, { ...lab.inputs(kind, name, given), __preview: true });
    return (inputs["__problems"] as string[] | undefined) ?? [];
  };
  const told = (name: string, part: string) =>
    eventually(`${part} in the row of ${name}`, () =>
      lab.plugin.engine.messages.some(({ urn, message }) => urn.endsWith(`::${name}`) && message.includes(part)),
    );

  it("of Ceph go off together, whatever release the node knows, and drift; they are not switched on so", async () => {
    assert.deepEqual(await preview("AptRepository", "any", { node: "pve2", handle: "test", enabled: false }), []);
    const ceph = apt("pve2").find(({ path }) => path.endsWith("/ceph.sources"))!;
    const tentacle = structuredClone(ceph.repositories[0]!);
    // There is no handle for it here.
    tentacle.URIs = ["https://enterprise.proxmox.com/debian/ceph-tentacle/"];
    ceph.repositories.push(tentacle);
    const args = { node: "pve2", handle: "ceph-enterprise", enabled: false };
    // Who asks again is told what has become of it.
    await preview("AptRepository", "ceph-2", args);
    assert.deepEqual(await preview("AptRepository", "ceph-2", args), []);
    await told(
      "ceph-2",
      "switches off https://enterprise.proxmox.com/debian/ceph-squid in /etc/apt/sources.list.d/ceph.sources and " +
        "https://enterprise.proxmox.com/debian/ceph-tentacle/ in /etc/apt/sources.list.d/ceph.sources of node pve2",
    );
    const made = await lab.create("AptRepository", "ceph-2", args);
    const switches = () =>
      apt("pve2").flatMap(({ path, repositories }) =>
        path.endsWith("/ceph.sources") ? repositories.map(({ Enabled }) => Enabled) : [],
      );
    assert.deepEqual(switches(), [0, 0]);
    const before = writes("/apt");
    await lab.plugin.update("AptRepository", made.id, made.properties, made.inputs);
    assert.equal(writes("/apt"), before);
    apt("pve2").find(({ path }) => path.endsWith("/ceph.sources"))!.repositories[1]!.Enabled = 1;
    const read = await lab.plugin.read("AptRepository", made.id, made.properties);
    assert.equal(read.properties["enabled"], true);
    await lab.plugin.update("AptRepository", made.id, read.properties, made.inputs);
    assert.deepEqual(switches(), [0, 0]);
    await preview("AptRepository", "ceph-2", args);
    await told("ceph-2", "no enterprise repository of Ceph is on at node pve2");

    for (const enabled of [true, undefined])
      assert.match(
        (await preview("AptRepository", "on", { node: "pve2", handle: "ceph-enterprise", enabled })).join(),
        /^enabled: ceph-enterprise stands for the repositories of all releases of Ceph; write false, or the handle of a release/,
      );
  });

  const all = (node = "pve1") => world(node).apt!.flatMap(({ repositories }) => repositories);
  const ceph = () => all().find(({ URIs }) => URIs.some((uri) => uri.includes("ceph-squid")))!;

  it("are warned of at preview of what refreshes the lists, with the repository and what to write, unless the program switches them off", async () => {
    ceph().Enabled = 1;
    const warning =
      "node pve1 has no active subscription (notfound), and repository ceph-squid-enterprise is on and lets nobody in without one: " +
      'refreshing the package lists will fail. To do without a subscription, write repositories: { "ceph-enterprise": false } ' +
      'for the host, or an AptRepository with handle: "ceph-enterprise" and enabled: false';
    // Of those that were switched off the program has told in this run.
    const other = await Lab.hereOn(lab.sim, sshConfig(lab.sim));
    const said = (name: string, part: string) =>
      other.plugin.engine.messages.some(({ urn, message }) => urn.endsWith(`::${name}`) && message.includes(part));
    const look = (kind: string, name: string, given: Properties) =>
      other.plugin.check(kind, {}, { ...other.inputs(kind, name, given), __preview: true });
    try {
      await look("AptUpgrade", "up", args);
      await look("SystemPackage", "tool", { node: "pve1", packages: ["curl"] });
      for (const name of ["up", "tool"]) await eventually(`a warning of ${name}`, () => said(name, warning));
      await look("AptRepository", "off", { node: "pve1", handle: "ceph-enterprise", enabled: false });
      await look("AptUpgrade", "later", args);
      await eventually("what there is to do", () =>
        said("later", "package lists that it has, which are refreshed first"),
      );
      assert.ok(!said("later", "lets nobody in"));
    } finally {
      await other.plugin.close();
    }
  });

  it("are named, with what to write, when the lists cannot be refreshed", async () => {
    ceph().Enabled = 1;
    await assert.rejects(
      lab.create("AptUpgrade", "up", args),
      /the package lists of node pve1 cannot be refreshed: [^]*It failed at ceph-squid-enterprise \(\/etc\/apt\/sources\.list\.d\/ceph\.sources\), and the node has no active subscription \(notfound\)\. To do without one, write repositories: { "ceph-enterprise": false } for the host/,
    );
    all().forEach((one) => (one.Enabled = 1));
    await assert.rejects(
      lab.create("AptUpgrade", "up", args),
      /It failed at ceph-squid-enterprise \([^)]*\) and enterprise \([^)]*\), [^]*write repositories: { "ceph-enterprise": false, enterprise: false } for the host/,
    );
    await lab.create("AptRepository", "off", { node: "pve1", handle: "ceph-enterprise", enabled: false });
    all()
      .filter(({ URIs }) => URIs.some((uri) => uri.endsWith("enterprise.proxmox.com/debian/pve")))
      .forEach((one) => (one.Enabled = 0));
    await lab.create("AptUpgrade", "up", args);
  });
});
