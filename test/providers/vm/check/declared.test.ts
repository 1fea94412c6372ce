import assert from "node:assert/strict";
import { compareDeclared } from "../../../../providers/vm/check/declared";
import { RunMemory } from "../../../../providers/vm/check/run-memory";
import type { Call } from "../../../../providers/kernel/call/call";
import type { Pve } from "../../../../providers/kernel/session/pve-session";

describe("VMs of a program beside the guests that were read", () => {
  class Counted<K, V> extends Map<K, V> {
    looks = 0;
    override [Symbol.iterator]() {
      this.looks++;
      return super[Symbol.iterator]();
    }
  }

  it("are compared by their addresses, and by nothing where they have none", () => {
    const read = new Counted([[100, { name: "old", mark: undefined, ips: ["10.0.0.9"] }]]);
    const memory = Object.assign(new RunMemory(), { read });
    const pve = { memory: () => memory } as unknown as Pve;
    const warnings: string[] = [];
    const compare = (urn: string, address: string) =>
      compareDeclared(
        pve,
        { urn, mark: "m", report: { warn: (text: string) => void warnings.push(text) } } as unknown as Call,
        { name: urn, cloudInit: { addresses: [{ address }] } },
      );
    assert.deepEqual([compare("a", "dhcp"), compare("b", "dhcp"), read.looks, warnings], [[], [], 0, []]);
    assert.deepEqual(compare("c", "10.0.0.9/24"), []);
    assert.deepEqual(warnings, ["cloudInit.addresses: 10.0.0.9 is also given to guest 100 by its cloud-init settings"]);
  });
});
