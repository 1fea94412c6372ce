import assert from "node:assert/strict";
import { CallFailure, type Properties } from "./plugin";
import { Lab, type AnyLab } from "./lab";

describe("providers in the test's own process", () => {
  /** What a life of a VM and a mistake are answered, and what is told meanwhile. */
  async function answers(lab: AnyLab): Promise<unknown[]> {
    const { plugin } = lab;
    const told: unknown[] = [];
    const args = (more: Properties = {}): Properties =>
      lab.inputs("Vm", "web", { node: "pve1", vmid: 100, source: { empty: true }, started: false, cores: 1, ...more });
    const refused = await plugin.check("Vm", {}, args({ cores: -1, memory: 3, __preview: true }));
    const { inputs } = await plugin.check("Vm", {}, args({ tags: ["b", "a"], description: undefined }));
    const made = await plugin.create("Vm", inputs);
    const seen = await plugin.read("Vm", made.id, made.properties);
    const next = await plugin.check("Vm", inputs, args({ cores: 2 }));
    const diff = await plugin.diff("Vm", made.id, seen.properties, next.inputs);
    const updated = await plugin.update("Vm", made.id, seen.properties, next.inputs);
    const taken = await plugin
      .create("Vm", { ...inputs, __urn: lab.urn("Vm", "other") })
      .catch((error: unknown) => error);
    assert.ok(taken instanceof CallFailure);
    told.push(refused, inputs, made, seen, next, diff, updated, taken.message, taken.code, taken.partial);
    await plugin.delete("Vm", made.id, updated.properties);
    const gone = await plugin.read("Vm", made.id, updated.properties);
    return [...told, gone.id, plugin.engine.messages.map(({ message, severity }) => `${severity} ${message}`)];
  }

  /** Without what differs from one cluster to the next. */
  const plain = (lab: AnyLab, told: unknown): unknown =>
    JSON.parse(
      JSON.stringify(told)
        .replaceAll(lab.stackId, "STACK")
        .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "UUID")
        .replace(/(?:[0-9A-F]{2}:){5}[0-9A-F]{2}/g, "MAC")
        .replace(/"__(?:cluster|digest|mark|owner)":"[^"]*"/g, '"__":""')
        .replace(/owner=[0-9a-f]+/g, "owner=")
        .replace(/"__provider":"(?:[^"\\]|\\.)*",?/g, "")
        .replace(/127\.0\.0\.1:\d+/g, "HOST")
        .replace(/UPID:[^"\s]*/g, "UPID"),
    );

  it("answer as Pulumi's plugin does", async () => {
    const [plugin, here] = [await Lab.start(), await Lab.here()];
    try {
      assert.deepEqual(plain(here, await answers(here)), plain(plugin, await answers(plugin)));
    } finally {
      await plugin.close();
      await here.close();
    }
  });
});
