import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { DescribedStack, type Described } from "../support/described";
import { labWorld } from "../support/lab";
import { Publisher } from "../support/publisher";
import { counts, failed, ok } from "../support/results";

describe("cloud images and their publishers, with the real engine", function () {
  let sim: Simulator;
  let publisher: Publisher;
  let lab: DescribedStack;
  let list = "";

  /** The publisher's next release of the same name. */
  const release = (text: string): string => {
    const { digest } = publisher.image("/cloud/latest/debian.qcow2", text);
    list = publisher.text("/cloud/latest/SHA256SUMS", `${digest}  debian.qcow2\n`);
    return digest;
  };
  const url = () => `${publisher.origin}/cloud/latest/debian.qcow2`;
  const image = (args: Record<string, unknown> = {}): Described => ({
    kind: "CloudImage",
    name: "debian",
    args: { url: url(), checksum: { url: list }, node: "pve1", storage: "local", ...args },
  });
  const template: Described = {
    kind: "Template",
    name: "debian-12",
    args: { node: "pve1", imageVolumeId: "@debian.volumeId", disk: { storage: "local-lvm", sizeGiB: 4 } },
  };
  const tasks = (type: string) => (sim.world.nodes["pve1"]?.tasks ?? []).filter((task) => task.type === type);
  const transfers = () => tasks("download").filter(({ log }) => log.some((line) => line.includes("Saving to"))).length;
  const files = () =>
    Object.values(sim.world.nodes["pve1"]?.volumes ?? {})
      .flatMap((store) => Object.keys(store))
      .filter((name) => /^(import|iso)\//.test(name));
  const fileOf = (digest: string) => `import/debian-${digest.slice(0, 12)}.qcow2`;

  before(async () => {
    sim = await startSimulator({ seed: labWorld() });
    publisher = await Publisher.start(sim.world);
    release("first");
    lab = await DescribedStack.create(sim, [image(), template]);
  });
  after(async () => {
    await lab.stack.close();
    await publisher.close();
    await sim.close();
  });

  it("looks the checksum up over HTTP and downloads once; nothing happens while the publisher has nothing new", async () => {
    assert.deepEqual(counts(ok(await lab.stack.up())), { create: 4 });
    assert.ok(publisher.requests.every((path) => path === "/cloud/latest/SHA256SUMS"));
    assert.ok(publisher.requests.length > 0);
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 4 });
    assert.equal(transfers(), 1);
  });

  it("shows a new release as a replacement, and has the new file before the old one goes", async () => {
    const old = files();
    const digest = release("second");
    const preview = ok(await lab.stack.preview());
    assert.match(preview.stdout, /replace: checksum/);
    ok(await lab.stack.up());
    assert.deepEqual(files(), [fileOf(digest)]);
    assert.ok(!old.includes(fileOf(digest)));
    assert.equal(transfers(), 2);
    const upids = (sim.world.nodes["pve1"]?.tasks ?? []).filter(({ type }) =>
      /^(download|imgdel|qmcreate)$/.test(type),
    );
    const [, , downloaded, imported, removed] = [...upids]
      .sort((a, b) => a.starttime - b.starttime)
      .map(({ type }) => type);
    assert.deepEqual([downloaded, imported, removed], ["download", "qmcreate", "imgdel"]);
  });

  it("goes on with the image that is there when the publisher is out of reach", async () => {
    delete sim.world.web[list];
    const preview = ok(await lab.stack.preview());
    assert.deepEqual(counts(preview), { same: 4 });
    assert.match(
      preview.stdout + preview.stderr,
      /SHA256SUMS could not be read: answered with 404.*is taken to be the one/,
    );
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 4 });
  });

  it("leaves nothing of a download whose checksum is wrong, and the old file where it is", async () => {
    const before = files();
    lab.describe([image({ checksum: `sha256:${"0".repeat(64)}` }), template]);
    const broken = failed(await lab.stack.up());
    assert.match(broken, /checksum mismatch: got '[0-9a-f]{64}' != expect '0{64}'/);
    assert.deepEqual(files(), before);
    // Pinned to what is there: the digest itself, no list.
    const pinned = (await lab.stack.export()).resources?.find(({ type }) => type.endsWith(":CloudImage"));
    lab.describe([image({ checksum: String(pinned?.outputs?.["checksum"]) }), template]);
    assert.deepEqual(counts(ok(await lab.stack.preview())), { same: 4 });
  });

  it("takes what it downloaded away at the end", async () => {
    ok(await lab.stack.destroy());
    assert.deepEqual(files(), []);
  });
});
