import assert from "node:assert/strict";
import { stackIdentityProvider } from "../../../../providers/kernel/identity/stack-identity.provider";

describe("getting ready for what a program describes", () => {
  it("is a hint: where it fails, that is told, the check goes on, and nothing is left unhandled", async () => {
    const others = process.listeners("unhandledRejection");
    const unhandled: unknown[] = [];
    process.removeAllListeners("unhandledRejection");
    process.on("unhandledRejection", (reason) => unhandled.push(reason));
    try {
      let asked = 0;
      const said: string[] = [];
      const getReady = async () => {
        asked++;
        throw new Error("a file of the library is missing");
      };
      const provider = stackIdentityProvider(getReady, (message) => said.push(message));
      const { inputs } = await provider.check({}, { __kinds: ["Pool"] });
      // What is unhandled is told when the turn is over.
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual([inputs, asked, unhandled], [{}, 1, []]);
      assert.deepEqual(said, ["not got ready ahead: a file of the library is missing"]);
    } finally {
      process.removeAllListeners("unhandledRejection");
      for (const listener of others) process.on("unhandledRejection", listener);
    }
  });
});
