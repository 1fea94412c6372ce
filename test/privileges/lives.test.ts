import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "../../cli/project";
import { endpointsOf, leastPrivilege } from "../../privileges";
import { startSimulator, type Simulator, type World } from "../../simulator";
import { CephPlugin } from "../support/ceph-lab";
import { hurried } from "../support/environment";
import { Lab, labWorld, sshConfig } from "../support/lab";
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

/** Made once: nodes with Ceph and its OSDs. */
let machines: Promise<string> | undefined;
const cephMachines = async (): Promise<World> => {
  machines ??= CephPlugin.withDaemons().then(async (on) => {
    try {
      await on.osds();
      return on.lab.sim.simulation.saved();
    } finally {
      await on.close();
    }
  });
  return JSON.parse(await machines) as World;
};

async function live(what: string, { name, args, change = {}, machines, before }: Life): Promise<void> {
  const kind = what.replace(/ .*/, "");
  const sim = await (machines
    ? startSimulator({ seed: await cephMachines(), clock: "immediate" })
    : startSimulator({ seed: labWorld() }));
  const env = machines ? hurried() : {};
  const root = before ? await Lab.on(sim, sshConfig, undefined, env) : undefined;
  try {
    const whole = { ...args, ...(root && (await before?.(root))) };
    const described = [whole, { ...whole, ...change }].map((one) => ({ kind, name, args: one }));
    const config = { ...sshConfig(sim), ...grant(sim, leastPrivilege(described).paths) };
    const lab = await Lab.on(sim, config, root?.stackId, env);
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
      await lab.plugin.delete(kind, made.id, properties);
      const alarms = lab.plugin.engine.messages.filter(({ message }) =>
        message.includes("who this stack works as, has no"),
      );
      assert.deepEqual(alarms, [], "rights that were said to be missing");
      const declared = new Set(described.flatMap((one) => [...endpointsOf(kind, one.args, name)]));
      const sent = sim.requests
        .filter(({ user }) => user === tokenId)
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

describe("what is declared of the calls of each kind", function () {
  const registered = [
    ...readFileSync(path.join(projectRoot, "providers", "index.ts"), "utf8").matchAll(/^ {2}(\w+): \(/gm),
  ];

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
  for (const [what, life] of Object.entries({ ...lives, ...livesOnMachines, ...livesInCeph }))
    it(`takes it through its life, and calls only what is declared: ${what}`, () => live(what, life));
});
