import assert from "node:assert/strict";
import { netIndices, parseNet, printNet } from "../../../simulator/qemu/network-device";

describe("network devices", () => {
  it("print model and MAC first and the rest by name", () => {
    assert.equal(
      printNet(parseNet("firewall=on,bridge=vmbr0,tag=5,macaddr=BC:24:11:00:00:01,model=virtio")),
      "virtio=BC:24:11:00:00:01,bridge=vmbr0,firewall=1,tag=5",
    );
    assert.equal(printNet(parseNet("e1000=BC:24:11:00:00:01,link_down=no")), "e1000=BC:24:11:00:00:01,link_down=0");
    assert.equal(printNet({ ...parseNet("virtio,bridge=vmbr0"), macaddr: "AA" }), "virtio=AA,bridge=vmbr0");
  });

  it("are counted by number, not by name", () => {
    assert.deepEqual(netIndices({ net10: "", net2: "", network: "", net0: "" }), [0, 2, 10]);
  });
});
