import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { debianImage, debianTemplate, DescribedStack, vm } from "../support/described";
import { guestsOf, labWorld } from "../support/lab";
import { counts, failed, ok } from "../support/results";
import { reviewed } from "../support/reviewed";

describe("changes of a VM, with the real engine", function () {
  let sim: Simulator;
  let lab: DescribedStack;
  let bootDisk = { slot: "scsi0", storage: "local-lvm", sizeGiB: 4 };
  const program = (args: Record<string, unknown>) => [
    debianImage,
    debianTemplate,
    vm("web", { disks: [bootDisk], ...args }),
  ];
  const change = (args: Record<string, unknown>) => lab.describe(program(args));

  before(async () => {
    sim = await startSimulator({ seed: labWorld() });
    lab = await DescribedStack.create(sim, program({}));
    ok(await lab.stack.up());
  });
  after(async () => {
    await lab.stack.close();
    await sim.close();
  });

  const guests = () => guestsOf(sim);
  const config = (vmid = "2001"): Record<string, string | undefined> => guests()[vmid]?.config ?? {};
  const uuid = () => config()["smbios1"];
  const tasksSince = (from: number) =>
    sim.requests
      .slice(from)
      .filter(({ method, status }) => method === "POST" && status === 200)
      .map(({ path }) => path.split("/").slice(4).join("/"));

  it("are live where Proxmox can: tags, description, a grown and a new disk", async () => {
    const before = uuid();
    bootDisk = { ...bootDisk, sizeGiB: 6 };
    change({
      tags: ["b", "A"],
      description: "front end",
      disks: [bootDisk, { slot: "scsi1", storage: "local-lvm", sizeGiB: 1 }],
    });
    const preview = ok(await lab.stack.preview());
    assert.match(preview.stdout, /hot-plug: disks\[1\]; live: .*tags/);
    const from = sim.requests.length;
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 4, update: 1 });
    assert.equal(config()["tags"], "a;b");
    assert.match(config()["description"] ?? "", /^front end\n<!-- pulumi-proxmox-cluster owner=/);
    assert.match(config()["scsi0"] ?? "", /size=6G/);
    assert.match(config()["scsi1"] ?? "", /size=1G/);
    assert.ok(!tasksSince(from).some((path) => path.includes("reboot")));
    assert.equal(uuid(), before);
    assert.deepEqual(counts(ok(await lab.stack.preview())), { same: 5 });
  });

  it("clear what is no longer set, and remove a disk that is named no longer", async () => {
    change({ tags: undefined });
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 4, update: 1 });
    assert.equal(config()["tags"], undefined);
    assert.match(config()["description"] ?? "", /^<!-- pulumi-proxmox-cluster owner=/);
    assert.equal(config()["scsi1"], undefined);
    assert.ok(!Object.keys(config()).some((key) => key.startsWith("unused")));
    assert.deepEqual(counts(ok(await lab.stack.preview())), { same: 5 });
  });

  it("reboot a running VM once where they must, and say so in the preview", async () => {
    change({ cores: 4, memoryMiB: 2048, allowReboot: false });
    const refused = failed(await lab.stack.preview());
    assert.match(refused, /cores: this change needs a reboot, and allowReboot is false/);
    assert.match(refused, /memoryMiB: this change needs a reboot/);
    change({ cores: 4, memoryMiB: 2048 });
    assert.match(
      await reviewed(lab.stack, "preview"),
      /### Reboots \(1\)\n\n- `Vm web`: `reboot: cores, memoryMiB[`;]/,
    );
    const from = sim.requests.length;
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 4, update: 1 });
    assert.equal(tasksSince(from).filter((path) => path === "2001/status/reboot").length, 1);
    assert.equal(config()["cores"], "4");
    assert.deepEqual(counts(ok(await lab.stack.refresh())), { same: 5 });
  });

  it("are shown as drift by refresh, and undone by the next up", async () => {
    const machine = guests()["2001"];
    assert.ok(machine);
    machine.config["cores"] = "8";
    const drift = await reviewed(lab.stack, "refresh", "--preview-only");
    assert.match(drift, /### Changed by hand \(1\)\n\n- `Vm web`: `reboot: cores`/);
    const refresh = ok(await lab.stack.refresh());
    assert.deepEqual(counts(refresh), { same: 4, update: 1 });
    const preview = ok(await lab.stack.preview("--diff"));
    assert.match(preview.stdout, /~ cores\s*: 8 => 4/);
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 4, update: 1 });
    assert.equal(config()["cores"], "4");
  });

  it("never come from what the program does not manage: power, more disks, more tags of others", async () => {
    const machine = guests()["2001"];
    assert.ok(machine);
    machine.config["onboot"] = "1";
    assert.deepEqual(counts(ok(await lab.stack.refresh())), { same: 5 });
    assert.deepEqual(counts(ok(await lab.stack.preview())), { same: 5 });
    delete machine.config["onboot"];
  });

  it("replace where they must, with a new uuid, and leave one VM", async () => {
    const before = uuid();
    change({ cores: 4, memoryMiB: 2048, vmid: 2500, allowReplace: false });
    assert.match(failed(await lab.stack.preview()), /vmid: this change replaces the object, and allowReplace is false/);
    change({ cores: 4, memoryMiB: 2048, vmid: 2500 });
    assert.match(
      await reviewed(lab.stack, "preview"),
      /### Replaces \(1\)\n\n- `Vm web`: `[^`]*replace: vmid[^`]*`; the old one: stops the VM, takes it out of HA and its rules, and deletes it with its disks\n/,
    );
    const up = ok(await lab.stack.up());
    assert.equal(up.changeSummary["replace"], 1);
    assert.deepEqual(Object.keys(guests()).sort(), ["2000", "2500"]);
    assert.notEqual(config("2500")["smbios1"], before);
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 5 });
  });

  it("replace on request without taking the old VM for the new one", async () => {
    const before = config("2500")["smbios1"];
    change({ cores: 4, memoryMiB: 2048 });
    const target = (await lab.stack.export()).resources?.find(({ urn }) => urn.endsWith("Vm::web"))?.urn ?? "";
    ok(await lab.stack.up("--replace", target));
    const left = Object.keys(guests()).filter((vmid) => vmid !== "2000");
    assert.equal(left.length, 1);
    assert.notEqual(config(left[0] ?? "")["smbios1"], before);
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 5 });
  });
});
