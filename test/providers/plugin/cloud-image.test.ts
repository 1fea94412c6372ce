import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { providerText } from "../../../providers/kernel/program/text";
import { startSimulator } from "../../../simulator";
import { newAuthority, newNodeCertificate } from "../../../simulator/certificates";
import { image, Lab, labWorld, pluginConfig } from "../../support/lab";
import { startPlugin } from "../../support/plugin";
import { Publisher } from "../../support/publisher";

const args = { url: image.url, checksum: image.checksum, node: "pve1", storage: "local" };
const digits = image.checksum.slice("sha256:".length, "sha256:".length + 12);
const volumeId = `local:import/debian-12-genericcloud-amd64-${digits}.qcow2`;

describe("a cloud image, through Pulumi's plugin", function () {
  let lab: Lab;
  before(async () => {
    lab = await Lab.start();
  });
  after(() => lab.close());

  const files = async (): Promise<string[]> =>
    lab.sim.requests
      .filter(({ path, method }) => method === "POST" && path.endsWith("/download-url"))
      .map(({ path }) => path);

  it("is downloaded by the node, verified, and found again", async () => {
    const made = await lab.create("CloudImage", "debian", args);
    assert.equal(made.id, volumeId);
    assert.equal(made.properties["volumeId"], volumeId);
    assert.ok(Number(made.properties["sizeBytes"]) > 0);
    assert.equal((await lab.plugin.diff("CloudImage", made.id, made.properties, made.inputs)).changes, "none");
    const read = await lab.plugin.read("CloudImage", made.id, made.properties);
    assert.equal(read.id, volumeId);
    assert.deepEqual(read.inputs?.["url"], image.url);
    assert.equal((await files()).length, 1);
    await lab.plugin.delete("CloudImage", made.id, made.properties);
    assert.equal((await lab.plugin.read("CloudImage", made.id, made.properties)).id, "");
  });

  it("is only looked at by get, by its volume id and, where several nodes have one of that, its node", async () => {
    const cluster = await Lab.start({ seed: labWorld("matrix") });
    try {
      const id = "local:import/found.qcow2";
      const get = async (asked: string) =>
        (await cluster.plugin.read("CloudImage", asked, cluster.inputs("CloudImage", "seen", {}))).properties;
      const store = (node: string) => {
        const { volumes } = cluster.sim.world.nodes[node] ?? {};
        assert.ok(volumes);
        return (volumes["/var/lib/vz"] ??= {});
      };
      const file = { format: "qcow2", size: 2 ** 30, bytes: 2 ** 20, ctime: 0, data: 0 };
      store("golf")["import/found.qcow2"] = file;
      const { volumeId: found, node, storage, sizeBytes } = await get(id);
      assert.deepEqual([found, node, storage, sizeBytes], [id, "golf", "local", 2 ** 20]);
      store("hotel")["import/found.qcow2"] = file;
      await assert.rejects(get(id), /is on golf and hotel; write the node too/);
      assert.equal((await get(`hotel ${id}`))["node"], "hotel");
      await assert.rejects(get(`foxtrot ${id}`), /there is no local:import\/found.qcow2 on foxtrot/);
      await assert.rejects(get("local:import/none.qcow2"), /there is no local:import\/none.qcow2/);
      await assert.rejects(get("nowhere:import/none.qcow2"), /there is no storage nowhere/);
      await assert.rejects(get("found.qcow2"), /"found.qcow2" is no volume id/);
    } finally {
      await cluster.close();
    }
  });

  it("is gone without complaint when the file was removed already", async () => {
    const made = await lab.create("CloudImage", "debian", args);
    await lab.plugin.delete("CloudImage", made.id, made.properties);
    await lab.plugin.delete("CloudImage", made.id, made.properties);
  });

  it("stays when another file has its name by then", async () => {
    const made = await lab.create("CloudImage", "debian", args);
    const store = lab.sim.world.nodes["pve1"]?.volumes["/var/lib/vz"] ?? {};
    const file = store[volumeId.replace("local:", "")];
    assert.ok(file);
    const { size, bytes } = file;
    Object.assign(file, { size: size + 1024, bytes: bytes + 1024 });
    await lab.plugin.delete("CloudImage", made.id, made.properties);
    assert.ok(store[volumeId.replace("local:", "")]);
    assert.match(lab.plugin.engine.messages.at(-1)?.message ?? "", /stays: it has \d+ bytes instead of \d+/);
    Object.assign(file, { size, bytes });
    await lab.plugin.delete("CloudImage", made.id, made.properties);
    assert.equal(store[volumeId.replace("local:", "")], undefined);
  });

  it("fails with a wrong checksum and leaves nothing", async () => {
    const wrong = { ...args, checksum: `sha256:${"0".repeat(64)}` };
    await assert.rejects(lab.create("CloudImage", "debian", wrong), /checksum mismatch/);
    const other = `local:import/debian-12-genericcloud-amd64-${"0".repeat(12)}.qcow2`;
    const gone = { volumeId: other, node: "pve1", storage: "local", __inputs: [] };
    assert.equal((await lab.plugin.read("CloudImage", other, gone)).id, "");
  });

  it("is replaced by a new checksum, never by a new address of the same content", async () => {
    const made = await lab.create("CloudImage", "debian", args);
    const moved = { ...made.inputs, url: `${image.url}?mirror` };
    assert.equal((await lab.plugin.diff("CloudImage", made.id, made.properties, moved)).changes, "none");
    const changed = { ...made.inputs, checksum: `sha256:${"1".repeat(64)}` };
    assert.deepEqual((await lab.plugin.diff("CloudImage", made.id, made.properties, changed)).replaces, ["checksum"]);
    await lab.plugin.delete("CloudImage", made.id, made.properties);
  });

  it("is refused while nothing has been done: node, storage, checksum, address", async () => {
    assert.deepEqual(
      await lab.problems("CloudImage", { url: "ftp://x/y", checksum: "abc", node: "pve1", storage: "local" }),
      [
        'url: write an http or https address of a disk image (got "ftp://x/y")',
        'checksum: write "sha256:" and the 64 hexadecimal digits of the publisher\'s SHA256SUMS, or { url: "https://…/SHA256SUMS" } (got "abc")',
      ],
    );
    assert.deepEqual(await lab.problems("CloudImage", { ...args, node: "pve9" }), [
      'node: there is no node "pve9"; did you mean "pve1"?; the cluster has pve1',
    ]);
    assert.match(
      (await lab.problems("CloudImage", { ...args, storage: "local-lvm" }))[0] ?? "",
      /^storage: storage local-lvm \(lvmthin\) does not allow content import; these do: local$/,
    );
  });
});

