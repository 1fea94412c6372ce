import assert from "node:assert/strict";
import { eventually } from "../../support/eventually";
import type { Properties } from "../../support/plugin";
import { Lab, type AnyLab } from "../../support/lab";
import { imageOn, threeNodes } from "../../support/three-nodes";

describe("sources of a VM", function () {
  let lab: AnyLab;
  let image: string;
  const templates: Record<string, number> = {};

  before(async () => {
    lab = await Lab.here({ seed: threeNodes() }, { "proxmox:vmids": "2000-2999" });
    image = String((await lab.create("CloudImage", "debian", imageOn("golf"))).properties["volumeId"]);
    for (const storage of ["local-lvm", "ceph"])
      templates[storage] = Number(
        (
          await lab.create("Template", `on-${storage}`, {
            node: "golf",
            imageVolumeId: image,
            disk: { storage, sizeGiB: 4 },
            cloudInit: { user: "admin" },
          })
        ).id,
      );
  });
  after(() => lab.close());

  const guest = (id: string | number) => Object.values(lab.sim.world.clusters)[0]?.guests[String(id)];
  const config = (id: string | number): Record<string, string | undefined> => guest(id)?.config ?? {};
  const clone = (storage: string, args: Properties = {}, full = true): Properties => ({
    source: { clone: { template: templates[storage], full } },
    started: false,
    ...args,
  });
  const sent = (from: number, part: string) =>
    lab.sim.requests.slice(from).filter(({ method, path }) => method === "POST" && path.endsWith(part));

  it("a template on shared storage is cloned straight to another node", async () => {
    const from = lab.sim.requests.length;
    const { id, properties } = await lab.create("Vm", "straight", clone("ceph", { node: "hotel" }, false));
    assert.deepEqual([properties["node"], guest(id)?.node], ["hotel", "hotel"]);
    assert.match(config(id)["scsi0"] ?? "", /^ceph:base-\d+-disk-0\/vm-\d+-disk-0/);
    assert.equal(sent(from, "/migrate").length, 0);
  });

  it("a template on local storage is cloned beside itself, and the clone migrates before its first start", async () => {
    const from = lab.sim.requests.length;
    const { id, properties } = await lab.create("Vm", "moved", clone("local-lvm", { node: "hotel", started: true }));
    assert.deepEqual([properties["node"], guest(id)?.node], ["hotel", "hotel"]);
    assert.ok(guest(id)?.running);
    const [migration] = sent(from, "/migrate");
    assert.equal(migration?.path, `/nodes/golf/qemu/${id}/migrate`);
    assert.equal(migration.params["online"], undefined);
    const posts = lab.sim.requests.slice(from).filter(({ method }) => method === "POST");
    const order = ["/clone", "/migrate", "/status/start"].map((part) =>
      posts.findIndex(({ path }) => path.endsWith(part)),
    );
    assert.deepEqual(
      [...order].sort((a, b) => a - b),
      order,
    );
    assert.match(config(id)["scsi0"] ?? "", /^local-lvm:/);
  });

  it("its disk goes to the wanted storage on the way, where the template's node does not have that storage", async () => {
    const from = lab.sim.requests.length;
    const disks = [{ storage: "only-hotel", sizeGiB: 5 }];
    const { id } = await lab.create("Vm", "elsewhere", clone("local-lvm", { node: "hotel", disks }));
    assert.match(config(id)["scsi0"] ?? "", /^only-hotel:.*size=5G/);
    assert.equal(sent(from, "/migrate")[0]?.params["targetstorage"], "local-lvm:only-hotel");
    assert.equal(sent(from, "/move_disk").length, 0);
  });

  it("a linked clone of a local template elsewhere is refused in preview, with what to write", async () => {
    assert.deepEqual(await lab.problems("Vm", clone("local-lvm", { node: "hotel" }, false)), [
      `source.clone.full: a linked clone of on-local-lvm (${templates["local-lvm"]}) can only be on golf, because the ` +
        'template is on local storage (local-lvm) there; write full: true, or node: "golf", or clone a template on ' +
        "hotel or on shared storage",
    ]);
    assert.deepEqual(await lab.problems("Vm", clone("local-lvm", { nodes: ["hotel", "golf"] }, false)), []);
  });

  it("only templates have linked clones", async () => {
    const plain = await lab.create("Vm", "plain", { source: { empty: true }, node: "golf", started: false });
    const [problem] = await lab.problems("Vm", { source: { clone: { template: "plain", full: false } } });
    assert.match(problem ?? "", /source\.clone\.full: plain \(\d+\) is no template.*full: true/);
    const copy = await lab.create("Vm", "copy", { source: { clone: { template: Number(plain.id) } }, started: false });
    assert.ok(guest(copy.id));
  });

  it("a template that is unknown, or not the only one of its name, is told with the candidates", async () => {
    const other = guest(templates["ceph"] ?? 0);
    assert.ok(other);
    assert.deepEqual(await lab.problems("Vm", { source: { clone: { template: "on-cephh" } } }), [
      `source.clone.template: there is no template "on-cephh"; did you mean "on-ceph"?; known templates: on-ceph ` +
        `(${templates["ceph"]}), on-local-lvm (${templates["local-lvm"]})`,
    ]);
    other.config["name"] = "on-local-lvm";
    const late = await Lab.here({ seed: lab.sim.world });
    const [problem] = await late.problems("Vm", { source: { clone: { template: "on-local-lvm" } } });
    await late.close();
    other.config["name"] = "on-ceph";
    assert.match(problem ?? "", /2 guests are named "on-local-lvm": 2000 on golf, 2001 on golf; write the VMID/);
  });

  it("an ISO image is a CD after an empty disk in the boot order", async () => {
    const volume = "shared:iso/netinst.iso";
    const world = lab.sim.world;
    const store = Object.values(world.nodes)[0]?.volumes;
    assert.ok(store);
    (store["/srv/shared"] ??= {})["iso/netinst.iso"] = { bytes: 4096, size: 4096, data: 4096, ctime: 0 };
    const { id, properties, inputs } = await lab.create("Vm", "installer", {
      source: { iso: volume },
      node: "hotel",
      disks: [{ storage: "local-lvm", sizeGiB: 8 }],
      cloudInit: { user: "admin" },
      agent: true,
    });
    assert.match(config(id)["ide2"] ?? "", /^shared:iso\/netinst\.iso,media=cdrom/);
    assert.match(config(id)["ide0"] ?? "", /cloudinit/);
    assert.match(config(id)["scsi0"] ?? "", /^local-lvm:vm-\d+-disk-0,size=8G/);
    assert.equal(config(id)["boot"], "order=scsi0;ide2");
    assert.ok(guest(id)?.running);
    assert.equal((await lab.plugin.diff("Vm", id, properties, inputs)).changes, "none");
    await lab.plugin.delete("Vm", id, properties);
    assert.ok(store["/srv/shared"]?.["iso/netinst.iso"], "the ISO image is nobody's to delete");
  });

  it("nothing: disks only where they are named, and any node that has their storage", async () => {
    const none = await lab.create("Vm", "none", { source: { empty: true }, node: "foxtrot", started: false });
    assert.ok(!Object.keys(config(none.id)).some((key) => /^(?:scsi|ide|virtio|sata)\d/.test(key)));
    const disks = [{ storage: "only-hotel", sizeGiB: 2 }];
    const some = await lab.create("Vm", "some", { source: { empty: true }, disks, started: false });
    assert.equal(some.properties["node"], "hotel");
    assert.match(config(some.id)["scsi0"] ?? "", /^only-hotel:.*size=2G/);
  });

  it("a changed source is no change, and is said to concern new VMs only", async () => {
    const { id, properties, inputs } = await lab.create("Vm", "steady", clone("ceph", { node: "golf" }));
    const { __provider: _, ...rest } = inputs;
    const wanted = { ...rest, source: { clone: { template: templates["local-lvm"], full: true } } };
    const said = lab.plugin.engine.messages.length;
    const checked = await lab.plugin.check("Vm", inputs, wanted);
    assert.deepEqual(checked.failures, []);
    assert.equal((await lab.plugin.diff("Vm", id, properties, checked.inputs)).changes, "none");
    const texts = () =>
      lab.plugin.engine.messages
        .slice(said)
        .map(({ message }) => message)
        .join("\n");
    const expected = `source is a full clone of ${templates["local-lvm"]} now; this VM stays`;
    await eventually(expected, () => texts().includes(expected));
  });

  it("are refused where they make no sense", async () => {
    const problems = (args: Properties) => lab.problems("Vm", args);
    assert.match((await problems({}))[0] ?? "", /^source: is required.*adopt: true/);
    assert.match(
      (await problems({ source: {} }))[0] ?? "",
      /has 0 kinds; write exactly one of clone, imageVolumeId, iso, empty/,
    );
    assert.match(
      (await problems({ source: { iso: "local:iso/a.iso" } }))[0] ?? "",
      /^disks: a VM from an ISO image needs/,
    );
    const [size] = await problems({ source: { empty: true }, disks: [{ storage: "local-lvm" }] });
    assert.match(size ?? "", /^disks\[0\]\.sizeGiB: is required for a new disk/);
  });

  it("are on storages that are there and hold such content; in pools that are there", async () => {
    const problems = async (source: Properties, more: Properties = {}) =>
      (await lab.problems("Vm", { source, node: "golf", disks: [{ storage: "local-lvm" }], ...more })).join("\n");
    assert.match(
      await problems({ imageVolumeId: "locl:import/x.qcow2" }),
      /source\.imageVolumeId: there is no storage "locl".*local/,
    );
    assert.match(
      await problems({ imageVolumeId: "local-lvm:import/x.qcow2" }),
      /local-lvm .* does not allow content import/,
    );
    assert.match(
      await problems({ iso: "local-lvm:iso/x.iso" }),
      /source\.iso: storage local-lvm .* does not allow content iso/,
    );
    assert.match(
      (
        await lab.problems("Template", { node: "golf", imageVolumeId: "nope:import/x.raw", disk: { storage: "ceph" } })
      ).join(),
      /imageVolumeId: there is no storage "nope"/,
    );
    assert.match(
      await problems({ empty: true }, { pool: "shop" }),
      /pool: there is no pool "shop" that this user may see/,
    );
  });
});
