import assert from "node:assert/strict";
import { packagesOf } from "../../../simulator/packages/node-packages.js";
import { eventually } from "../../support/eventually";
import { Lab, sshConfig } from "../../support/lab";
import { secretUuid, secretValue } from "../../support/secret-values";
import { asked, bridges, createAll, described, sdnOf, sdnWorld } from "./sdn-lab";

describe("zones, vnets and subnets", () => {
  let lab: Lab;

  beforeEach(async () => {
    lab = await Lab.start({ seed: sdnWorld() });
  });

  afterEach(() => lab.close());

  it("come with one apply, are on each node, and stay as they are", async () => {
    const made = await createAll(lab);
    assert.deepEqual(
      made.map((one) => (one.status === "fulfilled" ? one.value.id : String(one.reason))),
      ["lab", "web", "web/10.80.0.0/24"],
    );
    assert.equal(asked(lab, "PUT /cluster/sdn"), 1);
    assert.deepEqual(bridges(lab), { holly: ["web"], lloyd: ["web"], mable: ["web"] });
    assert.equal(sdnOf(lab)?.lock, undefined);
    for (const [index, [kind, , args]] of described.entries()) {
      const one = made[index];
      assert.ok(one?.status === "fulfilled");
      const diff = await lab.plugin.diff(kind, one.value.id, one.value.properties, one.value.inputs);
      assert.equal(diff.changes, "none", `${kind}: ${JSON.stringify(diff)}`);
      const read = await lab.plugin.read(kind, one.value.id, one.value.properties);
      for (const key of Object.keys(args)) assert.deepEqual(read.properties[key], args[key], `${kind}.${key}`);
    }
  });

  it("are changed with one apply and go with one, but for a vnet that guests use", async () => {
    const made = await createAll(lab);
    const [zone, vnet, subnet] = made.map((one) => (one.status === "fulfilled" ? one.value : assert.fail()));
    assert.ok(zone && vnet && subnet);
    const news = { ...vnet.inputs, alias: "web servers" };
    const { properties } = await lab.plugin.update("SdnVnet", vnet.id, vnet.properties, news);
    assert.equal(properties["alias"], "web servers");
    assert.equal(asked(lab, "PUT /cluster/sdn"), 2);
    const [cluster] = Object.values(lab.sim.world.clusters);
    const config = { name: "shop", net0: "virtio=BC:24:11:00:00:01,bridge=web" };
    const state = { pending: {}, pendingDelete: {}, snapshots: {} };
    cluster!.guests["100"] = { vmid: 100, type: "qemu", node: "holly", config, ...state };
    await assert.rejects(
      lab.plugin.delete("SdnVnet", vnet.id, properties),
      /vnet web is used by VM 100 \(shop\): net0/,
    );
    delete cluster!.guests["100"];
    await Promise.all([
      lab.plugin.delete("SdnZone", zone.id, zone.properties),
      lab.plugin.delete("SdnVnet", vnet.id, properties),
      lab.plugin.delete("SdnSubnet", subnet.id, subnet.properties),
    ]);
    assert.equal(asked(lab, "PUT /cluster/sdn"), 3);
    assert.deepEqual(bridges(lab), { holly: [], lloyd: [], mable: [] });
    assert.deepEqual([sdnOf(lab)?.lock, sdnOf(lab)?.zones, sdnOf(lab)?.addresses], [undefined, {}, { lab: {} }]);
    const gone = await lab.plugin.read("SdnZone", zone.id, zone.properties);
    assert.equal(gone.id, "");
  });

  it("are not replaced while vnets are in them, and a guest that comes late keeps its vnet", async () => {
    await lab.close();
    let hook = (_route: string): void => undefined;
    lab = await Lab.start({ seed: sdnWorld(), onRequest: ({ route }) => hook(String(route)) });
    const made = await createAll(lab);
    const [zone, vnet] = made.map((one) => (one.status === "fulfilled" ? one.value : assert.fail()));
    assert.ok(zone && vnet);
    const { failures } = await lab.plugin.check("SdnZone", zone.inputs, { ...zone.inputs, zoneId: "other" });
    assert.match(JSON.stringify(failures), /cannot be changed while vnet web is in zone lab/);
    const [cluster] = Object.values(lab.sim.world.clusters);
    const config = { net0: "virtio=BC:24:11:00:00:01,bridge=web" };
    const late = {
      vmid: 100,
      type: "qemu" as const,
      node: "holly",
      config,
      pending: {},
      pendingDelete: {},
      snapshots: {},
    };
    // It comes after the first look at the guests, when what is staged is read.
    hook = (route) => {
      if (route === "GET /nodes/{node}/network") cluster!.guests["100"] = late;
    };
    await assert.rejects(lab.plugin.delete("SdnVnet", vnet.id, vnet.properties), /vnet web is used by VM 100/);
    assert.ok(sdnOf(lab)?.vnets["web"]);
  });

  it("that may not be seen are not taken for gone, nor a vnet whose guests may not be seen", async () => {
    const made = await createAll(lab);
    const [zone, vnet] = made.map((one) => (one.status === "fulfilled" ? one.value : assert.fail()));
    assert.ok(zone && vnet);
    const { access } = Object.values(lab.sim.world.clusters)[0] ?? assert.fail();
    const secret = secretUuid("a token that sees little");
    access.users["blind@pve"] = { enable: 1, expire: 0, tokens: { one: { secret, privsep: 0, expire: 0 } } };
    access.roles["Blind"] = ["SDN.Audit", "SDN.Allocate", "Sys.Audit"];
    const given = { path: "/sdn", type: "user" as const, ugid: "blind@pve", roleid: "Blind", propagate: 0 as 0 | 1 };
    access.acl.push(given, { ...given, path: "/nodes", propagate: 1 });
    const token = { "proxmox:tokenId": "blind@pve!one", "proxmox:tokenSecret": secret };
    const blind = await Lab.on(lab.sim, token, lab.stackId);
    try {
      const unseen = /whether zone lab is there cannot be seen: it takes the privilege SDN\.Audit on \/sdn\/zones\/lab/;
      await assert.rejects(blind.plugin.read("SdnZone", zone.id, zone.properties), unseen);
      await assert.rejects(blind.plugin.delete("SdnZone", zone.id, zone.properties), unseen);
      given.propagate = 1;
      await assert.rejects(
        blind.plugin.delete("SdnVnet", vnet.id, vnet.properties),
        /whether guests use vnet web cannot be seen: it takes the privilege VM\.Audit on \/vms/,
      );
    } finally {
      await blind.close();
    }
  });

  it("are refused at preview where Proxmox lets through what cannot work", async () => {
    delete packagesOf(lab.sim.simulation.node("mable")).installed["dnsmasq"];
    for (const node of ["holly", "lloyd"]) installFrr(lab, node);
    const refusals: readonly (readonly [kind: string, args: Record<string, unknown>, reason: RegExp])[] = [
      ["SdnZone", { type: "simple", nodes: ["holly", "nosuch"] }, /nodes\[1\]: there is no node "nosuch"/],
      ["SdnZone", { type: "simple", mtu: 10 }, /mtu: write 576 or more/],
      ["SdnZone", { type: "simple", dhcp: "dnsmasq" }, /ipam: DHCP gives out what the IPAM has/],
      [
        "SdnZone",
        { type: "simple", dhcp: "dnsmasq", ipam: "pve" },
        /dhcp: takes the package dnsmasq, which mable has not/,
      ],
      ["SdnZone", { type: "simple", ipam: "nosuch" }, /ipam: there is no IPAM "nosuch"; there is pve/],
      ["SdnZone", { type: "vlan", bridge: "nosuch0" }, /bridge: there is no bridge nosuch0 on holly, lloyd, mable/],
      ["SdnZone", { type: "qinq", bridge: "vmbr0", tag: 5000 }, /tag: write 1 to 4094/],
      ["SdnZone", { type: "vxlan" }, /peers: write either peers or fabric/],
      [
        "SdnZone",
        { type: "evpn", controller: "nosuch", vrfVxlan: 5 },
        /controller: there is no EVPN controller "nosuch"/,
      ],
      [
        "SdnZone",
        {
          type: "evpn",
          controller: "c",
          vrfVxlan: 5,
          nodes: ["holly"],
          exitNodes: ["mable"],
          primaryExitNode: "lloyd",
        },
        /exitNodes\[0\]: is none of nodes, so that the zone is not on mable; write one of holly.*primaryExitNode: is none of exitNodes/s,
      ],
      [
        "SdnZone",
        { type: "evpn", controller: "c", vrfVxlan: 5, nodes: ["holly", "mable"], __beside: evpn },
        /controller: takes the package frr-pythontools, which mable has not: Proxmox would configure no routing there/,
      ],
      ["SdnVnet", { zone: "nosuch" }, /zone: there is no zone "nosuch"/],
      ["SdnVnet", { zone: "e", tag: 5, __beside: evpn }, /tag: is the VXLAN id of zone e's router \(vrfVxlan\)/],
      ["SdnVnet", { zone: "v", tag: 4095, __beside: vlanZone }, /tag: is no VLAN id: write 1 to 4094/],
      ["SdnVnet", { zone: "v", __beside: vlanZone }, /tag: zone v is a VLAN zone; write the VLAN id/],
      ["SdnVnet", { zone: "lab", tag: 5, __beside: simpleZone }, /tag: zone lab is a simple one/],
      ["SdnSubnet", { vnet: "w", cidr: "10.0.0.5/24" }, /cidr: write a network with its prefix/],
      ["SdnSubnet", { vnet: "w", cidr: "10.0.0.0/24", gateway: "10.1.0.1" }, /gateway: is not in 10\.0\.0\.0\/24/],
      [
        "SdnSubnet",
        { vnet: "w", cidr: "fd00:80::/64", __beside: served },
        /gateway: write one: zone lab serves DHCP, and Proxmox leaves out of it a subnet of IPv6 without a gateway/,
      ],
      [
        "SdnController",
        { type: "bgp", asn: 65000, peers: ["10.0.0.1"], node: "nosuch" },
        /node: there is no node "nosuch"/,
      ],
      [
        "SdnController",
        { type: "bgp", asn: 65000, peers: ["10.0.0.1"], node: "mable" },
        /node: takes .* frr-pythontools/,
      ],
      [
        "SdnController",
        { type: "bgp", asn: 65000, peers: ["10.0.0.1"], node: "holly", __beside: evpn },
        /node: holly has BGP controller b already, and a node has one router/,
      ],
      [
        "SdnController",
        { type: "isis", node: "holly", domain: "d", net: "49.0001", interfaces: ["vmbr0"] },
        /net: write one such as 49\.0001\.1921/,
      ],
    ];
    for (const [kind, args, reason] of refusals) {
      const problems = await lab.problems(kind, { ...named(kind), ...args });
      assert.ok(reason.test(problems.join("\n")), `${kind} ${JSON.stringify(args)}: ${problems.join("; ")}`);
    }
    assert.deepEqual(await lab.problems("SdnZone", { zoneId: "vl", type: "vlan", bridge: "vmbr0" }), []);
  });

  it("of EVPN and BGP are on a node when it has FRR too; else everything is put back", async () => {
    const bgp = { controllerId: "bb", type: "bgp", node: "lloyd", asn: 65000, peers: ["10.0.0.1"] };
    for (const node of ["holly", "lloyd", "mable"]) installFrr(lab, node);
    const { inputs, failures } = await lab.plugin.check("SdnController", {}, lab.inputs("SdnController", "bb", bgp));
    assert.deepEqual(failures, []);
    // It goes between preview and apply.
    delete packagesOf(lab.sim.simulation.node("lloyd")).installed["frr-pythontools"];
    await assert.rejects(
      lab.plugin.create("SdnController", inputs),
      /lloyd lacks controller bb \(no routing: the package frr-pythontools is not installed\)\. Everything is as it was/,
    );
    assert.deepEqual(sdnOf(lab)?.running?.controllers, {});
    installFrr(lab, "lloyd");
    assert.equal((await lab.plugin.create("SdnController", inputs)).id, "bb");
    const peers = ["10.0.0.11"];
    await lab.create("SdnController", "cc", { controllerId: "cc", type: "evpn", asn: 65000, peers });
    delete packagesOf(lab.sim.simulation.node("mable")).installed["frr-pythontools"];
    // The controller is needed where its zones are.
    const zone = { zoneId: "ee", type: "evpn", controller: "cc", vrfVxlan: 5 };
    await assert.rejects(lab.create("SdnZone", "ee", zone), /frr-pythontools, which mable has not/);
    await lab.create("SdnZone", "ee", { ...zone, nodes: ["holly", "lloyd"] });
    assert.equal(sdnOf(lab)?.running?.zones["ee"]?.["controller"], "cc");
  });

  it("that are there already take adopt, and then are this program's", async () => {
    const { simulation } = lab.sim;
    const cluster = simulation.clusterOf(simulation.node("holly"));
    const zones = { lab: { type: "simple", mtu: "1400" } };
    const nothing = { vnets: {}, subnets: {}, controllers: {} };
    cluster.sdn = {
      ...{ zones, ...nothing, ipams: {}, dns: {}, fabrics: {}, addresses: {} },
      running: { version: 1, zones: structuredClone(zones), ...nothing },
    };
    const args = { zoneId: "lab", type: "simple", mtu: 1450 };
    await assert.rejects(lab.create("SdnZone", "lab", args), /zone lab exists already; set adopt: true/);
    const { properties } = await lab.create("SdnZone", "lab", { ...args, adopt: true });
    assert.deepEqual([properties["mtu"], cluster.sdn?.running?.zones["lab"]?.["mtu"]], [1450, "1450"]);
  });

  it("that a killed run has applied are taken up by the next one, which a note on a node tells them by", async () => {
    const { sim } = lab;
    const first = await Lab.on(sim, sshConfig);
    try {
      const args = { zoneId: "lab", type: "simple" };
      const { inputs } = await first.plugin.check("SdnZone", {}, first.inputs("SdnZone", "lab", args));
      const killed = assert.rejects(first.plugin.create("SdnZone", inputs));
      await eventually("an apply", () => asked(lab, "PUT /cluster/sdn") > 0);
      await first.plugin.close();
      await killed;
      assert.deepEqual(Object.keys(sdnOf(lab)?.running?.zones ?? {}), ["lab"]);
      await assert.rejects(lab.create("SdnZone", "lab", args), /zone lab exists already/);
      const next = await Lab.on(sim, sshConfig, first.stackId);
      try {
        // Not what somebody else has made of it since.
        const zone = sdnOf(lab)?.running?.zones["lab"] ?? assert.fail();
        zone["type"] = "vxlan";
        const late = await Lab.on(sim, sshConfig, first.stackId);
        await assert
          .rejects(late.create("SdnZone", "lab", args), /zone lab exists already/)
          .finally(() => late.close());
        zone["type"] = "simple";
        assert.equal((await next.create("SdnZone", "lab", args)).id, "lab");
      } finally {
        await next.close();
      }
    } finally {
      await first.close();
    }
  });

  it("of IPAM and DNS servers are written when the server answers, and never show their secrets", async () => {
    const token = secretValue("the IPAM's token");
    const netbox = { type: "netbox", url: "https://netbox.lab/api", token };
    await assert.rejects(lab.create("SdnIpam", "netbox", netbox), /Can't connect to netbox api/);
    lab.sim.world.sdnServers = ["https://netbox.lab", "https://dns.lab"];
    // The lock that the zones are staged under does not stand in its way.
    const [ipam, made] = await Promise.all([lab.create("SdnIpam", "netbox", netbox), createAll(lab)]);
    assert.equal(ipam.id, "netbox");
    assert.ok(made.every(({ status }) => status === "fulfilled"));
    const dns = await lab.create("SdnDns", "powerdns", {
      ...{ type: "powerdns", url: "https://dns.lab/api", apiKey: secretValue("the DNS server's key"), ttl: 60 },
    });
    const diff = await lab.plugin.diff("SdnDns", dns.id, dns.properties, dns.inputs);
    assert.equal(diff.changes, "none");
    await lab.plugin.delete("SdnIpam", ipam.id, ipam.properties);
    await lab.plugin.delete("SdnDns", dns.id, dns.properties);
    assert.deepEqual([sdnOf(lab)?.ipams, sdnOf(lab)?.dns], [{}, {}]);
  });
});

const beside = (resource: string, args: Record<string, unknown>) => [{ kind: "SdnZone", resource, args, unknown: [] }];
const vlanZone = beside("v", { type: "vlan", bridge: "vmbr0" });
const simpleZone = beside("lab", { type: "simple" });

const installFrr = (lab: Lab, node: string): void =>
  void (packagesOf(lab.sim.simulation.node(node)).installed["frr-pythontools"] = "10.4.1-1+pve1");

const evpn = [
  ...beside("e", { type: "evpn", controller: "c", vrfVxlan: 5 }),
  { kind: "SdnController", resource: "c", args: { type: "evpn", asn: 65000 }, unknown: [] },
  { kind: "SdnController", resource: "b", args: { type: "bgp", node: "holly", asn: 65000 }, unknown: [] },
];

const served = [
  ...beside("lab", { type: "simple", ipam: "pve", dhcp: "dnsmasq" }),
  { kind: "SdnVnet", resource: "w", args: { zone: "lab" }, unknown: [] },
];

const named = (kind: string): Record<string, string> =>
  ({ SdnZone: { zoneId: "zz" }, SdnVnet: { vnetId: "vv" }, SdnController: { controllerId: "cc" } })[kind] ?? {};
