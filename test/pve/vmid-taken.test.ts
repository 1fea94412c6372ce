import assert from "node:assert/strict";
import { isVmidTaken, ProxmoxError } from "../../pve";

const failed = (reason: "conflict" | "locked" | "refused", said: string) =>
  new ProxmoxError({ kind: "task-failed", reason, said, message: said });

describe("a VMID that somebody else is claiming", () => {
  it("is told by its config, or by its lock, which only another claim can hold", () => {
    assert.ok(isVmidTaken(failed("conflict", "unable to create VM 2004: config file already exists"), 2004));
    assert.ok(
      isVmidTaken(failed("locked", "can't lock file '/var/lock/qemu-server/lock-2004.conf' - got timeout"), 2004),
    );
  });
  it("is told by a clone that finds the file of another node's guest", () => {
    const file = "/etc/pve/nodes/pve2/qemu-server/2004.conf";
    const said = `clone failed: close (rename) atomic file '${file}' failed: File exists`;
    assert.ok(isVmidTaken(failed("refused", said), 2004));
    assert.ok(!isVmidTaken(failed("refused", said), 200));
  });
  it("is no other lock: that of the template, or of a storage", () => {
    assert.ok(
      !isVmidTaken(failed("locked", "can't lock file '/var/lock/qemu-server/lock-2000.conf' - got timeout"), 2004),
    );
    assert.ok(!isVmidTaken(failed("locked", "cfs-lock 'storage-x' error: got lock request timeout"), 2004));
  });
});
