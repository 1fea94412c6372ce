import assert from "node:assert/strict";
import { osdsIn, placesOf, ruleNamesIn, rulesIn } from "../../../providers/ceph/pools/crush-placement";

describe("where Ceph places copies", () => {
  const text = [
    "# begin crush map",
    "rule replicated_rule {\n\tid 0\n\ttype replicated\n\tstep take default\n\tstep chooseleaf firstn 0 type host\n\tstep emit\n}",
    "rule ssd {\n\tid 1\n\ttype replicated\n\tstep take default class ssd\n\tstep choose firstn 0 type osd\n\tstep emit\n}",
    "rule pieces {\n\tid 2\n\ttype erasure\n\tstep set_chooseleaf_tries 5\n\tstep set_choose_tries 100\n\tstep take default\n\tstep chooseleaf indep 0 type rack\n\tstep emit\n}",
    "rule two {\n\tid 3\n\ttype replicated\n\tstep take default\n\tstep choose firstn 2 type rack\n\tstep chooseleaf firstn 2 type host\n\tstep emit\n}",
  ].join("\n");
  const osd = (id: number, device_class: string, more: object = {}) => ({
    ...{ id: String(id), name: `osd.${id}`, type: "osd", device_class, status: "up", in: 1 },
    ...more,
  });
  const host = (name: string, ...children: object[]) => ({ type: "host", name, children });
  const answer = {
    root: {
      children: [
        {
          ...{ type: "root", name: "default" },
          children: [
            {
              type: "rack",
              name: "r1",
              children: [host("a", osd(0, "nvme"), osd(1, "ssd")), host("b", osd(2, "nvme"))],
            },
            host("c", osd(3, "ssd", { status: "down" }), osd(4, "ssd", { in: 0 })),
          ],
        },
      ],
    },
  };
  const places = (name: string) => {
    const rule = rulesIn(text).find((each) => each.name === name);
    return rule && placesOf(rule, osdsIn(answer));
  };

  it("is read from the map's text; a rule of several choices is named, and not judged", () => {
    assert.deepEqual(rulesIn(text), [
      { name: "replicated_rule", root: "default", deviceClass: undefined, failureDomain: "host" },
      { name: "ssd", root: "default", deviceClass: "ssd", failureDomain: "osd" },
      { name: "pieces", root: "default", deviceClass: undefined, failureDomain: "rack" },
    ]);
    assert.deepEqual(ruleNamesIn(text), ["replicated_rule", "ssd", "pieces", "two"]);
  });

  it("is on OSDs that are up and in, of the class and below the root of the rule", () => {
    assert.deepEqual(places("replicated_rule"), { osds: 3, places: ["a", "b"] });
    assert.deepEqual(places("ssd"), { osds: 1, places: ["1"] });
    assert.deepEqual(places("pieces"), { osds: 3, places: ["r1"] });
    assert.throws(() => osdsIn({ data: null }), /not whole; nothing was changed/);
  });
});
