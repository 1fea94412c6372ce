import assert from "node:assert/strict";
import { parseSshAddress } from "../../../pve";
import { clusterQdeviceModel } from "../../../providers/cluster/cluster-qdevice.model";
import { guestConfigModel } from "../../../providers/guest/guest-config.model";

const good: Readonly<Record<string, { host: string; port?: number }>> = {
  "10.0.0.5": { host: "10.0.0.5" },
  "10.0.0.5:2222": { host: "10.0.0.5", port: 2222 },
  "[2001:db8::1]:2222": { host: "2001:db8::1", port: 2222 },
  "[fe80::1%eth0]": { host: "fe80::1%eth0" },
  "2001:db8::1": { host: "2001:db8::1" },
  "pve_1.example.com:65535": { host: "pve_1.example.com", port: 65_535 },
  "münchen.example": { host: "münchen.example" },
};
const bad = [
  ...["", "10.0.0.5:0", "10.0.0.5:65536", "host:ssh", "root@host", "-oProxyCommand=x", "a b", "a\nb", "a;reboot"],
  ...["$(reboot)", "`x`", "a'b", "ssh://host", "host/", "[10.0.0.5", "*"],
];

describe("where an SSH server is", () => {
  it("is a host with or without a port", () => {
    for (const [text, wanted] of Object.entries(good)) assert.deepEqual(parseSshAddress(text), wanted, text);
    for (const text of bad) assert.equal(parseSshAddress(text), undefined, text);
  });

  it("is the same everywhere that a resource names one", () => {
    const hostKeys = [`SHA256:${"a".repeat(43)}`];
    const accepted = (address: string) => ({
      qdevice: clusterQdeviceModel.schema.safeParse({ cluster: "c", host: "10.0.0.9", ssh: address }).success,
      guest: guestConfigModel.schema.safeParse({ vmid: 100, ssh: { address, hostKeys } }).success,
    });
    for (const address of Object.keys(good))
      assert.deepEqual(accepted(address), { qdevice: true, guest: true }, address);
    for (const address of bad) assert.deepEqual(accepted(address), { qdevice: false, guest: false }, address);
  });
});
