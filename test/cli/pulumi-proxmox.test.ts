import assert from "node:assert/strict";
import { runCommand, usage } from "../../cli/pulumi-proxmox";

async function run(args: readonly string[], input = "") {
  const printed = { out: "", err: "" };
  const code = await runCommand(args, {
    input: () => Promise.resolve(input),
    output: (text) => void (printed.out += text),
    error: (text) => void (printed.err += text),
  });
  return { code, ...printed };
}

const urn = "urn:pulumi:matrix::lab::pulumi-nodejs:dynamic/proxmox:Vm::web";
const events = (op: string) =>
  [{ resOutputsEvent: { metadata: { op, urn, old: { custom: true } } } }, { summaryEvent: { result: "succeeded" } }]
    .map((event) => JSON.stringify(event))
    .join("\n");

describe("pulumi-proxmox, the command", () => {
  it("prints the summary of a preview, and on wish ends with 3 when there are changes", async () => {
    const changed = await run(["summary", "--stack", "matrix", "--exit-code"], events("delete"));
    assert.equal(changed.code, 3);
    assert.match(changed.out, /## Preview of `matrix`/);
    assert.equal((await run(["summary"], events("delete"))).code, 0);
    assert.equal((await run(["summary", "--exit-code"], events("same"))).code, 0);
  });

  it("takes no silence for a preview without changes", async () => {
    const { code, err } = await run(["summary", "--exit-code"], "");
    assert.equal(code, 2);
    assert.match(err, /there was no preview/);
  });

  it("prints the stacks of this folder that changed files concern", async () => {
    const { code, out } = await run(["changed-stacks"], "package.json\n");
    assert.equal(code, 0);
    assert.ok((JSON.parse(out) as string[]).includes("matrix"));
  });

  it("explains itself where it is not understood", async () => {
    assert.deepEqual(await run(["--help"]), { code: 0, out: usage, err: "" });
    for (const wrong of [[], ["explode"], ["constructor"]])
      assert.deepEqual(await run(wrong), { code: 2, out: "", err: usage });
    assert.equal((await run(["summary", "--nonsense"])).code, 2);
  });
});
