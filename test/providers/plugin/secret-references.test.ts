import assert from "node:assert/strict";
import { providerText } from "../../../providers/kernel/program/text";
import { eventually } from "../../support/eventually";
import { InfisicalStub } from "../../support/infisical";
import { image, labWorld, pluginConfig } from "../../support/lab";
import { startPlugin, type Plugin, type Properties } from "../../support/plugin";
import { secretValue } from "../../support/secret-values";
import { startSimulator, type Simulator } from "../../../simulator";

const project = "b7c9-project";
const password = secretValue("a password in Infisical");
const rotated = secretValue("a rotated password in Infisical");
const fromEnvironment = secretValue("a password in the environment");
const fromConfig = secretValue("a password in the config");

describe("references to secrets, through Pulumi's plugin", function () {
  let sim: Simulator;
  let infisical: InfisicalStub;
  let template: string;
  const plugins: Plugin[] = [];

  /** One operation of the engine: a plugin of its own. */
  async function operation(config: Properties = {}, env: Record<string, string> = {}): Promise<Plugin> {
    const plugin = await startPlugin({
      text: providerText,
      env: { ...infisical.credentials, ONLY_HERE: fromEnvironment, WEB_PASSWORD: fromEnvironment, ...env },
    });
    plugins.push(plugin);
    await plugin.configure({
      ...pluginConfig(sim),
      "proxmox:infisicalUrl": infisical.url,
      "proxmox:infisicalProjectId": project,
      "proxmox:infisicalEnvironment": "prod",
      "proxmox:vmids": "2000-2999",
      "secrets:ONLY_CONFIGURED": fromConfig,
      "secrets:WEB_PASSWORD": fromConfig,
      ...config,
    });
    return plugin;
  }
  const inputs = (secret: Properties, more: Properties = {}): Properties => ({
    source: { clone: { template: Number(template), full: false } },
    cloudInit: { user: "admin", password: secret },
    started: false,
    __urn: "urn:pulumi:test::lab::pulumi-nodejs:dynamic/proxmox:Vm::web",
    __stack: "0f0e0d0c",
    __hashKey: "a key that the stack keeps",
    ...more,
  });
  const web = { secretRef: "WEB_PASSWORD" };
  const passwordOf = (props: Properties) => (props["cloudInit"] as { password: Properties }).password;
  const reasons = async (plugin: Plugin, secret: Properties, more: Properties = {}): Promise<string[]> =>
    (await plugin.check("Vm", {}, inputs(secret, more))).failures.map(({ reason }) => reason);
  const writes = () => sim.requests.filter(({ method }) => method !== "GET");

  before(async () => {
    sim = await startSimulator({ seed: labWorld() });
    infisical = await InfisicalStub.start({
      projects: {
        [project]: { prod: { "/": { WEB_PASSWORD: password }, "/other": { WEB_PASSWORD: "of another folder" } } },
      },
    });
    const plugin = await operation();
    const named = (kind: string, args: Properties) => ({
      ...args,
      __urn: `x::${kind}::debian-12`,
      __stack: "0f0e0d0c",
    });
    const file = await plugin.create(
      "CloudImage",
      named("CloudImage", {
        ...{ url: image.url, checksum: image.checksum, node: "pve1", storage: "local" },
      }),
    );
    const made = await plugin.create(
      "Template",
      named("Template", {
        ...{
          name: "debian-12",
          node: "pve1",
          imageVolumeId: file.properties["volumeId"],
          disk: { storage: "local-lvm" },
        },
        cloudInit: { user: "admin" },
      }),
    );
    template = made.id;
  });
  beforeEach(() => {
    (infisical.projects[project]?.["prod"] ?? {})["/"] = { WEB_PASSWORD: password };
    infisical.count();
  });
  afterEach(async () => {
    for (const plugin of plugins.splice(0)) {
      const said = plugin.output + JSON.stringify(plugin.engine.messages);
      await plugin.close();
      for (const value of [password, rotated, fromEnvironment, fromConfig, infisical.clientSecret])
        assert.ok(!said.includes(value));
    }
  });
  after(async () => {
    await infisical.close();
    await sim.close();
  });

  it("are looked for in Infisical, then the environment, then the config, unless the order is another", async () => {
    const hash = async (plugin: Plugin, secret: Properties) =>
      passwordOf((await plugin.check("Vm", {}, inputs(secret))).inputs)["hash"];
    const plugin = await operation();
    const found = await Promise.all(
      [web, { ...web, from: "environment" }, { ...web, from: "config" }, { ...web, path: "/other" }].map((secret) =>
        hash(plugin, secret),
      ),
    );
    assert.equal(new Set(found).size, 4);
    assert.equal(await hash(await operation({ "proxmox:secretSources": ["environment", "infisical"] }), web), found[1]);
    assert.equal(await hash(await operation({ "proxmox:secretSources": "config" }), web), found[2]);
    for (const secretRef of ["ONLY_HERE", "ONLY_CONFIGURED"])
      assert.match(String(await hash(plugin, { secretRef })), /^[0-9a-f]{32}$/);
  });

  it("that lead nowhere are refused, with where was looked and a name that is like it", async () => {
    assert.deepEqual(await reasons(await operation(), { secretRef: "WEB_PASWORD" }), [
      `cloudInit.password: there is no secret WEB_PASWORD; looked in: Infisical at ${infisical.url}, project ${project}, ` +
        `environment prod, path /; environment variables; Pulumi config secrets:*; did you mean "WEB_PASSWORD"?`,
    ]);
    const without = { "proxmox:infisicalProjectId": "", "proxmox:infisicalEnvironment": "" };
    assert.match(
      (await reasons(await operation(without), { secretRef: "NOWHERE" })).join(),
      /looked in: infisical \(not set up: set proxmox:infisicalProjectId and proxmox:infisicalEnvironment\); environment/,
    );
    assert.deepEqual(await reasons(await operation(without), { secretRef: "X", from: "infisical" }), [
      "cloudInit.password: infisical is not set up: set proxmox:infisicalProjectId and proxmox:infisicalEnvironment",
    ]);
  });

  it("never fall through to another source when one fails: it could hold another value", async () => {
    const plugin = await operation({}, { INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET: "" });
    assert.match((await reasons(plugin, web)).join(), /no credentials; set INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET/);
    const warnings = () => plugin.engine.messages.filter(({ severity }) => severity === "warning");
    assert.deepEqual(await reasons(plugin, web, { __preview: true }), []);
    assert.deepEqual(await reasons(plugin, web, { __preview: true }), []);
    await eventually("the warning", () => warnings().length > 0);
    assert.equal(warnings().length, 1);
  });

  it("of a source that answers show a new value though another source cannot be asked", async () => {
    const plugin = await operation({}, { INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET: "" });
    const preview = { __preview: true };
    const down = await plugin.check("Vm", {}, inputs(web, preview));
    const up = await plugin.check("Vm", {}, inputs({ ...web, from: "environment" }, preview));
    assert.equal(passwordOf(down.inputs)["hash"], undefined);
    assert.match(String(passwordOf(up.inputs)["hash"]), /^[0-9a-f]{32}$/);
  });

  it("are wrong in their form without being looked up", async () => {
    const plugin = await operation();
    assert.match(
      (await reasons(plugin, { ...web, from: "vault" })).join(),
      /^cloudInit\.password\.from: Invalid option/,
    );
    assert.match((await reasons(plugin, { ...web, name: "x" })).join(), /^cloudInit\.password: Unrecognized key/);
    assert.deepEqual(infisical.count(), { logins: 0, lists: 0 });
  });

  it("reach Proxmox when they are made and when they have a new value, and not otherwise", async () => {
    const first = await operation();
    const checked = await first.check("Vm", {}, inputs(web));
    assert.deepEqual(checked.failures, []);
    assert.ok(!("__hashKey" in checked.inputs));
    const made = await first.create("Vm", checked.inputs);
    assert.deepEqual(passwordOf(made.properties), passwordOf(checked.inputs));
    assert.equal((await first.diff("Vm", made.id, made.properties, checked.inputs)).changes, "none");

    const tagged = await first.check("Vm", checked.inputs, inputs(web, { tags: ["x"] }));
    const before = writes().length;
    const updated = await first.update("Vm", made.id, made.properties, tagged.inputs);
    const [put] = writes().slice(before);
    assert.deepEqual([put?.params["tags"], put?.params["cipassword"]], ["x", undefined]);
    assert.deepEqual(infisical.count(), { logins: 1, lists: 1 });

    (infisical.projects[project]?.["prod"] ?? {})["/"] = { WEB_PASSWORD: rotated };
    const second = await operation();
    const news = await second.check("Vm", tagged.inputs, inputs(web, { tags: ["x"] }));
    assert.notEqual(passwordOf(news.inputs)["hash"], passwordOf(tagged.inputs)["hash"]);
    const diff = await second.diff("Vm", made.id, updated.properties, news.inputs);
    assert.deepEqual([diff.changes, diff.replaces], ["some", []]);
    const from = writes().length;
    const last = await second.update("Vm", made.id, updated.properties, news.inputs);
    assert.ok(
      writes()
        .slice(from)
        .some(({ params }) => params["cipassword"] !== undefined),
    );
    assert.deepEqual(passwordOf(last.properties), passwordOf(news.inputs));
    const read = await second.read("Vm", made.id, last.properties);
    assert.deepEqual(passwordOf(read.inputs ?? {}), passwordOf(news.inputs));
    await second.delete("Vm", made.id, last.properties);
  });

  it("keep what the program ignores changes of", async () => {
    const kept = { ...web, hash: "0".repeat(32) };
    const { inputs: checked } = await (await operation()).check("Vm", inputs(kept), inputs(kept));
    assert.deepEqual(passwordOf(checked), kept);
  });

  it("without a key, as in a first preview, have no hash yet and keep the one of before", async () => {
    const plugin = await operation();
    const preview = { __preview: true, __hashKey: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" };
    const fresh = await plugin.check("Vm", {}, inputs(web, preview));
    assert.deepEqual(passwordOf(fresh.inputs), web);
    const hashed = { ...web, hash: "0".repeat(32) };
    const known = await plugin.check("Vm", inputs(hashed), inputs(web, preview));
    assert.deepEqual(passwordOf(known.inputs), hashed);
  });

  it("give the connection its secrets, and say so when they cannot", async () => {
    const good = await operation({ "proxmox:tokenSecret": "secret:PVE" }, { PVE: sim.token.secret });
    assert.deepEqual(await reasons(good, web), []);
    const json = { "proxmox:tokenSecret": { secretRef: "PVE", from: "environment" } };
    assert.deepEqual(await reasons(await operation(json, { PVE: sim.token.secret }), web), []);
    const none = await operation({ "proxmox:tokenSecret": "secret:NO_TOKEN" });
    assert.match(
      (await reasons(none, web)).join(),
      /^config proxmox:tokenSecret: there is no secret NO_TOKEN; looked in/,
    );
    // In a preview all resources say what is wrong: what they have in common is told once.
    const told = [
      await none.check("Vm", {}, inputs(web, { __preview: true })),
      await none.check("Vm", {}, inputs(web, { __preview: true })),
    ];
    assert.deepEqual(
      told.map(({ inputs: { __problems } }) => (__problems as string[] | undefined)?.length),
      [1, undefined],
    );
    await assert.rejects(none.create("Vm", inputs(web)), /config proxmox:tokenSecret: there is no secret NO_TOKEN/);
  });

  it("need both halves of where they are in Infisical", async () => {
    const half = await operation({ "proxmox:infisicalEnvironment": "", "proxmox:secretSources": ["vault"] });
    assert.deepEqual(await reasons(half, web), [
      "config proxmox:secretSources[0]: write one of infisical, environment, config",
    ]);
    assert.match(
      (await reasons(await operation({ "proxmox:infisicalEnvironment": "" }), web)).join(),
      /config proxmox:infisicalEnvironment: is required: Infisical needs both its project and its environment/,
    );
  });

  it("are given up in a preview after proxmox:previewTimeout", async () => {
    infisical.fail("login", { hang: true });
    const plugin = await operation({ "proxmox:previewTimeout": "200ms" });
    assert.deepEqual(await reasons(plugin, web, { __preview: true }), []);
    const gaveUp = /were not looked up.*no answer within 0.2 s/;
    await eventually(String(gaveUp), () => gaveUp.test(JSON.stringify(plugin.engine.messages)));
  });

  it("hash with a key that stacks of earlier releases get at their next up", async () => {
    const plugin = await operation();
    const fresh = await plugin.create("StackIdentity", {});
    assert.match(String(fresh.properties["hashKey"]), /^[\w-]{43}$/);
    assert.equal((await plugin.diff("StackIdentity", fresh.id, fresh.properties, {})).changes, "none");
    const old = { value: fresh.id };
    assert.equal((await plugin.diff("StackIdentity", fresh.id, old, {})).changes, "some");
    const { properties } = await plugin.update("StackIdentity", fresh.id, old, {});
    assert.equal(properties["value"], fresh.id);
    assert.match(String(properties["hashKey"]), /^[\w-]{43}$/);
    const again = await plugin.update("StackIdentity", fresh.id, properties, {});
    assert.deepEqual(again.properties["hashKey"], properties["hashKey"]);
  });
});
