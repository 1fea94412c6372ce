import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { debianImage, debianTemplate, DescribedStack, vm, type Described } from "../support/described";
import { guestsOf, labWorld } from "../support/lab";
import { failed, ok } from "../support/results";
import { secretValue } from "../support/secret-values";

describe("what is refused before anything is done, with the real engine", function () {
  let sim: Simulator;
  const stacks: DescribedStack[] = [];
  async function stack(resources: readonly Described[], config: Record<string, unknown> = {}): Promise<DescribedStack> {
    const made = await DescribedStack.create(sim, resources, config);
    stacks.push(made);
    return made;
  }

  beforeEach(async () => {
    sim = await startSimulator({ seed: labWorld() });
  });
  afterEach(async () => {
    for (const { stack } of stacks.splice(0)) await stack.close();
    await sim.close();
  });

  const written = () => sim.requests.filter(({ method, path }) => method !== "GET" && path !== "/access/ticket");

  it("is bad input of ten kinds, all told in one preview, each with what to write instead", async () => {
    const lab = await stack([
      { ...debianImage, args: { ...debianImage.args, checksum: "sha256:abc", storage: "locl" } },
      vm("My_VM", { source: { clone: { template: "debain-12" } }, cores: 600, tags: ["not ok"] }),
      vm("web", {
        source: { imageVolumeId: "local:import/x.qcow2" },
        node: "pve9",
        disks: [{ storage: "local", sizeGiB: 4 }],
        networks: [{ bridge: "vmbr0", vlan: 5000 }],
        cloudInit: { addresses: [{ address: "10.0.0.5/24", gateway: "10.9.9.9" }] },
        memory: 1024,
        memoryMiB: 2_000_000,
      }),
    ]);
    const text = failed(await lab.stack.preview());
    for (const expected of [
      /checksum: write "sha256:"/,
      /storage: there is no storage "locl"; did you mean "local"\?/,
      /name: a guest's name has letters, digits and hyphens.*write e\.g\. "my-vm"/,
      /source\.clone\.template: there is no template "debain-12"; the cluster has no templates/,
      /cores: cores per socket: at most 512 \(got 600\)/,
      /tags\[0\]: a tag has letters, digits/,
      /node: there is no node "pve9"; did you mean "pve1"\?/,
      /disks\[0\]\.storage: storage local \(dir\) does not allow content images/,
      /networks\[0\]\.vlan: a VLAN tag is 1 to 4094 \(got 5000\)/,
      /cloudInit\.addresses\[0\]\.gateway: is no other usable address in the network of 10\.0\.0\.5\/24/,
      /memory: there is no property|memory: there is no such property; did you mean "memoryMiB"\?/,
    ])
      assert.match(text, expected);
    assert.deepEqual(written(), []);
  });

  it("is more than a node has", async () => {
    const lab = await stack([vm("big", { source: { clone: { template: 100 } }, cores: 500, memoryMiB: 60_000_000 })]);
    const text = failed(await lab.stack.preview());
    assert.match(text, /cores: 500 CPUs are more than any node has; write at most \d+/);
    assert.match(text, /memoryMiB: 60000000 MiB are more than any node has; write at most \d+/);
  });

  it("is a wrong password, with one clear message", async () => {
    const password = secretValue("a wrong password");
    const lab = await stack([debianImage], {
      "proxmox:tokenId": "",
      "proxmox:tokenSecret": "",
      "proxmox:username": "root@pam",
    });
    lab.stack.setEnvironment("PROXMOX_TOKEN_SECRET", "");
    lab.stack.setEnvironment("PROXMOX_PASSWORD", password);
    const text = failed(await lab.stack.up());
    assert.match(text, /authentication failure/);
    assert.ok(!text.includes(password));
    assert.deepEqual(written(), []);
  });

  it("is a server with another certificate: nothing is sent to it", async () => {
    const lab = await stack([debianImage], { "proxmox:fingerprints": [Array(32).fill("AB").join(":")] });
    for (const text of [failed(await lab.stack.preview()), failed(await lab.stack.up())])
      assert.match(text, /error: The certificate of .* has the fingerprint/);
    assert.deepEqual(sim.requests, []);
  });

  it("is a token that Proxmox does not know: a preview says so once", async () => {
    const lab = await stack([debianImage, debianTemplate, vm("web")]);
    lab.stack.setEnvironment("PROXMOX_TOKEN_SECRET", "00000000-0000-4000-8000-000000000000");
    const text = failed(await lab.stack.preview()).split("Diagnostics:")[1] ?? "";
    assert.equal(text.match(/error: .*answered with 401/g)?.length, 1, text);
    assert.deepEqual(Object.values(sim.world.clusters)[0]?.guests, {});
  });

  it("is no server at all: preview goes on with the schema and one warning, up fails", async () => {
    const lab = await stack([debianImage, debianTemplate, vm("web")], {
      "proxmox:endpoints": ["https://127.0.0.1:1"],
      "proxmox:previewTimeout": "500ms",
    });
    const preview = ok(await lab.stack.preview());
    assert.equal(
      preview.stdout.split("Diagnostics:")[1]?.match(/checked against the schema only/g)?.length,
      1,
      preview.stdout,
    );
    assert.match(failed(await lab.stack.up()), /127\.0\.0\.1:1/);
  });

  it("is a config with wrong keys, and an up without credentials, where a preview says what it could not know", async () => {
    const lab = await stack([debianImage], { "proxmox:tokenId": "", "proxmox:tokenSecret": "" });
    lab.stack.setEnvironment("PROXMOX_TOKEN_SECRET", "");
    const none = /config proxmox:username: no credentials: set tokenId and tokenSecret, or username and password/;
    const { stdout } = ok(await lab.stack.preview());
    assert.match(stdout, /checked against the schema only/);
    assert.match(stdout, none);
    assert.match(failed(await lab.stack.up()), none);
    const wrong = await stack([debianImage], { "proxmox:vmids": "x-y" });
    assert.match(failed(await wrong.stack.preview()), /config proxmox:vmids: write a range such as 2000-2999/);
  });

  it("is a VMID that belongs to somebody else", async () => {
    const cluster = Object.values(sim.world.clusters)[0];
    const lab = await stack([debianImage, debianTemplate]);
    ok(await lab.stack.up());
    assert.ok(cluster?.guests["2000"]);
    lab.describe([debianImage, debianTemplate, vm("web", { vmid: 2000 })]);
    assert.match(
      failed(await lab.stack.preview()),
      /vmid: 2000 is debian-12 on pve1, which carries an owner's mark;.* leave vmid out/,
    );
  });

  it("is a recycled VMID: neither changed nor deleted, and made anew after a refresh", async () => {
    const lab = await stack([debianImage, debianTemplate, vm("web")]);
    ok(await lab.stack.up());
    const guests = guestsOf(sim);
    const machine = guests["2001"];
    assert.ok(machine);
    machine.config["smbios1"] = "uuid=11111111-2222-3333-4444-555555555555";
    machine.config["description"] = "somebody else's";
    lab.describe([debianImage, debianTemplate, vm("web", { tags: ["changed"] })]);
    assert.match(
      failed(await lab.stack.up()),
      /VM 2001 on node pve1 is not the one that this resource made .* it was not touched/,
    );
    assert.equal(machine.config["description"], "somebody else's");
    assert.match(ok(await lab.stack.refresh()).stdout, /VMID 2001 belongs to another guest now/);
    ok(await lab.stack.up());
    assert.equal(machine.config["description"], "somebody else's");
    assert.equal(Object.keys(guests).length, 3);
    ok(await lab.stack.destroy());
    assert.deepEqual(Object.keys(guests), ["2001"]);
  });

  it("is a deletion that would take along what the program does not know", async () => {
    const lab = await stack([debianImage, debianTemplate, vm("web")]);
    ok(await lab.stack.up());
    const machine = Object.values(sim.world.clusters)[0]?.guests["2001"];
    assert.ok(machine);
    machine.config["scsi5"] = "local-lvm:vm-2001-disk-7,size=1G";
    assert.match(
      failed(await lab.stack.destroy()),
      /parts that this program does not know.*volume scsi5 \(local-lvm:vm-2001-disk-7\).*force: true/s,
    );
    delete machine.config["scsi5"];
    ok(await lab.stack.destroy());
    assert.deepEqual(Object.values(sim.world.clusters)[0]?.guests, {});
  });
});
