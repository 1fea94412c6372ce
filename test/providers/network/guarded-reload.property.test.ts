import assert from "node:assert/strict";
import fc from "fast-check";
import { long } from "../../support/sample";
import { NetworkLab, type Step } from "./network-lab";

/** Lines that no resource describes, each with what it needs before it. */
const foreign = [
  "\tpost-up echo 1 > /proc/sys/net/ipv4/ip_forward",
  "\tpre-down /usr/local/bin/tell down",
  "#kept by hand",
  "\tethernet-wol g",
];

const ports = ["enp4s0", "enp5s0f0np0", "enp5s0f1np1", "enp3s0"];
const management = fc.record(
  {
    address: fc.constantFrom("192.168.3.5/24", "192.168.3.55/24", "192.168.3.5/30", "10.0.0.5/24"),
    ports: fc.oneof(fc.subarray(ports, { maxLength: 2 }), fc.constant(["bond0"])),
    mtu: fc.constantFrom(1280, 1500),
    autostart: fc.boolean(),
    vlanAware: fc.boolean(),
    gateway: fc.constantFrom("192.168.3.1", "192.168.3.2"),
  },
  { requiredKeys: [] },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: management.map((inputs): Step => ({ kind: "Bridge", name: "vmbr0", inputs })) },
  fc.record({ mtu: fc.constantFrom(1400, 9000), name: fc.constantFrom(...ports) }).map(({ mtu, name }): Step => ({
    ...{ kind: "NetworkPort", name, inputs: { mtu } },
  })),
  fc
    .record({
      name: fc.constantFrom("vmbr1", "vmbr2"),
      ports: fc.subarray(ports, { maxLength: 1 }),
      remove: fc.boolean(),
    })
    .map((one): Step => ({
      kind: "Bridge",
      name: one.name,
      ...(one.remove ? {} : { inputs: { ports: one.ports, autostart: true } }),
    })),
  fc.record({ ports: fc.subarray(ports, { minLength: 1, maxLength: 2 }), remove: fc.boolean() }).map((one): Step => ({
    kind: "Bond",
    name: "bond0",
    ...(one.remove ? {} : { inputs: { ports: one.ports, mode: "active-backup", autostart: true } }),
  })),
  fc.constantFrom(9, 12).map((id): Step => ({
    ...{
      kind: "Vlan",
      name: `vlan${id}`,
      inputs: { parent: "vmbr0", vlanId: id, address: `192.168.${id}.5/24`, autostart: true },
    },
  })),
);
const start = fc.record({
  inBridge: fc.subarray(foreign),
  inPort: fc.subarray(foreign.slice(0, 2)),
  stanza: fc.boolean(),
  source: fc.constantFrom("source /etc/network/interfaces.d/*", "source-directory /etc/network/other"),
});

describe("random changes of a node's network", () => {
  it("never leave it out of reach for longer than its timer, nor lose a line that nobody described", async function () {
    this.timeout(1_800_000);
    const seen = { applied: 0, restored: 0, killed: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(
        start,
        fc.array(
          fc.record({
            steps: fc.uniqueArray(step, { minLength: 1, maxLength: 3, selector: ({ name }) => name }),
            kill: fc.option(fc.nat(40), { freq: 3 }),
          }),
          { minLength: 1, maxLength: 3 },
        ),
        async ({ inBridge, inPort, stanza, source }, rounds) => {
          const lines = [
            ...inBridge,
            ...inPort,
            source,
            ...(stanza ? ["iface wg0 inet manual", "\tpre-up wg-quick up wg0"] : []),
          ];
          const lab = await NetworkLab.start((network) => {
            network.interfaces = network.interfaces
              .replace("\tbridge-fd 0\n", (text) => text + inBridge.map((line) => `${line}\n`).join(""))
              .replace("iface enp3s0 inet manual\n", (text) => text + inPort.map((line) => `${line}\n`).join(""))
              .replace(/source .*/, `${stanza ? "iface wg0 inet manual\n\tpre-up wg-quick up wg0\n\n" : ""}${source}`);
          });
          try {
            for (const { steps, kill } of rounds) await once(lab, steps, kill, lines, seen);
          } finally {
            await lab.close();
          }
        },
      ),
      { numRuns: long ? 300 : 12, seed: 20260101, endOnFailure: true },
    );
    for (const [what, count] of Object.entries(seen)) assert.ok(count > 0, `${what}: ${JSON.stringify(seen)}`);
  });

  async function once(
    lab: NetworkLab,
    steps: readonly Step[],
    kill: number | null,
    lines: readonly string[],
    seen: Record<"applied" | "restored" | "killed" | "refused", number>,
  ): Promise<void> {
    const before = lab.network.interfaces;
    const controller = new AbortController();
    const asked = lab.sim.requests.length + lab.sim.sshRecords.length;
    const watching = setInterval(() => {
      if (kill !== null && lab.sim.requests.length + lab.sim.sshRecords.length - asked >= kill)
        controller.abort(new Error("the runner is gone"));
    }, 1);
    const timed = steps.map((one) => (one.inputs ? { ...one, inputs: { ...one.inputs, restoreAfter: "30s" } } : one));
    const run = lab.run();
    const { rows } = await run.network.view(run.pve);
    const results = await lab.change(
      run,
      timed.map((one) => ({ ...one, creating: !rows.has(one.name) })),
      controller.signal,
    );
    clearInterval(watching);
    const gone = controller.signal.aborted;
    // Nobody comes back to help: the timer, its accuracy, and no more. It is the longest of those who take part, and a
    // removal says none.
    if (gone) lab.sim.clock.advance(steps.every(({ inputs }) => inputs) ? 31_000 : 61_000);
    assert.ok(lab.isReached, `out of reach after ${JSON.stringify(steps)}\n${lab.network.running ?? ""}`);
    const { interfaces, running } = lab.network;
    assert.equal(running ?? interfaces, interfaces, "the kernel has something else");
    assert.deepEqual(
      lines.filter((line) => !interfaces.split("\n").includes(line)),
      [],
      interfaces,
    );
    if (gone) seen.killed++;
    else if (results.some(({ status }) => status === "fulfilled") && interfaces !== before) seen.applied++;
    else if (results.some((one) => one.status === "rejected" && /is as it was before/.test(String(one.reason)))) {
      seen.restored++;
      assert.equal(interfaces, before);
    } else seen.refused++;
    // What a killed run has staged is for the next one, which here asks for something else.
    delete lab.network.pending;
    if (gone) {
      const recovering = lab.run();
      await recovering.network.settle(recovering.pve, "stack", true, () => undefined);
      assert.ok(lab.isReached);
    }
  }
});
