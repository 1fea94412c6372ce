import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../../simulator";
import type { Disk } from "../../../simulator/world/disk.js";
import { matrix } from "../../../simulator/seeds/matrix.js";
import { ask } from "../api-client.js";

type Row = Record<string, unknown> & { devpath: string };

describe("the disks of a node", () => {
  let sim: Simulator;
  const disks = (): Disk[] => sim.world.nodes["foxtrot"]!.hardware.disks;
  const root = async (): Promise<Record<string, string>> => {
    const params = { username: "root@pam", password: sim.password };
    const { json } = await ask(sim.nodes[0]!, "POST", "/access/ticket", { params });
    const { ticket, CSRFPreventionToken } = json?.data as Record<string, string>;
    return { Cookie: `PVEAuthCookie=${encodeURIComponent(ticket!)}`, CSRFPreventionToken: CSRFPreventionToken! };
  };
  const call = async (method: string, path: string, params: Record<string, string> = {}) =>
    ask(sim.nodes[0]!, method, `/nodes/foxtrot${path}`, { headers: await root(), params });
  const list = async (params: Record<string, string> = {}): Promise<Row[]> =>
    (await call("GET", "/disks/list", params)).json?.data as Row[];
  const refused = async (method: string, path: string, params: Record<string, string>, text: string) => {
    const { status, json } = await call(method, path, params);
    assert.deepEqual([status, json?.message], [500, `${text}\n`]);
  };
  /** The exit status of the task that the call starts. */
  const task = async (method: string, path: string, params: Record<string, string>): Promise<string | undefined> => {
    const { json, status, text } = await call(method, path, params);
    assert.equal(status, 200, text);
    return sim.world.nodes["foxtrot"]!.tasks.find(({ upid }) => upid === json?.data)?.status;
  };

  beforeEach(async () => (sim = await startSimulator({ seed: matrix() })));
  afterEach(() => sim.close());

  it("are listed with identity, use and links; partitions when asked for", async () => {
    const rows = await list();
    assert.deepEqual(
      rows.map(({ devpath, used, type, serial }) => [devpath, used, type, serial]),
      [
        ["/dev/nvme0n1", "BIOS boot", "nvme", "INVENTED50"],
        ["/dev/nvme1n1", undefined, "nvme", "INVENTED51"],
        ["/dev/nvme2n1", undefined, "nvme", "INVENTED52"],
      ],
    );
    assert.equal(rows[1]!["by_id_link"], "/dev/disk/by-id/nvme-Samsung_SSD_990_PRO_4TB_INVENTED51");
    const all = await list({ "include-partitions": "1" });
    assert.deepEqual(
      all.slice(0, 4).map(({ devpath, used, parent }) => [devpath, used, parent]),
      [
        ["/dev/nvme0n1", "partitions", undefined],
        ["/dev/nvme0n1p1", "BIOS boot", "/dev/nvme0n1"],
        ["/dev/nvme0n1p2", "EFI", "/dev/nvme0n1"],
        ["/dev/nvme0n1p3", "LVM", "/dev/nvme0n1"],
      ],
    );
    assert.equal((await list({ type: "unused" })).length, 2);
  });

  it("refuses to wipe what is held or mounted, and remembers a wipe", async () => {
    await refused("PUT", "/disks/wipedisk", { disk: "/dev/nvme0n1" }, "disk/partition '/dev/nvme0n1p3' has a holder");
    await refused("PUT", "/disks/wipedisk", { disk: "/dev/nvme9n1" }, "not a valid block device");
    const uuid = "11111111-2222-3333-4444-555555555555";
    disks()[1]!.holds = { kind: "filesystem", type: "ext4", uuid, mounted: "/srv" };
    await refused("PUT", "/disks/wipedisk", { disk: "/dev/nvme1n1" }, "disk/partition '/dev/nvme1n1' is mounted");
    disks()[1]!.holds = { kind: "filesystem", type: "ext4", uuid };
    assert.equal(await task("PUT", "/disks/wipedisk", { disk: "/dev/nvme1n1" }), "OK");
    assert.deepEqual([disks()[1]!.holds, disks()[1]!.erased?.map(({ by }) => by)], [undefined, ["wipedisk"]]);
    assert.deepEqual([disks()[0]!.erased, disks()[2]!.erased], [undefined, undefined]);
  });

  it("get a partition table once", async () => {
    assert.equal(await task("POST", "/disks/initgpt", { disk: "/dev/nvme1n1" }), "OK");
    assert.equal((await list())[1]!["gpt"], 1);
    await refused("POST", "/disks/initgpt", { disk: "/dev/nvme0n1p2" }, "/dev/nvme0n1p2 is a partition");
    await refused("POST", "/disks/initgpt", { disk: "/dev/nvme0n1" }, "disk /dev/nvme0n1 already in use");
  });

  it("become volume groups and thin pools with a storage, and are given back", async () => {
    const link = "/dev/disk/by-id/nvme-Samsung_SSD_990_PRO_4TB_INVENTED51";
    await refused(
      "POST",
      "/disks/lvm",
      { name: "fast", device: "/dev/nvme0n1" },
      "device '/dev/nvme0n1' is already in use",
    );
    const params = { name: "fast", device: link, add_storage: "1" };
    assert.equal(await task("POST", "/disks/lvmthin", params), "OK");
    assert.equal((await list())[1]!["used"], "LVM");
    assert.equal(sim.world.clusters[sim.world.nodes["foxtrot"]!.cluster]!.storages["fast"]?.["nodes"], "foxtrot");
    await refused("PUT", "/disks/wipedisk", { disk: "/dev/nvme1n1" }, "disk/partition '/dev/nvme1n1' has a holder");
    assert.match(
      (await task("POST", "/disks/lvm", { name: "fast", device: "/dev/nvme2n1" })) ?? "",
      /already exists on node/,
    );
    assert.match((await task("DELETE", "/disks/lvm/none", {})) ?? "", /^no such volume group 'none'$/);
    const clean = { "volume-group": "fast", "cleanup-disks": "1", "cleanup-config": "1" };
    assert.equal(await task("DELETE", "/disks/lvmthin/fast", clean), "OK");
    assert.equal((await list())[1]!["used"], undefined);
    assert.equal(sim.world.clusters[sim.world.nodes["foxtrot"]!.cluster]!.storages["fast"], undefined);
  });

  it("become mounted directories", async () => {
    assert.equal(
      await task("POST", "/disks/directory", { name: "data", device: "/dev/nvme1n1", add_storage: "1" }),
      "OK",
    );
    assert.equal((await list())[1]!["used"], "ext4");
    await refused("PUT", "/disks/wipedisk", { disk: "/dev/nvme1n1" }, "disk/partition '/dev/nvme1n1p1' is mounted");
    const params = { name: "data", device: "/dev/nvme2n1" };
    await refused(
      "POST",
      "/disks/directory",
      params,
      "the path for 'data' is already mounted: /mnt/pve/data (/dev/nvme1n1p1)",
    );
    assert.equal(await task("DELETE", "/disks/directory/data", { "cleanup-disks": "1" }), "OK");
    assert.deepEqual([disks()[1]!.gpt, disks()[1]!.partitions], [0, undefined]);
  });

  it("of a pool of ZFS must be enough for its level", async () => {
    const devices = "/dev/nvme1n1,/dev/nvme2n1";
    await refused("POST", "/disks/zfs", { name: "tank", raidlevel: "single", devices }, "zfsutils-linux not installed");
    sim.world.nodes["foxtrot"]!.hardware.storage!.zfsPools = {};
    await refused("POST", "/disks/zfs", { name: "tank", raidlevel: "raidz", devices }, "raidz needs at least 3 disks");
    await refused(
      "POST",
      "/disks/zfs",
      { name: "tank", raidlevel: "single", devices },
      "please give only one disk for single disk mode",
    );
    assert.equal(await task("POST", "/disks/zfs", { name: "tank", raidlevel: "mirror", devices }), "OK");
    assert.equal((await list())[2]!["used"], "ZFS");
  });

  it("keep their identity when a reboot gives their names to others, and vanish when they are dead", async () => {
    sim.simulation.faults.add({ count: 1, effect: { kind: "disks-renamed", node: "foxtrot" } });
    await call("POST", "/status", { command: "reboot" });
    const names = async () =>
      (await list()).map(({ devpath, serial }) => `${devpath.slice(5)} ${String(serial).slice(-2)}`);
    assert.deepEqual(await names(), ["nvme0n1 52", "nvme1n1 50", "nvme2n1 51"]);
    await refused("PUT", "/disks/wipedisk", { disk: "/dev/nvme1n1" }, "disk/partition '/dev/nvme1n1p3' has a holder");
    disks()[1]!.dead = true;
    assert.deepEqual(await names(), ["nvme0n1 52", "nvme1n1 50"]);
  });
});
