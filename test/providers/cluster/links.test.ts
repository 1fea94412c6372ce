import assert from "node:assert/strict";
import fc from "fast-check";
import { changedCorosync, readCorosync } from "../../../providers/cluster/links/corosync-text";
import { corosyncConf } from "../../../simulator/cluster/corosync-conf";
import { writeCorosyncConf } from "../../../simulator/cluster/corosync-file";
import { liveNodes } from "../../../simulator/corosync";
import type { World } from "../../../simulator";
import { describedMatrix, matrixNodes } from "../../support/bare-nodes";
import { MatrixLab, momentsOf, withMoreNetworks } from "../../support/matrix-lab";

const all = describedMatrix(...matrixNodes);
type Links = Record<string, string>;

/** The same cluster with other links: by the number, the network of each. */
const withLinks = (networks: Readonly<Record<string, string>>, more: object = {}) => ({
  ...all,
  nodes: all.nodes.map(({ name }, at) => ({
    name,
    links: Object.fromEntries<string>(Object.entries(networks).map(([number, net]) => [number, `${net}.${5 + at}`])),
  })),
  ...more,
});
const [first, second] = ["192.168.3", "192.168.5"];

describe("links of a cluster that runs", () => {
  const lab = new MatrixLab();
  afterEach(() => lab.sim.close());
  const start = (change: (world: World) => void = () => undefined) =>
    lab.start((world) => {
      withMoreNetworks(world);
      change(world);
    });
  const state = (was: object): Record<string, unknown> => ({
    ...lab.outs,
    ...was,
    __inputs: Object.keys(was).filter((key) => !key.startsWith("__")),
  });
  const update = (was: object, news: object, signal?: AbortSignal) =>
    lab.process(signal).update(lab.id, state(was), news as Record<string, unknown>);
  const problems = async (was: object, news: object): Promise<string> => {
    const answer = await lab.process().check(was as Record<string, unknown>, news as Record<string, unknown>);
    return (answer.failures ?? []).map(({ reason }) => reason).join("\n");
  };
  const links = () => Object.values(lab.corosync().nodes).map((node) => node.links);
  /** Whatever corosync had at any time, every node saw every other one. */
  const watch = (): { cut: number } => {
    const seen = { cut: 0 };
    lab.heard = () => {
      for (const name of matrixNodes) if (!lab.sim.simulation.isQuorate(lab.sim.world.nodes[name]!)) seen.cut++;
    };
    return seen;
  };
  const isAs = (news: ReturnType<typeof withLinks>, what: string): void => {
    assert.deepEqual(
      links(),
      news.nodes.map((node) => node.links),
      what,
    );
    assert.deepEqual(liveNodes(lab.corosync()), lab.corosync().nodes, what);
    assert.equal(lab.corosync().refused, undefined, what);
    for (const name of matrixNodes) assert.equal(lab.sim.simulation.isQuorate(lab.sim.world.nodes[name]!), true, what);
  };

  it("are added, get other addresses, priorities and votes, and go, one after the other, and the cluster is never without one", async () => {
    await start();
    const seen = watch();
    const two = withLinks({ 0: first, 1: second }, { linkPriorities: { 1: 20 } });
    assert.equal(await problems(all, two), "");
    assert.match(lab.told.join(), /adds link 1 \(192\.168\.5\.5, 192\.168\.5\.6, 192\.168\.5\.7\)/);
    const { changes } = await lab.process().diff(lab.id, state(all), two);
    assert.equal(changes, true);
    const made = await update(all, two);
    isAs(two, "added");
    assert.equal(lab.corosync().configVersion, 4);
    assert.equal(((lab.corosync().totem["interface"] as Record<string, Links>)["1"] ?? {})["knet_link_priority"], "20");
    assert.equal((await lab.process().diff(lab.id, made.outs, two as Record<string, unknown>)).changes, false);

    const three = withLinks({ 0: first, 1: second, 2: "192.168.6" }, { linkPriorities: { 0: 5 } });
    assert.equal(await problems(two, three), "");
    await update(two, three);
    isAs(three, "a third one, and priorities");

    const moved = withLinks({ 0: first, 1: "192.168.7", 2: "192.168.6" });
    await update(three, moved);
    isAs(moved, "other addresses");

    const one = {
      ...withLinks({ 0: first }),
      nodes: withLinks({ 0: first }).nodes.map((node) => (node.name === "hotel" ? { ...node, votes: 2 } : node)),
    };
    await update(moved, one);
    isAs(one, "without");
    assert.deepEqual(
      Object.values(lab.corosync().nodes).map(({ votes }) => votes),
      [1, 1, 2],
    );
    assert.equal(seen.cut, 0);
    assert.deepEqual(
      lab.sim.sshRecords.filter(({ unbuilt }) => unbuilt),
      [],
    );
  });

  it("are refused in the preview where the cluster would be without one, or nothing is known of a node", async () => {
    await start();
    assert.match(
      await problems(all, withLinks({ 0: second })),
      /corosync takes no other address for a link that it has/,
    );
    assert.match(await problems(all, withLinks({ 1: second })), /link 0 stays/);
    assert.match(
      await problems(all, withLinks({ 0: first, 1: "192.168.99" })),
      /foxtrot does not have the address 192\.168\.99\.5/,
    );
    const { 0: some, ...rest } = withLinks({ 0: second }).nodes;
    const silent = { ...all, nodes: [{ name: some!.name }, ...Object.values(rest)] };
    assert.match(await problems(all, silent), /nothing says which address foxtrot has on this link/);
    lab.corosync().nodes["golf"]!.links["0"] = "192.168.3.66";
    assert.match(
      await problems(all, withLinks({ 0: first, 1: second })),
      /is 192\.168\.3\.66, and was 192\.168\.3\.6: run pulumi refresh/,
    );
    lab.corosync().nodes["golf"]!.links["0"] = "192.168.3.6";
    lab.sim.world.nodes["hotel"]!.state = "off";
    assert.match(await problems(all, withLinks({ 0: first, 1: second })), /hotel is not online/);
    await assert.rejects(update(all, withLinks({ 0: first, 1: second })), /hotel is not online/);
    lab.sim.world.nodes["golf"]!.state = "off";
    assert.match(await problems(all, withLinks({ 0: first, 1: second })), /has no quorum/);
    isUnchanged();
  });
  const isUnchanged = (): void => {
    assert.deepEqual(
      links(),
      all.nodes.map((node) => node.links),
    );
    assert.equal(lab.corosync().configVersion, 3);
  };

  it("end where the quorum goes meanwhile, say so, and come to their end when it is back", async () => {
    await start();
    const { sshRecords } = lab.sim.simulation;
    const push = sshRecords.push.bind(sshRecords);
    sshRecords.push = (...records) => {
      const length = push(...records);
      if (records.some(({ what }) => /mkdir .*corosync/.test(what)))
        for (const name of ["golf", "hotel"]) lab.sim.world.nodes[name]!.state = "off";
      return length;
    };
    const two = withLinks({ 0: first, 1: second });
    await assert.rejects(update(all, two), /The file could not be put back.*bring all nodes together/s);
    sshRecords.push = push;
    for (const name of ["golf", "hotel"]) lab.sim.world.nodes[name]!.state = "online";
    await update(all, two);
    isAs(two, "after the quorum was back");
  });

  it("wait for an earlier file that is on its way still, and are not begun beside one that was refused", async () => {
    await start();
    const two = withLinks({ 0: first, 1: second });
    const corosync = lab.corosync();
    const { nodes, configVersion } = structuredClone(corosync);
    corosync.refused = { configVersion: configVersion - 1, members: [...matrixNodes], nodes };
    await assert.rejects(
      update(all, two),
      /not begun\. .* is version 3, and corosync runs 2: it has refused that file/,
    );
    assert.equal(corosync.configVersion, configVersion);
    // The answer to what an earlier run has written was lost, and corosync is about to take it.
    const { sshRecords } = lab.sim.simulation;
    const push = sshRecords.push.bind(sshRecords);
    let looks = 0;
    sshRecords.push = (...records) => {
      if (records.some(({ what }) => what.includes("config_version")) && ++looks === 2 * matrixNodes.length)
        delete corosync.refused;
      return push(...records);
    };
    await update(all, two);
    sshRecords.push = push;
    assert.ok(looks > 2 * matrixNodes.length);
    isAs(two, "waited for");
    for (const { what } of sshRecords) {
      if (/mkdir .*corosync/.test(what)) assert.match(what, /env 'LC_ALL=C' sh /);
      assert.doesNotMatch(what, /\/root\/\.pulumi-proxmox-cluster-corosync(?:\.|\s|$)/, "names of one run alone");
    }
  });

  it("come back as they were when a new one does not connect", async () => {
    await start();
    // The address is taken away when it has been looked at.
    lab.heard = () => undefined;
    const { sshRecords } = lab.sim.simulation;
    const push = sshRecords.push.bind(sshRecords);
    sshRecords.push = (...records) => {
      if (records.some(({ what }) => what.includes("corosync.conf.pulumi.new"))) {
        const { network } = lab.sim.world.nodes["golf"]!;
        network.interfaces = network.interfaces.replace("192.168.5.6/24", "192.168.5.66/24");
      }
      return push(...records);
    };
    await assert.rejects(
      update(all, withLinks({ 0: first, 1: second })),
      /link 1 does not connect all nodes.*The file is what it was before/s,
    );
    assert.deepEqual(
      links(),
      all.nodes.map((node) => node.links),
    );
    assert.equal(lab.corosync().configVersion, 5);
    assert.equal(lab.corosync().refused, undefined);
  });

  it("come to their end in the next run, at whichever request or command the first one is killed", async () => {
    const two = withLinks({ 0: first, 1: second });
    const moved = withLinks({ 0: first, 1: "192.168.6" }, { linkPriorities: { 0: 5 } });
    const from = (world: World): void =>
      writeCorosyncConf(world.clusters[world.nodes["foxtrot"]!.cluster]!.corosync!, two3);
    let two3 = "";
    await start();
    await update(all, two);
    two3 = corosyncConf(lab.corosync());
    await lab.sim.close();
    await start(from);
    const heard = await lab.heardIn(() => update(two, moved));
    isAs(moved, "not killed");
    await lab.sim.close();
    const taken = momentsOf(heard, /mkdir .*corosync/, 2);
    let killed = 0;
    for (const moment of taken) {
      await start(from);
      if (await lab.killedAt(moment, (signal) => update(two, moved, signal))) killed++;
      const seen = watch();
      await update(two, moved);
      isAs(moved, `killed at ${moment} of ${heard.length}`);
      assert.equal(seen.cut, 0);
      if (moment !== taken.at(-1)) await lab.sim.close();
    }
    assert.ok(killed >= taken.length - 1, `${killed} of ${taken.length}`);
    console.log(`      killed at ${killed} of ${heard.length} moments, all came to their end`);
  });

  it("are lines of a file of which every other line stays as it is", async () => {
    await start();
    const text = corosyncConf(lab.corosync()).replace("  debug: off\n", "  # by hand\n  debug: off\n");
    assert.equal(changedCorosync(text, { version: 3 }), text);
    assert.throws(() => readCorosync(text.replace("nodeid: 1", "nodeid 1")), /a line that Proxmox does not write/);
    fc.assert(
      fc.property(
        fc.constantFrom("0", "1", "5"),
        fc.boolean(),
        fc.integer({ min: 0, max: 255 }),
        (number, goes, priority) => {
          const addresses = Object.fromEntries(matrixNodes.map((name, at) => [name, `10.0.${number}.${at}`]));
          const changed = changedCorosync(text, {
            version: 4,
            link: goes ? { number } : { number, addresses },
            ...(goes ? {} : { priorities: { [number]: priority } }),
          });
          const back = readCorosync(changed);
          assert.deepEqual(
            back.nodes.map((node) => node.links[number]),
            matrixNodes.map((name) => (goes ? undefined : addresses[name])),
          );
          const rest = (of: string) =>
            of.split("\n").filter((line) => !/config_version|ring\d|interface|linknumber|priority|^ {2}\}$/.test(line));
          assert.deepEqual(rest(changed), rest(text));
          assert.equal(changed.split("{").length, changed.split("}").length);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe("a QDevice in corosync.conf", () => {
  const node = (name: string, id: number) =>
    `  node {\n    name: ${name}\n    nodeid: ${id}\n    quorum_votes: 1\n    ring0_addr: 10.0.0.${id}\n  }\n`;
  const text = (quorum: string) =>
    `nodelist {\n${node("one", 1)}${node("two", 2)}}\n\nquorum {\n${quorum}  provider: corosync_votequorum\n}\n\ntotem {\n  cluster_name: lab\n  config_version: 2\n}\n`;
  const lines = ["  device {", "    model: net", "    votes: 1", "    net {", "      host: 10.0.0.9", "    }", "  }"];
  const section = `${lines.join("\n")}\n`;
  const device = { members: ["one", "two"], host: "10.0.0.9" };
  const add = (quorum: string, members = device.members) =>
    changedCorosync(text(quorum), { version: 3, device: { ...device, members, lines } });

  it("is written beside nothing with which corosync may not start", () => {
    for (const key of [
      "two_node",
      "auto_tie_breaker",
      "last_man_standing",
      "allow_downscale",
      "expected_votes",
      "new",
    ]) {
      const quorum = `  ${key}: 1\n`;
      assert.deepEqual(readCorosync(text(quorum)).besideDevice, [`quorum.${key}`]);
      assert.throws(() => add(quorum), new RegExp(`corosync\\.conf has quorum\\.${key}, with which .* may not start`));
    }
    assert.throws(() => add("  heuristics {\n  }\n"), /has quorum\.heuristics/);
    const quorum = "  wait_for_all: 1\n";
    assert.deepEqual(readCorosync(add(quorum)).device, {
      ...{ model: "net", host: "10.0.0.9", algorithm: "ffsplit", votes: "1", tls: "on" },
    });
    assert.equal(add(quorum), text(`${section}${quorum}`).replace("config_version: 2", "config_version: 3"));
  });

  it("comes where there is none, and goes where it is this one, beside exactly these nodes", () => {
    const remove = (quorum: string, members = device.members) =>
      changedCorosync(text(quorum), { version: 3, device: { ...device, members } });
    assert.throws(() => add(section), /has a QDevice at 10\.0\.0\.9; it is left as it is/);
    assert.throws(() => remove(""), /has no QDevice; it is left as it is/);
    assert.throws(() => remove(section.replace("0.0.9", "0.0.8")), /has a QDevice at 10\.0\.0\.8; it is left/);
    for (const members of [["one"], ["one", "two", "three"], ["one", "three"]]) {
      assert.throws(() => add("", members), /has the nodes one, two, and not one/);
      assert.throws(() => remove(section, members), /has the nodes one, two, and not one/);
    }
    // One that is there goes whatever is beside it.
    assert.equal(
      remove(`${section}  two_node: 1\n`),
      text("  two_node: 1\n").replace("config_version: 2", "config_version: 3"),
    );
  });
});

describe("the simulator's corosync.conf", () => {
  const lab = new MatrixLab();
  afterEach(() => lab.sim.close());

  it("is taken by corosync as a whole, or not at all", async () => {
    await lab.start(withMoreNetworks);
    const corosync = lab.corosync();
    const text = corosyncConf(corosync);
    const write = (change: Parameters<typeof changedCorosync>[1]) =>
      writeCorosyncConf(corosync, changedCorosync(text, change));
    const of = (net: string) => Object.fromEntries(matrixNodes.map((name, at) => [name, `${net}.${5 + at}`]));
    write({ version: 2, link: { number: "1", addresses: of(second) } });
    assert.deepEqual([corosync.refused?.configVersion, liveNodes(corosync)["golf"]?.links], [3, { 0: `${first}.6` }]);
    write({ version: 4, link: { number: "0", addresses: of(second) } });
    assert.deepEqual([corosync.refused?.configVersion, liveNodes(corosync)["golf"]?.links], [3, { 0: `${first}.6` }]);
    write({ version: 5, link: { number: "1", addresses: of("192.168.99") } });
    assert.equal(corosync.refused, undefined);
    assert.throws(
      () => writeCorosyncConf(corosync, text.replace(/ring0_addr: .*\n/g, "")),
      /keeps no node without a link/,
    );
  });
});
