import assert from "node:assert/strict";
import { connect } from "../../../pve";
import type { Properties } from "../../support/plugin";
import { Lab, type AnyLab } from "../../support/lab";
import { imageOn, threeNodes } from "../../support/three-nodes";

interface Made {
  readonly id: string;
  readonly properties: Properties;
  readonly inputs: Properties;
}

const config = { "proxmox:vmids": "2000-2999" };

describe("versions of a template", function () {
  let lab: AnyLab;
  let image: string;

  before(async () => {
    lab = await Lab.here({ seed: threeNodes() }, config);
    image = String((await lab.create("CloudImage", "debian", imageOn("golf"))).properties["volumeId"]);
  });
  after(() => lab.close());

  const guests = () => Object.values(lab.sim.world.clusters)[0]?.guests ?? {};
  const guest = (id: string): Record<string, string | undefined> => guests()[id]?.config ?? {};
  const template = (name: string, args: Properties = {}): Promise<Made> =>
    lab.create("Template", name, {
      node: "golf",
      imageVolumeId: image,
      disk: { storage: "local-lvm", sizeGiB: 4 },
      ...args,
    });
  const linked = (name: string, id: string): Promise<Made> =>
    lab.create("Vm", name, { source: { clone: { template: Number(id), full: false } }, started: false });
  const remove = (kind: string, { id, properties }: Made) => lab.plugin.delete(kind, id, properties);

  /** As the engine replaces: the new one first, by the very same resource, then the old one goes. */
  async function supersede(name: string, old: Made, args: Properties): Promise<Made> {
    const next = await template(name, args);
    assert.notEqual(next.id, old.id);
    await remove("Template", old);
    return next;
  }

  it("one is deleted although images vanish while its storage is listed", async () => {
    const made = await template("busy", { disk: { storage: "files", sizeGiB: 4 } });
    const { faults } = lab.sim.simulation;
    faults.add({ count: 3, effect: { kind: "vanishing-image", storage: "files" } });
    await remove("Template", made);
    assert.equal(faults.struck["vanishing-image"], 3);
    assert.equal(guests()[made.id], undefined);
  });

  for (const storage of ["local-lvm", "files", "tank", "ceph", "shared"])
    it(`one with linked clones on ${storage} is refused deletion, and goes without them`, async () => {
      const name = `on-${storage}`;
      const disk = { storage, sizeGiB: 4 };
      const made = await template(name, { disk });
      const clone = await linked(`${name}-clone`, made.id);
      const from = lab.sim.requests.length;
      await assert.rejects(
        remove("Template", made),
        new RegExp(
          `template ${made.id} has linked clones, which need its disks: ${name}-clone \\(${clone.id}\\).*Nothing was removed`,
        ),
      );
      assert.deepEqual(
        lab.sim.requests.slice(from).filter(({ method }) => method !== "GET"),
        [],
      );
      await remove("Vm", clone);
      await remove("Template", made);
      assert.deepEqual([guests()[made.id], guests()[clone.id]], [undefined, undefined]);
    });

  it("a full clone holds nobody up", async () => {
    const made = await template("copied");
    const clone = await lab.create("Vm", "copy", { source: { clone: { template: Number(made.id) } }, started: false });
    await remove("Template", made);
    await remove("Vm", clone);
    assert.equal(guests()[made.id], undefined);
  });

  it("one that is superseded while it has linked clones is retired, and pruned by the next change without them", async () => {
    const first = await template("base");
    const clone = await linked("needs-first", first.id);
    const second = await supersede("base", first, { version: "2" });
    assert.equal(guest(first.id)["name"], `base-retired-${first.id}`);
    assert.equal(guest(first.id)["tags"], "retired");
    assert.match(
      guest(first.id)["description"] ?? "",
      /owner=[0-9a-f]{24} retired=\d{8}T\d{6}Z uuid=[0-9a-f-]{36} -->$/,
    );
    assert.equal(guest(second.id)["name"], "base");
    // The engine may repeat a deletion that it could not record.
    await remove("Template", first);
    assert.ok(guests()[first.id]);

    // The clone is still known for one of the retired version after an update of its own.
    const { __provider: _, ...rest } = clone.inputs;
    await lab.plugin.update("Vm", clone.id, clone.properties, { ...rest, tags: ["kept"] });
    const change = async (tags: string[]) => {
      const { __provider: __, ...inputs } = second.inputs;
      await lab.plugin.update("Template", second.id, second.properties, { ...inputs, tags });
    };
    await change(["a"]);
    assert.ok(guests()[first.id], "its clone lives on");
    await remove("Vm", clone);
    await change(["b"]);
    assert.equal(guests()[first.id], undefined);
    await remove("Template", second);
    assert.equal(guests()[second.id], undefined);
  });

  it("a retired one on which somebody keeps a volume is not pruned, and says so; nor is anything then destroyed", async () => {
    const first = await template("used");
    const clone = await linked("of-used", first.id);
    const second = await supersede("used", first, { version: "2" });
    await remove("Vm", clone);
    guest(first.id)["unused0"] = `local-lvm:vm-${first.id}-theirs`;
    const { __provider: _, ...inputs } = second.inputs;
    await lab.plugin.update("Template", second.id, second.properties, { ...inputs, tags: ["a"] });
    assert.ok(guests()[first.id]);
    const said = lab.plugin.engine.messages.map(({ message }) => message).join("\n");
    assert.match(said, new RegExp(`template ${first.id} is not pruned: .*unused0 .local-lvm:vm-${first.id}-theirs`));
    await assert.rejects(
      remove("Template", second),
      /parts that this program does not know: .*theirs.*Nothing was removed/,
    );
    assert.ok(guests()[first.id] && guests()[second.id]);
    delete guest(first.id)["unused0"];
    await remove("Template", second);
    assert.deepEqual([guests()[first.id], guests()[second.id]], [undefined, undefined]);
  });

  it("a template that somebody has made of a copy of a retired one is neither pruned nor deleted", async () => {
    const first = await template("copied-by-hand");
    const clone = await linked("of-copied", first.id);
    const second = await supersede("copied-by-hand", first, { version: "2" });
    await remove("Vm", clone);
    const { api, close } = connect({
      endpoints: lab.sim.nodes.map(({ url }) => url),
      tls: { fingerprints: lab.sim.nodes.map(({ fingerprint }) => fingerprint) },
      credentials: { tokenId: lab.sim.token.id, secret: lab.sim.token.secret },
    });
    const qemu = api.nodes.$("golf").qemu;
    const { config } = guests()[first.id] as { config: Record<string, string> };
    await qemu.$(Number(first.id)).clone.$post({ newid: 5000, full: true, name: `${config["name"]}-of-mine` });
    await qemu.$(5000).template.$post();
    close();
    assert.match(guest("5000")["description"] ?? "", / retired=/);
    assert.equal(guest("5000")["tags"], "retired");
    const { __provider: _, ...inputs } = second.inputs;
    await lab.plugin.update("Template", second.id, second.properties, { ...inputs, tags: ["a"] });
    assert.deepEqual([guests()[first.id] !== undefined, guests()["5000"] !== undefined], [false, true]);
    await remove("Template", second);
    assert.ok(guests()["5000"]);
  });

  it("of before, whose marks tell no uuid, are not pruned when a copy cannot be told from them", async () => {
    const first = await template("untold");
    const clone = await linked("of-untold", first.id);
    const second = await supersede("untold", first, { version: "2" });
    await remove("Vm", clone);
    const kept = guest(first.id);
    kept["description"] = kept["description"]?.replace(/ uuid=[0-9a-f-]+/, "");
    const copy = structuredClone(guests()[first.id]);
    assert.ok(copy);
    copy.vmid = 5001;
    copy.config["smbios1"] = "uuid=11111111-2222-4333-8444-555555555555";
    guests()["5001"] = copy;
    const { __provider: _, ...inputs } = second.inputs;
    await lab.plugin.update("Template", second.id, second.properties, { ...inputs, tags: ["a"] });
    assert.ok(guests()[first.id] && guests()["5001"]);
    const said = lab.plugin.engine.messages.map(({ message }) => message).join("\n");
    assert.match(said, new RegExp(`templates ${first.id}, 5001 .*cannot be told apart`));
    await remove("Template", second);
    assert.deepEqual(
      [second.id, first.id, "5001"].map((id) => guests()[id] !== undefined),
      [false, true, true],
    );
    delete guests()[first.id];
    delete guests()["5001"];
  });

  it("the last one goes with its retired versions, or not at all", async () => {
    const first = await template("all");
    const clone = await linked("of-all", first.id);
    const second = await supersede("all", first, { version: "2" });
    await assert.rejects(remove("Template", second), new RegExp(`template ${first.id} has linked clones.*of-all`));
    assert.ok(guests()[second.id]);
    await remove("Vm", clone);
    await remove("Template", second);
    assert.deepEqual([guests()[first.id], guests()[second.id]], [undefined, undefined]);
  });

  it("keep holds back that many superseded versions, the newest", async () => {
    let current = await template("kept", { keep: 2, version: "1" });
    const made = [current];
    for (const version of ["2", "3", "4"]) {
      current = await supersede("kept", current, { keep: 2, version });
      made.push(current);
    }
    assert.deepEqual(
      made.map(({ id }) => guests()[id] !== undefined),
      [false, true, true, true],
    );
    const { __provider: _, ...inputs } = current.inputs;
    await lab.plugin.update("Template", current.id, current.properties, { ...inputs, keep: 1 });
    assert.deepEqual(
      made.map(({ id }) => guests()[id] !== undefined),
      [false, false, true, true],
    );
    await remove("Template", current);
    assert.ok(made.every(({ id }) => guests()[id] === undefined));
  });

  it("whileCloned: refuse keeps the old version from being superseded", async () => {
    const first = await template("strict", { whileCloned: "refuse" });
    const clone = await linked("of-strict", first.id);
    const second = await template("strict", { whileCloned: "refuse", version: "2" });
    await assert.rejects(remove("Template", first), /has linked clones.*of-strict.*whileCloned: "retire"/);
    await remove("Vm", clone);
    await remove("Template", first);
    await remove("Template", second);
    assert.deepEqual([guests()[first.id], guests()[second.id]], [undefined, undefined]);
  });

  it("Proxmox knows of clones that this account may not see: then it is retired too", async () => {
    const first = await template("unseen");
    const text = "base volume 'local-lvm:base-2000-disk-0' is still in use by linked cloned";
    lab.sim.simulation.faults.add({ task: "qmdestroy", count: 2, effect: { kind: "task-fail", text } });
    const second = await supersede("unseen", first, { version: "2" });
    assert.equal(guest(first.id)["tags"], "retired");
    await remove("Template", second);
    assert.deepEqual([guests()[first.id], guests()[second.id]], [undefined, undefined]);
  });

  it("Proxmox's protection holds: a superseded version stays until it is taken off", async () => {
    const first = await template("guarded", { protection: true });
    await assert.rejects(remove("Template", first), /has protection on/);
    const second = await supersede("guarded", first, { version: "2" });
    assert.equal(guest(first.id)["tags"], "retired");
    await assert.rejects(remove("Template", second), /retired version \d+ has protection on/);
    delete guests()[first.id]?.config["protection"];
    await remove("Template", second);
    assert.deepEqual([guests()[first.id], guests()[second.id]], [undefined, undefined]);
  });

  it("are made for what makes another template, and for nothing else", async () => {
    const made = await template("changed", {
      disks: [
        { storage: "local-lvm", sizeGiB: 4 },
        { storage: "files", sizeGiB: 1 },
      ],
      disk: undefined,
    });
    assert.match(guest(made.id)["scsi1"] ?? "", /^files:.*base-.*size=1G/);
    const replaces = async (args: Properties) => {
      const { __provider: _, ...rest } = made.inputs;
      const { inputs } = await lab.plugin.check("Template", made.inputs, { ...rest, ...args });
      return (await lab.plugin.diff("Template", made.id, made.properties, inputs)).replaces;
    };
    const disks = made.inputs["disks"] as Properties[];
    assert.deepEqual(await replaces({}), []);
    assert.deepEqual(await replaces({ source: { imageVolumeId: image }, imageVolumeId: undefined }), []);
    assert.deepEqual(await replaces({ cores: 2, tags: ["x"], keep: 3 }), []);
    assert.deepEqual(await replaces({ imageVolumeId: `${image}2` }), ["imageVolumeId"]);
    assert.deepEqual(await replaces({ version: "2" }), ["version"]);
    assert.deepEqual(await replaces({ disks: [{ ...disks[0], storage: "files" }, disks[1] ?? {}] }), ["disks"]);
    assert.deepEqual(await replaces({ disks: [{ ...disks[0], sizeGiB: 8 }, disks[1] ?? {}] }), ["disks"]);
    assert.deepEqual(await replaces({ disks: disks.slice(0, 1) }), ["disks"]);
    await remove("Template", made);
  });

  it("cannot have one fixed VMID", async () => {
    const { __provider: _, ...old } = (await template("fixed", { vmid: 2900 })).inputs;
    const { failures } = await lab.plugin.check("Template", old, { ...old, version: "2" });
    assert.match(
      failures[0]?.reason ?? "",
      /version: this change makes a new version beside the old one, which has VMID 2900/,
    );
  });

  it("are made of a VM too, which stays as it is", async () => {
    const vm = await lab.create("Vm", "model", {
      source: { empty: true },
      node: "golf",
      disks: [{ storage: "local-lvm", sizeGiB: 2 }],
      tags: ["model"],
      started: true,
    });
    const before = structuredClone(guests()[vm.id]);
    const made = await lab.create("Template", "from-model", {
      source: { vm: Number(vm.id) },
      node: "hotel",
      tags: ["t"],
    });
    assert.deepEqual(guests()[vm.id], before);
    assert.deepEqual([guests()[made.id]?.node, guest(made.id)["template"]], ["hotel", "1"]);
    assert.match(guest(made.id)["scsi0"] ?? "", /^local-lvm:base-/);
    assert.equal((await lab.plugin.diff("Template", made.id, made.properties, made.inputs)).changes, "none");
    assert.deepEqual((await lab.plugin.read("Template", made.id, made.properties)).properties, made.properties);
    const [problem] = await lab.problems("Template", { source: { vm: 99999 } });
    assert.match(problem ?? "", /^source\.vm: there is no VM 99999; known VMs: model/);
  });
});
