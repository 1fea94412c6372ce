import assert from "node:assert/strict";
import { judge } from "../../../simulator/firewall/netfilter.js";
import { linkPasses, verdictOf } from "../../../simulator/firewall/packet-verdicts.js";
import { readFirewalls } from "../../../simulator/firewall/firewall-daemon.js";
import { filterOf } from "../../../simulator/firewall/sources-of.js";
import { placeClient } from "../../../simulator/network/place-client.js";
import { seedWorld } from "../../../simulator/seeds/index.js";
import type { World } from "../../../simulator/world/world.js";
import { cluster, foxtrot, from, golf, rows, rules, udp, type Question } from "./filter-rows.js";

describe("the packet filter of simulated nodes (PVE/Firewall.pm)", () => {
  function worldWith(files: Readonly<Record<string, string>>, address?: string): World {
    const world = seedWorld("matrix");
    if (address !== undefined) placeClient(world, address);
    Object.values(world.clusters)[0]!.firewallFiles = { ...files };
    readFirewalls(world, 1_800_000_000);
    return world;
  }

  for (const { what, source, files, client: address, asks } of rows)
    it(`${what} (${source})`, () => {
      const world = worldWith(files, address);
      const told = (verdict: string, [sender, receiver, traffic]: Question): string =>
        `${JSON.stringify([sender, receiver, traffic])} ${verdict}`;
      assert.deepEqual(
        asks.map((ask) => told(verdictOf(world, ask[0], ask[1], ask[2]), ask)),
        asks.map((ask) => told(ask[3], ask)),
      );
    });

  it("lets pass what belongs to a connection, whatever the rules say (ruleset_chain_add_conn_filters)", () => {
    const world = worldWith(rules("IN DROP", "OUT DROP"));
    const filter = filterOf(world, world.nodes["foxtrot"]!) ?? assert.fail("no filter");
    const packet = { source: "192.168.3.250", dest: "192.168.3.5", proto: 6, dport: 8006, sport: 40000 } as const;
    const verdicts = (["NEW", "ESTABLISHED", "RELATED", "INVALID"] as const).map((state) =>
      judge(filter, "INPUT", { ...packet, state }),
    );
    assert.deepEqual(verdicts, ["drop", "accept", "accept", "drop"]);
  });

  describe("corosync", () => {
    const links = (world: World): boolean[] =>
      ["golf", "hotel"].map((other) =>
        linkPasses(
          world,
          { node: world.nodes["foxtrot"]!, address: "192.168.8.5" },
          { node: world.nodes[other]!, address: `192.168.8.${other === "golf" ? 6 : 7}` },
        ),
      );
    const node = (name: string): Record<string, string> => ({
      [`nodes/${name}/host.fw`]: "[RULES]\nIN DROP -p udp\nOUT DROP -p udp\n",
    });
    const corosync: readonly (readonly [string, Record<string, string>, boolean[]])[] = [
      ["passes between the addresses of its links", cluster("policy_in: DROP\npolicy_out: DROP\n"), [true, true]],
      [
        "passes as the answer to what was sent, when only what comes in is dropped",
        rules("IN DROP -p udp"),
        [true, true],
      ],
      [
        "passes when one may send and the other may receive",
        { ...cluster(""), "nodes/golf/host.fw": "[RULES]\nOUT DROP -p udp\n" },
        [true, true],
      ],
      ["ends where nobody may send and receive", { ...cluster(""), ...node("golf") }, [false, true]],
      [
        "ends everywhere when a rule of the cluster says so",
        rules("IN DROP -p udp -dport 5405", "OUT DROP -p udp -dport 5404:5405"),
        [false, false],
      ],
    ];
    for (const [what, files, expected] of corosync)
      it(`${what} (enable_host_firewall; conntrack)`, () => assert.deepEqual(links(worldWith(files)), expected));

    it("is let in from the addresses of the same link alone", () => {
      const world = worldWith(cluster(""));
      const ask = (address: string, port: number): string =>
        verdictOf(world, from(address), { ...foxtrot, address: "192.168.8.5" }, udp(port, port));
      assert.deepEqual(
        [ask("192.168.8.6", 5404), ask("192.168.8.6", 5405), ask("192.168.8.6", 5406), ask("192.168.8.9", 5405)],
        ["accept", "accept", "drop", "drop"],
      );
      assert.equal(verdictOf(world, golf, foxtrot, udp(5405, 5405)), "drop");
    });
  });
});
