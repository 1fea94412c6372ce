import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";

interface Registered {
  readonly kind: string;
  readonly name: string;
  readonly props: Record<string, unknown>;
  readonly opts: pulumi.CustomResourceOptions;
}

describe("networks with DHCP and NAT", () => {
  let registered: Registered[] = [];
  let DhcpNat: (typeof import("../../components/dhcp-nat"))["DhcpNat"];
  let SystemPackage: (typeof import("../../providers/host/system-package"))["SystemPackage"];

  before(async () => {
    await pulumi.runtime.setMocks(
      {
        newResource: ({ name, inputs, id }) => ({ id: id || name, state: inputs as object }),
        call: () => ({}),
      },
      "project",
      "stack",
      false,
    );
    await new Promise<void>((resolve, reject) => {
      void pulumi.runtime
        .runInPulumiStack(async () => {
          pulumi.runtime.registerStackTransformation(({ type, name, props, opts }) => {
            registered.push({ kind: type.replace(/.*:/, ""), name, props, opts });
            return undefined;
          });
          // The classes are loaded after the mocks, as Pulumi asks for.
          ({ DhcpNat } = require("../../components/dhcp-nat") as typeof import("../../components/dhcp-nat"));
          ({ SystemPackage } =
            require("../../providers/host/system-package") as typeof import("../../providers/host/system-package"));
          return Promise.resolve({});
        })
        .then(() => resolve(), reject);
    });
  });
  beforeEach(() => (registered = []));

  const one = (kind: string, name: string): Registered =>
    registered.find((other) => other.kind === kind && other.name === name) ?? assert.fail(`no ${kind} ${name}`);
  const names = () => registered.map(({ kind, name }) => `${kind} ${name}`);

  it("are a zone, and a vnet and a subnet of each, by their names: all of it is one reload", async () => {
    const package_ = new SystemPackage("dnsmasq", { node: "pve1", packages: ["dnsmasq"] });
    const nat = new DhcpNat(
      "lab",
      { nodes: ["pve1"], mtu: 1400, networks: { web: { cidr: "10.80.0.0/24" }, db: { cidr: "10.81.0.0/24" } } },
      { dependsOn: package_ },
    );
    const own = names().filter((name) => !/^(StackIdentity|SystemPackage) /.test(name));
    assert.deepEqual(own, [
      "DhcpNat lab",
      "SdnZone lab",
      ...["SdnVnet web", "SdnSubnet web", "SdnVnet db", "SdnSubnet db"],
    ]);
    const { zoneId, type, ipam, dhcp, nodes, mtu } = one("SdnZone", "lab").props;
    assert.deepEqual([zoneId, type, ipam, dhcp, nodes, mtu], ["lab", "simple", "pve", "dnsmasq", ["pve1"], 1400]);
    // Texts, not outputs: what waits for another's output is of a reload of its own.
    assert.equal(one("SdnVnet", "db").props["zone"], "lab");
    assert.equal(one("SdnSubnet", "db").props["vnet"], "db");
    for (const kind of ["SdnZone lab", "SdnVnet web", "SdnSubnet db"]) {
      const [wanted = "", name = ""] = kind.split(" ");
      assert.deepEqual([one(wanted, name).opts.dependsOn, one(wanted, name).opts.parent], [[package_], nat]);
    }
  });

  it("are reached by name; whoever is on a bridge comes after its subnet", async () => {
    const nat = new DhcpNat("lab", { networks: { web: { cidr: "10.80.0.0/24" } } });
    const bridge = nat.bridges.web as unknown as { allResources(): Promise<Set<pulumi.Resource>> };
    const waits = await bridge.allResources();
    assert.ok(waits.has(nat.vnets.web) && waits.has(nat.subnets.web));
    assert.equal(await new Promise((resolve) => void nat.bridges.web.apply(resolve)), "web");
    assert.equal(await new Promise((resolve) => void nat.zone.zoneId.apply(resolve)), "lab");
  });

  it("let each part be changed before it is made, one of several by its name", () => {
    new DhcpNat("nat", {
      zone: "lab",
      networks: { web: { cidr: "10.80.0.0/24" }, db: { cidr: "10.81.0.0/24" } },
      transform: {
        zone: (args, opts) => {
          args.dnsZone = "lab.example";
          opts.protect = true;
        },
        vnet: (args, _, name) => void (name === "db" && (args.alias = "databases")),
        subnet: (args, opts, name) => {
          args.dhcpDnsServer = "10.80.0.53";
          if (name === "web") opts.aliases = [{ name: "old" }];
        },
      },
    });
    assert.deepEqual(
      [one("SdnZone", "lab").props["dnsZone"], one("SdnZone", "lab").opts.protect],
      ["lab.example", true],
    );
    assert.deepEqual(
      ["web", "db"].map((name) => one("SdnVnet", name).props["alias"]),
      [undefined, "databases"],
    );
    assert.equal(one("SdnSubnet", "db").props["dhcpDnsServer"], "10.80.0.53");
    assert.deepEqual(one("SdnSubnet", "web").opts.aliases, [{ name: "old" }]);
  });

  it("are refused with all that is wrong, before anything is registered", () => {
    assert.throws(
      () => new DhcpNat("lab", { networks: { web: { cidr: "10.80.0.1/24" }, db: { cidr: "10.81.0.0/31" } } }),
      /DhcpNat "lab" has 2 problems; nothing of it was touched:\n {2}networks\.web\.cidr: write .*\n {2}networks\.db\.dhcpRanges: /,
    );
    assert.deepEqual(registered, []);
  });
});
