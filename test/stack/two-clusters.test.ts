import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { startSimulator, type Simulator } from "../../simulator";
import { DescribedStack, type Described } from "../support/described";
import { labWorld } from "../support/lab";
import { counts, failed, ok } from "../support/results";
import { registerSecret, secretValue } from "../support/secret-values";

describe("two clusters in one program, with the real engine", function () {
  let sim: Simulator;
  let other: Simulator;
  let lab: DescribedStack;
  let home: string;
  const makersPassword = secretValue("the password of a user that a stack makes");

  before(async () => {
    home = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), "two-clusters-"));
    [sim, other] = await Promise.all([startSimulator({ seed: labWorld() }), startSimulator({ seed: labWorld() })]);
  });
  after(async () => {
    await lab.stack.close();
    await Promise.all([sim.close(), other.close()]);
    fs.rmSync(home, { recursive: true, force: true });
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
    const [on, role] = ["/pool", "PoolMakers"];
    const file = path.join(home, "new", "proxmox-lab");
    const user: Described = { kind: "User", name: "maker@pve", args: { password: { secretRef: "MAKER" } } };
    const rights = [{ path: on, role: "PVEPoolAdmin" }];
    const half: Described = { kind: "ApiToken", name: "half", args: { user: "@maker@pve.userId", rights } };
    // A token whose creation fails after Proxmox has told its value: the state must know it, and encrypted.
    lab.describe([user, half, { kind: "SshKey", name: "deploy", args: {} }]);
    const { faults } = sim.simulation;
    faults.add({ route: "PUT /access/acl", effect: { kind: "status", status: 500, reason: "no disk" } });
    assert.match(failed(await lab.stack.up()), /half.*no disk|no disk.*half/s);
    faults.clear();
    const halfMade = access()?.users["maker@pve"]?.tokens["half"]?.secret;
    assert.ok(halfMade !== undefined);
    registerSecret("the value of a token that was half made", halfMade);
    const recorded = JSON.stringify(await lab.stack.export());
    assert.ok(recorded.includes("maker@pve!half"), "the state knows the token");
    assert.ok(!recorded.includes(halfMade) && !recorded.includes("OPENSSH PRIVATE KEY"));
    const resources: Described[] = [
      { kind: "Role", name: role, args: { privileges: ["Pool.Allocate", "Pool.Audit", "VM.Monitor"] } },
      { kind: "Group", name: "makers", args: {} },
      { kind: "User", name: "maker@pve", args: { groups: ["@makers.groupId"], password: { secretRef: "MAKER" } } },
      { kind: "Acl", name: "makers-pools", args: { path: on, role: `@${role}.roleId`, group: "@makers.groupId" } },
      {
        kind: "ApiToken",
        name: "maker",
        args: { user: "@maker@pve.userId", rights: [{ path: on, role: `@${role}.roleId` }], rotateAfter: "30d" },
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
      { kind: "TerraformUser", name: "terraform", args: { endpoint: sim.nodes[0]?.url, path: file } },
      {
        kind: "Provider",
        name: "as-terraform",
        args: {
          "proxmox:endpoints": sim.nodes.map(({ url }) => url),
          "proxmox:fingerprints": sim.nodes.map(({ fingerprint }) => fingerprint),
          "proxmox:tokenId": "@terraform.tokenId",
          "proxmox:tokenSecret": "@terraform.tokenValue",
        },
      },
      { kind: "Pool", name: "made-by-terraform", args: {}, options: { provider: "as-terraform" } },
    ];
    lab.describe(resources);
    ok(await lab.stack.preview());
    ok(await lab.stack.up());
    const made = sim.requests.filter(({ method, path: at }) => method === "POST" && at === "/pools");
    assert.deepEqual(made.map(({ user }) => user).sort(), ["maker@pve!maker", "terraform@pve!token"]);
    const terraform = access()?.users["terraform@pve"]?.tokens["token"]?.secret;
    assert.ok(terraform !== undefined);
    registerSecret("the value of the token for Terraform", terraform);
    const written = fs.readFileSync(file, "utf8");
    assert.match(written, new RegExp(`^export PROXMOX_VE_API_TOKEN='terraform@pve!token=${terraform}'$`, "m"));
    // The engine knows nothing of it: the file alone has changed.
    fs.rmSync(file);
    ok(await lab.stack.up());
    assert.equal(fs.readFileSync(file, "utf8"), written);
    const { same: _, ...changed } = counts(ok(await lab.stack.up()));
    assert.deepEqual(changed, {});
    const { same: __, ...drifted } = counts(ok(await lab.stack.refresh()));
    assert.deepEqual(drifted, {});
    const value = access()?.users["maker@pve"]?.tokens["maker"]?.secret;
    assert.ok(value !== undefined);
    registerSecret("the value of the token that the stack made", value);
    const state = JSON.stringify(await lab.stack.export());
    for (const one of [value, terraform]) assert.ok(!state.includes(one));
    ok(await lab.stack.destroy());
    assert.deepEqual(access(), before);
    assert.ok(!fs.existsSync(file));
  });
});
