import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";

describe("a provider of another cluster", () => {
  for (const [what, key, ofStack, own] of [
    ["order to rotate", "proxmox:rotate", "2020-01-31", "2020-02-01"],
    ["word of what became of a cluster", "proxmox:rebuilt", "AA=BB", "CC=DD"],
  ] as const)
    it(`follows the stack's ${what}, unless its arguments have another one, or there is none`, async () => {
      const orders = new Map<string, unknown>();
      const registered: Promise<unknown>[] = [];
      await pulumi.runtime.setMocks({
        newResource: ({ name, inputs, id }) => {
          orders.set(name, (inputs as Record<string, unknown>)[key]);
          return { id: id || name, state: inputs as object };
        },
        call: () => ({}),
      });
      const { Provider } =
        require("../../../../providers/kernel/program/provider") as typeof import("../../../../providers/kernel/program/provider");
      const make = (name: string, args = {}) => {
        const made = new Provider(name, { "proxmox:endpoints": ["https://10.0.0.5:8006"], ...args });
        registered.push(new Promise((resolve) => made.urn.apply(resolve)));
      };
      make("unordered");
      pulumi.runtime.setConfig(key, ofStack);
      try {
        make("ordered");
        make("own", { [key]: own });
      } finally {
        pulumi.runtime.setConfig(key, "");
      }
      await Promise.all(registered);
      assert.deepEqual(Object.fromEntries(orders), { unordered: undefined, ordered: ofStack, own });
    });
});
