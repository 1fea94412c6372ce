import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import type { Pve } from "../../../providers/kernel/session/pve-session";
import { ipamFields } from "../../../providers/sdn/sdn-ipam.model";
import type { SdnKind } from "../../../providers/sdn/sdn-kind";
import { MadeObjects } from "../../../providers/sdn/sdn-made";
import { serverTable } from "../../../providers/sdn/sdn-servers";
import { subnetKind, vnetKind, zoneKind } from "../../../providers/sdn/staged-kinds";
import { sampled } from "../../support/sample";
import { SdnRuns, wanted } from "./sdn-run";
import { reasonOf } from "../../support/lone-call";

const running = (runs: SdnRuns): string[] =>
  [runs.sdn.running?.zones, runs.sdn.running?.vnets, runs.sdn.running?.subnets].flatMap((all) =>
    Object.keys(all ?? {}),
  );
const all = ["lab", "web", "lab-10.80.0.0-24"];
const bridges = (runs: SdnRuns): string[] =>
  Object.values(runs.sim.world.nodes).map(({ network }) => Object.keys(network.sdnRunning?.ifaces ?? {}).join());
const fulfilled = (results: readonly PromiseSettledResult<unknown>[]): void =>
  results.forEach((one) => assert.equal(one.status, "fulfilled", one.status === "rejected" ? String(one.reason) : ""));

