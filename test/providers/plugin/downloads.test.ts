import assert from "node:assert/strict";
import { hurried } from "../../support/environment";
import { eventually } from "../../support/eventually";
import { providerText } from "../../../providers/kernel/program/text";
import { image, Lab, labWorld, pluginConfig } from "../../support/lab";
import { signal } from "../../support/processes";
import { CallFailure, startPlugin, type Properties } from "../../support/plugin";
import { secretUuid } from "../../support/secret-values";

describe("downloads that take their time, through Pulumi's plugin", function () {
  let lab: Lab;
  afterEach(() => lab.close());

  const tasks = () => (lab.sim.world.nodes["foxtrot"]?.tasks ?? []).filter(({ type }) => type === "download");
  const underWay = () => tasks().filter(({ status }) => status === undefined);
  const args = (storage: string) => ({ url: image.url, checksum: image.checksum, node: "foxtrot", storage });

  it("run one at a time on a node", async () => {
    const world = labWorld("matrix");
    for (const { storages } of Object.values(world.clusters))
      for (const name of ["one", "two", "three"])
        storages[name] = { type: "dir", path: `/srv/${name}`, content: "import" };
    lab = await Lab.start({ seed: world, clock: "auto", speed: 1 });
    let most = 0;
    const watching = setInterval(() => (most = Math.max(most, underWay().length)), 5);
    try {
      await Promise.all(["one", "two", "three"].map((storage) => lab.create("CloudImage", storage, args(storage))));
    } finally {
      clearInterval(watching);
    }
    assert.equal(tasks().length, 3);
    assert.equal(most, 1);
  });

  it("go on when their plugin is killed; the next run waits for them instead of starting again", async () => {
    lab = await Lab.start({ seed: labWorld("matrix"), clock: "manual" });
    const { inputs } = await lab.plugin.check("CloudImage", {}, lab.inputs("CloudImage", "debian", args("local")));
    const killed = assert.rejects(lab.plugin.create("CloudImage", inputs));
    await eventually("the download", () => underWay().length > 0);
    assert.equal(underWay().length, 1);
    signal(lab.plugin.pid, "SIGKILL");
    await killed;
    const next = await startPlugin({ text: providerText, env: hurried() });
    try {
      await next.configure(pluginConfig(lab.sim));
      const creation = next.create("CloudImage", inputs);
      const waiting = /waiting for a download of .* under way/;
      await eventually(String(waiting), () => next.engine.messages.some(({ message }) => waiting.test(message)));
      const passing = setInterval(() => lab.sim.simulation.clock.advance(60_000), 20);
      const made = await creation.finally(() => clearInterval(passing));
      assert.match(made.id, /^local:import\/debian-12-genericcloud-amd64-[0-9a-f]{12}\.qcow2$/);
      const transfers = tasks().filter(({ log }) => log.some((line) => line.includes("Saving to")));
      assert.equal(transfers.length, 1);
    } finally {
      await next.close();
    }
  });
});

describe("a download whose answer is lost, through Pulumi's plugin", function () {
  let lab: Lab;
  beforeEach(async () => {
    lab = await Lab.start({}, {}, hurried());
  });
  afterEach(() => lab.close());

  const route = "POST /nodes/{node}/storage/{storage}/download-url";
  const args = { url: image.url, checksum: image.checksum, node: "pve1", storage: "local" };
  const lost = { kind: "status", status: 596, reason: "Connection timed out" } as const;
  const files = () => Object.keys(lab.sim.world.nodes["pve1"]?.volumes["/var/lib/vz"] ?? {});
  const requests = () => lab.sim.requests.filter(({ path }) => path.endsWith("/download-url")).length;

  it("but which was carried out is waited for, and its file goes with the resource", async () => {
    lab.sim.simulation.faults.add({ route, count: 1, effect: { ...lost, handled: true } });
    const made = await lab.create("CloudImage", "debian", args);
    assert.equal(made.properties["__downloaded"], true);
    assert.equal(requests(), 1);
    await lab.plugin.delete("CloudImage", made.id, made.properties);
    assert.deepEqual(files(), []);
  });

  it("and which was not carried out is asked for again", async () => {
    lab.sim.simulation.faults.add({ route, count: 1, effect: lost });
    const made = await lab.create("CloudImage", "debian", args);
    assert.equal(made.properties["__downloaded"], true);
    assert.equal(requests(), 2);
  });

  /** The node goes silent with the answer: the file is there, and nobody can be asked. */
  async function unanswered(handled: boolean): Promise<{ id: string; properties: Properties; inputs: Properties }> {
    const { faults } = lab.sim.simulation;
    faults.add({ route, count: 1, effect: { ...lost, handled } });
    faults.add({ route: "GET /nodes/{node}/tasks", after: 1, effect: { ...lost, reason: "Connection refused" } });
    const { inputs } = await lab.plugin.check("CloudImage", {}, lab.inputs("CloudImage", "debian", args));
    const failure: unknown = await lab.plugin.create("CloudImage", inputs).catch((error: unknown) => error);
    faults.clear();
    assert.ok(failure instanceof CallFailure && failure.partial, String(failure));
    assert.match(failure.partial.reasons.join(), /596 Connection timed out/);
    return { ...failure.partial, inputs };
  }

  it("while nobody could be asked is the next run's: it completes it, and destroy takes the file away", async () => {
    const { id, properties, inputs } = await unanswered(true);
    const { changes, replaces } = await lab.plugin.diff("CloudImage", id, properties, inputs);
    assert.deepEqual([changes, replaces], ["some", []]);
    const next = await lab.plugin.update("CloudImage", id, properties, inputs);
    assert.equal(next.properties["__downloaded"], true);
    assert.equal(next.properties["__asked"], undefined);
    assert.equal(requests(), 1);
    await lab.plugin.delete("CloudImage", id, next.properties);
    assert.deepEqual(files(), []);
  });

  it("is taken away by a destroy that follows at once", async () => {
    const { id, properties } = await unanswered(true);
    assert.equal(files().length, 1);
    await lab.plugin.delete("CloudImage", id, properties);
    assert.deepEqual(files(), []);
  });

  it("is not taken for ours when somebody else's download made the file", async () => {
    const { id, properties } = await unanswered(false);
    const somebody = await Lab.on(lab.sim, { "proxmox:tokenId": "root@pam!other", "proxmox:tokenSecret": other(lab) });
    try {
      await somebody.create("CloudImage", "debian", args);
    } finally {
      await somebody.close();
    }
    await lab.plugin.delete("CloudImage", id, properties);
    assert.equal(files().length, 1);
  });
});

/** The secret of another token of root. */
function other(lab: Lab): string {
  const secret = secretUuid("another token of root");
  const root = Object.values(lab.sim.world.clusters)[0]?.access.users["root@pam"];
  if (root) root.tokens["other"] = { secret, privsep: 0, expire: 0 };
  return secret;
}
