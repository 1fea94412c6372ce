import assert from "node:assert/strict";
import { wholeDimms } from "../../../simulator/qemu/start-hardware";
import { VmLab } from "./vm-lab";

describe("a VM's hardware", () => {
  let lab: VmLab;
  beforeEach(async () => {
    lab = new VmLab();
    lab.node.hardware.pci = [{ id: "0000:01:00.0", vendor: "0x10de", device: "0x1eb8", iommugroup: 7 }];
    lab.cluster.mappings = {
      pci: { gpu: { map: ["node=pve,path=0000:01:00.0,id=10de:1eb8,iommugroup=7"] } },
      usb: { far: { map: ["node=other,id=1:2"] }, gone: { map: ["node=pve,id=1234:5678"] } },
      dir: { d: { map: ["node=pve,path=/srv/second"] }, gone: { map: ["node=pve,path=/nosuch"] } },
    };
    await lab.create(100, { memory: 1024, numa: 1 });
  });

  const start = async (config: Record<string, string>) => {
    lab.cluster.guests["100"]!.config = { memory: "1024", numa: "1", ostype: "l26", ...config };
    return lab.run("POST", "/100/status/start");
  };

  const refused: [string, Record<string, string>, RegExp][] = [
    ["a USB mapping for other nodes", { usb0: "mapping=far" }, /^USB device mapping not found for 'far'$/],
    ["a USB device that is not there", { usb0: "mapping=gone" }, /^USB Mapping invalid .*'1234:5678' not found/],
    ["a sixth USB device for an old guest", { usb5: "spice", ostype: "other" }, /^using usb5 is only possible/],
    ["an unknown PCI mapping", { hostpci0: "mapping=nosuch" }, /^PCI device mapping not found for 'nosuch'$/],
    ["a PCI device that is not there", { hostpci0: "02:00.0" }, /^no PCI device found for '02:00.0'$/],
    [
      "a PCI device twice",
      { hostpci0: "01:00.0", hostpci1: "mapping=gpu" },
      /^device '0000:01:00.0' assigned more than/,
    ],
    ["PCI express without q35", { hostpci0: "mapping=gpu,pcie=1" }, /^q35 machine model is not enabled/],
    ["an unknown directory", { virtiofs0: "nosuch" }, /^Directory ID nosuch does not exist.$/],
    ["a directory that is gone", { virtiofs0: "gone" }, /^directory mapping invalid: Path \/nosuch does not exist/],
    ["memory hotplug without NUMA", { hotplug: "memory", numa: "0" }, /^NUMA needs to be enabled for memory hotplug$/],
    ["little memory with memory hotplug", { hotplug: "memory", memory: "512" }, /^minimum memory must be 1024MB$/],
    ["memory hotplug with NUMA nodes", { hotplug: "memory", numa0: "cpus=0" }, /custom NUMA topology$/],
    ["memory hotplug with a directory", { hotplug: "memory", virtiofs0: "d" }, /combination with virtio-fs.$/],
    ["hugepages without NUMA", { hugepages: "2", numa: "0" }, /^numa needs to be enabled to use hugepages/],
    ["a NUMA node without memory", { numa0: "cpus=0" }, /^missing NUMA node0 memory value$/],
    ["NUMA nodes that do not add up", { numa0: "cpus=0,memory=512" }, /^total memory for NUMA nodes must be equal/],
    ["a host node without policy", { numa0: "cpus=0,memory=1024,hostnodes=0" }, /^you need to define a policy/],
    ["more vcpus than CPUs", { cores: "1", vcpus: "2" }, /^start failed: QEMU exited with code 1$/],
  ];
  for (const [what, config, text] of refused)
    it(`does not start with ${what}`, async () => {
      assert.match(await start(config), text);
    });

  it("starts with devices that the node has", async () => {
    const config = { hostpci0: "mapping=gpu,pcie=1", machine: "q35", virtiofs0: "d", numa0: "cpus=0,memory=1024" };
    assert.equal(await start({ ...config, numa: "1" }), "OK");
  });

  it("does not move a TPM's state while it runs", async () => {
    await lab.create(101, { tpmstate0: "local:1,version=v2.0" });
    assert.equal(await lab.run("POST", "/101/status/start"), "OK");
    const move = { disk: "tpmstate0", storage: "second" };
    assert.match(await lab.run("POST", "/101/move_disk", move), /cannot move TPM state while VM is running/);
    assert.equal(await lab.run("POST", "/101/status/stop"), "OK");
    assert.equal(await lab.run("POST", "/101/move_disk", move), "OK");
  });

  it("takes memory in whole DIMMs, and no more CPUs than it has room for", async () => {
    assert.equal(wholeDimms(1024, 1300, 512), 1536);
    assert.equal(wholeDimms(1024, 1024 + 32 * 512 + 1, 512), 1024 + 32 * 512 + 1024);
    assert.equal(await start({ hotplug: "memory,cpu", cores: "2", vcpus: "1" }), "OK");
    await lab.get("PUT", "/100/config", { memory: 1300, vcpus: 2 });
    assert.deepEqual([lab.cluster.guests["100"]?.config["memory"], lab.cluster.guests["100"]?.pending], ["1536", {}]);
    assert.match(await lab.refusal("PUT", "/100/config", { memory: 512 }), /memory can't be lower than 1024 MB/);
    assert.match(await lab.refusal("PUT", "/100/config", { vcpus: 3 }), /you can't add more vcpus than maxcpus/);
  });
});
