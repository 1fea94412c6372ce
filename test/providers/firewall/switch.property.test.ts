import assert from "node:assert/strict";
import fc from "fast-check";
import { long } from "../../support/sample";
import { clusterFw, datacenter, SwitchLab } from "./switch-lab";

const action = fc.constantFrom("ACCEPT", "DROP", "DROP", "REJECT");
const rule = fc
  .record({
    direction: fc.constantFrom("in", "in", "out"),
    action,
    what: fc.constantFrom(
      {},
      { protocol: "tcp", destinationPort: "22" },
      { protocol: "tcp", destinationPort: "8006" },
      { protocol: "tcp" },
      { protocol: "udp" },
      { protocol: "udp", destinationPort: "5405:5412" },
      { macro: "Ping" },
    ),
    source: fc.constantFrom(undefined, undefined, "192.168.3.0/24", "192.168.3.6", "192.168.8.0/24"),
  })
  .map(({ what, source, ...one }) => ({ ...one, ...what, ...(source === undefined ? {} : { source }) }));
const change = fc.oneof(
  fc.record({
    kind: fc.constant("FirewallRules" as const),
    args: fc
      .record({
        place: fc.constantFrom<Record<string, unknown>>(datacenter, datacenter, { node: "golf" }, { node: "foxtrot" }),
        rules: fc.array(rule, { minLength: 1, maxLength: 4 }),
      })
      .map((one): Record<string, unknown> => one),
  }),
  fc.record({
    kind: fc.constant("FirewallOptions" as const),
    args: fc
      .record({ policyIn: fc.constantFrom("ACCEPT", "DROP", "REJECT"), policyOut: action, enable: fc.constant(true) })
      .map((one): Record<string, unknown> => ({ ...one, place: datacenter })),
  }),
);

const onAndOpen = "[OPTIONS]\n\nenable: 1\n\n[RULES]\n\nIN ACCEPT -p tcp -dport 22,8006\n\n";
const everything = [
  { direction: "in", action: "DROP", protocol: "udp" },
  { direction: "out", action: "DROP", protocol: "udp" },
  { direction: "in", action: "DROP", protocol: "tcp" },
];
const rulesOf = (rules: Record<string, unknown>[]) => ({
  ...{ kind: "FirewallRules" as const, args: { place: datacenter, rules } as Record<string, unknown> },
});
/** After how many answers the run is killed, and whether the nodes lose each other then until the timers are long over. */
interface Kill {
  readonly after: number;
  readonly outage: boolean;
}
const kills = fc.option(fc.record({ after: fc.nat(70), outage: fc.boolean() }), { freq: 2 });
/** Cut off from this program; from each other as well, which is refused; the first one with nobody there to help. */
const certain = [
  [{ [clusterFw]: onAndOpen }, rulesOf(everything.slice(2)), null],
  [{ [clusterFw]: onAndOpen }, rulesOf(everything), null],
  [{ [clusterFw]: onAndOpen }, rulesOf(everything.slice(2)), { after: 150, outage: true }],
] as [Record<string, string>, ReturnType<typeof rulesOf>, Kill | null][];
const files = fc.constantFrom<Record<string, string>>(
  { [clusterFw]: onAndOpen },
  { [clusterFw]: onAndOpen, "nodes/golf/host.fw": "[RULES]\n\nIN ACCEPT -p icmp\n\n" },
  { [clusterFw]: "[OPTIONS]\n\nenable: 1\npolicy_in: ACCEPT\n\n" },
  {},
);

describe("random changes of the firewall that were accepted whomever they shut out", function () {
  it("leave every node within reach and in the cluster once the timers are over, killed or not, and the old file where they failed", async function () {
    this.timeout(1_800_000);
    const seen = { stayed: 0, restored: 0, killed: 0, cut: 0 };
    await fc.assert(
      fc.asyncProperty(files, change, kills, async (before, { kind, args }, kill) => {
        const lab = await SwitchLab.start(before);
        try {
          const killed = new AbortController();
          let answers = 0;
          lab.heard = () => {
            if (kill !== null && ++answers >= kill.after) killed.abort(new Error("killed"));
          };
          const inputs = { ...args, lockout: "accept", restoreAfter: "30s" };
          const [result] = await Promise.allSettled([lab.run(killed.signal).create(kind, inputs)]);
          lab.heard = () => undefined;
          const gone = killed.signal.aborted;
          if (gone) lab.sim.clock.advance(12_000);
          const isolate = (state: "isolated" | "online") => {
            for (const name of ["golf", "hotel"]) lab.sim.simulation.node(name).state = state;
          };
          if (gone && kill?.outage) {
            isolate("isolated");
            seen.cut++;
            lab.sim.clock.advance(200_000);
            isolate("online");
          }
          // Nobody comes back to help: the timer, the halt of who cannot write, what pve-firewall takes, and no more.
          if (gone) lab.sim.clock.advance(31_000 + 16_000 + 15_000 - 12_000);
          const words = `${JSON.stringify(args)}\n${JSON.stringify(lab.files)}\n${String(result.status === "rejected" && result.reason)}`;
          assert.ok(lab.isReached, `out of reach: ${words}`);
          assert.ok(lab.isQuorate, `without quorum: ${words}`);
          if (result.status === "fulfilled") seen.stayed++;
          else {
            // Where nothing filters there is no way back: the next run goes on with what is half written.
            if (before[clusterFw] !== undefined || !gone) assert.deepEqual(lab.files, before, words);
            if (gone) seen.killed++;
            else seen.restored++;
          }
          assert.deepEqual(
            lab.sim.sshRecords.filter(({ unbuilt }) => unbuilt),
            [],
          );
          if (!gone) assert.deepEqual(lab.left, []);
        } finally {
          await lab.close();
        }
      }),
      { numRuns: long ? 400 : 8, seed: 20261129, endOnFailure: true, examples: [...certain] },
    );
    for (const what of ["stayed", "restored", "killed", "cut"] as const)
      assert.ok(seen[what] > 0, JSON.stringify(seen));
  });
});
