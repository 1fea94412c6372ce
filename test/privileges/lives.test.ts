import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "../../cli/project";
import { deletionFor } from "../../cli/review/deletions";
import { ResourceState } from "../../cli/review/resource-state";
import { endpointsOf, leastPrivilege, type DescribedResource } from "../../privileges";
import { startSimulator, type Simulator, type World } from "../../simulator";
import { CephMachines, cephNodes } from "../support/ceph-lab";
import { hurriedClock } from "../support/hurry";
import { Lab, labWorld, sshConfig, type AnyLab, testWorld } from "../support/lab";
import { keyConfig, qnetdAddress, withQnetd } from "../support/qdevice-lab";
import { secretUuid } from "../support/secret-values";
import { livesInCeph, livesOnMachines } from "./lives-on-machines";
import { lives, type Life } from "./lives";

const tokenId = "automation@pve!pulumi";

/** Gives a token what was reckoned, path by path, and nothing else. */
function grant(sim: Simulator, paths: Readonly<Record<string, readonly string[]>>): Record<string, unknown> {
  const [cluster, ...others] = Object.values(sim.world.clusters);
  assert.ok(cluster && others.length === 0);
  const secret = secretUuid("a token with exactly what is needed");
  const { access } = cluster;
  access.users["automation@pve"] = { enable: 1, expire: 0, tokens: { pulumi: { secret, privsep: 0, expire: 0 } } };
  Object.entries(paths).forEach(([at, privileges], i) => {
    access.roles[`Exact${i}`] = [...privileges];
    const propagate = at === "/" ? 0 : 1;
    access.acl.push({ path: at, type: "user", ugid: "automation@pve", roleid: `Exact${i}`, propagate });
  });
  return { "proxmox:tokenId": tokenId, "proxmox:tokenSecret": secret };
}

/** Was anything asked for that is more than a look? What is run on a node counts as that. */
async function changedBy(sim: Simulator, work: () => Promise<unknown>): Promise<boolean> {
  const [requests, commands] = [sim.requests.length, sim.sshRecords.length];
  await work();
  const writes = sim.requests
    .slice(requests)
    .filter(({ method, path, user }) => method !== "GET" && path !== "/access/ticket" && user !== sim.token.id);
  return writes.length > 0 || sim.sshRecords.length > commands;
}

/** Each is made once, and every life has a copy of it. */
const machinesMade = new Map<string, Promise<string>>();

async function machinesOf(which: NonNullable<Life["machines"]>): Promise<World> {
  if (which === "bare") return testWorld("matrix");
  let made = machinesMade.get(which);
  if (!made) {
    made = which === "ceph" ? withOsds() : twoMonitors();
    machinesMade.set(which, made);
  }
  return JSON.parse(await made) as World;
}

const withOsds = (): Promise<string> => worldOf(CephMachines.withDaemons(), (on) => on.osds());

const twoMonitors = (): Promise<string> =>
  worldOf(CephMachines.start(), async (on) => {
    await on.install(...cephNodes);
    await on.config();
    for (const kind of ["CephMonitor", "CephManager"])
      for (const node of ["foxtrot", "golf"]) await on.lab.create(kind, node, { node });
  });

async function worldOf(starting: Promise<CephMachines>, work: (on: CephMachines) => Promise<unknown>): Promise<string> {
  const on = await starting;
  try {
    await work(on);
    return on.lab.sim.simulation.saved();
  } finally {
    await on.close();
  }
}

