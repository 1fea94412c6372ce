import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../../simulator";
import { ask, type Answer } from "../api-client.js";

/** The API of the firewall and the files behind it. The sources are named with each row. */
describe("the API of the firewall", () => {
  let sim: Simulator;

  beforeEach(async () => {
    sim = await startSimulator({ seed: "empty:1" });
  });

  afterEach(() => sim.close());

  const api = (method: string, path: string, params: Record<string, string> = {}): Promise<Answer> =>
    ask(sim.nodes[0]!, method, path, {
      params,
      headers: { Authorization: `PVEAPIToken=${sim.token.id}=${sim.token.secret}` },
    });
  const done = async (method: string, path: string, params: Record<string, string> = {}): Promise<unknown> => {
    const { status, reason, json } = await api(method, path, params);
    assert.equal(status, 200, `${method} ${path}: ${reason} ${JSON.stringify(json?.errors)}`);
    return json?.data;
  };
  const cluster = () => sim.simulation.clusterOf(sim.simulation.node("pve1"));
  const file = (name: string): string | undefined => cluster().firewallFiles?.[name];
  const rules = async (path = "/cluster/firewall/rules"): Promise<Record<string, unknown>[]> =>
    (await done("GET", path)) as Record<string, unknown>[];

  describe("answers with the digests that were recorded", () => {
    it("of options (scenario 15, lines 10 and 16)", async () => {
      await done("PUT", "/cluster/firewall/options", {
        ...{ enable: "1", policy_in: "DROP", policy_out: "ACCEPT", ebtables: "1" },
        log_ratelimit: "enable=1,rate=1/second",
      });
      assert.deepEqual(await done("GET", "/cluster/firewall/options"), {
        ...{ enable: 1, ebtables: 1, policy_in: "DROP", policy_out: "ACCEPT" },
        ...{ log_ratelimit: "enable=1,rate=1/second", digest: "39da9a13bb4b9b461bce4928cbb11671a80216db" },
      });
      await done("PUT", "/cluster/firewall/options", { delete: "enable,policy_in,policy_out,ebtables,log_ratelimit" });
      assert.deepEqual(await done("GET", "/cluster/firewall/options"), {
        digest: "da39a3ee5e6b4b0d3255bfef95601890afd80709",
      });
      assert.equal(file("firewall/cluster.fw"), undefined);
    });

    it("of rules in a group (line 27), of groups (34), of sets (51) and of what is in them (62)", async () => {
      await done("POST", "/cluster/firewall/groups", { group: "web2", comment: "webservers" });
      const group = "/cluster/firewall/groups/web2";
      assert.deepEqual(await done("GET", "/cluster/firewall/groups"), [
        { group: "web2", comment: "webservers", digest: "d7ab50c47503bb8e7d184070384dde12f07a0862" },
      ]);
      const rule = { type: "in", action: "ACCEPT", proto: "tcp" };
      await done("POST", group, { ...rule, dport: "443", enable: "0", comment: "changed" });
      await done("POST", group, { ...rule, dport: "80", enable: "1", comment: "http" });
      assert.equal((await rules(group))[0]?.["digest"], "2f77a306dffdc9ccdd06e38a2b9e0dec08237df3");
      await done("POST", "/cluster/firewall/ipset", { name: "set1", comment: "s" });
      assert.deepEqual(await done("GET", "/cluster/firewall/ipset"), [
        { name: "set1", comment: "s", digest: "95351d0ed675360accefdd5655728b012a72ef6e" },
      ]);
      await done("POST", "/cluster/firewall/aliases", { name: "host2", cidr: "10.0.0.7" });
      const set = "/cluster/firewall/ipset/set1";
      await done("POST", set, { cidr: "10.0.0.1", comment: "one" });
      await done("POST", set, { cidr: "10.1.0.0/16", nomatch: "1" });
      for (const cidr of ["host2", "dc/host2"]) await done("POST", set, { cidr });
      const digest = "4bf14857b4b64f6965b6c0f6f110d9183c6fa4e9";
      assert.deepEqual(await done("GET", set), [
        { cidr: "10.0.0.1", comment: "one", digest },
        { cidr: "10.1.0.0/16", nomatch: 1, digest },
        { cidr: "dc/host2", digest },
        { cidr: "host2", digest },
      ]);
    });

    it("of a guest's rules, with an alias of its own (lines 129 and 133)", async () => {
      const path = "/nodes/pve1/qemu/100/firewall";
      await done("POST", `${path}/aliases`, { name: "a1", cidr: "10.0.0.1" });
      await done("POST", `${path}/ipset`, { name: "ipfilter-net0" });
      const rule = { type: "group", action: "sg1" };
      await done("POST", `${path}/rules`, { ...rule, enable: "1" });
      await done("POST", `${path}/rules`, { ...rule, action: "nosuch", enable: "1" });
      for (const iface of ["net0", "net9"]) await done("POST", `${path}/rules`, { ...rule, iface });
      await done("POST", `${path}/rules`, {
        ...{ type: "in", action: "ACCEPT", proto: "tcp", dport: "22", iface: "net0", enable: "1" },
      });
      for (const dest of ["+ipfilter-net0", "guest/a1"])
        await done("POST", `${path}/rules`, { type: "out", action: "DROP", dest });
      assert.equal((await rules(`${path}/rules`))[0]?.["digest"], "bb0a939d8b99161297a1aab2d99efddd257ab03e");
      await done("DELETE", `${path}/rules/0`);
      assert.equal((await rules(`${path}/rules`))[0]?.["digest"], "4e8ce7f92324315f733717f78e700044ff303f5d");
    });
  });

  it("keeps what it is told in Proxmox's own files (save_clusterfw_conf in PVE/Firewall.pm)", async () => {
    await done("PUT", "/cluster/firewall/options", { policy_in: "REJECT" });
    await done("POST", "/cluster/firewall/aliases", { name: "Office", cidr: "192.0.2.0/24", comment: "desks" });
    await done("POST", "/cluster/firewall/ipset", { name: "admins" });
    await done("POST", "/cluster/firewall/ipset/admins", { cidr: "192.0.2.9/32" });
    await done("POST", "/cluster/firewall/ipset/admins", { cidr: "10.0.0.77/24", nomatch: "1", comment: "not these" });
    await done("POST", "/cluster/firewall/groups", { group: "web", comment: "pages" });
    await done("POST", "/cluster/firewall/groups/web", { type: "in", action: "ACCEPT", macro: "http" });
    await done("POST", "/cluster/firewall/rules", { type: "group", action: "web", enable: "1", iface: "vmbr0" });
    await done("POST", "/cluster/firewall/rules", {
      ...{ type: "in", action: "DROP", source: "+admins", dest: "office", proto: "tcp", dport: "22,80:90" },
      ...{ sport: "1024:65535", log: "info", iface: "vmbr0", comment: "why" },
    });
    await done("POST", "/cluster/firewall/rules", {
      ...{ type: "out", action: "ACCEPT", proto: "icmp", "icmp-type": "echo-request", enable: "1" },
    });
    assert.equal(
      file("firewall/cluster.fw"),
      [
        ...["[OPTIONS]", "", "policy_in: REJECT", ""],
        ...["[ALIASES]", "", "Office 192.0.2.0/24 # desks", ""],
        ...["[IPSET admins]", "", "!10.0.0.0/24 # not these", "192.0.2.9", ""],
        ...["[RULES]", "", "OUT ACCEPT -p icmp -icmp-type echo-request"],
        "|IN DROP -i vmbr0 -source +admins -dest office -p tcp -dport 22,80:90 -sport 1024:65535 -log info # why",
        ...["GROUP web -i vmbr0", ""],
        ...["[group web] # pages", "", "|IN HTTP(ACCEPT)", "", ""],
      ].join("\n"),
    );
    await done("POST", "/nodes/pve1/firewall/rules", { type: "in", action: "DROP", enable: "1" });
    await done("PUT", "/nodes/pve1/qemu/100/firewall/options", { enable: "1", policy_out: "DROP" });
    assert.equal(file("nodes/pve1/host.fw"), "[RULES]\n\nIN DROP\n\n");
    assert.equal(file("firewall/100.fw"), "[OPTIONS]\n\nenable: 1\npolicy_out: DROP\n\n");
  });

  it("shows what a file says that somebody has written, and of a wrong rule what is wrong", async () => {
    cluster().firewallFiles = {
      "firewall/cluster.fw": [
        ...["nothing here", "[OPTIONS]", "Enable: 1", "policy_in: drop", "nosuch: 1", "policy_forward:ACCEPT"],
        ...[
          "[rules]",
          "IN ACCEPT -source +later -p tcp -dport 22 # above its set",
          "garbage",
          "IN ssh(ACCEPT) --proto",
        ],
        ...["  |in Ping(DROP) -dest 10.0.0.5/24 ", "IN ACCEPT -p tcp -dport 0", "IN ACCEPT -p tcp -dport 9:3"],
        ...["OUT ACCEPT -source 10.0.0.1 -dest fd00::1", "[IPSET Later]", "10.0.0.1", "! 10.0.0.0/8", "10.0.0.1"],
        ...["0.0.0.0/0", "[ALIASES]", "x y", "One 10.0.0.1/32 # text"],
      ].join("\n"),
    };
    const options = (await done("GET", "/cluster/firewall/options")) as object;
    assert.deepEqual({ ...options, digest: 0 }, { enable: 1, policy_in: "DROP", policy_forward: "ACCEPT", digest: 0 });
    const shown = (await rules()).map(({ digest: _, pos: __, type: ___, ...rule }) => rule);
    const first = { action: "ACCEPT", enable: 1, proto: "tcp" };
    assert.deepEqual(shown, [
      {
        ...{ ...first, source: "+later", dport: "22", comment: "above its set" },
        errors: { source: "no such ipset 'later'" },
      },
      {
        ...{ action: "DROP", enable: 0, macro: "Ping", dest: "10.0.0.5/24" },
        errors: { dest: "invalid IP address: Invalid prefix 00001010000000000000000000000101/24" },
      },
      { ...first, dport: "0" },
      { ...first, dport: "9:3", errors: { dport: "backwards range '9:3' not allowed, did you mean '3:9'?" } },
      {
        ...{ action: "ACCEPT", enable: 1, source: "10.0.0.1", dest: "fd00::1", ipversion: 4 },
        errors: { dest: "detected mixed ipv4/ipv6 addresses in rule" },
      },
    ]);
    const entries = (await done("GET", "/cluster/firewall/ipset/later")) as Record<string, unknown>[];
    assert.deepEqual(
      entries.map(({ digest: _, ...entry }) => entry),
      [
        { cidr: "10.0.0.1" },
        { cidr: "10.0.0.0/8", nomatch: 1 },
        { cidr: "10.0.0.1", errors: { cidr: "duplicate ipset entry for '10.0.0.1'" } },
        { cidr: "0.0.0.0/0", errors: { cidr: "a zero prefix is not allowed in ipset entries\n" } },
      ],
    );
    assert.deepEqual(await done("GET", "/cluster/firewall/aliases/ONE"), {
      ...{ name: "One", cidr: "10.0.0.1", ipversion: 4, comment: "text" },
    });
  });

  it("writes only what it understands back: lines that cannot be read are gone with the next change", async () => {
    const text = "[OPTIONS]\nnosuch: 1\n[RULES]\nIN ACCEPT -p tcp -dport 0 # all ports\nIN ACCEPT\ngarbage\n";
    cluster().firewallFiles = { "firewall/cluster.fw": text };
    await done("DELETE", "/cluster/firewall/rules/1");
    assert.equal(file("firewall/cluster.fw"), "[RULES]\n\nIN ACCEPT -p tcp # all ports\n\n");
  });

  it("takes a set or group with capitals, and does not find it again (generic_fw_config_parser)", async () => {
    await done("POST", "/cluster/firewall/ipset", { name: "Admins" });
    assert.equal((await api("GET", "/cluster/firewall/ipset/Admins")).reason, "no such IPSet 'Admins'");
    assert.deepEqual(await done("GET", "/cluster/firewall/ipset/admins"), []);
    await done("POST", "/cluster/firewall/groups", { group: "Web" });
    assert.equal((await api("GET", "/cluster/firewall/groups/Web")).reason, "no such security group 'Web'");
  });

  it("takes a setting away by an empty text, and none that a rule needs (copy_rule_data, delete_rule_properties)", async () => {
    const path = "/cluster/firewall/rules";
    await done("POST", path, { type: "in", action: "ACCEPT", proto: "tcp", dport: "22", comment: "x", enable: "1" });
    await done("PUT", `${path}/0`, { comment: "" });
    assert.equal((await rules())[0]?.["comment"], undefined);
    assert.deepEqual((await api("PUT", `${path}/0`, { delete: "action" })).json?.errors, {
      delete: "unable to delete required property 'action'",
    });
    assert.deepEqual((await api("PUT", `${path}/0`, { delete: "nosuch" })).json?.errors, {
      delete: "no such property ('nosuch')",
    });
    await done("PUT", `${path}/0`, { delete: "enable" });
    assert.equal((await rules())[0]?.["enable"], 1);
  });

  it("moves a rule before the one at the position (update_rule)", async () => {
    const path = "/cluster/firewall/rules";
    for (const comment of ["d", "c", "b", "a"]) await done("POST", path, { type: "in", action: "DROP", comment });
    const order = async (): Promise<unknown> => (await rules()).map(({ comment }) => comment).join("");
    for (const [from, to, expected] of [
      ["0", "2", "bacd"],
      ["3", "0", "dbac"],
      ["1", "9", "dacb"],
    ] as const) {
      await done("PUT", `${path}/${from}`, { moveto: to, comment: "ignored" });
      assert.equal(await order(), expected);
    }
    // to its own place is no move
    await done("PUT", `${path}/2`, { moveto: "2", comment: "x" });
    assert.equal(await order(), "daxb");
  });

  describe("refuses", () => {
    const rule = { type: "in", action: "ACCEPT" };
    const path = "/cluster/firewall/rules";
    const refusals: readonly [string, Record<string, string>, Record<string, string>][] = [
      [
        "a forward rule that rejects",
        { type: "forward", action: "REJECT" },
        { action: "cannot define REJECT rules on forward chain" },
      ],
      ["an unknown action", { ...rule, action: "LOG" }, { action: "unknown action 'LOG'" }],
      [
        "ports of a protocol without",
        { ...rule, proto: "esp", dport: "1" },
        { dport: "protocol 'esp' does not support ports" },
      ],
      [
        "a macro with a port of its own",
        { ...rule, macro: "SSH", proto: "tcp", dport: "23" },
        { dport: "parameter 'dport' already define in macro (value = '22')" },
      ],
      [
        "a type of ICMP for TCP",
        { ...rule, proto: "tcp", "icmp-type": "redirect" },
        { proto: "missing property - 'icmp-type' requires this property" },
      ],
      [
        "a type of the other ICMP",
        { ...rule, proto: "icmp", "icmp-type": "no-route" },
        { "icmp-type": "invalid icmp-type 'no-route' for proto 'icmp'" },
      ],
      [
        "a list of both families",
        { ...rule, source: "10.0.0.1,fd00::1" },
        { source: "invalid format - detected mixed ipv4/ipv6 addresses in address list '10.0.0.1,fd00::1'\n" },
      ],
      [
        "a range in a list",
        { ...rule, source: "10.0.0.1-10.0.0.9,10.1.0.1" },
        { source: "invalid format - you can't use a range in a list\n" },
      ],
      [
        "a network with bits beyond its length",
        { ...rule, source: "10.0.0.5/24" },
        { source: "invalid format - invalid IP address: Invalid prefix 00001010000000000000000000000101/24\n" },
      ],
      [
        "a comma at the end",
        { ...rule, proto: "tcp", dport: "22," },
        { dport: "invalid format - extraneous commas in list\n" },
      ],
      [
        "a port that none is",
        { ...rule, proto: "tcp", dport: "70000" },
        { dport: "invalid format - invalid port '70000'\n" },
      ],
      [
        "a service that none is",
        { ...rule, proto: "tcp", dport: "nosuch" },
        { dport: "invalid format - invalid port 'nosuch'\n" },
      ],
      [
        "sixteen ports",
        { ...rule, proto: "tcp", dport: Array.from({ length: 16 }, (_, at) => at + 1).join(",") },
        { dport: "invalid format - too many entries in port list (> 15 numbers)\n" },
      ],
      ["an unknown protocol", { ...rule, proto: "nosuch" }, { proto: "invalid format - unknown protocol 'nosuch'\n" }],
      ["a set that none is", { ...rule, source: "+dc/nosuch" }, { source: "no such ipset 'nosuch'" }],
    ];
    for (const [what, params, errors] of refusals)
      it(`${what} (verify_rule and the formats in PVE/Firewall.pm)`, async () => {
        const { status, json } = await api("POST", path, params);
        assert.deepEqual({ status, errors: json?.errors }, { status: 400, errors });
      });

    it("a rule of both families, by an alias as no setting's fault (set_ip_version)", async () => {
      const { json } = await api("POST", path, { ...rule, proto: "icmpv6", source: "10.0.0.1" });
      assert.deepEqual(json?.errors, { source: "detected mixed ipv4/ipv6 addresses in rule" });
      await done("POST", "/cluster/firewall/aliases", { name: "four", cidr: "10.0.0.1" });
      const other = await api("POST", path, { ...rule, proto: "icmpv6", source: "four" });
      assert.deepEqual([other.status, other.reason], [500, "detected mixed ipv4/ipv6 addresses in rule"]);
    });

    it("a second set or group by renaming", async () => {
      for (const name of ["one", "two"]) {
        await done("POST", "/cluster/firewall/ipset", { name });
        await done("POST", "/cluster/firewall/groups", { group: name });
      }
      assert.deepEqual((await api("POST", "/cluster/firewall/ipset", { name: "two", rename: "one" })).json?.errors, {
        name: "IPSet 'two' does already exist",
      });
      assert.deepEqual((await api("POST", "/cluster/firewall/groups", { group: "two", rename: "one" })).json?.errors, {
        group: "Security group 'two' does already exist",
      });
    });
  });

  it("renames a group in the rules of all that name it (create_security_group)", async () => {
    await done("POST", "/cluster/firewall/groups", { group: "old", comment: "text" });
    for (const path of ["/cluster/firewall", "/nodes/pve1/firewall"])
      await done("POST", `${path}/rules`, { type: "group", action: "old", enable: "1" });
    await done("POST", "/cluster/firewall/groups", { group: "new", rename: "old" });
    assert.equal(file("firewall/cluster.fw"), "[RULES]\n\nGROUP new\n\n[group new] # text\n\n\n");
    assert.equal(file("nodes/pve1/host.fw"), "[RULES]\n\nGROUP new\n\n");
  });

  it("changes nothing without quorum (cfs_lock_firewall)", async () => {
    await sim.close();
    sim = await startSimulator({ seed: "matrix", faults: [{ effect: { kind: "no-quorum" } }] });
    const { status, reason } = await api("PUT", "/cluster/firewall/options", { enable: "1" });
    assert.deepEqual([status, reason], [500, "cfs-lock 'firewall-cluster' error: no quorum!"]);
    const host = await api("POST", "/nodes/foxtrot/firewall/rules", { type: "in", action: "DROP" });
    assert.equal(host.reason, "cfs-lock 'firewall-host-foxtrot' error: no quorum!");
  });

  it("of a virtual network knows those that were applied (check_vnet_access)", async () => {
    const path = "/cluster/sdn/vnets/vnet0/firewall";
    await done("POST", "/cluster/sdn/zones", { zone: "zone0", type: "simple" });
    await done("POST", "/cluster/sdn/vnets", { vnet: "vnet0", zone: "zone0" });
    assert.match((await api("GET", `${path}/options`)).reason, /^invalid vnet specified at /);
    await done("PUT", "/cluster/sdn");
    await done("PUT", `${path}/options`, { enable: "1", policy_forward: "DROP" });
    assert.deepEqual((await api("POST", `${path}/rules`, { type: "in", action: "ACCEPT" })).json?.errors, {
      type: "invalid rule type 'in' for rule_env 'vnet'",
    });
    await done("POST", `${path}/rules`, { type: "forward", action: "ACCEPT", source: "+sdn/vnet0-all", enable: "1" });
    assert.equal(
      file("sdn/firewall/vnet0.fw"),
      "[OPTIONS]\n\nenable: 1\npolicy_forward: DROP\n\n[RULES]\n\nFORWARD ACCEPT -source +sdn/vnet0-all\n\n",
    );
    const refs = (await done("GET", "/cluster/firewall/refs", { type: "ipset" })) as Record<string, unknown>[];
    assert.deepEqual(refs.map(({ name }) => name).sort(), [
      ...["vnet0-all", "vnet0-dhcp", "vnet0-gateway", "vnet0-no-gateway"],
    ]);
  });
});
