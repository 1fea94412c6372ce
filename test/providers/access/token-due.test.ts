import assert from "node:assert/strict";
import { outdated } from "../../../providers/access/token-due";

describe("a token that an order to rotate finds", () => {
  const token = (madeAt: string) => ({ fullTokenId: "ci@pve!ci", value: "value", madeAt, reference: undefined });

  it("rotates when it was made before that moment, in the very second that a fraction of it cuts in two too", () => {
    const order = "2024-02-03T04:05:06.5Z";
    assert.match(outdated(token("2024-02-03T04:05:06Z"), undefined, order) ?? "", /before 2024-02-03T04:05:06\.5Z/);
    assert.equal(outdated(token("2024-02-03T04:05:07Z"), undefined, order), undefined);
    assert.equal(outdated(token("2024-02-03T04:05:06Z"), undefined, "2024-02-03T04:05:06.0Z"), undefined);
  });
});
