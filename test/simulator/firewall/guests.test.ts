import assert from "node:assert/strict";
import { readFirewalls } from "../../../simulator/firewall/firewall-daemon.js";
import {
  verdictOf,
  type FilterReceiver,
  type FilterSender,
  type Traffic,
} from "../../../simulator/firewall/packet-verdicts.js";
import { whyRefused } from "../../../simulator/firewall/kernel-refusals.js";
import { compile } from "../../../simulator/firewall/compile.js";
import { sourcesOf } from "../../../simulator/firewall/sources-of.js";
import { seedWorld } from "../../../simulator/seeds/index.js";
import type { World } from "../../../simulator/world/world.js";

const on = "[OPTIONS]\nenable: 1\n";
const guest: FilterSender & FilterReceiver = { kind: "guest", vmid: 100, address: "192.168.3.100" };
const client: FilterSender = { kind: "client" };
const foxtrot: FilterSender & FilterReceiver = { kind: "node", node: "foxtrot" };
const tcp = (port: number): Traffic => ({ protocol: "tcp", port });

/** A guest on foxtrot with a device behind the firewall, unless `net0` says otherwise. */
function worldWith(own: string, cluster = on, net0 = "virtio=BC:24:11:00:00:01,bridge=vmbr0,firewall=1"): World {
  const world = seedWorld("matrix");
  const files = Object.values(world.clusters)[0]!;
  const config = { net0, net1: "virtio=BC:24:11:00:00:02,bridge=vmbr1,firewall=1" };
  files.guests["100"] = {
    ...{ vmid: 100, type: "qemu", node: "foxtrot", config, pending: {}, pendingDelete: {}, snapshots: {} },
  };
  files.firewallFiles = { "firewall/cluster.fw": cluster, ...(own === "" ? {} : { "firewall/100.fw": own }) };
  readFirewalls(world, 1_800_000_000);
  return world;
}

describe("the packet filter of a simulated guest (generate_tap_rules_direction in PVE/Firewall.pm)", () => {
  const rules = (...lines: string[]): string => `${on}[RULES]\n${lines.join("\n")}\n`;
  const rows: readonly (readonly [
    string,
    World,
    readonly (readonly [FilterSender, FilterReceiver, Traffic, string])[],
  ])[] = [
    [
      "nothing gets in and all gets out, once it is switched on",
      worldWith(on),
      [
        [client, guest, tcp(22), "drop"],
        [foxtrot, guest, tcp(22), "drop"],
        [guest, { kind: "guest", vmid: 101, address: "192.168.3.101" }, tcp(22), "accept"],
        [guest, foxtrot, tcp(8006), "accept"],
        [guest, foxtrot, tcp(111), "drop"],
      ],
    ],
    ["it is off without enable of its own", worldWith("[RULES]\nIN DROP\n"), [[client, guest, tcp(22), "accept"]]],
    ["it is off without a file, and with the cluster's off", worldWith("", on), [[client, guest, tcp(22), "accept"]]],
    ["it is off while the cluster's is", worldWith(on, "[OPTIONS]\nenable: 0\n"), [[client, guest, tcp(22), "accept"]]],
    [
      "it is off for a device without firewall=1",
      worldWith(on, on, "virtio=BC:24:11:00:00:01,bridge=vmbr0"),
      [
        [client, guest, tcp(22), "accept"],
        [client, { ...guest, device: "net1" }, tcp(22), "drop"],
      ],
    ],
    [
      "its rules let in and keep from going out, in their order",
      worldWith(
        rules(
          "IN SSH(ACCEPT)",
          "IN REJECT -p tcp -dport 23",
          "OUT DROP -p tcp -dport 25",
          "OUT REJECT -dest 192.168.3.5",
        ),
      ),
      [
        [client, guest, tcp(22), "accept"],
        [client, guest, tcp(23), "reject"],
        [client, guest, tcp(80), "drop"],
        [guest, { kind: "node", node: "golf" }, tcp(25), "drop"],
        [guest, foxtrot, tcp(8006), "reject"],
      ],
    ],
    [
      "a rule may be for one device",
      worldWith(rules("IN ACCEPT -i net1 -p tcp -dport 22")),
      [
        [client, guest, tcp(22), "drop"],
        [client, { ...guest, device: "net1" }, tcp(22), "accept"],
      ],
    ],
    [
      "its policies",
      worldWith(`${on}policy_in: ACCEPT\npolicy_out: DROP\n`),
      [
        [client, guest, tcp(80), "accept"],
        [guest, foxtrot, tcp(8006), "drop"],
      ],
    ],
    [
      "DHCP passes unless it is told not to",
      worldWith(`${on}policy_out: DROP\n`),
      [
        [client, guest, { protocol: "udp", port: 68, sourcePort: 67 }, "accept"],
        [
          guest,
          { kind: "guest", vmid: 101, address: "192.168.3.1" },
          { protocol: "udp", port: 67, sourcePort: 68 },
          "accept",
        ],
      ],
    ],
    [
      "and not when it is",
      worldWith(`${on}dhcp: 0\npolicy_out: DROP\n`),
      [
        [client, guest, { protocol: "udp", port: 68, sourcePort: 67 }, "drop"],
        [
          guest,
          { kind: "guest", vmid: 101, address: "192.168.3.1" },
          { protocol: "udp", port: 67, sourcePort: 68 },
          "drop",
        ],
      ],
    ],
    [
      "a filter of its addresses keeps others from being sent",
      worldWith(`${on}[IPSET ipfilter-net0]\n192.168.3.100\n`),
      [
        [guest, foxtrot, tcp(8006), "accept"],
        [{ ...guest, address: "192.168.3.99" }, foxtrot, tcp(8006), "drop"],
      ],
    ],
    [
      "groups of the cluster, its own aliases before the cluster's, its own sets",
      worldWith(
        `${on}[ALIASES]\nus 192.168.3.250\n[IPSET they]\n192.168.3.5\n[RULES]\nGROUP web\nIN ACCEPT -source us -p tcp -dport 22\nIN ACCEPT -source +guest/they -p tcp -dport 23\n`,
        `${on}[ALIASES]\nus 10.0.0.1\n[group web]\nIN ACCEPT -p tcp -dport 80\n`,
      ),
      [
        [client, guest, tcp(80), "accept"],
        [client, guest, tcp(22), "accept"],
        [client, guest, tcp(23), "drop"],
        [foxtrot, guest, tcp(23), "accept"],
      ],
    ],
    [
      "a node's own rules for what goes out come first",
      worldWith(rules("IN ACCEPT"), `${on}[RULES]\nOUT DROP -dest 192.168.3.100\n`),
      [
        [foxtrot, guest, tcp(22), "drop"],
        [client, guest, tcp(22), "accept"],
      ],
    ],
  ];
  for (const [what, world, asks] of rows)
    it(what, () =>
      assert.deepEqual(
        asks.map(([from, to, traffic]) => verdictOf(world, from, to, traffic)),
        asks.map(([, , , expected]) => expected),
      ),
    );
});

