import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { endpointsOf } from "../../../privileges";
import { qnetdAuthority } from "../../../simulator/certificates";
import { identityOf } from "../../../providers/kernel/identity/cluster-identity";
import { corosyncConf } from "../../../simulator/cluster/corosync-conf";
import { makeAuthority } from "../../../simulator/qnetd/qnetd-programs";
import { nodeStore } from "../../../simulator/qnetd/store";
import { sshOf } from "../../../simulator/ssh/host-key";
import { matrixNodes } from "../../support/bare-nodes";
import { QdeviceLab, qnetdAddress } from "../../support/qdevice-lab";

const pair = ["foxtrot", "hotel"];
type Props = Record<string, unknown>;
type Written = Record<"ClusterQdevice", { readonly state: Props }>;

describe("a QDevice of two nodes", () => {
  const lab = new QdeviceLab(pair);
  afterEach(() => lab.sim.close());

  it("comes, keeps the quorum when a node or QNetd dies, shows what is wrong, and goes as it came", async () => {
    await lab.start();
    const before = corosyncConf(lab.corosync());
    assert.equal(await lab.problems(), "");
    assert.match(
      lab.told.join(),
      /changes quorum votes: Matrix gets 1 of 3 from QNetd at 192\.168\.3\.99, and 2 are the quorum \(2 of 2 before\)/,
    );
    const made = await lab.create();
    lab.isVoting();
    assert.deepEqual(made.outs["states"], { foxtrot: "voting", hotel: "voting" });
    assert.equal((await lab.qdevice().diff(made.id, made.outs, lab.args())).changes, false);

    // What was written into a state once is read without a difference, and nothing of it is drift.
    const { state } = (JSON.parse(readFileSync("test/fixtures/states/2026-11-29-qdevice.json", "utf8")) as Written)
      .ClusterQdevice;
    const { ssh, sshFingerprint } = lab.args();
    const old = { ...state, ssh, sshFingerprint, __authority: made.outs["__authority"] };
    assert.equal((await lab.qdevice().diff(made.id, old, lab.args())).changes, false);
    // But for its cluster, which it did not know then.
    const now = { ...old, __cluster: identityOf(lab.sim.ca) };
    assert.deepEqual((await lab.qdevice().read(made.id, old)).props, now);
    assert.deepEqual(made.outs, now);

    const found = await lab.qdevice().read("Matrix", { __urn: "a look-up" });
    assert.deepEqual(found.props, {
      ...{ cluster: "Matrix", host: qnetdAddress, states: { foxtrot: "voting", hotel: "voting" }, __urn: "a look-up" },
    });
    const read = async () => (await lab.qdevice().read(made.id, made.outs)).props as Props;
    lab.node("hotel").state = "off";
    assert.equal(lab.isQuorate("foxtrot"), true, "QNetd makes up for the other node");
    assert.deepEqual((await read())["states"], { foxtrot: "voting", hotel: "offline" });
    lab.sim.world.qnetd!.state = "off";
    assert.equal(lab.isQuorate("foxtrot"), false, "one of three");
    lab.node("hotel").state = "online";
    assert.equal(lab.isQuorate("foxtrot"), true, "both nodes without QNetd");
    assert.deepEqual((await read())["states"], { foxtrot: "Connect failed", hotel: "Connect failed" });
    assert.match(lab.told.join(), /gives no vote on foxtrot \(Connect failed\), hotel \(Connect failed\)/);
    lab.sim.world.qnetd!.state = "online";

    await lab.qdevice().delete(made.id, made.outs);
    lab.isAway();
    const declared = endpointsOf("ClusterQdevice", lab.args(), "witness");
    const sent = lab.sim.requests.map(({ route, method, path }) => route ?? `${method} ${path}`);
    assert.deepEqual(
      [...new Set(sent)].filter((route) => !declared.has(route)),
      [],
    );
    assert.equal(
      corosyncConf(lab.corosync()).replace(/config_version: \d+/, ""),
      before.replace(/config_version: \d+/, ""),
    );
    assert.deepEqual(
      lab.sim.sshRecords.filter(({ unbuilt }) => unbuilt),
      [],
    );
  });

  it("lets nobody see the private key: neither the state, nor a row, nor a command, nor a file that stays", async () => {
    await lab.start();
    const made = await lab.create();
    const key = lab.stores()[0]?.certificate?.key ?? "";
    assert.match(key, /^[0-9a-f]{32}$/);
    const everything = JSON.stringify([made, lab.told, lab.sim.sshRecords, lab.sim.requests]);
    assert.ok(!everything.includes(key) && !everything.includes(Buffer.from(key).toString("base64").slice(2, 30)));
    for (const name of pair) {
      const left = Object.keys(sshOf(lab.node(name)).files).filter((file) => file.startsWith("/run/"));
      assert.deepEqual(left, [], name);
    }
    assert.deepEqual(
      Object.keys(sshOf(lab.sim.world.qnetd!).files).filter((file) => file.startsWith("/run/")),
      [],
    );
    const modes: [string, number | undefined][] = [];
    for (const { what, mode } of lab.sim.sshRecords)
      if (/\/run\/\.?pulumi/.test(what) && what.startsWith("write")) modes.push([what, mode]);
    assert.ok(modes.length >= 5, String(modes.length));
    for (const [what, mode] of modes) assert.equal(mode, 0o600, what);
    // Nobody's password is offered to the machine outside.
    assert.deepEqual(
      lab.sim.sshRecords.filter((one) => one.node === "witness" && one.kind === "login").map(({ what }) => what),
      lab.sim.sshRecords.filter((one) => one.node === "witness" && one.kind === "login").map(() => "publickey"),
    );
  });

  it("is refused in the preview, with everything that speaks against it at once", async () => {
    await lab.start(({ qnetd, nodes }) => {
      delete nodes["foxtrot"]!.packages!.installed["corosync-qdevice"];
      qnetd!.unreachedBy = ["hotel"];
      nodes["hotel"]!.clockOffset = -90;
      qnetd!.others = { Matrix: [1, 2], Other: [1] };
    });
    const said = await lab.problems();
    // Of the 90 seconds, as many as are certain: what a busy machine takes for its requests is not.
    for (const words of [
      /foxtrot has no corosync-qdevice: describe it \(new SystemPackage\("foxtrot-qdevice"/,
      /hotel does not reach port 5403 of 192\.168\.3\.99/,
      /the clocks of hotel and 192\.168\.3\.99 are [1-9]\d s or more apart/,
      /QNetd at 192\.168\.3\.99 has another cluster of the name Matrix \(nodes 1, 2\)/,
    ])
      assert.match(said, words);
    await assert.rejects(lab.create(), /nothing was changed:/);
    lab.isAway();
    const { qnetd } = lab.sim.world;
    Object.assign(qnetd!, { installed: false });
    assert.match(await lab.problems(), /has no corosync-qnetd: on it, run apt-get install corosync-qnetd/);
    Object.assign(qnetd!, { installed: true, running: false });
    assert.match(await lab.problems(), /corosync-qnetd does not run on 192\.168\.3\.99/);
    assert.match(
      await lab.problems({ host: "192.168.3.5" }),
      /host: is an address of foxtrot: the QNetd host stands outside/,
    );
    assert.match(await lab.problems({ algorithm: "lms" }), /algorithm: Matrix has 2 nodes: lms is for an odd number/);
    assert.match(
      await lab.problems({ cluster: "Other" }),
      /cluster: proxmox:endpoints lead to cluster Matrix, not to Other/,
    );
    const stranger = `SHA256:${"A".repeat(43)}`;
    assert.match(
      await lab.problems({ sshFingerprint: stranger }),
      /^host: the host key of node 192\.168\.3\.99 \(QNetd\) .*Nothing was sent/m,
    );
    assert.match(await lab.problems({ host: "qnetd.example.com" }), /host: write an IPv4 or IPv6 address/);
    const answer = await lab.qdevice(undefined, {}).check({}, lab.args());
    assert.match(JSON.stringify(answer.failures), /the QNetd host is reached with a key: set proxmox:sshPrivateKey/);
    lab.node("hotel").state = "off";
    assert.match(
      await lab.problems(),
      /cluster: hotel is offline: a QDevice is set up and removed while all members are there/,
    );
    lab.node("hotel").state = "online";
    lab.corosync().nodes["hotel"]!.votes = 2;
    assert.match(await lab.problems(), /goes with one vote of each node, and hotel has 2: set votes: 1/);
    lab.sim.world.qnetd!.running = true;
    lab.corosync().nodes["hotel"]!.votes = 1;
    sshOf(lab.sim.world.qnetd!).files["/etc/corosync/corosync.conf"] = {
      content: Buffer.from("totem {\n  cluster_name: Matrix\n}\n").toString("base64"),
      mode: 0o644,
    };
    assert.match(await lab.problems(), /is witness, a member of Matrix: the QNetd host stands outside the cluster/);
  });

  it("starts a QNetd that has no database yet, and neither starts one again nor takes one without TLS", async () => {
    const bare = (more: Props) =>
      lab.start(({ qnetd }) => {
        Object.assign(qnetd!, more);
        qnetd!.ssh!.files = {};
        qnetd!.ssh!.directories = [];
      });
    const commands = () =>
      lab.sim.sshRecords.filter(({ node, what }) => node === "witness" && /certutil|systemctl (?!is-)/.test(what));
    const withoutTls = /corosync-qnetd on 192\.168\.3\.99 runs without TLS: take -s off out of its options/;
    await bare({ tls: undefined, others: { Other: [1, 2] } });
    assert.match(await lab.problems(), withoutTls);
    await assert.rejects(lab.create(), /nothing was changed/);
    // A database that it does not use makes no difference.
    makeAuthority(lab.sim.world.qnetd!);
    assert.match(await lab.problems(), withoutTls);
    assert.deepEqual(commands(), []);
    await lab.sim.close();
    await bare({ running: true });
    assert.match(await lab.problems(), /runs with TLS, and its database is gone/);
    await assert.rejects(lab.create(), /nothing was changed/);
    assert.deepEqual(commands(), []);
    await lab.sim.close();
    await bare({ running: false, tls: undefined });
    await assert.rejects(
      lab.create(),
      /runs without TLS, now that it was started: take -s off out .* No node was changed/,
    );
    lab.isAway();
    await lab.sim.close();
    await bare({ running: false, unreachedBy: ["hotel"] });
    assert.equal(await lab.problems(), "");
    await assert.rejects(lab.create(), /hotel does not reach port 5403 of 192\.168\.3\.99, where QNetd was started/);
    lab.isAway();
    await lab.sim.close();
    await bare({ running: false });
    await lab.create();
    assert.deepEqual(
      commands().map(({ what }) => /-i$|systemctl start/.exec(what)?.[0]),
      ["-i", "systemctl start", undefined],
    );
    lab.isVoting();
  });

  it("never touches what is somebody else's: another device, certificates of another QNetd, a half store", async () => {
    await lab.start();
    const made = await lab.create();
    const device = { ...lab.corosync().device!, net: { ...lab.corosync().device!.net, host: "192.168.3.77" } };
    lab.corosync().device = device;
    delete lab.corosync().text;
    assert.match(
      await lab.problems(),
      /Matrix has a QDevice already, at 192\.168\.3\.77: describe that one, or remove it/,
    );
    await assert.rejects(lab.create(), /has a QDevice already/);
    await assert.rejects(
      lab.qdevice().delete(made.id, made.outs),
      /Matrix has another QDevice, at 192\.168\.3\.77, than the one at 192\.168\.3\.99 that the state knows: nothing was changed/,
    );
    assert.deepEqual(lab.corosync().device, device);
    assert.ok(lab.stores().every((store) => store?.certificate));
    await lab.sim.close();

    await lab.start();
    const first = await lab.create();
    await lab.qdevice().delete(first.id, first.outs);
    const { cert, fingerprint } = qnetdAuthority();
    const foreign = { keys: [], authority: { cert, fingerprint } };
    sshOf(lab.node("hotel")).directories.push(nodeStore);
    const file = { content: Buffer.from(JSON.stringify(foreign)).toString("base64"), mode: 0o660 };
    sshOf(lab.node("hotel")).files[`${nodeStore}/cert9.db`] = file;
    assert.match(await lab.problems(), /nssdb of hotel trusts another QNetd\. What is there is not removed/);
    await assert.rejects(lab.create(), /trusts another QNetd/);
    assert.equal(sshOf(lab.node("hotel")).files[`${nodeStore}/cert9.db`], file);
    file.content = Buffer.from(JSON.stringify({ keys: [] })).toString("base64");
    assert.match(await lab.problems(), /is not finished: it trusts no QNetd/);
    assert.equal(lab.corosync().device, undefined);
  });

  it("is taken over when it is at this host already, and started where its daemon stands still", async () => {
    await lab.start();
    await lab.create();
    lab.told.length = 0;
    const device = lab.corosync().device!;
    for (const [other, said] of [
      [{ ...device, net: { ...device.net, tls: "off" } }, /goes without TLS \(tls: off\), and is not taken over/],
      [{ ...device, votes: 2 }, /has 2 votes, and ffsplit goes with one/],
    ] as const) {
      lab.corosync().device = other;
      delete lab.corosync().text;
      assert.match(await lab.problems(), said);
    }
    lab.corosync().device = device;
    assert.equal(await lab.problems(), "");
    assert.match(
      lab.told.join(),
      /takes over the QDevice of Matrix at 192\.168\.3\.99, which goes when this resource is destroyed/,
    );
    const version = lab.corosync().configVersion;
    const made = await lab.create();
    assert.equal(lab.corosync().configVersion, version);
    lab.isVoting();
    delete lab.node("hotel").qdevice!.running;
    const { props = {} } = await lab.qdevice().read(made.id, made.outs);
    assert.deepEqual((props as Props)["states"], { foxtrot: "voting", hotel: "stopped" });
    assert.equal((await lab.qdevice().diff(made.id, props as Props, lab.args())).changes, true);
    await lab.qdevice().update(made.id, props, lab.args());
    lab.isVoting();
  });

  it("is taken back whole when no vote comes of it, and stays when it was there before", async () => {
    await lab.start();
    // QNetd goes away when the device is in the file.
    const { sshRecords } = lab.sim.simulation;
    const push = sshRecords.push.bind(sshRecords);
    sshRecords.push = (...records) => {
      if (records.some(({ what }) => /systemctl start corosync-qdevice/.test(what)))
        lab.sim.world.qnetd!.running = false;
      return push(...records);
    };
    await assert.rejects(lab.create(), /the QDevice gave no vote: .*foxtrot: Connect failed.*It was taken back/s);
    lab.isAway();
    assert.ok(pair.every((name) => lab.isQuorate(name)));
    sshRecords.push = push;
    lab.sim.world.qnetd!.running = true;
    await lab.create();
    lab.isVoting();
    // What is taken over is nobody's to take away.
    sshRecords.push = (...records) => {
      if (records.some(({ what }) => /dpkg-query/.test(what))) lab.sim.world.qnetd!.unreachedBy = [...pair];
      return push(...records);
    };
    await assert.rejects(lab.create());
    sshRecords.push = push;
    assert.ok(lab.corosync().device);
  });

  it("goes before another one comes, and is no other one for what is written out as it is", async () => {
    await lab.start();
    const made = await lab.create();
    const same = lab.args({ algorithm: "ffsplit" });
    assert.deepEqual((await lab.qdevice().diff(made.id, made.outs, same)).replaces, []);
    // Another machine, which knows nothing of the first one.
    const { qnetd } = lab.sim.world;
    qnetd!.address = "192.168.3.98";
    makeAuthority(qnetd!);
    const news = lab.args({ host: "192.168.3.98" });
    assert.deepEqual((await lab.qdevice().check(lab.args(), news)).failures, []);
    const { replaces, deleteBeforeReplace } = await lab.qdevice().diff(made.id, made.outs, news);
    assert.deepEqual([replaces, deleteBeforeReplace], [["host"], true]);
    await lab.qdevice().delete(made.id, made.outs);
    lab.isAway();
    await lab.qdevice().create(news);
    assert.equal(lab.corosync().device?.net["host"], "192.168.3.98");
    assert.ok(pair.every((name) => lab.isQuorate(name)));
  });

  it("stays while its vote is needed, or a member would not hear of it", async () => {
    await lab.start();
    const made = await lab.create();
    lab.node("hotel").state = "off";
    await assert.rejects(
      lab.qdevice().delete(made.id, made.outs),
      /the QDevice of Matrix stays: hotel is offline: without the QDevice there would be 1 of 2 votes, and no quorum\. .*If hotel is dead for good .*: pvecm delnode hotel/,
    );
    assert.ok(lab.corosync().device && lab.isQuorate("foxtrot"));
    lab.node("hotel").state = "online";
    await lab.qdevice().delete(made.id, made.outs);
    lab.isAway();
  });

  it("keeps nodes from joining and leaving, and makes twoNode needless beside it", async () => {
    await lab.start();
    await lab.create();
    const nodes = ["foxtrot", "hotel", "golf"].map((name) => ({ name }));
    const base = { name: "Matrix", __urn: "urn:pulumi:test::lab::x::Matrix", __stack: "a stack" };
    const check = async (args: Props): Promise<string> =>
      ((await lab.cluster().check({}, { ...base, ...args })).failures ?? []).map(({ reason }) => reason).join("\n");
    assert.match(await check({ nodes }), /must be away while nodes join: take its ClusterQdevice out of the program/);
    const two = { nodes: nodes.slice(0, 2) };
    assert.match(
      await check(two),
      /two nodes: when one is away, .* describe a ClusterQdevice for it, or write twoNode: true/,
    );
    const beside = (args: Props, unknown: string[] = []) => ({
      __beside: [{ kind: "ClusterQdevice", resource: "q", args, unknown }],
    });
    assert.equal(await check({ ...two, ...beside({}, ["cluster"]) }), "");
    assert.equal(await check({ ...two, ...beside({ cluster: "Matrix" }) }), "");
    assert.match(await check({ ...two, ...beside({ cluster: "Other" }) }), /two nodes/);
  });
});

describe("a QDevice of three nodes", () => {
  const lab = new QdeviceLab(matrixNodes);
  afterEach(() => lab.sim.close());

  it("is refused but for lms, with which one node is enough beside QNetd, and all are needed without it", async () => {
    await lab.start();
    const { failures = [] } = await lab.qdevice().check({}, lab.args());
    assert.match(
      failures.map(({ reason }) => reason).join(),
      /algorithm: Matrix has 3 nodes, an odd number: a vote more/,
    );
    const args = lab.args({ algorithm: "lms" });
    assert.equal((await lab.qdevice().check({}, args)).failures?.length, 0);
    assert.match(
      lab.told.join(),
      /Matrix gets 2 of 5 from QNetd at 192\.168\.3\.99, and 3 are the quorum \(2 of 3 before\)/,
    );
    const made = await lab.qdevice().create(args);
    assert.deepEqual(lab.corosync().device, { model: "net", net: { algorithm: "lms", host: qnetdAddress, tls: "on" } });
    for (const name of ["golf", "hotel"]) lab.node(name).state = "off";
    assert.equal(lab.isQuorate("foxtrot"), true);
    lab.node("golf").state = "online";
    lab.sim.world.qnetd!.state = "off";
    assert.equal(lab.isQuorate("foxtrot"), false);
    lab.node("hotel").state = "online";
    assert.equal(lab.isQuorate("foxtrot"), true);
    await lab.qdevice().delete(made.id, made.outs);
    assert.ok(matrixNodes.every((name) => lab.isQuorate(name)) && lab.corosync().device === undefined);
  });
});
