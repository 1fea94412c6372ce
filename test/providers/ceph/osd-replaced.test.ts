import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { CephOsd } from "../../../providers/ceph/ceph-osd";

/** What the engine is asked for a new OSD resource: does the old one go first? */
async function oldGoesFirst(opts?: pulumi.CustomResourceOptions): Promise<unknown> {
  const asked: unknown[] = [];
  await pulumi.runtime.setMocks({
    newResource: ({ inputs }: { inputs: Record<string, unknown> }) => {
      // Where the option is set, the shell says so to the check as well.
      asked.push(inputs["__oldGoesFirst"] ?? false);
      return { id: "echo/S7KGNJ0W", state: inputs };
    },
    call: ({ inputs }) => inputs as Record<string, unknown>,
  });
  const osd = new CephOsd("echo-1", { node: "echo", serial: "S7KGNJ0W" }, opts);
  await new Promise((resolve) => osd.urn.apply(resolve));
  return asked.at(-1);
}

describe("OSDs of a disk that are replaced", () => {
  it("go before new ones come, which would take them over and lose them with the deletion of the old resource", async () => {
    assert.equal(await oldGoesFirst(), true);
  });

  it("stay until new ones are there where the program says so", async () => {
    assert.equal(await oldGoesFirst({ deleteBeforeReplace: false }), false);
  });
});
