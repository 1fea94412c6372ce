import assert from "node:assert/strict";
import type { World } from "../../../simulator";
import { authorizedKeys, knownHosts } from "../../../simulator/cluster/key-files";
import { bareConfig, bareWorld, rootOf } from "../../support/bare-nodes";
import { eventually } from "../../support/eventually";
import { Lab, type AnyLab } from "../../support/lab";
import type { Properties } from "../../support/plugin";

const names = ["foxtrot", "golf", "hotel"];
const describedAs = (...which: readonly string[]): Properties => ({
  name: "Matrix",
  nodes: which.map((name) => ({ name, links: { 0: `192.168.3.${5 + names.indexOf(name)}` } })),
  ...(which.length === 2 ? { twoNode: true } : {}),
});

describe("a node that leaves its cluster", function () {
  let lab: AnyLab;
  let made: { id: string; properties: Properties; inputs: Properties };
  beforeEach(async () => {
    lab = await Lab.here({ seed: bareWorld() }, bareConfig);
    made = await lab.create("Cluster", "c", describedAs(...names));
  });
  afterEach(() => lab.close());

  const world = (): World => lab.sim.world;
  const machine = (name: string) => world().nodes[name]!;
  const cluster = () => lab.sim.simulation.clusterOf(machine("foxtrot"));
  const members = () => Object.keys(cluster().corosync!.nodes);
  const preview = async (args: Properties): Promise<string[]> => {
    const news = { ...lab.inputs("Cluster", "c", args), __preview: true };
    const { inputs } = await lab.plugin.check("Cluster", made.inputs, news);
    return (inputs["__problems"] as string[] | undefined) ?? [];
  };
  const told = (part: RegExp) =>
    eventually(`${String(part)} in the row`, () =>
      lab.plugin.engine.messages.some(({ message }) => part.test(message)),
    );
  const update = (args: Properties) =>
    lab.plugin.update("Cluster", made.id, made.properties, lab.inputs("Cluster", "c", args));
  const changing = () =>
    lab.sim.requests.filter(({ method, path }) => method !== "GET" && path !== "/access/ticket").length +
    lab.sim.simulation.sshRecords.filter(({ what }) => /systemd-run|'?(?:rm|mv|cp)'? /.test(what)).length;

  it("is a Proxmox of its own afterwards, nothing of it is left behind, and it can join again", async () => {
    const { ssh } = machine("golf");
    ssh!.authorizedKeys.push("ssh-ed25519 AAAA admin");
    cluster().nodeConfigs["golf"] = { description: "a node" };
    const id = cluster().corosync!.nodes["golf"]!.nodeid;
    assert.deepEqual(await preview(describedAs("foxtrot", "hotel")), []);
    await told(
      new RegExp(
        `takes golf \\(node id ${id}, certificate [0-9A-F:]{95}\\) out of Matrix: on golf corosync ends.*on foxtrot its entry, /etc/pve/nodes/golf and its keys go`,
      ),
    );
    const inputs = lab.inputs("Cluster", "c", describedAs("foxtrot", "hotel"));
    assert.equal((await lab.plugin.diff("Cluster", made.id, made.properties, inputs)).changes, "some");
    await told(/leave: nodes\[1\] \(golf\)/);
    assert.match(authorizedKeys(lab.sim.simulation, machine("foxtrot").cluster), /root@golf/);

    const { properties: after } = await update(describedAs("foxtrot", "hotel"));
    await told(/golf is a Proxmox of its own again, with the certificate [0-9A-F:]{95}/);
    assert.deepEqual(members(), ["foxtrot", "hotel"]);
    for (const name of ["foxtrot", "hotel"]) assert.equal(lab.sim.simulation.isQuorate(machine(name)), true);
    const keys = authorizedKeys(lab.sim.simulation, machine("foxtrot").cluster);
    assert.doesNotMatch(keys, /root@golf/);
    assert.match(keys, /root@foxtrot\n.*root@hotel/s);
    assert.doesNotMatch(knownHosts(lab.sim.simulation, machine("foxtrot").cluster), /golf/);
    assert.deepEqual(cluster().leftNodes, []);
    assert.equal(cluster().nodeConfigs["golf"], undefined);
    const own = lab.sim.simulation.clusterOf(machine("golf"));
    assert.equal(own.corosync, undefined);
    assert.equal(lab.sim.simulation.isQuorate(machine("golf")), true);
    assert.notEqual(own.secret, cluster().secret);
    assert.deepEqual(Object.keys(own.storages), ["local"]);
    assert.deepEqual(Object.keys(own.access.users["root@pam"]!.tokens), []);
    assert.deepEqual(ssh!.authorizedKeys, ["ssh-ed25519 AAAA admin"], "who administers it is not locked out");
    assert.doesNotMatch(authorizedKeys(lab.sim.simulation, machine("golf").cluster), /root@(?:foxtrot|hotel)/);
    assert.ok(ssh!.files["/var/lib/pve-cluster/config.db.of-Matrix"], "its copy of the cluster's files stays there");
    assert.equal(
      lab.sim.nodes.find(({ name }) => name === "golf")!.fingerprint === made.properties["fingerprints"],
      false,
    );

    // At rest, and the same name joins again: another run, with the certificate that the row has told.
    const two = lab.inputs("Cluster", "c", describedAs("foxtrot", "hotel"));
    assert.equal((await lab.plugin.diff("Cluster", made.id, after, two)).changes, "none");
    const later = await Lab.hereOn(lab.sim, bareConfig, lab.stackId);
    try {
      await later.plugin.update("Cluster", made.id, after, lab.inputs("Cluster", "c", describedAs(...names)));
    } finally {
      await later.plugin.close();
    }
    assert.deepEqual(members().sort(), names);
    assert.equal(lab.sim.simulation.isQuorate(machine("golf")), true);
  });

  it("stays while anything of it would be lost or broken, which the preview says, and an up again", async () => {
    const guest = {
      vmid: 100,
      node: "golf",
      type: "qemu" as const,
      config: {},
      pending: {},
      pendingDelete: {},
      snapshots: {},
    };
    const shared = cluster();
    const cases: readonly (readonly [() => void, () => void, RegExp])[] = [
      [
        () => void ((shared.guests as Record<string, unknown>)["100"] = guest),
        () => void delete shared.guests["100"],
        /golf stays: it has guests \(qemu\/100\)/,
      ],
      [
        () => void (shared.replication = [{ id: "100-0", type: "local", guest: 100, jobnum: 0, target: "golf" }]),
        () => void delete shared.replication,
        /golf stays: replication jobs lead to it or from it \(100-0\)/,
      ],
      [
        () => void (shared.haServices = { "vm:100": { node: "golf", state: "started" } }),
        () => void delete shared.haServices,
        /golf stays: it has HA services \(vm:100\)/,
      ],
      [
        () => void (shared.haActive = ["golf"]),
        () => void delete shared.haActive,
        /golf stays: its HA manager is not idle, and would reset it/,
      ],
      [
        () => {
          shared.haActive = ["golf"];
          lab.sim.world.nodes["golf"]!.clockOffset = 10;
        },
        () => {
          delete shared.haActive;
          delete lab.sim.world.nodes["golf"]!.clockOffset;
        },
        /golf stays: whether its HA manager is idle is not known, because its clock is ahead/,
      ],
      [
        () => void (shared.haLockLost = ["golf"]),
        () => void delete shared.haLockLost,
        /golf stays: its HA manager is not idle, and would reset it/,
      ],
      [
        () => void (shared.cephFiles = { conf: { global: {} }, directory: true }),
        () => void delete shared.cephFiles,
        /golf stays: Ceph is configured \(\/etc\/pve\/ceph\.conf\), and not installed on foxtrot/,
      ],
      [
        () => void (shared.corosync!.nodes["golf"]!.nodeid += 1),
        () => void (shared.corosync!.nodes["golf"]!.nodeid -= 1),
        /golf stays: it has the node id \d, which is that of (?:foxtrot|hotel) too/,
      ],
      [
        () => void (shared.corosync!.nodes["golf"]!.votes = 5),
        () => void (shared.corosync!.nodes["golf"]!.votes = 1),
        /golf stays: the nodes that stay and are online have 2 of 7 votes/,
      ],
      [
        () => void (machine("hotel").state = "off"),
        () => void (machine("hotel").state = "online"),
        /golf stays: the nodes that stay and are online have 1 of 3 votes/,
      ],
    ];
    const before = changing();
    for (const [change, back, words] of cases) {
      change();
      assert.match((await preview(describedAs("foxtrot", "hotel"))).join("\n"), words);
      await assert.rejects(
        update(describedAs("foxtrot", "hotel")),
        /golf was not taken out of Matrix|offline|is not online/,
      );
      assert.deepEqual(members(), names, String(words));
      assert.equal(machine("golf").cluster, machine("foxtrot").cluster);
      back();
    }
    assert.match(
      (await preview(describedAs("golf", "hotel"))).join("\n"),
      /foxtrot stays: proxmox:endpoints lead to it/,
    );
    assert.equal(changing(), before, "nothing was changed on any of them");
  });

  it("is only struck off where it is away, and the row says what must not happen then", async () => {
    machine("golf").state = "off";
    assert.deepEqual(await preview(describedAs("foxtrot", "hotel")), []);
    await told(/takes golf .*which is offline.*must not be started in this network again as it is/);
    await update(describedAs("foxtrot", "hotel"));
    await told(/golf was offline: its machine must not be started in this network again as it is/);
    assert.deepEqual(members(), ["foxtrot", "hotel"]);
    assert.deepEqual(cluster().leftNodes, []);
    assert.doesNotMatch(authorizedKeys(lab.sim.simulation, machine("foxtrot").cluster), /root@golf/);
  });

  it("is never touched on its own machine once the cluster does not list it, and keeps its files while it has guests", async () => {
    const shared = cluster();
    delete shared.corosync!.nodes["golf"];
    shared.leftNodes = ["golf"];
    shared.guests["100"] = {
      ...{ vmid: 100, node: "golf", type: "qemu", config: {}, pending: {}, pendingDelete: {}, snapshots: {} },
    };
    const before = changing();
    const words = /what golf has left behind in Matrix stays: it has guests \(qemu\/100\)/;
    assert.match((await preview(describedAs("foxtrot", "hotel"))).join("\n"), words);
    await assert.rejects(update(describedAs("foxtrot", "hotel")), /golf was not taken out of Matrix:\nit has guests/);
    assert.equal(changing(), before, "nothing was changed on any of them");

    delete shared.guests["100"];
    assert.deepEqual(await preview(describedAs("foxtrot", "hotel")), []);
    await told(/golf is no member of Matrix any more: on foxtrot .*, and its machine is not touched/);
    await update(describedAs("foxtrot", "hotel"));
    await told(/its machine was not touched; it still takes itself for a member of Matrix\. Look at what runs there/);
    assert.deepEqual(shared.leftNodes, []);
    assert.equal(machine("golf").clusterService, undefined);
    assert.equal(machine("golf").cluster, machine("foxtrot").cluster);
    const commands = lab.sim.simulation.sshRecords.filter(({ what }) => /systemd-run/.test(what));
    assert.deepEqual(commands, []);
  });

  it("stays where the state knows it by another certificate, and where SSH leads to another machine", async () => {
    const other = {
      ...made.properties,
      fingerprints: { ...(made.properties["fingerprints"] as object), golf: "AA:BB" },
    };
    await assert.rejects(
      lab.plugin.update("Cluster", made.id, other, lab.inputs("Cluster", "c", describedAs("foxtrot", "hotel"))),
      /golf was not taken out of Matrix: its certificate is .*, and the state knows it by AA:BB/,
    );
    const [foxtrot, golf, hotel] = lab.sim.nodes;
    const config = bareConfig(lab.sim);
    const nodes = config["proxmox:nodes"] as Record<string, object>;
    const ssh = {
      ssh: `127.0.0.1:${hotel!.ssh.port}`,
      sshFingerprint: hotel!.ssh.fingerprint,
      password: rootOf("hotel"),
    };
    const astray = await Lab.hereOn(
      lab.sim,
      { ...config, "proxmox:nodes": { ...nodes, golf: { ...nodes["golf"], ...ssh } } },
      lab.stackId,
    );
    try {
      const news = lab.inputs("Cluster", "c", describedAs("foxtrot", "hotel"));
      await assert.rejects(
        astray.plugin.update("Cluster", made.id, made.properties, news),
        /the machine that answers by SSH as golf is hotel, in Matrix, and not node \d of Matrix/,
      );
    } finally {
      await astray.plugin.close();
    }
    assert.ok(foxtrot && golf);
    assert.deepEqual(members(), names);
    assert.equal(machine("hotel").cluster, machine("foxtrot").cluster);
  });
});
