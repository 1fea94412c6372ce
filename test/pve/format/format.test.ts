import assert from "node:assert/strict";
import fc from "fast-check";
import {
  decodeSshKeys,
  encodeSshKeys,
  isUpid,
  parsePropertyString,
  parseSize,
  parseUpid,
  parseVolumeId,
  printPropertyString,
  printSize,
  printVolumeId,
} from "../../../pve";

describe("property strings", () => {
  it("are read with and without a default key", () => {
    assert.deepEqual(parsePropertyString("local:100/vm-100-disk-0.qcow2,size=32G,discard=on", "file"), {
      file: "local:100/vm-100-disk-0.qcow2",
      size: "32G",
      discard: "on",
    });
    assert.deepEqual(parsePropertyString("virtio=BC:24:11:00:00:01,bridge=vmbr0"), {
      virtio: "BC:24:11:00:00:01",
      bridge: "vmbr0",
    });
    assert.deepEqual(parsePropertyString("order=scsi0;net0"), { order: "scsi0;net0" });
    assert.deepEqual(parsePropertyString(""), {});
    assert.throws(() => parsePropertyString("abc"), /no default key/);
    assert.throws(() => parsePropertyString("a=1,a=2"), /given twice/);
  });

  it("are printed with the default key first and bare, booleans as 1 and 0, nothing for undefined", () => {
    assert.equal(
      printPropertyString({ ssd: true, iothread: false, cache: undefined, file: "local:32", size: 5 }, "file"),
      "local:32,ssd=1,iothread=0,size=5",
    );
    assert.throws(() => printPropertyString({ a: "x,y" }), /comma/);
  });

  it("survive printing and reading", () => {
    const key = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/).filter((name) => !Object.hasOwn(Object.prototype, name));
    const value = fc.stringMatching(/^[A-Za-z0-9:/._;=-]{1,12}$/);
    fc.assert(
      fc.property(
        fc.dictionary(key, value, { noNullPrototype: true }),
        fc.option(key, { nil: undefined }),
        (properties, defaultKey) => {
          assert.deepEqual(parsePropertyString(printPropertyString(properties, defaultKey), defaultKey), properties);
        },
      ),
    );
  });
});

describe("sizes", () => {
  it("are read and printed as Proxmox does", () => {
    assert.deepEqual(["32G", "3584M", "1.5T", "512 MiB", "1024", "4k", "1GB"].map(parseSize), [
      32 * 2 ** 30,
      3584 * 2 ** 20,
      1.5 * 2 ** 40,
      2 ** 29,
      1024,
      4096,
      2 ** 30,
    ]);
    assert.deepEqual(["", "G", "-1G", "1X", "+5G"].map(parseSize), Array(5).fill(undefined));
    assert.deepEqual([34359738368, 3584 * 2 ** 20, 1025, 0, 2 ** 50].map(printSize), [
      "32G",
      "3584M",
      "1025",
      "0",
      "1024T",
    ]);
    assert.throws(() => printSize(1.5), RangeError);
  });

  it("survive printing and reading", () => {
    fc.assert(fc.property(fc.maxSafeNat(), (bytes) => assert.equal(parseSize(printSize(bytes)), bytes)));
  });
});

describe("SSH keys", () => {
  it("are encoded for Proxmox: %20 for blanks, %0A between keys", () => {
    assert.equal(
      encodeSshKeys(["ssh-ed25519 AAA+/= me@host\n", "", " ssh-rsa B "]),
      "ssh-ed25519%20AAA%2B%2F%3D%20me%40host%0Assh-rsa%20B",
    );
  });

  it("survive encoding and decoding", () => {
    const key = fc
      .string({ minLength: 1 })
      .map((text) => text.replace(/\s+/g, " ").trim())
      .filter((text) => text !== "");
    fc.assert(
      fc.property(fc.array(key), (keys) => {
        const encoded = encodeSshKeys(keys);
        assert.match(encoded, /^[A-Za-z0-9_.~%-]*$/);
        assert.deepEqual(decodeSshKeys(encoded), keys);
      }),
    );
  });
});

describe("task ids", () => {
  it("are taken apart", () => {
    const text = "UPID:pve1:0003C5D2:0123ABCDE:6955B900:qmcreate:100:root@pam!ci:";
    assert.deepEqual(parseUpid(text), {
      upid: text,
      node: "pve1",
      pid: 0x3c5d2,
      pstart: 0x123abcde,
      startTime: 0x6955b900,
      type: "qmcreate",
      id: "100",
      user: "root@pam!ci",
    });
    assert.equal(parseUpid("UPID:pve:00001000:00ABCDEF:6955B900:imgcopy::root@pam:")?.id, "");
    for (const bad of ["", "OK", "UPID:pve:1:2:3:x::u:", text.slice(0, -1), ` ${text}`])
      assert.equal(isUpid(bad), false);
    assert.equal(isUpid(null), false);
  });
});

describe("volume ids", () => {
  it("are storage and volume", () => {
    const text = "local:150/base-150-disk-0.qcow2/210/vm-210-disk-0.qcow2";
    assert.deepEqual(parseVolumeId(text), {
      storage: "local",
      volume: "150/base-150-disk-0.qcow2/210/vm-210-disk-0.qcow2",
    });
    assert.equal(printVolumeId(parseVolumeId(text)!), text);
    for (const bad of ["none", "/dev/sda", "x:", ":x", "a:y"]) assert.equal(parseVolumeId(bad), undefined);
  });
});
