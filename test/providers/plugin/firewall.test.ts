import assert from "node:assert/strict";
import { eventually } from "../../support/eventually";
import { connect, wire, type Connection } from "../../../pve";
import { Lab, labWorld, type AnyLab } from "../../support/lab";
import type { Properties } from "../../support/plugin";

const accept = (more: Properties): Properties => ({ direction: "in", action: "ACCEPT", ...more });
const datacenter = { datacenter: true };

describe("the firewall", function () {
  let lab: AnyLab;
  let others: Connection;
  before(async () => {
    const world = labWorld();
    Object.values(world.clusters)[0]!.guests["100"] = {
      ...{ vmid: 100, type: "qemu", node: "pve1", pending: {}, pendingDelete: {}, snapshots: {} },
      config: { name: "web", memory: "512", net0: "virtio=BC:24:11:00:00:01,bridge=vmbr0,firewall=1" },
    };
    lab = await Lab.here({ seed: world });
    const [node] = lab.sim.nodes;
    others = connect({
      endpoints: [node!.url],
      credentials: { tokenId: lab.sim.token.id, secret: lab.sim.token.secret },
      tls: { fingerprints: [node!.fingerprint] },
    });
  });
  after(async () => {
    others.close();
    await lab.close();
  });

  /** What somebody else sends. */
  const ask = async (method: "GET" | "POST" | "PUT" | "DELETE", path: string, params: Record<string, string> = {}) =>
    (await others.transport.request(method, path, params)).data;
  const paths = { cluster: "/cluster/firewall", node: "/nodes/pve1/firewall", guest: "/nodes/pve1/qemu/100/firewall" };
  type At = keyof typeof paths;
  const listOf = async (what: string, at: At = "cluster") => wire.list(await ask("GET", `${paths[at]}/${what}`));
  const rulesAt = (at: At = "cluster") => listOf("rules", at);
  const optionsAt = async (at: At) => {
    const { digest: _, ...options } = wire.object(await ask("GET", `${paths[at]}/options`));
    return Object.fromEntries(Object.entries(options).map(([key, value]) => [key, String(value)]));
  };

  const told = (name: string, part: RegExp) =>
    eventually(`${String(part)} in the row of ${name}`, () =>
      lab.plugin.engine.messages.some(({ urn, message }) => urn.endsWith(`::${name}`) && part.test(message)),
    );
  const writes = () => lab.sim.requests.filter(({ method }) => method !== "GET").length;

  /** The next `up` with these arguments. */
  async function change(kind: string, name: string, made: { id: string; properties: Properties }, args: Properties) {
    const { inputs, failures } = await lab.plugin.check(kind, made.properties, lab.inputs(kind, name, args));
    assert.deepEqual(failures, []);
    const { changes } = await lab.plugin.diff(kind, made.id, made.properties, inputs);
    const { properties } = await lab.plugin.update(kind, made.id, made.properties, inputs);
    return { id: made.id, properties, inputs, changes };
  }

  it("has rules in the order of the program, which are at rest in whatever spelling they are there", async () => {
    const rules = [
      accept({ protocol: "tcp", destinationPort: "22,8006", source: "10.0.0.0/24", comment: "us" }),
      accept({ macro: "Ping" }),
      { direction: "in", action: "DROP", enabled: false },
      { direction: "out", action: "ACCEPT", protocol: "udp", destinationPort: 53 },
    ];
    const made = await lab.create("FirewallRules", "x", { place: datacenter, rules });
    assert.equal(made.id, "datacenter");
    assert.deepEqual(
      (await rulesAt()).map(({ type, action, macro, enable, dport }) => [type, action, macro, enable, dport]),
      [
        ["in", "ACCEPT", undefined, 1, "22,8006"],
        ["in", "ACCEPT", "Ping", 1, undefined],
        ["in", "DROP", undefined, 0, undefined],
        ["out", "ACCEPT", undefined, 1, "53"],
      ],
    );
    await ask("PUT", "/cluster/firewall/rules/0", { dport: "8006,22", proto: "6", source: "10.0.0.0-10.0.0.255" });
    const read = await lab.plugin.read("FirewallRules", made.id, made.properties);
    assert.deepEqual(read.properties["rules"], rules);
    assert.equal((await lab.plugin.diff("FirewallRules", made.id, read.properties, made.inputs)).changes, "none");
    const before = writes();
    await lab.plugin.update("FirewallRules", made.id, made.properties, made.inputs);
    assert.equal(writes(), before);
    // What somebody adds to a rule is drift, though the program says nothing of it.
    await ask("PUT", "/cluster/firewall/rules/1", { source: "10.9.0.0/16" });
    const drifted = await lab.plugin.read("FirewallRules", made.id, made.properties);
    assert.equal((drifted.properties["rules"] as Properties[])[1]!["source"], "10.9.0.0/16");
    assert.equal((await lab.plugin.diff("FirewallRules", made.id, drifted.properties, made.inputs)).changes, "some");
    const mended = await lab.plugin.update("FirewallRules", made.id, drifted.properties, made.inputs);
    assert.equal((await rulesAt())[1]!["source"], undefined);
    await lab.plugin.delete("FirewallRules", made.id, mended.properties);
    assert.deepEqual(await rulesAt(), []);
  });

  it("shows rules of others before they go, or keeps them below its own", async () => {
    await ask("POST", "/cluster/firewall/rules", { type: "in", action: "DROP", enable: "1", comment: "by hand" });
    const args = { place: datacenter, rules: [accept({ macro: "SSH" })] };
    const kept = await lab.create("FirewallRules", "x", { ...args, foreign: "keep" });
    await told("x", /has 1 rule of others, which stay below these:\n {2}IN DROP # by hand/);
    assert.deepEqual(
      (await rulesAt()).map(({ macro, comment }) => macro ?? comment),
      ["SSH", "by hand"],
    );
    assert.deepEqual(
      (await lab.plugin.read("FirewallRules", kept.id, kept.properties)).properties["rules"],
      args.rules,
    );
    await lab.plugin.delete("FirewallRules", kept.id, kept.properties);
    assert.deepEqual(
      (await rulesAt()).map(({ comment }) => comment),
      ["by hand"],
    );
    await lab.plugin.check("FirewallRules", {}, { ...lab.inputs("FirewallRules", "x", args), __preview: true });
    await told("x", /has 1 rule of others, which are removed:\n {2}IN DROP # by hand/);
    assert.equal((await rulesAt()).length, 1);
    const whole = await lab.create("FirewallRules", "x", args);
    assert.deepEqual(
      (await rulesAt()).map(({ macro }) => macro),
      ["SSH"],
    );
    await lab.plugin.delete("FirewallRules", whole.id, whole.properties);
  });

  it("goes on with a list that a killed run has left half way", async () => {
    const args = { place: { node: "pve1" }, rules: [accept({ macro: "SSH" }), accept({ macro: "Ping" })] };
    lab.sim.simulation.faults.add({
      effect: { kind: "status", status: 500, reason: "broken" },
      route: "PUT /nodes/{node}/firewall/rules/{pos}",
      count: 5,
    });
    await assert.rejects(lab.create("FirewallRules", "x", args));
    assert.deepEqual(
      (await rulesAt("node")).map(({ macro, enable }) => [macro, enable]),
      [
        ["SSH", 0],
        ["Ping", 0],
      ],
    );
    lab.sim.simulation.faults.clear();
    const made = await lab.create("FirewallRules", "x", args);
    assert.deepEqual(
      (await rulesAt("node")).map(({ macro, enable }) => [macro, enable]),
      [
        ["SSH", 1],
        ["Ping", 1],
      ],
    );
    await lab.plugin.delete("FirewallRules", made.id, made.properties);
  });

  it("sends the digest of what it has just read with every change of a rule", async () => {
    const from = lab.sim.requests.length;
    const made = await lab.create("FirewallRules", "x", {
      place: { guest: 100 },
      rules: [accept({ macro: "SSH" })],
    });
    await lab.plugin.delete("FirewallRules", made.id, made.properties);
    const sent = lab.sim.requests.slice(from).filter(({ method }) => /PUT|DELETE/.test(method));
    assert.ok(sent.length >= 2);
    for (const { params } of sent) assert.match(JSON.stringify(params["digest"]), /^"[0-9a-f]{40}"$/);
  });

  it("refuses what Proxmox would refuse or pass over, all at once and with what to write instead", async () => {
    const found = await lab.problems("FirewallRules", {
      place: { node: "pve1" },
      rules: [accept({ macro: "HTPS" }), accept({ source: "nowhere" }), accept({ source: "+nobody" })],
    });
    assert.match(found.join("\n"), /rules\[0\]\.macro: there is no macro "HTPS"; did you mean "HTTPS"/);
    assert.match(found.join("\n"), /rules\[1\]\.source: there is no alias "nowhere"/);
    assert.match(found.join("\n"), /rules\[2\]\.source: there is no IP set "nobody"/);
    const wrong = await lab.problems("FirewallRules", {
      place: { guest: 100 },
      rules: [
        accept({ destinationPort: "22" }),
        accept({ protocol: "tcp", destinationPort: "22:1" }),
        accept({ interface: "vmbr0" }),
        { direction: "forward", action: "REJECT" },
        { group: "web", action: "ACCEPT" },
        accept({ source: "10.0.0.1,fd00::1" }),
        { direction: "in" },
        accept({ source: "10.0.0.9/24" }),
      ],
    });
    for (const part of [
      /rules\[0\]\.destinationPort: needs protocol/,
      /rules\[1\]\.destinationPort: write ports/,
      /rules\[3\]\.action: is not possible for what goes through/,
      /rules\[4\]\.action: cannot stand beside group/,
      /rules\[5\]\.source: write addresses/,
      /rules\[6\]\.action: is missing/,
      /rules\[7\]\.source: write a network by its own address/,
    ])
      assert.match(wrong.join("\n"), part);
    const nowhere = await lab.problems("FirewallRules", { place: { guest: undefined }, rules: [] });
    assert.match(nowhere.join("\n"), /place: write exactly one of datacenter, node, guest, group, vnet/);
    assert.match(
      (await lab.problems("FirewallOptions", { place: { guest: 100 }, tcpFlags: true })).join(),
      /tcpFlags: is no option of a guest/,
    );
  });

  it("lets no comment bring lines of its own into the node's file", async () => {
    const comment = "web\nIN ACCEPT";
    const entry = { cidr: "192.0.2.1", comment };
    const given: readonly [string, Properties][] = [
      ["FirewallGroup", { group: "web", comment }],
      ["FirewallAlias", { alias: "web", cidr: "192.0.2.1", comment }],
      ["FirewallIpSet", { ipSet: "web", comment, entries: [entry] }],
      ["FirewallRules", { place: { node: "pve1" }, rules: [accept({ comment })] }],
    ];
    for (const [kind, args] of given)
      assert.match((await lab.problems(kind, args)).join(), /comment: .*write one line/, kind);
  });

  it("sets only the options that are written, and takes back exactly those", async () => {
    await ask("PUT", `${paths.guest}/options`, { dhcp: "1" });
    const made = await lab.create("FirewallOptions", "x", {
      place: { guest: 100 },
      enable: true,
      policyIn: "REJECT",
      logLevelIn: "info",
    });
    assert.equal(made.id, "guest/100");
    assert.deepEqual(await optionsAt("guest"), {
      dhcp: "1",
      enable: "1",
      policy_in: "REJECT",
      log_level_in: "info",
    });
    const changed = await change("FirewallOptions", "x", made, {
      place: { guest: 100 },
      enable: true,
      policyIn: "DROP",
    });
    assert.deepEqual(await optionsAt("guest"), { dhcp: "1", enable: "1", policy_in: "DROP" });
    await ask("PUT", `${paths.guest}/options`, { policy_in: "ACCEPT" });
    const read = await lab.plugin.read("FirewallOptions", made.id, changed.properties);
    assert.equal(read.properties["policyIn"], "ACCEPT");
    await lab.plugin.delete("FirewallOptions", made.id, changed.properties);
    assert.deepEqual(await optionsAt("guest"), { dhcp: "1" });
    const seen = await lab.plugin.read("FirewallOptions", "guest/100", lab.inputs("FirewallOptions", "seen", {}));
    assert.equal(seen.properties["dhcp"], true);
  });

  it("names addresses by aliases, sets and groups, which stay as long as rules name them", async () => {
    const alias = await lab.create("FirewallAlias", "x", {
      place: datacenter,
      alias: "lan",
      cidr: "10.0.0.0/24",
      comment: "us",
    });
    assert.equal(alias.id, "datacenter/lan");
    const set = await lab.create("FirewallIpSet", "x", {
      place: datacenter,
      ipSet: "office",
      entries: [{ cidr: "10.1.0.0/16" }, { cidr: "10.1.9.0/24", noMatch: true, comment: "but these" }, { cidr: "lan" }],
    });
    assert.deepEqual((await listOf("ipset/office")).map(({ cidr, nomatch }) => [cidr, nomatch]).sort(), [
      ["10.1.0.0/16", undefined],
      ["10.1.9.0/24", 1],
      ["lan", undefined],
    ]);
    const group = await lab.create("FirewallGroup", "x", {
      group: "web",
      comment: "the web",
      rules: [accept({ macro: "HTTPS", source: "+office" }), accept({ macro: "SSH", source: "lan" })],
    });
    assert.deepEqual(
      (await listOf("groups/web")).map(({ macro, enable }) => [macro, enable]),
      [
        ["HTTPS", 1],
        ["SSH", 1],
      ],
    );
    const rules = await lab.create("FirewallRules", "x", { place: { node: "pve1" }, rules: [{ group: "web" }] });
    for (const [kind, { id, properties }, part] of [
      [
        "FirewallAlias",
        alias,
        /alias lan of the datacenter is named by .*IP set office of the datacenter, rules of security group web/,
      ],
      [
        "FirewallIpSet",
        set,
        /IP set office of the datacenter is named by rules of security group web; nothing was deleted/,
      ],
      ["FirewallGroup", group, /security group web is named by rules of node pve1; nothing was deleted/],
    ] as const)
      await assert.rejects(lab.plugin.delete(kind, id, properties), part);
    const entries = [{ cidr: "10.1.0.0/16", comment: "all" }, { cidr: "10.2.0.0/16" }];
    const later = await change("FirewallIpSet", "x", set, { place: datacenter, ipSet: "office", entries });
    assert.deepEqual((await listOf("ipset/office")).map(({ cidr }) => cidr).sort(), ["10.1.0.0/16", "10.2.0.0/16"]);
    const other = await change("FirewallAlias", "x", alias, { place: datacenter, alias: "lan", cidr: "10.0.9.0/24" });
    assert.equal((await listOf("aliases"))[0]?.["cidr"], "10.0.9.0/24");
    assert.equal((await lab.plugin.diff("FirewallIpSet", set.id, later.properties, later.inputs)).changes, "none");
    await lab.plugin.delete("FirewallRules", rules.id, rules.properties);
    await lab.plugin.delete("FirewallGroup", group.id, group.properties);
    await lab.plugin.delete("FirewallIpSet", set.id, later.properties);
    await lab.plugin.delete("FirewallAlias", alias.id, other.properties);
    assert.deepEqual([await listOf("aliases"), await listOf("ipset"), await listOf("groups")], [[], [], []]);
  });

  it("has aliases and sets of one guest, which nothing else sees", async () => {
    const place = { guest: 100 };
    const alias = await lab.create("FirewallAlias", "x", { place, alias: "lan", cidr: "10.0.0.0/24" });
    const first = [{ cidr: "10.1.0.0/16" }, { cidr: "10.3.0.0/16" }];
    const set = await lab.create("FirewallIpSet", "x", { place, ipSet: "office", entries: first });
    const entries = [{ cidr: "10.1.0.0/16", comment: "all" }];
    const later = await change("FirewallIpSet", "x", set, { place, ipSet: "office", entries });
    const other = await change("FirewallAlias", "x", alias, { place, alias: "lan", cidr: "10.0.9.0/24" });
    assert.deepEqual(
      (await listOf("ipset/office", "guest")).map(({ cidr, comment }) => [cidr, comment]),
      [["10.1.0.0/16", "all"]],
    );
    assert.equal((await listOf("aliases", "guest"))[0]?.["cidr"], "10.0.9.0/24");
    assert.deepEqual([await listOf("aliases"), await listOf("ipset")], [[], []]);
    await lab.plugin.delete("FirewallIpSet", set.id, later.properties);
    await lab.plugin.delete("FirewallAlias", alias.id, other.properties);
    assert.deepEqual([await listOf("aliases", "guest"), await listOf("ipset", "guest")], [[], []]);
  });

  it("takes over by adopt, and looks up by get", async () => {
    await ask("POST", "/cluster/firewall/aliases", { name: "net", cidr: "10.5.0.0/16" });
    assert.match(
      (await lab.problems("FirewallAlias", { place: datacenter, alias: "Net", cidr: "10.5.0.0/16" })).join(),
      /alias Net of the datacenter exists already; set adopt: true/,
    );
    const taken = await lab.create("FirewallAlias", "x", {
      place: datacenter,
      alias: "net",
      cidr: "10.5.0.0/16",
      adopt: true,
    });
    assert.equal(
      (await lab.plugin.read("FirewallAlias", "datacenter/net", lab.inputs("FirewallAlias", "seen", {}))).properties[
        "cidr"
      ],
      "10.5.0.0/16",
    );
    await lab.plugin.delete("FirewallAlias", taken.id, taken.properties);
    assert.equal((await lab.plugin.read("FirewallAlias", taken.id, taken.properties)).id, "");
  });
});
