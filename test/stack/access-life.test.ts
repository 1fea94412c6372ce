import assert from "node:assert/strict";
import { leastPrivilege } from "../../privileges";
import { accountsOf } from "../../simulator/linux/accounts.js";
import { startSimulator, type Simulator } from "../../simulator";
import { DescribedStack, type Described } from "../support/described";
import { labWorld, sshConfig } from "../support/lab";
import { counts, ok } from "../support/results";
import { registerSecret } from "../support/secret-values";
import { newKey } from "../support/sshd";

describe("a stack that works by the token that it has made, with the real engine", function () {
  let sim: Simulator;
  let lab: DescribedStack;
  before(async () => {
    const world = labWorld();
    world.nodes["pve1"]!.packages = { installed: { sudo: "1.9.16p2-3" } };
    sim = await startSimulator({ seed: world });
  });
  after(async () => {
    await lab.stack.close();
    await sim.close();
  });

  const access = () => Object.values(sim.world.clusters)[0]!.access;
  const files = () => Object.keys(sim.world.nodes["pve1"]!.ssh?.files ?? {}).sort();
  const accounts = () => accountsOf(sim.world.nodes["pve1"]!);

  /** Everything after the bootstrap. */
  const work: readonly Described[] = [
    { kind: "Pool", name: "web", args: { poolId: "web" } },
    {
      kind: "Vm",
      name: "web-1",
      args: {
        ...{ node: "pve1", vmid: 2001, pool: "@web.poolId", source: { empty: true }, cores: 1, memoryMiB: 512 },
        disks: [{ storage: "local-lvm", sizeGiB: 1 }],
        networks: [{ bridge: "vmbr0" }],
      },
      options: { provider: "ci" },
    },
    { kind: "TimeZone", name: "zone", args: { node: "pve1", timeZone: "Europe/Berlin" } },
  ].map((one) => ({ ...one, options: { provider: "ci" } }) as Described);

  /** A user, roles and entries for exactly that, and a token; made by root. */
  const bootstrap = (trigger: string): Described[] => {
    const described = work.map(({ kind, name, args }) => ({
      kind,
      name,
      args: { ...args, ...("pool" in args ? { pool: "web" } : {}) },
    }));
    const paths = Object.entries(leastPrivilege(described).paths);
    const role = (i: number) => `@Automation-${i}.roleId`;
    return [
      { kind: "User", name: "automation@pve", args: {} },
      ...paths.map(([, privileges], i): Described => ({ kind: "Role", name: `Automation-${i}`, args: { privileges } })),
      ...paths.map(([path], i): Described => ({
        kind: "Acl",
        name: `automation ${path}`,
        args: { path, role: role(i), user: "@automation@pve.userId", propagate: path !== "/" },
      })),
      {
        kind: "ApiToken",
        name: "pulumi",
        args: {
          user: "@automation@pve.userId",
          rights: paths.map(([path], i) => ({ path, role: role(i), propagate: path !== "/" })),
          rotationTrigger: trigger,
          rotateAfter: "30d",
        },
        options: { dependsOn: paths.map(([path]) => `automation ${path}`) },
      },
      {
        kind: "Provider",
        name: "ci",
        args: {
          "proxmox:endpoints": sim.nodes.map(({ url }) => url),
          "proxmox:fingerprints": sim.nodes.map(({ fingerprint }) => fingerprint),
          "proxmox:tokenId": "@pulumi.fullTokenId",
          "proxmox:tokenSecret": "@pulumi.value",
          // The environment has a password for SSH, and its config says whom to trust.
          "proxmox:sshFingerprints": sim.nodes.map(({ ssh }) => ssh.fingerprint),
        },
      },
      {
        kind: "SystemUser",
        name: "bob",
        args: { node: "pve1", authorizedKeys: [newKey().public], sudoRules: ["/usr/sbin/qm list"], removeHome: true },
      },
    ];
  };

  it("makes user, roles, entries and token as root, and everything else by the token; at rest, rotated, and gone", async () => {
    const [rights, there, people] = [structuredClone(access()), files(), structuredClone(accounts())];
    const first = bootstrap("1");
    lab = await DescribedStack.create(sim, [...first, ...work], sshConfig(sim));
    const previewed = ok(await lab.stack.preview());
    assert.ok(!previewed.stdout.includes("has no"), previewed.stdout);
    ok(await lab.stack.up());
    const value = access().users["automation@pve"]?.tokens["pulumi"]?.secret;
    assert.ok(value !== undefined);
    registerSecret("the value of the token that the stack works by", value);
    const bob = accounts().users.find(({ name }) => name === "bob");
    assert.ok(bob);
    assert.ok(files().some((file) => file.startsWith("/etc/sudoers.d/")));

    const byToken = () => sim.requests.filter(({ user }) => user?.startsWith("automation@pve!"));
    const writes = (what: RegExp) => sim.requests.filter(({ method, path }) => method !== "GET" && what.test(path));
    for (const what of [/^\/pools/, /\/qemu/, /\/time$/])
      assert.deepEqual([...new Set(writes(what).map(({ user }) => user))], ["automation@pve!pulumi"], String(what));
    assert.deepEqual(
      byToken().filter(({ status }) => status === 403),
      [],
    );

    const atRest = ok(await lab.stack.preview());
    assert.match(atRest.stdout, /ApiToken pulumi .*rotates at \d{4}-\d\d-\d\dT[\d:]+Z, or with the first up after it/);
    for (const result of [atRest, ok(await lab.stack.up()), ok(await lab.stack.refresh())]) {
      const { same: _, ...changed } = counts(result);
      assert.deepEqual(changed, {}, result.stdout);
    }

    const described = [
      ...bootstrap("2").map((one) => (one.kind === "SystemUser" ? (first.at(-1) as Described) : one)),
      ...work,
    ];
    lab.describe(described);
    ok(await lab.stack.up());
    const turned = access().users["automation@pve"]?.tokens["pulumi-2"]?.secret;
    assert.ok(turned !== undefined);
    registerSecret("the value of the token that took its place", turned);
    const from = sim.requests.length;
    const { same: _, ...changed } = counts(ok(await lab.stack.up()));
    assert.deepEqual(changed, {});
    const users = new Set(
      sim.requests.slice(from).flatMap(({ user }) => (user?.startsWith("automation") ? [user] : [])),
    );
    assert.deepEqual([...users], ["automation@pve!pulumi-2"]);
    assert.deepEqual(
      byToken().filter(({ status }) => status === 403),
      [],
    );

    // An order in the config, without a change of the program.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    lab.describe(described, { "proxmox:rotate": new Date().toISOString().replace(/\.\d+/, "") });
    const ordered = ok(await lab.stack.preview());
    assert.match(ordered.stdout, /ApiToken pulumi .*rotates: proxmox:rotate asks for all tokens made before /);
    ok(await lab.stack.up());
    const known = [value, turned];
    const anew = Object.values(access().users["automation@pve"]?.tokens ?? {}).filter(
      ({ secret }) => !known.includes(secret),
    );
    assert.equal(anew.length, 1);
    registerSecret("the value of the token that an order made", anew[0]?.secret ?? "");
    const { same: _same, ...after } = counts(ok(await lab.stack.up()));
    assert.deepEqual(after, {});

    const state = JSON.stringify(await lab.stack.export());
    for (const one of [value, turned, anew[0]?.secret ?? ""]) assert.ok(!state.includes(one));
    ok(await lab.stack.destroy());
    assert.deepEqual(access(), rights);
    assert.deepEqual(files(), there);
    assert.deepEqual(accounts(), people);
  });
});
