import assert from "node:assert/strict";
import { mediaByName, share } from "../../../simulator/storage/media";
import type { Medium } from "../../../simulator/world/storage";
import { VmLab } from "../qemu/vm-lab";

const MiB = 1024 * 1024;

/** Simulated seconds that so many full clones of a disk of 1 GiB take, all begun at once. */
async function clones(count: number, medium: Medium | undefined): Promise<number> {
  const lab = new VmLab("manual", "empty:1");
  await lab.create(100, { scsi0: "local-lvm:1" });
  for (const volume of Object.values(lab.node.volumes["lvmthin:pve/data"] ?? {})) volume.data = volume.size;
  if (medium) lab.cluster.media = { "local-lvm": medium };
  assert.equal(await lab.run("POST", "/100/template"), "OK");
  const start = lab.simulation.clock.now();
  const upids: string[] = [];
  for (let vmid = 101; vmid <= 100 + count; vmid++)
    upids.push(await lab.get<string>("POST", "/100/clone", { newid: vmid, full: 1 }));
  for (const upid of upids) assert.equal(lab.finish(upid), "OK");
  return (lab.simulation.clock.now() - start) / 1000;
}

const near = (value: number, wanted: number): void =>
  assert.ok(Math.abs(value / wanted - 1) < 0.05, `${value.toFixed(2)} instead of ${wanted}`);

describe("the bandwidth of a storage", () => {
  it("is shared by the copies on it, each of which reads and writes", async () => {
    const medium = { bandwidth: 1024 * MiB };
    near(await clones(1, medium), 2);
    near(await clones(4, medium), 8);
  });

  it("is not used up by one copy where a stream has a limit of its own", async () => {
    const medium = { bandwidth: 1024 * MiB, stream: 128 * MiB };
    near(await clones(1, medium), 8);
    near(await clones(4, medium), 8);
    near(await clones(8, medium), 16);
  });

  it("shrinks where heads travel between streams", () => {
    const { disk, nvme } = mediaByName;
    assert.equal(share(disk, 1), disk.bandwidth);
    const total = [2, 4, 12].map((streams) => streams * share(disk, streams));
    assert.deepEqual(
      [...total].sort((a, b) => b - a),
      total,
    );
    assert.equal(12 * share(nvme, 12), nvme.bandwidth);
  });

  it("is nobody's concern where none is set", async () => {
    near(await clones(4, undefined), await clones(1, undefined));
  });

  it("is free again when a copy was stopped", async () => {
    const lab = new VmLab("manual", "empty:1");
    await lab.create(100, { scsi0: "local-lvm:1" });
    for (const volume of Object.values(lab.node.volumes["lvmthin:pve/data"] ?? {})) volume.data = volume.size;
    lab.cluster.media = { "local-lvm": { bandwidth: 1024 * MiB } };
    const stopped = await lab.get<string>("POST", "/100/clone", { newid: 101, full: 1 });
    while (!/transferred [1-9]/.test(lab.task(stopped).log.join())) assert.ok(lab.simulation.clock.runNext());
    lab.simulation.tasks.stop(stopped);
    assert.match(lab.task(stopped).status ?? "", /interrupted/);
    const start = lab.simulation.clock.now();
    assert.equal(lab.finish(await lab.get<string>("POST", "/100/clone", { newid: 102, full: 1 })), "OK");
    near((lab.simulation.clock.now() - start) / 1000, 2);
  });
});
