import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { seedWorld } from "../../../simulator/seeds/index.js";
import { downloadTarget, runDownload, runUpload, uploadTarget } from "../../../simulator/storage/transfer.js";
import type { ContentType } from "../../../simulator/storage/types.js";
import { sizeInfo } from "../../../simulator/storage/volumes.js";
import { askWeb, urlMetadata } from "../../../simulator/storage/wget.js";
import type { World } from "../../../simulator/world/world.js";

const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");

describe("files that come to a storage", () => {
  let world: World;
  let log: string[];
  const base = "http://127.0.0.1:8100";

  beforeEach(() => {
    world = seedWorld("conformance");
    log = [];
  });

  const download = (content: ContentType, filename: string, url: string, more: object = {}) => {
    const target = downloadTarget(world, "pve", "local", content, filename);
    runDownload(world, "pve", target, { url, verify: true, pid: 7, now: 1795255000, ...more }, (line) =>
      log.push(line),
    );
  };
  const upload = (content: ContentType, name: string, bytes: Buffer, more: object = {}) => {
    const target = uploadTarget(world, "pve", "local", content, name);
    const file = { bytes, temporary: "/var/tmp/pveupload-1", now: 1795255000, ...more };
    runUpload(world, "pve", target, file, (line) => log.push(line));
  };

  it("get the last segment of their name with odd characters replaced", () => {
    assert.equal(uploadTarget(world, "pve", "local", "iso", "../../a b.iso").path, "/var/lib/vz/template/iso/a_b.iso");
  });

  it("must have an extension of their content", () => {
    const refused = (content: ContentType, name: string) => () => uploadTarget(world, "pve", "local", content, name);
    assert.throws(refused("iso", "x.txt"), { errors: { filename: "wrong file extension" } });
    assert.throws(refused("vztmpl", "x.zip"), { errors: { filename: "wrong file extension" } });
    assert.throws(refused("import", "x.img"), { errors: { filename: "invalid filename or wrong extension" } });
  });

  it("must go to a storage that holds their content", () => {
    assert.throws(() => downloadTarget(world, "pve", "second", "iso", "x.iso"), {
      message: "storage 'second' is not configured for content-type 'iso'\n",
    });
  });

  it("are compared with their checksum", () => {
    download("iso", "x.iso", `${base}/x.iso`, {
      checksum: { algorithm: "sha256", expected: sha256("a".repeat(100_000)) },
    });
    assert.ok(log.includes("calculating checksum...OK, checksum verified"));
    assert.throws(
      () => download("iso", "y.iso", `${base}/x.iso`, { checksum: { algorithm: "sha256", expected: "00" } }),
      /checksum mismatch: got '6d1cf22d7cc0[0-9a-f]+' != expect '00'\n$/,
    );
    assert.equal(sizeInfo(world, "pve", "local:iso/y.iso"), undefined);
  });

  it("are not downloaded over another file, and not again when they are right", () => {
    download("iso", "x.iso", `${base}/x.iso`);
    assert.throws(() => download("iso", "x.iso", `${base}/x.iso`), /refusing to override existing file/);
    log = [];
    download("iso", "x.iso", `${base}/x.iso`, {
      checksum: { algorithm: "sha256", expected: sha256("a".repeat(100_000)) },
    });
    assert.deepEqual(log.slice(1), [
      "calculating checksum of existing file...OK, got correct file already, no need to download",
    ]);
    assert.throws(
      () => download("iso", "x.iso", `${base}/x.iso`, { checksum: { algorithm: "sha256", expected: "00" } }),
      /, aborting\n$/,
    );
  });

  it("replace one of their name when uploaded", () => {
    upload("iso", "x.iso", Buffer.from("one"));
    upload("iso", "x.iso", Buffer.alloc(700));
    assert.deepEqual(sizeInfo(world, "pve", "local:iso/x.iso"), {
      size: 1024,
      format: "raw",
      used: 4096,
      parent: undefined,
    });
  });

  it("are looked into when they are to be imported", () => {
    assert.throws(
      () => upload("import", "x.qcow2", Buffer.from("x")),
      /qemu-img: Could not open '\/var\/tmp\/pveupload-1': Image is not in qcow2 format/,
    );
    assert.throws(() => upload("import", "x.vmdk", Buffer.from("x")), /invalid VMDK image descriptor/);
    assert.throws(() => upload("import", "x.ova", Buffer.from("x")), /tar -t -f .* failed: exit code 2/);
    const image = Buffer.alloc(4096);
    image.write("QFI\xfb", "latin1");
    image.writeBigUInt64BE(5n * 2n ** 30n, 24);
    upload("import", "x.qcow2", image);
    assert.equal(sizeInfo(world, "pve", "local:import/x.qcow2")?.size, 5 * 2 ** 30);
  });

  it("are unpacked for ISO images only, after the checksum of what was fetched", () => {
    download("iso", "x.iso", `${base}/x.iso.gz`, { compression: "gz" });
    assert.equal(sizeInfo(world, "pve", "local:iso/x.iso")?.size, 100_352);
    assert.throws(() => download("iso", "y.iso", `${base}/x.iso`, { compression: "gz" }), /zcat .* exit code 1/);
    assert.throws(() => download("import", "y.raw", `${base}/x.iso.gz`, { compression: "gz" }), {
      message: "decompression not supported for import\n",
    });
    assert.throws(() => download("iso", "y.iso", `${base}/x.iso.gz`, { compression: "xz" }), {
      message: "no decompression method found\n",
    });
  });

  it("fail to come as wget says when the server is missing", () => {
    const failures: [string, string][] = [
      [`${base}/nosuch.iso`, "download failed: exit code 8"],
      ["http://127.0.0.1:1/x.iso", "download failed: Connecting to 127.0.0.1:1... failed: Connection refused."],
      ["http://10.9.9.9/x.iso", "download failed: Connecting to 10.9.9.9:80... failed: No route to host."],
      ["http://nosuch.invalid/x.iso", "download failed: wget: unable to resolve host address 'nosuch.invalid'"],
    ];
    for (const [url, text] of failures) {
      assert.throws(() => download("iso", "z.iso", url), { message: `${text}\n` });
    }
  });

  it("come from an untrusted server only when its certificate is not to be verified", () => {
    const url = "https://127.0.0.1:8006/";
    assert.equal(askWeb(world.web, url, true).kind, "untrusted");
    download("iso", "v.iso", url, { verify: false });
    assert.ok(log.includes("WARNING: The certificate of '127.0.0.1' is not trusted."));
  });

  it("are described beforehand", () => {
    assert.deepEqual(urlMetadata(world.web, `${base}/x.iso`, true), {
      filename: "x.iso",
      size: 100_000,
      mimetype: "application/x-iso9660-image",
    });
    assert.throws(() => urlMetadata(world.web, `${base}/nosuch`, true), {
      message: "invalid server response: '404 File not found'\n",
    });
  });
});
