import assert from "node:assert/strict";
import type { ProxmoxClusterArgs } from "../../components/proxmox-cluster";
import { ComponentOnMocks } from "../support/component-on-mocks";
import { orderOf } from "../support/dependency-graph";

describe("a whole cluster", () => {
  const mocks = new ComponentOnMocks(
    () => require("../../components/proxmox-cluster") as typeof import("../../components/proxmox-cluster"),
  );

  const octets = { foxtrot: 5, golf: 6, hotel: 7 };
  const nodes = Object.fromEntries(
    Object.entries(octets).map(([node, hostOctet]) => [
      node,
      { variables: { hostOctet }, ceph: { osds: { nvme1n1: { serial: `S${hostOctet}1` } } } },
    ]),
  );
  const whole: ProxmoxClusterArgs = {
    nodes,
    host: {
      repositories: { enterprise: false, "no-subscription": true },
      upgrade: {},
      hosts: [{ address: "192.168.3.{{hostOctet}}", names: ["{{name}}.lab", "{{name}}"] }],
      dns: { servers: ["192.168.3.1"], searchDomain: "lab" },
      timeZone: "Europe/Berlin",
      packages: { tools: { packages: ["htop"] } },
      sysctl: { tuning: { "vm.swappiness": 10 } },
      logRotation: { app: { logs: ["/var/log/app.log"], frequency: "daily" } },
    },
    network: {
      ports: { eno2: { mtu: 9000 } },
      bridges: {
        vmbr0: { adopt: true, ports: ["eno1"], address: "192.168.3.{{hostOctet}}/24", gateway: "192.168.3.1" },
        vmbr1: { ports: ["eno2"], address: "192.168.5.{{hostOctet}}/24", mtu: 9000, probeOthers: true, jumbo: true },
        vmbr7: { ports: ["eno7"] },
      },
      vlans: { vlan9: { parent: "vmbr0", vlanId: 9, address: "192.168.8.{{hostOctet}}/24" } },
    },
    cluster: { name: "Matrix", links: { 0: "192.168.8.{{hostOctet}}" } },
    datacenter: { keyboard: "en-us" },
    access: {
      roles: { Operator: { privileges: ["VM.Audit"] } },
      groups: { team: {} },
      users: { "ci@pve": { groups: ["team"] } },
      acl: [
        { path: "/", role: "Operator", group: "team" },
        { path: "/pool/web", role: "Operator", token: "ci@pve!x" },
      ],
      tokens: { "ci@pve!x": {} },
    },
    ceph: {
      ...{ publicNetwork: "192.168.5.0/24", osd: { osdsPerDevice: 2 }, rules: { flash: { deviceClass: "nvme" } } },
      pools: { vms: { pgNum: 128, crushRule: "flash" }, cold: { addStorages: true } },
    },
    firewall: {
      aliases: { office: { cidr: "10.9.0.0/24" }, lan: { cidr: "192.168.3.0/24" } },
      ipSets: { management: { entries: [{ cidr: "dc/lan" }] }, probes: { entries: [{ cidr: "10.9.9.9" }] } },
      groups: { web: { rules: [{ direction: "in", action: "ACCEPT", macro: "Web", source: "Office" }] } },
      rules: [{ direction: "in", action: "ACCEPT", macro: "Ping", source: "+management" }, { group: "web" }],
      options: { enable: true },
      node: {
        rules: [{ direction: "in", action: "ACCEPT", macro: "SNMP", source: "+dc/probes" }],
        options: { ndp: true },
      },
    },
    storages: { vms: { type: "rbd", pool: "vms", content: ["images"] } },
    dhcpNat: { lab: { networks: { front: { cidr: "10.80.0.0/24" } } } },
    templates: {
      debian: { image: { image: "debian-12", storage: "local" }, template: { disk: { storage: "vms" } } },
    },
    vms: { web: { node: "golf", source: { clone: { template: "debian", full: false } }, memoryMiB: 1024 } },
    guests: { web: { packages: ["nginx"] } },
    backups: { nightly: { schedule: "02:30", storage: "nas", vms: ["web"] } },
    ha: {
      resources: { web: { state: "started" }, 900: {}, db: { vmid: 901 } },
      rules: { spread: { type: "resource-affinity", affinity: "negative", vms: ["web", "db"], resources: ["ct:300"] } },
    },
  };

  it("is made in the safe order, by what waits for what, and waits for nothing else", async () => {
    new mocks.module.ProxmoxCluster("matrix", whole);
    const { assertAfter, assertApart } = await orderOf(mocks.registered);
    for (const node of Object.keys(octets)) {
      assertAfter(new RegExp(`^AptUpgrade ${node}-`), new RegExp(`^AptRepository ${node}-`));
      assertAfter(new RegExp(`^(Bridge|Vlan|NetworkPort) ${node}-`), new RegExp(`^AptUpgrade ${node}-`));
      assertAfter(
        new RegExp(`^(HostsEntries|Dns|TimeZone|Sysctl|LogRotation) ${node}-`),
        new RegExp(`^(Bridge|Vlan|NetworkPort) ${node}-`),
      );
      assertAfter(new RegExp(`^LogRotation ${node}-app`), new RegExp(`^SystemPackage ${node}-tools`));
    }
    // One node at a time; within a node all at once, for one reload.
    assertAfter(/^(Bridge|Vlan|NetworkPort) golf-/, /^(Bridge|Vlan|NetworkPort) foxtrot-/);
    assertAfter(/^(Bridge|Vlan|NetworkPort) hotel-/, /^(Bridge|Vlan|NetworkPort) golf-/);
    assertApart(/^(Bridge|Vlan|NetworkPort) golf-/, /^(Bridge|Vlan|NetworkPort) golf-/);
    assertApart(/^AptUpgrade golf-/, /^AptUpgrade foxtrot-/);
    assertAfter(/^Cluster /, /^(Bridge|Vlan|NetworkPort|HostsEntries|Dns|TimeZone|Sysctl|LogRotation|AptUpgrade) /);
    assertAfter(/^(DatacenterOptions|Role|CephInstall) /, /^Cluster /);
    assertAfter(/^Group /, /^Role /);
    assertAfter(/^User /, /^Group /);
    assertAfter(/^ApiToken /, /^Acl \/:team:Operator/);
    assertAfter(/^Acl \/pool\/web:ci@pve!x/, /^ApiToken /);
    assertAfter(/^CephConfig /, /^CephInstall /);
    assertAfter(/^CephMonitor foxtrot/, /^CephConfig /);
    assertAfter(/^CephMonitor golf/, /^CephMonitor foxtrot/);
    assertAfter(/^CephMonitor hotel/, /^CephMonitor golf/);
    assertAfter(/^CephManager /, /^CephMonitor /);
    assertAfter(/^CephOsd /, /^CephManager /);
    assertApart(/^CephOsd golf/, /^CephOsd foxtrot/);
    assertApart(/^CephManager golf/, /^CephManager foxtrot/);
    assertAfter(/^(CephCrushRule|CephPool) /, /^CephOsd /);
    assertAfter(/^CephPool vms/, /^CephCrushRule flash/);
    assertApart(/^CephPool cold/, /^Ceph(CrushRule flash|Pool vms)/);
    assertAfter(/^Storage /, /^CephPool /);
    assertAfter(/^(CloudImage|Template) debian-/, /^Storage /);
    assertAfter(/^Vm web/, /^Template debian-golf/);
    assertApart(/^Vm web/, /^Template debian-hotel/);
    assertAfter(/^Sdn(Zone|Vnet|Subnet) /, /^Cluster /);
    assertAfter(/^Vm web/, /^Sdn(Zone|Vnet|Subnet) /);
    assertAfter(/^GuestConfig web/, /^Vm web/);
    assertAfter(/^BackupJob nightly/, /^(Vm web|Storage vms)/);
    assertApart(/^BackupJob nightly/, /^GuestConfig /);
    assertAfter(/^HaResource web/, /^Vm web/);
    assertAfter(/^HaResource /, /^(Storage|SdnSubnet|Firewall)/);
    assertAfter(/^HaRule spread/, /^HaResource (web|db)/);
    assertApart(/^Ha/, /^(GuestConfig|BackupJob) /);
    // The firewall: after whoever has to be let in is there, each after what it names, the switch of all last, guests after it.
    assertAfter(/^Firewall/, /^(Cluster|ApiToken|Acl|CephOsd|CephMonitor|CephPool|SdnSubnet) /);
    assertAfter(/^FirewallIpSet management/, /^FirewallAlias lan/);
    assertApart(/^FirewallIpSet management/, /^FirewallAlias office/);
    assertApart(/^FirewallIpSet probes/, /^FirewallAlias /);
    assertAfter(/^FirewallGroup web/, /^FirewallAlias office/);
    assertApart(/^FirewallGroup web/, /^Firewall(Alias lan|IpSet management|IpSet probes)$/);
    assertAfter(/^FirewallRules matrix/, /^Firewall(IpSet management|Group web)/);
    assertApart(/^FirewallRules matrix/, /^FirewallIpSet probes/);
    for (const node of Object.keys(octets)) {
      assertAfter(new RegExp(`^FirewallRules ${node}-`), /^FirewallIpSet probes/);
      assertApart(new RegExp(`^FirewallRules ${node}-`), /^Firewall(Group|Rules|Options) /);
      assertAfter(new RegExp(`^FirewallOptions ${node}-`), new RegExp(`^FirewallRules (matrix|${node}-firewall)$`));
    }
    assertApart(/^FirewallOptions golf-/, /^FirewallOptions foxtrot-/);
    assertAfter(/^FirewallOptions matrix/, /^Firewall(Alias|IpSet|Group|Rules) /);
    assertAfter(/^FirewallOptions matrix/, /^FirewallOptions (foxtrot|golf|hotel)-/);
    assertAfter(/^Vm web/, /^Firewall/);
    assertApart(/^(Storage|CloudImage|Template) /, /^Firewall/);
    // Networks of guests come with one reload, and need no Ceph.
    assertApart(/^Sdn(Zone|Vnet|Subnet) /, /^(Sdn(Zone|Vnet|Subnet)|CephOsd|Storage) /);
    // Rights and Ceph have nothing to do with each other.
    assertApart(/^(CephInstall|CephOsd) /, /^(Role|ApiToken|DatacenterOptions) /);
  });

  it("gives each node its own values, and names of its own things", () => {
    const cluster = new mocks.module.ProxmoxCluster("matrix", {
      ...whole,
      nodes: {
        ...whole.nodes,
        golf: { ...whole.nodes["golf"], network: { bridges: { vmbr1: { mtu: 1500 }, vmbr7: null } } },
      },
    });
    const props = (kind: string, name: string) =>
      mocks.registered.find((one) => one.kind === kind && one.name === name)?.props;
    assert.equal(props("Bridge", "golf-vmbr0")?.["address"], "192.168.3.6/24");
    assert.deepEqual([props("Bridge", "golf-vmbr1")?.["mtu"], props("Bridge", "hotel-vmbr1")?.["mtu"]], [1500, 9000]);
    assert.deepEqual([props("Bridge", "golf-vmbr7"), cluster.nodes["golf"]?.bridges["vmbr7"]], [undefined, undefined]);
    assert.ok(cluster.nodes["golf"]?.bridges["vmbr0"] && cluster.nodes["hotel"]?.ceph?.osds["nvme1n1"]);
    // The others that are there before it; whole frames only where somebody is.
    const peers = (node: string) => [
      props("Bridge", `${node}-vmbr1`)?.["peers"],
      props("Bridge", `${node}-vmbr1`)?.["jumbo"],
    ];
    assert.deepEqual(["foxtrot", "golf", "hotel"].map(peers), [
      [undefined, undefined],
      [["192.168.5.5"], true],
      [["192.168.5.5", "192.168.5.6"], true],
    ]);
    assert.deepEqual(
      (props("HostsEntries", "hotel-hosts")?.["entries"] as { names: string[] }[]).map(({ names }) => names.join(" ")),
      ["foxtrot.lab foxtrot", "golf.lab golf", "hotel.lab hotel"],
    );
    assert.deepEqual(props("Cluster", "matrix")?.["nodes"], [
      { name: "foxtrot", links: { 0: "192.168.8.5" } },
      { name: "golf", links: { 0: "192.168.8.6" } },
      { name: "hotel", links: { 0: "192.168.8.7" } },
    ]);
    assert.deepEqual(
      [props("CephOsd", "golf-nvme1n1")?.["serial"], props("CephOsd", "golf-nvme1n1")?.["osdsPerDevice"]],
      ["S61", 2],
    );
    // What the cluster and Ceph live on stays when it is destroyed, with what carries it; the rest goes.
    const stays = mocks.registered.filter(({ opts }) => opts.retainOnDelete).map(({ name }) => name);
    assert.deepEqual(stays.filter((name) => name.startsWith("hotel")).sort(), [
      "hotel-eno2",
      "hotel-vlan9",
      "hotel-vmbr0",
      "hotel-vmbr1",
    ]);
  });

  it("lets every child be changed before it is made, one of several by its name", () => {
    const seen: string[] = [];
    new mocks.module.ProxmoxCluster("matrix", {
      ...whole,
      transform: {
        bridge: (args, opts, name) => {
          seen.push(name);
          if (name === "golf-vmbr1") args.comment = "changed";
          if (name === "golf-vmbr0") opts.protect = true;
        },
        vm: (args, opts) => {
          args.cores = 8;
          opts.aliases = [{ name: "old" }];
        },
        firewallRules: (args, _, name) => {
          if (name === "golf-firewall") args.foreign = "keep";
        },
        monitor: (_, opts) => void (opts.protect = true),
        timeZone: (args) => void (args.timeZone = "UTC"),
      },
    });
    const one = (kind: string, name: string) =>
      mocks.registered.find((other) => other.kind === kind && other.name === name)!;
    assert.equal(seen.length, 9);
    assert.equal(one("Bridge", "golf-vmbr1").props["comment"], "changed");
    assert.equal(one("Bridge", "hotel-vmbr1").props["comment"], undefined);
    assert.deepEqual(
      [one("Bridge", "golf-vmbr0").opts.protect, one("Bridge", "golf-vmbr1").opts.protect],
      [true, undefined],
    );
    assert.deepEqual([one("Vm", "web").props["cores"], one("Vm", "web").opts.aliases], [8, [{ name: "old" }]]);
    assert.equal(one("CephMonitor", "hotel").opts.protect, true);
    assert.deepEqual(
      ["golf-firewall", "hotel-firewall"].map((name) => one("FirewallRules", name).props["foreign"]),
      ["keep", undefined],
    );
    assert.equal(one("TimeZone", "hotel-time-zone").props["timeZone"], "UTC");
  });

  it("leaves Ceph where it is said to stay, and else what the program no longer describes goes", () => {
    const retained = (retainOnDelete: boolean): string[] => {
      mocks.forget();
      new mocks.module.ProxmoxCluster("matrix", { ...whole, ceph: { ...whole.ceph, retainOnDelete } });
      return mocks.registered
        .filter(({ kind, opts }) => kind.startsWith("Ceph") && opts.retainOnDelete === true)
        .map(({ kind, name }) => `${kind} ${name}`)
        .sort();
    };
    assert.deepEqual(retained(false), []);
    const each = (kind: string, end = "") => Object.keys(octets).map((node) => `${kind} ${node}${end}`);
    assert.deepEqual(retained(true), [
      ...[...each("CephManager"), ...each("CephMonitor"), ...each("CephOsd", "-nvme1n1")],
    ]);
    const pool = mocks.registered.find(({ kind, name }) => kind === "CephPool" && name === "cold")?.props;
    assert.deepEqual([pool?.["node"], pool?.["name"], pool?.["addStorages"]], ["foxtrot", "cold", true]);
  });

  it("puts VMs under high availability by name, VMID or another one's VMID, and rules over them", () => {
    const { ha, vms } = new mocks.module.ProxmoxCluster("matrix", whole);
    assert.deepEqual(Object.keys(ha.resources).sort(), ["900", "db", "web"]);
    const of = (kind: string, name: string) =>
      mocks.registered.find((one) => one.kind === kind && one.name === name)?.props ?? {};
    assert.equal(of("HaResource", "web")["vmid"], vms["web"]?.vmid);
    assert.equal(of("HaResource", "web")["state"], "started");
    assert.equal(of("HaResource", "900")["vmid"], 900);
    assert.equal(of("HaResource", "db")["vmid"], 901);
    const { resources, ...rule } = of("HaRule", "spread");
    assert.deepEqual(resources, [ha.resources["web"]?.sid, ha.resources["db"]?.sid, "ct:300"]);
    assert.equal("vms" in rule, false);
    assert.equal(rule["affinity"], "negative");
  });

  it("is refused as a whole, with all that is wrong, before anything is registered", () => {
    const refused = (args: object): string => {
      try {
        new mocks.module.ProxmoxCluster("matrix", { ...whole, ...args });
      } catch (error) {
        return (error as Error).message;
      }
      return assert.fail("was not refused");
    };
    const text = refused({
      shared: {
        network: { bridges: { vmbr0: { unguarded: true } } },
        ceph: { osd: { removal: {} } },
        firewall: { lockout: "accept" },
        vms: {},
      },
      host: { hosts: [{ address: "10.0.0.{{octet}}", names: ["{{name}}"] }] },
      network: { bridge: {} },
      access: { tokens: { ci: {} }, acl: [{ path: "/", role: "A" }] },
      firewall: { rulez: [], node: { rules: [{ group: "{{role}}" }] } },
      ceph: { monitors: ["india"], modules: ["prometheus", "prometheus"] },
      templates: { debian: { ...whole.templates?.["debian"], nodes: ["hotel"] } },
      dhcpNat: { lab: { networks: { front: { cidr: "10.80.0.1/24" } } } },
      guests: { wbe: {} },
      backups: { nightly: { schedule: "daily", storage: "nas", vms: ["wbe"], vmids: [100] } },
      ha: {
        resources: { wbe: {}, web: { vmid: 100 } },
        rules: {
          ...{ none: { type: "node-affinity" }, spread: { type: "resource-affinity", vms: ["db"] } },
          text: { type: "node-affinity", vms: "web", resources: "vm:100" },
        },
        groups: {},
      },
    });
    for (const part of [
      /^ProxmoxCluster "matrix" has \d+ problems; nothing of it was touched:$/m,
      /shared\.network\.bridges\.vmbr0\.unguarded: unguarded cannot be set for several stacks at once/,
      /shared\.ceph\.osd\.removal: removal cannot be set/,
      /shared\.vms: cannot be shared by several stacks/,
      /host\.hosts\[0\]\.address: \{\{octet\}\} is not set for node hotel/,
      /network\.bridge: there is no such kind; there are ports, bonds/,
      /access\.tokens\.ci: write the user and the name of the token/,
      /access\.acl\[0\]: name a group, a user or a token/,
      /firewall\.rulez: there is no such part; there are aliases, ipSets, groups, node, options, rules/,
      /firewall\.rules\[0\]\.group: \{\{role\}\} is not set for node golf/,
      /shared\.firewall\.lockout: lockout cannot be set for several stacks at once/,
      /ceph\.monitors: india is no node; there are foxtrot, golf, hotel/,
      /ceph\.publicNetwork: write the network/,
      /ceph\.modules: prometheus is there twice; write it once/,
      /vms\.web\.node: there is no template debian on golf; it is on hotel/,
      /dhcpNat\.lab\.networks\.front\.cidr: write a network with its prefix/,
      /guests\.wbe: is none of vms; there are web/,
      /backups\.nightly\.vms: wbe is none of vms; there are web/,
      /ha\.groups: there is no such part; there are resources, rules/,
      /ha\.resources\.wbe: is none of vms; there are web; write vmid for another VM/,
      /ha\.resources\.web\.vmid: web is one of vms, which has its VMID; leave vmid out/,
      /ha\.rules\.none: names no guest; write vms/,
      /ha\.rules\.spread\.vms: db is none of ha\.resources; there are wbe, web; describe it there, or write its sid/,
      /ha\.rules\.text\.vms: write a list of names of ha\.resources/,
      /ha\.rules\.text\.resources: write a list of sids/,
      /backups\.nightly: vms and vmids exclude each other; write one of them/,
    ])
      assert.match(text, part);
    assert.match(refused({ nodes: {} }), /nodes: name at least one/);
    assert.match(
      refused({ nodes: { golf: { hosts: {} } }, ceph: undefined }),
      /nodes\.golf\.hosts: there is no such part of a node/,
    );
    assert.deepEqual(mocks.registered, []);
  });

  it("has each part alone", () => {
    new mocks.module.ProxmoxCluster("lab", { nodes: { pve1: {} }, host: { timeZone: "UTC" } });
    const kinds = () => mocks.registered.map(({ kind, name }) => `${kind} ${name}`).sort();
    assert.deepEqual(kinds(), ["HostBase lab", "ProxmoxCluster lab", "TimeZone pve1-time-zone"]);
    mocks.forget();
    new mocks.module.ProxmoxCluster("guests", {
      nodes: { pve1: {} },
      vms: { web: { node: "pve1", source: { empty: true } } },
    });
    assert.deepEqual(kinds(), ["ProxmoxCluster guests", "Vm web"]);
  });
});