describe("what the kernel refuses of simulated pve-firewall", () => {
  const refused = (text: string): string | undefined => {
    const world = worldWith("");
    const node = world.nodes["foxtrot"]!;
    const files = { "firewall/cluster.fw": `${on}${text}` };
    return whyRefused(
      compile(sourcesOf(world.clusters[node.cluster]!, node, { files, seconds: 0 })) ?? assert.fail("off"),
    );
  };

  it("is a set with a network twice, or with all addresses, and an interface with a name of sixteen letters", () => {
    assert.equal(
      refused("[ALIASES]\nxx 10.0.0.9/24\n[IPSET set1]\n10.0.0.0/24\nxx\n"),
      "PVEFW-0-set1-v4: 10.0.0.9/24 is there already",
    );
    assert.equal(
      refused("[ALIASES]\nall 0.0.0.0/0\n[IPSET set1]\nall\n"),
      "PVEFW-0-set1-v4: a set cannot hold 0.0.0.0/0",
    );
    assert.equal(refused("[RULES]\nIN DROP -i averyverylongna0\n"), "interface name averyverylongna0 is too long");
    assert.equal(refused("[RULES]\nIN DROP -i averyverylongna\n"), undefined);
  });

  it("leaves the filter as it was", () => {
    const world = worldWith("", `${on}[RULES]\nIN DROP -p tcp -dport 8006\n`);
    const files = Object.values(world.clusters)[0]!;
    files.firewallFiles = { "firewall/cluster.fw": `${on}[RULES]\nIN ACCEPT -i averyverylongna0\n` };
    readFirewalls(world, 1_800_000_010);
    assert.equal(verdictOf(world, client, foxtrot, tcp(8006)), "drop");
    files.firewallFiles = { "firewall/cluster.fw": `${on}[RULES]\nIN ACCEPT -i vmbr0\n` };
    readFirewalls(world, 1_800_000_020);
    assert.equal(verdictOf(world, client, foxtrot, tcp(8006)), "accept");
  });
});
