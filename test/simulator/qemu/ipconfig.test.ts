import assert from "node:assert/strict";
import { netmask, parseIpConfig } from "../../../simulator/qemu/ipconfig";

describe("ipconfigN", () => {
  it("is DHCP for both families when it says nothing", () => {
    assert.deepEqual(parseIpConfig(""), { ip: "dhcp", ip6: "dhcp" });
    assert.deepEqual(parseIpConfig("ip=10.0.0.2/24,gw=10.0.0.1,ip6=auto"), {
      ...{ ip: "10.0.0.2/24", gw: "10.0.0.1", ip6: "auto" },
    });
  });

  it("is ignored with a gateway that has no address to go with", () => {
    for (const text of ["gw=10.0.0.1", "ip=dhcp,gw=10.0.0.1", "ip6=auto,gw6=fe80::1", "ip6=dhcp,gw6=fe80::1"])
      assert.equal(parseIpConfig(text), undefined, text);
  });

  it("has netmasks for prefix lengths", () => {
    assert.deepEqual([24, 32, 0, 20, 9, 30].map(netmask), [
      ...["255.255.255.0", "255.255.255.255", "0.0.0.0", "255.255.240.0", "255.128.0.0", "255.255.255.252"],
    ]);
  });
});