async function live(what: string, { name, args, change = {}, machines, root: asRoot, before }: Life): Promise<void> {
  const kind = what.replace(/ .*/, "");
  const sim = await startSimulator({ seed: machines ? await machinesOf(machines) : labWorld(), clock: "immediate" });
  const root = before ? await Lab.hereOn(sim, sshConfig, undefined, {}, hurriedClock()) : undefined;
  try {
    const whole = { ...args, ...(root && (await before?.(root))) };
    const described = [whole, { ...whole, ...change }].map((one) => ({ kind, name, args: one }));
    const rootToo = asRoot ? { "proxmox:username": "root@pam", "proxmox:password": sim.password } : {};
    const config = { ...sshConfig(sim), ...rootToo, ...grant(sim, leastPrivilege(described).paths) };
    const from = sim.requests.length;
    const lab = await Lab.hereOn(sim, config, root?.stackId, {}, hurriedClock());
    try {
      const wanted = lab.inputs(kind, name, whole);
      const preview = await lab.plugin.check(kind, {}, { ...wanted, __preview: true });
      assert.equal(preview.inputs["__problems"], undefined);
      const { inputs, failures } = await lab.plugin.check(kind, {}, wanted);
      assert.deepEqual(failures, []);
      const made = await lab.plugin.create(kind, inputs);
      let { properties } = await lab.plugin.read(kind, made.id, made.properties);
      assert.equal((await lab.plugin.diff(kind, made.id, properties, inputs)).changes, "none", "drift");
      if (Object.keys(change).length > 0) {
        await lab.plugin.check(kind, inputs, { ...wanted, ...change, __preview: true });
        const next = await lab.plugin.check(kind, inputs, { ...wanted, ...change });
        assert.deepEqual(next.failures, []);
        assert.notEqual((await lab.plugin.diff(kind, made.id, properties, next.inputs)).changes, "none");
        ({ properties } = await lab.plugin.update(kind, made.id, properties, next.inputs));
      }
      const done = await changedBy(sim, () => lab.plugin.delete(kind, made.id, properties));
      const told = deletionFor(kind, ResourceState.of({ outputs: properties }));
      assert.equal(done, told?.effect !== "leaves", `what a review is told of its deletion: ${told?.words}`);
      const alarms = lab.plugin.engine.messages.filter(({ message }) =>
        message.includes("who this stack works as, has no"),
      );
      assert.deepEqual(alarms, [], "rights that were said to be missing");
      const declared = new Set(described.flatMap((one) => [...endpointsOf(kind, one.args, name)]));
      const sent = sim.requests
        .slice(from)
        // What root has made before may have its last word only now.
        .filter(({ path, user }) => path !== "/access/ticket" && user !== sim.token.id)
        .map(({ route, method, path }) => route ?? `${method} ${path}`);
      assert.deepEqual(
        [...new Set(sent)].filter((route) => !declared.has(route)),
        [],
        "calls that are not declared",
      );
    } finally {
      await lab.close();
    }
  } finally {
    await root?.close();
    await sim.close();
  }
}

/** Something that is done with exactly the rights that resources need. */
async function withExactly(
  seed: World,
  described: readonly DescribedResource[],
  work: (lab: AnyLab) => Promise<void>,
  more: (sim: Simulator) => Record<string, unknown> = () => ({}),
): Promise<void> {
  const sim = await startSimulator({ seed });
  const lab = await Lab.hereOn(sim, {
    ...sshConfig(sim),
    ...more(sim),
    ...grant(sim, leastPrivilege(described).paths),
  });
  try {
    await work(lab);
  } finally {
    await lab.close();
    await sim.close();
  }
}

