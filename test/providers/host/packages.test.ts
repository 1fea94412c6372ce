import assert from "node:assert/strict";
import { listed, readPlan } from "../../../providers/host/packages/apt-output";
import { kernelRelease, newestOf, untouchable } from "../../../providers/host/packages/kernels";
import {
  backupServersOf,
  enterpriseHandle,
  entriesOf,
  othersIn,
  repositoriesIn,
} from "../../../providers/host/packages/repositories";
import { parameterPath, printSysctl, readSysctl } from "../../../providers/host/files/sysctl-file";
import { aptUpgradeSchema } from "../../../providers/host/apt-upgrade.model";
import { sysctlSchema } from "../../../providers/host/sysctl.model";
import { systemPackageModel, systemPackageSchema } from "../../../providers/host/system-package.model";
import { problemsOf } from "../../../providers/kernel/state/problems";

describe("what apt says", () => {
  it("is read by its lines for programs alone", () => {
    const text = [
      "Reading package lists...",
      "Inst vim [2:9.0.1] (2:9.1.1230-2 Debian:13.2/stable [amd64]) []",
      "Inst libnl-3-200:i386 (3.7.0-2 Debian:13.2/stable [i386])",
      "Remv exim4-base [4.98.2-1]",
      "Conf vim (2:9.1.1230-2 Debian:13.2/stable [amd64])",
      "1 upgraded, 1 newly installed, 1 to remove and 0 not upgraded.",
    ];
    assert.deepEqual(readPlan(text.join("\n")), {
      install: [
        { name: "vim", from: "2:9.0.1", to: "2:9.1.1230-2" },
        { name: "libnl-3-200", to: "3.7.0-2" },
      ],
      remove: ["exim4-base"],
    });
    assert.throws(() => readPlan("Remv \u001b[2J [1]"), /form that is not known/);
    assert.equal(listed(["a", "b", "c"], 2), "a, b and 1 more");
  });

  it("tells kernels from what only names them", () => {
    assert.equal(kernelRelease("proxmox-kernel-6.17.4-1-pve-signed"), "6.17.4-1-pve");
    assert.equal(kernelRelease("pve-kernel-6.2.16-3-pve"), "6.2.16-3-pve");
    for (const name of ["proxmox-kernel-6.17", "proxmox-kernel-helper", "pve-kernel-libc-dev", "pve-firmware"])
      assert.equal(kernelRelease(name), undefined, name);
    assert.equal(newestOf(["6.8.12-9-pve", "6.17.4-1-pve", "6.17.4-10-pve", "6.17.4-2-pve"]), "6.17.4-10-pve");
    const kernels = { running: "6.8.12-9-pve", newest: "6.17.4-1-pve" };
    const removed = ["htop", "proxmox-kernel-6.8.12-9-pve-signed", "proxmox-kernel-6.8.12-8-pve-signed", "proxmox-ve"];
    assert.deepEqual(untouchable(removed, kernels), ["proxmox-kernel-6.8.12-9-pve-signed", "proxmox-ve"]);
  });
});

describe("repositories of a node", () => {
  const row = (uri: string, components: string[], suites = ["trixie"], enabled = 1) => ({
    ...{ URIs: [uri], Suites: suites, Components: components, Enabled: enabled, Types: ["deb"], FileType: "sources" },
  });
  const known = repositoriesIn({
    digest: "abc",
    files: [
      {
        path: "/etc/apt/sources.list.d/a.sources",
        repositories: [
          row("http://download.proxmox.com/debian/pve", ["pve-no-subscription"], ["bookworm"]),
          row("https://download.proxmox.com/debian/pve/", ["pve-no-subscription", "pve-test"]),
          row("http://download.proxmox.com.evil.test/debian/pve", ["pve-no-subscription"]),
        ],
      },
      {
        path: "/etc/apt/sources.list.d/old.list",
        repositories: [
          row("http://download.proxmox.com/debian", ["pvetest"], ["bookworm"]),
          row("https://enterprise.proxmox.com/debian/", ["pve-enterprise"], ["bookworm"], 0),
          row("http://download.proxmox.com/debian/ceph-quincy", ["main"], ["bookworm"]),
          row("http://download.proxmox.com/debian/ceph-reef", ["main"], ["bookworm"]),
          row("http://download.proxmox.com/debian/pbs", ["pbs-no-subscription"], ["bookworm"]),
        ],
      },
      {
        path: "/etc/apt/sources.list.d/ceph.sources",
        repositories: [row("https://enterprise.proxmox.com/debian/ceph-squid", ["enterprise"], ["trixie"], 0)],
      },
    ],
    "standard-repos": [
      { handle: "test", status: 0 },
      { handle: "enterprise" },
      { handle: "no-subscription", status: 1 },
    ],
  });

  it("are found by address, component and Debian's release", () => {
    const places = (handle: string, release = "9.2.11") =>
      entriesOf(known, handle, release).map(({ path, index }) => `${path.split("/").at(-1)} ${index}`);
    assert.deepEqual(places("no-subscription"), ["a.sources 1"]);
    assert.deepEqual(places("no-subscription", "8.4.1"), ["a.sources 0"]);
    assert.deepEqual(places("test"), ["a.sources 1"]);
    // Proxmox VE 8: addresses and names of before, one-line files.
    assert.deepEqual(places("test", "8.4.21"), ["old.list 0"]);
    assert.deepEqual(places("enterprise", "8.4.21"), ["old.list 1"]);
    assert.deepEqual(places("ceph-quincy-no-subscription", "8.4.21"), ["old.list 2"]);
    assert.deepEqual(places("ceph-reef-no-subscription", "8.4.21"), []);
    const others = (handle: string, release: string) =>
      backupServersOf(known, handle, release).map(({ path, index }) => `${path.split("/").at(-1)} ${index}`);
    assert.deepEqual(others("no-subscription", "8.4.21"), ["old.list 4"]);
    for (const [handle, release] of [
      ["no-subscription", "9.2"],
      ["test", "8.4"],
      ["ceph-reef-test", "8.4"],
    ] as const)
      assert.deepEqual(others(handle, release), []);
    assert.deepEqual(places("enterprise"), []);
    assert.deepEqual(places("ceph-squid-enterprise"), ["ceph.sources 0"]);
    assert.deepEqual(places("ceph-squid-no-subscription"), []);
    assert.deepEqual(othersIn(entriesOf(known, "test", "9.2")[0]!), ["pve-no-subscription", "pve-test"]);
    assert.deepEqual(
      [...known.handles],
      [
        ["test", false],
        ["enterprise", undefined],
        ["no-subscription", true],
        // Ours: of all releases.
        ["ceph-enterprise", false],
      ],
    );
    assert.deepEqual(places("ceph-enterprise"), ["ceph.sources 0"]);
    const [ceph] = entriesOf(known, "ceph-enterprise", "9.2");
    assert.deepEqual(
      [ceph && enterpriseHandle(ceph), enterpriseHandle({ uris: ["https://x.test/debian/pve"] })],
      ["ceph-squid-enterprise", undefined],
    );
    const own = ["", "/", "/pbs"].map((name) =>
      enterpriseHandle({ uris: [`https://enterprise.proxmox.com/debian${name}`] }),
    );
    assert.deepEqual(own, ["enterprise", "enterprise", undefined]);
  });
});

