import assert from "node:assert/strict";
import { isLastWord } from "../../support/last-word";
import { guestsOf, Lab } from "../../support/lab";
import { imageOn } from "../../support/three-nodes";
import type { Properties } from "../../support/plugin";

type Made = Awaited<ReturnType<Lab["create"]>>;

/** Requests are time: these are all that a VM's life needs, in their order. */
describe("the requests of a VM's life, through Pulumi's plugin", function () {
  let lab: Lab;
  let template: number;
  const there = new Map<string, Made>();
  const existing = (name: string): Made => {
    const made = there.get(name);
    assert.ok(made);
    return made;
  };

  before(async () => {
    lab = await Lab.start({}, { "proxmox:vmids": "2000-2999" });
    const file = await lab.create("CloudImage", "debian", imageOn("pve1"));
    const made = await lab.create("Template", "debian-12", {
      node: "pve1",
      imageVolumeId: String(file.properties["volumeId"]),
      disk: { storage: "local-lvm", sizeGiB: 4 },
      agent: true,
      networks: [{ bridge: "vmbr0" }],
      cloudInit: { user: "admin" },
    });
    template = Number(made.id);
    // What all share (version, list of guests, template's config) has been read after this one.
    await lab.create("Vm", "first", args());
    // Another run has made these, and they are marked as finished.
    const earlier = await Lab.on(lab.sim, { "proxmox:vmids": "3000-3999" }, lab.stackId);
    for (const name of ["tagged", "powered", "gone-1", "gone-2", "gone-3", "still"])
      there.set(name, await earlier.create("Vm", name, args(name === "still" ? { started: false } : {})));
    earlier.plugin.signal("SIGINT");
    await earlier.plugin.exited;
    await earlier.close();
  });
  after(() => lab.close());

  const args = (more: Properties = {}): Properties => ({
    source: { clone: { template } },
    cores: 2,
    memoryMiB: 64,
    agentTimeout: "0s",
    networks: [{ bridge: "vmbr0" }],
    cloudInit: { user: "admin", addresses: [{ address: "dhcp" }] },
    tags: ["bench"],
    ...more,
  });

  /**
   * What is sent meanwhile: `vm` is the VM's own path, and `task` that of any task. Without what
   * many share for some seconds, and without what follows a creation.
   */
  async function requests(
    work: () => Promise<unknown>,
    of = lab,
    counted: { shared?: boolean; lastWord?: boolean } = {},
  ): Promise<string[]> {
    const from = of.sim.requests.length;
    await work();
    const shared = /\/cluster\/(?:resources|tasks)$/;
    const sent = of.sim.requests
      .slice(from)
      .filter((one) => (counted.shared || !shared.test(one.path)) && (counted.lastWord || !isLastWord(one)));
    return sent.map(({ method, path }) => {
      const short = path.replace(/^\/api2\/json/, "").replace(/\?.*/, "");
      const own = short.replace(/^\/nodes\/pve1\/qemu\/\d+/, "vm").replace(/^\/nodes\/pve1\/tasks\/UPID[^/]*/, "task");
      return `${method} ${own}`;
    });
  }
  async function creation(name: string, more: Properties = {}, of = lab): Promise<[Made, string[]]> {
    let made: Made | undefined;
    const sent = await requests(async () => (made = await of.create("Vm", name, args(more))), of);
    assert.ok(made);
    return [made, sent];
  }
  async function update(name: string, made: Made, more: Properties): Promise<[Properties, string[]]> {
    let after: Properties | undefined;
    const sent = await requests(async () => {
      const { inputs } = await lab.plugin.check("Vm", made.inputs, lab.inputs("Vm", name, args(more)));
      await lab.plugin.diff("Vm", made.id, made.properties, inputs);
      after = (await lab.plugin.update("Vm", made.id, made.properties, inputs)).properties;
    });
    assert.ok(after);
    return [after, sent];
  }
  const cloned = ["POST vm/clone", "GET task/status", "GET vm/pending"];
  const written = "PUT vm/config";

  it("a full clone that is started: nothing is read twice", async () => {
    const [, sent] = await creation("started");
    assert.deepEqual(sent, [...cloned, written, "POST vm/status/start", "GET task/status", "GET vm/pending"]);
  });

  it("the first one of a run: what all share is read once, and what an earlier run may have left once more", async () => {
    const own = await Lab.on(lab.sim, { "proxmox:vmids": "4000-4999" }, lab.stackId);
    try {
      const sent = await requests(() => own.create("Vm", "lone", args()), own, { shared: true });
      const shared = ["GET /version", "GET /cluster/resources", "GET /nodes/localhost/certificates/info"];
      // The first look is at the template.
      const before = [...shared, "GET vm/pending", "GET /cluster/resources", "GET /cluster/tasks"];
      const life = [...cloned, written, "POST vm/status/start", "GET task/status", "GET vm/pending"];
      assert.deepEqual([...sent].sort(), [...before, ...life].sort());
    } finally {
      await own.close();
    }
  });

  it("one that stays stopped, and one with disks, whose volumes are looked at before the start", async () => {
    const [, stopped] = await creation("stopped", { started: false });
    assert.deepEqual(stopped, [...cloned, written, "GET vm/pending"]);
    const [, grown] = await creation("grown", { started: false, disks: [{ storage: "local-lvm", sizeGiB: 8 }] });
    const resized = ["PUT vm/resize", "GET task/status", "GET vm/pending"];
    assert.deepEqual(grown, [...cloned, written, "GET vm/pending", ...resized]);
  });

  it("the last word of the mark: one write, with the digest of the last look", async () => {
    const own = await Lab.on(lab.sim, {}, lab.stackId);
    try {
      const [made] = await creation("marked", {}, own);
      const sent = await requests(
        async () => {
          own.plugin.signal("SIGINT");
          await own.plugin.exited;
        },
        own,
        { lastWord: true },
      );
      assert.deepEqual(sent, ["PUT vm/config"]);
      assert.match(
        guestsOf(lab.sim)[made.id]?.config["description"] ?? "",
        /owner=[0-9a-f]{24} uuid=[0-9a-f-]{36} -->$/,
      );
    } finally {
      await own.close();
    }
  });

  it("the same after somebody has changed the VM: it is looked at, and what was changed stays", async () => {
    const own = await Lab.on(lab.sim, {}, lab.stackId);
    try {
      const [made] = await creation("noted", {}, own);
      const guest = guestsOf(lab.sim)[made.id];
      assert.ok(guest);
      guest.config["description"] = `ask Anna\n${guest.config["description"]}`;
      const sent = await requests(
        async () => {
          own.plugin.signal("SIGINT");
          await own.plugin.exited;
        },
        own,
        { lastWord: true },
      );
      assert.deepEqual(sent, ["PUT vm/config", "GET vm/pending", "PUT vm/config"]);
      assert.match(guest.config["description"] ?? "", /^ask Anna\n<!-- .*owner=[0-9a-f]{24} uuid=[0-9a-f-]{36} -->$/);
    } finally {
      await own.close();
    }
  });

  it("other tags", async () => {
    const made = existing("tagged");
    const [after, sent] = await update("tagged", made, { tags: ["other"] });
    assert.deepEqual(after["tags"], ["other"]);
    assert.deepEqual(sent, ["GET vm/pending", written, "GET vm/pending"]);
  });

  it("a power state that differs: the VM itself is asked before anything is done", async () => {
    const made = existing("powered");
    const [after, sent] = await update("powered", made, { started: false });
    assert.equal(after["started"], false);
    // A shutdown takes no digest: directly before it there is another look.
    const look = ["GET vm/status/current", "GET vm/pending"];
    const stopped = [...look, "POST vm/status/shutdown", "GET task/status", "GET vm/pending"];
    assert.deepEqual(sent, ["GET vm/pending", ...stopped]);
  });

  it("a deletion: its identity and its parts are looked at twice, the quorum once for all", async () => {
    const one = existing("gone-1");
    const two = existing("gone-2");
    const three = existing("gone-3");
    const look = ["GET vm/pending", "GET vm/snapshot"];
    // Whether HA has it the list may not know yet: that is asked once for all that go.
    const ha = "GET /cluster/ha/resources";
    const stop = ["POST vm/status/shutdown", "GET task/status"];
    const sent = await requests(() => lab.plugin.delete("Vm", one.id, one.properties));
    assert.deepEqual(sent, [...look, "GET /cluster/status", ha, ...stop, ...look, "DELETE vm", "GET task/status"]);

    const both = await requests(() =>
      Promise.all([two, three].map(({ id, properties }) => lab.plugin.delete("Vm", id, properties))),
    );
    assert.ok(both.filter((request) => request === "GET /cluster/status").length <= 1);
    assert.ok(both.filter((request) => request === ha).length <= 1);
    assert.ok(both.length <= 18, both.join("\n"));
  });

  it("a deletion of a stopped VM, which the VM itself says", async () => {
    const made = existing("still");
    const sent = await requests(() => lab.plugin.delete("Vm", made.id, made.properties));
    const look = ["GET vm/pending", "GET vm/snapshot"];
    const own = sent.filter((request) => request !== "GET /cluster/status");
    assert.deepEqual(own, [...look, "GET vm/status/current", ...look, "DELETE vm", "GET task/status"]);
  });
});
