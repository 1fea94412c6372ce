import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { compile } from "../../../simulator/firewall/compile.js";
import { sourcesOf } from "../../../simulator/firewall/sources-of.js";
import { seedWorld } from "../../../simulator/seeds/index.js";

/**
 * Files made by chance, and what `compile` of PVE/Firewall.pm (pve-firewall 6.0.4) made of them on the node foxtrot of
 * `matrix`, with nothing of it changed but where it reads files, guests and corosync.conf. Standard chains are in the first
 * line only.
 */
interface Recorded {
  readonly files: Readonly<Record<string, string>>;
  readonly guests: Readonly<Record<string, Record<string, string>>>;
  readonly chains: Readonly<Record<"4" | "6", Readonly<Record<string, readonly string[]>>>>;
  readonly sets: Readonly<Record<string, readonly string[]>>;
}

const recorded = fs
  .readFileSync(path.join(__dirname, "../../../../test/recorded/firewall/compiled.jsonl"), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as Recorded);

/** What a line of the log is called is no matter of the filter; in Proxmox it depends on which table was made first. */
const withoutPrefix = (rule: string): string => rule.replace(/(--nflog-prefix ":\d+:\d:[^:]+: )\S+: "/, '$1…"');

describe("what simulated pve-firewall makes of its files", () => {
  for (const [index, { files, guests, chains, sets }] of recorded.entries())
    it(`is what Proxmox makes of them, rule by rule (line ${index + 1})`, () => {
      const world = seedWorld("matrix");
      const node = world.nodes["foxtrot"]!;
      const cluster = world.clusters[node.cluster]!;
      for (const [vmid, config] of Object.entries(guests))
        cluster.guests[vmid] = {
          ...{
            vmid: Number(vmid),
            type: "qemu",
            node: node.name,
            config,
            pending: {},
            pendingDelete: {},
            snapshots: {},
          },
        };
      // an `enable` that is a moment is over by now
      const seconds = 1_800_000_000;
      const compiled = compile(sourcesOf(cluster, node, { files, seconds }));
      const made = {
        4: Object.fromEntries(compiled?.tables[4] ?? []),
        6: Object.fromEntries(compiled?.tables[6] ?? []),
      };
      for (const version of ["4", "6"] as const) {
        const expected = chains[version];
        const isStandard = (name: string): boolean =>
          /^PVEFW-(?:[A-Z]?[a-z]\w*|SET-ACCEPT-MARK|FORWARD|INPUT|OUTPUT)$/.test(name) && expected[name] === undefined;
        assert.deepEqual(
          Object.keys(made[version])
            .filter((name) => !isStandard(name))
            .sort(),
          Object.keys(expected).sort(),
        );
        for (const [name, rules] of Object.entries(expected))
          assert.deepEqual(made[version][name]?.map(withoutPrefix), rules.map(withoutPrefix), `IPv${version} ${name}`);
      }
      const own = [...(compiled?.sets ?? [])].map(([name, set]): [string, string[]] => [
        name,
        [...set].map(([network, { nomatch }]) => `${network}${nomatch ? " nomatch" : ""}`).sort(),
      ]);
      assert.deepEqual(Object.fromEntries(own), sets);
    });
});
