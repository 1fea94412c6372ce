import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { ChangingVm } from "../../support/changing-vm";
import { startSimulator } from "../../../simulator";
import { eventually } from "../../support/eventually";
import { guestsOf, image, Lab, labWorld, sshConfig, type AnyLab } from "../../support/lab";
import { withoutCluster } from "../../support/learnt-cluster";
import type { Properties } from "../../support/plugin";

/** What the code of that day wrote into the state, word for word. */
const statesOf = <T>(day: string): T =>
  JSON.parse(readFileSync(path.resolve(`test/fixtures/states/${day}.json`), "utf8")) as T;

const written = statesOf<Record<"Vm" | "Template", Properties>>("2026-11-21");

/** The old state of a guest that is there now: what is random in it is that of the guest. */
function asOf(old: Properties, made: Properties, config: Record<string, string | undefined>): Properties {
  const { uuid, macs, vmid, __mark, __stack, __urn } = made;
  const slots = Object.keys(old["__volumes"] as object);
  const __volumes = Object.fromEntries(slots.map((slot) => [slot, config[slot]?.split(",")[0]]));
  return { ...old, uuid, macs, vmid, __mark, __stack, __urn, __volumes };
}

describe("a state that an earlier release has written", function () {
  let vm: ChangingVm;
  const { disks, bios, efiDisk, tpm, tags, cores, memoryMiB, cloudInit, started } = written.Vm;
  const args = { disks, bios, efiDisk, tpm, tags, cores, memoryMiB, cloudInit, started };
  let state: Properties;
  let inputs: Properties;

  beforeEach(async () => {
    vm = await ChangingVm.start(args);
    // By the time of a later update the guest is marked as finished.
    vm.guest().config["description"] = vm.config()["description"]?.replace(" unfinished", "") as string;
    state = asOf(written.Vm, vm.properties, vm.config());
    inputs = (await vm.lab.plugin.check("Vm", wanted(args), wanted(args))).inputs;
  });
  afterEach(() => vm.close());

  const wanted = (more: Properties) => vm.lab.inputs("Vm", "hw", { ...vm.base, ...more });
  const writes = (from: number) => vm.lab.sim.requests.slice(from).filter(({ method }) => method !== "GET");

  it("of a VM has no difference and no drift, and nothing is done for it", async () => {
    const from = vm.lab.sim.requests.length;
    assert.equal((await vm.lab.plugin.diff("Vm", vm.id, state, inputs)).changes, "none");
    const read = withoutCluster("Vm", (await vm.lab.plugin.read("Vm", vm.id, state)).properties, vm.lab.sim);
    assert.deepEqual(read, state);
    await vm.lab.plugin.update("Vm", vm.id, state, inputs);
    assert.deepEqual(writes(from), []);
  });

  it("of a VM tells its disks apart: one is removed, one moved, the others stay, and all go with it", async () => {
    const before = vm.volumes();
    const config = vm.config();
    const [boot, data, more] = disks as Properties[];
    assert.ok(boot && data && more);
    const less = (await vm.lab.plugin.check("Vm", inputs, wanted({ ...args, disks: [boot, more] }))).inputs;
    let now = (await vm.lab.plugin.update("Vm", vm.id, state, less)).properties;
    const gone = config["scsi1"]?.split(",")[0]?.replace(/^[^:]+:/, "");
    assert.deepEqual(
      before.filter((name) => !vm.volumes().includes(name)),
      [gone],
    );
    const moved = (
      await vm.lab.plugin.check("Vm", less, wanted({ ...args, disks: [boot, { ...more, slot: "scsi3" }] }))
    ).inputs;
    now = (await vm.lab.plugin.update("Vm", vm.id, now, moved)).properties;
    assert.equal(vm.config()["scsi3"]?.split(",")[0], config["virtio0"]?.split(",")[0]);
    await vm.lab.plugin.delete("Vm", vm.id, now);
    assert.deepEqual(vm.volumes(), []);
  });

  it("of a VM is brought to the names of today by the next update", async () => {
    assert.ok((state["source"] as Properties)["cloudImage"], "the state has the old name");
    const { properties } = await vm.lab.plugin.update("Vm", vm.id, state, inputs);
    assert.deepEqual(Object.keys(properties["source"] as object), ["imageVolumeId"]);
  });

  it("and a program that still has old names, get a warning and no difference", async () => {
    const { imageVolumeId } = vm.base["source"] as Properties;
    const old = wanted({ ...args, source: { cloudImage: imageVolumeId } });
    const { failures, ...checked } = await vm.lab.plugin.check(
      "Vm",
      { ...inputs, source: { cloudImage: imageVolumeId } },
      old,
    );
    assert.deepEqual(failures, []);
    assert.deepEqual(checked.inputs["source"], { imageVolumeId });
    assert.equal((await vm.lab.plugin.diff("Vm", vm.id, state, checked.inputs)).changes, "none");
    const said = () => vm.lab.plugin.engine.messages.map(({ message }) => message).join("\n");
    const warning = /source\.cloudImage: is called source\.imageVolumeId now; write that/;
    await eventually(String(warning), () => warning.test(said()));
    const both = wanted({ ...args, source: { cloudImage: imageVolumeId, imageVolumeId } });
    assert.match(
      (await vm.lab.plugin.check("Vm", {}, both)).failures.map(({ reason }) => reason).join(),
      /source\.cloudImage: is the old name of source\.imageVolumeId, which is there too/,
    );
  });

  it("of a template has no difference and no drift, and deletes it", async () => {
    const { lab } = vm;
    const { disk, node } = written.Template;
    const { imageVolumeId } = vm.base["source"] as Properties;
    const made = await lab.create("Template", "old", { disk, node, imageVolumeId });
    const config = guestsOf(lab.sim)[made.id]?.config ?? {};
    const old = { ...asOf(written.Template, made.properties, config), image: imageVolumeId };
    delete (old as Properties)["imageVolumeId"];
    const from = lab.sim.requests.length;
    assert.equal((await lab.plugin.diff("Template", made.id, old, made.inputs)).changes, "none");
    const read = withoutCluster("Template", (await lab.plugin.read("Template", made.id, old)).properties, lab.sim);
    assert.deepEqual(read, old);
    assert.deepEqual(writes(from), []);
    await lab.plugin.delete("Template", made.id, old);
    assert.equal(guestsOf(lab.sim)[made.id], undefined);
  });
});

