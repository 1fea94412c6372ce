import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";

interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

describe("a template on each of several nodes", () => {
  const registered: Registered[] = [];
  let vmids: Record<string, unknown>;

  before(async () => {
    await pulumi.runtime.setMocks(
      {
        newResource: ({ type, name, inputs, id }) => {
          registered.push({ type, name, inputs: inputs as Record<string, unknown> });
          const outputs = type.endsWith(":CloudImage")
            ? { volumeId: `local:import/${name}.qcow2` }
            : { vmid: 2000 + registered.length };
          return { id: id || name, state: { ...(inputs as object), ...outputs } };
        },
        call: () => ({}),
      },
      "project",
      "stack",
      false,
    );
    // The classes are loaded after the mocks, as Pulumi asks for.
    const { NodeTemplates } =
      require("../../components/node-templates") as typeof import("../../components/node-templates");
    const { templates } = new NodeTemplates("debian", {
      nodes: ["pve1", "pve2"],
      image: { url: "https://x.example.com/debian.qcow2", checksum: "a".repeat(64), storage: "local" },
      template: { disk: { storage: "local-lvm" }, cores: 2, cloudInit: { user: "admin", password: "in clear" } },
    });
    const known = Object.entries(templates).map(([node, { vmid }]) => vmid.apply((id) => [node, id] as const));
    vmids = Object.fromEntries(
      await new Promise<(readonly [string, number])[]>((resolve) => void pulumi.all(known).apply(resolve)),
    );
  });

  const of = (kind: string) =>
    registered.filter(({ type }) => type.endsWith(`:${kind}`)).sort((a, b) => (a.name < b.name ? -1 : 1));

  it("registers exactly one image and one template for each node, as children named after the node", () => {
    assert.deepEqual(
      of("CloudImage").map(({ name }) => name),
      ["debian-pve1", "debian-pve2"],
    );
    assert.deepEqual(
      of("Template").map(({ name }) => name),
      ["debian-pve1", "debian-pve2"],
    );
    for (const { inputs } of of("Template"))
      assert.match(
        String(inputs["__urn"]),
        /::proxmox:index:NodeTemplates\$pulumi-nodejs:dynamic\/proxmox:Template::debian-pve[12]$/,
      );
  });

  it("gives each template the image of its own node, and the shared hardware", () => {
    assert.deepEqual(
      of("Template").map(({ inputs }) => [inputs["node"], inputs["imageVolumeId"], inputs["cores"]]),
      [
        ["pve1", "local:import/debian-pve1.qcow2", 2],
        ["pve2", "local:import/debian-pve2.qcow2", 2],
      ],
    );
  });

  it("is of templates that are looked up by VMID or name alike, and by the old form of both", async () => {
    const { Template } = require("../../providers/vm/template") as typeof import("../../providers/vm/template");
    const ids = [9000, "debian", { vmid: 9000 }, { name: "debian" }].map(
      (wanted, i) => Template.get(`looked-up-${i}`, wanted as number).id,
    );
    const found = await new Promise<string[]>((resolve) => void pulumi.all(ids).apply(resolve));
    assert.deepEqual(found, ["9000", "name:debian", "9000", "name:debian"]);
  });

  it("offers the templates by node", () => {
    assert.deepEqual(Object.keys(vmids).sort(), ["pve1", "pve2"]);
    for (const vmid of Object.values(vmids)) assert.equal(typeof vmid, "number");
  });

  it("seals a password that the program passes in clear", () => {
    const [template] = of("Template");
    // How Pulumi writes a secret on its way to the engine.
    assert.match(JSON.stringify(template?.inputs["cloudInit"]), /4dabf18193072939515e22adb298388d/);
  });
});
