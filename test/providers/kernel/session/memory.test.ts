import assert from "node:assert/strict";
import { Memory } from "../../../../providers/kernel/session/memory";

describe("what a process remembers for its areas", () => {
  const names = () => new Set<string>();

  it("is made once, when first asked for, and is the same for everybody who asks", () => {
    const memory = new Memory();
    let made = 0;
    const make = () => ({ made: ++made });
    assert.equal(memory.of("counting", make), memory.of("counting", make));
    assert.equal(made, 1);
  });

  it("is another one in another session", () => {
    assert.notEqual(new Memory().of("names", names), new Memory().of("names", names));
  });

  it("is refused when two areas mean different things by one key", () => {
    const memory = new Memory();
    memory.of("names", names);
    assert.throws(
      () => memory.of("names", () => new Set<number>()),
      /two things are remembered as "names"; give one another key, and write its make outside of the call/,
    );
  });
});
