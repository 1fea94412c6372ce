import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { debianImage, DescribedStack, type Described } from "../support/described";
import { labWorld } from "../support/lab";
import { counts, failed, ok } from "../support/results";

describe("pools, storages and name servers, with the real engine", function () {
  let sim: Simulator;
  let lab: DescribedStack;
  const cluster = () => {
    const [found] = Object.values(sim.world.clusters);
    assert.ok(found);
    return found;
  };

  const program = (nas: Record<string, unknown> = {}, comment = "what the team runs"): Described[] => [
    { kind: "Pool", name: "team", args: { comment } },
    { kind: "Pool", name: "old", args: { adopt: true } },
    { kind: "Dns", name: "names", args: { node: "pve1", servers: ["10.11.0.2"], searchDomain: "lab.test" } },
    {
      kind: "Storage",
      name: "nas",
      args: { type: "nfs", server: "nas.lan", export: "/srv/pve", content: ["images", "import"], ...nas },
    },
    { kind: "Storage", name: "archive", args: { type: "dir", path: "/srv/archive", content: ["iso"], adopt: true } },
    { ...debianImage, args: { ...debianImage.args, storage: "@nas.storageId" } },
    {
      kind: "Vm",
      name: "web",
      args: {
        ...{ node: "pve1", pool: "@team.poolId", source: { imageVolumeId: "@debian.volumeId" }, started: false },
        disks: [{ storage: "@nas.storageId", sizeGiB: 4 }],
      },
    },
  ];

  before(async () => {
    const world = labWorld();
    world.storageServers = { nfs: { "nas.lan:/srv/pve": 2 ** 40 } };
    for (const { storages, pools } of Object.values(world.clusters)) {
      storages["archive"] = { type: "dir", path: "/srv/archive", content: "iso,backup" };
      pools["old"] = { vms: [], storage: ["local"] };
    }
    sim = await startSimulator({ seed: world });
    lab = await DescribedStack.create(sim, program());
  });
  after(async () => {
    await lab.stack.close();
    await sim.close();
  });

  it("are made before what uses them, adopted where they were there, and then at rest", async () => {
    assert.deepEqual(counts(ok(await lab.stack.up())), { create: 9 });
    const { pools, storages, guests } = cluster();
    const [vmid = ""] = Object.keys(guests);
    assert.deepEqual(pools["team"], { vms: [Number(vmid)], storage: [], comment: "what the team runs" });
    assert.deepEqual(pools["old"], { vms: [], storage: ["local"] });
    assert.deepEqual(sim.world.nodes["pve1"]?.network.dns, { search: "lab.test", dns1: "10.11.0.2" });
    assert.equal(storages["archive"]?.["content"], "iso");
    assert.match(guests[vmid]?.config["scsi0"] ?? "", /^nas:/);
    assert.deepEqual(counts(ok(await lab.stack.preview("--refresh"))), { same: 9 });
  });

  it("are changed where they are", async () => {
    lab.describe(program({ content: ["images", "import", "backup"], pruneBackups: { keepLast: 3 } }, "ours"));
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 7, update: 2 });
    assert.equal(cluster().pools["team"]?.comment, "ours");
    assert.equal(cluster().storages["nas"]?.["prune-backups"], "keep-last=3");
  });

  it("keep their place while guests have volumes there", async () => {
    lab.describe(program({ export: "/srv/other" }, "ours"));
    assert.match(
      failed(await lab.stack.up()),
      /export: cannot be changed: storage nas is in use by VM \d+ \(web\): scsi0/,
    );
    assert.equal(cluster().storages["nas"]?.["export"], "/srv/pve");
  });

  it("are made anew elsewhere when nobody needs them where they are", async () => {
    const elsewhere = program().filter(({ name }) => name !== "archive");
    elsewhere.push({
      kind: "Storage",
      name: "archive",
      args: { type: "dir", path: "/srv/elsewhere", content: ["iso"] },
    });
    lab.describe(elsewhere);
    ok(await lab.stack.up());
    assert.equal(cluster().storages["archive"]?.["path"], "/srv/elsewhere");
  });

  it("go at the end, after what is in them, but for a node's name servers", async () => {
    cluster().pools["old"]?.storage.splice(0);
    assert.match(ok(await lab.stack.destroy()).stdout, /node pve1 keeps its name servers; they are no longer managed/);
    assert.deepEqual(sim.world.nodes["pve1"]?.network.dns, { search: "lab.test", dns1: "10.11.0.2" });
    assert.deepEqual([Object.keys(cluster().pools), Object.keys(cluster().guests)], [[], []]);
    assert.deepEqual(
      Object.keys(cluster().storages).filter((id) => id === "nas" || id === "archive"),
      [],
    );
  });
});
