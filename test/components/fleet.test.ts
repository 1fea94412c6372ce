import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { compileFunction } from "node:vm";
import * as pulumi from "@pulumi/pulumi";
import { projectRoot } from "../../cli/project";
import { eventually } from "../support/eventually";

interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

type Library = typeof import("../../components/fleet");

describe("a fleet", () => {
  let registered: Registered[] = [];
  let Fleet: Library["Fleet"];

  before(async () => {
    await pulumi.runtime.setMocks(
      {
        newResource: ({ type, name, inputs }) => {
          registered.push({ type, name, inputs: inputs as Record<string, unknown> });
          const ips: Record<string, string[]> = { b: ["192.0.2.7"], evil: ["$(touch PWNED)", "{{ pipe }}"] };
          const outputs = { vmid: 2000 + registered.length, node: "pve1", ips: ips[name] ?? [] };
          return { id: name, state: { ...(inputs as object), ...outputs } };
        },
        call: () => ({}),
      },
      "project",
      "stack",
      false,
    );
    ({ Fleet } = require("../../components/fleet") as Library);
  });
  beforeEach(() => (registered = []));

  const value = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => void output.apply(resolve));
  const vms = () => registered.filter(({ type }) => type.endsWith(":Vm")).sort((a, b) => (a.name < b.name ? -1 : 1));
  const vm = { source: { clone: { template: 9000 } }, networks: [{ bridge: "vmbr0" }], cloudInit: { user: "admin" } };

  it("makes a VM for each row, named after it, as a child", async () => {
    const fleet = new Fleet("web", {
      table: "name,cores,address\na,2,10.0.0.5/24\nb,4,",
      vm: { ...vm, tags: ["x-y"] },
    });
    const known = await value(fleet.vms);
    assert.deepEqual(
      vms().map(({ name, inputs }) => [name, inputs["cores"], inputs["cloudInit"], inputs["source"]]),
      [
        ["a", 2, { user: "admin", addresses: [{ address: "10.0.0.5/24" }] }, vm.source],
        ["b", 4, { user: "admin" }, vm.source],
      ],
    );
    for (const { inputs } of vms())
      assert.match(String(inputs["__urn"]), /::proxmox:index:Fleet\$pulumi-nodejs:dynamic\/proxmox:Vm::[ab]$/);
    assert.equal(known["a"]?.sshCommand, "ssh admin@10.0.0.5");
    assert.deepEqual([known["b"]?.ips, known["b"]?.sshCommand], [["192.0.2.7"], "ssh admin@192.0.2.7"]);
    assert.equal(typeof known["a"]?.vmid, "number");
    assert.deepEqual(JSON.parse(await value(fleet.inventory)), {
      all: {
        hosts: {
          a: { ansible_host: "10.0.0.5", ansible_user: "admin" },
          b: { ansible_host: "192.0.2.7", ansible_user: "admin" },
        },
        children: { x_y: { hosts: { a: {}, b: {} } } },
      },
    });
  });

  it("puts nothing but addresses and plain users into command lines and inventories", async () => {
    const user = "{{ lookup('pipe', 'id') }}";
    const fleet = new Fleet("bad", { table: "name\nb\nevil", vm: { ...vm, cloudInit: pulumi.output({ user }) } });
    const known = await value(fleet.vms);
    assert.deepEqual(
      [known["evil"]?.ips, known["evil"]?.sshCommand, known["b"]?.sshCommand],
      [[], undefined, "ssh 192.0.2.7"],
    );
    const { all } = JSON.parse(await value(fleet.inventory)) as { all: { hosts: object } };
    assert.deepEqual(all.hosts, { b: { ansible_host: "192.0.2.7" }, evil: {} });
  });

  it("merges rows over what other resources will tell", async () => {
    const later = pulumi.output({ clone: { template: 9001 } });
    const args = { source: later, cloudInit: pulumi.output({ user: "root", addresses: [{ gateway: "10.0.0.1" }] }) };
    const fleet = new Fleet("web", {
      count: 1,
      names: "w{n}",
      address: "10.0.0.9/24",
      vm: args,
      overrides: { w1: { full: false } },
    });
    await value(fleet.vms);
    const [first] = vms();
    assert.deepEqual(first?.inputs["source"], { clone: { template: 9001, full: false } });
    assert.deepEqual(first?.inputs["cloudInit"], {
      user: "root",
      addresses: [{ gateway: "10.0.0.1", address: "10.0.0.9/24" }],
    });
  });

  it("registers nothing at all when one row is wrong, and tells everything that is", () => {
    const make = () => new Fleet("web", { table: "name,cores\na,1\nb,two\nc,0", vm });
    assert.throws(make, (error: unknown) => {
      assert.ok(error instanceof pulumi.RunError);
      assert.match(
        error.message,
        /^Fleet "web" has 2 problems; none of its VMs was touched:\n {2}line 3 \(b\), cores: .*\n {2}line 4 \(c\), cores: /,
      );
      return true;
    });
    assert.deepEqual(registered, []);
  });

  it("reads its table from a file, by the file's form", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "fleet-"));
    try {
      fs.writeFileSync(path.join(folder, "vms.json"), '[{ "name": "j", "cores": 3 }]');
      await value(new Fleet("file", { tableFile: path.join(folder, "vms.json"), vm }).vms);
      assert.deepEqual([vms()[0]?.name, vms()[0]?.inputs["cores"]], ["j", 3]);
      assert.throws(
        () => new Fleet("none", { tableFile: path.join(folder, "no.csv"), vm }),
        /no\.csv cannot be read: ENOENT/,
      );
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  it("is made by its own examples, as they stand in its documentation", async () => {
    const source = fs.readFileSync(path.join(projectRoot, "components", "fleet.ts"), "utf8");
    const text = source.replace(/^ \* ?/gm, "");
    const [, code = ""] = /^```ts\n([^]*?)^```$/m.exec(text) ?? [];
    const [, table = ""] = /^```csv\n([^]*?)^```$/m.exec(text) ?? [];
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "fleet-"));
    try {
      fs.writeFileSync(path.join(folder, "machines.csv"), table);
      const program = code
        .replaceAll("export const", "const")
        .replace('"machines.csv"', JSON.stringify(path.join(folder, "machines.csv")));
      const run = compileFunction(`${program}\nreturn web;`, ["Fleet", "template"]) as (
        ...given: [Library["Fleet"], unknown]
      ) => { vms: pulumi.Output<unknown> };
      await value(run(Fleet, { vmid: pulumi.output(9000) }).vms);
      const known = () => vms().map(({ name, inputs }) => [name, inputs["disks"], inputs["cores"]]);
      await eventually("the VMs of both fleets", () => known().length === 4);
      assert.deepEqual(known(), [
        ["db-1", [{ storage: "local-lvm", sizeGiB: 40 }], 4],
        ["web-01", undefined, 2],
        ["web-02", undefined, 2],
        ["web-03", undefined, 4],
      ]);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});
