import assert from "node:assert/strict";
import { seedWorld } from "../../../simulator/seeds/index.js";
import { clusterOf } from "../../../simulator/storage/sections.js";
import {
  createStorage,
  deleteStorage,
  storageCfgText,
  storageEntry,
  updateStorage,
} from "../../../simulator/storage/storage-cfg.js";
import type { World } from "../../../simulator/world/world.js";

describe("storage.cfg", () => {
  let world: World;
  const create = (given: Record<string, string>) => createStorage(world, "pve", given);
  const update = (given: Record<string, string>) => updateStorage(world, "pve", given);
  const entry = (id: string) => storageEntry(clusterOf(world, "pve"), id);
  const message = (text: string) => ({ message: `${text}\n` });

  beforeEach(() => {
    world = seedWorld("conformance");
  });

  it("fills in what was not given", () => {
    assert.deepEqual(create({ storage: "n1", type: "nfs", server: "10.11.0.99", export: "/x", disable: "1" }), {
      storage: "n1",
      type: "nfs",
    });
    const { digest, ...nfs } = entry("n1");
    assert.match(String(digest), /^[0-9a-f]{40}$/);
    assert.deepEqual(nfs, {
      storage: "n1",
      type: "nfs",
      server: "10.11.0.99",
      export: "/x",
      path: "/mnt/pve/n1",
      content: "images",
      shared: 1,
      disable: 1,
    });
  });

  it("is written with required options first and a bare `disable`", () => {
    create({ storage: "n1", type: "nfs", server: "10.11.0.99", export: "/x", content: "iso", disable: "1" });
    assert.match(
      storageCfgText(clusterOf(world, "pve")),
      /^nfs: n1\n\texport \/x\n\tpath \/mnt\/pve\/n1\n\tserver 10\.11\.0\.99\n\tcontent iso\n\tdisable\n$/m,
    );
  });

  it("never shows secrets", () => {
    create({ storage: "c1", type: "cifs", server: "h", share: "x", username: "u", password: "secret", disable: "1" });
    assert.ok(!JSON.stringify(clusterOf(world, "pve").storages).includes("secret"));
  });

  it("names the missing option before it looks at anything else", () => {
    assert.throws(() => create({ storage: "local", type: "dir" }), message("missing value for required option 'path'"));
    assert.throws(
      () => create({ storage: "local", type: "dir", path: "/x" }),
      message("create storage failed: storage ID 'local' already defined"),
    );
  });

  it("tries a storage out on the node that is asked, unless it is disabled or for others", () => {
    const thin = { storage: "l1", type: "lvmthin", vgname: "nosuch", thinpool: "data" };
    assert.throws(() => create(thin), message("create storage failed: no such logical volume nosuch/data"));
    create({ ...thin, nodes: "other" });
    assert.equal(entry("l1").nodes, "other");
    assert.throws(
      () => create({ storage: "n1", type: "nfs", server: "10.11.0.99", export: "/x" }),
      message("create storage failed: storage 'n1' is not online"),
    );
    world.storageServers = { nfs: { "10.11.0.99:/x": 2 ** 40 } };
    create({ storage: "n1", type: "nfs", server: "10.11.0.99", export: "/x" });
  });

  it("leaves out content that a storage cannot hold", () => {
    create({ storage: "l2", type: "lvm", vgname: "nosuch", content: "iso,images" });
    assert.equal(entry("l2").content, "images");
    assert.throws(
      () => create({ storage: "l3", type: "lvm", vgname: "nosuch", content: "iso" }),
      message("storage does not support content type 'none'"),
    );
    update({ storage: "second", content: "" });
    assert.equal(entry("second").content, "none");
  });

  it("checks deletions against the options of the type", () => {
    const cases: [Record<string, string>, string][] = [
      [{ delete: "nosuch" }, "no such option 'nosuch'"],
      [{ delete: "path" }, "unable to delete required option 'path'"],
      [{ delete: "shared", shared: "1" }, "cannot set and delete property 'shared' at the same time!"],
      [{ digest: "0000" }, "detected modified configuration - file changed by other user? Try again."],
    ];
    for (const [given, text] of cases) {
      assert.throws(() => update({ storage: "second", ...given }), message(`update storage failed: ${text}`));
    }
    update({ storage: "second", nodes: "pve" });
    update({ storage: "second", delete: "nodes", digest: String(entry("second").digest) });
    assert.equal(entry("second").nodes, undefined);
  });

  it("keeps volumes when a definition goes, but not what was granted on it", () => {
    const cluster = clusterOf(world, "pve");
    cluster.access.acl.push({ path: "/storage/second", type: "user", ugid: "a@pve", roleid: "NoAccess", propagate: 1 });
    deleteStorage(world, "pve", "second");
    assert.deepEqual(cluster.access.acl, []);
    assert.throws(
      () => deleteStorage(world, "pve", "second"),
      message("delete storage failed: storage 'second' does not exist"),
    );
  });

  it("has a `local` whatever is written", () => {
    deleteStorage(world, "pve", "local");
    assert.equal(entry("local").path, "/var/lib/vz");
    assert.equal(entry("local")["prune-backups"], "keep-all=1");
  });

  it("answers an encryption key for Proxmox Backup Server once", () => {
    const given = { storage: "p1", type: "pbs", server: "h", datastore: "x", disable: "1" };
    const { config } = create({ ...given, "encryption-key": "autogen" });
    assert.ok(config?.["encryption-key"]?.includes("fingerprint"));
    assert.match(String(entry("p1")["encryption-key"]), /^([0-9a-f]{2}:){31}[0-9a-f]{2}$/);
    assert.throws(() => create({ ...given, storage: "p2", "encryption-key": "{}" }), /JSON formatted encryption key/);
  });
});
