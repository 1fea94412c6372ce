import assert from "node:assert/strict";
import {
  cloudinitEntries,
  cloudinitFormat,
  dumpCloudinit,
  guestNames,
  isCloudinitOption,
  recordCloudinitChange,
} from "../../../simulator/qemu/cloudinit";
import type { Section, VmConfig } from "../../../simulator/qemu/config-file";

const resolver = { search: "lab.test", nameservers: ["10.0.0.1"] };
const net0 = "virtio=BC:24:11:00:00:01,bridge=vmbr0";
const net1 = "virtio=BC:24:11:00:00:02,bridge=vmbr0";
const dump = (values: Section, type: "user" | "network" | "meta") => dumpCloudinit(values, 100, type, resolver, true);

describe("cloud-init", () => {
  it("names the guest after the VM and its search domain", () => {
    assert.deepEqual(guestNames({ name: "web" }, 100), { hostname: "web", fqdn: "web" });
    assert.deepEqual(guestNames({ name: "web.a.test" }, 100), { hostname: "web", fqdn: "web.a.test" });
    assert.deepEqual(guestNames({ searchdomain: "b.test" }, 100), { hostname: "VM100", fqdn: "VM100.b.test" });
  });

  it("writes user data, the password hidden", () => {
    const values = { name: "web", ciuser: "root", cipassword: "x", sshkeys: "a%20b%0A%0Ac", ciupgrade: "0" };
    assert.equal(
      dump(values, "user"),
      [
        ...["#cloud-config", "hostname: web", "manage_etc_hosts: true", "fqdn: web", "user: root"],
        ...["disable_root: False", "password: **********", "ssh_authorized_keys:", "  - a b", "  - c"],
        ...["chpasswd:", "  expire: False", ""],
      ].join("\n"),
    );
    assert.match(dump({}, "user"), /users:\n {2}- default\npackage_upgrade: true\n$/);
  });

  it("writes the network for nocloud, the node's resolver where the VM names none", () => {
    assert.equal(
      dump({ net0, net1, ipconfig0: "ip=10.0.0.2/20,gw=10.0.0.1,ip6=auto", ipconfig1: "ip=dhcp" }, "network"),
      [
        ...["version: 1", "config:", "    - type: physical", "      name: eth0"],
        ...["      mac_address: 'bc:24:11:00:00:01'", "      subnets:", "      - type: static"],
        ...["        address: '10.0.0.2'", "        netmask: '255.255.240.0'", "        gateway: '10.0.0.1'"],
        ...["      - type: ipv6_slaac", "    - type: physical", "      name: eth1"],
        ...["      mac_address: 'bc:24:11:00:00:02'", "      subnets:", "      - type: dhcp4"],
        ...[
          "    - type: nameserver",
          "      address:",
          "      - '10.0.0.1'",
          "      search:",
          "      - 'lab.test'",
          "",
        ],
      ].join("\n"),
    );
  });

  it("writes /etc/network/interfaces for configdrive2, which Windows gets", () => {
    assert.equal(cloudinitFormat({ ostype: "win11" }), "configdrive2");
    assert.equal(cloudinitFormat({ ostype: "win11", citype: "nocloud" }), "nocloud");
    assert.equal(
      dump({ citype: "configdrive2", net0, ipconfig0: "ip=10.0.0.2/24", nameserver: "1.1.1.1 9.9.9.9" }, "network"),
      [
        ...["auto lo", "iface lo inet loopback", "", "        dns_nameservers 1.1.1.1 9.9.9.9"],
        ...["        dns_search lab.test", "auto eth0", "iface eth0 inet static", "        address 10.0.0.2"],
        ...["        netmask 255.255.255.0", ""],
      ].join("\n"),
    );
  });

  it("has an instance id that changes with what it says", () => {
    const first = dump({ name: "a" }, "meta");
    assert.match(first, /^instance-id: [0-9a-f]{40}\n$/);
    assert.equal(dump({ name: "a", cores: "4" }, "meta"), first);
    assert.notEqual(dump({ name: "b" }, "meta"), first);
    assert.match(dump({ citype: "configdrive2" }, "meta"), /"network_config": \{ "content_path": "\/content\/0000" \}/);
  });

  it("knows what the image still says of a changed VM", () => {
    const vm: VmConfig = { config: {}, pending: {}, pendingDelete: {}, snapshots: {} };
    const change = (key: string, value: string): void => {
      recordCloudinitChange(vm, key, vm.config[key], value);
      vm.config[key] = value;
    };
    vm.config = { ciuser: "one", nameserver: "1.1.1.1", searchdomain: "a" };
    change("ciuser", "two");
    change("ipconfig0", "ip=dhcp");
    change("cores", "4");
    recordCloudinitChange(vm, "nameserver", "1.1.1.1");
    delete vm.config.nameserver;
    assert.deepEqual(vm.cloudinit, { ciuser: "one", nameserver: "1.1.1.1", added: "ipconfig0" });
    assert.deepEqual(cloudinitEntries(vm), [
      { key: "ipconfig0", pending: "ip=dhcp" },
      { key: "ciuser", value: "one", pending: "two" },
      { key: "searchdomain", value: "a" },
      { key: "nameserver", delete: 1 },
    ]);
    change("ciuser", "one");
    recordCloudinitChange(vm, "ipconfig0", "ip=dhcp");
    assert.deepEqual(vm.cloudinit, { nameserver: "1.1.1.1" });
    assert.ok(isCloudinitOption("ipconfig31") && isCloudinitOption("sshkeys") && !isCloudinitOption("name"));
  });
});
