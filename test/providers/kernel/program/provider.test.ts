import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";

describe("a provider of another cluster", () => {
  it("follows the stack's order to rotate, unless its arguments have another one, or there is none", async () => {
    const orders = new Map<string, unknown>();
    const registered: Promise<unknown>[] = [];
    await pulumi.runtime.setMocks({
      newResource: ({ name, inputs, id }) => {
        orders.set(name, (inputs as Record<string, unknown>)["proxmox:rotate"]);
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
    pulumi.runtime.setConfig("proxmox:rotate", "2020-01-31");
    try {
      make("ordered");
      make("own", { "proxmox:rotate": "2020-02-01" });
    } finally {
      pulumi.runtime.setConfig("proxmox:rotate", "");
    }
    await Promise.all(registered);
    assert.deepEqual(Object.fromEntries(orders), { unordered: undefined, ordered: "2020-01-31", own: "2020-02-01" });
  });
});
