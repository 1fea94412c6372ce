import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { projectRoot } from "../../cli/project";
import { startSimulator, type Simulator } from "../../simulator";
import { debianImage, debianTemplate, DescribedStack, vm, type Described } from "../support/described";
import { guestsOf, labWorld } from "../support/lab";
import { counts, failed, ok } from "../support/results";

const page = fs.readFileSync(path.join(projectRoot, "docs", "pulumi-options.md"), "utf8");
/** What the page tells about: the first column of its tables. */
const told = [...page.matchAll(/^\| (`[^|]*`[^|]*) \|/gm)].map(([, cell = ""]) => cell.trim());

const pool = (name: string, args: Record<string, unknown> = {}, options?: Record<string, unknown>): Described => ({
  ...{ kind: "Pool", name, args: { poolId: name, ...args } },
  ...(options ? { options } : {}),
});
const secretSignature = "4dabf18193072939515e22adb298388d";

describe("each option and command of docs/pulumi-options.md, on one stack", () => {
  let sim: Simulator;
  let lab: DescribedStack;
  const covered: string[] = [];
  /** What the program describes, by name; changed from test to test. */
  const program = new Map<string, Described>();
  const show = (...resources: Described[]): void => {
    for (const one of resources) program.set(one.name, one);
    lab.describe([...program.values()]);
  };
  const drop = (...names: string[]): void => {
    for (const name of names) program.delete(name);
    lab.describe([...program.values()]);
  };
  const pools = (): Record<string, { comment?: string }> => Object.values(sim.world.clusters)[0]?.pools ?? {};
  const machine = () => Object.entries(guestsOf(sim)).find(([, { config }]) => config["template"] !== "1");
  const urn = async (name: string): Promise<string> =>
    (await lab.stack.export()).resources?.find((one) => one.urn.endsWith(`::${name}`))?.urn ??
    assert.fail(`no ${name}`);
  /** What was asked of pools since the last call, in its order. */
  let seen = 0;
  const changes = (): string[] => {
    const all = sim.requests.filter(({ method, path: at }) => method !== "GET" && at.includes("/pools"));
    return all.slice(seen, (seen = all.length)).map(({ method }) => method);
  };

  before(async () => {
    sim = await startSimulator({ seed: labWorld() });
    const start = [debianImage, debianTemplate, vm("web"), pool("team"), pool("other")];
    for (const one of start) program.set(one.name, one);
    lab = await DescribedStack.create(sim, start);
    ok(await lab.stack.up());
    changes();
  });
  after(async () => {
    await lab.stack.close();
    await sim.close();
  });

  /** One line of the page. */
  const line = (what: string, test: () => Promise<void>): void => {
    covered.push(what);
    it(what, test);
  };

  line("`aliases`", async () => {
    const [vmid] = machine() ?? [];
    drop("web");
    show({ ...vm("www"), options: { aliases: [{ name: "web" }] } });
    const { update = 0, same = 0, create = 0, delete: gone = 0, replace = 0 } = counts(ok(await lab.stack.up()));
    assert.deepEqual([create, gone, replace], [0, 0, 0]);
    assert.equal(update + same, 7);
    assert.equal(machine()?.[0], vmid);
    assert.equal(machine()?.[1].config["name"], "www");
  });

  line("`parent`", async () => {
    const before = await urn("other");
    show(pool("other", {}, { parent: "team", aliases: [before] }));
    const { create = 0, delete: gone = 0, replace = 0 } = counts(ok(await lab.stack.up()));
    assert.deepEqual([create, gone, replace], [0, 0, 0]);
    assert.match(await urn("other"), /Pool\$.*Pool::other$/);
    assert.ok(!changes().includes("POST"));
  });

  line("`ignoreChanges`", async () => {
    show(pool("team", { comment: "new" }, { ignoreChanges: ["comment"] }));
    assert.equal(counts(ok(await lab.stack.up()))["update"], undefined);
    assert.equal(pools()["team"]?.comment, undefined);
  });

  line("`replaceOnChanges`", async () => {
    show(pool("team", { comment: "newer" }, { replaceOnChanges: ["comment"] }));
    const { replace = 0, update = 0 } = counts(ok(await lab.stack.up()));
    assert.deepEqual([replace, update], [0, 1]);
    assert.deepEqual(changes(), ["PUT"]);
  });

  line("`deleteBeforeReplace`", async () => {
    show(pool("moved", { poolId: "first" }));
    ok(await lab.stack.up());
    show(pool("moved", { poolId: "second" }));
    changes();
    ok(await lab.stack.up());
    assert.deepEqual(changes(), ["POST", "DELETE"]);
    show(pool("moved", { poolId: "third" }, { deleteBeforeReplace: true }));
    ok(await lab.stack.up());
    assert.deepEqual(changes(), ["DELETE", "POST"]);
  });

  line("`dependsOn`", async () => {
    const { length } = sim.requests;
    show(pool("z-first"), pool("a-second", {}, { dependsOn: ["z-first"] }));
    ok(await lab.stack.up());
    const made = sim.requests
      .slice(length)
      .filter(({ method, path: at }) => method === "POST" && at.endsWith("/pools"));
    assert.equal(made.length, 2);
    assert.deepEqual(
      Object.keys(pools()).filter((id) => /first$|second$/.test(id) && id.includes("-")),
      ["z-first", "a-second"],
    );
    changes();
  });

  line("`transforms`", async () => {
    show(pool("team", { comment: "newer" }, { transform: { comment: "by a transformation" } }));
    ok(await lab.stack.up());
    assert.equal(pools()["team"]?.comment, "by a transformation");
    changes();
  });

  line("`customTimeouts`", async () => {
    show(pool("quick", {}, { customTimeouts: { create: "1ms" } }));
    assert.equal(counts(ok(await lab.stack.up()))["create"], 1);
    show(pool("slow", { timeouts: { create: "1ms" } }));
    assert.match(failed(await lab.stack.up()), /1 ?ms|time/i);
    drop("slow", "quick");
    ok(await lab.stack.up());
    changes();
  });

  line("`additionalSecretOutputs`", async () => {
    show(pool("team", { comment: "hidden" }, { additionalSecretOutputs: ["comment"] }));
    ok(await lab.stack.up());
    const outputs = (await lab.stack.export()).resources?.find((one) => one.urn.endsWith("::team"))?.outputs;
    assert.ok(JSON.stringify(outputs?.["comment"]).includes(secretSignature));
    changes();
  });

  line("`import`", async () => {
    show(pool("imported", { poolId: "other" }, { import: "other" }));
    failed(await lab.stack.up());
    drop("imported");
    assert.deepEqual(changes(), []);
  });

  line("`protect`", async () => {
    show(pool("kept", {}, { protect: true }));
    ok(await lab.stack.up());
    assert.match(failed(await lab.stack.destroy("--target", await urn("kept"))), /protect/);
    assert.ok(pools()["kept"]);
  });

  line("`pulumi destroy --exclude-protected`", async () => {
    const shown = ok(await lab.stack.start("destroy", "--preview-only", "--exclude-protected").done);
    assert.doesNotMatch(shown.stdout, /Pool\s+kept\s+delete/);
    assert.match(shown.stdout, /other\s+delete/);
  });

  line("`pulumi state unprotect`", async () => {
    ok(await lab.stack.command("state", "unprotect", await urn("kept"), "--yes"));
    ok(await lab.stack.destroy("--target", await urn("kept")));
    assert.equal(pools()["kept"], undefined);
    drop("kept");
    changes();
  });

  line("`retainOnDelete`", async () => {
    show(pool("left", {}, { retainOnDelete: true }));
    ok(await lab.stack.up());
    drop("left");
    changes();
    ok(await lab.stack.up());
    assert.deepEqual(changes(), []);
    assert.ok(pools()["left"]);
  });

  line("`deletedWith`", async () => {
    show(pool("whole"), pool("part", {}, { deletedWith: "whole" }));
    ok(await lab.stack.up());
    changes();
    drop("whole", "part");
    ok(await lab.stack.up());
    assert.deepEqual(changes(), ["DELETE"]);
    assert.ok(pools()["part"] && !pools()["whole"]);
  });

  line("`pulumi state delete`", async () => {
    show(pool("forgotten"));
    ok(await lab.stack.up());
    ok(await lab.stack.command("state", "delete", await urn("forgotten"), "--yes"));
    assert.match(failed(await lab.stack.up()), /exists already; set adopt: true/);
    show(pool("forgotten", { adopt: true }));
    assert.equal(counts(ok(await lab.stack.up()))["create"], 1);
    changes();
  });

  line("`pulumi state rename`", async () => {
    ok(await lab.stack.command("state", "rename", await urn("forgotten"), "renamed", "--yes"));
    drop("forgotten");
    show(pool("renamed", { poolId: "forgotten", adopt: true }));
    const { create = 0, delete: gone = 0, replace = 0 } = counts(ok(await lab.stack.up()));
    assert.deepEqual([create, gone, replace], [0, 0, 0]);
    assert.ok(pools()["forgotten"]);
    changes();
  });

  line("`pulumi import`", async () => {
    failed(await lab.stack.command("import", "pulumi-nodejs:dynamic/proxmox:Pool", "x", "team", "--yes"));
    assert.deepEqual(changes(), []);
  });

  line("`pulumi refresh`, `pulumi up --refresh`", async () => {
    const team = pools()["team"];
    assert.ok(team);
    team.comment = "by hand";
    assert.equal(counts(ok(await lab.stack.refresh()))["update"], 1);
    assert.deepEqual(changes(), []);
    assert.equal(counts(ok(await lab.stack.up("--refresh")))["update"], 1);
    assert.equal(team.comment, "hidden");
    changes();
  });

  line("`pulumi preview --refresh`", async () => {
    const team = pools()["team"];
    assert.ok(team);
    assert.equal(counts(ok(await lab.stack.preview()))["update"], undefined);
    team.comment = "by hand again";
    assert.equal(counts(ok(await lab.stack.preview()))["update"], undefined);
    assert.equal(counts(ok(await lab.stack.preview("--refresh")))["update"], 1);
    assert.deepEqual(changes(), []);
  });

  line("`pulumi up --target`, `--exclude`", async () => {
    show(pool("team", { comment: "one" }), pool("renamed", { poolId: "forgotten", adopt: true, comment: "two" }));
    ok(await lab.stack.up("--target", await urn("team")));
    assert.equal(pools()["team"]?.comment, "one");
    assert.notEqual(pools()["forgotten"]?.comment, "two");
    show(pool("team", { comment: "three" }));
    ok(await lab.stack.up("--exclude", await urn("team")));
    assert.equal(pools()["team"]?.comment, "one");
    assert.equal(pools()["forgotten"]?.comment, "two");
    ok(await lab.stack.up());
  });

  line("`pulumi up --replace`", async () => {
    const [vmid] = machine() ?? [];
    ok(await lab.stack.up("--replace", await urn("www")));
    assert.notEqual(machine()?.[0], vmid);
    assert.equal(guestsOf(sim)[vmid ?? ""], undefined);
  });

  line("`pulumi destroy --target`", async () => {
    const [vmid] = machine() ?? [];
    ok(await lab.stack.destroy("--target", await urn("www")));
    assert.equal(guestsOf(sim)[vmid ?? ""], undefined);
    assert.ok(pools()["team"]);
  });

  line("`pulumi destroy`", async () => {
    ok(await lab.stack.destroy());
    assert.deepEqual(guestsOf(sim), {});
    // What was adopted goes too; what was let go of does not.
    assert.deepEqual(Object.keys(pools()).sort(), ["left", "part"]);
  });

  /** Lines with a life of their own elsewhere. */
  const elsewhere: Readonly<Record<string, [file: string, title: string]>> = {
    "`provider`, `providers`": ["test/stack/two-clusters.test.ts", "two clusters"],
    "`pulumi cancel`": ["test/stack/crash.test.ts", "cancel"],
  };

  it("are all that the page tells about", () => {
    assert.deepEqual([...told].sort(), [...covered, ...Object.keys(elsewhere)].sort());
    for (const [file, title] of Object.values(elsewhere))
      assert.ok(fs.readFileSync(path.join(projectRoot, file), "utf8").includes(title), file);
  });
});