const registered = [
  ...readFileSync(path.join(projectRoot, "providers", "registry.ts"), "utf8").matchAll(/^ {2}(\w+): \(/gm),
];

describe("what is declared of the calls of each kind", function () {
  it("is there for every kind that a state may name", () => {
    assert.ok(registered.length > 40, String(registered.length));
    for (const [, kind = ""] of registered) assert.doesNotThrow(() => leastPrivilege([{ kind, args: {} }]), kind);
    assert.throws(() => leastPrivilege([{ kind: "Nonsense", args: {} }]), /no kind of resources Nonsense/);
  });

  it("tells what no role is enough for", () => {
    const all = registered.map(([, kind = ""]) => ({ kind, args: {} }));
    assert.deepEqual(leastPrivilege(all).rootOnly, ["CephOsd", "Cluster"]);
    assert.deepEqual(leastPrivilege([{ kind: "Vm", args: { hookScript: "local:snippets/x" } }]).rootOnly, ["Vm"]);
  });
});

describe("a token with exactly the privileges that were reckoned", function () {
  const all = { ...lives, ...livesOnMachines, ...livesInCeph };

  it("has a life for every kind that the API or a node keeps", () => {
    // Files and values on the machine that runs Pulumi; and what has tests of its own below.
    const elsewhere = [
      "EnvironmentFile",
      "InfisicalSecret",
      "SshKey",
      "StackIdentity",
      "Cluster",
      "ClusterQdevice",
      "Nodes",
    ];
    const lived = new Set(Object.keys(all).map((what) => what.replace(/ .*/, "")));
    assert.deepEqual(
      registered.map(([, kind = ""]) => kind).filter((kind) => !lived.has(kind) && !elsewhere.includes(kind)),
      [],
    );
  });

  it("sees every node as root sees it: Nodes", () =>
    withExactly(labWorld("matrix"), [{ kind: "Nodes", args: {} }], async (lab) => {
      const seen = await lab.plugin.read("Nodes", "nodes", lab.inputs("Nodes", "nodes", {}));
      const root = await Lab.hereOn(lab.sim);
      const wanted = await root.plugin
        .read("Nodes", "nodes", root.inputs("Nodes", "nodes", {}))
        .finally(() => root.close());
      assert.deepEqual(seen.properties["nodes"], wanted.properties["nodes"]);
    }));

  it("gives a cluster a vote from outside and takes it away, and calls only what is declared: ClusterQdevice", async () => {
    const world = testWorld("matrix");
    withQnetd(world);
    const described = { kind: "ClusterQdevice", name: "witness", args: {} };
    await withExactly(
      world,
      [described],
      async (lab) => {
        const { port, fingerprint } = lab.sim.qnetd!.ssh;
        const ssh = { ssh: `127.0.0.1:${port}`, sshFingerprint: fingerprint };
        const args = { cluster: "Matrix", host: qnetdAddress, algorithm: "lms", ...ssh };
        const made = await lab.create("ClusterQdevice", "witness", args);
        assert.equal(lab.sim.simulation.isQuorate(lab.sim.simulation.node("golf")), true);
        const { properties } = await lab.plugin.read("ClusterQdevice", made.id, made.properties);
        assert.deepEqual(properties["states"], { foxtrot: "voting", golf: "voting", hotel: "voting" });
        await lab.plugin.delete("ClusterQdevice", made.id, properties);
        const declared = endpointsOf("ClusterQdevice", args, "witness");
        const sent = lab.sim.requests.map(({ route, method, path }) => route ?? `${method} ${path}`);
        assert.deepEqual(
          [...new Set(sent)].filter((route) => !declared.has(route)),
          [],
        );
      },
      keyConfig,
    );
  });

  for (const [kind, name, args] of [
    ["Cluster", "lab", { nodes: [{ name: "pve1", links: { 0: "10.11.0.11" } }] }],
    ["CephOsd", "golf-2", { node: "golf", serial: "INVENTED62" }],
  ] as const)
    it(`is told in the preview what needs root, and which keys to set: ${kind}`, async () => {
      const world = kind === "CephOsd" ? await machinesOf("ceph") : labWorld();
      const described = [{ kind, name, args }];
      assert.deepEqual(leastPrivilege(described).rootOnly, [kind]);
      await withExactly(world, described, async (lab) => {
        const wanted = { ...lab.inputs(kind, name, args), __preview: true };
        const { inputs } = await lab.plugin.check(kind, {}, wanted);
        assert.match(
          (inputs["__problems"] as string[]).join("\n"),
          /is for root@pam with a password alone: .*Set proxmox:username to root@pam and proxmox:password to its password; the token goes on serving everything else/,
        );
        assert.deepEqual(
          lab.sim.requests.filter(({ method, user }) => method !== "GET" && user === tokenId),
          [],
        );
      });
    });

  for (const [what, life] of Object.entries(all))
    it(`takes it through its life, and calls only what is declared: ${what}`, () => live(what, life));
});
