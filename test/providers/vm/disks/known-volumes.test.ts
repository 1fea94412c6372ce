import assert from "node:assert/strict";
import { readPending } from "../../../../providers/vm/config/vm-config";
import { carriedOver } from "../../../../providers/vm/disks/known-volumes";

const guest = (config: Record<string, string>) =>
  readPending(Object.entries(config).map(([key, value]) => ({ key, value })));

describe("the volumes of a state, after a migration of the program's", () => {
  const recorded = { scsi0: "thin:vm-100-disk-0", scsi1: "thin:vm-100-disk-1" };

  it("are those in their slots, under whichever names", () => {
    const before = guest({ scsi0: "thin:vm-100-disk-0", scsi1: "thin:vm-100-disk-1", scsi2: "thin:vm-100-disk-9" });
    const after = guest({ scsi0: "zfs:vm-100-disk-5", scsi1: "zfs:vm-100-disk-6", scsi2: "zfs:vm-100-disk-7" });
    assert.deepEqual(carriedOver(recorded, before, after), { scsi0: "zfs:vm-100-disk-5", scsi1: "zfs:vm-100-disk-6" });
  });

  it("keep the slot by which they are known when somebody has detached them", () => {
    const before = guest({ scsi0: "thin:vm-100-disk-0", unused3: "thin:vm-100-disk-1", unused4: "thin:vm-100-disk-9" });
    const after = guest({ scsi0: "zfs:vm-100-disk-5", unused3: "zfs:vm-100-disk-6", unused4: "zfs:vm-100-disk-7" });
    assert.deepEqual(carriedOver(recorded, before, after), { scsi0: "zfs:vm-100-disk-5", scsi1: "zfs:vm-100-disk-6" });
  });
});
