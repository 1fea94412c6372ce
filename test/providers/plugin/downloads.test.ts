import assert from "node:assert/strict";
import { eventually } from "../../support/eventually";
import { providerText } from "../../../providers/text";
import { image, Lab, labWorld, pluginConfig } from "../../support/lab";
import { signal } from "../../support/processes";
import { startPlugin } from "../../support/plugin";

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
    lab = await Lab.start({ seed: labWorld("matrix"), clock: "auto", speed: 0.06 });
    const { inputs } = await lab.plugin.check("CloudImage", {}, lab.inputs("CloudImage", "debian", args("local")));
    const killed = assert.rejects(lab.plugin.create("CloudImage", inputs));
    await eventually("the download", () => underWay().length > 0);
    assert.equal(underWay().length, 1);
    signal(lab.plugin.pid, "SIGKILL");
    await killed;
    const next = await startPlugin({ text: providerText });
    try {
      await next.configure(pluginConfig(lab.sim));
      const made = await next.create("CloudImage", inputs);
      assert.match(made.id, /^local:import\/debian-12-genericcloud-amd64-[0-9a-f]{12}\.qcow2$/);
      const transfers = tasks().filter(({ log }) => log.some((line) => line.includes("Saving to")));
      assert.equal(transfers.length, 1);
      const waiting = /waiting for a download of .* under way/;
      await eventually(String(waiting), () => next.engine.messages.some(({ message }) => waiting.test(message)));
    } finally {
      await next.close();
    }
  });
});
