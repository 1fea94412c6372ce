import assert from "node:assert/strict";
import { hotplugFeatures } from "../../../simulator/qemu/hotplug-features";
import { assertMachine, isQ35, memoryOf, pinnedMachine, windowsVersion } from "../../../simulator/qemu/machine";

describe("the machine of a VM", () => {
  it("keeps its version for Windows guests only", () => {
    const lines: string[] = [];
    const pinned = (machine: string | undefined, ostype: string) =>
      pinnedMachine(machine, ostype, (l) => lines.push(l));
    assert.equal(pinned(undefined, "win11"), "pc-i440fx-10.0+pve1");
    assert.equal(pinned("q35", "w2k8"), "pc-q35-10.0+pve1");
    assert.equal(pinned("pc-q35-9.0", "win10"), "pc-q35-9.0");
    assert.equal(pinned("q35", "l26"), "q35");
    assert.equal(pinned(undefined, "l26"), "");
    assert.deepEqual(lines, [
      "pinning machine type to 'pc-i440fx-10.0+pve1' for Windows guest OS",
      "pinning machine type to 'pc-q35-10.0+pve1' for Windows guest OS",
    ]);
  });

  it("knows which options need each other", () => {
    assert.throws(() => assertMachine("pc,viommu=intel"), /please set the machine type to q35/);
    assert.throws(() => assertMachine("q35,viommu=intel,aw-bits=40"), /only 39 or 48 bits/);
    assert.throws(() => assertMachine("q35,aw-bits=39"), /cannot set aw-bits if no vIOMMU is configured/);
    assert.doesNotThrow(() => assertMachine("q35,viommu=intel,aw-bits=48"));
    assert.ok(isQ35({ machine: "pc-q35-9.0" }) && !isQ35({}));
  });

  it("has the memory that is current, 512 MiB by default", () => {
    assert.deepEqual([{}, { memory: "2048" }, { memory: "current=1024" }].map(memoryOf), [512, 2048, 1024]);
    assert.deepEqual(["wxp", "w2k8", "win7", "win11", "l26", undefined].map(windowsVersion), [5, 6, 7, 11, 0, 0]);
  });

  it("takes the devices that `hotplug` names", () => {
    assert.deepEqual([...hotplugFeatures(undefined)], ["network", "disk", "usb"]);
    assert.deepEqual([...hotplugFeatures("1")], ["network", "disk", "usb"]);
    assert.deepEqual([...hotplugFeatures("0")], []);
    assert.deepEqual([...hotplugFeatures("cpu,memory")], ["cpu", "memory"]);
  });
});
