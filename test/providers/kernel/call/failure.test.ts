import assert from "node:assert/strict";
import { messageOf, plainFailure, RecordedFailure, recorded } from "../../../../providers/kernel/call/failure";

describe("failures on their way to the engine", () => {
  it("keep what the engine needs: a string id, clean properties with the provider, a reason", () => {
    const failure = recorded(new Error("disk full"), 101 as never, { vmid: 101, ip: undefined }, "text");
    assert.ok(failure instanceof RecordedFailure);
    assert.equal(failure.id, "101");
    assert.deepEqual(failure.properties, { vmid: 101, __provider: "text" });
    assert.ok(!("ip" in failure.properties));
    assert.deepEqual(failure.reasons, ["disk full"]);
  });
  it("are errors with a text, whatever was thrown", () => {
    for (const thrown of [undefined, null, "", {}, new Error("")]) assert.equal(messageOf(thrown), "unknown failure");
    assert.equal(plainFailure("just text").message, "just text");
  });
  it("carry no numeric code, which would become a gRPC status", () => {
    const error = Object.assign(new Error("not found"), { code: 404 });
    assert.ok(!("code" in plainFailure(error)));
  });
  it("show a stack for our own mistakes only", () => {
    assert.equal(plainFailure(new Error("refused")).stack, "");
    assert.match(plainFailure(new TypeError("x is not a function")).stack ?? "", /failure\.test/);
  });
  it("pass a recorded failure on as it is", () => {
    const failure = recorded(new Error("x"), "1", {}, "text");
    assert.equal(plainFailure(failure), failure);
  });
});
