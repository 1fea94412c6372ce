import assert from "node:assert/strict";
import { eventually } from "../../support/eventually";
import { Lab, type AnyLab } from "../../support/lab";
import type { Properties } from "../../support/plugin";

describe("options of the datacenter", function () {
  let lab: AnyLab;
  before(async () => {
    lab = await Lab.here();
  });
  after(() => lab.close());
  beforeEach(() => {
    for (const key of Object.keys(live())) delete live()[key];
  });

  const live = () => Object.values(lab.sim.world.clusters)[0]!.options;
  const writes = () => lab.sim.requests.filter(({ method }) => method === "PUT");
  const told = (name: string, part: string | RegExp) =>
    eventually(`${String(part)} in the row of ${name}`, () =>
      lab.plugin.engine.messages.some(({ urn, message }) => urn.endsWith(`::${name}`) && message.match(part) !== null),
    );
  /** Every option there is, with the text that Proxmox keeps. */
  const all: Record<string, readonly [unknown, string, string]> = {
    bandwidthLimits: [{ default: 1000, clone: 0, restore: 2.5 }, "bwlimit", "clone=0,default=1000,restore=2.5"],
    consentText: ["mind", "consent-text", "mind"],
    console: ["html5", "console", "html5"],
    crs: [{ ha: "static", rebalanceOnStart: true }, "crs", "ha=static,ha-rebalance-on-start=1"],
    description: ["# the lab", "description", "# the lab"],
    emailFrom: ["pve@lab.test", "email_from", "pve@lab.test"],
    fencing: ["both", "fencing", "both"],
    ha: [{ shutdownPolicy: "migrate" }, "ha", "shutdown_policy=migrate"],
    httpProxy: ["http://proxy.lab.test:3128", "http_proxy", "http://proxy.lab.test:3128"],
    keyboard: ["de", "keyboard", "de"],
    language: ["de", "language", "de"],
    macPrefix: ["02:ab", "mac_prefix", "02:AB"],
    maxWorkers: [3, "max_workers", "3"],
    migration: [{ type: "insecure", network: "10.11.0.0/24" }, "migration", "type=insecure,network=10.11.0.0/24"],
    nextId: [{ lower: 200, upper: 300 }, "next-id", "lower=200,upper=300"],
    notify: [{ packageUpdates: "never", targetFencing: "x1" }, "notify", "package-updates=never,target-fencing=x1"],
    registeredTags: [["prod", "test"], "registered-tags", "prod;test"],
    replication: [{ network: "10.11.0.0/24" }, "replication", "type=secure,network=10.11.0.0/24"],
    tagStyle: [
      { shape: "full", colorMap: ["a:010203", "b:FF0000:00FF00"] },
      "tag-style",
      "shape=full,color-map=a:010203;b:FF0000:00FF00",
    ],
    u2f: [{ appId: "https://lab.test" }, "u2f", "appid=https://lab.test"],
    userTagAccess: [
      { userAllow: "list", userAllowList: ["a", "B"] },
      "user-tag-access",
      "user-allow=list,user-allow-list=a;B",
    ],
    webauthn: [
      { id: "lab.test", rp: "lab", allowSubdomains: false },
      "webauthn",
      "id=lab.test,rp=lab,allow-subdomains=0",
    ],
  };
  /** Parts of a property string have no order. */
  const parts = (text = "") => text.split(",").sort();
  const everything = Object.fromEntries(Object.entries(all).map(([name, [value]]) => [name, value]));
  const make = (name: string, args: Properties) => lab.create("DatacenterOptions", name, args);
  const update = async (made: { id: string; properties: Properties }, args: Properties, name = "o") =>
    lab.plugin.update("DatacenterOptions", made.id, made.properties, lab.inputs("DatacenterOptions", name, args));
  const changes = async (made: { id: string; properties: Properties }, args: Properties) => {
    const { id, properties } = made;
    return (await lab.plugin.diff("DatacenterOptions", id, properties, lab.inputs("DatacenterOptions", "o", args)))
      .changes;
  };

  it("are set with every key there is in one request, read back, and at rest afterwards", async () => {
    const made = await make("o", everything);
    assert.equal(made.id, "datacenter");
    const now = live();
    for (const [name, [, key, text]] of Object.entries(all)) assert.deepEqual(parts(now[key]), parts(text), name);
    assert.equal(writes().length, 1);
    const read = await lab.plugin.read("DatacenterOptions", made.id, made.properties);
    for (const [name, [value]] of Object.entries(all)) assert.deepEqual(read.properties[name], value, name);
    assert.equal(await changes({ id: made.id, properties: read.properties }, everything), "none");
    await update(made, everything);
    assert.equal(writes().length, 1);
    const seen = await lab.plugin.read("DatacenterOptions", "datacenter", lab.inputs("DatacenterOptions", "seen", {}));
    assert.deepEqual(seen.properties["nextId"], { lower: 200, upper: 300 });
    assert.deepEqual(seen.properties["registeredTags"], ["prod", "test"]);
    assert.equal(seen.properties["macPrefix"], "02:AB");
  });

  it("that somebody else has set stay, whole keys and parts of one, until they are managed", async () => {
    Object.assign(live(), { keyboard: "fr", migration: "type=insecure", "next-id": "upper=900", language: "fr" });
    const made = await make("o", { nextId: { lower: 200 }, migration: { network: "10.11.0.0/24" }, language: "de" });
    await told("o", "takes the place of language fr; migration type=insecure; next-id upper=900");
    assert.deepEqual(live(), {
      keyboard: "fr",
      language: "de",
      migration: "type=insecure,network=10.11.0.0/24",
      "next-id": "upper=900,lower=200",
    });
    // What is no longer wanted goes back to the default, and only that.
    await update(made, { language: "de" });
    assert.deepEqual(live(), { keyboard: "fr", language: "de", migration: "type=insecure", "next-id": "upper=900" });
  });

  it("go back to the defaults with the resource, but for what somebody has changed meanwhile", async () => {
    const made = await make("o", { ...everything, keyboard: "de" });
    Object.assign(live(), { keyboard: "fr" });
    await lab.plugin.delete("DatacenterOptions", made.id, made.properties);
    assert.deepEqual(live(), { keyboard: "fr" });
    await told("o", "keyboard of the datacenter were changed by somebody else, and stay");
  });

  it("show what was changed by hand, and write it back", async () => {
    const args = { macPrefix: "02:AB", tagStyle: { shape: "full" }, description: "mine" };
    const made = await make("o", args);
    Object.assign(live(), { "tag-style": "shape=none,ordering=config" });
    delete live()["mac_prefix"];
    delete live()["description"];
    const read = await lab.plugin.read("DatacenterOptions", made.id, made.properties);
    assert.equal(read.properties["macPrefix"], "BC:24:11");
    assert.deepEqual(read.properties["tagStyle"], { shape: "none" });
    assert.equal(read.properties["description"], undefined);
    assert.equal(await changes({ id: made.id, properties: read.properties }, args), "some");
    await update({ id: made.id, properties: read.properties }, args);
    assert.deepEqual(live(), { "tag-style": "ordering=config,shape=full", mac_prefix: "02:AB", description: "mine" });
  });

  it("keep a password that somebody wrote into the proxy's address out of the state", async () => {
    const made = await make("o", { httpProxy: "http://proxy.lab.test" });
    live()["http_proxy"] = "http://u:hidden@proxy.lab.test";
    const read = await lab.plugin.read("DatacenterOptions", made.id, made.properties);
    assert.equal(read.properties["httpProxy"], "http://***@proxy.lab.test");
  });

  it("are refused at preview, all at once, with what to write instead", async () => {
    const wrong = {
      keyboard: "xx",
      nextId: { lower: 500, upper: 400 },
      crs: { autoRebalanceMargin: 1 },
      httpProxy: "http://u:p@proxy.lab.test",
      macPrefix: "AB:01:02:03",
      registeredTags: ["a b"],
      migration: { network: "10.11.0.1" },
      nextid: { lower: 200 },
    };
    const found = (await lab.problems("DatacenterOptions", wrong)).join("\n");
    for (const part of [
      /^keyboard: write one of de, de-ch/m,
      /^nextId.upper: leaves no VMID/m,
      /^crs.autoRebalanceMargin: is read with autoRebalance: true alone/m,
      /^httpProxy: holds a user or password, which would stand in the state/m,
      /^macPrefix: write one to three pairs of digits, the first one even/m,
      /^registeredTags\[0\]: write letters, digits/m,
      /^migration.network: write a network such as/m,
      /^nextid: .*nextId/m,
    ])
      assert.match(found, part);
    assert.equal(found.includes("u:p"), false);
    assert.deepEqual(await lab.problems("DatacenterOptions", { keyboard: "de" }), [
      "keyboard: is set by o already; keep one of the two",
    ]);
  });

  it("are not taken for unset by a user who may not read them", async () => {
    const [cluster] = Object.values(lab.sim.world.clusters);
    cluster!.options["keyboard"] = "fr";
    const { token } = lab.sim;
    const root = cluster!.access.users["root@pam"]!;
    root.tokens["weak"] = { ...root.tokens["simulator"]!, privsep: 1 };
    const weak = await Lab.hereOn(lab.sim, { "proxmox:tokenId": "root@pam!weak", "proxmox:tokenSecret": token.secret });
    try {
      await assert.rejects(
        weak.create("DatacenterOptions", "weak", { keyboard: "de" }),
        /root@pam!weak may not read the datacenter's options: that needs Sys\.Audit on \//,
      );
      assert.deepEqual(live(), { keyboard: "fr" });
    } finally {
      await weak.plugin.close();
    }
  });

  it("whose answer was lost are looked for, and not written twice", async () => {
    const before = writes().length;
    const { faults } = lab.sim.simulation;
    faults.add({ route: "PUT /cluster/options", count: 1, effect: { kind: "reset", handled: true } });
    await make("o", { keyboard: "de" });
    assert.equal(live()["keyboard"], "de");
    assert.equal(writes().length, before + 1);
    assert.equal(faults.struck["reset"], 1);
  });
});
