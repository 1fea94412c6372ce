import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { DescribedStack, type Described } from "../support/described";
import { labWorld } from "../support/lab";
import { counts, ok } from "../support/results";
import { registerSecret, secretValue } from "../support/secret-values";

describe("two clusters in one program, with the real engine", function () {
  let sim: Simulator;
  let other: Simulator;
  let lab: DescribedStack;
  const makersPassword = secretValue("the password of a user that a stack makes");

  before(async () => {
    [sim, other] = await Promise.all([startSimulator({ seed: labWorld() }), startSimulator({ seed: labWorld() })]);
  });
  after(async () => {
    await lab.stack.close();
    await Promise.all([sim.close(), other.close()]);
  });

  const guests = (where: Simulator) =>
    Object.values(Object.values(where.world.clusters)[0]?.guests ?? {}).map(({ vmid, config }) => [
      vmid,
      config["name"],
    ]);
  const blank = (name: string, provider?: string): Described => ({
    kind: "Vm",
    name,
    args: { vmid: 3001, source: { empty: true }, started: false },
    ...(provider === undefined ? {} : { options: { provider } }),
  });

  it("takes the config of the second as lists and numbers, and keeps its token encrypted", async () => {
    const provider: Described = {
      kind: "Provider",
      name: "lab",
      args: {
        "proxmox:endpoints": other.nodes.map(({ url }) => url),
        "proxmox:fingerprints": other.nodes.map(({ fingerprint }) => fingerprint),
        "proxmox:tokenId": other.token.id,
        "proxmox:tokenSecret": "$OTHER_TOKEN",
        "proxmox:parallelPerNode": 3,
      },
    };
    const resources = [provider, blank("here"), blank("there", "lab")];
    lab = await DescribedStack.create(sim, resources, {}, { OTHER_TOKEN: other.token.secret, MAKER: makersPassword });
    ok(await lab.stack.preview());
    ok(await lab.stack.up());
    assert.deepEqual(guests(sim), [[3001, "here"]]);
    assert.deepEqual(guests(other), [[3001, "there"]]);
    const { same: _, ...changed } = counts(ok(await lab.stack.up()));
    assert.deepEqual(changed, {});
    const { same: __, ...drifted } = counts(ok(await lab.stack.refresh()));
    assert.deepEqual(drifted, {});
    assert.ok(!JSON.stringify(await lab.stack.export()).includes(other.token.secret));
  });

  it("deletes from each what it made there", async () => {
    ok(await lab.stack.destroy());
    assert.deepEqual([guests(sim), guests(other)], [[], []]);
  });

  it("works with a token that it has just made, and leaves neither it nor its user behind", async () => {
    const access = () => Object.values(sim.world.clusters)[0]?.access;
    const before = structuredClone(access());
    const [path, role] = ["/pool", "PoolMakers"];
    const resources: Described[] = [
      { kind: "Role", name: role, args: { privileges: ["Pool.Allocate", "Pool.Audit", "VM.Monitor"] } },
      { kind: "Group", name: "makers", args: {} },
      { kind: "User", name: "maker@pve", args: { groups: ["@makers.groupId"], password: { secretRef: "MAKER" } } },
      { kind: "Acl", name: "makers-pools", args: { path, role: `@${role}.roleId`, group: "@makers.groupId" } },
      {
        kind: "ApiToken",
        name: "maker",
        args: { user: "@maker@pve.userId", rights: [{ path, role: `@${role}.roleId` }], rotateAfter: "30d" },
        options: { dependsOn: ["makers-pools"] },
      },
      {
        kind: "Provider",
        name: "as-maker",
        args: {
          "proxmox:endpoints": sim.nodes.map(({ url }) => url),
          "proxmox:fingerprints": sim.nodes.map(({ fingerprint }) => fingerprint),
          "proxmox:tokenId": "@maker.fullTokenId",
          "proxmox:tokenSecret": "@maker.value",
        },
      },
      { kind: "Pool", name: "made-by-maker", args: {}, options: { provider: "as-maker" } },
    ];
    lab.describe(resources);
    ok(await lab.stack.preview());
    ok(await lab.stack.up());
    const made = sim.requests.find(({ method, path: at }) => method === "POST" && at === "/pools");
    assert.equal(made?.user, "maker@pve!maker");
    const { same: _, ...changed } = counts(ok(await lab.stack.up()));
    assert.deepEqual(changed, {});
    const { same: __, ...drifted } = counts(ok(await lab.stack.refresh()));
    assert.deepEqual(drifted, {});
    const value = access()?.users["maker@pve"]?.tokens["maker"]?.secret;
    assert.ok(value !== undefined);
    registerSecret("the value of the token that the stack made", value);
    assert.ok(!JSON.stringify(await lab.stack.export()).includes(value));
    ok(await lab.stack.destroy());
    assert.deepEqual(access(), before);
  });
});
