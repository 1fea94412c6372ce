import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { AccessSettings, ClusterTransforms, FirewallSettings, NetworkSettings } from "../../index";
import type { Registered } from "../support/dependency-graph";
import { stackOnMocks } from "../support/stack-on-mocks";

type Library = typeof import("../../index");
type Transform = (args: object, opts: pulumi.CustomResourceOptions) => void;

/** Changes whatever it is asked for. */
const changesAll = (change: unknown): never => new Proxy({}, { get: () => change }) as never;
const protect: Transform = (_, opts) => void (opts.protect = true);
const all = changesAll(protect);
/** Of a component within another one: its own children. */
const within: Transform = (args) => void ((args as { transform?: unknown }).transform = all);

/** What is a component itself has children of its own. */
const ofCluster = new Proxy(
  {},
  { get: (_, key) => (/^(?:template|dhcpNat)$/.test(String(key)) ? within : protect) },
) as ClusterTransforms;

const nodes = { pve1: { variables: { hostOctet: 5 }, ceph: { osds: { nvme1n1: { serial: "S1" } } } } };
const host = {
  repositories: { enterprise: false },
  upgrade: {},
  packages: { tools: { packages: ["htop"] } },
  accounts: { ci: { authorizedKeys: ["ssh-ed25519 AAAA"] } },
  hosts: [{ address: "10.0.0.{{hostOctet}}", names: ["{{name}}"] }],
  dns: { servers: ["10.0.0.1"], searchDomain: "lab" },
  timeZone: "UTC",
  sysctl: { tuning: { "vm.swappiness": 10 } },
  logRotation: { app: { logs: ["/var/log/app.log"] } },
};
const network: NetworkSettings = {
  ports: { eno1: { mtu: 9000 } },
  bonds: { bond0: { ports: ["eno2", "eno3"], mode: "802.3ad" } },
  bridges: { vmbr1: { ports: ["bond0"] } },
  vlans: { vlan9: { parent: "vmbr1", vlanId: 9 } },
  ovsBridges: { ovs0: {} },
  ovsBonds: { ovsbond0: { bridge: "ovs0", ports: ["eno4", "eno5"] } },
  ovsPorts: { mgmt: { bridge: "ovs0" } },
};
const access: AccessSettings = {
  realms: { corp: { type: "ldap", server: "ldap.lab", baseDn: "dc=lab", userAttribute: "uid" } },
  roles: { Operator: { privileges: ["VM.Audit"] } },
  groups: { team: {} },
  users: { "ci@pve": {} },
  tokens: { "ci@pve!x": {} },
  acl: [
    { path: "/", role: "Operator", group: "team" },
    { path: "/", role: "Operator", token: "ci@pve!x" },
  ],
};
const rules = [{ direction: "in", action: "ACCEPT", macro: "SSH" }] as const;
const firewall: FirewallSettings = {
  aliases: { lan: { cidr: "10.0.0.0/24" } },
  ipSets: { management: { entries: [{ cidr: "lan" }] } },
  groups: { web: { rules: [...rules] } },
  rules: [...rules],
  options: { enable: true },
  node: { rules: [...rules], options: { ndp: true } },
};
const ceph = {
  publicNetwork: "10.0.5.0/24",
  modules: ["dashboard", "prometheus"],
  rules: { flash: { deviceClass: "nvme" } },
  pools: { vms: { pgNum: 32 } },
};
const image = { image: "debian-12", storage: "local" } as const;
const template = { disk: { storage: "local-lvm" } };
const vm = { source: { empty: true } } as const;

/** Each component with everything that it can have, and all of that changed. */
const components: Readonly<Record<string, (of: Library, transform: never) => pulumi.ComponentResource>> = {
  HostBase: (of, transform) => new of.HostBase("x", { nodes, host, transform }),
  ClusterNetwork: (of, transform) => new of.ClusterNetwork("x", { nodes, network, transform }),
  ClusterAccess: (of, transform) => new of.ClusterAccess("x", { access, transform }),
  ClusterFirewall: (of, transform) => new of.ClusterFirewall("x", { nodes: { pve1: {} }, firewall, transform }),
  CephStorage: (of, transform) => new of.CephStorage("x", { nodes, ceph, transform }),
  NodeTemplates: (of, transform) => new of.NodeTemplates("x", { nodes: ["pve1"], image, template, transform }),
  Fleet: (of, transform) => new of.Fleet("x", { names: ["a", "b"], vm, transform }),
  GoldenImage: (of, transform) => new of.GoldenImage("x", { node: "pve1", image, ...template, transform }),
  DhcpNat: (of, transform) => new of.DhcpNat("lab", { networks: { web: { cidr: "10.8.0.0/24" } }, transform }),
  ProxmoxCluster: (of, transform) =>
    new of.ProxmoxCluster("x", {
      ...{ nodes, host, network, access, ceph, firewall, cluster: {}, datacenter: { keyboard: "de" } },
      storages: { nas: { type: "dir", path: "/srv" } },
      dhcpNat: { lab: { networks: { web: { cidr: "10.8.0.0/24" } } } },
      templates: { debian: { image, template } },
      vms: { web: vm },
      guests: { web: { packages: ["nginx"] } },
      backups: { nightly: { schedule: "daily", storage: "nas", vms: ["web"] } },
      ha: {
        resources: { web: { state: "started" } },
        rules: { web: { type: "node-affinity", vms: ["web"], nodes: [{ node: "pve1" }] } },
      },
      ...(transform === undefined ? {} : { transform: ofCluster }),
    }),
};

