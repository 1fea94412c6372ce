import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { startSimulator, type Simulator } from "../../simulator";
import { debianImage, debianTemplate, DescribedStack, vm } from "../support/described";
import { InfisicalStub } from "../support/infisical";
import { labWorld } from "../support/lab";
import { counts, failed, ok } from "../support/results";
import { secretValue } from "../support/secret-values";

const first = secretValue("the password in Infisical");
const rotated = secretValue("the rotated password");
const project = "b7c9-project";

describe("references to secrets, with the real engine", function () {
  let sim: Simulator;
  let infisical: InfisicalStub;
  let lab: DescribedStack;
  const program = [
    debianImage,
    debianTemplate,
    vm("web", {
      cloudInit: { user: "admin", password: { secretRef: "WEB_PASSWORD" }, addresses: [{ address: "dhcp" }] },
      agentTimeout: "0s",
    }),
  ];
  const folder = (): Record<string, unknown> => infisical.projects[project]?.["prod"]?.["/pve"] ?? {};
  const password = (): string => Object.values(sim.world.clusters)[0]?.guests["2001"]?.config["cipassword"] ?? "";

  before(async () => {
    sim = await startSimulator({ seed: labWorld() });
    infisical = await InfisicalStub.start({
      projects: { [project]: { prod: { "/pve": { WEB_PASSWORD: first, PVE_TOKEN: sim.token.secret } } } },
    });
    const config = {
      "proxmox:tokenSecret": "secret:PVE_TOKEN",
      "proxmox:infisicalUrl": infisical.url,
      "proxmox:infisicalProjectId": project,
      "proxmox:infisicalEnvironment": "prod",
      "proxmox:infisicalPath": "/pve",
    };
    lab = await DescribedStack.create(sim, program, config, {
      ...{ PROXMOX_TOKEN_SECRET: "", ...infisical.credentials },
    });
  });
  after(async () => {
    await lab.stack.close();
    await infisical.close();
    await sim.close();
  });

  it("make a VM with one log-in and one list, the token for Proxmox included", async () => {
    const up = ok(await lab.stack.up());
    assert.deepEqual(infisical.count(), { logins: 1, lists: 1 });
    assert.ok(matches(password(), first));
    assert.ok(!/stands in clear|warning/.test(up.stdout), up.stdout);
  });

  it("leave the reference and a keyed hash in the state: no value, no hash that could be guessed", async () => {
    const resources = (await lab.stack.export()).resources ?? [];
    const web = resources.find(({ urn }) => urn.endsWith("Vm::web"));
    for (const side of [web?.inputs, web?.outputs]) {
      const { password: kept } = side?.["cloudInit"] as { password: Record<string, string> };
      assert.deepEqual(Object.keys(kept).sort(), ["hash", "secretRef"]);
      assert.match(kept["hash"] ?? "", /^[0-9a-f]{32}$/);
      assert.ok(side && !("__hashKey" in side), "the key is kept in one place only");
    }
    const identity = resources.find(({ type }) => type.endsWith(":StackIdentity"));
    assert.match(JSON.stringify(identity?.outputs?.["hashKey"]), /ciphertext/);
    const state = JSON.stringify(resources) + stateFiles(path.join(lab.stack.folder, "state"));
    const hashes = ["md5", "sha1", "sha256", "sha512"].flatMap((algorithm) =>
      [first, `WEB_PASSWORD\n${first}`].map((text) => createHash(algorithm).update(text).digest("hex").slice(0, 32)),
    );
    for (const secret of [first, sim.token.secret, infisical.clientSecret, ...hashes])
      assert.ok(!state.includes(secret));
  });

  it("change nothing at the next up, which asks once again", async () => {
    infisical.count();
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 5 });
    assert.deepEqual(infisical.count(), { logins: 1, lists: 1 });
  });

  it("show a new value as a change of that field, without the value, and bring it to the VM", async () => {
    folder()["WEB_PASSWORD"] = rotated;
    const preview = ok(await lab.stack.preview("--diff"));
    assert.deepEqual(counts(preview), { same: 4, update: 1 });
    assert.match(preview.stdout, /password/);
    assert.ok(
      preview.events.some((event) => /cloudInit\.password \(rotated\)/.test(event.diagnosticEvent?.message ?? "")),
    );
    assert.ok(matches(password(), first));
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 4, update: 1 });
    assert.ok(matches(password(), rotated));
    assert.ok(!preview.stdout.includes(rotated) && !preview.stdout.includes(first));
  });

  it("are left as they are by a preview without credentials, with one warning, and refused by up", async () => {
    folder()["WEB_PASSWORD"] = first;
    lab.describe(program, { "proxmox:tokenSecret": "" });
    lab.stack.setEnvironment("PROXMOX_TOKEN_SECRET", sim.token.secret);
    lab.stack.setEnvironment("INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET", "");
    const preview = ok(await lab.stack.preview());
    assert.deepEqual(counts(preview), { same: 5 });
    const warnings = preview.stdout.split("Diagnostics:")[1]?.match(/warning: .*/g) ?? [];
    assert.equal(warnings.length, 1, preview.stdout);
    assert.match(warnings[0] ?? "", /values of secrets were not looked up.*set INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET/);
    const requests = sim.requests.length;
    assert.match(failed(await lab.stack.up()), /cloudInit\.password: Infisical at .*no credentials/);
    assert.deepEqual(
      sim.requests.slice(requests).filter(({ method }) => method !== "GET"),
      [],
    );
  });

  it("fail with one clear error when the credentials are wrong", async () => {
    const wrong = secretValue("a wrong client secret");
    lab.stack.setEnvironment("INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET", wrong);
    const two = vm("other", { cloudInit: { password: { secretRef: "WEB_PASSWORD" } } });
    lab.describe([...program, two]);
    const text = failed(await lab.stack.preview());
    const errors = text.split("Diagnostics:")[1]?.match(/the log-in was refused with 401 \(Invalid credentials\)/g);
    assert.equal(errors?.length, 1, text);
    assert.match(
      text,
      /project b7c9-project, environment prod, path \/pve: .*check INFISICAL_UNIVERSAL_AUTH_CLIENT_ID/,
    );
    assert.ok(!text.includes(wrong));
    lab.describe(program);
  });

  it("are not needed to refresh and to destroy", async () => {
    lab.stack.setEnvironment("INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET", undefined);
    delete folder()["WEB_PASSWORD"];
    infisical.count();
    assert.deepEqual(counts(ok(await lab.stack.refresh())), { same: 5 });
    ok(await lab.stack.destroy());
    assert.deepEqual(infisical.count(), { logins: 0, lists: 0 });
    assert.deepEqual((await lab.stack.export()).resources ?? [], []);
  });
});

/** Is this the salted hash of the password, as the simulator keeps it? */
function matches(stored: string, value: string): boolean {
  const [, kind, salt = "", hash] = stored.split("$");
  const wanted = createHash("sha256")
    .update(salt + value)
    .digest("base64url");
  return kind === "5" && hash === wanted.replaceAll("-", ".").replaceAll("_", "/");
}

function stateFiles(folder: string): string {
  const files = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((entry) => fs.readFileSync(path.join(entry.parentPath, entry.name), "utf8")).join("\n");
}
