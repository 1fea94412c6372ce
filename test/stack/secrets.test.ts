import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { startSimulator, type Simulator } from "../../simulator";
import { debianImage, debianTemplate, DescribedStack, vm } from "../support/described";
import { labWorld } from "../support/lab";
import { ok } from "../support/results";

const password = "correct-horse-battery-7531";

describe("secrets, with the real engine", function () {
  this.timeout(180_000);
  let sim: Simulator;
  let lab: DescribedStack;
  const program = (value: string, tags: string[] = []) => [
    debianImage,
    debianTemplate,
    vm("web", { cloudInit: { user: "admin", password: value, addresses: [{ address: "dhcp" }] }, tags }),
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
    const clear = { "proxmox:tokenSecret": "", "proxmox:tokenId": "" };
    lab = await DescribedStack.create(sim, program(password), clear, {
      PROXMOX_TOKEN_ID: sim.token.id,
      PROXMOX_TOKEN_SECRET: sim.token.secret,
    });
    const printed: string[] = [];
    const run = async (what: Promise<{ stdout: string; stderr: string; code: number | null }>) => {
      const result = await what;
      assert.equal(result.code, 0, result.stdout + result.stderr);
      printed.push(result.stdout, result.stderr);
    };
    await run(lab.stack.preview("--diff"));
    await run(lab.stack.up());
    await run(lab.stack.refresh());
    lab.describe(program(password, ["changed"]));
    await run(lab.stack.preview("--diff"));
    await run(lab.stack.up());
    await run(lab.stack.refresh());
    const state = stateFiles();
    // The program's own config holds the arguments in this test; Pulumi stores a copy of it with the history.
    const outsideConfig = state
      .split("\n")
      .filter((line) => !line.includes("described:resources"))
      .join("\n");
    const resources = JSON.stringify(
      (await lab.stack.export()).resources?.filter(({ urn }) => !urn.includes("pulumi:providers")),
    );
    assert.ok(!resources.includes(password), "the password stands in clear in a resource");
    assert.ok(!outsideConfig.includes(sim.token.secret) && !printed.join("").includes(sim.token.secret));
    assert.ok(!printed.join("").includes(password));
    const web = (await lab.stack.export()).resources?.find(({ urn }) => urn.endsWith("Vm::web"));
    assert.ok(JSON.stringify(web).includes("ciphertext"));
    assert.match(
      Object.values(sim.world.clusters)[0]?.guests["2001"]?.config["cipassword"] ?? "",
      /\$5\$|correct-horse/,
    );
  });

  it("show a changed password as a change, without its value", async () => {
    lab.describe(program("another-one-8642", ["changed"]));
    const preview = ok(await lab.stack.preview("--diff"));
    assert.equal(preview.changeSummary["update"], 1);
    assert.ok(!preview.stdout.includes("another-one-8642"));
    ok(await lab.stack.up());
    assert.equal(ok(await lab.stack.preview()).changeSummary["update"] ?? 0, 0);
  });

  it("that stand in clear in the config are warned of", async () => {
    lab.describe(program("another-one-8642", ["changed"]), {
      "proxmox:tokenId": sim.token.id,
      "proxmox:tokenSecret": sim.token.secret,
    });
    assert.match(
      ok(await lab.stack.preview()).stdout,
      /proxmox:tokenSecret stands in clear in the config and in the state; run: pulumi config set --secret/,
    );
  });
});
