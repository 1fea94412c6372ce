import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { startSimulator, type Simulator } from "../../simulator";
import { debianImage, debianTemplate, DescribedStack, vm } from "../support/described";
import { labWorld } from "../support/lab";
import { failed, ok } from "../support/results";
import { secretValue } from "../support/secret-values";

const password = secretValue("the first password");
const another = secretValue("the second password");

describe("secrets, with the real engine", function () {
  let sim: Simulator;
  let lab: DescribedStack;
  // The password gets to the program by its environment: as an argument it would stand in the config of this test.
  const program = (tags: string[] = []) => [
    debianImage,
    debianTemplate,
    vm("web", { cloudInit: { user: "admin", password: "$WEB_PASSWORD", addresses: [{ address: "dhcp" }] }, tags }),
  ];

  before(async () => {
    sim = await startSimulator({ seed: labWorld() });
  });
  after(async () => {
    await lab.stack.close();
    await sim.close();
  });

  /** Every file of the backend, current state and history. */
  function stateFiles(): string {
    const folder = path.join(lab.stack.folder, "state");
    const files = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return files.map((entry) => fs.readFileSync(path.join(entry.parentPath, entry.name), "utf8")).join("\n");
  }

  it("never stand in clear in the state, whatever is done, though the program passes them in clear", async () => {
    lab = await DescribedStack.create(sim, program(), {}, { WEB_PASSWORD: password });
    const printed: string[] = [];
    const run = async (what: Promise<{ stdout: string; stderr: string; code: number | null }>) => {
      const result = await what;
      assert.equal(result.code, 0, result.stdout + result.stderr);
      printed.push(result.stdout, result.stderr);
    };
    await run(lab.stack.preview("--diff"));
    await run(lab.stack.up());
    await run(lab.stack.refresh());
    lab.describe(program(["changed"]));
    await run(lab.stack.preview("--diff"));
    await run(lab.stack.up());
    await run(lab.stack.refresh());
    const state = stateFiles();
    for (const text of [state, printed.join("")])
      assert.deepEqual([text.includes(sim.token.secret), text.includes(password)], [false, false]);
    const web = (await lab.stack.export()).resources?.find(({ urn }) => urn.endsWith("Vm::web"));
    assert.ok(JSON.stringify(web).includes("ciphertext"));
    assert.match(Object.values(sim.world.clusters)[0]?.guests["2001"]?.config["cipassword"] ?? "", /^\$5\$|^sv-/);
  });

  it("show a changed password as a change, without its value", async () => {
    lab.stack.setEnvironment("WEB_PASSWORD", another);
    const preview = ok(await lab.stack.preview("--diff"));
    assert.equal(preview.changeSummary["update"], 1);
    assert.ok(!preview.stdout.includes(another));
    ok(await lab.stack.up());
    assert.equal(ok(await lab.stack.preview()).changeSummary["update"] ?? 0, 0);
  });

  it("that stand in clear in the config are warned of; a token that is refused fails the preview", async () => {
    lab.describe(program(["changed"]), {}, { "proxmox:tokenSecret": "00000000-0000-4000-8000-000000000000" });
    const text = failed(await lab.stack.preview());
    assert.match(
      text,
      /proxmox:tokenSecret stands in clear in the config and in the state; run: pulumi config set --secret/,
    );
    assert.match(text, /401 Authentication failed! Check .* the API token and its secret/);
  });
});
