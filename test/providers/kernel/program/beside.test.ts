import assert from "node:assert/strict";
import { besidesOf } from "../../../../providers/kernel/call/besides";
import { beside } from "../../../../providers/kernel/program/beside";

describe("what a resource is told of others of its sort", () => {
  it("is one text, which the plugin reads as it was described", async () => {
    const port = {
      node: "beside-1",
      mtu: 9000,
      autostart: true,
      ids: [2, "4-9"],
      options: { speed: 1 },
      left: undefined,
    };
    const [text] = await Promise.all([
      beside("Bridge", "vmbr0", { node: "beside-1" }, "node"),
      beside("NetworkPort", "eno1", { ...port, comment: Promise.resolve("later"), bad: Number.NaN }, "node"),
      beside("Bridge", "vmbr0", { node: "beside-2" }, "node"),
    ]);
    assert.equal(typeof text, "string");
    const { left: _, ...args } = port;
    const others = [{ kind: "NetworkPort", resource: "eno1", args, unknown: ["comment", "bad"] }];
    assert.deepEqual(besidesOf({ inputs: { __beside: text } }), others);
    assert.deepEqual(besidesOf({ inputs: {} }), []);
  });
});
