import assert from "node:assert/strict";
import { eventually } from "../../support/eventually";
import { image, Lab, labWorld, type AnyLab } from "../../support/lab";
import type { Properties } from "../../support/plugin";

describe("a storage's definition", function () {
  let lab: AnyLab;
  beforeEach(async () => {
    const world = labWorld("matrix");
    world.storageServers = {
      nfs: { "nas.lan:/srv/pve": 2 ** 40 },
      cifs: { "//files.lan/pve": 2 ** 40 },
      pbs: { "pbs.lan:store": 2 ** 40 },
    };
    lab = await Lab.here({ seed: world });
  });
  afterEach(() => lab.close());

  const storages = () => Object.values(lab.sim.world.clusters)[0]?.storages ?? {};
  const nfs = { type: "nfs", server: "nas.lan", export: "/srv/pve", content: ["images", "import"] };
  const puts = () => lab.sim.requests.filter(({ method, path }) => method === "PUT" && path.startsWith("/storage/"));
  const check = async (args: Properties, olds: Properties, name = "nas") =>
    (await lab.plugin.check("Storage", olds, lab.inputs("Storage", name, args))).inputs;

  it("is only looked at by get", async () => {
    const seen = await lab.plugin.read("Storage", "local", lab.inputs("Storage", "seen", {}));
    const { storageId, type, path, server } = seen.properties;
    assert.deepEqual([seen.id, storageId, type, path, server], ["local", "local", "dir", "/var/lib/vz", undefined]);
    assert.ok((seen.properties["content"] as string[]).includes("iso"));
    await assert.rejects(
      lab.plugin.read("Storage", "locall", lab.inputs("Storage", "seen", {})),
      /there is no storage locall; did you mean "local"\?/,
    );
    assert.equal(
      lab.sim.requests.filter(({ method, path }) => method !== "GET" && path.startsWith("/storage")).length,
      0,
    );
  });

  it("is made, changed where it is, seen again and deleted", async () => {
    const made = await lab.create("Storage", "nas", { ...nfs, pruneBackups: { keepLast: 2 }, nodes: ["golf"] });
    assert.equal(made.id, "nas");
    assert.deepEqual(storages()["nas"], {
      ...{ type: "nfs", server: "nas.lan", export: "/srv/pve", path: "/mnt/pve/nas", content: "images,import" },
      ...{ nodes: "golf", "prune-backups": "keep-last=2" },
    });
    assert.equal(puts().length, 0, "the creation said it all");
    const inputs = await check({ ...nfs, content: ["import", "backup"], options: "vers=4.2" }, made.inputs);
    assert.deepEqual((await lab.plugin.diff("Storage", made.id, made.properties, inputs)).replaces, []);
    const changed = await lab.plugin.update("Storage", made.id, made.properties, inputs);
    assert.deepEqual(storages()["nas"], {
      ...{ type: "nfs", server: "nas.lan", export: "/srv/pve", path: "/mnt/pve/nas", content: "import,backup" },
      options: "vers=4.2",
    });
    assert.equal((await lab.plugin.diff("Storage", made.id, changed.properties, inputs)).changes, "none");
    storages()["nas"] = { ...storages()["nas"], type: "nfs", options: "soft" };
    const read = await lab.plugin.read("Storage", made.id, changed.properties);
    assert.equal(read.properties["options"], "soft");
    assert.equal(read.properties["pruneBackups"], undefined);
    await lab.plugin.delete("Storage", made.id, read.properties);
    assert.equal(storages()["nas"], undefined);
    assert.equal((await lab.plugin.read("Storage", made.id, read.properties)).id, "");
  });

  it("is there for what is made after it in the same run", async () => {
    await lab.problems("CloudImage", {}); // the picture of the cluster is older than the storage
    await lab.create("Storage", "nas", nfs);
    const made = await lab.create("CloudImage", "debian", {
      ...{ url: image.url, checksum: image.checksum, node: "foxtrot", storage: "nas" },
    });
    assert.match(made.id, /^nas:import\//);
  });

  it("whose place changes goes before the new one is made, under the same name", async () => {
    const made = await lab.create("Storage", "nas", nfs);
    const moved = await check({ ...nfs, export: "/srv/other" }, made.inputs);
    const diff = await lab.plugin.diff("Storage", made.id, made.properties, moved);
    assert.deepEqual([diff.replaces, diff.deleteBeforeReplace], [["export"], true]);
    const renamed = await check({ ...nfs, storageId: "nas2" }, made.inputs);
    const other = await lab.plugin.diff("Storage", made.id, made.properties, renamed);
    assert.deepEqual([other.replaces, other.deleteBeforeReplace], [["storageId"], false]);
  });

  it("sends a password when it changes, and never gets one back", async () => {
    const cifs = { type: "cifs", server: "files.lan", share: "pve", username: "u", password: "first-s3cret" };
    const made = await lab.create("Storage", "win", cifs);
    assert.equal(puts().length, 0);
    const same = await check(cifs, made.inputs, "win");
    assert.equal((await lab.plugin.diff("Storage", made.id, made.properties, same)).changes, "none");
    const next = await check({ ...cifs, password: "second-s3cret" }, made.inputs, "win");
    assert.equal((await lab.plugin.diff("Storage", made.id, made.properties, next)).changes, "some");
    await lab.plugin.update("Storage", made.id, made.properties, next);
    assert.deepEqual(
      puts().map(({ path }) => path),
      ["/storage/win"],
    );
  });

  it("is not made anew because the default is written down now", async () => {
    const chain = { ...nfs, snapshotAsVolumeChain: false };
    const made = await lab.create("Storage", "nas", nfs);
    // As a state of before has it: among the inputs, and not among what is managed.
    for (const olds of [made.inputs, { ...made.inputs, snapshotAsVolumeChain: false }]) {
      const inputs = await check(chain, olds);
      const { changes, replaces } = await lab.plugin.diff("Storage", made.id, made.properties, inputs);
      assert.deepEqual([changes, replaces], ["some", []]);
      const { properties } = await lab.plugin.update("Storage", made.id, made.properties, inputs);
      assert.deepEqual([puts().length, properties["snapshotAsVolumeChain"]], [0, false]);
      assert.equal((await lab.plugin.diff("Storage", made.id, properties, inputs)).changes, "none");
    }
  });

  it("shows what somebody took away, and puts it back", async () => {
    const made = await lab.create("Storage", "nas", { ...nfs, nodes: ["golf"] });
    delete storages()["nas"]?.["nodes"];
    const read = await lab.plugin.read("Storage", made.id, made.properties);
    assert.equal(read.properties["nodes"], undefined);
    assert.equal((await lab.plugin.diff("Storage", made.id, read.properties, made.inputs)).changes, "some");
    await lab.plugin.update("Storage", made.id, read.properties, made.inputs);
    assert.equal(storages()["nas"]?.["nodes"], "golf");
  });

  it("is not deleted when it is another one by now", async () => {
    const made = await lab.create("Storage", "nas", nfs);
    Object.assign(storages()["nas"] ?? {}, { export: "/srv/others" });
    await assert.rejects(
      lab.plugin.delete("Storage", made.id, made.properties),
      /storage nas is another one now than this resource has made: its export is \/srv\/others; nothing was deleted/,
    );
    assert.ok(storages()["nas"]);
  });

  it("is not deleted while guests have volumes there: they are listed", async () => {
    const made = await lab.create("Storage", "nas", nfs);
    const guest = await lab.create("Vm", "web", {
      ...{ node: "foxtrot", source: { empty: true }, started: false },
      disks: [{ storage: "nas", sizeGiB: 1 }],
    });
    await assert.rejects(
      lab.plugin.delete("Storage", made.id, made.properties),
      new RegExp(
        `storage nas is in use by VM ${guest.id} \\(web\\): scsi0; move or delete these volumes first.*not deleted`,
      ),
    );
    assert.ok(storages()["nas"]);
    const moved = await lab.problems("Storage", { ...nfs, storageId: "nas", export: "/srv/other" }, made.inputs);
    assert.match(moved.join("\n"), /^export: cannot be changed: storage nas is in use by VM \d+ \(web\): scsi0; move/);
    await lab.plugin.delete("Vm", guest.id, guest.properties);
    await lab.plugin.delete("Storage", made.id, made.properties);
    assert.equal(storages()["nas"], undefined);
  });

  it("that is there is taken over only when asked to, and only when it is the same one", async () => {
    storages()["archive"] = { type: "dir", path: "/srv/old", content: "iso,backup", shared: "1" };
    const described = { storageId: "archive", type: "dir", path: "/srv/old" };
    assert.deepEqual(await lab.problems("Storage", described), [
      "storageId: storage archive (dir) exists already; set adopt: true to take it over",
    ]);
    assert.deepEqual(await lab.problems("Storage", { ...described, path: "/srv/new", adopt: true }), [
      "storageId: storage archive is another one than described: its path is /srv/old; describe it as it is, or write another name",
    ]);
    assert.deepEqual(await lab.problems("Storage", { ...described, storageId: "archvie", adopt: true }), [
      'storageId: there is no storage archvie to take over; leave adopt out to make it; did you mean "archive"?',
    ]);
    const made = await lab.create("Storage", "archive", { ...described, content: ["iso", "import"], adopt: true });
    assert.deepEqual(storages()["archive"], { type: "dir", path: "/srv/old", content: "iso,import", shared: "1" });
    const again = await lab.plugin.check(
      "Storage",
      made.inputs,
      lab.inputs("Storage", "archive", { ...described, content: ["import", "iso"], adopt: true }),
    );
    assert.equal((await lab.plugin.diff("Storage", made.id, made.properties, again.inputs)).changes, "none");
    assert.deepEqual(await lab.problems("Storage", { ...described, path: "/srv/new", adopt: true }, made.inputs), [
      "path: would make the definition anew, and adopt only takes over what is there; leave adopt out",
    ]);
  });

  it("is refused with nodes that are not there; a path that another storage has is warned of", async () => {
    const described = { type: "dir", path: "/var/lib/vz/", content: ["iso"] };
    assert.match(
      (await lab.problems("Storage", { ...described, storageId: "twin", nodes: ["golf", "gulf"] }))[0] ?? "",
      /^nodes\[1\]: there is no node "gulf"; did you mean "golf"\?/,
    );
    const warned = () =>
      lab.plugin.engine.messages.some(({ message }) => message.includes("is the path of storage local too"));
    await eventually("the warning", warned);
  });

  it("fails as Proxmox says when its server is away, and leaves nothing", async () => {
    await assert.rejects(lab.create("Storage", "away", { ...nfs, server: "gone.lan" }), /storage 'away' is not online/);
    assert.equal(storages()["away"], undefined);
  });

  it("of each type is what Proxmox takes", async () => {
    const disabled = { disabled: true };
    const types: Record<string, Properties> = {
      dir: { path: "/srv/d", isMountpoint: true, preallocation: "off", bandwidthLimit: { clone: 1024 } },
      nfs: { server: "nas.lan", export: "/x", contentDirs: { iso: "isos" }, snapshotAsVolumeChain: true },
      cifs: { server: "files.lan", share: "x", username: "u", password: "s3cret-cifs", domain: "lan", smbVersion: "3" },
      cephfs: { monitors: ["10.0.0.1", "10.0.0.2"], fileSystem: "fs", fuse: true, keyring: "s3cret-cephfs" },
      rbd: { pool: "vms", monitors: ["10.0.0.1"], dataPool: "ec", krbd: true, namespace: "n", keyring: "s3cret-rbd" },
      lvm: {
        volumeGroup: "vg0",
        saferemove: true,
        saferemoveStepSize: 8,
        taggedOnly: true,
        snapshotAsVolumeChain: true,
      },
      lvmthin: { volumeGroup: "vg0", thinPool: "data", content: ["images"] },
      zfspool: { pool: "tank/vms", sparse: true, blockSize: "16k", mountpoint: "/tank/vms" },
      zfs: { portal: "10.0.0.9", target: "iqn.2026-01.test:x", pool: "tank", blockSize: "4k", iscsiProvider: "LIO" },
      iscsi: { portal: "10.0.0.9", target: "iqn.2026-01.test:x", content: ["none"] },
      iscsidirect: { portal: "10.0.0.9", target: "iqn.2026-01.test:x" },
      pbs: {
        server: "pbs.lan",
        datastore: "store",
        username: "u@pbs",
        password: "s3cret-pbs",
        port: 8007,
        namespace: "n",
      },
      esxi: { server: "esx.lan", username: "root", password: "s3cret-esxi", skipCertificateVerification: true },
    };
    for (const [type, args] of Object.entries(types)) {
      const made = await lab.create("Storage", `one-${type}`, { type, ...args, ...disabled });
      assert.equal(storages()[`one-${type}`]?.type, type);
      assert.equal((await lab.plugin.diff("Storage", made.id, made.properties, made.inputs)).changes, "none", type);
      const read = await lab.plugin.read("Storage", made.id, made.properties);
      assert.equal((await lab.plugin.diff("Storage", made.id, read.properties, made.inputs)).changes, "none", type);
      await lab.plugin.delete("Storage", made.id, made.properties);
    }
  });
});
