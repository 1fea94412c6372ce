import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";

interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

type Library = typeof import("../../components/golden-image");

describe("a golden image", () => {
  let registered: Registered[] = [];
  let GoldenImage: Library["GoldenImage"];
  let folder: string;

  before(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "golden-"));
    await pulumi.runtime.setMocks(
      {
        newResource: ({ type, name, inputs }) => {
          registered.push({ type, name, inputs: inputs as Record<string, unknown> });
          const outputs = { volumeId: `local:import/${name}.qcow2`, vmid: 2000 };
          return { id: name, state: { ...(inputs as object), ...outputs } };
        },
        call: () => ({}),
      },
      "project",
      "stack",
      false,
    );
    ({ GoldenImage } = require("../../components/golden-image") as Library);
  });
  after(() => fs.rmSync(folder, { recursive: true }));
  beforeEach(() => (registered = []));

  const of = (kind: string) => registered.filter(({ type }) => type.endsWith(`:${kind}`));
  const value = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => void output.apply(resolve));
  const disk = { storage: "local-lvm" };

  it("downloads its base image to the node that builds it, or takes one that is there", async () => {
    const image = { url: "https://x.example.com/debian.qcow2", checksum: "a".repeat(64), storage: "local" };
    assert.equal(await value(new GoldenImage("web", { node: "pve1", image, disk }).vmid), 2000);
    assert.deepEqual([of("CloudImage")[0]?.name, of("CloudImage")[0]?.inputs["node"]], ["web", "pve1"]);
    assert.equal(of("GoldenTemplate")[0]?.inputs["imageVolumeId"], "local:import/web.qcow2");
    assert.match(
      String(of("GoldenTemplate")[0]?.inputs["__urn"]),
      /::proxmox:index:GoldenImage\$pulumi-nodejs:dynamic\/proxmox:GoldenTemplate::web$/,
    );
    registered = [];
    await value(new GoldenImage("app", { node: "pve1", imageVolumeId: "local:import/own.qcow2", disk }).vmid);
    assert.deepEqual(of("CloudImage"), []);
    assert.equal(of("GoldenTemplate")[0]?.inputs["imageVolumeId"], "local:import/own.qcow2");
  });

  it("takes the volume id of its base image by the old name too, and not by both", async () => {
    await value(new GoldenImage("old", { node: "pve1", image: "local:import/own.qcow2", disk }).vmid);
    assert.deepEqual(of("CloudImage"), []);
    assert.equal(of("GoldenTemplate")[0]?.inputs["imageVolumeId"], "local:import/own.qcow2");
    assert.throws(
      () => new GoldenImage("both", { node: "pve1", image: "a:b", imageVolumeId: "a:b", disk }),
      /GoldenImage "both": imageVolumeId: cannot be beside image; write one of them/,
    );
  });

  it("knows files of this machine by their content, and tells when one is missing", async () => {
    const file = path.join(folder, "site.conf");
    fs.writeFileSync(file, "listen 80\n");
    const provision = [{ run: "true" }, { file: { path: "/etc/site.conf", source: file } }];
    await value(new GoldenImage("web", { node: "pve1", imageVolumeId: "local:import/x", disk, provision }).vmid);
    const steps = of("GoldenTemplate")[0]?.inputs["provision"];
    const sha256 = createHash("sha256").update("listen 80\n").digest("hex");
    assert.deepEqual(steps, [{ run: "true" }, { file: { path: "/etc/site.conf", source: file, sha256 } }]);
    const lost = [{ file: { path: "/a", source: path.join(folder, "lost") } }];
    assert.throws(
      () => new GoldenImage("bad", { node: "pve1", imageVolumeId: "local:import/x", disk, provision: lost }),
      /GoldenImage "bad": provision\[0\]: .*lost cannot be read: ENOENT/,
    );
  });

  it("seals variables and files that the program passes in clear, and leaves references to be seen", async () => {
    // How Pulumi writes a secret on its way to the engine.
    const sealed = /4dabf18193072939515e22adb298388d/;
    assert.match(await withSteps({ run: "login", environment: { TOKEN: "in clear" } }), sealed);
    assert.match(await withSteps({ file: { path: "/a", content: "text" } }), sealed);
    assert.doesNotMatch(await withSteps({ run: "b", environment: { REFERENCE: { secretRef: "NAME" } } }), sealed);
  });

  async function withSteps(
    ...provision: NonNullable<import("../../components/golden-image").GoldenImageArgs["provision"]>
  ) {
    registered = [];
    await value(new GoldenImage("web", { node: "pve1", imageVolumeId: "local:import/x", disk, provision }).vmid);
    return JSON.stringify(of("GoldenTemplate")[0]?.inputs["provision"]);
  }
});
