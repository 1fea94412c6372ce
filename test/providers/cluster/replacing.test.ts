import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { newAuthority, newNodeCertificate } from "../../../simulator/certificates";
import { authorizedKeys } from "../../../simulator/cluster/key-files";
import { authorityOf } from "../../../simulator/http/served-certificate";
import { removeMember } from "../../../simulator/cluster/membership";
import { bareConfig, describedMatrix, matrixNodes } from "../../support/bare-nodes";
import { MatrixLab, momentsOf, newMachine } from "../../support/matrix-lab";

const all = describedMatrix(...matrixNodes);

describe("replacing a node whose machine is dead", () => {
  const lab = new MatrixLab();
  afterEach(() => lab.sim.close());

  const dead = (): string => (lab.outs["fingerprints"] as Record<string, string>)["golf"]!;
  const wanted = (replaces = dead()) => ({
    ...all,
    nodes: all.nodes.map((node) => (node.name === "golf" ? { ...node, replaces } : node)),
  });
  const update = (signal?: AbortSignal, news = wanted()) =>
    lab.process(signal).update(lab.id, { ...all, ...lab.outs }, news);
  const died = async (): Promise<void> => {
    await lab.start();
    newMachine(lab.sim.simulation, "golf");
  };
  const problems = async (news: object, more = {}): Promise<readonly string[]> => {
    const answer = await lab.process(undefined, more).check(all, news as Record<string, unknown>);
    return (answer.failures ?? []).map(({ reason }) => reason);
  };
  const isReplaced = (what: string): void => {
    assert.deepEqual(Object.keys(lab.corosync().nodes).sort(), [...matrixNodes], what);
    for (const name of matrixNodes) {
      const node = lab.sim.world.nodes[name]!;
      assert.equal(node.cluster, lab.sim.world.nodes["foxtrot"]!.cluster, `${what}: ${name}`);
      assert.equal(lab.sim.simulation.isQuorate(node), true, `${what}: ${name}`);
    }
    assert.notEqual(lab.sim.nodes.find(({ name }) => name === "golf")!.fingerprint, dead(), what);
    assert.deepEqual(lab.of("foxtrot").leftNodes ?? [], [], what);
    const keys = authorizedKeys(lab.sim.simulation, lab.sim.world.nodes["foxtrot"]!.cluster);
    assert.equal(keys.match(/root@golf$/gm)?.length, 1, what);
  };

  it("takes the dead one out and the new one in, in one up, and has nothing to do afterwards", async () => {
    await died();
    assert.deepEqual(await problems(wanted()), []);
    assert.match(
      lab.told.join("\n"),
      /replaces golf \(node id 2, certificate [0-9A-F:]+\), which is offline: on foxtrot its entry, \/etc\/pve\/nodes\/golf and its keys go.*golf joins/,
    );
    const { outs } = await update();
    isReplaced("replaced");
    const removed = lab.sim.requests.filter(({ method }) => method === "DELETE").map(({ path }) => path);
    assert.deepEqual(removed, ["/cluster/config/nodes/golf"]);
    const again = lab.count();
    const news = wanted();
    assert.deepEqual((await lab.process().diff(lab.id, outs, news)).changes, false);
    await lab.process().update(lab.id, outs, news);
    const writes = lab.sim.requests
      .slice(again)
      .filter(({ method, path }) => method !== "GET" && path !== "/access/ticket");
    assert.deepEqual(writes, []);
  });

  it("comes to its end in the next run, at whichever request or command the first one is killed", async () => {
    await died();
    const heard = await lab.heardIn(() => update());
    await lab.sim.close();
    const taken = momentsOf(heard, /^DELETE | rm -r |^POST .*join$/, 3);
    let killed = 0;
    for (const moment of taken) {
      await died();
      if (await lab.killedAt(moment, (signal) => update(signal))) killed++;
      await update();
      isReplaced(`killed at ${moment} of ${heard.length}`);
      if (moment !== taken.at(-1)) await lab.sim.close();
    }
    assert.ok(killed >= taken.length - 1, `${killed} of ${taken.length}`);
    console.log(`      killed at ${killed} of ${heard.length} moments, all came to their end`);
  });

  it("replaces nothing that runs, nothing that is not named, and nobody whose guests, quorum or address remain", async () => {
    await lab.start();
    assert.match((await problems(wanted())).join(), /golf has that certificate and is online: nothing is replaced/);
    await assert.rejects(update(), /golf has that certificate and is online/);
    newMachine(lab.sim.simulation, "golf");
    const other = dead().replace(/^../, (first) => (first === "00" ? "01" : "00"));
    assert.match((await problems(wanted(other))).join(), /not the one that is said to be dead/);
    const { guests } = lab.of("foxtrot");
    guests["100"] = {
      vmid: 100,
      node: "golf",
      type: "qemu",
      config: {},
      pending: {},
      pendingDelete: {},
      snapshots: {},
    };
    assert.match((await problems(wanted())).join(), /golf is not replaced: it has guests \(qemu\/100\)/);
    await assert.rejects(update(), /it has guests \(qemu\/100\)/);
    delete guests["100"];
    lab.corosync().nodes["golf"]!.links["0"] = "192.168.3.7";
    assert.match((await problems(wanted())).join(), /something answers at 192\.168\.3\.7, which it had/);
    await assert.rejects(update(), /something answers at 192\.168\.3\.7/);
    lab.corosync().nodes["golf"]!.links["0"] = "192.168.3.6";
    lab.sim.world.nodes["hotel"]!.state = "off";
    await assert.rejects(update(), /no quorum/);
    assert.deepEqual(Object.keys(lab.corosync().nodes), [...matrixNodes]);
    assert.equal(
      lab.sim.requests.some(({ method }) => method === "DELETE"),
      false,
    );
  });

  it("finds what answers at the address that the dead one's name leads to or its certificate has, as after a restart of the cluster's files", async () => {
    await died();
    lab.sim.world.nodes["foxtrot"]!.network.hosts += "192.168.3.6 golf\n192.168.3.7 golf\n";
    assert.match((await problems(wanted())).join(), /something answers at 192\.168\.3\.7, which it had/);
    await assert.rejects(update(), /something answers at 192\.168\.3\.7/);
    lab.sim.world.nodes["foxtrot"]!.network.hosts = lab.sim.world.nodes["foxtrot"]!.network.hosts.replace(
      /.*golf\n/g,
      "",
    );
    assert.deepEqual(await problems(wanted()), []);
    const { simulation, world } = lab.sim;
    const authority = authorityOf(simulation, world.nodes["foxtrot"]!.cluster);
    const made = { ...world.nodes["golf"]!, address: "192.168.3.7" };
    lab.of("foxtrot").keptPems = { golf: newNodeCertificate(authority, made, 7).cert };
    assert.match((await problems(wanted())).join(), /something answers at 192\.168\.3\.7, which it had/);
    assert.deepEqual(Object.keys(lab.corosync().nodes), [...matrixNodes]);
    for (const { what } of lab.sim.sshRecords)
      if (/\bping\b/.test(what)) assert.match(what, /env 'LC_ALL=C' ping /, "what it prints is read");
  });

  it("removes what a dead one has left that had a certificate of somebody else's", async () => {
    await lab.start((world) => {
      const certificate = newAuthority("somebody").cert;
      world.nodes["golf"]!.customCertificate = { certificate, key: "a key" };
    });
    const custom = new X509Certificate(lab.sim.world.nodes["golf"]!.customCertificate!.certificate).fingerprint256;
    newMachine(lab.sim.simulation, "golf");
    // A run was killed when it was off the list, and its files were there still.
    removeMember(lab.sim.simulation, lab.sim.world.nodes["foxtrot"]!, "golf");
    await update(undefined, wanted(custom));
    isReplaced("with a certificate of its own");
    const removed = lab.sim.sshRecords.filter(({ what }) => what.includes(" rm -r "));
    assert.deepEqual(
      removed.map(({ what, code }) => [what, code]),
      [["timeout -k 5 30 rm -r -- /etc/pve/nodes/golf", 0]],
    );
  });

  it("takes neither the dead one itself for a new machine, nor what another machine says for the cluster's word", async () => {
    await died();
    // Its corosync does not start: it says that it is alone, and has the list of the members still.
    lab.of("golf").corosync = { ...structuredClone(lab.corosync()), dead: true };
    assert.match((await problems(wanted())).join(), /as golf is in a cluster whose corosync does not run/);
    await assert.rejects(update(), /as golf is in a cluster whose corosync does not run/);
    assert.equal(
      lab.sim.requests.some(({ method }) => method === "DELETE"),
      false,
    );
    await lab.sim.close();
    await died();
    const config = bareConfig(lab.sim)["proxmox:nodes"] as Record<string, Record<string, string>>;
    const [hotel, foxtrot] = [config["hotel"]!, config["foxtrot"]!];
    const swapped = {
      ...config,
      foxtrot: { ...foxtrot, ssh: hotel["ssh"], sshFingerprint: hotel["sshFingerprint"], password: hotel["password"] },
      hotel: {
        ...hotel,
        ssh: foxtrot["ssh"],
        sshFingerprint: foxtrot["sshFingerprint"],
        password: foxtrot["password"],
      },
    };
    const elsewhere = { "proxmox:nodes": swapped };
    assert.match((await problems(wanted(), elsewhere)).join(), /answers by SSH as foxtrot is hotel/);
    const state = { ...all, ...lab.outs };
    await assert.rejects(
      lab.process(undefined, elsewhere).update(lab.id, state, wanted()),
      /answers by SSH as foxtrot is hotel/,
    );
    assert.equal(
      lab.sim.requests.some(({ method }) => method === "DELETE"),
      false,
    );
  });

  it("says nothing of a word that has done its work while the new machine is away, and leaves a later one's files", async () => {
    await died();
    await update();
    lab.sim.world.nodes["golf"]!.state = "off";
    const answer = await lab.process().check(wanted(), wanted());
    assert.deepEqual(answer.failures ?? [], []);
    // Somebody has taken the new one off the list by hand: what is left is not of the dead one.
    removeMember(lab.sim.simulation, lab.sim.world.nodes["foxtrot"]!, "golf");
    newMachine(lab.sim.simulation, "golf");
    const from = lab.sim.simulation.sshRecords.length;
    await update();
    assert.deepEqual(
      lab.sim.simulation.sshRecords.slice(from).filter(({ what }) => what.includes(" rm -r ")),
      [],
    );
    assert.equal(lab.sim.simulation.isQuorate(lab.sim.world.nodes["golf"]!), true);
  });

  it("shows a removal of a node that somebody has made anew as an error, before anything is done", async () => {
    await lab.start();
    const golf = lab.sim.world.nodes["golf"]!;
    lab.sim.simulation.renewCertificate(golf);
    const state = { ...all, ...lab.outs };
    await assert.rejects(
      lab.process().diff(lab.id, state, describedMatrix("foxtrot", "hotel")),
      /golf would not be taken out: its certificate is .*, and the state knows it by/,
    );
  });
});
