import assert from "node:assert/strict";
import { goldenTemplateModel, isContentOf } from "../../../providers/golden/golden-template.model";
import { readContent, withContent } from "../../../providers/golden/content-line";

type Inputs = Record<string, unknown>;

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const urn = "urn:pulumi:test::lab::pulumi-nodejs:dynamic/proxmox:GoldenTemplate::base";
const key = "a key that the stack keeps";

/** What releases before the key have written for these arguments: the hash in clear of a text that is easily guessed. */
const oldLine = "<!-- pulumi-proxmox-cluster content=c7fd14c6a3e790fb6cd3a3cb -->";
const old = "c7fd14c6a3e790fb6cd3a3cb";
/** The same where the variable is a reference to a secret. */
const oldWithVariable = "117ce310281caf8cda181820";
const oldByReference = "0859f3f3fa6e05eea7c305ce";

const args = (more: Inputs = {}): Inputs => ({
  name: "base",
  node: "pve1",
  imageVolumeId: "local:import/debian-12-genericcloud-amd64.qcow2",
  disk: { storage: "local-lvm", sizeGiB: 4 },
  cores: 2,
  memoryMiB: 1024,
  networks: [{ bridge: "vmbr0" }],
  provision: [
    { file: { path: "/etc/app.key", content: "hunter2" } },
    { run: "deploy", environment: { TOKEN: "x" }, timeout: "1m" },
  ],
  cloudInit: { password: "pw", user: "admin" },
  description: "x",
  keep: 2,
  __stack: "a",
  ...more,
});
const checked = (given: Inputs, was?: Inputs, known: string | undefined = key): Inputs => {
  const { defaults, derive } = goldenTemplateModel;
  assert.ok(defaults && derive);
  return derive(defaults(given, urn), was, known);
};

describe("the content of a golden image", () => {
  it("is a keyed hash: without the stack's key nobody can try out what is in it", () => {
    const { content } = checked(args());
    assert.match(String(content), /^[0-9a-f]{32}$/);
    assert.equal(checked(args()).content, content);
    assert.notEqual(checked(args(), undefined, "another key").content, content);
    assert.notEqual(checked(args({ cores: 4 })).content, content);
    assert.equal(checked(args({ keep: 3, description: "y", __stack: "b" })).content, content);
  });

  it("is that of an old template as long as nothing else is wanted", () => {
    assert.equal(readContent(oldLine).content, old);
    const was = { ...args(), content: old };
    assert.equal(checked(args(), was).content, old);
    assert.equal(checked(args({ description: "y" }), was).content, old);
    assert.match(String(checked(args({ cores: 4 }), was).content), /^[0-9a-f]{32}$/);
    // After a refresh that saw another value, and one that did not find the version.
    assert.equal(checked(args(), { ...was, cores: 8 }).content, old);
    assert.match(String(checked(args(), { ...was, content: "" }).content), /^[0-9a-f]{32}$/);
  });

  it("is keyed where another value of a variable builds a version anyway", () => {
    const provision = (value: unknown) => [
      { file: { path: "/etc/app.key", content: "hunter2" } },
      { run: "deploy", environment: { TOKEN: value } },
    ];
    const was = { ...args({ provision: provision("x") }), content: old };
    assert.equal(checked(args({ provision: provision("x") }), was).content, old);
    assert.match(String(checked(args({ provision: provision("y") }), was).content), /^[0-9a-f]{32}$/);
    const reference = (hash: string) => provision({ secretRef: "TOKEN", hash });
    const rotated = { ...args({ provision: reference("1") }), content: oldWithVariable };
    assert.equal(checked(args({ provision: reference("1") }), rotated).content, oldWithVariable);
    assert.match(String(checked(args({ provision: reference("2") }), rotated).content), /^[0-9a-f]{32}$/);
  });

  it("stays in a preview that does not know the key, and is unknown where it is sure to change", () => {
    const { content } = checked(args());
    for (const was of [
      { ...args(), agent: true, content },
      { ...args(), agent: true, content: old },
    ]) {
      const preview = goldenTemplateModel.derive?.({ ...args(), agent: true }, was, undefined);
      assert.equal(preview?.["content"], was.content);
      const changed = goldenTemplateModel.derive?.({ ...args({ cores: 4 }), agent: true }, was, undefined);
      assert.equal(changed?.["content"], unknown);
    }
    assert.equal(goldenTemplateModel.derive?.(args(), undefined, undefined)["content"], unknown);
    assert.equal(checked(args({ imageVolumeId: unknown })).content, unknown);
  });

  it("tells of references by their names, in lines of both kinds", () => {
    const provision = (hash?: string) => [{ file: { path: "/etc/app.key", content: { secretRef: "KEY", hash } } }];
    const inputs = checked(args({ provision: provision("1") }));
    assert.equal(checked(args({ provision: provision("2") })).content, inputs.content);
    assert.ok(isContentOf(oldByReference, inputs));
    assert.ok(isContentOf(String(inputs.content), inputs));
    assert.ok(!isContentOf(old, inputs));
    assert.ok(!isContentOf(undefined, inputs));
  });

  it("stands in the notes, by old and new releases", () => {
    const keyed = String(checked(args()).content);
    for (const content of [old, keyed])
      for (const provisioning of [true, false]) {
        const text = withContent("for all", content, provisioning);
        assert.deepEqual(readContent(text), { description: "for all", content, provisioning });
      }
  });
});
