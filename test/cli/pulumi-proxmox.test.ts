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
    // All but that of the demo, which has no machines.
    assert.deepEqual(JSON.parse(out), ["doggos", "matrix", "nexus"]);
  });

  it("prints the commands that give a user what the resources of a preview need, path by path", async () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const state = (inputs: object) => ({ custom: true, inputs });
    const resource = (kind: string, name: string, inputs: object) => ({
      op: "create",
      urn: `urn:pulumi:matrix::lab::proxmox:index:Fleet$pulumi-nodejs:dynamic/proxmox:${kind}::${name}`,
      newState: state({ ...inputs, __urn: unknown }),
    });
    const steps = [
      { op: "create", urn: "urn:pulumi:matrix::lab::pulumi:pulumi:Stack::lab-matrix", newState: { custom: false } },
      resource("Pool", "team", { poolId: "team" }),
      resource("Dns", "names", { node: unknown, servers: ["10.0.0.1"] }),
      resource("TimeZone", "zone", { node: "pve1", timeZone: "Europe/Berlin" }),
      { ...resource("Group", "old", {}), op: "delete", newState: undefined, oldState: state({ groupId: "old" }) },
      resource("CephOsd", "osd", { node: "pve1" }),
    ];
    const { code, out } = await run(["privileges", "--user", "ci@pve"], JSON.stringify({ steps }));
    assert.equal(code, 0);
    assert.deepEqual(out.trimEnd().split("\n"), [
      'pveum role add Pulumi1 --privs "Sys.Audit Sys.Modify"',
      "pveum acl modify / --users ci@pve --roles Pulumi1 --propagate 0",
      "pveum acl modify /nodes --users ci@pve --roles Pulumi1",
      "pveum acl modify /nodes/pve1 --users ci@pve --roles Pulumi1",
      'pveum role add Pulumi2 --privs "Group.Allocate"',
      "pveum acl modify /access/groups --users ci@pve --roles Pulumi2",
      'pveum role add Pulumi3 --privs "Pool.Allocate"',
      "pveum acl modify /pool/team --users ci@pve --roles Pulumi3",
      "# CephOsd: only root@pam with its password, no role is enough",
    ]);
    const events = steps.map((metadata) => JSON.stringify({ resourcePreEvent: { metadata } })).join("\n");
    const json = await run(["privileges", "--json"], events);
    assert.deepEqual((JSON.parse(json.out) as { paths: object }).paths, {
      "/": ["Sys.Audit", "Sys.Modify"],
      "/access/groups": ["Group.Allocate"],
      "/nodes": ["Sys.Audit", "Sys.Modify"],
      "/nodes/pve1": ["Sys.Audit", "Sys.Modify"],
      "/pool/team": ["Pool.Allocate"],
    });
  });

  it("puts nothing into a command that a shell would take for more than a word", async () => {
    const evil = (inputs: object) =>
      JSON.stringify({
        steps: [{ op: "create", urn: "urn:pulumi:m::l::pulumi-nodejs:dynamic/proxmox:Pool::x", newState: { inputs } }],
      });
    for (const poolId of ["a;reboot", "$(reboot)", "a b", "`x`", "a\nb", "a'b", "*x"])
      assert.equal((await run(["privileges"], evil({ poolId }))).code, 2, poolId);
    assert.equal((await run(["privileges", "--user", "x@pve;reboot"], evil({ poolId: "a" }))).code, 2);
    assert.match((await run(["privileges"], "hello")).err, /this is no preview/);
    assert.match((await run(["privileges"], "")).err, /there was no preview/);
  });

  it("explains itself where it is not understood", async () => {
    assert.deepEqual(await run(["--help"]), { code: 0, out: usage, err: "" });
    for (const wrong of [[], ["explode"], ["constructor"]])
      assert.deepEqual(await run(wrong), { code: 2, out: "", err: usage });
    assert.equal((await run(["summary", "--nonsense"])).code, 2);
  });
});
