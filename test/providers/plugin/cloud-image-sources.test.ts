import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { eventually } from "../../support/eventually";
import { providerText } from "../../../providers/kernel/program/text";
import { Lab, labWorld } from "../../support/lab";
import { startPlugin, type Properties } from "../../support/plugin";
import { Publisher } from "../../support/publisher";

describe("where a cloud image comes from, through Pulumi's plugin", function () {
  let lab: Lab;
  let publisher: Publisher;
  const place = { node: "foxtrot", storage: "local" };

  beforeEach(async () => {
    const world = labWorld("matrix");
    // A storage that both nodes see.
    world.storageServers = { nfs: { "nas:/images": 2 ** 40 } };
    for (const cluster of Object.values(world.clusters))
      cluster.storages["nas"] = {
        type: "nfs",
        path: "/mnt/pve/nas",
        server: "nas",
        export: "/images",
        content: "import,iso",
      };
    publisher = await Publisher.start(world);
    lab = await Lab.start({ seed: world });
  });
  afterEach(async () => {
    await lab.close();
    await publisher.close();
  });

  const downloads = () =>
    lab.sim.requests.filter(({ path, method }) => method === "POST" && path.endsWith("/download-url")).length;
  const check = (args: Properties, olds: Properties = {}) =>
    lab.plugin.check("CloudImage", olds, lab.inputs("CloudImage", "debian", args));
  /** What the engine is told comes on a connection of its own. */
  async function warned(pattern: RegExp): Promise<void> {
    const all = () => lab.plugin.engine.messages.map(({ message }) => message).join("\n");
    await eventually(String(pattern), () => pattern.test(all()));
  }
  const imageWithList = (text = "debian") => {
    const image = publisher.image("/debian.qcow2", text);
    return { ...image, list: publisher.text("/SHA256SUMS", `${image.digest}  debian.qcow2\n`) };
  };

  it("its checksum is looked up in the publisher's list, read once for all images", async () => {
    const { url, digest, list } = imageWithList();
    const made = await lab.create("CloudImage", "debian", { url, checksum: { url: list }, ...place });
    assert.equal(made.properties["checksum"], `sha256:${digest}`);
    assert.equal(made.id, `local:import/debian-${digest.slice(0, 12)}.qcow2`);
    const { inputs } = await check({ url, checksum: { url: list }, ...place }, made.inputs);
    assert.equal((await lab.plugin.diff("CloudImage", made.id, made.properties, inputs)).changes, "none");
    assert.deepEqual(publisher.requests, ["/SHA256SUMS"]);
  });

  it("a list without it is an error that names the file, the list and its nearest names", async () => {
    const { url } = imageWithList();
    const list = publisher.text("/OTHER", `${"0".repeat(64)}  debain.qcow2\n`);
    const { failures } = await check({ url, checksum: { url: list }, ...place });
    assert.deepEqual(
      failures.map(({ reason }) => reason),
      [`checksum: ${list} has no checksum of debian.qcow2; the nearest of its 1 names: debain.qcow2`],
    );
  });

  it("a publisher out of reach: what is there stays, what is new is an error, and a warning in a preview", async () => {
    const { url, digest } = imageWithList();
    const args = { url, checksum: { url: `${publisher.origin}/nowhere` }, ...place };
    const { failures } = await check(args);
    assert.match(
      failures[0]?.reason ?? "",
      /^checksum\.url: .*\/nowhere could not be read: answered with 404.*; make it/,
    );
    const preview = await check({ ...args, __preview: true });
    assert.deepEqual([preview.failures, preview.inputs["__problems"]], [[], undefined]);
    const was = { ...args, checksum: `sha256:${digest}` };
    const kept = await check(args, was);
    assert.deepEqual(kept.failures, []);
    assert.equal(kept.inputs["checksum"], `sha256:${digest}`);
    await warned(/nowhere could not be read.*; the image is taken to be the one that is there/);
    const moved = await check({ ...args, url: `${url}?v=2` }, was);
    assert.equal(moved.failures.length, 1, "another image cannot be the one that is there");
  });

  it("a well-known one comes from a mirror under the publisher's own paths", async () => {
    const { digest } = publisher.image("/d/bookworm/latest/debian-12-genericcloud-amd64.qcow2", "bookworm");
    publisher.text("/d/bookworm/latest/SHA512SUMS", `${digest}  debian-12-genericcloud-amd64.qcow2\n`);
    const made = await lab.create("CloudImage", "debian", {
      ...{ image: "debian-12", mirror: `${publisher.origin}/d` },
      ...place,
    });
    assert.equal(made.id, `local:import/debian-12-genericcloud-amd64-${digest.slice(0, 12)}.qcow2`);
  });

  it("without a checksum it is taken on trust, with a warning, and found again", async () => {
    const { url } = imageWithList();
    const made = await lab.create("CloudImage", "debian", { url, ...place });
    const digits = createHash("sha256").update(url).digest("hex").slice(0, 12);
    assert.equal(made.id, `local:import/debian-${digits}.qcow2`);
    await warned(/no checksum: nothing tells whether the image is what its publisher made/);
    await lab.create("CloudImage", "again", { url, ...place });
    assert.equal(downloads(), 1);
  });

  for (const compression of ["gz", "bz2", "zst", "lzo"] as const)
    it(`packed with ${compression}, the node unpacks it after comparing the packed file, once`, async () => {
      const unpacked = { content: Buffer.from("raw disk").toString("base64"), virtualSize: 2 ** 30 };
      const { url, digest } = publisher.image(`/disk.raw.${compression}`, "packed", { compression, unpacked });
      const args = { url, checksum: digest, ...place };
      const made = await lab.create("CloudImage", "disk", args);
      assert.equal(made.id, `local:iso/disk-${digest.slice(0, 12)}.img`);
      assert.equal(made.properties["sizeBytes"], "raw disk".length);
      await lab.create("CloudImage", "again", args);
      assert.equal(downloads(), 1);
      await warned(/lets only root@pam, logged in by password, import from there/);
      await lab.plugin.delete("CloudImage", made.id, made.properties);
    });

  it("one that does not fit is refused before anything is done", async () => {
    const { url, digest } = publisher.image("/large.qcow2", "large", { size: 2 ** 50 });
    assert.match(
      (await lab.problems("CloudImage", { url, checksum: digest, ...place }))[0] ?? "",
      /^storage: local on foxtrot has [\d.]+ GiB free, and the image takes 1048576\.0 GiB; make room/,
    );
    assert.equal(downloads(), 0);
  });

  it("one whose size its server does not tell is warned of", async () => {
    const url = "https://unknown.example.com/x.qcow2";
    assert.deepEqual(await lab.problems("CloudImage", { url, checksum: "0".repeat(64), ...place }), []);
    await warned(/the size of https:\/\/unknown\.example\.com\/x\.qcow2 is not known/);
  });

  it("on a storage that all nodes share it is downloaded once, whoever names it", async () => {
    const { url, digest } = imageWithList();
    const args = (node: string) => ({ url, checksum: digest, storage: "nas", node });
    const [one, two] = await Promise.all([
      lab.create("CloudImage", "one", args("foxtrot")),
      lab.create("CloudImage", "two", args("golf")),
    ]);
    assert.equal(one.id, two.id);
    const transfers = Object.values(lab.sim.world.nodes)
      .flatMap(({ tasks }) => tasks)
      .filter(({ type, log }) => type === "download" && log.some((line) => line.includes("Saving to")));
    assert.equal(transfers.length, 1);
  });

  it("there, another node is another way to the same file: nothing is replaced", async () => {
    const { url, digest } = imageWithList();
    const made = await lab.create("CloudImage", "one", { url, checksum: digest, storage: "nas", node: "foxtrot" });
    const { inputs } = await check({ url, checksum: digest, storage: "nas", node: "golf" }, made.inputs);
    const diff = await lab.plugin.diff("CloudImage", made.id, made.properties, inputs);
    assert.deepEqual([diff.changes, diff.replaces], ["some", []]);
    const { properties: updated } = await lab.plugin.update("CloudImage", made.id, made.properties, inputs);
    assert.equal(updated["node"], "golf");
    await lab.plugin.delete("CloudImage", made.id, updated);
    assert.equal((await lab.plugin.read("CloudImage", made.id, updated)).id, "");
  });

  it("is not taken away from a resource that was made of the same file in the same run", async () => {
    const { url, digest } = imageWithList();
    const args = { url, checksum: digest, ...place };
    const old = await lab.create("CloudImage", "old-name", args);
    const renamed = await lab.create("CloudImage", "new-name", args);
    await lab.plugin.delete("CloudImage", old.id, old.properties);
    assert.equal((await lab.plugin.read("CloudImage", renamed.id, renamed.properties)).id, renamed.id);
  });

  it("unpacked by the node, it becomes a guest's disk for root@pam by password, and for nobody else", async () => {
    const unpacked = { content: Buffer.from("raw disk").toString("base64"), virtualSize: 2 ** 30 };
    const { url, digest } = publisher.image("/disk.raw.gz", "packed", { compression: "gz", unpacked });
    const image = await lab.create("CloudImage", "disk", { url, checksum: digest, ...place });
    const guest = {
      ...{ node: "foxtrot", name: "appliance", started: false, source: { imageVolumeId: image.id } },
      disks: [{ storage: "local-lvm", sizeGiB: 2 }],
    };
    await assert.rejects(
      lab.create("Vm", "appliance", guest),
      /lets only root@pam, logged in by password, import from there \(this is root@pam!simulator\)/,
    );
    const { username, password, nodes } = lab.sim;
    const byPassword = await startPlugin({ text: providerText });
    try {
      await byPassword.configure({
        "proxmox:endpoints": nodes.map(({ url: at }) => at),
        "proxmox:fingerprints": nodes.map(({ fingerprint }) => fingerprint),
        "proxmox:username": username,
        "proxmox:password": password,
      });
      const { inputs, failures } = await byPassword.check("Vm", {}, lab.inputs("Vm", "appliance", guest));
      assert.deepEqual(failures, []);
      const made = await byPassword.create("Vm", inputs);
      const { config } = Object.values(lab.sim.world.clusters)[0]?.guests[made.id] ?? {};
      assert.match(config?.["scsi0"] ?? "", /^local-lvm:vm-\d+-disk-0,.*size=2G/);
    } finally {
      await byPassword.close();
    }
  });
});
