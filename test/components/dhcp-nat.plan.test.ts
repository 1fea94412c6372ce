import assert from "node:assert/strict";
import { planNetworks } from "../../components/dhcp-nat.plan";

describe("the plan of networks with DHCP and NAT", () => {
  const planned = (networks: unknown) => {
    const problems: string[] = [];
    return { networks: planNetworks("lab", networks, problems), problems };
  };
  const subnet = (args: object) => {
    const { networks, problems } = planned({ web: args });
    assert.deepEqual(problems, []);
    return networks[0]?.subnet;
  };

  it("has a gateway, SNAT and a range where none is written, with room for fixed addresses", () => {
    assert.deepEqual(planned({ web: { cidr: "10.80.0.0/24", alias: "web servers" } }), {
      networks: [
        {
          name: "web",
          vnet: { vnetId: "web", zone: "lab", alias: "web servers" },
          subnet: {
            ...{ vnet: "web", cidr: "10.80.0.0/24", gateway: "10.80.0.1", snat: true },
            dhcpRanges: [{ start: "10.80.0.128", end: "10.80.0.254" }],
          },
        },
      ],
      problems: [],
    });
    assert.deepEqual(subnet({ cidr: "10.80.4.0/22" })?.["dhcpRanges"], [{ start: "10.80.6.0", end: "10.80.7.254" }]);
    assert.deepEqual(subnet({ cidr: "10.80.0.8/29" })?.["dhcpRanges"], [{ start: "10.80.0.12", end: "10.80.0.14" }]);
  });

  it("keeps what is written, also what it does not know: that is refused by the subnet", () => {
    const dhcpRanges = [{ start: "10.80.0.20", end: "10.80.0.30" }];
    const written = { cidr: "10.80.0.0/24", gateway: "10.80.0.254", snat: false, dhcpRanges, vlan: 7 };
    assert.deepEqual(subnet(written), { vnet: "web", ...written });
    const six = [{ start: "fd00::10", end: "fd00::ff" }];
    assert.equal(subnet({ cidr: "fd00::/64", dhcpRanges: six })?.["gateway"], "fd00::1");
  });

  it("tells all that is wrong at once, with what to write", () => {
    assert.deepEqual(planned({}).problems, ["networks: name at least one"]);
    const { problems } = planned({
      a1: { cidr: "10.80.0.5/24" },
      b1: { cidr: Promise.resolve("10.80.0.0/24") },
      c1: { cidr: "10.81.0.0/30" },
      d1: { cidr: "fd00::/64" },
      e1: { cidr: "10.82.0.0/16" },
      f1: { cidr: "10.82.7.0/24" },
    });
    assert.deepEqual(problems, [
      "networks.a1.cidr: write a network with its prefix as plain text, such as 10.80.0.0/24",
      "networks.b1.cidr: write a network with its prefix as plain text, such as 10.80.0.0/24",
      "networks.c1.dhcpRanges: 10.81.0.0/30 is too small for a range and a rest: write the addresses that DHCP gives out",
      "networks.d1.dhcpRanges: a network of IPv6 has no usual range: write the addresses that DHCP gives out",
      "networks.f1.cidr: 10.82.7.0/24 overlaps 10.82.0.0/16 of e1",
    ]);
  });
});
