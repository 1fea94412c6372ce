import assert from "node:assert/strict";
import {
  cloudInitSchema,
  gatewayFits,
  ipConfigString,
  isCidr,
} from "../../../../providers/vm/cloud-init/cloud-init.model";

const problems = (value: unknown) =>
  cloudInitSchema.safeParse(value).error?.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`) ?? [];

describe("addresses by cloud-init", () => {
  it("take real addresses with a prefix length only", () => {
    for (const good of ["10.0.0.5/24", "192.168.3.21/32"]) assert.ok(isCidr(good, 4), good);
    for (const bad of ["999.1.1.1/24", "10.0.0.5", "10.0.0.5/33", "10.0.0.5/0", "10.0.0.5/24/3", "a/24"])
      assert.ok(!isCidr(bad, 4), bad);
    assert.ok(isCidr("2001:db8::5/64", 6));
  });
  it("take a gateway in the network that is neither the address nor an end of it", () => {
    assert.ok(gatewayFits("10.0.0.5/24", "10.0.0.1"));
    for (const bad of ["10.0.1.1", "10.0.0.5", "10.0.0.0", "10.0.0.255"])
      assert.ok(!gatewayFits("10.0.0.5/24", bad), bad);
    assert.ok(gatewayFits("10.0.0.0/31", "10.0.0.1"));
  });
  it("say what is wrong and what to write", () => {
    assert.deepEqual(problems({ addresses: [{ address: "10.0.0.5", gateway: "10.0.0.1" }] }), [
      'addresses.0.address: write "dhcp" or an address with prefix length such as 10.0.0.5/24',
    ]);
    assert.match(
      problems({ addresses: [{ address: "dhcp", gateway: "10.0.0.1" }] })[0] ?? "",
      /a gateway needs a static address/,
    );
    assert.match(
      problems({ addresses: [{ address: "10.0.0.5/24", gateway: "10.9.0.1" }] })[0] ?? "",
      /in the network of 10\.0\.0\.5\/24/,
    );
  });
  it("are written as Proxmox takes them", () => {
    assert.equal(
      ipConfigString({ address: "10.0.0.5/24", gateway: "10.0.0.1", address6: "auto" }),
      "ip=10.0.0.5/24,gw=10.0.0.1,ip6=auto",
    );
  });
});

describe("cloud-init users", () => {
  it("need keys that are keys and names that Linux takes", () => {
    assert.match(problems({ sshKeys: ["AAAA"] })[0] ?? "", /write a public key such as ssh-ed25519/);
    assert.match(problems({ user: "Big User" })[0] ?? "", /Linux user name/);
    assert.deepEqual(problems({ user: "admin", sshKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ me@x"] }), []);
  });
});
