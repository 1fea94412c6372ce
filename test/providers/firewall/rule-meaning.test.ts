import assert from "node:assert/strict";
import { packetMeaning, ruleText, sameRules } from "../../../providers/firewall/rule-meaning";
import type { Rule } from "../../../providers/firewall/rule.model";

const accept = (more: Partial<Rule>): Rule => ({ direction: "in", action: "ACCEPT", ...more });
const same = (one: Rule, other: Rule): boolean => packetMeaning(one) === packetMeaning(other);

describe("what a rule of the firewall means", function () {
  it("does not depend on how ports, addresses, protocols and names are spelt", () => {
    const tcp = accept({ protocol: "tcp", destinationPort: "22,8006" });
    assert.ok(same(tcp, accept({ protocol: "6", destinationPort: "8006,22,22:22" })));
    assert.ok(
      same(accept({ protocol: "tcp", destinationPort: 22 }), accept({ protocol: "tcp", destinationPort: "ssh" })),
    );
    assert.ok(same(accept({ source: "10.0.0.7/24" }), accept({ source: "10.0.0.0/24" })));
    assert.ok(same(accept({ source: "10.0.0.7/32" }), accept({ source: "10.0.0.7" })));
    assert.ok(same(accept({ source: "10.0.0.1,10.0.0.2" }), accept({ source: "10.0.0.2,10.0.0.1" })));
    assert.ok(same(accept({ source: "fd00:0:0::1" }), accept({ source: "FD00::1" })));
    assert.ok(same(accept({ source: "10.0.0.0-10.0.0.255" }), accept({ source: "10.0.0.0/24" })));
    assert.ok(same(accept({ source: "+dc/LAN" }), accept({ source: "+dc/lan" })));
    assert.ok(same(accept({ protocol: "icmpv6" }), accept({ protocol: "58" })));
    assert.ok(same({ group: "Web" }, { group: "web" }));
  });

  it("is that of the rules that a macro stands for", () => {
    assert.ok(same(accept({ macro: "SSH" }), accept({ protocol: "tcp", destinationPort: "22" })));
    assert.ok(same(accept({ macro: "ssh" }), accept({ macro: "SSH" })));
    assert.ok(!same(accept({ macro: "Web" }), accept({ protocol: "tcp", destinationPort: "80" })));
    const ping = { source: "10.0.0.0/8" };
    assert.ok(
      same(accept({ macro: "Ping", ...ping }), accept({ protocol: "icmp", icmpType: "echo-request", ...ping })),
    );
    assert.ok(!same(accept({ macro: "Unheard" }), accept({ macro: "Unseen" })));
  });

  it("differs where a packet would meet something else", () => {
    assert.ok(!same(accept({}), { direction: "out", action: "ACCEPT" }));
    assert.ok(!same(accept({}), { direction: "in", action: "DROP" }));
    assert.ok(!same(accept({ source: "10.0.0.0/24" }), accept({ destination: "10.0.0.0/24" })));
    assert.ok(!same(accept({ interface: "vmbr0" }), accept({})));
    assert.ok(!same(accept({ source: "+lan" }), accept({ source: "lan" })));
    assert.ok(!same({ group: "web" }, { group: "web", interface: "net0" }));
  });

  it("leaves out whether it is switched on, and what is noted beside it, which lists compare too", () => {
    const [plain, off] = [accept({}), accept({ enabled: false })];
    assert.ok(same(plain, off));
    assert.ok(!sameRules([plain], [off]));
    assert.ok(!sameRules([plain], [accept({ comment: "x" })]));
    assert.ok(sameRules([accept({ logLevel: "nolog", comment: "x " })], [accept({ comment: "x" })]));
  });

  it("is told in a line as Proxmox writes it", () => {
    assert.equal(
      ruleText(accept({ macro: "SSH", source: "+lan", enabled: false, comment: "us" })),
      "|IN SSH(ACCEPT) -source +lan # us",
    );
    assert.equal(ruleText({ group: "web", interface: "net0" }), "GROUP web -i net0");
  });
});