describe("every child of every component", () => {
  let registered: Registered[] = [];
  let library: Library;
  before(async () => {
    await stackOnMocks((one) => void registered.push(one));
    library = require("../../index") as Library;
  });
  beforeEach(() => (registered = []));

  const isComponent = ({ resource }: Registered): boolean => resource instanceof pulumi.ComponentResource;
  const children = (): Registered[] => registered.filter((one) => !isComponent(one) && one.kind !== "StackIdentity");
  const called = (many: readonly Registered[]): string[] => many.map(({ kind, name }) => `${kind} ${name}`);

  /** What is found from a component by its public properties alone, through records and the components in it. */
  function reached(value: unknown, found = new Set<unknown>()): Set<unknown> {
    if (value === null || typeof value !== "object" || found.has(value) || pulumi.Output.isInstance(value))
      return found;
    found.add(value);
    if (value instanceof pulumi.CustomResource) return found;
    for (const [key, inner] of Object.entries(value)) if (!key.startsWith("__")) reached(inner, found);
    return found;
  }

  it("is tried here", () => {
    const classes = Object.entries(library).filter(
      ([, one]) => typeof one === "function" && one.prototype instanceof pulumi.ComponentResource,
    );
    assert.deepEqual(classes.map(([name]) => name).sort(), [...Object.keys(components), "TerraformUser"].sort());
  });

  for (const [name, make] of Object.entries(components)) {
    it(`is reached by its name: ${name}`, () => {
      const made = reached(make(library, undefined as never));
      assert.ok(children().length > 0);
      assert.deepEqual(called(children().filter(({ resource }) => !made.has(resource))), []);
    });

    it(`is changed by transform: ${name}`, () => {
      make(library, all);
      assert.ok(children().length > 0);
      assert.deepEqual(called(children().filter(({ opts }) => opts.protect !== true)), []);
    });
  }

  const terraform = (transform: never): InstanceType<Library["TerraformUser"]> =>
    new library.TerraformUser("tf", {
      ...{ endpoint: "https://10.0.0.5:8006", userId: "tf@pam", nodes: ["pve1"], paths: ["/pool/web"], transform },
    });

  it("is reached by its name: TerraformUser", () => {
    const made = reached(terraform(undefined as never));
    assert.equal(children().length, 8);
    assert.deepEqual(called(children().filter(({ resource }) => !made.has(resource))), []);
  });

  it("is changed by transform: TerraformUser", () => {
    terraform(changesAll((args: object) => ({ ...args, changed: true })));
    assert.equal(children().length, 8);
    assert.deepEqual(called(children().filter(({ props }) => props["changed"] !== true)), []);
  });

  it("is reached by its place, as it is written in a program", () => {
    const cluster = new library.ProxmoxCluster("matrix", {
      nodes: { foxtrot: {}, golf: { ceph: { osds: { nvme1n1: { serial: "S1" } } } } },
      network: { bridges: { vmbr0: { adopt: true, ports: ["eno1"] } } },
      ceph: { publicNetwork: "10.0.5.0/24" },
      access: { groups: { team: {} } },
      firewall: { ...firewall, node: { options: { ndp: true } } },
      dhcpNat: { lab: { networks: { web: { cidr: "10.8.0.0/24" } } } },
      vms: { "web-1": { source: { empty: true } } },
      guests: { "web-1": { packages: ["nginx"] } },
    });
    const one = (kind: string, name: string) =>
      registered.find((other) => other.kind === kind && other.name === name)?.resource ??
      assert.fail(`${kind} ${name}`);
    assert.equal(cluster.nodes.golf.bridges["vmbr0"], one("Bridge", "golf-vmbr0"));
    assert.equal(cluster.nodes.golf.ceph?.osds["nvme1n1"], one("CephOsd", "golf-nvme1n1"));
    assert.equal(cluster.access?.groups["team"], one("Group", "team"));
    assert.equal(cluster.firewall?.groups["web"], one("FirewallGroup", "web"));
    assert.equal(cluster.nodes.golf.firewall?.options, one("FirewallOptions", "golf-firewall"));
    assert.equal(cluster.dhcpNat["lab"]?.subnets["web"], one("SdnSubnet", "web"));
    assert.equal(cluster.vms["web-1"], one("Vm", "web-1"));
    assert.equal(cluster.guests["web-1"], one("GuestConfig", "web-1"));
  });
});
