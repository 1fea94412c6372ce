import assert from "node:assert/strict";
import type { ClusterInputs, MemberInputs } from "../../../providers/cluster/cluster.model";
import type { ClusterView, Member } from "../../../providers/cluster/cluster-view";
import { hostsIn, type Candidate } from "../../../providers/cluster/candidate";
import { numberFor } from "../../../providers/cluster/numbers";
import { awaitedIn, formationProblems, joiners, linkIsComing } from "../../../providers/cluster/preconditions";
import { showProblem } from "../../../providers/kernel/state/problems";

const inputs: ClusterInputs = {
  name: "lab",
  nodes: [
    { name: "a", links: { 0: "10.0.0.1" } },
    { name: "b", links: { 0: "10.0.0.2" } },
    { name: "c", links: { 0: "10.0.0.3" } },
  ],
};
const member = (name: string, nodeId: number, more: Partial<Member> = {}): Member => ({
  ...{ name, nodeId, votes: 1, links: { 0: `10.0.0.${nodeId}` }, online: true },
  ...{ address: `192.168.0.${nodeId}`, fingerprint: "AA" },
  ...more,
});
const view = (more: Partial<ClusterView> = {}): ClusterView => ({
  ...{ local: "a", address: "192.168.0.1", name: "lab", quorate: true, priorities: { 0: 0 }, qdevice: false },
  members: [member("a", 1)],
  ...more,
});
const fact = (name: string, at: number, more: Partial<Candidate> = {}): Candidate => ({
  ...{ name, release: "9.2", guests: [], storages: new Map(), hosts: new Map([[name, `192.168.0.${at}`]]) },
  ...{ clock: [0, 1000], addresses: [`192.168.0.${at}`, `10.0.0.${at}`], dhcp: false },
  standing: {
    local: name,
    address: `192.168.0.${at}`,
    cluster: undefined,
    addresses: new Map(),
    online: new Map([[name, true]]),
  },
  ...more,
});
const facts = (...all: Candidate[]) =>
  new Map([fact("a", 1), fact("b", 2), fact("c", 3), ...all].map((one) => [one.name, one] as const));
const problems = (at: ClusterView, known = facts(), wanted = inputs) =>
  formationProblems({ inputs: wanted, view: at, facts: known }).map(showProblem);

