import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Lab, labWorld, sshConfig } from "../../support/lab";
import type { Properties } from "../../support/plugin";

const volumes = (lab: Lab) => lab.sim.world.nodes["pve1"]?.volumes["/var/lib/vz"] ?? {};
const snippets = (lab: Lab): string[] => Object.keys(volumes(lab)).filter((name) => name.startsWith("snippets/"));
const text = (lab: Lab, name: string): string => Buffer.from(volumes(lab)[name]?.content ?? "", "base64").toString();

describe("a snippet", function () {
  let lab: Lab;
  before(async () => {
    const world = labWorld();
    world.clusters["pve1"]!.storages["files"] = {
      ...{ type: "dir", path: "/mnt/files", content: "snippets", "content-dirs": "snippets=ci/snippets" },
    };
    lab = await Lab.start({ seed: world }, sshConfig);
  });
  after(() => lab.close());

  const args = (more: Properties = {}): Properties => ({ node: "pve1", content: "#cloud-config\n{}\n", ...more });
  const next = async (made: { id: string; properties: Properties; inputs: Properties }, given: Properties) => {
    const { inputs } = await lab.plugin.check("Snippet", made.inputs, lab.inputs("Snippet", "base", given));
    return { inputs, diff: await lab.plugin.diff("Snippet", made.id, made.properties, inputs) };
  };

  it("is named after its content, and another content is another file", async () => {
    const made = await lab.create("Snippet", "base", args());
    assert.match(made.id, /^local:snippets\/base-[0-9a-f]{12}\.yaml$/);
    assert.equal(made.properties["volumeId"], made.id);
    assert.deepEqual(snippets(lab), [made.id.replace("local:", "")]);
    const { properties } = await lab.plugin.read("Snippet", made.id, made.properties);
    assert.deepEqual(properties, made.properties);
    assert.equal((await next(made, args())).diff.changes, "none");
    assert.deepEqual((await next(made, args({ content: "#!/bin/sh\n" }))).diff.replaces, ["content"]);
    await lab.plugin.delete("Snippet", made.id, made.properties);
    assert.deepEqual(snippets(lab), []);
  });

  it("is only looked at by get, without its content", async () => {
    const made = await lab.create("Snippet", "base", args());
    const { id, properties } = await lab.plugin.read("Snippet", made.id, lab.inputs("Snippet", "seen", {}));
    const { volumeId, node, content } = properties;
    assert.deepEqual([id, volumeId, node, content], [made.id, made.id, "pve1", undefined]);
    await lab.plugin.delete("Snippet", made.id, made.properties);
    await assert.rejects(
      lab.plugin.read("Snippet", made.id, lab.inputs("Snippet", "seen", {})),
      /there is no local:snippets\//,
    );
  });

  it("of a name of its own is replaced in place, and drift is put right", async () => {
    const given = args({ fileName: "hook.sh", mode: "0755", content: "#!/bin/sh\nexit 0\n" });
    const made = await lab.create("Snippet", "base", given);
    assert.equal(volumes(lab)["snippets/hook.sh"]?.mode, 0o755);
    const changed = { ...given, content: "#!/bin/sh\nexit 1\n" };
    const { inputs, diff } = await next(made, changed);
    assert.deepEqual(diff.replaces, []);
    const { properties } = await lab.plugin.update("Snippet", made.id, made.properties, inputs);
    assert.equal(text(lab, "snippets/hook.sh"), "#!/bin/sh\nexit 1\n");

    volumes(lab)["snippets/hook.sh"]!.content = Buffer.from("theirs\n").toString("base64");
    const drifted = await lab.plugin.read("Snippet", made.id, properties);
    assert.match(String(drifted.properties["content"]), /^\(changed on the node: sha256 [0-9a-f]{64}\)$/);
    await lab.plugin.delete("Snippet", made.id, drifted.properties);
    assert.equal(text(lab, "snippets/hook.sh"), "theirs\n", "a file that is not ours was removed");
    const again = await lab.plugin.update("Snippet", made.id, drifted.properties, inputs);
    assert.equal(text(lab, "snippets/hook.sh"), "#!/bin/sh\nexit 1\n");
    await lab.plugin.delete("Snippet", made.id, again.properties);
    assert.deepEqual(snippets(lab), []);
  });

  it("refuses to take the place of somebody else's file", async () => {
    const made = await lab.create("Snippet", "one", args({ fileName: "shared.yaml" }));
    await assert.rejects(
      lab.create("Snippet", "two", args({ fileName: "shared.yaml", content: "#cloud-config\n{a: 1}\n" })),
      /is there with another content, and stays as it is/,
    );
    await lab.plugin.delete("Snippet", made.id, made.properties);
    await lab.plugin.delete("Snippet", made.id, made.properties);
  });

  it("goes where the storage's definition says", async () => {
    const made = await lab.create("Snippet", "base", args({ storage: "files", fileName: "x.yaml" }));
    assert.ok(lab.sim.sshRecords.some(({ what }) => /rename .* \/mnt\/files\/ci\/snippets\/x\.yaml$/.test(what)));
    await lab.plugin.delete("Snippet", made.id, made.properties);
  });

  it("is checked in preview", async () => {
    const problems = async (given: Properties) => (await lab.problems("Snippet", args(given))).join("\n");
    assert.match(await problems({ storage: "local-lvm" }), /storage local-lvm .* does not allow content snippets/);
    assert.match(await problems({ fileName: "a/b" }), /fileName: write letters/);
    assert.match(await problems({ mode: "rw" }), /mode: write octal/);
    assert.match(await problems({ node: "pve9" }), /there is no node "pve9"/);
  });

  it("keeps its content out of what is logged", () => {
    const said = JSON.stringify([lab.sim.sshRecords, lab.sim.requests]);
    assert.ok(!said.includes("exit 1"));
    assert.deepEqual(
      lab.sim.sshRecords.filter(({ unbuilt }) => unbuilt),
      [],
    );
  });
});

describe("a snippet whose content is a reference", function () {
  it("is named after a keyed hash, and a new value is a new file", async () => {
    const lab = await Lab.start({ seed: labWorld() }, (sim) => ({ ...sshConfig(sim), "secrets:HOOK": "exit 0" }));
    try {
      const given = { node: "pve1", content: { secretRef: "HOOK" }, __hashKey: "a key that the stack keeps" };
      const made = await lab.create("Snippet", "base", given);
      assert.equal(text(lab, made.id.replace("local:", "")), "exit 0");
      const plain = createHash("sha256").update("exit 0").digest("hex").slice(0, 12);
      assert.ok(!made.id.includes(plain), "the name tells the content");
      assert.equal((await lab.plugin.diff("Snippet", made.id, made.properties, made.inputs)).changes, "none");
      const rotated = { ...made.inputs, content: { secretRef: "HOOK", hash: "0123456789abcdef" } };
      assert.deepEqual((await lab.plugin.diff("Snippet", made.id, made.properties, rotated)).replaces, ["content"]);
      await lab.plugin.delete("Snippet", made.id, made.properties);
      assert.deepEqual(snippets(lab), []);
    } finally {
      await lab.close();
    }
  });
});

describe("a snippet without SSH", function () {
  it("says in preview what to set", async () => {
    const lab = await Lab.start();
    try {
      const problems = await lab.problems("Snippet", { node: "pve1", content: "x" });
      assert.match(problems.join(), /needs SSH to the nodes.*set proxmox:sshFingerprints/);
    } finally {
      await lab.close();
    }
  });
});
