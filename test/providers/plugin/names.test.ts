import assert from "node:assert/strict";
import { eventually } from "../../support/eventually";
import { image, Lab, type AnyLab } from "../../support/lab";
import type { Properties } from "../../support/plugin";
import { threeNodes } from "../../support/three-nodes";

describe("what a program names that is not there", () => {
  let lab: AnyLab;
  const file = (format: string) => ({ format, size: 1024, bytes: 1024, data: 0, ctime: 0 });

  beforeEach(async () => {
    const world = threeNodes();
    const golf = world.nodes["golf"];
    assert.ok(golf);
    golf.volumes["/var/lib/vz"] = { "iso/there.iso": file("iso"), "import/there.qcow2": file("qcow2") };
    lab = await Lab.here({ seed: world }, { "proxmox:vmids": "2000-2999" });
  });
  afterEach(() => lab.close());

  const cluster = () => {
    const [found] = Object.values(lab.sim.world.clusters);
    assert.ok(found);
    return found;
  };
  const blank = (more: Properties = {}): Properties => ({
    source: { empty: true },
    node: "golf",
    started: false,
    ...more,
  });
  const check = async (name: string, args: Properties, kind = "Vm", olds: Properties = {}) =>
    (await lab.plugin.check(kind, olds, lab.inputs(kind, name, args))).failures.map(({ reason }) => reason);
  const preview = async (args: Properties) =>
    (await lab.plugin.check("Vm", {}, { ...lab.inputs("Vm", "x", args), __preview: true })).inputs["__problems"];
  const disks = [{ storage: "local-lvm", sizeGiB: 1 }];

  it("is an error: a pool, unless a resource of the program makes it", async () => {
    cluster().pools["web"] = { comment: "", vms: [], storage: [] };
    const wrong = /^pool: there is no pool "webs".*did you mean "web"\?; if this program makes it, write the output/;
    assert.match(String(await preview(blank({ pool: "webs" }))), wrong);
    assert.match((await check("x", blank({ pool: "webs" }))).join(), wrong);
    assert.deepEqual(await check("x", blank({ pool: "web" })), []);
    assert.deepEqual(await check("webs", {}, "Pool"), []);
    assert.equal(await preview(blank({ pool: "webs" })), undefined);
    assert.deepEqual(await check("x", blank({ pool: "webs" })), []);
  });

  it("is none when something else has made it meanwhile, and this run waited for that", async () => {
    assert.equal((await check("x", blank({ pool: "late" }))).length, 1);
    cluster().pools["late"] = { comment: "", vms: [], storage: [] };
    assert.deepEqual(await check("x", blank({ pool: "late" })), []);
  });

  it("is only warned of: a pool that the user could not see", async () => {
    const { access } = cluster();
    access.roles["Some"] = ["VM.Allocate", "VM.Audit", "Sys.Audit", "Datastore.Audit", "Pool.Allocate"];
    access.acl = [
      { path: "/", type: "token", ugid: "root@pam!few", roleid: "Some", propagate: 1 },
    ] as typeof access.acl;
    const root = access.users["root@pam"];
    assert.ok(root);
    root.tokens["few"] = { secret: lab.sim.token.secret, privsep: 1, expire: 0 };
    const few = await Lab.hereOn(lab.sim, { "proxmox:tokenId": "root@pam!few" });
    try {
      const inputs = { ...few.inputs("Vm", "x", blank({ pool: "hidden" })), __preview: true };
      assert.equal((await few.plugin.check("Vm", {}, inputs)).inputs["__problems"], undefined);
      const warned = /^Vm x: pool: there is no pool "hidden" that this user may see; unless it is there, up fails/;
      await eventually("the warning", () => few.plugin.engine.messages.some(({ message }) => warned.test(message)));
    } finally {
      await few.close();
    }
  });

  it("is an error: a bridge of the wanted node", async () => {
    const args = blank({ networks: [{ bridge: "vmbr0" }, { bridge: "vmbr7" }] });
    const wrong = /^networks\[1\]\.bridge: node golf has no bridge "vmbr7" that this stack may use.*it has .*vmbr0/;
    assert.match(String(await preview(args)), wrong);
    assert.match((await check("x", args)).join(), wrong);
    assert.deepEqual(await check("x", args, "Vm", lab.inputs("Vm", "x", args)), [], "what is so already stays");
    // What is not known yet is no error, and what a later kind of resource makes is told by that.
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    assert.equal(await preview(blank({ networks: [{ bridge: unknown }], pool: unknown })), undefined);
  });

  it("is an error: an ISO image, an image and a template's image", async () => {
    const missing = (path: string, volume: string) =>
      new RegExp(`^${path}: there is no ${volume} on golf.*did you mean "local:`.replace(/[[\]]/g, "\\$&"));
    const cases: [Properties, string, string][] = [
      [{ source: { iso: "local:iso/thers.iso" }, disks }, "source.iso", "local:iso/thers.iso"],
      [
        { source: { imageVolumeId: "local:import/thers.qcow2" }, disks },
        "source.imageVolumeId",
        "local:import/thers.qcow2",
      ],
      [{ cdroms: [{ slot: "ide2", iso: "local:iso/thers.iso" }] }, "cdroms[0].iso", "local:iso/thers.iso"],
    ];
    for (const [args, path, volume] of cases) {
      assert.match((await check("x", blank(args))).join(), missing(path, volume));
      const there = JSON.parse(JSON.stringify(args).replaceAll("thers", "there")) as Properties;
      assert.deepEqual(await check("x", blank(there)), []);
    }
    const template = { node: "golf", imageVolumeId: "local:import/thers.qcow2", disk: { storage: "local-lvm" } };
    assert.match((await check("t", template, "Template")).join(), missing("imageVolumeId", "local:import/thers.qcow2"));
    const olds = lab.inputs("Template", "t", { ...template, imageVolumeId: "local:import/there.qcow2" });
    assert.match(
      (await check("t", template, "Template", olds)).join(),
      missing("imageVolumeId", "local:import/thers.qcow2"),
    );
    const before = lab.sim.requests.length;
    await check("y", blank({ source: { iso: "local:iso/there.iso" }, disks }));
    const listed = lab.sim.requests.slice(before).filter(({ path }) => path.endsWith("/content"));
    assert.deepEqual(listed, [], "one listing does for all");
  });

  it("is none: the file of an image that the program downloads", async () => {
    const args = { url: image.url, checksum: image.checksum, node: "golf", storage: "local", fileName: "new.qcow2" };
    assert.deepEqual(await check("new", args, "CloudImage"), []);
    const template = { node: "golf", imageVolumeId: "local:import/new.qcow2", disk: { storage: "local-lvm" } };
    assert.deepEqual(await check("t", template, "Template"), []);
  });

  it("is told: one VMID that two resources ask for", async () => {
    assert.deepEqual(await check("one", blank({ vmid: 2100 })), []);
    assert.deepEqual(await check("one", blank({ vmid: 2100 })), []);
    const both = ["vmid: two and one both ask for VMID 2100; give each its own, or leave it out"];
    assert.deepEqual(await check("two", blank({ vmid: 2100 })), both);
    const template = {
      node: "golf",
      vmid: 2100,
      imageVolumeId: "local:import/there.qcow2",
      disk: { storage: "local-lvm" },
    };
    assert.match((await check("three", template, "Template")).join(), /three and one both ask for VMID 2100/);
  });

  it("is refused: a bridge with options, which have fields of their own", async () => {
    const [problem] = await check("x", blank({ networks: [{ bridge: "vmbr0,tag=99" }] }));
    assert.match(problem ?? "", /^networks\[0\]\.bridge: write the name of the bridge alone.*vlan/);
  });

  it("says that a deletion is done", async () => {
    const made = await lab.create("Vm", "gone", blank({ vmid: 2200 }));
    await lab.plugin.delete("Vm", made.id, made.properties);
    await eventually("the last word", () =>
      lab.plugin.engine.messages.some(({ message }) => message === "Vm gone: deleted VM 2200 with its volumes"),
    );
  });
});
