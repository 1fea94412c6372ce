import assert from "node:assert/strict";
import fc from "fast-check";
import { planFleet, type FleetDescription } from "../../components/fleet.plan";
import { addressFor, expand } from "../../components/fleet-pattern.plan";
import { vmModel } from "../../providers/vm/vm.model";
import { problemsOf } from "../../providers/kernel/state/problems";

const vm = { source: { clone: { template: 9000 } }, networks: [{ bridge: "vmbr0" }] };
const plan = (fleet: Partial<FleetDescription>) => planFleet({ vm, ...fleet });
const problems = (fleet: Partial<FleetDescription>) => plan(fleet).problems;

describe("a fleet by count", () => {
  it("names its VMs by a pattern, and counts their addresses within the network", () => {
    const { machines, problems: none } = plan({
      count: 3,
      names: "web-{n:02}",
      address: "10.0.0.21/24",
      gateway: "10.0.0.1",
      address6: "2001:db8::{n+20}/64",
    });
    assert.deepEqual(none, []);
    assert.deepEqual(
      machines.map(({ name, over }) => [name, over]),
      [21, 22, 23].map((n, i) => [
        `web-0${i + 1}`,
        {
          cloudInit: { addresses: [{ address: `10.0.0.${n}/24`, gateway: "10.0.0.1", address6: `2001:db8::${n}/64` }] },
        },
      ]),
    );
  });

  it("tells when the network has no more addresses, and when one is the gateway's or the network's own", () => {
    assert.deepEqual(problems({ count: 4, names: "n{n}", address: "10.0.0.253/24", gateway: "10.0.0.254" }), [
      'n2, gateway: is no other usable address in the network of 10.0.0.254/24; write the router\'s address there (got "10.0.0.254")',
      "n2, address: 10.0.0.254 is the gateway of the fleet; write another",
      "n3, address: 10.0.0.255 is the broadcast address of its network; write a machine's address",
      "n4, address: 10.0.1.0 is outside of the network of 10.0.0.253/24; begin lower, or take a larger network",
    ]);
    assert.deepEqual(problems({ count: 2, names: "n{n}", address: "10.0.0.{n+254}/24" }), [
      "n1, address: 10.0.0.255 is the broadcast address of its network; write a machine's address",
      "n2, address: 10.0.0.256/24 is no address with prefix length; the pattern 10.0.0.{n+254}/24 runs out of its part",
    ]);
  });

  it("takes overrides by name, and none for a VM that there is not", () => {
    const fleet = { count: 2, names: "web-{n}", vm: { ...vm, cores: 2, tags: ["a"] } };
    const { machines } = plan({ ...fleet, overrides: { "web-2": { cores: 4, tags: ["b"] } } });
    assert.deepEqual(
      machines.map(({ over }) => over),
      [{}, { cores: 4, tags: ["b"] }],
    );
    assert.deepEqual(problems({ ...fleet, overrides: { "web-2": { cores: 4 }, "wbe-1": {} } }), [
      'overrides.wbe-1: there is no such VM in the fleet; did you mean "web-1"?',
    ]);
  });

  it("refuses what does not say which VMs there are", () => {
    assert.match(problems({})[0] ?? "", /^nothing says which VMs there are; write count with a pattern/);
    assert.match(problems({ names: ["a"], count: 2 })[0] ?? "", /a list of names and count exclude each other/);
    assert.match(problems({ count: 2, names: "web" })[0] ?? "", /count needs a pattern/);
    assert.match(problems({ count: 1.5, names: "web-{n}" })[0] ?? "", /count: write how many VMs there are/);
    assert.match(problems({ count: 1, names: "web-{i}" })[0] ?? "", /names: has braces that mean nothing; write \{n\}/);
  });

  it("lets nothing count in a list or table, where one that goes would renumber the others", () => {
    assert.match(problems({ names: ["a", "b"], address: "10.0.0.1/24" })[0] ?? "", /^address: counts the VMs/);
    assert.deepEqual(problems({ names: ["a", "b"], address: "dhcp" }), []);
  });
});

const table = (csv: string, more: Partial<FleetDescription> = {}) => plan({ table: { csv }, ...more });

