import assert from "node:assert/strict";
import { healthOf, whyWorse, type Health } from "../../../providers/ceph/ceph-health";

/** An answer of `GET /nodes/{node}/ceph/status`, as far as it is read. */
const answer = (
  checks: Record<string, string>,
  pgs: Record<string, number>,
  { status = Object.keys(checks).length > 0 ? "HEALTH_WARN" : "HEALTH_OK", up = 12, quorum = 3, total = 0 } = {},
) => ({
  health: {
    status,
    checks: Object.fromEntries(Object.entries(checks).map(([name, message]) => [name, { summary: { message } }])),
  },
  monmap: { mons: ["a", "b", "c"].map((name) => ({ name })) },
  quorum_names: ["a", "b", "c"].slice(0, quorum),
  osdmap: { num_up_osds: up, num_in_osds: 12 },
  pgmap: {
    num_pgs: total || Object.values(pgs).reduce((sum, count) => sum + count, 0),
    pgs_by_state: Object.entries(pgs).map(([state_name, count]) => ({ state_name, count })),
  },
});
const seen = (...given: Parameters<typeof answer>): Health => healthOf(answer(...given));

describe("the health that steps on Ceph wait for", () => {
  const clean = { "active+clean": 129 };
  const well = seen({}, clean);
  const why = (now: Health, before = well) => whyWorse(now, { before, clean: true });

  it("is as before: scrubs, clocks and crashes say nothing of a step", () => {
    assert.equal(why(seen({}, { "active+clean": 120, "active+clean+scrubbing+deep": 9 })), undefined);
    assert.equal(why(seen({ MON_CLOCK_SKEW: "clock skew detected on mon.b" }, clean)), undefined);
  });

  it("is worse with checks that were not there, PGs that are not whole, OSDs that are down and no quorum", () => {
    assert.equal(why(seen({ OSD_DOWN: "1 osds down" }, clean)), "OSD_DOWN: 1 osds down");
    assert.equal(why(seen({}, { "active+clean": 100, "creating+peering": 29 })), "29 PGs creating+peering");
    assert.equal(why(seen({}, clean, { total: 193 })), "the PGs are not counted yet");
    assert.equal(why(seen({}, clean, { up: 11 })), "11 OSDs are up and 12 in, of 12 and 12 before");
    assert.equal(why(seen({}, clean, { quorum: 1 })), "1 of 3 monitors are in the quorum");
    assert.equal(
      why(seen({ OSD_DOWN: "1 osds down" }, clean, { status: "HEALTH_ERR" }), seen({ OSD_DOWN: "1 osds down" }, clean)),
      "HEALTH_ERR, and HEALTH_WARN before",
    );
  });

  it("stops nobody with what was wrong before", () => {
    const before = seen({ PG_DEGRADED: "8 pgs degraded" }, { "active+clean": 121, "active+undersized+degraded": 8 });
    assert.equal(why(before, before), undefined);
    const more = seen({ PG_DEGRADED: "9 pgs degraded" }, { "active+clean": 120, "active+undersized+degraded": 9 });
    assert.equal(why(more, before), "9 PGs active+undersized+degraded");
  });

  it("is not read from an answer that tells nothing of it", () => {
    assert.throws(() => healthOf({}), /not whole; nothing was changed/);
    assert.equal(whyWorse(seen({}, {}, { total: 1 }), { before: well }), undefined, "PGs are only asked for by name");
  });
});