describe("kernel parameters in a file", () => {
  it("are printed in order and read back, with whose they are", () => {
    const text = printSysctl("abc", { "vm.swappiness": "10", "net.ipv4.tcp_rmem": "4096  87380\t6291456" });
    assert.equal(
      text,
      "# Written by pulumi-proxmox-cluster for abc; changes are overwritten\n" +
        "net.ipv4.tcp_rmem = 4096 87380 6291456\nvm.swappiness = 10\n",
    );
    const { mark, values } = readSysctl(`${text}; no\n\n#x=1\nkernel.x=y=z\n`);
    assert.equal(mark, "abc");
    assert.deepEqual([...values.keys()], ["net.ipv4.tcp_rmem", "vm.swappiness", "kernel.x"]);
    assert.equal(readSysctl("vm.swappiness = 1\n").mark, undefined);
    assert.equal(parameterPath("net.ipv4.conf.eth0/5.forwarding"), "net/ipv4/conf/eth0.5/forwarding");
    assert.equal(parameterPath("net/ipv4/conf/eth0.5/forwarding"), "net/ipv4/conf/eth0.5/forwarding");
  });
});

describe("names that reach a node's shell", () => {
  const problems = (schema: Parameters<typeof problemsOf>[0], inputs: Record<string, unknown>) =>
    problemsOf(schema, { node: "pve1", ...inputs }).map(({ path }) => path);

  it("have the form of Debian's, whatever is written", () => {
    const good = ["curl", "g++", "libnl-3-200", "0ad", "htop=3.4.1-5", "vim=2:9.1~rc1+dfsg-2"];
    assert.deepEqual(problems(systemPackageSchema, { packages: good }), []);
    const bad = [
      "-y",
      "--purge",
      "Htop",
      "a",
      "htop;reboot",
      "htop=",
      "htop=-1",
      "htop-",
      "$(x)",
      "a b",
      "lib*",
      "h:i386",
    ];
    for (const name of bad)
      assert.deepEqual(problems(systemPackageSchema, { packages: [name] }), ["packages[0]"], name);
    for (const name of ["-y", "h*"])
      assert.deepEqual(problems(aptUpgradeSchema, { packages: [name] }), ["packages[0]"]);
    assert.deepEqual(problems(systemPackageSchema, { packages: ["htop", "htop=1"] }), ["packages[1]"]);
    assert.equal(systemPackageModel.same?.("packages", ["a", "b"], ["b", "a"]), true);
  });

  it("are paths below /proc/sys with one line for a value", () => {
    assert.deepEqual(
      problems(sysctlSchema, { values: { "vm.swappiness": 10, "net/ipv4/conf/eth0.5/rp_filter": "1" } }),
      [],
    );
    for (const name of ["-w", "vm", "vm..x", "vm.../../x", "vm.s=1", "a b.c", "vm.*", "../x.y"])
      assert.equal(problems(sysctlSchema, { values: { [name]: 1 } }).length, 1, name);
    for (const value of ["", "1\n", "a\nkernel.core_pattern=|/x", " 1", "\u0007"])
      assert.equal(problems(sysctlSchema, { values: { "vm.swappiness": value } }).length, 1, JSON.stringify(value));
    assert.deepEqual(problems(sysctlSchema, { values: {} }), ["values"]);
    for (const fileName of ["../x.conf", "x", "/etc/x.conf", ".x.conf"])
      assert.deepEqual(problems(sysctlSchema, { values: { "vm.x": 1 }, fileName }), ["fileName"], fileName);
  });
});
