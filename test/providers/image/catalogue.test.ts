import assert from "node:assert/strict";
import { architecturesOf, catalogue, catalogueNames, images } from "../../../providers/image/catalogue";

describe("the catalogue of images", () => {
  it("has the distributions that clouds run", () => {
    assert.deepEqual(catalogueNames, [
      ...["debian-12", "debian-13", "ubuntu-22.04", "ubuntu-24.04", "rocky-9", "alma-9", "fedora-44"],
      ...["opensuse-leap-16.0", "arch", "alpine-3.23"],
    ]);
  });

  it("names an image, its publisher's list beside it, and a user, for each architecture", () => {
    for (const name of catalogueNames)
      for (const architecture of architecturesOf(name)) {
        const { url, checksum, user } = catalogue(name, { architecture });
        assert.match(url, /^https:\/\/[a-z.-]+\/\S+\.(qcow2|img)$/, name);
        assert.equal(new URL(checksum.url).origin, new URL(url).origin, name);
        assert.doesNotMatch(`${url}${checksum.url}`, /[{}]/, name);
        assert.match(user, /^[a-z]+$/, name);
        assert.ok(url.includes(architecture === "arm64" ? "arm64" : "amd64") || /x86_64|aarch64/.test(url), name);
      }
  });

  it("offers what it has for amd64 as a table", () => {
    assert.deepEqual(images["ubuntu-24.04"], {
      url: "https://cloud-images.ubuntu.com/noble/current/noble-server-cloudimg-amd64.img",
      checksum: { url: "https://cloud-images.ubuntu.com/noble/current/SHA256SUMS" },
      osType: "l26",
      user: "ubuntu",
    });
  });

  it("takes a mirror for the publisher's base address", () => {
    const { url, checksum } = catalogue("rocky-9", { mirror: "http://mirror.lan/rocky/", architecture: "arm64" });
    assert.equal(url, "http://mirror.lan/rocky/9/images/aarch64/Rocky-9-GenericCloud-Base.latest.aarch64.qcow2");
    assert.equal(checksum.url, "http://mirror.lan/rocky/9/images/aarch64/CHECKSUM");
    assert.equal(
      catalogue("arch", { mirror: "https://m.example.com" }).checksum.url,
      "https://m.example.com/latest/Arch-Linux-x86_64-cloudimg.qcow2.SHA256",
    );
  });
});
