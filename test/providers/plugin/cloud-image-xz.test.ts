import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Lab, labWorld, sshConfig, type AnyLab } from "../../support/lab";
import type { Properties } from "../../support/plugin";

const bytes = Buffer.from("a packed image, for tests\n");
const url = "https://images.example.com/appliance-1.2.img.xz";
const checksum = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

describe("a cloud image that is packed with xz", function () {
  let lab: AnyLab;
  before(async () => {
    const world = labWorld();
    const unpacked = { content: Buffer.from("raw").toString("base64"), format: "raw", virtualSize: 1024 ** 3 };
    world.web[url] = { content: bytes.toString("base64"), compression: "xz", unpacked };
    lab = await Lab.here({ seed: world }, (sim) => ({ "proxmox:vmids": "2000-2999", ...sshConfig(sim) }));
  });
  after(() => lab.close());

  const args = (more: Properties = {}): Properties => ({ url, checksum, node: "pve1", storage: "local", ...more });
  const files = () =>
    Object.keys(lab.sim.world.nodes["pve1"]?.volumes["/var/lib/vz"] ?? {}).filter((name) => name.startsWith("import/"));
  const hidden = () => Object.keys(lab.sim.world.nodes["pve1"]?.ssh?.files ?? {});

  it("is downloaded, compared and unpacked by the node, and can be imported", async () => {
    const made = await lab.create("CloudImage", "appliance", args());
    assert.match(made.id, /^local:import\/appliance-1\.2-[0-9a-f]{12}\.raw$/);
    assert.deepEqual(files(), [made.id.replace("local:", "")]);
    assert.deepEqual(hidden(), []);
    const ran = lab.sim.sshRecords.filter(({ kind }) => kind === "exec").map(({ what }) => what.split(" ")[4]);
    assert.deepEqual(ran, ["wget", "sha256sum", "xz", "mv"]);
    assert.ok(!JSON.stringify(lab.sim.sshRecords).includes(url), "the address is among the arguments of a command");
    assert.equal((await lab.plugin.diff("CloudImage", made.id, made.properties, made.inputs)).changes, "none");

    const vm = await lab.create("Vm", "appliance", {
      node: "pve1",
      source: { imageVolumeId: made.id },
      disks: [{ storage: "local-lvm", sizeGiB: 2 }],
      started: false,
    });
    await lab.plugin.delete("Vm", vm.id, vm.properties);
    await lab.plugin.delete("CloudImage", made.id, made.properties);
    assert.deepEqual(files(), []);
  });

  it("is not unpacked when the checksum differs, and nothing is left of it", async () => {
    const wrong = `sha256:${"0".repeat(64)}`;
    await assert.rejects(
      lab.create("CloudImage", "wrong", args({ checksum: wrong })),
      /checksum mismatch: .* not 0000/,
    );
    assert.deepEqual([files(), hidden()], [[], []]);
    assert.ok(!lab.sim.sshRecords.slice(-4).some(({ what }) => what.includes("--decompress")));
  });

  it("is not what it says when it cannot be unpacked", async () => {
    const plain = "https://images.example.com/plain.raw.xz";
    lab.sim.world.web[plain] = { content: bytes.toString("base64") };
    await assert.rejects(lab.create("CloudImage", "plain", args({ url: plain })), /xz on node pve1 .*not recognized/);
    assert.deepEqual([files(), hidden()], [[], []]);
  });

  it("needs SSH, and says so in preview", async () => {
    const without = await Lab.here();
    try {
      const problems = await without.problems("CloudImage", args());
      assert.match(problems.join(), /compression: needs SSH to the nodes, because Proxmox does not unpack xz/);
    } finally {
      await without.close();
    }
  });
});
