import assert from "node:assert/strict";
import { describeSettings, dnsModel, dnsSchema, fromApi, sameSettings, toApi } from "../../../providers/host/dns.model";
import { problemsOf } from "../../../providers/kernel/state/problems";

const dns = { node: "pve1", servers: ["10.11.0.1", "fd00::1"], searchDomain: "lab.test" };
const problems = (more: object): string[] =>
  problemsOf(dnsSchema, { ...dns, ...more }).map(({ path, message }) => `${path}: ${message}`);

describe("the name servers of a node, as a model", () => {
  it("say everything in each request, in the order of the servers", () => {
    assert.deepEqual(toApi(dns), { search: "lab.test", dns1: "10.11.0.1", dns2: "fd00::1" });
    assert.deepEqual(fromApi({ dns2: "fd00::1", search: "lab.test", dns1: "10.11.0.1" }), {
      servers: dns.servers,
      searchDomain: "lab.test",
    });
    // As recorded of a node without name servers, and of one without a search domain.
    assert.deepEqual(fromApi({ search: "lab.test" }), { servers: [], searchDomain: "lab.test" });
    assert.deepEqual(fromApi({ dns1: "10.11.0.1" }), { servers: ["10.11.0.1"] });
    assert.equal(describeSettings(fromApi(null)), "no name servers, no search domain");
  });

  it("differ in another order, not in the case of letters", () => {
    const live = { servers: ["10.11.0.1", "FD00::1"], searchDomain: "Lab.test" };
    assert.equal(sameSettings(dns, live), true);
    assert.equal(dnsModel.same?.("searchDomain", "lab.test", "LAB.test"), true);
    assert.equal(sameSettings(dns, { ...live, servers: ["fd00::1", "10.11.0.1"] }), false);
    assert.equal(sameSettings(dns, {}), false);
  });

  it("are refused where Proxmox would keep less than was written", () => {
    assert.deepEqual(problems({}), []);
    assert.deepEqual(problems({ servers: ["10.11.0.1", "10.11.0.2", "10.11.0.1"] }), [
      'servers[2]: is named twice; name each server once (got "10.11.0.1")',
    ]);
    assert.match(problems({ servers: [] }).join(), /^servers: name at least one/);
    assert.match(
      problems({ servers: ["1.1.1.1", "1.1.1.2", "1.1.1.3", "1.1.1.4"] }).join(),
      /^servers: the resolver asks/,
    );
    assert.match(problems({ servers: ["ns.lab.test"] }).join(), /^servers\[0\]: write an IPv4 or IPv6 address/);
    for (const searchDomain of ["a.test b.test", "bad domain!", "", "-x.test"])
      assert.match(problems({ searchDomain }).join(), /^searchDomain: write one domain/, searchDomain);
  });
});
