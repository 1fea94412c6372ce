import assert from "node:assert/strict";
import type { Ssh } from "../../../pve";
import { lookAfter, lookBefore, type Demand } from "../../../providers/network/guard/probe";
import { NetworkLab } from "./network-lab";

describe("what is looked at before a network changes", () => {
  let lab: NetworkLab;
  afterEach(() => lab.close());

  it("asks all gateways and peers that are yet to come at the same time, each once", async () => {
    lab = await NetworkLab.start();
    const { connection } = lab.run().pve.process;
    const peers = ["192.168.5.6", "192.168.5.7", "192.168.7.6"];
    const asked: string[] = [];
    let release = (): void => undefined;
    const all = new Promise<void>((resolve) => (release = resolve));
    // Nobody gets an answer before the last one was asked.
    const ssh = {
      exec: async (_node: string, argv: readonly string[]) => {
        const address = argv.at(-1) ?? "";
        if (asked.push(address) === 4) release();
        await all;
        return { code: address === "192.168.5.7" || address === "192.168.3.1" ? 0 : 1, stdout: "", stderr: "" };
      },
    } as unknown as Ssh;
    const { answering } = await lookBefore(
      { node: "foxtrot", connection, ssh, signal: new AbortController().signal },
      new Map([["vmbr0", { gateway: "192.168.3.1" }]]),
      [
        { name: "vlan5", addresses: [], peers: peers.slice(0, 2), jumbo: false },
        { name: "vlan7", addresses: [], peers: [...peers.slice(1), "192.168.7.5"], jumbo: false },
      ],
      new Set(peers),
    );
    assert.deepEqual([...asked].sort(), ["192.168.3.1", ...peers].sort());
    assert.deepEqual([...answering].sort(), ["192.168.3.1", "192.168.5.7"]);
  });
});

describe("what is looked at after a network has changed", () => {
  let lab: NetworkLab;
  before(async () => {
    lab = await NetworkLab.start();
  });
  after(() => lab.close());

  const gateway = "192.168.3.1";
  const link = { ifname: "vmbr0", mtu: 9000, addr_info: [{ local: "192.168.3.5", prefixlen: 24 }] };
  const demand: Demand = { name: "vmbr0", addresses: ["192.168.3.5/24"], mtu: 9000, peers: [], jumbo: false };

  /** What is found wrong on a node whose kernel has these links, and from which only these addresses answer. */
  async function problems(
    one: { links?: readonly object[]; answers?: readonly string[]; jumbo?: boolean },
    demands: readonly Demand[] = [demand],
    answering: readonly string[] = [gateway],
    expected: readonly string[] = [],
  ): Promise<readonly string[]> {
    const { connection } = lab.run().pve.process;
    const links = one.links ?? [link];
    const ssh = {
      run: async (_node: string, argv: readonly string[]) => {
        assert.deepEqual(argv, ["ip", "-j", "addr"]);
        return JSON.stringify(links);
      },
      exec: async (_node: string, argv: readonly string[]) => {
        const hears = (one.answers ?? [gateway]).includes(argv.at(-1) ?? "");
        return { code: hears && (one.jumbo !== false || !argv.includes("-M")) ? 0 : 1, stdout: "", stderr: "" };
      },
    } as unknown as Ssh;
    const asker = { node: "foxtrot", connection, ssh, signal: new AbortController().signal };
    const seen = await lookAfter(asker, { origins: [], answering: new Set(answering) }, demands, new Set(expected));
    return seen.problems;
  }

  it("finds nothing wrong where all is as demanded", async () => {
    assert.deepEqual(await problems({}), []);
  });

  it("sees an interface that did not come up", async () => {
    assert.deepEqual(await problems({ links: [] }), ["vmbr0 did not come up"]);
  });

  it("sees an address that is missing, and one of another prefix", async () => {
    const other = { ...link, addr_info: [{ local: "192.168.3.5", prefixlen: 16 }] };
    for (const links of [[{ ...link, addr_info: [] }], [other]])
      assert.deepEqual(await problems({ links }), ["vmbr0 has not got its address 192.168.3.5/24"]);
  });

  it("sees an MTU that was not taken over", async () => {
    assert.deepEqual(await problems({ links: [{ ...link, mtu: 1500 }] }), ["vmbr0 has an MTU of 1500 and not of 9000"]);
  });

  it("sees a gateway that answered before and is silent now, also of another interface", async () => {
    const silent = [`the gateway ${gateway} does not answer the node's ping`];
    assert.deepEqual(await problems({ answers: [] }), silent);
    assert.deepEqual(await problems({ answers: [] }, []), silent);
  });

  it("does not ask for a gateway that was silent before, but for that of an interface that changes", async () => {
    const fast: Demand = { name: "vmbr1", addresses: [], peers: [], jumbo: false };
    const links = [link, { ifname: "vmbr1", mtu: 1500, addr_info: [] }];
    assert.deepEqual(await problems({ links, answers: [] }, [fast], []), []);
    assert.deepEqual(await problems({ links, answers: [] }, [demand], []), [
      `the gateway ${gateway} does not answer the node's ping`,
    ]);
  });

  it("sees a peer that is silent, but for one that is yet to come and never answered", async () => {
    const peer = "192.168.3.6";
    const demands = [{ ...demand, peers: [peer] }];
    const silent = [`${peer} does not answer a ping over vmbr0`];
    assert.deepEqual(await problems({}, demands), silent);
    assert.deepEqual(await problems({}, demands, [gateway], [peer]), []);
    assert.deepEqual(await problems({}, demands, [gateway, peer], [peer]), silent);
    assert.deepEqual(await problems({ answers: [gateway, peer] }, demands), []);
  });

  it("sees a way that carries small packets only", async () => {
    const peer = "192.168.3.6";
    const demands = [{ ...demand, peers: [peer], jumbo: true }];
    const answers = [gateway, peer];
    assert.deepEqual(await problems({ answers }, demands), []);
    const [problem] = await problems({ answers, jumbo: false }, demands);
    assert.match(problem ?? "", /^192\.168\.3\.6 answers small pings over vmbr0 and none of 9000 bytes/);
  });
});
