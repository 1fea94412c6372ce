import assert from "node:assert/strict";
import { Locks, nodeLock } from "../../simulator/locks";

describe("lock files", () => {
  const file = "/var/lock/qemu-server/lock-100.conf";
  let locks: Locks;
  beforeEach(() => {
    locks = new Locks();
  });

  it("have one holder, who may take them again", () => {
    assert.ok(locks.tryTake(file, "a") && locks.tryTake(file, "a"));
    assert.ok(!locks.tryTake(file, "b") && !locks.tryShare(file, "b"));
    locks.release(file, "b");
    assert.ok(locks.isHeld(file));
    locks.release(file, "a");
    assert.ok(!locks.isHeld(file) && locks.tryTake(file, "b"));
  });

  it("have any number of readers, and no holder meanwhile", () => {
    assert.ok(locks.tryShare(file, "a") && locks.tryShare(file, "b"));
    assert.ok(!locks.tryTake(file, "c"));
    locks.releaseAll("a");
    assert.ok(!locks.tryTake(file, "c"));
    assert.ok(locks.tryTake(file, "b"), "the last reader may hold it alone");
    locks.releaseAll("b");
    assert.ok(locks.tryTake(file, "c"));
  });

  it("below /var/lock are a node's own, those of the cluster file system are everyone's", () => {
    assert.notEqual(nodeLock("one", file), nodeLock("two", file));
    assert.equal(nodeLock("one", "file-user_cfg"), nodeLock("two", "file-user_cfg"));
  });
});
