import assert from "node:assert/strict";
import { eventually } from "../../support/eventually";
import { Lab, labWorld, sshConfig, type AnyLab } from "../../support/lab";
import type { Properties } from "../../support/plugin";
import { reviewToken } from "../../support/review-token";

describe("a preview with a token that only reads, and no way to log in by SSH", function () {
  let lab: AnyLab;
  let review: AnyLab;
  let token: ReturnType<typeof reviewToken>;
  let made: { id: string; properties: Properties; inputs: Properties };
  const args = { node: "pve1", values: { "vm.swappiness": "10" } };
  before(async () => {
    const world = labWorld();
    const access = Object.values(world.clusters)[0]!.access;
    token = reviewToken(access);
    lab = await Lab.here({ seed: world }, sshConfig);
    made = await lab.create("Sysctl", "memory", args);
    const { "proxmox:sshPassword": _, ...pins } = sshConfig(lab.sim);
    const config = { ...pins, "proxmox:tokenId": token.id, "proxmox:tokenSecret": token.secret };
    review = await Lab.hereOn(lab.sim, config, lab.stackId);
  });
  after(async () => {
    await review.close();
    await lab.close();
  });

  const preview = async (kind: string, name: string, given: Properties, olds: Properties = {}) => {
    const { inputs } = await review.plugin.check(kind, olds, { ...review.inputs(kind, name, given), __preview: true });
    return { inputs, problems: (inputs["__problems"] ?? []) as string[] };
  };
  const told = (part: string | RegExp, name = "") =>
    eventually(`${String(part)} to be told`, () =>
      review.plugin.engine.messages.some(
        ({ urn, message }) => (name === "" ? urn === "" : urn.endsWith(`::${name}`)) && message.match(part) !== null,
      ),
    );
  const sent = () => lab.sim.requests.filter(({ method, user }) => method !== "GET" && user === token.id);

  it("looks at the rest, and says in the row what it could not look at", async () => {
    assert.deepEqual((await preview("SystemPackage", "tools", { node: "pve1", packages: ["htop"] })).problems, []);
    await told("not looked at in this preview: node: no way to log in to pve1 by SSH: there is neither a key", "tools");
    await told(/there is no way to log in: .*; what only SSH tells is not looked at in this preview, and up refuses/);
    await told(`${token.id} may only look: whether up has the rights that it needs was not compared`, "tools");
    const { problems } = await preview("SystemPackage", "lost", { node: "pve7", packages: ["htop"] });
    assert.match(problems.join(), /there is no node pve7/);
    assert.deepEqual(sent(), []);
  });

  it("sees that nothing changes, and what a change does, by what is known", async () => {
    const same = await preview("Sysctl", "memory", args, made.inputs);
    assert.deepEqual(same.problems, []);
    assert.equal((await review.plugin.diff("Sysctl", made.id, made.properties, same.inputs)).changes, "none");
    const changed = await preview("Sysctl", "memory", { ...args, values: { "vm.swappiness": "20" } }, made.inputs);
    assert.deepEqual(changed.problems, []);
    assert.equal((await review.plugin.diff("Sysctl", made.id, made.properties, changed.inputs)).changes, "some");
    await told("not looked at in this preview: node: no way to log in to pve1 by SSH", "memory");
    assert.deepEqual(sent(), []);
  });

  it("keeps what is known when a refresh cannot look, and says so", async () => {
    const { id, properties } = await review.plugin.read("Sysctl", made.id, made.properties);
    const { __provider: _, ...known } = made.properties;
    const { __provider: __, ...kept } = properties;
    assert.deepEqual([id, kept], [made.id, known]);
    await told("not looked at: no way to log in to pve1 by SSH", "memory");
  });

  it("lets up do nothing: neither what needs SSH nor what does not", async () => {
    const refusal = /config proxmox:sshPrivateKey: there is no way to log in/;
    assert.match((await review.problems("Pool", { poolId: "web" })).join(), refusal);
    await assert.rejects(review.plugin.create("Pool", review.inputs("Pool", "web", { poolId: "web" })), refusal);
    await assert.rejects(review.plugin.delete("Sysctl", made.id, made.properties), refusal);
    assert.deepEqual(sent(), []);
  });
});
