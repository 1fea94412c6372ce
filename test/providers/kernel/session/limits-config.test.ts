import assert from "node:assert/strict";
import { readConfig } from "../../../../providers/kernel/session/cluster-config";

describe("limits in the config", () => {
  const config = (more: Record<string, string>) => {
    const given: Record<string, string> = {
      ...{ endpoints: "https://pve1:8006", tokenId: "a@pve!b", tokenSecret: "c" },
      ...more,
    };
    return readConfig({ get: (key) => given[key.replace(/^proxmox:/, "")] }, {});
  };
  const limits = async (more: Record<string, string>) =>
    (await config(more).options?.(() => Promise.reject(new Error("no secret is asked for"))))?.api.limits;

  it("reach the connection", async () => {
    assert.deepEqual(await limits({}), {});
    assert.deepEqual(await limits({ parallelPerNode: "2", parallelPerStorage: "10" }), { node: 2, storage: 10 });
  });

  it("are refused when they let nothing run", () => {
    assert.match(config({ parallelPerNode: "0" }).problems[0]?.message ?? "", /write how many at once, from 1 to 999/);
  });
});
