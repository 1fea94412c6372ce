import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { CephOsd } from "../../../../providers/ceph/ceph-osd";
import { GuestConfig } from "../../../../providers/guest/guest-config";
import { Bridge } from "../../../../providers/network/bridge";
import { Pool } from "../../../../providers/pool/pool";
import { SdnVnet } from "../../../../providers/sdn/sdn-vnet";

type Make = (name: string, opts?: pulumi.CustomResourceOptions) => pulumi.Resource;

/** What the engine is asked for: does the old resource go before its replacement? Without a word, and where it must not. */
async function asked(make: Make): Promise<unknown[]> {
  const told: unknown[] = [];
  await pulumi.runtime.setMocks({
    newResource: ({ inputs, name }: { inputs: Record<string, unknown>; name: string }) => {
      // Where the option is set, the shell says so to the check as well.
      if (name.startsWith("one-")) told.push(inputs["__oldGoesFirst"] ?? false);
      return { id: "1", state: inputs };
    },
    call: ({ inputs }) => inputs as Record<string, unknown>,
  });
  for (const opts of [undefined, { deleteBeforeReplace: false }]) {
    const made = make(`one-${told.length}`, opts);
    await new Promise((resolve) => made.urn.apply(resolve));
  }
  return told;
}

/** What would be taken over by the new resource, and lost with the deletion of the old one. */
const alone: Readonly<Record<string, Make>> = {
  "OSDs of a disk": (name, opts) => new CephOsd(name, { node: "echo", serial: "S7KGNJ0W" }, opts),
  "what is set up in a guest": (name, opts) => new GuestConfig(name, { vmid: 100 }, opts),
  "an interface of a node": (name, opts) => new Bridge(name, { node: "echo", name: "vmbr9" }, opts),
  "an object of SDN": (name, opts) => new SdnVnet(name, { zone: "lab" }, opts),
};

describe("a resource that is replaced, also by --replace", () => {
  for (const [what, make] of Object.entries(alone))
    it(`goes before its successor comes where it is ${what}, unless the program says otherwise`, async () => {
      assert.deepEqual(await asked(make), [true, false]);
    });

  it("stays until its successor is there where both can be", async () => {
    assert.deepEqual(await asked((name, opts) => new Pool(name, {}, opts)), [false, false]);
  });
});