describe("what speaks against a node in a cluster", () => {
  it("is nothing when all is as it should be, before the cluster and after the first join", () => {
    assert.deepEqual(problems(view({ name: undefined, members: [] })), []);
    assert.deepEqual(problems(view()), []);
    assert.deepEqual(problems(view({ members: [member("a", 1), member("b", 2), member("c", 3)] })), []);
  });

  it("is another major version of Proxmox, also when it is a newer one", () => {
    assert.deepEqual(problems(view(), facts(fact("b", 2, { release: "8.4" }), fact("c", 3, { release: "10.0" }))), [
      "nodes[1]: b has Proxmox VE 8.4, and a 9.2: upgrade first; members have one major version",
      "nodes[2]: c has Proxmox VE 10.0, and a 9.2: upgrade first; members have one major version",
    ]);
    assert.deepEqual(problems(view(), facts(fact("b", 2, { release: "9.0" }))), []);
  });

  it("is a cluster that is not well: no quorum, a member away, a QDevice, corosync that does not start", () => {
    assert.match(problems(view({ quorate: false })).join(), /^cluster lab has no quorum: bring nodes back/);
    assert.match(
      problems(view({ members: [member("a", 1), member("b", 2, { online: false })] })).join(),
      /^b is offline/,
    );
    assert.match(problems(view({ qdevice: true })).join(), /^nodes: the cluster has a QDevice, which must be away/);
    assert.match(
      problems(view({ name: undefined })).join(),
      /^a has \/etc\/pve\/corosync\.conf and no cluster that runs/,
    );
    assert.match(problems(view({ name: "other" })).join(), /^name: proxmox:endpoints lead to cluster other/);
    // Nothing joins: nobody need be away for it, and nobody is asked.
    const whole = [member("a", 1), member("b", 2), member("c", 3, { online: false })];
    assert.deepEqual(problems(view({ members: whole, qdevice: true }), new Map()), []);
  });

  it("is a number or an address that another member has, and links that the cluster does not have", () => {
    const others = [member("a", 1), member("z", 9, { links: { 0: "10.0.0.2" } })];
    const wanted = { ...inputs, nodes: inputs.nodes.map((node, at) => (at === 2 ? { ...node, nodeId: 9 } : node)) };
    assert.deepEqual(problems(view({ members: others }), facts(), wanted), [
      "nodes[1].links.0: is an address of z",
      "nodes[2].nodeId: is that of z; write one that is free",
    ]);
    const two = [member("a", 1, { links: { 0: "10.0.0.1", 1: "10.1.0.1" } })];
    assert.match(
      problems(view({ members: two })).join(),
      /^nodes\[1\]\.links: the cluster has link 0, 1, and this node 0: write an address for each link of the cluster/,
    );
  });

  it("is a clock that is surely wrong, not one that was read at another moment of the same second", () => {
    assert.deepEqual(problems(view(), facts(fact("b", 2, { clock: [900, 1900] }))), []);
    assert.deepEqual(problems(view(), facts(fact("b", 2, { clock: [-1900, -900] }))), []);
    assert.match(
      problems(view(), facts(fact("b", 2, { clock: [5000, 6000] }))).join(),
      /clock of b is 4 s or more before/,
    );
    assert.match(
      problems(view(), facts(fact("c", 3, { clock: [-9000, -8000] }))).join(),
      /clock of c is 8 s or more behind/,
    );
  });

  it("says nothing of a joiner's addresses where DHCP gives them, and does of those of the node that begins", () => {
    assert.deepEqual(problems(view(), facts(fact("b", 2, { addresses: [], dhcp: true }))), []);
    const bare = view({ name: undefined, members: [] });
    assert.deepEqual(problems(bare, facts(fact("a", 1, { dhcp: true }))), []);
    assert.match(
      problems(bare, facts(fact("a", 1, { addresses: ["192.168.0.1"], dhcp: true }))).join(),
      /^nodes\[0\]\.links\.0: whether a has the address 10\.0\.0\.1 cannot be told: .*192\.168\.0\.1/,
    );
    assert.match(
      problems(view(), facts(fact("b", 2, { addresses: [] }))).join(),
      /b does not have the address 10\.0\.0\.2; it has none/,
    );
  });

  it("says nothing of addresses and names that the program gives the nodes before, and of others still", () => {
    const bare = view({ name: undefined, members: [] });
    const without = facts(
      fact("a", 1, { addresses: ["192.168.0.1"], hosts: new Map([["a", "127.0.1.1"]]) }),
      fact("b", 2, { addresses: ["192.168.0.2"] }),
      fact("c", 3, { addresses: ["192.168.0.3"], hosts: new Map([["b", "192.168.0.99"]]) }),
    );
    const coming = {
      address: (node: string) => node !== "c",
      hostName: (node: string, name: string) => node === "a" && name === "a",
    };
    const seen = { inputs, view: bare, facts: without, coming };
    assert.deepEqual(formationProblems(seen).map(showProblem), [
      "nodes[2]: /etc/hosts of c leads b to 192.168.0.99, and its address is 192.168.0.2; set it right",
      "nodes[2].links.0: c does not have the address 10.0.0.3; it has 192.168.0.3. If a resource of the program gives it to the node, name that one in dependsOn of the cluster",
    ]);
    const isComing = (at: number, known = without) => linkIsComing({ ...seen, facts: known }, inputs.nodes[at]!, "0");
    assert.deepEqual([isComing(0), isComing(1), isComing(2)], [true, true, false]);
    assert.equal(isComing(0, facts()), false);
  });

  it("leaves to join who never came as far as to have a certificate", () => {
    const half = [member("a", 1), member("b", 2, { fingerprint: undefined, online: false })];
    assert.deepEqual(
      joiners(inputs, view({ members: half })).map(({ name }) => name),
      ["b", "c"],
    );
    assert.deepEqual(problems(view({ members: half })), []);
  });

  it("advises fewer expected votes only where every other member is there for certain", () => {
    const half = member("b", 2, { fingerprint: undefined, online: false });
    const told = (at: Partial<ClusterView>, known = facts(), wanted = inputs) =>
      problems(view({ quorate: false, ...at }), known, wanted).join();
    const advice = /^b was added to lab and never came.*: on a run pvecm expected (\d+)/;
    assert.equal(advice.exec(told({ members: [member("a", 1), half] }))?.[1], "1");
    assert.equal(advice.exec(told({ members: [member("a", 1, { votes: 2 }), { ...half, votes: 2 }] }))?.[1], "2");
    // A minority must not become a cluster of its own.
    const away = ["x", "y", "z"].map((name, at) => member(name, 7 + at, { online: false }));
    const minority = told({ members: [member("a", 1), half, ...away] });
    assert.match(minority, /^cluster lab has no quorum: bring nodes back before others join \(x, y, z offline\)/);
    assert.doesNotMatch(minority, /expected/);
    // Whom the program does not name is not asked, and whose votes do not matter is not the cause.
    const two = { ...inputs, nodes: inputs.nodes.filter(({ name }) => name !== "b") };
    assert.match(told({ members: [member("a", 1), half] }, facts(), two), /^cluster lab has no quorum/);
    assert.match(told({ members: [member("a", 1), member("c", 3), half] }), /^cluster lab has no quorum/);
  });

  it("is no join that is under way, which is waited for", () => {
    const half = member("b", 2, { fingerprint: undefined, online: false });
    const at = view({ quorate: false, members: [member("a", 1), half] });
    const unasked = new Map([...facts()].filter(([name]) => name !== "b"));
    const joined = { ...fact("b", 2).standing, cluster: { name: "lab", quorate: false } };
    for (const known of [facts(fact("b", 2, { joining: true })), facts(fact("b", 2, { standing: joined })), unasked]) {
      assert.deepEqual(awaitedIn({ inputs, view: at, facts: known }), ["b"]);
      assert.deepEqual(problems(at, known), []);
    }
    assert.deepEqual(awaitedIn({ inputs, view: at, facts: facts() }), []);
    const away = { ...at, members: [...at.members, member("z", 9, { online: false })] };
    assert.deepEqual(awaitedIn({ inputs, view: away, facts: unasked }), []);
  });

  it("is a cluster of the same name that does not have the node, before ours is made as well", () => {
    const joined = { ...fact("b", 2).standing, cluster: { name: "lab", quorate: true } };
    const known = facts(fact("b", 2, { standing: joined }));
    for (const at of [view({ name: undefined, members: [] }), view()])
      assert.match(
        problems(at, known).join(),
        /^nodes\[1\]: b is in a cluster lab that is not the one at proxmox:endp/,
      );
    const listed = [member("a", 1), member("b", 2, { fingerprint: undefined, online: true })];
    assert.deepEqual(problems(view({ members: listed }), known), []);
  });

  it("is a node to join through of which nothing is known", () => {
    const known = new Map([...facts()].filter(([name]) => name !== "a"));
    assert.match(problems(view(), known).join(), /^nothing is known of a, through which nodes join/);
  });

  it("gives numbers that no node has and none of the program names, where it names any", () => {
    const numbers = (nodes: readonly MemberInputs[], members: readonly Member[] = []) =>
      nodes.map((node) => numberFor(node, { nodes: [...nodes] }, { members }));
    const [a, b, c] = inputs.nodes as [MemberInputs, MemberInputs, MemberInputs];
    assert.deepEqual(numbers([a, b, c]), [undefined, undefined, undefined]);
    assert.deepEqual(numbers([a, { ...b, nodeId: 1 }]), [2, 1]);
    assert.deepEqual(numbers([a, { ...b, nodeId: 3 }, c], [member("z", 1), member("y", 2)]), [4, 3, 4]);
  });

  it("reads a hosts file as the resolver does: the first line that names a host", () => {
    const text = "127.0.0.1 localhost # me\n#1.1.1.1 a\n10.0.0.1\ta.lab a\n10.0.0.2 a b\n";
    assert.deepEqual(Object.fromEntries(hostsIn(text)), {
      localhost: "127.0.0.1",
      "a.lab": "10.0.0.1",
      a: "10.0.0.1",
      b: "10.0.0.2",
    });
  });
});
