import assert from "node:assert/strict";
import { isoImage } from "../../../pve";
import { addressesIn, readIso } from "../../../simulator/qemu/nocloud.js";
import { image, Lab } from "../../support/lab";
import { ask } from "../api-client.js";

const iso = (files: Record<string, string>): Buffer =>
  isoImage(
    "cidata",
    Object.entries(files).map(([name, content]) => ({ name, content: Buffer.from(content) })),
  );

describe("a simulated guest's cloud-init", function () {
  it("reads an image's label and files with a reader of its own", () => {
    const found = readIso(iso({ "user-data": "#cloud-config\n", "meta-data": "instance-id: a\n" }));
    assert.deepEqual(found, {
      label: "cidata",
      files: { "user-data": "#cloud-config\n", "meta-data": "instance-id: a\n" },
    });
    assert.equal(readIso(Buffer.alloc(40 * 2048)), undefined);
  });

  it("finds addresses in both notations of a network configuration", () => {
    const two = JSON.stringify(
      { version: 2, ethernets: { eth0: { dhcp4: true }, eth1: { addresses: ["10.0.0.5/24"] } } },
      undefined,
      2,
    );
    assert.deepEqual(addressesIn(two, 0), ["dhcp"]);
    assert.deepEqual(addressesIn(two, 1), ["10.0.0.5/24"]);
    const yaml = "version: 2\nethernets:\n  eth0:\n    addresses: [10.0.0.7/24, 2001:db8::7/64]\n";
    assert.deepEqual(addressesIn(yaml, 0), ["10.0.0.7/24", "2001:db8::7/64"]);
    assert.deepEqual(addressesIn(yaml, 1), []);
    const one = "version: 1\nconfig:\n  - type: physical\n    name: eth0\n    subnets:\n      - type: dhcp\n";
    assert.deepEqual(addressesIn(one, 0), ["dhcp"]);
  });

  it("takes host name and addresses from own data, and nothing from an image that it cannot use", async () => {
    const lab = await Lab.start();
    try {
      const { url, checksum } = image;
      const volume = await lab.create("CloudImage", "debian", { url, checksum, node: "pve1", storage: "local" });
      const args = (networkConfig: unknown) => ({
        node: "pve1",
        source: { imageVolumeId: volume.properties["volumeId"] },
        disks: [{ storage: "local-lvm", sizeGiB: 4 }],
        agent: true,
        networks: [{ bridge: "vmbr0" }],
        cloudInit: { userData: "#cloud-config\n{}\n", networkConfig },
      });
      const network = { version: 2, ethernets: { eth0: { addresses: ["10.11.0.77/24"] } } };
      const made = await lab.create("Vm", "web", args(network));
      assert.deepEqual(made.properties["ips"], ["10.11.0.77"]);

      const headers = { Authorization: `PVEAPIToken=${lab.sim.token.id}=${lab.sim.token.secret}` };
      const node = lab.sim.nodes[0]!;
      const agent = async (command: string) => {
        const { json } = await ask(node, "GET", `/nodes/pve1/qemu/${made.id}/agent/${command}`, { headers });
        return JSON.stringify((json?.data as { result: unknown }).result);
      };
      assert.equal(await agent("get-host-name"), '{"host-name":"web"}');
      const files = lab.sim.world.nodes["pve1"]!.volumes["/var/lib/vz"]!;
      const name = Object.keys(files).find((file) => file.includes("-cloud-init-")) ?? assert.fail("no image");
      files[name]!.content = iso({ "user-data": "#cloud-config\n" }).toString("base64");
      assert.ok(!(await agent("network-get-interfaces")).includes("10.11.0.77"));
    } finally {
      await lab.close();
    }
  });
});
