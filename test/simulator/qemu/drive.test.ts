import assert from "node:assert/strict";
import {
  drivesOf,
  isCdrom,
  isCloudinit,
  isDriveName,
  isPlainCdrom,
  newDisk,
  parseDrive,
  printDrive,
  unusedVolumes,
} from "../../../simulator/qemu/drive";

const reprinted = (key: string, text: string): string | undefined => {
  const drive = parseDrive(key, text);
  return drive && printDrive(drive);
};

describe("drives", () => {
  it("print the volume first, then options by name, sizes in their largest unit", () => {
    assert.equal(
      reprinted("scsi0", "size=1024M,ssd=on,discard=on,file=local:100/vm-100-disk-0.qcow2,cache=none"),
      "local:100/vm-100-disk-0.qcow2,cache=none,discard=on,size=1G,ssd=1",
    );
    assert.equal(reprinted("scsi0", "local-lvm:vm-100-disk-0,iothread=true"), "local-lvm:vm-100-disk-0,iothread=1");
    assert.equal(reprinted("ide2", "none,media=cdrom"), "none,media=cdrom");
  });

  it("make megabytes of bps= as qemu-server does, whatever the number", () => {
    assert.equal(reprinted("scsi0", "local:x,bps=1048576"), "local:x,mbps=0.000");
    assert.equal(reprinted("scsi0", "local:x,bps=1048576,mbps=1"), undefined);
  });

  it("are none with limits that need or exclude another", () => {
    for (const options of [
      ...["mbps_max=1", "iops_max_length=1", "mbps=1,mbps_rd=1", "iops=1,iops_wr=1", "size=4Q"],
      ...["media=cdrom,snapshot=1", "media=cdrom,format=raw"],
    ]) {
      assert.equal(parseDrive("scsi0", `local:x,${options}`), undefined, options);
    }
    assert.equal(parseDrive("virtio0", "local:x,media=cdrom"), undefined);
    assert.equal(parseDrive("scsi0", "cache=none"), undefined);
    assert.ok(parseDrive("scsi0", "local:x,mbps=1,mbps_max=2,bps_max_length=3"));
  });

  it("are new disks when they name a storage and GiB", () => {
    assert.deepEqual(newDisk("local:1"), { storage: "local", gigabytes: 1 });
    assert.deepEqual(newDisk("local-lvm:0.5"), { storage: "local-lvm", gigabytes: 0.5 });
    assert.deepEqual(newDisk("32"), { gigabytes: 32 });
    assert.equal(newDisk("local:100/vm-100-disk-0.raw"), undefined);
    assert.equal(newDisk("none"), undefined);
  });

  it("tell cloud-init images from other CD-ROMs", () => {
    const of = (file: string, media = "cdrom") => ({ file, options: { media } });
    assert.ok(isCloudinit(of("local:100/vm-100-cloudinit.qcow2")));
    assert.ok(isCloudinit(of("local-lvm:vm-100-cloudinit")));
    assert.ok(isCloudinit(of("local-lvm:cloudinit")));
    assert.ok(!isCloudinit(of("local:iso/cloudinit-1.iso")));
    assert.ok(isCdrom(of("none")) && isPlainCdrom(of("none")));
    assert.ok(!isPlainCdrom(of("local-lvm:vm-100-cloudinit")));
    assert.ok(!isCdrom(of("local-lvm:vm-100-disk-0", "disk")));
  });

  it("are found in qemu-server's order: ide, scsi, virtio, sata, efidisk, tpmstate", () => {
    const values = {
      tpmstate0: "a:t",
      sata0: "a:1",
      virtio1: "a:2",
      scsi10: "a:3",
      scsi2: "a:4",
      ide2: "none",
      net0: "x",
    };
    assert.deepEqual(
      drivesOf(values).map(([key]) => key),
      ["ide2", "scsi2", "scsi10", "virtio1", "sata0", "tpmstate0"],
    );
    assert.deepEqual(unusedVolumes({ unused0: "local:100/a.raw", scsi0: "a:1" }), [["unused0", "local:100/a.raw"]]);
    assert.ok(isDriveName("scsi30") && !isDriveName("scsi31") && !isDriveName("unused0"));
  });
});
