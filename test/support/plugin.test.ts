import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { projectRoot } from "../../cli/project";
import { CallFailure, type Plugin, startPlugin } from "./plugin";

const text = (): string => 'exports.handler=()=>require("module").createRequire(process.cwd()+"/_")("./provider")()';

describe("the harness for the plugin", function () {
  let plugin: Plugin;
  let world: string;

  before(async () => {
    world = fs.mkdtempSync(path.join(os.tmpdir(), "tiny-world-"));
    plugin = await startPlugin({
      project: path.join(projectRoot, "test", "fixtures", "tiny"),
      text,
      env: { TINY_WORLD: world },
    });
    await plugin.configure({ "tiny:size": 1 });
  });

  after(async () => {
    await plugin.close();
    fs.rmSync(world, { recursive: true });
  });

  it("makes every call of the engine", async () => {
    const { inputs, failures } = await plugin.check("Box", {}, { size: 3, pause: 0 });
    assert.deepEqual([inputs["size"], failures], [3, []]);
    const created = await plugin.create("Box", inputs);
    assert.deepEqual(created, { id: "outer", properties: { size: 3, pause: 0, __provider: text() } });
    assert.equal((await plugin.diff("Box", "outer", created.properties, inputs)).changes, "none");
    assert.equal((await plugin.diff("Box", "outer", created.properties, { ...inputs, size: 4 })).changes, "some");
    await plugin.update("Box", "outer", created.properties, { ...inputs, size: 4 });
    const read = await plugin.read("Box", "outer", created.properties);
    assert.deepEqual([read.id, read.inputs?.["size"]], ["outer", 4]);
    await plugin.delete("Box", "outer", created.properties);
    assert.equal((await plugin.read("Box", "outer", created.properties)).id, "");
    assert.match(plugin.output, /boxed outer/);
  });

  it("shows refusals and partial failures as the engine gets them", async () => {
    const refused = await plugin.check("Box", {}, { size: -1 });
    assert.deepEqual(refused.failures, [{ property: "size", reason: "must not be negative" }]);
    await assert.rejects(plugin.create("Box", { size: 13, pause: 0 }), (error: unknown) => {
      assert.ok(error instanceof CallFailure);
      assert.deepEqual([error.partial?.id, error.partial?.reasons], ["outer", ["unlucky"]]);
      assert.equal(error.partial?.properties["size"], 13);
      return true;
    });
  });

  it("gives up a call that is not answered", async () => {
    plugin.callDeadline = 300;
    await assert.rejects(plugin.create("Box", { size: 1, pause: 5_000 }), { code: 4 });
  });
});
