import assert from "node:assert/strict";
import {
  bootDevices,
  bootDiskSize,
  defaultBootDevices,
  effectiveBootOrder,
  printBootOrder,
} from "../../../simulator/qemu/boot-order";

describe("the boot order", () => {
  const config = { ide2: "none,media=cdrom", scsi1: "a:1,size=2G", scsi0: "a:0,size=1G", net1: "x", efidisk0: "a:e" };

  it("of a new VM is its first disk, CD-ROM and network device", () => {
    assert.deepEqual(defaultBootDevices(config), ["scsi0", "ide2", "net1"]);
    assert.deepEqual(defaultBootDevices({ efidisk0: "a:e", net3: "x" }), ["net3"]);
    assert.deepEqual(defaultBootDevices({}), []);
  });

  it("prints as order=, without devices as nothing", () => {
    assert.equal(printBootOrder(["scsi0", "net0"]), "order=scsi0;net0");
    assert.equal(printBootOrder([]), "");
    assert.deepEqual(bootDevices({ boot: "order=scsi0;net0" }), ["scsi0", "net0"]);
    assert.deepEqual(bootDevices({ boot: "cdn" }), []);
  });

  it("says which disk's size a list shows", () => {
    assert.equal(bootDiskSize({ ...config, boot: "order=ide2;scsi1;scsi0" }), 2 * 2 ** 30);
    assert.equal(bootDiskSize({ ...config, boot: "cdn", bootdisk: "scsi0" }), 2 ** 30);
    assert.equal(bootDiskSize({ ...config, bootdisk: "scsi1" }), 2 * 2 ** 30);
    assert.equal(bootDiskSize({ ...config, boot: "order=net1" }), 0);
    assert.equal(bootDiskSize(config), 0);
  });

  it("resolves legacy letters", () => {
    assert.deepEqual(effectiveBootOrder({ ...config, bootdisk: "scsi1" }), ["scsi1", "ide2", "net1"]);
    assert.deepEqual(effectiveBootOrder({ ...config, boot: "n" }), ["net1"]);
    assert.deepEqual(effectiveBootOrder({ ...config, boot: "order=net1;scsi0" }), ["net1", "scsi0"]);
  });
});
