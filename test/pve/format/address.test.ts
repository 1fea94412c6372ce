import assert from "node:assert/strict";
import fc from "fast-check";
import { isAddress, sshCommand } from "../../../pve";

describe("addresses that a guest reports", () => {
  it("are IP addresses, or nothing", () => {
    for (const good of ["10.0.0.5", "192.168.3.1", "2001:db8::5", "::ffff:10.0.0.1"]) assert.ok(isAddress(good), good);
    for (const bad of [
      "$(touch PWNED)",
      "10.0.0.5;reboot",
      "10.0.0.5 -oProxyCommand=x",
      "-oProxyCommand=x",
      "10.0.0.5\n",
      "10.0.0.300",
      "2001:db8::5%$(id)",
      "2001:db8::5%eth0",
      "{{ lookup('pipe', 'id') }}",
      "",
      undefined,
      5,
    ])
      assert.ok(!isAddress(bad), String(bad));
  });

  it("make a command line that holds nothing but ssh, a user and an address", () => {
    assert.equal(sshCommand("10.0.0.5", "admin"), "ssh admin@10.0.0.5");
    assert.equal(sshCommand("10.0.0.5", undefined), "ssh 10.0.0.5");
    for (const user of ["-oProxyCommand=x", "a;b", "{{ x }}", "a b", "$(id)", ""])
      assert.equal(sshCommand("10.0.0.5", user), "ssh 10.0.0.5", user);
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (address, user) => {
        const made = sshCommand(address, user);
        assert.ok(made === undefined || /^ssh (?:[A-Za-z_][\w.-]*@)?[0-9a-fA-F:.]+$/.test(made), made);
      }),
    );
  });
});
