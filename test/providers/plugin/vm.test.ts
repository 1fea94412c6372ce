import assert from "node:assert/strict";
import { connect } from "../../../pve";
import type { Properties } from "../../support/plugin";
import { Lab } from "../../support/lab";
import { imageOn } from "../../support/three-nodes";

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ6mCtd4l3GsyCzBX0jyAvcGXgYyZ0Yp1v5h8Pm0bW3Z me@example";

describe("templates and VMs, through Pulumi's plugin", function () {
  let lab: Lab;
  let template: { id: string; properties: Properties; inputs: Properties };
  let volume: string;

  before(async () => {
    lab = await Lab.start({}, { "proxmox:vmids": "2000-2999" });
    const file = await lab.create("CloudImage", "debian", imageOn("pve1"));
    volume = String(file.properties["volumeId"]);
    template = await lab.create("Template", "debian-12", {
      node: "pve1",
      imageVolumeId: volume,
      disk: { storage: "local-lvm", sizeGiB: 4, discard: true },
      cores: 1,
      memoryMiB: 512,
      agent: true,
      scsiController: "virtio-scsi-single",
      networks: [{ bridge: "vmbr0" }],
      cloudInit: { user: "admin" },
    });
  });
  after(() => lab.close());

  const guest = (id: string) =>
    lab.sim.world.clusters["pve1"]?.guests[id] ?? Object.values(lab.sim.world.clusters)[0]?.guests[id];
  const clone = (args: Properties = {}): Properties => ({
    source: { clone: { template: Number(template.id), full: false } },
    cores: 2,
    memoryMiB: 1024,
    networks: [{ bridge: "vmbr0" }],
    cloudInit: { user: "admin", sshKeys: [key], addresses: [{ address: "10.11.0.50/24", gateway: "10.11.0.1" }] },
    tags: ["Web", "prod"],
    ...args,
  });

  it("make a template with a grown disk and a cloud-init drive", async () => {
    assert.equal(template.id, "2000");
    assert.equal(template.properties["vmid"], 2000);
    assert.match(String(template.properties["uuid"]), /^[0-9a-f-]{36}$/);
    assert.equal(
      (await lab.plugin.diff("Template", template.id, template.properties, template.inputs)).changes,
      "none",
    );
    const read = await lab.plugin.read("Template", template.id, template.properties);
    assert.deepEqual(read.properties, template.properties);
    assert.equal(guest("2000")?.config["template"], "1");
  });

  it("refuse a boot disk in another slot than the template's, or a smaller one, before anything is made", async () => {
    const from = lab.sim.requests.length;
    await assert.rejects(
      lab.create(
        "Vm",
        "odd",
        clone({ disks: [{ slot: "virtio0", storage: "local-lvm", sizeGiB: 8 }], cloudInit: { user: "admin" } }),
      ),
      /disks\[0\]\.slot: the template debian-12 boots from scsi0; write slot: "scsi0"/,
    );
    await assert.rejects(
      lab.create("Vm", "odd", clone({ disks: [{ storage: "local-lvm", sizeGiB: 1 }], cloudInit: { user: "admin" } })),
      /disks\[0\]\.sizeGiB: the disk of the template debian-12 has 4 GiB and cannot shrink; write at least 4/,
    );
    assert.deepEqual(
      lab.sim.requests.slice(from).filter(({ method }) => method !== "GET"),
      [],
    );
  });

  it("try again when a lock was not to be had in time, and make one VM only", async () => {
    const text = "cfs-lock 'storage-local-lvm' error: got lock request timeout";
    lab.sim.simulation.faults.add({ task: "qmclone", count: 2, effect: { kind: "task-fail", text } });
    const made = await lab.create("Vm", "patient", clone({ started: false }));
    assert.equal(lab.sim.simulation.faults.struck["task-fail"], 2);
    await lab.plugin.delete("Vm", made.id, made.properties);
    assert.deepEqual(Object.keys(Object.values(lab.sim.world.clusters)[0]?.guests ?? {}), ["2000"]);
  });

  it("refuse to be deleted with a snapshot or a lock that the program does not know, unless forced", async () => {
    const made = await lab.create("Vm", "kept", clone({ started: false }));
    const connection = connect({
      endpoints: lab.sim.nodes.map(({ url }) => url),
      tls: { fingerprints: lab.sim.nodes.map(({ fingerprint }) => fingerprint) },
      credentials: { tokenId: lab.sim.token.id, secret: lab.sim.token.secret },
    });
    await connection.tasks.run(async () => {
      const path = `/nodes/pve1/qemu/${made.id}/snapshot`;
      return (await connection.transport.request("POST", path, { snapname: "before" })).data;
    });
    connection.close();
    await assert.rejects(
      lab.plugin.delete("Vm", made.id, made.properties),
      /does not know.*snapshot before.*force: true/,
    );
    const machine = guest(made.id);
    assert.ok(machine);
    machine.config["lock"] = "backup";
    await assert.rejects(lab.plugin.delete("Vm", made.id, made.properties), /snapshot before; lock backup/);
    delete machine.config["lock"];
    const forced = {
      ...made.properties,
      force: true,
      __inputs: [...(made.properties["__inputs"] as string[]), "force"],
    };
    await lab.plugin.delete("Vm", made.id, forced);
    assert.equal(guest(made.id), undefined);
  });

  it("make a VM from the template: configured, started, with its address", async () => {
    const { id, properties, inputs } = await lab.create("Vm", "web-1", clone());
    assert.equal(id, "2001");
    assert.deepEqual(
      [properties["vmid"], properties["node"], properties["name"], properties["ips"]],
      [2001, "pve1", "web-1", ["10.11.0.50"]],
    );
    assert.equal((properties["macs"] as string[]).length, 1);
    assert.equal((await lab.plugin.diff("Vm", id, properties, inputs)).changes, "none");
    const read = await lab.plugin.read("Vm", id, properties);
    assert.deepEqual(read.properties, properties);
    assert.deepEqual(read.inputs, inputs);
    await lab.plugin.delete("Vm", id, properties);
    assert.equal((await lab.plugin.read("Vm", id, properties)).id, "");
    assert.equal(guest("2001"), undefined);
  });

  it("leave the notes of a guest alone that has got the VMID of one that is gone", async () => {
    const own = await Lab.start({}, {});
    try {
      const made = await own.create("Vm", "short-lived", { source: { empty: true }, started: false });
      const stranger = own.sim.world.clusters["pve1"]?.guests[made.id];
      assert.ok(stranger);
      assert.match(stranger.config["description"] ?? "", / unfinished -->$/);
      stranger.config["smbios1"] = "uuid=11111111-2222-4333-8444-555555555555";
      stranger.config["description"] = "somebody else's";
      // The plugin ends as at the end of an up: what is to be done once the guest is recorded is done now.
      own.plugin.signal("SIGINT");
      await own.plugin.exited;
      assert.equal(stranger.config["description"], "somebody else's");
    } finally {
      await own.close();
    }
  });

  it("hand on no text of a guest but addresses, not even what an earlier release has written into the state", async () => {
    const made = await lab.create("Vm", "told", clone({ started: true }));
    const running = guest(made.id)?.running;
    assert.ok(running?.os);
    running.os = { ...running.os, address: "$(touch PWNED)/24" };
    const seen = await lab.plugin.read("Vm", made.id, { __urn: lab.urn("Vm", "told") });
    assert.deepEqual([seen.properties["ips"], seen.properties["ssh"]], [[], "ssh admin@10.11.0.50"]);

    const same = { ...made.inputs };
    assert.equal((await lab.plugin.diff("Vm", made.id, made.properties, same)).changes, "none");
    for (const hostile of [
      { ips: ["$(touch PWNED)", "10.0.0.9"] },
      { ips: ["10.0.0.9"], ssh: "ssh admin@$(touch PWNED)" },
      { ips: ["10.0.0.9"], ssh: "ssh -oProxyCommand=x@10.0.0.9" },
    ]) {
      const old = { ...made.properties, ...hostile };
      assert.equal((await lab.plugin.diff("Vm", made.id, old, same)).changes, "some");
      for (const { properties } of [
        await lab.plugin.read("Vm", made.id, old),
        await lab.plugin.update("Vm", made.id, old, same),
      ]) {
        assert.deepEqual([properties["ips"], properties["ssh"]], [["10.0.0.9"], "ssh admin@10.0.0.9"]);
        assert.equal((await lab.plugin.diff("Vm", made.id, properties, same)).changes, "none");
      }
    }
    await lab.plugin.delete("Vm", made.id, made.properties);
  });
});
