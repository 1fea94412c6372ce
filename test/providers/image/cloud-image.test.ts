import assert from "node:assert/strict";
import {
  cloudImageModel,
  cloudImageSchema,
  fileNameFor,
  volumeIdFor,
} from "../../../providers/image/cloud-image.model";
import { problemsOf } from "../../../providers/kernel/state/problems";
import { parseChecksum } from "../../../providers/image/checksum";

const sha256 = "1a2b3c4d5e6f".padEnd(64, "0");

describe("a cloud image's file name", () => {
  const name = (url: string) => fileNameFor({ url, checksum: `sha256:${sha256}`, fileName: undefined });
  it("carries the first 12 digits of the checksum", () => {
    assert.equal(name("https://x/debian-12-generic-amd64.qcow2"), "debian-12-generic-amd64-1a2b3c4d5e6f.qcow2");
  });
  it("ends as Proxmox wants it: .img becomes .qcow2", () => {
    assert.equal(
      name("https://x/noble-server-cloudimg-amd64.img?a=b"),
      "noble-server-cloudimg-amd64-1a2b3c4d5e6f.qcow2",
    );
    assert.equal(name("https://x/disk.raw"), "disk-1a2b3c4d5e6f.raw");
    assert.equal(name("https://x/"), "image-1a2b3c4d5e6f.qcow2");
  });
  it("carries the address's digits when there is no checksum", () => {
    const of = (url: string) => fileNameFor({ url });
    assert.match(of("https://x/y.qcow2"), /^y-[0-9a-f]{12}\.qcow2$/);
    assert.notEqual(of("https://x/y.qcow2"), of("https://z/y.qcow2"));
  });
  it("ends in .img when Proxmox unpacks it, as a file of content iso must", () => {
    const packed = (url: string) => fileNameFor({ url, checksum: sha256, compression: "zst" });
    assert.equal(packed("https://x/talos-nocloud-amd64.raw.zst"), "talos-nocloud-amd64-1a2b3c4d5e6f.img");
    assert.equal(packed("https://x/disk.img.gz"), "disk-1a2b3c4d5e6f.img");
    assert.equal(
      volumeIdFor({ url: "https://x/disk.raw.bz2", compression: "bz2", checksum: sha256, node: "a", storage: "s" }),
      "s:iso/disk-1a2b3c4d5e6f.img",
    );
  });
  it("is the user's own where given", () => {
    assert.equal(fileNameFor({ url: "https://x/y.img", checksum: sha256, fileName: "mine.qcow2" }), "mine.qcow2");
  });
});

describe("a checksum", () => {
  it("is named, or told by its length", () => {
    assert.deepEqual(parseChecksum(`SHA256:${sha256.toUpperCase()}`), { algorithm: "sha256", digest: sha256 });
    assert.equal(parseChecksum("a".repeat(128))?.algorithm, "sha512");
  });
  it("is refused when name and length disagree, or it is none", () => {
    assert.equal(parseChecksum(`sha512:${sha256}`), undefined);
    assert.equal(parseChecksum("sha256:xyz"), undefined);
    const problem = cloudImageSchema.safeParse({ url: "https://x/y", checksum: "nope", node: "a", storage: "local" });
    assert.match(problem.error?.issues[0]?.message ?? "", /write "sha256:" and the 64/);
  });
});

describe("a cloud image's inputs", () => {
  const place = { node: "pve1", storage: "local" };
  const filled = (args: Record<string, unknown>) => cloudImageModel.defaults?.({ ...place, ...args }, "") ?? {};
  const problems = (args: Record<string, unknown>): string[] =>
    problemsOf(cloudImageSchema, filled(args)).map(({ path, message }) => `${path}: ${message}`);

  it("are filled in from the catalogue, a checksum of the user's own excepted", () => {
    assert.deepEqual(filled({ image: "debian-12" }), {
      ...{ ...place, image: "debian-12" },
      url: "https://cloud.debian.org/images/cloud/bookworm/latest/debian-12-genericcloud-amd64.qcow2",
      checksum: { url: "https://cloud.debian.org/images/cloud/bookworm/latest/SHA512SUMS" },
    });
    assert.equal(filled({ image: "debian-12", checksum: sha256 })["checksum"], sha256);
    assert.equal(
      filled({ image: "debian-12", architecture: "arm64", mirror: "https://m.lan/d/" })["url"],
      "https://m.lan/d/bookworm/latest/debian-12-genericcloud-arm64.qcow2",
    );
    assert.deepEqual(problems({ image: "ubuntu-24.04", architecture: "arm64" }), []);
  });

  it("tell by the address how an image is packed", () => {
    for (const [ending, packing] of Object.entries({ gz: "gz", bz2: "bz2", zst: "zst", lzo: "lzo", qcow2: undefined }))
      assert.equal(filled({ url: `https://x/disk.raw.${ending}?v=1.gz` })["compression"], packing);
  });

  const url = "https://x.example.com/disk.qcow2";
  const refused: [string, Record<string, unknown>, RegExp][] = [
    ["neither an image nor an address", {}, /^url: is required: write the address of a disk image, or a well-known/],
    [
      "an unknown image",
      { image: "debain-12", url },
      /^image: is not in the catalogue; did you mean "debian-12"\?; it has/,
    ],
    [
      "an image beside another address",
      { image: "debian-12", url },
      /^url: write either a well-known image or an addr/,
    ],
    [
      "an architecture that is not published",
      { image: "arch", architecture: "arm64" },
      /^architecture: arch is there for amd64 only/,
    ],
    ["a mirror of no image", { url, mirror: "https://m.lan" }, /^mirror: belongs to a well-known image/],
    ["an archive", { url: "https://x.example.com/disk.tar.gz" }, /^url: an archive is no disk image/],
    [
      "a name of one's own for what is unpacked",
      { url: `${url}.gz`, checksum: sha256, fileName: "x.raw" },
      /^fileName: leave it out/,
    ],
    ["a name of one's own without a checksum", { url, fileName: "x.qcow2" }, /^fileName: needs a checksum/],
    [
      "a list of checksums that is no address",
      { url, checksum: { url: "SHA256SUMS" } },
      /^checksum\.url: write an http or https address/,
    ],
  ];
  for (const [what, args, message] of refused)
    it(`are refused: ${what}`, () => {
      const [first = ""] = problems(args);
      assert.match(first, message);
      assert.equal(problems(args).length, 1, problems(args).join("\n"));
    });

  it("keep a name of one's own only for the same content", () => {
    const was = { ...place, url, checksum: sha256, fileName: "x.qcow2" };
    const changed = { ...was, checksum: "f".repeat(64) };
    assert.match(cloudImageModel.transition?.(changed, was)[0]?.message ?? "", /x\.qcow2 is the old image's name/);
    assert.deepEqual(cloudImageModel.transition?.({ ...changed, fileName: "y.qcow2" }, was), []);
    assert.deepEqual(cloudImageModel.transition?.({ ...was, checksum: `sha256:${sha256}` }, was), []);
  });
});
