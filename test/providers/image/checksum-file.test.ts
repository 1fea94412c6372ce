import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { checksumsIn, findChecksum } from "../../../providers/image/checksum-file";
import { isExposed } from "../../../providers/image/resolve";

const hex = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest("hex");
const list = "https://publisher.example.com/images/SUMS";
const url = "https://publisher.example.com/images/disk-amd64.qcow2";
const [sha256, sha512, other] = [hex("sha256", "disk"), hex("sha512", "disk"), hex("sha256", "other")];

const forms: Record<string, { text: string; algorithm?: string; digest?: string }> = {
  "GNU coreutils, text mode": { text: `${other}  disk-arm64.qcow2\n${sha256}  disk-amd64.qcow2\n` },
  "GNU coreutils, binary mode": { text: `${other} *disk-arm64.qcow2\n${sha256} *disk-amd64.qcow2\n` },
  "GNU coreutils, with a folder before the name": { text: `${other}  ./a/x.raw\n${sha256}  ./disk-amd64.qcow2\n` },
  "GNU coreutils, SHA-512": { text: `${sha512}  disk-amd64.qcow2\n`, algorithm: "sha512", digest: sha512 },
  "Windows line ends and a byte order mark": { text: `\uFEFF${other}  a\r\n${sha256}  disk-amd64.qcow2\r\n` },
  "upper-case digits": { text: `${sha256.toUpperCase()}  disk-amd64.qcow2\n` },
  "BSD, with comments of sizes": {
    text: `# disk-amd64.qcow2: 645988352 bytes\nSHA256 (disk-amd64.qcow2) = ${sha256}\n# x: 1 bytes\nSHA256 (x) = ${other}\n`,
  },
  "BSD, clear-signed": {
    text:
      `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n# disk-amd64.qcow2: 1 bytes\n` +
      `SHA256 (disk-amd64.qcow2) = ${sha256}\n-----BEGIN PGP SIGNATURE-----\n\n${other}\n=abcd\n-----END PGP SIGNATURE-----\n`,
  },
  "clear-signed, with escaped dashes": {
    text: `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n- -- images --\n${sha256}  disk-amd64.qcow2\n-----BEGIN PGP SIGNATURE-----\n`,
  },
  "a lone digest": { text: `${sha256}\n` },
  "a lone digest with its file": { text: `${sha256}  disk-amd64.qcow2` },
  "several algorithms: the strongest": {
    text: `MD5 (disk-amd64.qcow2) = ${hex("md5", "disk")}\nSHA512 (disk-amd64.qcow2) = ${sha512}\nSHA1 (disk-amd64.qcow2) = ${hex("sha1", "disk")}\n`,
    ...{ algorithm: "sha512", digest: sha512 },
  },
  "an algorithm that Proxmox does not know, beside one that it does": {
    text: `BLAKE2b (disk-amd64.qcow2) = ${hex("sha512", "blake")}\nSHA256 (disk-amd64.qcow2) = ${sha256}\n`,
  },
  "the same name in two folders": {
    text: `${other}  daily/disk-amd64.qcow2\n${sha256}  images/disk-amd64.qcow2\n`,
  },
};

describe("a publisher's list of checksums", () => {
  for (const [form, { text, algorithm = "sha256", digest = sha256 }] of Object.entries(forms))
    it(form, () => assert.deepEqual(findChecksum(text, url, list), { algorithm, digest }));

  it("is looked up by the decoded name in the address, without its query", () => {
    const text = `${other}  a b.raw\n${sha256}  disk+1.raw\n`;
    assert.equal(findChecksum(text, "https://x.example.com/p/a%20b.raw?token=1#top", list).digest, other);
    assert.equal(findChecksum(text, "https://x.example.com/disk%2B1.raw", list).digest, sha256);
  });

  it("that lacks the file names it, the list and the nearest names", () => {
    const text = ["disk-arm64.qcow2", "disk-amd64.raw", "zzz.iso", "netboot.tar.gz"]
      .map((name) => `${hex("sha256", name)}  ${name}\n`)
      .join("");
    assert.throws(() => findChecksum(text, url, list), {
      message: `${list} has no checksum of disk-amd64.qcow2; the nearest of its 4 names: disk-arm64.qcow2, disk-amd64.raw, zzz.iso`,
    });
  });

  it("that is something else holds no checksum", () => {
    const page = "<html><body>Not here</body></html>\ndeadbeef  short\n";
    assert.deepEqual(checksumsIn(page), []);
    assert.throws(() => findChecksum(page, url, list), /has no checksum of .*; there is none in it at all$/);
  });

  it("with several lone digests tells nothing about which file they are of", () => {
    assert.throws(() => findChecksum(`${sha256}\n${other}\n`, url, list), /has no checksum of/);
  });

  it("can be changed on the way when it comes over http from another machine", () => {
    assert.ok(isExposed("http://mirror.example.com/SHA256SUMS"));
    assert.ok(isExposed("http://127.0.0.1.example.com/SHA256SUMS"));
    for (const url of [
      "https://mirror.example.com/S",
      "http://127.0.0.1:8080/S",
      "http://localhost/S",
      "http://[::1]/S",
    ])
      assert.ok(!isExposed(url), url);
  });
});