describe("a state of what is no guest, that earlier code has written", function () {
  type States = Record<string, { name: string; args: Properties; id: string; state: Properties }>;
  // Of the second day without the cluster, which no other world has.
  const kinds = { ...statesOf<States>("2026-11-28"), ...statesOf<States>("2026-12-01") };
  const stackId = String(Object.values(kinds)[0]?.state["__stack"]);
  let lab: AnyLab;

  before(async () => {
    const world = labWorld();
    world.storageServers = { nfs: { "nas.lan:/srv/pve": 2 ** 40 } };
    lab = await Lab.hereOn(await startSimulator({ seed: world }), sshConfig, stackId);
  });
  after(async () => {
    await lab.close();
    await lab.sim.close();
  });

  for (const [kind, { name, args, id, state }] of Object.entries(kinds))
    it(`is read without a difference and deletes the object: ${kind}`, async () => {
      const { inputs, id: made } = await lab.create(kind, name, args);
      assert.equal(made, id);
      const from = lab.sim.requests.length;
      const { inputs: checked } = await lab.plugin.check(kind, inputs, lab.inputs(kind, name, args));
      assert.equal((await lab.plugin.diff(kind, id, state, checked)).changes, "none");
      const read = withoutCluster(kind, (await lab.plugin.read(kind, id, state)).properties, lab.sim);
      assert.deepEqual(read, state);
      assert.deepEqual(
        lab.sim.requests.slice(from).filter(({ method }) => method !== "GET"),
        [],
      );
      await lab.plugin.delete(kind, id, state);
      assert.equal((await lab.plugin.read(kind, id, state)).id, "");
    });
});

describe("a state of a golden image, that earlier code has written", function () {
  type Stored = { name: string; args: Properties; id: string; state: Properties };
  const { name, args, id, state } = statesOf<Record<"GoldenTemplate", Stored>>("2026-11-29").GoldenTemplate;
  let lab: AnyLab;

  before(async () => {
    const world = labWorld();
    Object.assign(world.web[image.url] ?? {}, { os: { agent: true, commands: [] } });
    const sim = await startSimulator({ seed: world });
    lab = await Lab.hereOn(sim, { "proxmox:vmids": "2000-2999" }, String(state["__stack"]));
    const { url, checksum } = image;
    await lab.create("CloudImage", "debian", { url, checksum, node: "pve1", storage: "local" });
  });
  after(async () => {
    await lab.close();
    await lab.sim.close();
  });

  it("is of the same content: nothing is built anew; and it deletes its versions", async () => {
    const made = await lab.create("GoldenTemplate", name, args);
    assert.equal(made.id, id);
    // What is random in it is that of the guest which is there now.
    const { uuid, vmid, __versions } = made.properties as Record<"uuid" | "vmid" | "__versions", unknown>;
    const versions = (state["__versions"] as Properties[]).map((version) => ({ ...version, uuid, vmid }));
    assert.deepEqual(versions, __versions);
    const old = { ...state, uuid, vmid, __versions: versions };
    const from = lab.sim.requests.length;
    const { inputs } = await lab.plugin.check("GoldenTemplate", made.inputs, lab.inputs("GoldenTemplate", name, args));
    assert.equal((await lab.plugin.diff("GoldenTemplate", id, old, inputs)).changes, "none");
    const read = withoutCluster(
      "GoldenTemplate",
      (await lab.plugin.read("GoldenTemplate", id, old)).properties,
      lab.sim,
    );
    assert.deepEqual(read, old);
    assert.deepEqual(
      lab.sim.requests.slice(from).filter(({ method }) => method !== "GET"),
      [],
    );
    await lab.plugin.delete("GoldenTemplate", id, old);
    assert.deepEqual(guestsOf(lab.sim), {});
  });
});
