import assert from "node:assert/strict";
import { connect, type Connection } from "../../pve";
import { deadline } from "../../providers/kernel/call/call";
import { startFakeApi, type FakeApi } from "./fake-api";
import { server as certificate } from "./certificates";

const HOUR_MS = 3_600_000;
const defaults = { create: "5m", read: "1m", update: "5m", delete: "5m" };
const upid = "UPID:pve1:0000A1B2:00C3D4E5:69A1B2C3:qmclone:100:root@pam:";

/** The machine's time of day is set anew, by NTP or by hand; how much time has passed stays as it is. */
describe("a step of the wall clock", () => {
  const real = Date.now;
  const step = (ms: number) => (Date.now = () => real() + ms);
  let fake: FakeApi;
  let connection: Connection;
  beforeEach(async () => {
    fake = await startFakeApi();
    connection = connect({
      endpoints: [fake.endpoint],
      tls: { fingerprints: [certificate.fingerprint] },
      credentials: { tokenId: "root@pam!test", secret: "a-secret-of-a-token" },
    });
  });
  afterEach(async () => {
    Date.now = real;
    connection.close();
    await fake.close();
  });

  for (const ms of [HOUR_MS, -HOUR_MS])
    it(`of ${ms / HOUR_MS} h does not end a task that is running, nor an operation's time`, async () => {
      let looks = 0;
      fake.on("GET", /\/tasks\/[^/]+\/status$/, () => {
        looks++;
        if (looks === 1) step(ms);
        return { data: looks < 3 ? { status: "running" } : { status: "stopped", exitstatus: "OK" } };
      });
      const own = connection.with({ timeoutMs: 5 * 60_000 });
      assert.equal((await own.tasks.wait(upid, { timeoutMs: 5 * 60_000 })).exitStatus, "OK");
      assert.equal(looks, 3);
    });

  it("leaves what is left of an operation's time as it is", () => {
    const limit = deadline("create", undefined, defaults);
    try {
      for (const ms of [HOUR_MS, -HOUR_MS]) {
        step(ms);
        const left = limit.remainingMs();
        assert.ok(left > 0 && left <= 5 * 60_000, `${left} ms are left`);
      }
    } finally {
      limit.end();
    }
  });

  it("has no part in a time limit that is longer than a timer can be", async () => {
    const limit = deadline("create", { create: "1000h" }, defaults);
    try {
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal(limit.signal.aborted, false);
    } finally {
      limit.end();
    }
  });
});
