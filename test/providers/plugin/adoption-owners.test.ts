import assert from "node:assert/strict";
import { adoptableWorld, uuid } from "../../support/adoptable";
import { eventually } from "../../support/eventually";
import { Lab, type AnyLab } from "../../support/lab";
import type { Properties } from "../../support/plugin";

const vmids = { "proxmox:vmids": "2000-2999" };
const mark = (more: string) => `<!-- pulumi-proxmox-cluster owner=0123456789abcdef01234567${more} -->`;
const another = "5f2b9c1e-0a4d-4a9e-8c39-5f1f2a6d7e80";

describe("whose a mark is", () => {
  let lab: AnyLab;

  beforeEach(async () => {
    lab = await Lab.here({ seed: adoptableWorld() }, vmids);
  });
  afterEach(() => lab.close());

  const guests = () => Object.values(lab.sim.world.clusters)[0]?.guests ?? {};
  const config = (vmid: number) => {
    const guest = guests()[vmid];
    assert.ok(guest);
    return guest.config;
  };
  /** A later run of the same stack. */
  const later = async <T>(work: (run: AnyLab) => Promise<T>): Promise<T> => {
    const run = await Lab.hereOn(lab.sim, vmids, lab.stackId);
    try {
      return await work(run);
    } finally {
      await run.close();
    }
  };
  const recorded = () => {
    config(100)["description"] = String(config(100)["description"]).replace(" unfinished", "");
  };
  const problems = async (kind: string, args: Properties) => (await lab.problems(kind, args)).join("\n");

  it("is told by the uuid beside it, which is written when it is finished", async () => {
    await lab.create("Vm", "adopted", { adopt: true, vmid: 100 });
    assert.match(config(100)["description"] ?? "", new RegExp(` uuid=${uuid} -->$`));
  });

  it("of a mark that a clone by hand brought along is told to be nobody's", async () => {
    for (const kind of ["Vm", "Template"]) {
      const vmid = kind === "Vm" ? 102 : 104;
      config(vmid)["description"] = `a copy\n${mark(` base=${another} uuid=${another}`)}`;
      const made = await lab.create(kind, "copy", { adopt: true, vmid });
      assert.equal(made.id, String(vmid));
      const description = config(vmid)["description"] ?? "";
      assert.match(description, /^a copy\n/);
      assert.ok(!description.includes("0123456789abcdef01234567") && !description.includes(another), description);
    }
  });

  it("of a mark of before is refused with the one safe thing to do, which then works", async () => {
    config(100)["description"] = mark("");
    config(104)["description"] = mark("");
    const refused = await problems("Vm", { adopt: true, vmid: 100 });
    assert.match(refused, new RegExp(`it belongs to another resource.* write adopt: \\{ uuid: "${uuid}" \\}`));
    assert.ok(!/remove/.test(refused), refused);
    assert.match(await problems("Vm", { adopt: { uuid: another }, vmid: 100 }), /its uuid is 3f2b9c1e.*, not 5f2b/);
    assert.match(await problems("Vm", { adopt: { uuid: "x" }, vmid: 100 }), /adopt\.uuid: write a uuid/);
    const made = await lab.create("Vm", "x", { adopt: { uuid: uuid.toUpperCase() }, vmid: 100, cores: 4 });
    assert.equal(made.id, "100");
    assert.ok(!(config(100)["description"] ?? "").includes("0123456789abcdef01234567"));
    assert.equal(config(104)["description"], mark(""), "of the template that it may be a copy of nothing is touched");
    assert.equal((await lab.plugin.diff("Vm", made.id, made.properties, made.inputs)).changes, "none");
  });

  it("lets a resource have back what it had let go of, and what it was before not delete that", async () => {
    const args = { adopt: true, vmid: 100, disks: [{ storage: "local-lvm" }, { slot: "scsi3", storage: "local-lvm" }] };
    const before = await lab.create("Vm", "adopted", args);
    recorded();
    await later(async (run) => {
      const [refused] = await run.problems("Vm", args).then(() =>
        run.create("Vm", "adopted", args).then(
          () => [""],
          (error: Error) => [error.message],
        ),
      );
      assert.match(refused ?? "", new RegExp(`has it already.* write adopt: \\{ uuid: "${uuid}" \\}`));
    });
    const again = await later((run) => run.create("Vm", "adopted", { ...args, adopt: { uuid } }));
    recorded();
    // A killed replacement leaves the old state to be deleted by the next run.
    await later(async (run) => {
      await run.plugin.delete("Vm", before.id, before.properties);
      await eventually("the warning", () =>
        run.plugin.engine.messages.some(({ message }) => /has taken it over anew since/.test(message)),
      );
    });
    assert.ok(guests()["100"]);
    await later((run) => run.plugin.delete("Vm", again.id, again.properties));
    assert.equal(guests()["100"], undefined);
  });

  it("of this very resource and stack is taken back by adopt: true where its uuid is given, and nobody else's", async () => {
    const args = { adopt: true, vmid: 100 };
    const before = await lab.create("Vm", "adopted", args);
    recorded();
    await later(async (run) => {
      await assert.rejects(run.create("Vm", "adopted", { ...args, uuid: another }), /its uuid is 3f2b9c1e.*, not 5f2b/);
      await assert.rejects(run.create("Vm", "another", { ...args, uuid }), /it belongs to another resource/);
    });
    const again = await later((run) => run.create("Vm", "adopted", { ...args, uuid }));
    assert.equal(again.id, "100");
    recorded();
    // Not even refused for what it does not know: it is not this state's any more.
    await later((run) => run.plugin.delete("Vm", before.id, before.properties));
    assert.ok(guests()["100"]);
  });

  it("of a finished mark of before stays as it is without a change, and gets its uuid with the next one", async () => {
    const args = { adopt: true, vmid: 100 };
    const made = await lab.create("Vm", "adopted", args);
    const owner = /owner=[0-9a-f]{24}/.exec(config(100)["description"] ?? "")?.[0];
    const old = `runs the shop\n<!-- pulumi-proxmox-cluster ${owner} -->`;
    config(100)["description"] = old;
    await later(async (run) => {
      const { properties } = await run.plugin.read("Vm", made.id, made.properties);
      assert.equal((await run.plugin.diff("Vm", made.id, properties, made.inputs)).changes, "none");
      await run.plugin.update("Vm", made.id, properties, made.inputs);
      assert.equal(config(100)["description"], old);
      const { inputs } = await run.plugin.check("Vm", made.inputs, run.inputs("Vm", "adopted", { ...args, cores: 4 }));
      await run.plugin.update("Vm", made.id, properties, inputs);
    });
    assert.match(config(100)["description"] ?? "", new RegExp(`${owner} uuid=${uuid} -->$`));
  });

  it("gets a last word that keeps what was written into the notes since, and none where another run adopted since", async () => {
    await later(async (run) => {
      for (const vmid of [102, 100]) await run.create("Vm", `adopted-${vmid}`, { adopt: true, vmid });
      const [first, taken] = [100, 102].map((vmid) => String(config(vmid)["description"]));
      config(100)["description"] = `runs the bank${first?.slice(first.indexOf("\n"))}`;
      config(102)["description"] = String(taken).replace(" -->", " adopted=0a1b2c3d -->");
      const looks = () => lab.sim.requests.filter(({ path }) => path.endsWith("/102/pending")).length;
      const before = looks();
      await eventually("the last word", () => !String(config(100)["description"]).includes(" unfinished"));
      await eventually("a look at the other guest", () => looks() > before);
    });
    const line = `<!-- pulumi-proxmox-cluster owner=[0-9a-f]{24}`;
    assert.match(String(config(100)["description"]), new RegExp(`^runs the bank\n${line} uuid=${uuid} -->$`));
    assert.match(String(config(102)["description"]), new RegExp(`${line} unfinished uuid=\\S+ adopted=0a1b2c3d -->$`));
  });

  it("is told at the deletion of what has another guest's VMID by now", async () => {
    const made = await lab.create("Vm", "adopted", { adopt: true, vmid: 100 });
    Object.assign(config(100), { smbios1: `uuid=${another}`, description: "somebody else's" });
    await lab.plugin.delete("Vm", made.id, made.properties);
    await eventually("the warning", () =>
      lab.plugin.engine.messages.some(({ message }) => /VMID 100 belongs to another guest now/.test(message)),
    );
    assert.equal(config(100)["description"], "somebody else's");
  });

  it("is told where a VMID is asked for that the resource's own VM has", async () => {
    const args = { vmid: 2000, source: { empty: true }, node: "golf", started: false };
    const made = await lab.create("Vm", "fixed", args);
    const guest = guests()["2000"];
    assert.ok(guest);
    await later(async (run) => {
      guest.config["description"] = String(guest.config["description"]).replace(" unfinished", "");
      // As for a replacement: without the old inputs.
      const asked = run.inputs("Vm", "fixed", args);
      const { failures } = await run.plugin.check("Vm", {}, asked);
      assert.match(failures[0]?.reason ?? "", /^vmid: 2000 is fixed on golf.*deleteBeforeReplace/);
      const first = await run.plugin.check("Vm", {}, { ...asked, __oldGoesFirst: true });
      assert.deepEqual(first.failures, []);
      assert.equal("__oldGoesFirst" in first.inputs, false);
    });
    void made;
  });
});
