import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { debianImage, debianTemplate, DescribedStack, vm, type Described } from "../support/described";
import { guestsOf, image, labWorld } from "../support/lab";
import { counts, failed, ok } from "../support/results";

describe("Pulumi's own options and components, with the real engine", function () {
  let sim: Simulator;
  let lab: DescribedStack;
  beforeEach(async () => {
    sim = await startSimulator({ seed: labWorld() });
  });
  afterEach(async () => {
    await lab.stack.close();
    await sim.close();
  });
  const guests = () => guestsOf(sim);

  it("children of a component know their own URN, without a deadlock", async () => {
    const component: Described = {
      kind: "NodeTemplates",
      name: "debian",
      args: {
        nodes: ["pve1"],
        image: { url: image.url, checksum: image.checksum, storage: "local" },
        template: { disk: { storage: "local-lvm" }, cloudInit: { user: "admin" } },
      },
    };
    lab = await DescribedStack.create(sim, [component]);
    ok(await lab.stack.up());
    const resources = (await lab.stack.export()).resources ?? [];
    const children = resources.filter(({ urn }) => urn.includes("NodeTemplates$"));
    assert.equal(children.length, 2);
    for (const { urn, inputs } of children) assert.equal(inputs?.["__urn"], urn);
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 5 });
  });

  it("ignoreChanges and protect do what Pulumi says", async () => {
    lab = await DescribedStack.create(sim, [debianImage, debianTemplate, vm("web")]);
    ok(await lab.stack.up());
    const options = { ignoreChanges: ["tags"], protect: true };
    lab.describe([debianImage, debianTemplate, { ...vm("web", { tags: ["other"] }), options }]);
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 5 });
    assert.equal(guests()["2001"]?.config["tags"], "test");
    assert.match(failed(await lab.stack.destroy()), /protected/);
    assert.ok(guests()["2001"]);
  });

  it("destroy works with the credentials of the environment though the config has changed since", async () => {
    lab = await DescribedStack.create(
      sim,
      [debianImage],
      { "proxmox:tokenSecret": "", "proxmox:tokenId": "" },
      {
        PROXMOX_TOKEN_ID: sim.token.id,
        PROXMOX_TOKEN_SECRET: sim.token.secret,
      },
    );
    ok(await lab.stack.up());
    lab.describe([debianImage], { "proxmox:endpoints": ["https://127.0.0.1:1"] });
    ok(await lab.stack.destroy());
    assert.ok(sim.requests.some(({ method, path }) => method === "DELETE" && path.includes("/content/")));
  });

  it("a template is not deleted alone while VMs of the program depend on it", async () => {
    const files: Described = {
      ...debianTemplate,
      args: { ...debianTemplate.args, disk: { storage: "files", format: "qcow2" } },
    };
    for (const cluster of Object.values(sim.world.clusters))
      cluster.storages["files"] = { type: "dir", path: "/srv/files", content: "images" };
    lab = await DescribedStack.create(sim, [debianImage, files, vm("web")]);
    ok(await lab.stack.up());
    const urn =
      (await lab.stack.export()).resources?.find((resource) => resource.urn.endsWith("Template::debian-12"))?.urn ?? "";
    assert.match(failed(await lab.stack.destroy("--target", urn)), /depend|still in use/);
    assert.ok(guests()["2000"]);
    ok(await lab.stack.destroy());
    assert.deepEqual(guests(), {});
  });
});
