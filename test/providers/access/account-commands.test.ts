import assert from "node:assert/strict";
import { AccountCommands } from "../../../providers/access/linux/account-commands";
import type { Call } from "../../../providers/kernel/call/call";

describe("what is looked at of accounts", () => {
  const missing = (program: string) => ({
    code: 127,
    stdout: "",
    stderr: `env: '${program}': No such file or directory\n`,
  });
  const commands = (program: string): AccountCommands =>
    new AccountCommands(
      {
        name: "VM 100",
        exec: async () => missing(program),
        readFile: async () => undefined,
        writeFile: async () => undefined,
        removeFile: async () => false,
      },
      {} as Call,
    );

  it("is not gone because the program that looks is not there", async () => {
    await assert.rejects(commands("stat").at("/home/bob"), /127/);
    await assert.rejects(commands("runuser").readAs("bob", "/home/bob/.ssh/authorized_keys"), /127/);
  });
});
