import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { GuestConfig } from "../../../providers/guest/guest-config";

describe("what is set up in a guest, and is replaced", () => {
  it("goes before its successor comes, which would stand on its files", async () => {
    const asked: unknown[] = [];
    await pulumi.runtime.setMocks({
      newResource: ({ inputs, type }: { inputs: Record<string, unknown>; type: string }) => {
        // Where the option is set, the shell says so to the check as well.
        if (type.endsWith(":GuestConfig")) asked.push(inputs["__oldGoesFirst"] ?? false);
        return { id: "100", state: inputs };
      },
      call: ({ inputs }) => inputs as Record<string, unknown>,
    });
    for (const opts of [undefined, { deleteBeforeReplace: false }]) {
      const made = new GuestConfig(`web-${asked.length}`, { vmid: 100 }, opts);
      await new Promise((resolve) => made.urn.apply(resolve));
    }
    assert.deepEqual(asked, [true, false]);
  });
});