describe("a fleet from a table", () => {
  it("converts each cell to the type of its field", () => {
    const { machines, problems: none } = table(
      [
        "name,node,vmid,cores,memoryMiB,onBoot,address,gateway,diskGiB,diskStorage,disk2GiB,disk2Storage,tags,disks[1].ssd,template,full",
        "db-1,pve1,2001,4,8192,yes,10.0.0.31/24,10.0.0.1,40,local-lvm,100,ceph,db;production,true,debian-12,no",
        '"db-2",,,,,,,,,,,,,,9001,',
      ].join("\n"),
    );
    assert.deepEqual(none, []);
    assert.deepEqual(machines[0], {
      name: "db-1",
      node: "pve1",
      over: {
        node: "pve1",
        vmid: 2001,
        cores: 4,
        memoryMiB: 8192,
        onBoot: true,
        cloudInit: { addresses: [{ address: "10.0.0.31/24", gateway: "10.0.0.1" }] },
        disks: [
          { sizeGiB: 40, storage: "local-lvm" },
          { sizeGiB: 100, storage: "ceph", ssd: true },
        ],
        tags: ["db", "production"],
        source: { clone: { template: "debian-12", full: false } },
      },
    });
    assert.deepEqual(machines[1]?.over, { source: { clone: { template: 9001 } } });
  });

  it("tells all mistakes at once, each with line, column and what to write", () => {
    const csv = [
      "name,cores,memoryMiB,addres,address,gateway,vmid",
      "web-1,two,2048,,10.0.0.300/24,,2001",
      "Web_2,4,1,,10.0.0.12/24,10.0.1.1,2001",
      ",1,2048,,10.0.0.13/24,,",
      "web-1,1,2048,,10.0.0.12/24,,99",
      "web-5,1,2048",
    ].join("\r\n");
    assert.deepEqual(table(csv).problems, [
      'line 1, column "addres": there is no such column; did you mean "address"?',
      'line 2 (web-1), cores: write a number such as 2 (got "two")',
      'line 2 (web-1), address: write "dhcp" or an address with prefix length such as 10.0.0.5/24 (got "10.0.0.300/24")',
      'line 3 (Web_2), name: a guest\'s name has letters, digits and hyphens, in parts of at most 63 joined by dots; write e.g. "web-2" (got "Web_2")',
      "line 3 (Web_2), memoryMiB: memory in MiB: at least 16 (got 1)",
      'line 3 (Web_2), gateway: is no other usable address in the network of 10.0.0.12/24; write the router\'s address there (got "10.0.1.1")',
      "line 3 (Web_2), vmid: 2001 is that of line 2 (web-1) too; write another",
      "line 4: has no name; write one, it is what the VM is known by",
      "line 5 (web-1), vmid: a VMID is 100 to 999999999 (got 99)",
      "line 5 (web-1), name: web-1 is that of line 2 (web-1) too; write another",
      "line 5 (web-1), address: 10.0.0.12 is that of line 3 (Web_2) too; write another",
      "line 6 (web-5): has 3 cells for 7 columns; write one for each, empty ones too",
    ]);
  });

  it("tells a mistake of the shared description once", () => {
    const wrong = { vm: { source: { clone: { template: 9000 } }, cores: 0 } };
    assert.deepEqual(table("name\na\nb\nc", wrong).problems, ["vm.cores: cores per socket: at least 1 (got 0)"]);
  });

  it("takes JSON, with nested fields and null to take away", () => {
    const json = JSON.stringify([
      { name: "a", cores: 2, cloudInit: { user: "admin" }, disks: [{ slot: "scsi0", storage: "ceph" }] },
      { name: "b", tags: null, template: "42" },
    ]);
    const { machines, problems: none } = plan({ table: { json }, vm: { ...vm, tags: ["x"] } });
    assert.deepEqual(none, []);
    assert.deepEqual(machines[1]?.over, { tags: null, source: { clone: { template: "42" } } });
    assert.deepEqual(problems({ table: { json: "{}" } }), ['is no list; write [{ "name": "web-1", ... }, ...]']);
    assert.deepEqual(problems({ table: { json: '[1, {"name":"a","colour":1}]', file: "vms.json" } }), [
      'vms.json, row 1: is no object; write { "name": "web-1", ... }',
      'vms.json, row 2 (a), "colour": there is no such column',
    ]);
  });

  it("leaves out what only the engine knows, and checks the rest", () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const later = { source: { clone: { template: unknown } }, cloudInit: unknown };
    assert.deepEqual(table("name,address\na,10.0.0.2/24", { vm: later }).problems, []);
    assert.match(table("name,cores\na,0", { vm: later }).problems.join(), /line 2 \(a\), cores: cores per socket/);
  });
});

describe("addresses by pattern", () => {
  it("never leave their network, and never meet", () => {
    const numberOf = (cidr: string) =>
      (cidr.split("/")[0] ?? "").split(".").reduce((sum, part) => sum * 256 + +part, 0);
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 8, max: 30 }), fc.integer({ min: 1, max: 50 }), (ip, prefix, count) => {
        const networkOf = (cidr: string) => Math.floor(numberOf(cidr) / 2 ** (32 - prefix));
        const seen = new Set<string>();
        for (let n = 1; n <= count; n++) {
          const found = addressFor(`${ip}/${prefix}`, n);
          if ("problem" in found) continue;
          assert.equal(networkOf(found.value), networkOf(ip));
          seen.add(found.value);
          assert.equal(numberOf(found.value), numberOf(ip) + n - 1);
        }
        assert.ok(seen.size >= 1);
      }),
    );
  });

  it("expand as documented", () => {
    assert.equal(expand("web-{n:02}.{n}.{n+20}.{n-1:3}", 7), "web-07.7.27.006");
  });
});

describe("a plan", () => {
  it("gives nothing to the VMs that their own schema refuses", () => {
    const cell = fc.oneof(
      fc.constant(""),
      fc.integer({ min: -5, max: 70000 }).map(String),
      fc.stringMatching(/^[a-z.:/0-9;]{0,12}$/),
    );
    const columns = ["cores", "memoryMiB", "address", "gateway", "vlan", "diskGiB", "tags", "onBoot", "vmid"];
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 9, maxLength: 9 }), { minLength: 1, maxLength: 4 }), (rows) => {
        const lines = rows.map((cells, i) => [`vm-${i}`, ...cells].join(","));
        const { machines, problems: found } = table([["name", ...columns].join(","), ...lines].join("\n"));
        assert.equal(machines.length, found.length > 0 ? 0 : rows.length);
        for (const { name, over } of machines) {
          const merged = {
            ...vm,
            ...over,
            networks: [{ ...vm.networks[0], ...(over["networks"] as object[])?.[0] }],
            name,
          };
          assert.deepEqual(problemsOf(vmModel.schema, merged), []);
        }
      }),
    );
  });
});
