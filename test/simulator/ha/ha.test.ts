import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../../simulator/index.js";
import { haWorld } from "../../support/ha-world";
import { ask, type Answer } from "../api-client.js";

describe("high availability of the simulator", () => {
  let sim: Simulator;
  afterEach(() => sim.close());

  const start = async (clock: "immediate" | "manual" = "immediate"): Promise<void> => {
    const seed = haWorld({
      100: { node: "foxtrot", running: true },
      101: { node: "golf", running: false },
      102: { node: "golf", running: true },
    });
    sim = await startSimulator({ seed, clock });
  };
  const call = (method: string, path: string, params: Record<string, string> = {}): Promise<Answer> => {
    const [node] = sim.nodes;
    assert.ok(node);
    const headers = { Authorization: `PVEAPIToken=${sim.token.id}=${sim.token.secret}` };
    return ask(node, method, path, { params, headers });
  };
  const refused = async (...given: Parameters<typeof call>): Promise<string> => {
    const answer = await call(...given);
    assert.notEqual(answer.status, 200);
    return `${answer.status} ${answer.json?.message ?? answer.reason}${JSON.stringify(answer.json?.errors ?? {})}`;
  };
  const done = async (...given: Parameters<typeof call>): Promise<unknown> => {
    const answer = await call(...given);
    assert.equal(answer.status, 200, `${given[0]} ${given[1]}: ${answer.text}`);
    return answer.json?.data;
  };
  const guest = (vmid: number) => {
    const [cluster] = Object.values(sim.world.clusters);
    const found = cluster?.guests[vmid];
    assert.ok(found);
    return { node: found.node, running: found.running !== undefined };
  };
  const service = async (sid: string) => {
    const rows = (await done("GET", "/cluster/ha/status/current")) as {
      id: string;
      state: string;
      crm_state?: string;
    }[];
    return rows.find(({ id }) => id === `service:${sid}`);
  };

  const log = async (node: string, upid: string): Promise<string> => {
    const lines = (await done("GET", `/nodes/${node}/tasks/${upid}/log`)) as { t: string }[];
    return lines.map(({ t }) => t).join("\n");
  };
  /** What of the conditions of a migration is about rules. */
  const picked = (data: unknown) => {
    const answer = data as Record<"allowed_nodes" | "dependent-ha-resources", string[]>;
    const { not_allowed_nodes } = data as Record<"not_allowed_nodes", Record<string, Record<string, unknown>>>;
    const against = Object.entries(not_allowed_nodes).filter(([, found]) => Object.keys(found).length > 0);
    return {
      dependent: answer["dependent-ha-resources"],
      allowed: [...answer.allowed_nodes].sort(),
      against: Object.fromEntries(against.map(([node, found]) => [node, found["blocking-ha-resources"]])),
    };
  };

  it("has the digests of files as Proxmox writes them", async () => {
    await start();
    await done("POST", "/cluster/ha/resources", { sid: "vm:100", state: "stopped" });
    const rows = (await done("GET", "/cluster/ha/resources")) as { digest: string }[];
    // Recording 13-cluster-ops.
    assert.equal(rows[0]?.digest, "1e4e3f3dfefd9751a3c925b40284f8af5e0f849c");
  });

  it("refuses what Proxmox refuses of a resource", async () => {
    await start();
    assert.match(
      await refused("POST", "/cluster/ha/resources", { sid: "vm:999" }),
      /resource 'vm:999' does not exist in cluster/,
    );
    assert.match(await refused("POST", "/cluster/ha/resources", { sid: "ct:100" }), /guest with ID 100 is not a CT/);
    assert.match(
      await refused("POST", "/cluster/ha/resources", { sid: "vm:100", group: "gold" }),
      /ha groups have been migrated to rules/,
    );
    await done("POST", "/cluster/ha/resources", { sid: "100" });
    assert.match(
      await refused("POST", "/cluster/ha/resources", { sid: "vm:100" }),
      /create resource failed: resource ID 'vm:100' already defined/,
    );
    assert.match(
      await refused("PUT", "/cluster/ha/resources/vm:100", { digest: "0".repeat(40), comment: "x" }),
      /detected modified configuration/,
    );
    assert.match(await refused("GET", "/cluster/ha/resources/vm:102"), /no such resource 'vm:102'/);
    assert.match(
      await refused("DELETE", "/cluster/ha/resources/vm:102"),
      /cannot delete service 'vm:102', not HA managed!/,
    );
    assert.match(
      await refused("DELETE", "/nodes/foxtrot/qemu/100"),
      /used in HA resources and purge parameter not set/,
    );
    assert.match(await refused("POST", "/cluster/ha/status/arm-ha"), /501|not implemented/i);
  });

  it("refuses what Proxmox refuses of a rule", async () => {
    await start();
    for (const vmid of [100, 102]) await done("POST", "/cluster/ha/resources", { sid: `vm:${vmid}` });
    const rule = (params: Record<string, string>) => ["POST", "/cluster/ha/rules", { rule: "one", ...params }] as const;
    const place = { type: "node-affinity", resources: "vm:100", nodes: "foxtrot:2,golf" };
    assert.match(await refused(...rule({ ...place, affinity: "positive" })), /unexpected property 'affinity'/);
    assert.match(
      await refused(...rule({ type: "node-affinity", resources: "vm:100" })),
      /missing value for required option 'nodes'/,
    );
    assert.match(
      await refused(...rule({ ...place, resources: "vm:101" })),
      /create ha rule failed: cannot use unmanaged resource\(s\) vm:101\./,
    );
    assert.match(await refused(...rule({ ...place, nodes: "india" })), /cannot use non-existent node\(s\) india\./);
    await done(...rule(place));
    assert.match(
      await refused("POST", "/cluster/ha/rules", { ...place, rule: "two" }),
      /500 create ha rule failed: 400 Rule 'two' is invalid\.\nresources: resource 'vm:100' is already used in another node affinity rule/,
    );
    assert.match(
      await refused("POST", "/cluster/ha/rules", {
        ...{ rule: "two", type: "resource-affinity", affinity: "positive", resources: "vm:100,vm:102" },
      }),
      /resources are in node affinity rules with multiple priorities/,
    );
    assert.match(
      await refused("PUT", "/cluster/ha/rules/none", { type: "node-affinity", comment: "x" }),
      /update HA rules failed: HA rule 'none' does not exist/,
    );
    assert.match(await refused("GET", "/cluster/ha/rules/none"), /no such ha rule 'none'/);
    assert.equal(await done("DELETE", "/cluster/ha/rules/none"), null);
    // `purge` is on by default: a rule that named nothing else goes.
    await done("DELETE", "/cluster/ha/resources/vm:100");
    assert.deepEqual(await done("GET", "/cluster/ha/rules"), []);
  });

  it("starts, stops and moves guests in the rounds of its manager", async () => {
    await start("manual");
    await done("POST", "/cluster/ha/resources", { sid: "vm:101", state: "started" });
    assert.equal((await service("vm:101"))?.state, "queued");
    sim.clock.advance(40_000);
    assert.deepEqual(guest(101), { node: "golf", running: true });
    assert.equal((await service("vm:101"))?.state, "started");
    await done("POST", "/cluster/ha/rules", {
      rule: "there",
      type: "node-affinity",
      resources: "vm:101",
      nodes: "hotel",
    });
    sim.clock.advance(60_000);
    assert.deepEqual(guest(101), { node: "hotel", running: true });
    await done("PUT", "/cluster/ha/resources/vm:101", { state: "disabled" });
    sim.clock.advance(120_000);
    assert.deepEqual(guest(101), { node: "hotel", running: false });
    const rows = (await done("GET", "/cluster/ha/status/current")) as { id: string; status: string }[];
    assert.match(rows.find(({ id }) => id === "lrm:hotel")?.status ?? "", /watchdog active/);
    // A node without services gives its watchdog up some rounds later.
    sim.clock.advance(200_000);
    const later = (await done("GET", "/cluster/ha/status/current")) as { id: string; status: string }[];
    assert.match(later.find(({ id }) => id === "lrm:hotel")?.status ?? "", /idle, watchdog standby/);
  });

  it("hands the start, stop and migration of a guest to its manager", async () => {
    await start();
    await done("POST", "/cluster/ha/resources", { sid: "vm:100", state: "started" });
    assert.match(String(await done("POST", "/nodes/foxtrot/qemu/100/status/shutdown")), /:hastop:100:/);
    assert.equal(guest(100).running, false);
    const [row] = (await done("GET", "/cluster/ha/resources")) as { state: string }[];
    assert.equal(row?.state, "stopped");
    assert.match(String(await done("POST", "/nodes/foxtrot/qemu/100/status/start")), /:hastart:100:/);
    assert.equal(guest(100).running, true);
    assert.match(
      String(await done("POST", "/nodes/foxtrot/qemu/100/migrate", { target: "golf", online: "1" })),
      /:hamigrate:100:/,
    );
    assert.deepEqual(guest(100), { node: "golf", running: true });
    await done("POST", "/cluster/ha/resources/vm:100/relocate", { node: "hotel" });
    assert.deepEqual(guest(100), { node: "hotel", running: true });
    await done("POST", "/cluster/ha/resources/vm:100/migrate", { node: "golf" });
    assert.deepEqual(guest(100), { node: "golf", running: true });
  });

  it("takes along what rules keep together with a guest that is moved, and says so before", async () => {
    await start();
    for (const vmid of [100, 102]) await done("POST", "/cluster/ha/resources", { sid: `vm:${vmid}`, state: "started" });
    const before = (vmid: number) => done("GET", `/nodes/${guest(vmid).node}/qemu/${vmid}/migrate`);
    assert.deepEqual(picked(await before(100)), { dependent: [], allowed: ["golf", "hotel"], against: {} });
    assert.deepEqual(picked(await before(101)), { dependent: undefined, allowed: ["foxtrot", "hotel"], against: {} });
    const rule = { rule: "two", type: "resource-affinity", resources: "vm:100,vm:102" };
    await done("POST", "/cluster/ha/rules", { ...rule, affinity: "positive" });
    assert.equal(guest(100).node, guest(102).node);
    const { node } = guest(100);
    const other = node === "hotel" ? "golf" : "hotel";
    assert.deepEqual(picked(await before(100)).dependent, ["vm:102"]);
    const upid = String(await done("POST", `/nodes/${node}/qemu/100/migrate`, { target: other, online: "1" }));
    assert.deepEqual([guest(100).node, guest(102).node], [other, other]);
    const also = `also migrate resource 'vm:102' in positive affinity with resource 'vm:100' to target node '${other}'`;
    assert.match(await log(node, upid), new RegExp(also));
    const answer = await done("POST", "/cluster/ha/resources/vm:102/migrate", { node });
    assert.deepEqual(answer, { sid: "vm:102", "requested-node": node, "comigrated-resources": ["vm:100"] });
    assert.deepEqual([guest(100).node, guest(102).node], [node, node]);
  });

  it("does not move a guest to where one is that a rule keeps it apart from", async () => {
    await start();
    for (const vmid of [100, 102]) await done("POST", "/cluster/ha/resources", { sid: `vm:${vmid}`, state: "started" });
    const rule = { rule: "two", type: "resource-affinity", resources: "vm:100,vm:102" };
    await done("POST", "/cluster/ha/rules", { ...rule, affinity: "negative" });
    const blocking = [{ sid: "vm:102", cause: "resource-affinity" }];
    assert.deepEqual(picked(await done("GET", "/nodes/foxtrot/qemu/100/migrate")), {
      dependent: [],
      allowed: ["hotel"],
      against: { golf: blocking },
    });
    const upid = String(await done("POST", "/nodes/foxtrot/qemu/100/migrate", { target: "golf", online: "1" }));
    // The text of `ha-manager`; the request has been filed by then, and its manager passes over it.
    const said = await log("foxtrot", upid);
    assert.match(said, /cannot migrate resource 'vm:100' to node 'golf':/);
    assert.match(said, /- resource 'vm:102' on target node 'golf' in negative affinity with resource 'vm:100'/);
    assert.match(said, /command 'ha-manager migrate vm:100 golf' failed: exit code 255/);
    assert.deepEqual([guest(100).node, guest(102).node], ["foxtrot", "golf"]);
    const answer = await done("POST", "/cluster/ha/resources/vm:100/migrate", { node: "golf" });
    assert.deepEqual(answer, { sid: "vm:100", "requested-node": "golf", "blocking-resources": blocking });
    assert.equal(guest(100).node, "foxtrot");
    await done("POST", "/cluster/ha/resources/vm:100/migrate", { node: "hotel" });
    assert.equal(guest(100).node, "hotel");
  });

  it("gives up a guest that does not start, until it is disabled", async () => {
    await start();
    sim.simulation.faults.add({ task: "qmstart", effect: { kind: "task-fail", text: "no such device" } });
    await done("POST", "/cluster/ha/resources", {
      sid: "vm:101",
      state: "started",
      max_restart: "0",
      max_relocate: "0",
    });
    assert.equal((await service("vm:101"))?.crm_state, "error");
    assert.match(
      await refused("PUT", "/cluster/ha/resources/vm:101", { state: "started" }),
      /service 'vm:101' in error state, must be disabled and fixed first/,
    );
    sim.simulation.faults.clear();
    await done("PUT", "/cluster/ha/resources/vm:101", { state: "disabled" });
    await done("PUT", "/cluster/ha/resources/vm:101", { state: "started" });
    assert.equal(guest(101).running, true);
  });
});
