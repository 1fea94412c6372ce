import assert from "node:assert/strict";
import { eventually } from "../../support/eventually";
import { Lab, sshConfig, testWorld, type AnyLab } from "../../support/lab";
import type { Properties } from "../../support/plugin";

const datacenter = { datacenter: true };

describe("a firewall that would shut somebody out", function () {
  let lab: AnyLab;
  let client: string;
  before(async () => {
    lab = await Lab.here({ seed: testWorld("matrix") }, sshConfig);
    client = lab.sim.world.wiring?.client.address.split("/")[0] ?? "";
    assert.notEqual(client, "", "the world has no client");
    // The client is in the network of the nodes, which Proxmox lets in: this part of it is without the client.
    const network = client.replace(/\.\d+$/, ".0/25");
    await lab.create("FirewallAlias", "network", { place: datacenter, alias: "local_network", cidr: network });
  });
  after(() => lab.close());

  const on = { place: datacenter, enable: true };
  const writes = () => lab.sim.requests.filter(({ method }) => method !== "GET").length;
  const beside = (...others: { kind: string; args: Properties; unknown?: string[] }[]): Properties => ({
    __beside: others.map(({ kind, args, unknown = [] }) => ({ kind, args, unknown, resource: "management" })),
  });
  const check = async (args: Properties, more: Properties = {}): Promise<string> => {
    const inputs = { ...lab.inputs("FirewallOptions", "x", args), ...more };
    return (await lab.plugin.check("FirewallOptions", {}, inputs)).failures.map(({ reason }) => reason).join("\n");
  };
  const letIn = { kind: "FirewallIpSet", args: { place: datacenter, entries: [] as Properties[] } };

  it("is refused in the preview, with whom it shuts out of what", async () => {
    const said = await check(on);
    assert.match(
      said,
      new RegExp(`this would shut out: ${client}, from which this program talks, no longer reaches the API of `),
    );
    assert.match(said, /SSH of /);
    assert.match(said, /Let them in by a rule or by the IP set management, or write lockout: accept/);
  });

  it("is none with what else the program describes, and may be meant so", async () => {
    letIn.args.entries = [{ cidr: `${client}/24` }];
    assert.equal(await check(on, beside(letIn)), "");
    assert.equal(await check({ ...on, lockout: "accept" }), "");
    assert.equal(await check({ place: datacenter, policyOut: "DROP" }), "");
    // What is not known yet is worked out when it is applied.
    assert.equal(
      await check(on, beside({ kind: "FirewallRules", args: { place: datacenter }, unknown: ["rules"] })),
      "",
    );
  });

  it("is refused again directly before it is made, and nothing is written", async () => {
    const before = writes();
    await assert.rejects(
      lab.plugin.create("FirewallOptions", lab.inputs("FirewallOptions", "x", on)),
      /nothing was changed, because this would shut out: /,
    );
    assert.equal(writes(), before);
  });

  it("is made when somebody is let in, and then whoever would take the way away is refused", async () => {
    const set = await lab.create("FirewallIpSet", "x", {
      ...{ place: datacenter, ipSet: "management" },
      entries: [{ cidr: `${client}/24` }],
    });
    const options = await lab.create("FirewallOptions", "x", on);
    await assert.rejects(
      lab.plugin.delete("FirewallIpSet", set.id, set.properties),
      /nothing was changed, because this would shut out: /,
    );
    const emptied = await lab.problems(
      "FirewallIpSet",
      { place: datacenter, ipSet: "management", entries: [] },
      set.properties,
    );
    assert.match(emptied.join("\n"), /this would shut out/);
    const rules = [{ direction: "in", action: "DROP", protocol: "tcp", destinationPort: "8006" }];
    assert.match((await lab.problems("FirewallRules", { place: datacenter, rules })).join("\n"), /reaches the API of /);
    assert.deepEqual(await lab.problems("FirewallRules", { place: { node: "foxtrot" }, rules: [] }), []);
    await lab.plugin.delete("FirewallOptions", options.id, options.properties);
    await lab.plugin.delete("FirewallIpSet", set.id, set.properties);
    await eventually("its end", () => lab.plugin.engine.messages.some(({ message }) => message.endsWith("deleted")));
  });
});
