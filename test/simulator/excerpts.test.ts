import assert from "node:assert/strict";
import { replayExcerpts, type ExcerptsReplay } from "./excerpts.js";

/**
 * Share of equal exchanges, in percent, per file. Where it is low the area is not built (containers, SDN).
 */
const floors: Readonly<Record<string, number>> = {
  ...{
    "01-auth": 100,
    "02-access": 98,
    "03-network": 95,
    "05-storage": 100,
    "06-storage-content": 100,
    "24-network-put": 100,
  },
  ...{ "07-qemu-create": 96, "08-qemu-config": 93, "09-qemu-clone": 80, "14-permissions": 92, "16-qemu-run": 90 },
  ...{ "10-cluster-create": 100, "10a-cluster-create-badlink": 100, "11-cluster-join": 80, "18-delnode": 85 },
  ...{ "04-network-apply": 50, "21-node": 60, "22-smoke-after-rebuild": 85 },
};

describe("replay of the recorded excerpts", function () {
  this.timeout(120_000);
  let replays: ExcerptsReplay[];
  before(async () => {
    replays = await replayExcerpts();
  });

  for (const [file, floor] of Object.entries(floors)) {
    it(`${file}: at least ${floor} % equal`, () => {
      const { outcomes } = replays.find((replay) => replay.file === file) ?? assert.fail("not replayed");
      const different = outcomes.filter(({ differences }) => differences.length > 0);
      const places = different.map(({ exchange: { n, method, path } }) => `#${n} ${method} ${path}`);
      assert.ok(100 * different.length <= (100 - floor) * outcomes.length, places.join("\n"));
    });
  }
});
