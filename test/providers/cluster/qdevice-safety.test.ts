import assert from "node:assert/strict";
import { qnetdAuthority } from "../../../simulator/certificates";
import { corosyncConf } from "../../../simulator/cluster/corosync-conf";
import { nodeStore } from "../../../simulator/qnetd/store";
import { sshOf } from "../../../simulator/ssh/host-key";
import { clusterView } from "../../../providers/cluster/cluster-view";
import { clusterQdeviceProvider } from "../../../providers/cluster/cluster-qdevice.provider";
import { joinNode } from "../../../providers/cluster/formation";
import { whatKeeps } from "../../../providers/cluster/leave/what-keeps-a-node";
import { addDevice, bringVotes, NoVote } from "../../../providers/cluster/qdevice/setup";
import { comingNodes } from "../../../providers/kernel/session/coming-nodes";
import { bareConfig } from "../../support/bare-nodes";
import { loneCall } from "../../support/lone-call";
import { QdeviceLab, qnetdAddress } from "../../support/qdevice-lab";

type Props = Record<string, unknown>;
const pair = ["foxtrot", "hotel"];

describe("a QDevice, where something stands in its way", () => {
  const lab = new QdeviceLab(pair);
  afterEach(() => lab.sim.close());

  it("is refused beside keys with which corosync may not start, before and in the up", async () => {
    await lab.start();
    const corosync = lab.corosync();
    const text = corosyncConf(corosync).replace("  provider", "  two_node: 1\n  provider");
    corosync.text = { text, version: corosync.configVersion };
    const refused =
      /cluster: corosync\.conf has quorum\.two_node, with which corosync may not start beside a QDevice: first take it out/;
    assert.match(await lab.problems(), refused);
    await assert.rejects(lab.create(), refused);
    assert.deepEqual([lab.corosync().device, corosyncConf(lab.corosync())], [undefined, text]);
  });

  it("waits for no node that is to join in the same up, and no node joins beside it, be its daemon away", async () => {
    await lab.start();
    const session = lab.session(undefined, lab.keyConfig());
    comingNodes(session).add("golf").add("foxtrot");
    await assert.rejects(
      clusterQdeviceProvider(session).create(lab.args()),
      /golf is to join Matrix in this up, and is no member yet: write the output of the Cluster \(cluster: lab\.name\)/,
    );
    lab.isAway();
    const made = await lab.create();
    for (const name of pair) delete lab.node(name).qdevice!.running;
    const call = loneCall("lab", new AbortController().signal);
    const pve = await session.root(call);
    assert.equal((await clusterView(pve)).qdevice, false, "the API does not tell");
    const nodes = [...pair, "golf"].map((name) => ({ name }));
    const join = () => joinNode({ session, call, pve, inputs: { name: "Matrix", nodes } }, { name: "golf" });
    await assert.rejects(join(), /golf was not joined to Matrix:\n.*the cluster has a QDevice, which must be away/);
    assert.deepEqual(Object.keys(lab.corosync().nodes).sort(), pair);
    assert.ok(made);
  });

  it("is put in with the time to take it back alone", async () => {
    await lab.start();
    const short = { timeouts: { create: "9m", update: "4m", delete: "3m" } };
    const said = await lab.problems(short);
    for (const [operation, least] of [
      ["create", 10],
      ["update", 5],
      ["delete", 4],
    ])
      assert.match(said, new RegExp(`timeouts\\.${operation}: is \\dm, in which .* write ${least}m or more`));
    assert.equal(await lab.problems({ timeouts: { create: "10m", update: "5m", delete: "4m" } }), "");
    const session = lab.session(undefined, lab.keyConfig());
    let left = 479_999;
    const call = { ...loneCall("q", new AbortController().signal), remainingMs: () => left };
    const pve = await session.pve(call);
    const setting = { session, call, pve, inputs: { cluster: "Matrix", host: qnetdAddress } };
    const add = async () => addDevice(setting, await clusterView(pve));
    await assert.rejects(add(), /was not put into corosync\.conf: less than 8 minutes are left/);
    assert.equal(lab.corosync().device, undefined);
    left = 480_000;
    await add();
    left = 239_999;
    await assert.rejects(bringVotes(setting, true, true), NoVote);
    for (const name of pair) assert.equal(lab.node(name).qdevice, undefined, name);
  });

  it("is taken back by a later run, when the one that has put it there has failed", async () => {
    await lab.start();
    const aborted = new AbortController();
    const { sshRecords } = lab.sim.simulation;
    const push = sshRecords.push.bind(sshRecords);
    sshRecords.push = (...records) => {
      if (records.some(({ what }) => /systemctl start corosync-qdevice/.test(what))) aborted.abort(new Error("killed"));
      return push(...records);
    };
    const failure = await lab.create({}, aborted.signal).then(
      () => assert.fail("was not killed"),
      (error: { id: string; properties: Props }) => error,
    );
    sshRecords.push = push;
    assert.deepEqual([failure.properties["__added"], failure.properties["__phase"]], [true, "creating"]);
    assert.ok(lab.corosync().device);
    // A refresh between them does not forget it.
    lab.sim.world.qnetd!.running = false;
    const { props } = await lab.qdevice().read(failure.id, failure.properties);
    assert.equal((props as Props)["__added"], true);
    await assert.rejects(lab.qdevice().update(failure.id, props, lab.args()), /gave no vote.*It was taken back/s);
    lab.isAway();
    lab.sim.world.qnetd!.running = true;
    const made = await lab.create();
    lab.isVoting();
    assert.equal("__added" in made.outs, false);
  });

  it("removes nothing on a look at another machine, nor of another QNetd, nor beside a device that has come since", async () => {
    await lab.start();
    const made = await lab.create();
    const { ssh } = lab.sim.nodes.find(({ name }) => name === "foxtrot")!;
    const nodes = structuredClone(bareConfig(lab.sim)["proxmox:nodes"]) as Record<string, Props>;
    Object.assign(nodes["hotel"]!, { ssh: `127.0.0.1:${ssh.port}`, sshFingerprint: ssh.fingerprint });
    const { "proxmox:sshAddresses": _, ...config } = lab.keyConfig();
    const swapped = { ...config, "proxmox:nodes": nodes };
    await assert.rejects(
      lab.qdevice(undefined, swapped).delete(made.id, made.outs),
      /the machine that answers by SSH as hotel is foxtrot, in Matrix: nothing was changed/,
    );
    lab.isVoting();
    const keepIn = (name: string, store: object) => {
      const file = { content: Buffer.from(JSON.stringify(store)).toString("base64"), mode: 0o660 };
      sshOf(lab.node(name)).files[`${nodeStore}/cert9.db`] = file;
      return store;
    };
    const { cert, fingerprint } = qnetdAuthority();
    const foreign = keepIn("foxtrot", { keys: [], authority: { cert, fingerprint } });
    const half = keepIn("hotel", { keys: [] });
    await lab.qdevice().delete(made.id, made.outs);
    assert.deepEqual(lab.stores(), [foreign, half]);
    assert.match(
      lab.told.join(),
      /foxtrot keeps certificates of another QNetd; hotel keeps .*nssdb, which is not finished/,
    );
    await lab.sim.close();

    await lab.start();
    const { id, outs } = await lab.create();
    const device = { ...lab.corosync().device!, net: { ...lab.corosync().device!.net, host: "192.168.3.77" } };
    const { sshRecords } = lab.sim.simulation;
    const push = sshRecords.push.bind(sshRecords);
    sshRecords.push = (...records) => {
      if (records.some(({ what }) => /systemctl disable corosync-qdevice/.test(what))) {
        lab.corosync().device = device;
        delete lab.corosync().text;
      }
      return push(...records);
    };
    await assert.rejects(
      lab.qdevice().delete(id, outs),
      /has got another QDevice meanwhile: its daemons and certificates/,
    );
    sshRecords.push = push;
    assert.ok(lab.stores()[1]?.certificate);
    assert.deepEqual(lab.node("hotel").qdevice, { running: true, enabled: true });
  });

  it("comes again after a removal that was interrupted, whose daemons are no other cluster's", async () => {
    await lab.start();
    const made = await lab.create();
    delete lab.corosync().device;
    delete lab.corosync().text;
    lab.sim.world.qnetd!.others = { Matrix: [1, 2, 3] };
    assert.match(await lab.problems(), /has another cluster of the name Matrix \(nodes 3\)/);
    lab.sim.world.qnetd!.others = { Matrix: [1, 2] };
    assert.equal(await lab.problems(), "");
    assert.deepEqual((await lab.qdevice().read(made.id, made.outs)).props, {});
    assert.match(
      lab.told.join(),
      /no QDevice any more, and foxtrot runs corosync-qdevice, foxtrot has its certificates, hotel runs/,
    );
    lab.sim.world.qnetd!.others = {};
    await lab.create();
    lab.isVoting();
  });

  it("starts what stands still while another node is away, and says which has no vote", async () => {
    await lab.start();
    const made = await lab.create();
    delete lab.node("foxtrot").qdevice!.running;
    lab.node("hotel").state = "off";
    const live = lab.args({ timeouts: { read: "3m" } });
    await lab.qdevice().update(made.id, made.outs, live);
    assert.equal(lab.node("foxtrot").qdevice!.running, true);
    assert.match(lab.told.join(), /has the QDevice at 192\.168\.3\.99, without a vote on hotel: offline/);
    lab.node("hotel").state = "online";
    lab.told.length = 0;
    lab.sim.world.qnetd!.running = false;
    await lab.qdevice().update(made.id, made.outs, live);
    assert.match(lab.told.join(), /without a vote on foxtrot: Connect failed, hotel: Connect failed/);
  });

  it("goes beside a member that is dead for good, when that was removed by hand", async () => {
    await lab.start();
    const made = await lab.create();
    lab.node("hotel").state = "off";
    const session = lab.session(undefined, lab.keyConfig());
    const call = loneCall("lab", new AbortController().signal);
    const pve = await session.root(call);
    assert.match(
      (await whatKeeps(pve, await clusterView(pve), "hotel", async () => false)).join(),
      /a QDevice, which must be away while a node leaves: .*If hotel is dead for good .*pvecm delnode hotel/,
    );
    await pve.api.cluster.config.nodes.$("hotel").$delete();
    assert.equal(lab.isQuorate("foxtrot"), true, "by QNetd");
    await lab.qdevice().delete(made.id, made.outs);
    assert.equal(lab.corosync().device, undefined);
    assert.deepEqual([lab.stores()[0], lab.node("foxtrot").qdevice], [undefined, {}]);
    assert.equal(lab.isQuorate("foxtrot"), true);
  });
});
