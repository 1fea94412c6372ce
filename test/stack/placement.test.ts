import assert from "node:assert/strict";
import { guestsOf } from "../support/lab";
import { connect } from "../../pve";
import { startSimulator, type Simulator } from "../../simulator";
import { debianImage, debianTemplate, DescribedStack, vm } from "../support/described";
import { threeNodes } from "../support/three-nodes";
import { counts, ok } from "../support/results";

describe("where VMs run, with the real engine", function () {
  let sim: Simulator;
  let lab: DescribedStack;
  const image = { ...debianImage, args: { ...debianImage.args, node: "golf" } };
  const template = { ...debianTemplate, args: { ...debianTemplate.args, node: "golf" } };
  const source = { clone: { template: "@debian-12.vmid" } };
  const program = (web: Record<string, unknown>) => [
    image,
    template,
    vm("web", { source, started: true, ...web }),
    vm("fixed", { source, started: false, node: "hotel" }),
  ];
  const guest = (name: string) => Object.values(guestsOf(sim)).find(({ config }) => config["name"] === name);
  const migrations = (from: number) =>
    sim.requests.slice(from).filter(({ method, path }) => method === "POST" && path.endsWith("/migrate"));

  /** As somebody does it in the web interface. */
  async function moveByHand(vmid: number, from: string, target: string): Promise<void> {
    const { tasks, transport, close } = connect({
      endpoints: sim.nodes.map(({ url }) => url),
      tls: { fingerprints: sim.nodes.map(({ fingerprint }) => fingerprint) },
      credentials: { tokenId: sim.token.id, secret: sim.token.secret },
    });
    const params = { target, online: 1, "with-local-disks": 1 };
    await tasks.run(async () => (await transport.request("POST", `/nodes/${from}/qemu/${vmid}/migrate`, params)).data);
    close();
  }

  before(async () => {
    sim = await startSimulator({ seed: threeNodes() });
    lab = await DescribedStack.create(sim, program({ nodes: ["golf", "hotel"] }));
    ok(await lab.stack.up());
  });
  after(async () => {
    await lab.stack.close();
    await sim.close();
  });

  it("clones of a local template reach their node before they start", () => {
    assert.deepEqual([guest("web")?.node, guest("fixed")?.node], ["golf", "hotel"]);
    assert.ok(guest("web")?.running);
  });

  it("a VM that was moved among its nodes is where it shall be: no change, no call, no new VM", async () => {
    const web = guest("web");
    assert.ok(web);
    await moveByHand(web.vmid, "golf", "hotel");
    const from = sim.requests.length;
    assert.deepEqual(Object.keys(counts(ok(await lab.stack.preview("--refresh")))), ["same"]);
    assert.deepEqual(Object.keys(counts(ok(await lab.stack.up()))), ["same"]);
    assert.deepEqual(migrations(from), []);
    assert.equal(web.node, "hotel");
  });

  it("a node that is no longer allowed is left online, in place", async () => {
    const uuid = guest("web")?.config["smbios1"];
    lab.describe(program({ nodes: ["foxtrot", "golf"] }));
    assert.match(ok(await lab.stack.preview()).stdout, /migrate: nodes/);
    const from = sim.requests.length;
    const up = ok(await lab.stack.up());
    assert.equal(counts(up)["update"], 1);
    assert.deepEqual([guest("web")?.node, guest("web")?.config["smbios1"]], ["foxtrot", uuid]);
    assert.equal(migrations(from)[0]?.params["online"], "1");
    assert.deepEqual(Object.keys(counts(ok(await lab.stack.preview()))), ["same"]);
  });

  it("high availability takes VMs and a rule over them as they are, and lets go of them", async () => {
    const own = program({ nodes: ["foxtrot", "golf"] });
    const resources = ["web", "fixed"].map((name) => ({
      ...{ kind: "HaResource" as const, name: `${name}-ha`, args: { vmid: `@${name}.vmid` } },
    }));
    const args = { type: "resource-affinity", affinity: "negative", resources: ["@web-ha.sid", "@fixed-ha.sid"] };
    lab.describe([...own, ...resources, { kind: "HaRule", name: "apart", args }]);
    const stood = () => ["web", "fixed"].map((name) => [guest(name)?.node, guest(name)?.running !== undefined]);
    const before = stood();
    assert.equal(counts(ok(await lab.stack.up()))["create"], 3);
    const [cluster] = Object.values(sim.world.clusters);
    const [web, fixed] = [`vm:${guest("web")?.vmid}`, `vm:${guest("fixed")?.vmid}`];
    assert.deepEqual(cluster?.ha?.resources, { [web]: { state: "started" }, [fixed]: { state: "stopped" } });
    assert.deepEqual(cluster.ha.rules["apart"]?.resources.sort(), [web, fixed].sort());
    assert.deepEqual(Object.keys(counts(ok(await lab.stack.up()))), ["same"]);
    lab.describe(own);
    assert.equal(counts(ok(await lab.stack.up()))["delete"], 3);
    assert.deepEqual([cluster.ha.resources, cluster.ha.rules], [{}, {}]);
    assert.deepEqual(stood(), before);
  });
});
