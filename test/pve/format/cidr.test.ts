import assert from "node:assert/strict";
import fc from "fast-check";
import { addressAfter, inNetworkOf, oneSpelling, parseAddress, parseCidr, unusable } from "../../../pve/format/cidr";

describe("addresses with the length of a prefix", () => {
  it("are taken as they are written in full, and in no other form", () => {
    for (const [text, family, prefix] of [
      ["10.0.0.5/24", 4, 24],
      ["2001:db8::5/64", 6, 64],
    ] as const) {
      const { address: _, ...rest } = parseCidr(text) ?? {};
      assert.deepEqual(rest, { family, prefix });
    }
    for (const wrong of ["10.1/8", "0x7f000001/8", "10.0.0.5", "10.0.0.5/0", "10.0.0.5/33", "10.0.0.5/8/8", "x/8"])
      assert.equal(parseCidr(wrong), undefined, wrong);
    for (const wrong of ["fe80::1%eth0/64", "2001:db8::/129", "010.0.0.1/8", "10.0.0.5/ 8", "/8", ""])
      assert.equal(parseCidr(wrong), undefined, wrong);
  });

  it("have one spelling each", () => {
    for (const spelt of ["2001:db8::1", "2001:DB8:0:0::1", "2001:0db8:0000:0000:0000:0000:0000:0001"])
      assert.equal(oneSpelling(spelt), "2001:db8::1");
    assert.equal(oneSpelling("::ffff:10.0.0.1"), oneSpelling("::FFFF:a00:1"));
    assert.equal(oneSpelling("dhcp"), "dhcp");
    fc.assert(fc.property(fc.ipV4(), (ip) => assert.equal(oneSpelling(ip), ip)));
    fc.assert(fc.property(fc.ipV6(), (ip) => assert.equal(oneSpelling(oneSpelling(ip)), oneSpelling(ip))));
    assert.equal(oneSpelling("0:0:0:0:0:0:0:0"), "::");
  });

  it("are counted on from, over the borders of bytes, until there are no more", () => {
    const after = (text: string, places: number) => addressAfter(parseAddress(text) as never, places)?.toString();
    assert.equal(after("10.0.0.250", 10), "10.0.1.4");
    assert.equal(after("2001:db8::ffff", 1), "2001:db8::1:0");
    assert.equal(after("255.255.255.255", 1), undefined);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.integer({ min: 0, max: 100_000 }), (start, places) => {
        const text = (value: number) => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
        assert.equal(after(text(start), places), text(start + places));
      }),
    );
  });

  it("tell who is in their network, and what is no machine's own address", () => {
    const cidr = parseCidr("10.0.0.5/24");
    assert.ok(cidr);
    const inside = (text: string) => inNetworkOf(cidr, parseAddress(text) as never);
    assert.deepEqual(["10.0.0.255", "10.0.1.0", "2001:db8::1"].map(inside), [true, false, false]);
    const why = (text: string) => unusable(parseCidr(text) as never);
    assert.match(why("10.0.0.0/24") ?? "", /network itself/);
    assert.match(why("10.0.0.255/24") ?? "", /broadcast/);
    for (const fine of ["10.0.0.1/24", "10.0.0.0/31", "10.0.0.0/32", "2001:db8::/64"])
      assert.equal(why(fine), undefined);
  });
});
