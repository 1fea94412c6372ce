import assert from "node:assert/strict";
import type { Fault } from "../../../simulator";
import { image, Lab, type AnyLab } from "../../support/lab";

/** A proxy in between, or another server at the address: only Proxmox's own words mean that something is gone. */
describe("an answer that is not Proxmox's", function () {
  let lab: AnyLab;
  before(async () => {
    lab = await Lab.here();
  });
  after(() => lab.close());

  const args: Readonly<Record<string, Record<string, unknown>>> = {
    Pool: { comment: "ours" },
    Storage: { storageId: "backup", type: "dir", path: "/srv/backup", content: ["backup"] },
    CloudImage: { node: "pve1", storage: "local", url: image.url, checksum: image.checksum },
    Vm: { node: "pve1", source: { empty: true }, cores: 1, memoryMiB: 512, started: false },
  };
  const answers: readonly [string, Fault["effect"]][] = [
    ["a 404", { kind: "status", status: 404, reason: "Not Found" }],
    ["a 404 in words of Proxmox", { kind: "status", status: 404, reason: "pool 'made' does not exist" }],
    ["a 500 in words of Proxmox", { kind: "status", status: 500, reason: "storage 'backup' does not exist" }],
  ];

  for (const [kind, given] of Object.entries(args))
    it(`never makes a ${kind} count as gone`, async () => {
      const made = await lab.create(kind, "made", given);
      const { faults } = lab.sim.simulation;
      for (const [what, effect] of answers) {
        faults.add({ route: "GET *", effect });
        try {
          await assert.rejects(lab.plugin.read(kind, made.id, made.properties), /(404|500)/, `${what}: read`);
          await assert.rejects(lab.plugin.delete(kind, made.id, made.properties), /(404|500)/, `${what}: delete`);
        } finally {
          faults.clear();
        }
      }
      assert.equal((await lab.plugin.read(kind, made.id, made.properties)).id, made.id);
      await lab.plugin.delete(kind, made.id, made.properties);
      assert.equal((await lab.plugin.read(kind, made.id, made.properties)).id, "");
    });
});