describe("one commit for the SDN of a cluster", () => {
  let runs: SdnRuns;

  beforeEach(async () => {
    runs = await SdnRuns.start();
  });

  afterEach(() => runs.close());

  const applies = (): number => runs.sim.requests.filter(({ route }) => route === "PUT /cluster/sdn").length;
  const failing = (text: string, effect: object = {}) => ({
    ...{ task: "srvreload", after: 1, count: 1 },
    effect: { kind: "task-fail" as const, text, ...effect },
  });

  it("puts everything back where a node's reload fails, and says which node lacks what", async () => {
    const { pve } = runs.run();
    runs.sim.simulation.faults.add(failing("command 'ifreload -a' failed: exit code 1", { steps: 2 }));
    const failed = await runs.change(pve, wanted);
    for (const one of failed)
      assert.match(reasonOf(one), /lloyd lacks vnet web \(error web\)\. Everything is as it was before \(zones lab\)$/);
    assert.deepEqual(running(runs), []);
    assert.deepEqual(bridges(runs), ["", "", ""]);
    assert.deepEqual([runs.sdn.lock, runs.sdn.addresses], [undefined, { lab: {} }]);
    assert.equal(applies(), 2);
    fulfilled(await runs.change(runs.run().pve, wanted));
    assert.deepEqual([running(runs), bridges(runs)], [all, ["web", "web", "web"]]);
  });

  it("puts back what was changed and what was deleted, with its gateway in the IPAM", async () => {
    const { pve } = runs.run();
    fulfilled(await runs.change(pve, wanted));
    const before = structuredClone([runs.sdn.running, runs.sdn.addresses]) as [object, object];
    runs.sim.simulation.faults.add(failing("no", { steps: 0 }));
    const [, vnet, subnet] = wanted;
    assert.ok(vnet && subnet);
    const failed = await runs.change(
      pve,
      [
        { ...vnet, inputs: { ...vnet.inputs, alias: "other" } },
        { kind: subnet.kind, id: subnet.id },
      ],
      true,
    );
    assert.match(reasonOf(failed[0]), /lloyd lacks vnet web \(local sdn network configuration is too old/);
    const { version: _, ...now } = runs.sdn.running ?? assert.fail();
    const { version: __, ...then } = before[0] as { version: number };
    assert.deepEqual([now, runs.sdn.addresses], [then, before[1]]);
    assert.deepEqual(bridges(runs), ["web", "web", "web"]);
  });

  it("shows what somebody else has staged, and neither applies nor drops it", async () => {
    const { pve } = runs.run();
    const { transport } = pve.process.connection;
    await transport.request("POST", "/cluster/sdn/zones", { zone: "other", type: "simple", mtu: 1400 });
    const [first] = await runs.change(pve, wanted);
    assert.match(reasonOf(first), /nothing was staged[^]*zone other: new \(type simple, mtu 1400\)/);
    assert.deepEqual([Object.keys(runs.sdn.zones), runs.sdn.lock, applies()], [["other"], undefined, 0]);
    await transport.request("POST", "/cluster/sdn/rollback");
    await transport.request("POST", "/nodes/mable/network", { iface: "vmbr77", type: "bridge", autostart: 1 });
    const [second] = await runs.change(pve, wanted);
    assert.match(reasonOf(second), /interfaces of mable, which a reload of SDN would apply too[^]*vmbr77/);
    assert.deepEqual([running(runs), applies()], [[], 0]);
    assert.match(runs.sim.world.nodes["mable"]?.network.pending ?? "", /vmbr77/);
  });

  it("waits for the lock of somebody else, then leaves it", async () => {
    const { pve } = runs.run();
    const { transport } = pve.process.connection;
    await transport.request("POST", "/cluster/sdn/lock");
    const held = runs.sdn.lock;
    const [first] = await runs.change(pve, wanted);
    assert.match(reasonOf(first), /somebody else holds the lock[^]*pvesh delete \/cluster\/sdn\/lock --force 1/);
    assert.deepEqual([runs.sdn.lock, running(runs)], [held, []]);
  });

  it("takes along nothing of fabrics that somebody else has staged", async () => {
    const { pve } = runs.run();
    const { transport } = pve.process.connection;
    const fabric = { id: "fab1", protocol: "openfabric", ip_prefix: "10.90.0.0/24" };
    await transport.request("POST", "/cluster/sdn/fabrics/fabric", fabric);
    const [failed] = await runs.change(pve, wanted);
    assert.match(reasonOf(failed), /nothing was staged[^]*fabric fab1: new \(.*ip_prefix 10\.90\.0\.0\/24/);
    assert.deepEqual([running(runs), applies()], [[], 0]);
    await transport.request("PUT", "/cluster/sdn");
    fulfilled(await runs.change(pve, wanted));
    assert.deepEqual(Object.keys(runs.sdn.running?.fabrics ?? {}), ["fab1"]);
  });

  it("puts everything back where a node is cut off by its reload, and says so", async () => {
    const { pve } = runs.run();
    runs.answered = () => {
      if (applies() !== 1) return;
      runs.answered = () => undefined;
      runs.sim.simulation.faults.add({ effect: { kind: "node-down", node: "lloyd" } });
    };
    for (const one of await runs.change(pve, wanted))
      assert.match(reasonOf(one), /lloyd lacks an answer[^]*The configuration is as it was before, but lloyd lacks/);
    assert.deepEqual([running(runs), applies(), runs.sdn.lock], [[], 2, undefined]);
    // The answer to the apply may be lost with it.
    const { pve: next } = runs.run();
    const effect = { kind: "reset" as const, handled: true };
    runs.sim.simulation.faults.add({ route: "PUT /cluster/sdn", count: 1, effect });
    runs.answered = () => {
      if (applies() !== 3) return;
      runs.answered = () => undefined;
      runs.sim.simulation.faults.add({ effect: { kind: "node-down", node: "lloyd" } });
    };
    for (const one of await runs.change(next, wanted)) assert.match(reasonOf(one), /lloyd lacks an answer/);
    assert.deepEqual([running(runs), applies()], [[], 4]);
  });

  it("sends an apply whose answer was lost again only where nothing of others is staged since", async () => {
    const { pve } = runs.run();
    const { transport } = pve.process.connection;
    const reset = { route: "PUT /cluster/sdn", count: 1, effect: { kind: "reset" as const, handled: true } };
    runs.sim.simulation.faults.add(reset);
    runs.answered = () => {
      if (applies() !== 1) return;
      runs.answered = () => undefined;
      runs.sdn.zones["other"] = { type: "simple" };
      runs.sdn.lock = "of somebody else";
    };
    fulfilled(await runs.change(pve, wanted));
    assert.deepEqual([running(runs), applies(), runs.sdn.lock], [all, 1, "of somebody else"]);
    assert.deepEqual(Object.keys(runs.sdn.zones), ["lab", "other"]);
    delete runs.sdn.lock;
    await transport.request("POST", "/cluster/sdn/rollback");
    const again = runs.run().pve;
    runs.sim.simulation.faults.add({ ...reset, effect: { kind: "reset" } });
    const [, vnet] = wanted;
    assert.ok(vnet);
    fulfilled(await runs.change(again, [{ ...vnet, inputs: { ...vnet.inputs, alias: "other" } }], true));
    assert.equal(runs.sdn.running?.vnets["web"]?.["alias"], "other");
    const last = runs.run().pve;
    runs.sim.simulation.faults.add({ ...reset, effect: { kind: "reset" } });
    const before = applies();
    runs.answered = () => {
      if (applies() === before + 1) runs.sdn.zones["other"] = { type: "simple" };
    };
    const [failed] = await runs.change(last, [{ ...vnet, inputs: { ...vnet.inputs, alias: "third" } }], true);
    assert.match(reasonOf(failed), /the answer to the apply was lost[^]*zone other: new/);
    assert.deepEqual([runs.sdn.running?.vnets["web"]?.["alias"], applies()], ["other", before + 1]);
  });

  it("looks at a member whose statistics do not come as at any other", async () => {
    const lloyd = runs.sim.world.nodes["lloyd"] ?? assert.fail();
    lloyd.silentStatistics = true;
    const { pve } = runs.run();
    runs.sim.simulation.faults.add(failing("no", { steps: 0 }));
    const [failed] = await runs.change(pve, wanted);
    assert.match(reasonOf(failed), /lloyd lacks vnet web/);
    lloyd.state = "off";
    const [made] = await runs.change(runs.run().pve, wanted);
    assert.ok(made?.status === "fulfilled", String(made?.status === "rejected" && made.reason));
    assert.deepEqual((made.value as { offline: string[] }).offline, ["lloyd"]);
  });

  it("has the lock and the look at the nodes before the last look at what is staged, and applies directly after it", async () => {
    const first = runs.run();
    runs.answered = () => {
      if (runs.sim.requests.some(({ route }) => route === "POST /cluster/sdn/vnets/{vnet}/subnets")) first.kill();
    };
    await runs.change(first.pve, wanted);
    runs.answered = () => undefined;
    delete runs.sdn.lock;
    const before = runs.sim.requests.length;
    fulfilled(await runs.change(runs.run().pve, wanted, true));
    const routes = runs.sim.requests.slice(before).map(({ route }) => route);
    const [lock, apply] = [routes.indexOf("POST /cluster/sdn/lock"), routes.indexOf("PUT /cluster/sdn")];
    const look = routes.lastIndexOf("GET /nodes/{node}/network", apply);
    const between = routes.slice(look, apply);
    assert.ok(lock > 0 && lock < look, routes.join("; "));
    assert.ok(!between.some((route) => /tasks|bridges|apt/.test(String(route))), between.join("; "));
  });

  it("gives back a lock of its own whose answer was lost", async () => {
    const { pve } = runs.run();
    const effect = { kind: "reset" as const, handled: true };
    runs.sim.simulation.faults.add({ route: "POST /cluster/sdn/lock", count: 1, effect });
    fulfilled(await runs.change(pve, wanted));
    assert.deepEqual([running(runs), runs.sdn.lock], [all, undefined]);
  });

  it("waits with an entry of an IPAM, too, until nobody else holds the lock", async () => {
    const { pve } = runs.run();
    runs.sim.world.sdnServers = ["https://netbox.lab"];
    await pve.process.connection.transport.request("POST", "/cluster/sdn/lock");
    const asked = () => runs.sim.requests.filter(({ route }) => route === "POST /cluster/sdn/ipams").length;
    runs.answered = () => {
      if (asked() === 3) delete runs.sdn.lock;
    };
    const fields = ipamFields["netbox"] ?? assert.fail();
    const netbox = { url: "https://netbox.lab/api", token: "a token" };
    await serverTable("ipams", "ipam").create(pve, "netbox", "netbox", fields, netbox);
    assert.deepEqual([Object.keys(runs.sdn.ipams), asked()], [["netbox"], 4]);
  });

  it("notes what it makes one after the other, so that no note is lost", async () => {
    const { pve } = runs.run();
    let file: Buffer | undefined;
    const ssh = {
      makeDirectory: async () => undefined,
      readFile: async () => {
        const now = file;
        await setImmediate();
        return now;
      },
      writeFile: async (_node: string, _file: string, text: string) => {
        await setImmediate();
        file = Buffer.from(text);
      },
      removeFile: async () => void (file = undefined),
    };
    const seen = { process: { ...pve.process, ssh }, memory: pve.memory.bind(pve) } as unknown as Pve;
    const kinds = [zoneKind, vnetKind, subnetKind];
    const noting = async (kind: SdnKind) => (await MadeObjects.of(seen, assert.fail)) ?? assert.fail(kind.noun);
    await Promise.all(kinds.map(async (kind) => (await noting(kind)).add(kind, "one", "mark")));
    const notes = await noting(zoneKind);
    for (const kind of kinds) assert.ok(await notes.isOf(kind, "one", "mark"), kind.noun);
    await Promise.all(kinds.map((kind) => notes.remove(kind, "one", "mark")));
    assert.equal(file, undefined);
  });

  it("is come to by the next run, killed after whichever request, and never leaves the lock", async function () {
    this.timeout(120_000);
    let count = 0;
    runs.answered = () => count++;
    fulfilled(await runs.change(runs.run().pve, wanted));
    const requests = count;
    assert.ok(requests > 20, `${requests} requests`);
    const moments = Array.from({ length: requests }, (_, index) => index + 1);
    let left = 0;
    for (const moment of sampled(moments, 3)) {
      await runs.close();
      runs = await SdnRuns.start();
      const first = runs.run();
      let answers = 0;
      runs.answered = () => void (++answers === moment && first.kill());
      await runs.change(first.pve, wanted);
      runs.answered = () => undefined;
      if (runs.sim.world.clusters[Object.keys(runs.sim.world.clusters)[0] ?? ""]?.sdn?.lock !== undefined) left++;
      fulfilled(await runs.change(runs.run().pve, wanted, true));
      const seen = [running(runs), bridges(runs), runs.sdn.lock];
      assert.deepEqual(seen, [all, ["web", "web", "web"], undefined], `killed after request ${moment}`);
    }
    assert.ok(left > 0, "no kill left the lock, so that nothing was seen of how it is given back");
  });

  describe("whose apply fails", () => {
    const [, vnet, subnet] = wanted;
    assert.ok(vnet && subnet);
    const ifreload = failing("command 'ifreload -a' failed: exit code 1", { steps: 2 });
    const changed = [
      { ...vnet, inputs: { ...vnet.inputs, alias: "other" } },
      { kind: subnet.kind, id: subnet.id },
    ];
    const entries = () => Object.keys(runs.sdn.addresses["lab"]?.["10.80.0.0/24"] ?? {});

    async function afresh(there: boolean): Promise<void> {
      await runs.close();
      runs = await SdnRuns.start();
      runs.withSsh = true;
      if (there) fulfilled(await runs.change(runs.run().pve, wanted));
    }
    /** A run whose apply fails, killed after so many answers. */
    async function broken(steps: typeof wanted, mayExist: boolean, moment = Infinity): Promise<number> {
      const run = runs.run();
      runs.sim.simulation.faults.add(ifreload);
      let answers = 0;
      runs.answered = () => void (++answers === moment && run.kill());
      await runs.change(run.pve, steps, mayExist);
      runs.answered = () => undefined;
      return answers;
    }
    const isStaged = (): boolean => {
      const [cluster] = Object.values(runs.sim.world.clusters);
      const { sdn } = cluster ?? assert.fail("no cluster");
      return (["zones", "vnets", "subnets"] as const).some(
        (kind) => JSON.stringify(sdn?.[kind] ?? {}) !== JSON.stringify(sdn?.running?.[kind] ?? {}),
      );
    };
    const noted = (): boolean =>
      Object.values(runs.sim.world.nodes).some(
        ({ ssh }) => "/var/lib/pulumi-proxmox-cluster/sdn-way-back.json" in (ssh?.files ?? {}),
      );

    for (const { what, steps, there } of [
      { what: "what is made", steps: wanted, there: false },
      { what: "what is changed and taken away", steps: changed, there: true },
    ])
      it(`is come to by the next run, killed after whichever request, the way back too: ${what}`, async function () {
        this.timeout(300_000);
        await afresh(there);
        const requests = await broken(steps, there);
        assert.deepEqual([applies(), noted()], [there ? 3 : 2, false]);
        let staged = 0;
        for (const moment of sampled(
          Array.from({ length: requests }, (_, index) => index + 1),
          12,
        )) {
          await afresh(there);
          await broken(steps, there, moment);
          if (noted() && isStaged()) staged++;
          fulfilled(await runs.change(runs.run().pve, steps, true));
          const seen = [bridges(runs), runs.sdn.lock, isStaged()];
          assert.deepEqual(seen, [["web", "web", "web"], undefined, false], `killed after request ${moment}`);
          if (there) assert.deepEqual([running(runs), entries()], [all.slice(0, 2), []], `request ${moment}`);
          else assert.deepEqual([running(runs), entries()], [all, ["10.80.0.1"]], `request ${moment}`);
          assert.equal(runs.sdn.running?.vnets["web"]?.["alias"], there ? "other" : undefined);
        }
        assert.ok(staged > 0, "no kill left anything of the way back staged");
      });

    it("knows what an interrupted run has left by its note alone, and takes along nothing of others", async () => {
      await afresh(false);
      const leave = async (): Promise<void> => {
        const run = runs.run();
        runs.sim.simulation.faults.add(ifreload);
        runs.answered = () => {
          if (noted() && isStaged()) run.kill();
        };
        await runs.change(run.pve, wanted);
        runs.answered = () => undefined;
        assert.ok(noted() && isStaged());
      };
      await leave();
      runs.sdn.zones["other"] = { type: "simple" };
      const before = applies();
      const [strange] = await runs.change(runs.run().pve, wanted, true);
      assert.match(
        reasonOf(strange),
        /nothing was staged[^]*subnet web\/10\.80\.0\.0\/24: deleted[^]*|zone other: new/,
      );
      assert.deepEqual([applies(), runs.sdn.zones["other"]], [before, { type: "simple" }]);
      delete runs.sdn.zones["other"];
      // Without SSH there is no note to read.
      runs.withSsh = false;
      assert.match(reasonOf((await runs.change(runs.run().pve, wanted, true))[0]), /subnet web.*: deleted/);
      runs.withSsh = true;
      // Somebody has had a node reload its networks since: the note is of another time.
      const { pve } = runs.run();
      const { transport, tasks } = pve.process.connection;
      const { data } = await transport.request("PUT", "/nodes/mable/network");
      await tasks.wait(String(data), { what: "a reload" });
      const [late] = await runs.change(pve, wanted, true);
      assert.match(reasonOf(late), /nothing was staged[^]*subnet web\/10\.80\.0\.0\/24: deleted/);
      assert.equal(applies(), before);
    });
  });
});
