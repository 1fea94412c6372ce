import assert from "node:assert/strict";
import type { Mapped } from "../../../providers/kernel/fields/codec";
import { textsOf } from "../../../providers/kernel/fields/mapping";
import { problemsOf } from "../../../providers/kernel/state/problems";
import { change, creation, otherPlace } from "../../../providers/storage/definition";
import { heldOf, kinds } from "../../../providers/storage/storage-types.model";
import { storageModel, storageSchema, type StorageInputs } from "../../../providers/storage/storage.model";

const nfs = (args: object = {}): StorageInputs => ({
  ...{ type: "nfs", storageId: "nas", server: "192.168.3.20", export: "/srv/pve" },
  ...args,
});
const dir = (args: object = {}): StorageInputs => ({ type: "dir", storageId: "fast", path: "/srv/fast", ...args });

describe("a storage's definition", () => {
  /** A field of the first type that has it. */
  const field = (name: string) => Object.keys(kinds).flatMap((type) => heldOf(type)[name] ?? [])[0] as Mapped;
  const same = (name: string, wanted: unknown, live?: string) => field(name).same(field(name).write(wanted), live);
  const forms: [string, unknown, string][] = [
    ["content", ["images", "iso"], "images,iso"],
    ["nodes", ["pve1", "pve2"], "pve1,pve2"],
    ["disabled", true, "1"],
    ["sparse", false, "0"],
    ["maxProtectedBackups", -1, "-1"],
    ["pruneBackups", { keepLast: 3, keepDaily: 7 }, "keep-last=3,keep-daily=7"],
    ["pruneBackups", { keepAll: true }, "keep-all=1"],
    ["bandwidthLimit", { default: 20480, clone: 10240 }, "default=20480,clone=10240"],
    ["contentDirs", { iso: "isos", vztmpl: "templates/c" }, "iso=isos,vztmpl=templates/c"],
    ["isMountpoint", true, "1"],
    ["isMountpoint", "/srv", "/srv"],
    ["options", "vers=4.2,soft", "vers=4.2,soft"],
  ];
  for (const [name, value, wire] of forms)
    it(`writes and reads ${name} as ${wire}`, () => {
      assert.equal(field(name).write(value), wire);
      assert.deepEqual(field(name).read(wire, value), value);
    });

  it("reads lists as Proxmox or a person has separated them, and compares them as sets", () => {
    const monitors = ["10.0.0.1", "10.0.0.2", "10.0.0.3"];
    assert.deepEqual(field("monitors").read("10.0.0.1;10.0.0.2 10.0.0.3"), monitors);
    assert.ok(storageModel.same?.("content", ["iso", "images"], ["images", "iso"]));
    assert.ok(!storageModel.same?.("content", ["iso"], ["images", "iso"]));
    assert.ok(same("pruneBackups", { keepDaily: 7, keepLast: 3 }, "keep-last=3,keep-daily=7"));
    assert.ok(!same("pruneBackups", { keepLast: 3 }, "keep-last=3,keep-daily=7"));
    assert.ok(same("contentDirs", { iso: "isos" }, textsOf({ "content-dirs": { iso: "isos" } })["content-dirs"]));
    assert.ok(same("disabled", false));
    assert.ok(!same("disabled", true));
  });

  it("changes what is on where nothing is said", () => {
    const entry = { storage: "fast", type: "dir", path: "/srv/fast" };
    assert.deepEqual(change(dir({ createSubdirs: false }), dir(), entry), { "create-subdirs": "0" });
    assert.equal(change(dir({ createSubdirs: true }), dir(), entry), undefined);
  });

  it("keeps the limits that the program does not name, and no retention that it does not", () => {
    const entry = { ...dir(), bwlimit: "clone=100,move=200", "prune-backups": "keep-last=1,keep-daily=2" };
    const wanted = dir({ bandwidthLimit: { clone: 300 }, pruneBackups: { keepLast: 1 } });
    assert.deepEqual(change(wanted, wanted, entry), {
      bwlimit: "move=200,clone=300",
      "prune-backups": "keep-last=1",
    });
  });

  it("is created with all that is said, secrets included", () => {
    assert.deepEqual(
      creation({
        ...{ type: "cifs", storageId: "win", server: "files.lan", share: "pve", username: "u", password: "s3cret" },
        ...{ smbVersion: "3.11", content: ["backup"], adopt: false, timeouts: { create: "1m" } },
      }),
      {
        ...{ storage: "win", type: "cifs", server: "files.lan", share: "pve", username: "u", password: "s3cret" },
        ...{ smbversion: "3.11", content: "backup" },
      },
    );
  });

  it("is changed only where it differs; what was managed and is no longer said is cleared", () => {
    const entry = {
      ...{ storage: "nas", type: "nfs", server: "192.168.3.20" },
      content: "iso,images",
      options: "soft",
    };
    const unchanged = nfs({ content: ["images", "iso"], options: "soft" });
    assert.equal(change(unchanged, unchanged, entry), undefined);
    assert.deepEqual(change(nfs({ content: ["images"], disabled: true }), nfs({ options: "soft" }), entry), {
      ...{ content: "images", disable: "1" },
      delete: "options",
    });
    assert.equal(change(nfs(), nfs(), entry), undefined, "what was never managed stays");
  });

  it("gets a secret again only when that changes", () => {
    const pbs = (password: string): StorageInputs => ({
      ...{ type: "pbs", storageId: "bak", server: "pbs.lan", datastore: "d", username: "u@pbs", password },
    });
    const entry = { ...{ storage: "bak", type: "pbs", server: "pbs.lan", datastore: "d" }, username: "u@pbs" };
    assert.equal(change(pbs("one"), pbs("one"), entry), undefined);
    assert.deepEqual(change(pbs("two"), pbs("one"), entry), { password: "two" });
    assert.deepEqual(change(pbs("one"), {}, entry), { password: "one" }, "of one that is taken over it is not known");
  });

  it("that is there is another storage when its type or place differs", () => {
    const entry = { storage: "fast", type: "dir", path: "/srv/fast", content: "iso" };
    assert.deepEqual(otherPlace(dir({ content: ["images"] }), entry), []);
    assert.deepEqual(otherPlace(dir({ path: "/srv/slow" }), entry), ["path is /srv/fast"]);
    assert.deepEqual(otherPlace(nfs(), entry), ["type is dir"]);
    assert.deepEqual(otherPlace(dir({ snapshotAsVolumeChain: true }), entry), ["snapshotAsVolumeChain is not set"]);
    const lvm = { storage: "san", type: "lvm", vgname: "vg0" };
    const thick: StorageInputs = { type: "lvm", storageId: "san", volumeGroup: "vg0", snapshotAsVolumeChain: true };
    assert.deepEqual(otherPlace(thick, lvm), [], "on thick LVM that can be changed");
  });

  const refused: [string, object, RegExp][] = [
    ["an unknown type", { type: "nsf", storageId: "nas" }, /^type: write one of dir, btrfs, nfs/],
    ["no path", { type: "dir", storageId: "fast" }, /^path: is required/],
    ["a field of another type", nfs({ volumeGroup: "pve" }), /^volumeGroup: there is no such property/],
    ["a misspelt field", nfs({ sever: "x" }), /^sever: there is no such property; did you mean "server"\?/],
    [
      "content that the type cannot hold",
      { type: "lvmthin", storageId: "thin", volumeGroup: "pve", thinPool: "data", content: ["iso"] },
      /^content\[0\]: this type of storage holds images, rootdir/,
    ],
    ["none beside other contents", dir({ content: ["none", "iso"] }), /^content: none excludes/],
    ["a relative path", dir({ path: "srv" }), /^path: write an absolute path/],
    [
      "keepAll beside counts",
      nfs({ pruneBackups: { keepAll: true, keepLast: 1 } }),
      /^pruneBackups: keepAll leaves nothing/,
    ],
    ["a name of one letter", { type: "dir", storageId: "x", path: "/srv/x" }, /^storageId: write letters/],
    [
      "a key that Proxmox would generate",
      { type: "pbs", storageId: "bak", server: "a", datastore: "b", encryptionKey: "autogen" },
      /^encryptionKey: write the key as JSON; one that Proxmox generates would be lost$/,
    ],
  ];
  for (const [what, inputs, message] of refused)
    it(`is refused with ${what}`, () => {
      const problems = problemsOf(storageSchema, inputs as Record<string, unknown>, storageModel.sensitive);
      assert.match(problems.map(({ path, message: text }) => `${path}: ${text}`).join("\n"), message);
    });
});
