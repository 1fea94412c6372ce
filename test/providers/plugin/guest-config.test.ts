import assert from "node:assert/strict";
import type { AgentState } from "../../../simulator/world/guest";
import { eventually } from "../../support/eventually";
import { guestsOf, image, Lab, labWorld, type AnyLab } from "../../support/lab";
import type { Properties } from "../../support/plugin";
import { scriptCommands } from "../../support/scripted-commands";

const compose = "services: { web: { image: nginx } }\n";
/** Whatever a shell could take for something else. */
const hostile = 'it\'s "quoted" $(touch /hit) `touch /hit` ; touch /hit\n\\ ä€\n';

const docker = [{ match: "docker compose ls", out: "[]\n" }, { match: "docker compose" }];

describe("what is set up in a guest", function () {
  let lab: AnyLab;
  let vmid: number;
  beforeEach(async () => {
    const seed = labWorld("matrix");
    Object.assign(seed.web[image.url] ?? {}, { os: { agent: true, commands: [] } });
    lab = await Lab.here({ seed }, { "proxmox:vmids": "2000-2999" }, { SITE_TEXT: "as it is wanted\n" });
    const file = await lab.create("CloudImage", "debian", { ...pick(image), node: "golf", storage: "local" });
    const made = await lab.create("Vm", "web", {
      ...{ node: "golf", source: { imageVolumeId: file.properties["volumeId"] }, agent: true, started: true },
      disks: [{ storage: "local-lvm", sizeGiB: 4 }],
      networks: [{ bridge: "vmbr0" }],
      cloudInit: { user: "admin", addresses: [{ address: "dhcp" }] },
    });
    vmid = Number(made.properties["vmid"]);
    scriptCommands(lab.sim.world, docker);
  });
  afterEach(() => lab.close());

  const pick = ({ url, checksum }: typeof image) => ({ url, checksum });
  const guest = () => guestsOf(lab.sim)[String(vmid)]!;
  const inside = (): AgentState => guest().running!.agent!;
  const ran = (): string[] => guest().commands ?? [];
  const said = (): string => lab.plugin.engine.messages.map(({ message }) => message).join("\n");
  const times = (text: string): number => ran().filter((one) => one.includes(text)).length;
  const config = (more: Properties = {}): Properties => ({ vmid, ...more });
  const whole = (more: Properties = {}): Properties =>
    config({
      packages: ["nginx", "docker.io"],
      files: [
        { path: "/etc/nginx/conf.d/site.conf", content: hostile },
        { path: "/opt/app/run.sh", content: "#!/bin/sh\n", mode: "0750", owner: "www-data:adm" },
      ],
      scripts: [{ name: "setup", run: "deploy-it", environment: { TOKEN: hostile } }],
      compose: [{ name: "shop", content: compose }],
      ...more,
    });
  type Made = Awaited<ReturnType<AnyLab["create"]>>;
  const update = async (made: Made, args: Properties): Promise<Made> => {
    const { inputs, failures } = await lab.plugin.check(
      "GuestConfig",
      made.inputs,
      lab.inputs("GuestConfig", "web", args),
    );
    assert.deepEqual(failures, []);
    const { properties } = await lab.plugin.update("GuestConfig", made.id, made.properties, inputs);
    return { ...made, properties, inputs };
  };
  const diff = async (made: Made, args: Properties) => {
    const { inputs } = await lab.plugin.check("GuestConfig", made.inputs, lab.inputs("GuestConfig", "web", args));
    return lab.plugin.diff("GuestConfig", made.id, made.properties, inputs);
  };
  const written = ["/etc/nginx/conf.d/site.conf", "/opt/app/run.sh", "/etc/pulumi-compose/shop/compose.yaml"];

  it("comes in its order after cloud-init, once, with every text as it was written", async () => {
    const made = await lab.create("GuestConfig", "web", whole());
    const place = (text: string) => ran().findIndex((one) => one.includes(text));
    const order = ["cloud-init status --wait", "apt-get install", "site.conf", "deploy-it", "docker compose"].map(
      place,
    );
    assert.ok(
      order.every((at, i, all) => at > (all[i - 1] ?? -1)),
      order.join(),
    );
    assert.deepEqual(
      written.map((path) => inside().files[path]),
      [hostile, "#!/bin/sh\n", compose],
    );
    assert.deepEqual(
      written.map((path) => inside().attributes?.[path]),
      [
        { mode: "644", owner: "root", group: "root" },
        { mode: "750", owner: "www-data", group: "adm" },
        { mode: "600", owner: "root", group: "root" },
      ],
    );
    assert.deepEqual(inside().packages, ["nginx", "docker.io"]);
    // In no argument of any program, and quoted in the script.
    const asked = lab.sim.requests.filter(({ path }) => path.endsWith("/agent/exec"));
    assert.ok(asked.length > 10);
    assert.doesNotMatch(JSON.stringify(asked.map(({ params }) => params)), /touch/);
    assert.match(ran().find((one) => one.includes("deploy-it")) ?? "", /^export TOKEN='it'\\''s "quoted" \$\(touch/m);
    const left = Object.keys(inside().files).filter((path) =>
      /^\/run\/(?!.*\/lock$)|\.new$|\.[0-9a-f]{24}$/.test(path),
    );
    assert.deepEqual(left, []);
    assert.doesNotMatch(said(), /deploy-it/, "a script may hold a secret");

    const before = ran().length;
    assert.equal((await diff(made, whole())).changes, "none");
    assert.deepEqual((await lab.plugin.read("GuestConfig", made.id, made.properties)).properties, made.properties);
    const again = await update(made, whole());
    assert.deepEqual(again.properties, made.properties);
    assert.ok(
      !ran()
        .slice(before)
        .some((one) => /apt-get|deploy-it|docker compose|install -D/.test(one)),
      "nothing twice",
    );
  });

  it("shows what somebody has changed, by checksums and never by its text, and is put right by the next up", async () => {
    const args = whole({ scripts: [{ name: "up", run: "bring-up", check: "is-it-up" }] });
    const made = await lab.create("GuestConfig", "web", args);
    const state = inside();
    state.files["/opt/app/run.sh"] = "#!/bin/sh\ntheirs\n";
    state.attributes!["/etc/nginx/conf.d/site.conf"] = { mode: "666", owner: "bob", group: "bob" };
    delete state.files["/etc/pulumi-compose/shop/compose.yaml"];
    state.packages = ["docker.io"];
    scriptCommands(lab.sim.world, [...docker, { match: "is-it-up", exitcode: 1 }]);
    const seen = (await lab.plugin.read("GuestConfig", made.id, made.properties)).properties;
    assert.deepEqual(seen["packages"], ["docker.io"]);
    const [site, run] = seen["files"] as Properties[];
    assert.deepEqual([site?.["mode"], site?.["owner"]], ["0666", "bob:bob"]);
    assert.match(String(run?.["content"]), /^\(changed in the guest: sha256 [0-9a-f]{64}\)$/);
    assert.deepEqual((seen["compose"] as Properties[])[0]?.["content"], "(not in the guest)");
    assert.deepEqual((seen["scripts"] as Properties[])[0]?.["run"], "(to be run)");

    const from = ran().length;
    const late = update({ ...made, properties: seen }, args);
    await assert.rejects(late, /up has run, and its check still fails/);
    assert.ok(
      ran()
        .slice(from)
        .some((one) => one.includes("bring-up")),
    );
    scriptCommands(lab.sim.world, docker);
    const { properties } = await update({ ...made, properties: seen }, args);
    assert.deepEqual(properties, made.properties);
    assert.equal(inside().files["/opt/app/run.sh"], "#!/bin/sh\n");
    assert.deepEqual(inside().attributes?.["/etc/nginx/conf.d/site.conf"]?.owner, "root");
  });

  it("goes with its own files as long as nobody has changed them, and leaves everything else", async () => {
    await lab.create("GuestConfig", "other", config({ files: [{ path: "/etc/motd", content: "theirs\n" }] }));
    inside().files["/etc/theirs"] = "as it is wanted\n";
    const args = whole({
      files: [
        ...["/etc/one", "/etc/two"].map((path) => ({ path, content: path })),
        { path: "/etc/theirs", content: "as it is wanted\n" },
      ],
    });
    const made = await lab.create("GuestConfig", "web", args);
    // One that is no longer described goes by itself.
    const { files: _, ...less } = args;
    const fewer = await update(made, { ...less, files: (args["files"] as Properties[]).slice(1) });
    assert.equal(inside().files["/etc/one"], undefined);
    inside().files["/etc/two"] += "changed\n";
    await lab.plugin.delete("GuestConfig", made.id, fewer.properties);
    const { files, packages } = inside();
    assert.deepEqual(
      [files["/etc/two"], files["/etc/theirs"], files["/etc/motd"]],
      ["/etc/twochanged\n", "as it is wanted\n", "theirs\n"],
    );
    assert.equal(files["/etc/pulumi-compose/shop/compose.yaml"], undefined);
    assert.deepEqual(packages, ["nginx", "docker.io"]);
    assert.ok(!ran().some((one) => /docker compose.* (down|rm)\b|apt-get (remove|purge)/.test(one)));
  });

  it("overwrites no file of others unasked, follows no link and writes where others could put one never", async () => {
    await lab.create("GuestConfig", "first", config({}));
    inside().files["/etc/motd"] = "theirs\n";
    inside().links = ["/etc/link", "/srv/link"];
    inside().directories!.push("/home/bob");
    inside().attributes = { "/home/bob": { mode: "755", owner: "bob", group: "bob" } };
    const refused = (path: string) => lab.create("GuestConfig", "web", config({ files: [{ path, content: "x\n" }] }));
    await assert.rejects(refused("/etc/motd"), /\/etc\/motd is in the guest already.*overwrite: true/);
    await assert.rejects(refused("/etc/link"), /\/etc\/link of the guest is no file/);
    await assert.rejects(refused("/srv/link/x"), /\/srv\/link above \/srv\/link\/x is a link/);
    await assert.rejects(refused("/home/bob/x"), /\/home\/bob above .* by others than root/);
    await assert.rejects(refused("/tmp/x"), /by others than root/);
    assert.equal(inside().files["/etc/motd"], "theirs\n");
    await lab.create("GuestConfig", "web", config({ files: [{ path: "/etc/motd", content: "x\n", overwrite: true }] }));
    assert.equal(inside().files["/etc/motd"], "x\n");
    for (const path of [
      "etc/motd",
      "/etc/../x",
      "/etc/a b",
      "/etc/$(x)",
      "/etc/x\n",
      "/var/lib/pulumi-proxmox/x",
      "/etc/pulumi-compose/x",
    ])
      assert.equal((await lab.problems("GuestConfig", config({ files: [{ path, content: "x" }] }))).length, 1, path);
    assert.equal((await lab.problems("GuestConfig", config({ packages: ["nginx-"] }))).length, 1);
  });

  it("goes on after a failure where it was, and takes no unexpected word for an absence", async () => {
    const out = `${"s".repeat(2500)}\nno space`;
    scriptCommands(lab.sim.world, [{ match: "deploy-it", exitcode: 3, out }, ...docker]);
    await assert.rejects(
      lab.create("GuestConfig", "web", whole()),
      // Half a line may be half a secret.
      /setup failed with exit code 3; its last output:\nno space/,
    );
    const from = ran().length;
    scriptCommands(lab.sim.world, docker);
    const made = await lab.create("GuestConfig", "web", whole());
    assert.ok(
      !ran()
        .slice(from)
        .some((one) => /apt-get|install -D.*site\.conf/.test(one)),
      "what was done is not done again",
    );
    scriptCommands(lab.sim.world, [{ match: "stat --format", exitcode: 1, err: "stat: Permission denied\n" }]);
    await assert.rejects(
      lab.plugin.read("GuestConfig", made.id, made.properties),
      /unexpected of its files: stat: Permission denied/,
    );
    scriptCommands(lab.sim.world, []);
    await assert.rejects(
      lab.create("GuestConfig", "none", config({ compose: [{ name: "b", content: compose }] })),
      /docker compose ls failed with exit code 127: env: 'docker'/,
    );
    await assert.rejects(
      lab.create("GuestConfig", "none", config({ packages: ["no-such"] })),
      /Unable to locate package no-such/,
    );
  });

  it("is of one guest: not of another of its number, nor of one that does not run", async () => {
    const made = await lab.create("GuestConfig", "web", whole());
    const { config: own, running } = guest();
    const uuid = own["smbios1"] ?? "";
    own["smbios1"] = "uuid=00000000-0000-4000-8000-000000000000";
    await assert.rejects(update(made, whole({ packages: [] })), /another one than .* made for; run pulumi refresh/);
    assert.equal((await diff(made, whole())).changes, "some");
    assert.equal((await lab.plugin.read("GuestConfig", made.id, made.properties)).id, "");
    await lab.plugin.delete("GuestConfig", made.id, made.properties);
    assert.equal(inside().files[written[0]!], hostile);
    own["smbios1"] = uuid;
    delete guest().running;
    assert.deepEqual((await lab.plugin.read("GuestConfig", made.id, made.properties)).properties, made.properties);
    await assert.rejects(update(made, whole({ packages: [] })), /does not run; nothing was changed/);
    await lab.plugin.delete("GuestConfig", made.id, made.properties);
    guest().running = running!;
    assert.equal(inside().files[written[0]!], hostile, "nothing was taken from a guest that does not run");
  });

  it("takes nothing away that was there before it, nor below folders that others may change by now", async () => {
    await lab.create("GuestConfig", "first", config({}));
    const state = inside();
    Object.assign(state.files, { "/etc/theirs": "x\n", "/etc/given": "theirs\n" });
    state.attributes = { "/etc/theirs": { mode: "600", owner: "root", group: "root" } };
    const theirs = config({ files: [{ path: "/etc/theirs", content: "x\n" }] });
    await assert.rejects(
      lab.create("GuestConfig", "web", theirs),
      /theirs is in the guest already with another content, mode/,
    );
    // Nor does it show as changed, where only its checksum can tell.
    state.files["/etc/seen"] = "as it is wanted\n";
    const content = { secretRef: "SITE_TEXT", from: "environment" };
    const seen = await lab.create("GuestConfig", "seen", config({ files: [{ path: "/etc/seen", content }] }));
    assert.deepEqual((await lab.plugin.read("GuestConfig", seen.id, seen.properties)).properties, seen.properties);
    await lab.plugin.delete("GuestConfig", seen.id, seen.properties);
    assert.equal(state.files["/etc/seen"], "as it is wanted\n");
    const paths = ["/etc/given", "/srv/app/x", "/etc/mine"];
    const args = config({ files: paths.map((path) => ({ path, content: "x\n", overwrite: true })) });
    const made = await lab.create("GuestConfig", "web", args);
    state.files["/etc/mine"] = "changed\n";
    const again = await update(made, args);
    assert.match(said(), /\/etc\/mine held something else than this resource had written/);
    state.attributes["/srv/app"] = { mode: "777", owner: "root", group: "root" };
    await lab.plugin.delete("GuestConfig", made.id, again.properties);
    assert.deepEqual(
      paths.map((path) => state.files[path]),
      ["x\n", "x\n", undefined],
    );
    assert.match(said(), /\/etc\/given stays in the guest: another file was there before/);
    assert.match(said(), /\/srv\/app\/x stays in the guest: \/srv\/app above it can be changed by others/);
  });

  it("starts no project that another one has the name of, and what is described again as if it were new", async () => {
    const shop = (ConfigFiles: string) => JSON.stringify([{ Name: "shop", Status: "running(1)", ConfigFiles }]);
    const answer = (out: string) =>
      scriptCommands(lab.sim.world, [{ match: "docker compose ls", out }, { match: "docker compose" }]);
    answer(shop("/srv/shop/compose.yaml"));
    const created = () => lab.create("GuestConfig", "web", whole());
    await assert.rejects(created(), /a project shop of Docker Compose in the guest already, of \/srv\/shop/);
    answer("what?");
    await assert.rejects(created(), /something unexpected of the guest's projects/);
    assert.equal(times("up --detach"), 0);
    answer(shop("/etc/pulumi-compose/shop/compose.yaml"));
    const made = await created();
    const { scripts: _, compose: __, ...less } = whole();
    await update(await update(made, less), whole());
    assert.deepEqual([times("up --detach"), times("deploy-it")], [2, 2]);
  });

  it("runs beside nothing that an earlier run has left working, and goes on in no other guest", async () => {
    const scripts = [{ name: "setup", run: "deploy-it", timeout: "1s" }];
    const created = () => lab.create("GuestConfig", "web", config({ scripts }));
    scriptCommands(lab.sim.world, [{ match: "deploy-it", hangs: true }]);
    await assert.rejects(created(), /setup ends/);
    await assert.rejects(created(), /an earlier run of this resource still works in the guest/);
    assert.equal(times("deploy-it"), 1);
    const end = () => Object.values(inside().processes).forEach((one) => delete one.hangs);
    end();

    // An answer that was lost: what it would have told of has begun, and is neither done nor begun again.
    const from = ran().length;
    scriptCommands(lab.sim.world, []);
    await lab.create("GuestConfig", "like", config({ scripts }));
    const after = ran()
      .slice(from)
      .findIndex((one) => one.includes("deploy-it"));
    scriptCommands(lab.sim.world, [{ match: "deploy-it", hangs: true }]);
    const route = "POST /nodes/{node}/qemu/{vmid}/agent/exec";
    lab.sim.simulation.faults.add({ effect: { kind: "reset", handled: true }, route, after, count: 1 });
    const lost = lab.create("GuestConfig", "lost", config({ scripts }));
    await assert.rejects(lost, /an earlier run of this resource still works in the guest/);
    assert.equal(lab.sim.simulation.faults.struck["reset"], 1);
    assert.equal(times("deploy-it"), 3);
    end();

    const other = lab.create("GuestConfig", "web", config({ scripts: [{ name: "setup", run: "deploy-it" }] }));
    await eventually("the script", () => times("deploy-it") === 4);
    guest().config["smbios1"] = "uuid=00000000-0000-4000-8000-000000000000";
    end();
    await assert.rejects(other, /has become another one meanwhile; nothing more was done in it/);
  });

  it("has a record for this guest and this creation alone, in a form that it knows", async () => {
    const first = await lab.create("GuestConfig", "web", whole());
    const second = await lab.create("GuestConfig", "web", whole());
    await lab.plugin.delete("GuestConfig", first.id, first.properties);
    assert.equal(inside().files[written[0]!], hostile, "what has taken its place stands on it");
    const path = `/var/lib/pulumi-proxmox/${String(second.properties["__mark"])}.json`;
    const record = JSON.parse(inside().files[path]!) as Properties;
    inside().files[path] = JSON.stringify({ ...record, v: 2 });
    await assert.rejects(update(second, whole({ packages: [] })), /is of a later version of this package/);
    const { v: _, uuid: __, made: ___, ...old } = record;
    inside().files[path] = JSON.stringify(old);
    await update(second, whole({ packages: [] }));
    assert.equal(times("deploy-it"), 1, "one of before is read");
    inside().files[path] = JSON.stringify({ ...record, uuid: "that of the guest it was cloned from" });
    await update(second, whole());
    assert.equal(times("deploy-it"), 2);
  });

  it("is found where it has moved to, whatever a list from before says, and does not hold up its deletion", async () => {
    const made = await lab.create("GuestConfig", "web", whole({ agentTimeout: "1s" }));
    // Another process, which has not made the VM itself.
    const later = await Lab.hereOn(lab.sim, {}, lab.stackId);
    await later.plugin.read("GuestConfig", made.id, made.properties);
    guest().node = "hotel";
    const { id, properties } = await later.plugin.read("GuestConfig", made.id, made.properties);
    guest().node = "golf";
    await later.close();
    assert.deepEqual([id, properties["__node"]], [made.id, "hotel"]);
    guest().running!.os!.agent = false;
    await lab.plugin.delete("GuestConfig", made.id, properties);
    assert.match(
      said(),
      /has no guest agent that answers: the files and accounts of this resource stay in it, with keys and rules for sudo/,
    );
    assert.equal(inside().files[written[0]!], hostile);
  });
});
