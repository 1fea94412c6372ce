import assert from "node:assert/strict";
import { sshOf } from "../../../simulator/ssh/host-key";
import { ApartLab } from "../../support/apart-lab";
import { describedMatrix, matrixNodes } from "../../support/bare-nodes";

const guest = (vmid: number, node: string) => ({
  ...{ vmid, node, type: "qemu" as const, config: {}, pending: {}, pendingDelete: {}, snapshots: {} },
});
const begunFile = "/run/pulumi-proxmox-cluster-apart.begun";

describe("taking a cluster apart, with others at work on it", () => {
  const lab = new ApartLab();
  const { wanted } = lab;
  afterEach(() => lab.sim.close());

  const plain = describedMatrix(...matrixNodes);
  const apart = (): string[] => matrixNodes.filter((name) => lab.of(name).corosync === undefined);
  /** Ends the deletion when so many nodes are apart. */
  const killedWith = async (count: number): Promise<void> => {
    const killed = new AbortController();
    lab.heard = () => {
      if (apart().length >= count) killed.abort(new Error("killed"));
    };
    await assert.rejects(lab.destroy(killed.signal));
    lab.heard = () => undefined;
    assert.equal(apart().length, count);
  };

  it("is not done by a replacement whose new resource another process makes, as another Provider's does", async () => {
    await lab.start();
    const ofOther = lab.process();
    assert.deepEqual((await ofOther.check({}, { ...wanted })).failures, []);
    await ofOther.create({ ...wanted });
    await lab.process().delete(lab.id, { ...wanted, ...lab.outs });
    lab.assertWhole("replaced");
  });

  it("gives no quorum away while a guest has come to a node that is separated later", async () => {
    await lab.start();
    lab.heard = () => {
      if (apart().length === 1) lab.of("foxtrot").guests["100"] ??= guest(100, "foxtrot");
    };
    await assert.rejects(lab.destroy(), /guests \(qemu\/100\)/);
    lab.heard = () => undefined;
    assert.deepEqual(apart(), ["hotel"], "nobody was separated after the guest had come");
    assert.equal(lab.sim.simulation.isQuorate(lab.node("foxtrot")), true);
  });

  it("gives no quorum away while a HA manager that is separated later holds its watchdog", async () => {
    await lab.start();
    lab.heard = () => {
      if (apart().length === 1) lab.of("foxtrot").haActive = ["foxtrot"];
    };
    await assert.rejects(lab.destroy(), /HA manager is not idle/);
    lab.heard = () => undefined;
    assert.deepEqual(apart(), ["hotel"], "nobody was separated while foxtrot's watchdog was held");
  });

  it("separates nobody from a cluster that a stranger has joined meanwhile", async () => {
    await lab.start();
    const ended = new AbortController();
    lab.heard = () => {
      if (apart().length > 0) ended.abort(new Error("somebody was separated"));
      if (!/"phase":"apart"/.test(lab.mark("foxtrot") ?? "")) return;
      lab.corosync().nodes["india"] ??= { nodeid: 9, votes: 1, links: { 0: "192.168.3.8" } };
      lab.of("foxtrot").guests["200"] ??= guest(200, "india");
    };
    await assert.rejects(lab.destroy(ended.signal));
    assert.deepEqual(apart(), []);
  });

  it("refuses an up that takes destroyOnDelete back while it is half done", async () => {
    await lab.start();
    await killedWith(1);
    const { failures } = await lab.process().check({ ...wanted }, { ...plain });
    assert.match(failures?.map(({ reason }) => reason).join("\n") ?? "", /half taken apart/);
  });

  it("keeps its mark in an up that takes destroyOnDelete back while it is half done", async () => {
    await lab.start();
    await killedWith(1);
    await assert.rejects(lab.process().update(lab.id, { ...wanted, ...lab.outs }, { ...plain }), /half taken apart/);
    assert.match(lab.mark("foxtrot") ?? "", /"phase":"apart"/);
  });

  it("strikes no node that is apart already off the list, with destroyOnDelete taken back", async () => {
    await lab.start();
    await killedWith(1);
    const two = describedMatrix("foxtrot", "golf");
    await assert.rejects(
      lab.process().update(lab.id, { ...wanted, ...lab.outs }, { ...two, twoNode: true }),
      /half taken apart/,
    );
    assert.match(lab.mark("foxtrot") ?? "", /"phase":"apart"/);
  });

  it("goes on where the power took the database's last change and left corosync's files removed", async () => {
    await lab.start();
    const killed = new AbortController();
    lab.heard = () => {
      if (/"phase":"apart"/.test(lab.mark("hotel") ?? "")) killed.abort(new Error("killed"));
    };
    await assert.rejects(lab.destroy(killed.signal));
    lab.heard = () => undefined;
    assert.deepEqual(apart(), []);
    // SQLite of pmxcfs does not sync each change (PRAGMA synchronous=NORMAL): corosync.conf is in the database again, the key is not on the disk.
    const hotel = lab.node("hotel");
    hotel.clusterService = { corosyncAway: true };
    hotel.corosyncStopped = { seen: [] };
    await lab.destroy();
    lab.assertApart("power lost");
  });

  it("does not say that it goes on running when it is half taken apart", async () => {
    await lab.start();
    await killedWith(2);
    const { destroyOnDelete: _, __inputs: __, ...rest } = { ...lab.outs, ...wanted } as Record<string, unknown>;
    await lab.process().delete(lab.id, { ...rest, __inputs: ["name", "nodes"] });
    assert.match(lab.told.at(-1) ?? "", /cluster Matrix is left as it is; it is no longer managed/);
    assert.doesNotMatch(lab.told.join("\n"), /cluster Matrix goes on running/);
  });

  it("starts no pve-cluster that somebody else has stopped since a separation that came to its end", async () => {
    await lab.start();
    await lab.destroy();
    const pins = { "proxmox:fingerprints": [lab.sim.nodes[0]!.fingerprint] };
    const { outs } = await lab.process(undefined, pins).create(wanted);
    const golf = lab.node("golf");
    const stopped = async (): Promise<void> => {
      golf.filesAway = true;
      golf.clusterService = { stopped: true };
      await assert.rejects(
        lab.process(undefined, pins).delete(lab.id, { ...wanted, ...outs }),
        /golf: its pve-cluster does not run, which this program has not stopped/,
      );
      assert.deepEqual(golf.clusterService, { stopped: true });
    };
    await stopped();
    // Another resource's separation is none of this one's.
    const other = JSON.stringify({ owner: "0".repeat(24), cluster: "Matrix" });
    sshOf(golf).files[begunFile] = { content: Buffer.from(other).toString("base64"), mode: 0o600 };
    await stopped();
  });

  it("says why a separation did not take place", async () => {
    await lab.start();
    let once = true;
    lab.heard = () => {
      if (once && /"phase":"apart"/.test(lab.mark("foxtrot") ?? "")) {
        once = false;
        // Somebody's pmxcfs has the lock of the database.
        lab.node("hotel").clusterService = { local: { of: lab.node("hotel").cluster, running: true } };
      }
    };
    await assert.rejects(lab.destroy(), /separating hotel on node hotel .*unable to acquire pmxcfs lock/);
    assert.deepEqual(apart(), []);
    assert.equal(lab.node("hotel").clusterService, undefined, "its files are started again");
    lab.heard = () => undefined;
    await lab.destroy();
    lab.assertApart("with the lock");
  });

  it("lets whoever signs in by a key do so while the cluster's files are away, and links the file again", async () => {
    const line = "ssh-ed25519 AAAA somebody";
    await lab.start((world) => {
      world.clusters[world.nodes["foxtrot"]!.cluster]!.keyFiles = { authorized: `${line}\n`, hosts: "" };
    });
    const hotel = lab.node("hotel");
    const whileAway: string[] = [];
    const keys = () => sshOf(hotel).files["/root/.ssh/authorized_keys"]?.content;
    let away = hotel.filesAway;
    Object.defineProperty(hotel, "filesAway", {
      configurable: true,
      enumerable: true,
      get: () => away,
      set(value: true) {
        away = value;
        whileAway.push(Buffer.from(keys() ?? "", "base64").toString("utf8"));
      },
    });
    await lab.destroy();
    assert.ok(whileAway.length > 0);
    assert.deepEqual([...new Set(whileAway)], [`${line}\n`]);
    assert.equal(keys(), undefined, "a link again");
    assert.deepEqual(
      Object.keys(sshOf(hotel).files).filter((name) => /apart\.(?:keys|begun)/.test(name)),
      [],
    );
    lab.assertApart("with a key");
  });

  it("leaves a file of keys that is no link as it is", async () => {
    await lab.start();
    const own = { content: Buffer.from("ssh-ed25519 AAAA own\n").toString("base64"), mode: 0o600 };
    sshOf(lab.node("hotel")).files["/root/.ssh/authorized_keys"] = own;
    await lab.destroy();
    assert.deepEqual(sshOf(lab.node("hotel")).files["/root/.ssh/authorized_keys"], own);
    lab.assertApart("with a file");
  });

  it("is not done by a replacement whose new resource does not ask for it, in another process", async () => {
    await lab.start();
    await lab.process().create({ ...plain });
    await lab.process().delete(lab.id, { ...wanted, ...lab.outs });
    assert.match(lab.told.join("\n"), /cluster Matrix goes on running: another resource has taken it over/);
    lab.assertWhole("replaced");
  });

  it("leaves alone what a creation that failed before it knew the cluster has not marked", async () => {
    await lab.start();
    lab.of("foxtrot").plainFiles = {};
    await lab.destroy(undefined, { ...lab.outs, ca: "", fingerprints: {} });
    assert.match(lab.told.join("\n"), /cluster Matrix is left as it is: it was not finished, and carries no mark/);
    assert.deepEqual(apart(), []);
  });
});
