import assert from "node:assert/strict";
import { ProxmoxError, type Connection } from "../../../../pve";
import type { Home } from "../../../../providers/kernel/call/call";
import { identityOf, OtherCluster } from "../../../../providers/kernel/identity/cluster-identity";
import { HomeCluster } from "../../../../providers/kernel/session/home-cluster";
import { newAuthority } from "../../../../simulator/certificates";
import { loneCall } from "../../../support/lone-call";

const [ours, others] = [newAuthority("ours").cert, newAuthority("others").cert];
const [OURS, OTHERS] = [identityOf(ours), identityOf(others)];
const away = () => new ProxmoxError({ kind: "unavailable", message: "nobody answers" });

/** Endpoints of one config, and what is found at each. */
class Endpoints {
  current = "https://a:8006";
  reads = 0;
  rebuilt: string[] = [];
  isAway = false;
  /** What a read of its certificates finds; another endpoint may take over in it. */
  answer: () => unknown = () => this.rows(ours);
  readonly home = new HomeCluster({
    connected: async () => ({ connection: this.connection() }),
    rebuilt: () => this.rebuilt,
    inTime: (look) => look,
    isAway: async () => this.isAway,
  });

  rows = (pem: string) => [{ filename: "pve-root-ca.pem", pem }];

  /** The home of an operation, after it was compared. */
  async assert(expected: string | undefined, node?: string): Promise<Home> {
    const home: Home = { expected, node };
    await this.home.assert({ ...loneCall("web", new AbortController().signal), home });
    return home;
  }

  glance(expected: string | undefined): Promise<void> {
    return this.home.glance({ ...loneCall("web", new AbortController().signal), home: { expected } });
  }

  private connection(): Connection {
    const asked: string[] = [];
    const node = (name: string) => ({
      certificates: {
        info: {
          $get: async () => {
            asked.push(name);
            assert.equal(name, "localhost");
            this.reads++;
            return this.answer();
          },
        },
      },
    });
    const status = {
      $get: async () => [
        { type: "cluster", name: "Lab" },
        { type: "node", name: "x" },
      ],
    };
    const connection = {
      api: { nodes: { $: node }, cluster: { status } },
      origins: ["https://a:8006", "https://b:8006"],
      currentOrigin: () => this.current,
      with: (): unknown => connection,
    };
    return connection as unknown as Connection;
  }
}

describe("the cluster that a resource is in, and the one that answers", () => {
  let at: Endpoints;
  beforeEach(() => {
    at = new Endpoints();
  });

  it("are compared by one read for all operations of a process", async () => {
    await Promise.all(Array.from({ length: 20 }, () => at.assert(OURS)));
    await at.glance(OURS);
    assert.equal(at.reads, 1);
  });

  it("are different ones: that is an error, with who answers", async () => {
    await assert.rejects(at.assert(OTHERS, "pve1"), (error: Error) => {
      assert.ok(error instanceof OtherCluster);
      assert.match(error.message, /of node pve1 .*Answers: cluster Lab \(x\) at https:\/\/a:8006, with/);
      return true;
    });
    await assert.rejects(at.glance(OTHERS), OtherCluster);
  });

  it("are the same one where the config says that it was made anew", async () => {
    at.rebuilt = [`${OTHERS}=${OURS}`];
    assert.equal((await at.assert(OTHERS)).answers, OURS);
  });

  for (const [what, answer] of [
    [
      "nobody answers",
      () => {
        throw away();
      },
    ],
    ["the answer has no authority", () => []],
    ["the answer is none", () => undefined],
    [
      "the answer's authority is no certificate",
      () => [{ filename: "pve-root-ca.pem", pem: "-----BEGIN CERTIFICATE-----\nx" }],
    ],
    [
      "it is denied",
      () => {
        throw new ProxmoxError({ kind: "denied", message: "no" });
      },
    ],
  ] as const)
    it(`cannot be compared where ${what}: that is an error, unless nothing is known to compare with`, async () => {
      at.answer = answer;
      await assert.rejects(at.assert(OURS), (error: Error) => !(error instanceof OtherCluster));
      assert.equal((await at.assert(undefined)).answers, undefined);
      // Nothing is done or concluded there.
      await at.glance(OURS);
    });

  it("are asked for again after a read that failed", async () => {
    at.answer = () => {
      throw away();
    };
    await assert.rejects(at.assert(OURS), /nobody answers/);
    at.answer = () => at.rows(ours);
    assert.equal((await at.assert(OURS)).answers, OURS);
  });

  it("are compared again where another endpoint has taken over, also in the midst of a read", async () => {
    await at.assert(OURS);
    at.current = "https://b:8006";
    at.answer = () => at.rows(others);
    await assert.rejects(at.assert(OURS), OtherCluster);
    at.current = "https://a:8006";
    await at.assert(OURS);
    assert.equal(at.reads, 2);

    at = new Endpoints();
    at.answer = () => {
      at.current = "https://b:8006";
      return at.rows(others);
    };
    await assert.rejects(at.assert(OURS), OtherCluster);
    await assert.rejects(at.assert(OURS), OtherCluster);
    // The first answer may have been that of either.
    assert.equal(at.reads, 2);
    at.current = "https://a:8006";
    at.answer = () => at.rows(ours);
    await at.assert(OURS);
    assert.equal(at.reads, 3);
  });

  it("are compared where endpoints answer in turns, unless they are of several clusters", async () => {
    const turn = (): void => {
      at.current = at.current === "https://a:8006" ? "https://b:8006" : "https://a:8006";
    };
    at.answer = () => (turn(), at.rows(ours));
    assert.equal((await at.assert(OURS)).answers, OURS);
    at.answer = () => (turn(), at.rows(at.reads % 2 === 0 ? ours : others));
    await assert.rejects(at.assert(OURS), /endpoints of several answer in turns/);
  });

  it("are not asked for where nothing is known and nothing is done, nor where nobody answers a check", async () => {
    await at.glance(undefined);
    at.isAway = true;
    await at.glance(OTHERS);
    assert.equal(at.reads, 0);
  });

  it("are not asked for again by each resource that could do without, where it cannot be told", async () => {
    at.answer = () => {
      throw away();
    };
    for (let resource = 0; resource < 5; resource++) await at.assert(undefined);
    for (let resource = 0; resource < 5; resource++) await at.glance(OURS);
    assert.equal(at.reads, 1);
    // What would be done is no question of patience.
    await assert.rejects(at.assert(OURS), /nobody answers/);
  });

  it("wait no longer than the operation lasts", async () => {
    at.answer = () => new Promise(() => undefined);
    const ends = new AbortController();
    const home: Home = { expected: OURS };
    const asked = at.home.assert({ ...loneCall("web", ends.signal), home });
    ends.abort(new Error("its time is up"));
    await assert.rejects(asked, /its time is up/);
  });
});
