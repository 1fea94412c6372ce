import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { storageOf } from "../../simulator/storage/sections";
import { storeOf } from "../../simulator/storage/volumes";
import { debianImage, DescribedStack, type Described } from "../support/described";
import { labWorld, sshConfig } from "../support/lab";
import { counts, failed, ok } from "../support/results";

describe("pools, storages and settings of nodes, with the real engine", function () {
  let sim: Simulator;
  let lab: DescribedStack;
  const cluster = () => {
    const [found] = Object.values(sim.world.clusters);
    assert.ok(found);
    return found;
  };

  const backups = () => storeOf(sim.world, "pve1", storageOf(cluster(), "local"));

  // A node as the installer has left it, up to date and in order.
  const host: Described[] = [
    { kind: "AptRepository", name: "enterprise", args: { node: "pve1", handle: "enterprise", enabled: false } },
    { kind: "AptRepository", name: "ceph", args: { node: "pve1", handle: "ceph-squid-enterprise", enabled: false } },
    { kind: "AptRepository", name: "free", args: { node: "pve1", handle: "no-subscription" } },
    {
      kind: "AptUpgrade",
      name: "upgrade",
      // Its outputs are what makes it wait for the repositories.
      args: { node: "@free.node", triggers: ["@enterprise.handle", "@ceph.handle"], keepUpToDate: true, reboot: true },
    },
    {
      kind: "SystemPackage",
      name: "tools",
      args: { node: "pve1", packages: ["htop"] },
      options: { dependsOn: ["upgrade"] },
    },
    { kind: "Sysctl", name: "tuning", args: { node: "pve1", values: { "vm.swappiness": 10 } } },
    {
      kind: "LogRotation",
      name: "app",
      args: { node: "pve1", logs: ["/var/log/app/*.log"], frequency: "daily", rotate: 7, missingOk: true },
    },
    { kind: "TimeZone", name: "zone", args: { node: "pve1", timeZone: "Europe/Berlin" } },
    { kind: "NodeOptions", name: "options", args: { node: "pve1", description: "rack 3", startAllOnBootDelay: 10 } },
    {
      kind: "HostsEntries",
      name: "hosts",
      args: { node: "pve1", entries: [{ address: "10.11.0.11", names: ["pve1.example.test", "pve1"] }] },
    },
  ];

  const program = (nas: Record<string, unknown> = {}, comment = "what the team runs", keepLast = 5): Described[] => [
    { kind: "Pool", name: "team", args: { comment } },
    { kind: "Pool", name: "old", args: { adopt: true } },
    { kind: "Dns", name: "names", args: { node: "pve1", servers: ["10.11.0.2"], searchDomain: "lab.test" } },
    ...host,
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
    {
      kind: "BackupJob",
      name: "nightly",
      args: { schedule: "02:30", vmids: ["@web.vmid"], storage: "local", pruneBackups: { keepLast } },
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
    lab = await DescribedStack.create(sim, program(), sshConfig(sim));
  });
  after(async () => {
    await lab.stack.close();
    await sim.close();
  });

  it("are made before what uses them, adopted where they were there, and then at rest", async () => {
    assert.deepEqual(counts(ok(await lab.stack.up())), { create: 20 });
    const { pools, storages, guests } = cluster();
    const [vmid = ""] = Object.keys(guests);
    assert.deepEqual(pools["team"], { vms: [Number(vmid)], storage: [], comment: "what the team runs" });
    assert.deepEqual(pools["old"], { vms: [], storage: ["local"] });
    const node = sim.world.nodes["pve1"];
    assert.deepEqual(node?.network.dns, { search: "lab.test", dns1: "10.11.0.2" });
    assert.equal(node?.hardware.kernel?.release, "6.17.9-1-pve");
    assert.equal(node?.packages?.installed["htop"], "3.4.1-5");
    assert.equal(node?.kernelParameters?.["vm.swappiness"], "10");
    const rotation = Buffer.from(node?.ssh?.files["/etc/logrotate.d/app"]?.content ?? "", "base64").toString("utf8");
    assert.match(rotation, /\n\/var\/log\/app\/\*\.log\n\{\n {4}daily\n {4}rotate 7\n {4}missingok\n\}\n$/);
    assert.equal(node?.timezone, "Europe/Berlin");
    assert.equal(storages["archive"]?.["content"], "iso");
    assert.match(guests[vmid]?.config["scsi0"] ?? "", /^nas:/);
    assert.equal(cluster().backupJobs?.["nightly"]?.["vmid"], vmid);
    assert.deepEqual(counts(ok(await lab.stack.preview("--refresh"))), { same: 20 });
  });

  it("are changed where they are", async () => {
    for (const day of [1, 2, 3])
      backups()[`backup/vzdump-qemu-${Object.keys(cluster().guests)[0]}-2026_01_0${day}-00_00_00.vma.zst`] = {
        ...{ size: 1, bytes: 1, data: 1, ctime: day },
      };
    lab.describe(program({ content: ["images", "import", "backup"], pruneBackups: { keepLast: 3 } }, "ours", 2));
    const changed = ok(await lab.stack.up());
    assert.deepEqual(counts(changed), { same: 17, update: 3 });
    assert.match(changed.stdout, /prune: pruneBackups\.keepLast \(the next run removes 1 backup that is there now/);
    assert.deepEqual(cluster().backupJobs?.["nightly"]?.["prune-backups"], { "keep-last": "2" });
    assert.equal(cluster().pools["team"]?.comment, "ours");
    assert.equal(cluster().storages["nas"]?.["prune-backups"], "keep-last=3");
  });

  it("keep their place while guests have volumes there", async () => {
    lab.describe(program({ export: "/srv/other" }, "ours", 2));
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

  it("go at the end, after what is in them, but for a node's settings", async () => {
    cluster().pools["old"]?.storage.splice(0);
    const { stdout } = ok(await lab.stack.destroy());
    for (const told of [
      /node pve1 keeps its name servers; they are no longer managed/,
      /repository no-subscription of node pve1 is disabled; its entry stays in the file/,
      /node pve1 stays as it was upgraded/,
      /backup job nightly is deleted; the backups that it has made stay/,
      /90-tuning\.conf on node pve1 is deleted; the values of vm\.swappiness stay/,
      /\/etc\/logrotate\.d\/app on node pve1 is deleted; logs stay as they are/,
    ])
      assert.match(stdout, told);
    assert.doesNotMatch(sim.world.nodes["pve1"]?.network.hosts ?? "", /pulumi/);
    assert.equal(sim.world.nodes["pve1"]?.ssh?.files["/etc/logrotate.d/app"], undefined);
    assert.deepEqual(sim.world.nodes["pve1"]?.network.dns, { search: "lab.test", dns1: "10.11.0.2" });
    assert.equal(Object.keys(backups()).filter((name) => name.startsWith("backup/")).length, 3);
    assert.deepEqual([Object.keys(cluster().pools), Object.keys(cluster().guests)], [[], []]);
    assert.deepEqual(
      Object.keys(cluster().storages).filter((id) => id === "nas" || id === "archive"),
      [],
    );
  });
});