describe("a publisher's list over https, through Pulumi's plugin", function () {
  it("is read when its certificate is trusted, and is out of reach when it is not", async () => {
    const sim = await startSimulator({ seed: labWorld() });
    const authority = newAuthority("mirror");
    const certificate = newNodeCertificate(
      authority,
      { name: "mirror", domain: "lan", address: "127.0.0.1", cluster: "mirror" },
      1,
    );
    const publisher = await Publisher.start(sim.world, certificate);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ca-"));
    const ca = path.join(folder, "ca.pem");
    fs.writeFileSync(ca, authority.cert);
    const trusting = await startPlugin({ text: providerText, env: { NODE_EXTRA_CA_CERTS: ca } });
    const strict = await startPlugin({ text: providerText });
    try {
      const { url, digest } = publisher.image("/x.qcow2", "x");
      const list = publisher.text("/x.qcow2.sha256", `${digest}\n`);
      const inputs = { url, checksum: { url: list }, node: "pve1", storage: "local" };
      const urn = "urn:pulumi:test::lab::pulumi-nodejs:dynamic/proxmox:CloudImage::x";
      const config = pluginConfig(sim);
      for (const plugin of [trusting, strict]) await plugin.configure(config);
      const read = await trusting.check("CloudImage", {}, { ...inputs, __urn: urn });
      assert.deepEqual([read.failures, read.inputs["checksum"]], [[], `sha256:${digest}`]);
      const { failures } = await strict.check("CloudImage", {}, { ...inputs, __urn: urn });
      assert.match(failures[0]?.reason ?? "", /x\.qcow2\.sha256 could not be read: .*certificate/);
    } finally {
      await trusting.close();
      await strict.close();
      await publisher.close();
      await sim.close();
      fs.rmSync(folder, { recursive: true });
    }
  });
});
